//! Calls whose downstreams asked back, until their answers come: in memory alone.
//! Knows nothing of rules: a further round is judged anew, as any call is.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aegis_core::denial::{Denial, Phase};
use aegis_core::inspect::Examined;
use aegis_core::json::{Json, Object};
use aegis_core::limits::{ROUND_TTL_MS, ROUNDS_MAX, ROUNDS_OPEN_MAX};
use aegis_core::round::Asked;

use crate::clock::Clock;
use crate::random;

/// Open rounds. What a downstream wants back never leaves the kernel: the agent has a name for it, drawn at random, which is
/// good for this principal, this very call and one time.
pub struct Rounds {
    clock: Clock,
    open: Mutex<VecDeque<Round>>,
}

struct Round {
    name: String,
    of: Of,
    asked: Asked,
    until_ms: u64,
}

/// Which call a round belongs to.
#[derive(Clone, PartialEq, Eq)]
pub struct Of {
    principal: String,
    run: String,
    tool: String,
    arguments: String,
    epoch: String,
    nth: u32,
}

/// What goes south in a further round beside the call itself.
#[derive(Clone, Default)]
pub struct Resumed {
    /// The downstream's own state, as it gave it.
    pub state: Option<String>,
    /// The answers to its questions.
    pub answers: Object,
}

impl fmt::Debug for Resumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resumed({})", self.answers.len())
    }
}

impl Rounds {
    /// None are open; how long one is, this clock says.
    #[must_use]
    pub fn by(clock: Clock) -> Self {
        Self {
            clock,
            open: Mutex::default(),
        }
    }

    /// Which round of which call this is, and what the agent brings back in it. A state is used up by this, whatever
    /// becomes of the call.
    ///
    /// # Errors
    /// `kernel.state-unknown` where the state was not given to this principal, or was used; `kernel.state-expired`;
    /// `kernel.state-of-another-call`; `kernel.input-response` where an answer does not fit.
    pub fn open(&self, examined: &Examined, epoch: &str) -> Result<(Of, Option<Resumed>), Denial> {
        let call = examined.call();
        let by = call.continuation();
        let mut of = Of {
            principal: call.principal().id().to_owned(),
            run: call.run().to_owned(),
            tool: call.tool().to_owned(),
            // Most tools never ask back: what they are called with is not written out for nothing.
            arguments: match examined.tool().asks || by.is_some() {
                true => Json::Object(call.arguments().clone()).to_canonical(),
                false => String::new(),
            },
            epoch: epoch.to_owned(),
            nth: 1,
        };
        let Some(by) = by else {
            return Ok((of, None));
        };
        let round = self.take(&by.state, &of.principal).ok_or_else(unknown)?;
        if self.now_ms() > round.until_ms {
            return Err(expired());
        }
        of.nth = round.of.nth;
        if of != round.of {
            return Err(another());
        }
        of.nth = of.nth.saturating_add(1);
        let (state, answers) = round.asked.answered(by)?;
        Ok((of, Some(Resumed { state, answers })))
    }

    /// Keeps what was asked until its answer comes; the name that the agent brings it back under.
    ///
    /// # Errors
    /// `kernel.too-many-rounds` where a downstream asks for ever; `kernel.no-randomness`.
    pub fn hold(&self, of: Of, asked: Asked) -> Result<String, Denial> {
        if of.nth >= ROUNDS_MAX {
            return Err(too_many());
        }
        let mut bytes = [0_u8; 32];
        random::fill(&mut bytes).map_err(|_| no_randomness())?;
        let name: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let now = self.now_ms();
        let mut open = self.lock();
        open.retain(|round| now <= round.until_ms);
        let own = |round: &Round| round.of.principal == of.principal;
        if open.iter().filter(|round| own(round)).count() >= ROUNDS_OPEN_MAX
            && let Some(oldest) = open.iter().position(own)
        {
            open.remove(oldest);
        }
        open.push_back(Round {
            name: name.clone(),
            of,
            asked,
            until_ms: now.saturating_add(ROUND_TTL_MS),
        });
        Ok(name)
    }

    /// Another principal's is not there; it stays with its own.
    fn take(&self, name: &str, principal: &str) -> Option<Round> {
        let mut open = self.lock();
        let at = open
            .iter()
            .position(|round| round.name == name && round.of.principal == principal)?;
        open.remove(at)
    }

    fn now_ms(&self) -> u64 {
        self.clock.mono_ns() / 1_000_000
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Round>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const ANEW: &str = "make the call anew, without a state and without answers";

fn unknown() -> Denial {
    let reason = "the state was not given to this agent here, or was used already";
    Denial::kernel("kernel.state-unknown", Phase::Examination, reason, ANEW)
}

fn expired() -> Denial {
    let reason = "the state is too old: what was asked is not waited for any more";
    Denial::kernel("kernel.state-expired", Phase::Examination, reason, ANEW)
}

fn another() -> Denial {
    let reason =
        "the state belongs to a call of another tool, with other arguments, or under other rules";
    let rule = "kernel.state-of-another-call";
    Denial::kernel(rule, Phase::Examination, reason, ANEW)
}

fn too_many() -> Denial {
    let reason = "the downstream asks back again and again";
    let fix = "the call has reached the downstream: look before you repeat it";
    Denial::kernel("kernel.too-many-rounds", Phase::Kernel, reason, fix)
}

fn no_randomness() -> Denial {
    let reason = "the kernel has no randomness to name a state by";
    let fix = "the call has reached the downstream: an operator must look at the machine";
    Denial::kernel("kernel.no-randomness", Phase::Kernel, reason, fix)
}
