//! `[[role]]`: a name for what several principals may do.
//! Knows nothing of principals.

use serde_spanned::Spanned;

use crate::policy::Head;
use crate::source::Section;

/// Declares a role. Grants, look-ups and sums are given to it with `role`; `when` asks for it.
///
/// ```toml
/// [[role]]
/// name = "analyst"
/// includes = ["reader"]                  # whoever is an analyst is a reader too
/// ```
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name.
    pub head: Head,
    /// Roles that come with it.
    pub includes: Vec<Spanned<String>>,
}

/// The form of a role's name.
pub(in crate::policy) const ROLE: &str = "a role of 1 to 64 of `a-z 0-9 . _ -`";

impl Role {
    /// A role's name.
    #[must_use]
    pub fn parse_name(text: &str) -> Option<String> {
        let letter = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-');
        let fits = (1..=crate::limits::NAME_BYTES_MAX).contains(&text.len());
        (fits && text.chars().all(letter)).then(|| text.to_owned())
    }

    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Self {
        let includes = section.parsed_list("includes", ROLE, Self::parse_name);
        Self {
            head,
            includes: includes.unwrap_or_default(),
        }
    }
}
