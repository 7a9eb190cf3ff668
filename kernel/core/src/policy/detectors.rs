//! The detector profiles that a policy may name: which there are, what they find, and what they are.
//! Knows nothing of how anything is found.

use std::collections::{BTreeMap, BTreeSet};

/// The profiles that are always there.
const BUILT_IN: [&str; 4] = ["standard", "strict", "financial", "health"];

/// Profiles by name.
#[derive(Clone, Debug, Default)]
pub struct Detectors {
    profiles: BTreeMap<String, Known>,
    /// The digest of what an external analyser is asked, where there is one.
    analyser: Option<String>,
}

/// What a policy has to know of one profile.
#[derive(Clone, Debug, Default)]
struct Known {
    /// The digest of a profile that an operator wrote: part of the policy's epoch.
    digest: Option<String>,
    /// Types that it can mask; `None` where nobody said.
    types: Option<BTreeSet<String>>,
}

impl Detectors {
    /// The built-in profiles by name alone: types are not checked.
    #[must_use]
    pub fn built_in() -> Self {
        let named = |name: &str| (name.to_owned(), Known::default());
        Self {
            profiles: BUILT_IN.into_iter().map(named).collect(),
            analyser: None,
        }
    }

    /// Adds an external analyser; `digest` names what it is asked and how its answers count.
    #[must_use]
    pub fn analysed(mut self, digest: Option<String>) -> Self {
        self.analyser = digest;
        self
    }

    /// The digest of the external analyser's terms, where there is one.
    pub(super) fn analyser(&self) -> Option<&str> {
        self.analyser.as_deref()
    }

    /// Adds a profile with the types that it can mask; `digest` names its content where an operator wrote it.
    pub fn add(&mut self, name: &str, digest: Option<String>, types: BTreeSet<String>) {
        let known = Known {
            digest,
            types: Some(types),
        };
        self.profiles.insert(name.to_owned(), known);
    }

    /// Whether there is a profile of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.profiles.contains_key(name)
    }

    /// The names of all profiles.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// The types that a profile can mask; `None` where nobody said.
    #[must_use]
    pub fn types(&self, name: &str) -> Option<&BTreeSet<String>> {
        self.profiles.get(name)?.types.as_ref()
    }

    /// Digests of the profiles that operators wrote.
    pub(super) fn digests(&self) -> impl Iterator<Item = (&str, &str)> {
        self.profiles
            .iter()
            .filter_map(|(name, known)| Some((name.as_str(), known.digest.as_deref()?)))
    }
}
