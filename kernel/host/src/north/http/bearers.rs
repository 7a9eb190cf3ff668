//! Who speaks over HTTP: one principal a token.
//! Knows nothing of tokens: it holds their digests alone.

use std::sync::Arc;

use aegis_core::limits::{HTTP_STREAMS_MAX, TOKEN_BYTES_MAX};
use aegis_core::principal::Principal;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use tokio::sync::Semaphore;

use super::super::in_flight::Share;
use super::super::run;
use crate::random::NoRandomness;

/// SHA-256 of a token. Tokens are long and random, so that a digest tells nothing of its token.
pub type Digest = [u8; 32];

/// The principals that may speak, with the digests of their tokens.
#[derive(Debug)]
pub struct Bearers {
    speakers: Vec<Speaker>,
    tokens: Vec<(Digest, u32)>,
    /// What all of them together may keep open.
    streams: Arc<Semaphore>,
}

impl Default for Bearers {
    fn default() -> Self {
        Self {
            speakers: Vec::new(),
            tokens: Vec::new(),
            streams: Arc::new(Semaphore::new(HTTP_STREAMS_MAX)),
        }
    }
}

/// One principal, with what all its connections share.
#[derive(Debug)]
pub(super) struct Speaker {
    pub(super) principal: Principal,
    /// The run of its requests that belong to no session.
    pub(super) run: String,
    pub(super) share: Share,
}

impl Bearers {
    /// Adds a principal. Whether two of them hold the same token is for the caller to see: here the first
    /// one would speak.
    ///
    /// # Errors
    /// Where there is no randomness for the name of its run.
    pub fn admit(
        &mut self,
        principal: Principal,
        tokens: impl IntoIterator<Item = Digest>,
    ) -> Result<(), NoRandomness> {
        let at = u32::try_from(self.speakers.len()).unwrap_or(u32::MAX);
        self.speakers.push(Speaker {
            principal,
            run: run::fresh()?,
            share: Share::within(&self.streams),
        });
        self.tokens
            .extend(tokens.into_iter().map(|token| (token, at)));
        Ok(())
    }

    /// Whether nobody may speak.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The digest of a token.
    #[must_use]
    pub fn digest(token: &[u8]) -> Digest {
        Sha256::digest(token).into()
    }

    /// Whose token this is. Every digest is compared, whole, whichever fits: time tells nothing of them.
    pub(super) fn speaker(&self, token: &[u8]) -> Option<(usize, &Speaker)> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let digest = Self::digest(token);
        let mut found = u32::MAX;
        let mut open = Choice::from(1);
        for (known, at) in &self.tokens {
            let fits = known.as_slice().ct_eq(&digest);
            found.conditional_assign(at, fits & open);
            open &= !fits;
        }
        let at = usize::try_from(found).ok()?;
        Some((at, self.speakers.get(at)?))
    }

    pub(super) fn speakers(&self) -> impl Iterator<Item = &Speaker> {
        self.speakers.iter()
    }
}
