//! Where south tells what it hears of the progress of one call.
//! Knows nothing of what becomes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aegis_core::egress::SealedProgress;
use aegis_core::limits::PROGRESS_QUEUE_MAX;
use tokio::sync::mpsc;

/// Where south tells what it hears of the progress of one call. Whoever tells waits for nobody: what finds
/// no room is counted and dropped.
#[derive(Clone, Debug)]
pub struct Teller {
    said: mpsc::Sender<SealedProgress>,
    dropped: Arc<AtomicU64>,
}

impl Teller {
    pub(super) fn new() -> (Self, mpsc::Receiver<SealedProgress>, Arc<AtomicU64>) {
        let (said, heard) = mpsc::channel(PROGRESS_QUEUE_MAX);
        let dropped = Arc::new(AtomicU64::new(0));
        let teller = Self {
            said,
            dropped: Arc::clone(&dropped),
        };
        (teller, heard, dropped)
    }

    /// Tells.
    pub fn tell(&self, said: SealedProgress) {
        if self.said.try_send(said).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}
