//! What masking needs beside the obligations: the session's key, the known secrets, the profiles.
//! Knows nothing of any single answer.

use super::{Profile, Scan, Secrets};

/// Made once a session by the host; opaque.
pub struct Masks {
    key: [u8; 32],
    secrets: Secrets,
    standard: Profile,
    nothing: Profile,
}

impl Masks {
    /// Masks under one session's key, with the secrets that must never leave.
    #[must_use]
    pub fn new(key: [u8; 32], secrets: Secrets) -> Self {
        Self {
            key,
            secrets,
            standard: Profile::standard(),
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
            Some("standard") => &self.standard,
            Some(_) => return None,
        };
        Some(Scan {
            profile,
            secrets: &self.secrets,
            scope_key: &self.key,
        })
    }
}
