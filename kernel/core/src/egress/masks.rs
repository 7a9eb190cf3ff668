//! What masking needs beside the obligations: the session's key, the known secrets, the profiles.
//! Knows nothing of any single answer.

use std::collections::BTreeMap;

use super::{CannotMask, Profile, Scan, Secrets, mask_json};
use crate::json::Json;

/// The built-in profiles, by the names that policies use.
const PROFILES: [&str; 4] = ["standard", "strict", "financial", "health"];

/// Made once a session by the host; opaque.
pub struct Masks {
    key: [u8; 32],
    secrets: Secrets,
    profiles: BTreeMap<&'static str, Profile>,
    nothing: Profile,
}

impl Masks {
    /// Masks under one session's key, with the secrets that must never leave.
    #[must_use]
    pub fn new(key: [u8; 32], secrets: Secrets) -> Self {
        let named = |name| Some((name, Profile::named(name)?));
        let profiles = PROFILES.into_iter().filter_map(named).collect();
        Self {
            key,
            secrets,
            profiles,
            nothing: Profile::nothing(),
        }
    }

    /// The key of tokens.
    pub(super) fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// The scan for a profile's name; without a name only known secrets are looked for. `None` where no
    /// profile has that name.
    pub(super) fn scan(&self, profile: Option<&str>) -> Option<Scan<'_>> {
        let profile = match profile {
            None => &self.nothing,
            Some(name) => self.profiles.get(name)?,
        };
        Some(Scan {
            profile,
            secrets: &self.secrets,
            scope_key: &self.key,
        })
    }
}

/// Whether the standard detectors find nothing in one value of a column. What cannot be searched is not clean.
#[must_use]
pub fn is_clean(column: &str, value: &str) -> bool {
    let (profile, secrets) = (Profile::standard(), Secrets::none());
    let scan = Scan {
        profile: &profile,
        secrets: &secrets,
        scope_key: &[0; 32],
    };
    let cell = Json::object([(column, Json::from(value))]);
    let found: Result<_, CannotMask> = mask_json(&scan, cell);
    found.is_ok_and(|(_, findings)| findings.is_empty())
}
