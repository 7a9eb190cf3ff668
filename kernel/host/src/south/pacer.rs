//! The time and the chance that queues go by: the machine's.
//! Knows nothing of queues.

use std::time::Duration;

use super::queue::{Pacer, Pause};
use crate::random;

/// The machine's own.
pub(super) struct Machine;

impl Pacer for Machine {
    fn pause(&self, ms: u64) -> Pause {
        Box::pin(tokio::time::sleep(Duration::from_millis(ms)))
    }

    /// The longest where there is no randomness: slower is safer. `most` is far below 2^64, so that the remainder
    /// favours none to speak of.
    fn draw(&self, most: u64) -> u64 {
        let mut bytes = [0_u8; 8];
        match random::fill(&mut bytes) {
            Ok(()) => u64::from_be_bytes(bytes) % most.saturating_add(1).max(1),
            Err(_) => most,
        }
    }
}
