//! All profiles that rules may name: the built-in ones, and those that operators wrote.
//! Knows nothing of files.

use std::collections::{BTreeMap, BTreeSet};

use super::Profile;
use crate::policy::{Detect, Detectors};

/// Profiles by name.
#[derive(Clone, Debug)]
pub struct Profiles {
    named: BTreeMap<String, Profile>,
    /// Digests of those that operators wrote.
    digests: BTreeMap<String, String>,
}

impl Profiles {
    /// The built-in ones.
    #[must_use]
    pub fn built_in() -> Self {
        let named =
            Profile::names().filter_map(|name| Some((name.to_owned(), Profile::named(name)?)));
        Self {
            named: named.collect(),
            digests: BTreeMap::new(),
        }
    }

    /// Adds one that an operator wrote, with the digest of its text.
    ///
    /// # Errors
    /// Why not: the name is taken, or a type of its own is another profile's.
    pub fn add(&mut self, name: &str, profile: Profile, digest: String) -> Result<(), String> {
        if self.named.contains_key(name) {
            return Err(format!("the profile `{name}` is there already"));
        }
        let own: BTreeSet<&str> = profile.own().map(|(_, own)| own.name()).collect();
        let twice = self.named.iter().find_map(|(other, known)| {
            let (_, kind) = known.own().find(|(_, kind)| own.contains(kind.name()))?;
            Some((other, kind.name()))
        });
        if let Some((other, kind)) = twice {
            return Err(format!("the profile `{other}` has a type `{kind}` too"));
        }
        self.named.insert(name.to_owned(), profile);
        self.digests.insert(name.to_owned(), digest);
        Ok(())
    }

    /// The profile of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.named.get(name)
    }

    /// What a policy has to know of them.
    #[must_use]
    pub fn detectors(&self) -> Detectors {
        let mut detectors = Detectors::default();
        for (name, profile) in &self.named {
            let types = profile.types().map(str::to_owned).collect();
            detectors.add(name, self.digests.get(name).cloned(), types);
        }
        detectors
    }

    /// All that rules demand together: each type under the strictest operator. `None` where a profile or a
    /// type is unknown.
    pub(super) fn demanded(&self, detect: &[Detect]) -> Option<Profile> {
        let mut all = Profile::nothing();
        for one in detect {
            all = all.union(&self.get(&one.profile)?.clone().with(one)?)?;
        }
        Some(all)
    }
}
