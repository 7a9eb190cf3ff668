//! Where an agent hears of the progress of one call.
//! Knows nothing of tokens and frames.

use aegis_core::egress::Progress;
use aegis_core::limits::PROGRESS_QUEUE_MAX;
use tokio::sync::mpsc;

/// Where an agent hears of the progress of one call: only of what egress has let out.
#[derive(Clone, Debug)]
pub struct Ear(mpsc::Sender<Progress>);

impl Ear {
    /// An ear, and what is heard by it.
    #[must_use]
    pub fn new() -> (Self, mpsc::Receiver<Progress>) {
        let (ear, heard) = mpsc::channel(PROGRESS_QUEUE_MAX);
        (Self(ear), heard)
    }

    /// Tells; `false` where the agent is too slow to hear it. Nobody waits for an agent.
    pub(super) fn tell(&self, progress: Progress) -> bool {
        self.0.try_send(progress).is_ok()
    }
}
