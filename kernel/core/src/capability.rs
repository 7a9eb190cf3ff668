//! What a call can do, as `area:verb` pairs such as `db:read` or `gold:write`.
//! Knows nothing of who may do it.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

/// One capability, e.g. `db:drop`: lower-case words joined by one colon.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Capability(String);

/// The capabilities of a call: what its manifest declares and what interceptors add.
pub type CapabilitySet = BTreeSet<Capability>;

impl Capability {
    /// Reads `area:verb`; `None` where the form is wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (area, verb) = text.split_once(':')?;
        (is_word(area) && is_word(verb)).then(|| Self(text.to_owned()))
    }

    /// The capability that a fact of the kernel's own vocabulary stands for.
    pub(crate) fn known(area: &str, verb: &str) -> Self {
        Self(format!("{area}:{verb}"))
    }

    /// The verbs that facts about SQL stand for.
    pub(crate) const OF_SQL: [&'static str; 8] = [
        "read",
        "write",
        "create",
        "drop",
        "truncate",
        "alter",
        "delete-unscoped",
        "update-unscoped",
    ];
    /// The verb of a labelled column that decides which rows are touched or in which order they come.
    pub(crate) const FILTER: &'static str = "filter";
    /// The verb of a look-up by one exact value of a labelled column.
    pub(crate) const LOOKUP: &'static str = "lookup";

    /// Whether it is this verb in this area.
    pub(crate) fn is(&self, area: &str, verb: &str) -> bool {
        self.0.split_once(':') == Some((area, verb))
    }

    /// The same area with another verb, where it has the first.
    pub(crate) fn swap(&self, from: &str, to: &str) -> Option<Self> {
        let (area, verb) = self.0.split_once(':')?;
        (verb == from).then(|| Self::known(area, to))
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A pattern over capabilities in a policy: `db:read`, `db:*` or `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapabilityPattern(String);

impl CapabilityPattern {
    /// Reads a pattern; `None` where it is neither `*`, `area:*` nor a capability.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text == "*"
            || text.strip_suffix(":*").is_some_and(is_word)
            || Capability::parse(text).is_some();
        fits.then(|| Self(text.to_owned()))
    }

    /// Whether the capability is meant.
    #[must_use]
    pub fn covers(&self, capability: &Capability) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => capability.0.starts_with(prefix),
            None => self.0 == capability.0,
        }
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lower-case letters, digits and inner hyphens or underscores.
fn is_word(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= crate::limits::NAME_BYTES_MAX
        && text.starts_with(edge)
        && text.ends_with(edge)
        && text.chars().all(|c| edge(c) || c == '-' || c == '_')
}
