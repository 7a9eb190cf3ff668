//! The circuit of one downstream: closed while it serves, open while it is left alone, half open while one call tries it.
//! Knows nothing of processes or calls; it is told how lives end.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aegis_core::denial::{Denial, Phase};
use aegis_core::limits;
use aegis_core::refusal::FailureCode;

use crate::clock;

/// One downstream's circuit.
pub(super) struct Circuit {
    server: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Lives in a row that answered nothing.
    failures: u32,
    /// How the last of them ended.
    last: Option<FailureCode>,
    /// Until when nothing is tried, in milliseconds since the machine was started.
    open_until_ms: u64,
    /// Whether a call tries it just now.
    trying: bool,
}

/// The one call that tries a downstream which has failed before. Where it comes to nothing, the next one may.
pub(super) struct Trial<'c>(Option<&'c Circuit>);

/// That a circuit has opened: what an operator is told.
pub(super) struct Opened {
    pub(super) failures: u32,
    pub(super) pause_ms: u64,
}

impl Circuit {
    pub(super) fn new(server: &str) -> Self {
        Self {
            server: server.to_owned(),
            state: Mutex::default(),
        }
    }

    /// Whether a downstream that does not run may be started.
    ///
    /// # Errors
    /// `kernel.circuit-open` while it is left alone.
    pub(super) fn admits_start(&self) -> Result<(), Denial> {
        let state = self.state();
        let left_ms = state.open_until_ms.saturating_sub(clock::since_boot_ms());
        if left_ms == 0 {
            return Ok(());
        }
        let seconds = left_ms.div_ceil(1_000);
        Err(self.denial(&state, &format!("in about {seconds} seconds")))
    }

    /// Lets a call through to a downstream that runs: all of them where the circuit is closed, else one at a time.
    ///
    /// # Errors
    /// `kernel.circuit-open` while another call tries it.
    pub(super) fn admits_call(&self) -> Result<Trial<'_>, Denial> {
        let mut state = self.state();
        if state.failures < limits::CIRCUIT_FAILURES {
            return Ok(Trial(None));
        }
        if state.trying {
            return Err(self.denial(&state, "once the one call that tries it now is answered"));
        }
        state.trying = true;
        Ok(Trial(Some(self)))
    }

    /// It has answered. Whether the circuit was not closed before.
    pub(super) fn served(&self) -> bool {
        let mut state = self.state();
        let failures = std::mem::take(&mut state.failures);
        (state.last, state.open_until_ms) = (None, 0);
        failures >= limits::CIRCUIT_FAILURES
    }

    /// A life has ended that answered nothing: told where the circuit is open now.
    pub(super) fn failed(&self, code: FailureCode) -> Option<Opened> {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        state.last = Some(code);
        let pause_ms = pause_ms(state.failures)?;
        state.open_until_ms = clock::since_boot_ms().saturating_add(pause_ms);
        Some(Opened {
            failures: state.failures,
            pause_ms,
        })
    }

    fn denial(&self, state: &State, when: &str) -> Denial {
        let Self { server, .. } = self;
        let last = state.last.map_or("unknown", FailureCode::as_str);
        Denial::kernel(
            "kernel.circuit-open",
            Phase::Kernel,
            format!(
                "`{server}` failed {} times in a row (last: {last}) and is left alone for now; nothing was sent",
                state.failures
            ),
            format!(
                "ask again {when}; if it stays so, ask an operator to look at what the kernel tells of `{server}`"
            ),
        )
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trial<'_> {
    /// Whether the call that holds this is the one that tries the downstream.
    pub(super) fn is_one(&self) -> bool {
        self.0.is_some()
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        if let Some(circuit) = self.0 {
            circuit.state().trying = false;
        }
    }
}

/// How long nothing is tried: not at all after the first failure, then doubling.
fn pause_ms(failures: u32) -> Option<u64> {
    let doublings = failures.checked_sub(limits::CIRCUIT_FAILURES)?;
    let first = limits::RESTART_PAUSE_MS_MIN;
    let ms = first.checked_shl(doublings.min(20)).unwrap_or(u64::MAX);
    Some(ms.min(limits::RESTART_PAUSE_MS_MAX))
}
