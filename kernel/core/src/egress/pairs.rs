//! Tokens with the values that they stand for: on their way from an engine's wall, or to the vault.
//! Knows nothing of who may have which, and never prints a value.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

use super::kind::{Form, Kind};
use super::mask::{Masker, next_mask, token_name};
use crate::json::Json;
use crate::limits;
use crate::policy::Operator;

/// Tokens with their values. No `Serialize`, `Debug` prints a number; wiped when dropped.
#[derive(Default)]
pub struct Pairs(BTreeMap<String, Zeroizing<String>>);

impl Pairs {
    /// Reads what a wall says: an object of tokens and texts. What has another form is left out.
    #[must_use]
    pub fn read(said: &Json) -> Self {
        let members = said.as_object().map(crate::json::Object::iter);
        let pairs = members.into_iter().flatten().take(limits::PAIRS_MAX);
        Self(
            pairs
                .filter_map(|(token, value)| {
                    Some((token.to_owned(), Zeroizing::new(value.as_str()?.to_owned())))
                })
                .collect(),
        )
    }

    /// Adds one; the latest value of a token counts.
    pub(super) fn add(&mut self, token: String, value: String) {
        if self.0.len() < limits::PAIRS_MAX {
            self.0.insert(token, Zeroizing::new(value));
        }
    }

    /// The value of a token, if it is truly the token's: a wall's word alone is none.
    pub(super) fn proven(&self, masker: &Masker<'_>, form: Form, token: &str) -> Option<&str> {
        let value = self.0.get(token)?;
        let name = token_name(token)?;
        (masker.mask(Operator::Token, name, form, value) == token).then_some(value.as_str())
    }

    /// Those whose type is one of these and whose token stands in `text`.
    pub(super) fn shown_in(self, text: &str, wanted: impl Fn(&str) -> bool) -> Self {
        let mut shown = std::collections::BTreeSet::new();
        let mut at = 0;
        while let Some((start, end)) = next_mask(text, at) {
            shown.insert(text.get(start..end).unwrap_or_default());
            at = end;
        }
        let keeps = |token: &str| shown.contains(token) && token_name(token).is_some_and(&wanted);
        Self(
            self.0
                .into_iter()
                .filter(|(token, _)| keeps(token))
                .collect(),
        )
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Pairs {
    type Item = (String, Zeroizing<String>);
    type IntoIter = std::collections::btree_map::IntoIter<String, Zeroizing<String>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pairs({})", self.0.len())
    }
}

/// The form in which values of a type are spelled alike, in the word that a wall is told.
#[must_use]
pub fn form_of_type(name: &str) -> &'static str {
    match Kind::named(name).map_or(Form::Plain, Kind::form) {
        Form::Plain => "plain",
        Form::Digits => "digits",
        Form::Compact => "compact",
        Form::Email => "email",
        Form::Words => "words",
    }
}
