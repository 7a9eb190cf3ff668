//! What masking needs beside the obligations: the keys, the known secrets, the profiles.
//! Knows nothing of any single answer.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{
    Analyser, CannotMask, Profile, Profiles, Scan, ScopeKey, ScopeKeys, Secrets, TokenScope,
    mask_json,
};
use crate::json::Json;

/// Made once by the host; opaque.
pub struct Masks {
    keys: Arc<ScopeKeys>,
    secrets: Secrets,
    profiles: Profiles,
    /// Types whose tokens may be exchanged for their values on the way south.
    restorable: BTreeSet<String>,
    analyser: Option<Arc<Analyser>>,
}

impl Masks {
    /// Masks with the built-in profiles under keys of single runs, with the secrets that must never leave.
    #[must_use]
    pub fn new(key: [u8; 32], secrets: Secrets) -> Self {
        let keys = Arc::new(ScopeKeys::new(key, TokenScope::Run));
        Self::with(keys, secrets, Profiles::built_in(), BTreeSet::new())
    }

    /// Masks under these keys and profiles; tokens of `restorable` types are given out with their values.
    #[must_use]
    pub fn with(
        keys: Arc<ScopeKeys>,
        secrets: Secrets,
        profiles: Profiles,
        restorable: BTreeSet<String>,
    ) -> Self {
        Self {
            keys,
            secrets,
            profiles,
            restorable,
            analyser: None,
        }
    }

    /// Adds what an external analyser is asked, for the tools of which a rule demands it.
    #[must_use]
    pub fn analysed_by(mut self, analyser: Option<Analyser>) -> Self {
        self.analyser = analyser.map(Arc::new);
        self
    }

    pub(super) fn analyser(&self) -> Option<Arc<Analyser>> {
        self.analyser.clone()
    }

    /// The key of tokens in the scope of a call.
    pub(super) fn key(&self, principal: &str, run: &str) -> ScopeKey {
        ScopeKey::new(&self.keys.key(principal, run))
    }

    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    pub(super) fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    pub(super) fn restorable(&self) -> &BTreeSet<String> {
        &self.restorable
    }
}

/// Whether the standard detectors find nothing in one value of a column. What cannot be searched is not clean.
#[must_use]
pub fn is_clean(column: &str, value: &str) -> bool {
    let (profile, secrets) = (Profile::standard(), Secrets::none());
    let scan = Scan {
        profile: &profile,
        secrets: &secrets,
        scope_key: &ScopeKey::new(&[0; 32]),
    };
    let cell = Json::object([(column, Json::from(value))]);
    let found: Result<_, CannotMask> = mask_json(&scan, cell);
    found.is_ok_and(|(_, findings)| findings.is_empty())
}
