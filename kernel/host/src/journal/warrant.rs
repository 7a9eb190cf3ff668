//! A permit that is durable in the log.
//! Knows nothing of how it is carried out.

use std::borrow::Cow;

use aegis_core::denial::Denial;
use aegis_core::egress::{self, Sealed};
use aegis_core::json::{Json, Object};
use aegis_core::policy::Permit;
use aegis_core::receipt::Evidence;

use crate::force::Force;
use crate::rounds::Resumed;
use crate::vault::Restored;
use crate::wish::Wish;

/// A permit whose intent is on disk; made by [`super::Entry::commit`] alone, given up by [`Warrant::seal`].
#[derive(Debug)]
#[must_use]
pub struct Warrant {
    permit: Permit,
    restored: Restored,
    wish: Wish,
    force: Force,
    resumed: Option<Resumed>,
}

impl Warrant {
    pub(in crate::journal) fn new(permit: Permit) -> Self {
        Self {
            permit,
            restored: Restored::default(),
            wish: Wish::standing(),
            force: Force::default(),
            resumed: None,
        }
    }

    /// Adds the values of the tokens that the permit says are restored.
    pub fn restoring(mut self, restored: Restored) -> Self {
        self.restored = restored;
        self
    }

    /// Adds the agent's wish, which a downstream is told of where it is withdrawn.
    pub fn while_wanted(mut self, wish: Wish) -> Self {
        self.wish = wish;
        self
    }

    /// Adds the force of the rules that it was permitted by.
    pub fn under(mut self, force: Force) -> Self {
        self.force = force;
        self
    }

    /// Whether those rules are still in force: looked at last before it is sent.
    ///
    /// # Errors
    /// `kernel.policy-changed`.
    pub fn in_force(&self) -> Result<(), Denial> {
        self.force.holds()
    }

    /// Adds what the agent brought back, where this is a further round.
    pub fn resuming(mut self, resumed: Option<Resumed>) -> Self {
        self.resumed = resumed;
        self
    }

    /// What goes south beside the call in a further round.
    pub fn resumed(&self) -> Option<&Resumed> {
        self.resumed.as_ref()
    }

    /// Whether the agent still wants the answer.
    pub fn wish(&self) -> &Wish {
        &self.wish
    }

    /// What is sent: the very arguments that were judged, a query with its limit where a rule has set one, and in the
    /// places that were judged with them, values in place of their tokens.
    pub fn arguments(&self) -> Cow<'_, Object> {
        let sent = self.permit.sent();
        match self.restored.is_empty() {
            true => sent,
            false => Cow::Owned(self.restored.apply(&sent)),
        }
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
