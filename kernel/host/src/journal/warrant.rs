//! A permit that is durable in the log.
//! Knows nothing of how it is carried out.

use aegis_core::egress::{self, Sealed};
use aegis_core::json::Json;
use aegis_core::policy::Permit;
use aegis_core::receipt::Evidence;

/// A permit whose intent is on disk; made by [`super::Entry::commit`] alone, given up by [`Warrant::seal`].
#[derive(Debug)]
#[must_use]
pub struct Warrant {
    permit: Permit,
}

impl Warrant {
    pub(in crate::journal) fn new(permit: Permit) -> Self {
        Self { permit }
    }

    /// What was permitted: the very arguments that were judged.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Gives up the warrant for the sealed answer.
    pub fn seal(self, raw: Json, evidence: Option<Evidence>) -> Sealed {
        egress::seal(self.permit, raw, evidence)
    }
}

/// A durable record of the kernel's own errand (reading a catalogue, checking tool pins), without which
/// no credential is used outside a call.
#[derive(Debug)]
#[must_use]
pub struct Errand {
    pub(in crate::journal) _recorded: (),
}
