//! What an operator does to a log while no kernel runs: destroying keys of salts, redacting records, pruning files.
//! Knows nothing of who may ask for it.
//!
//! Each is a start of its own: it holds the log's lock, and what is about to be done is durable in the log before it
//! is done. Cut off anywhere, the log holds, and asking again finishes the deed.

mod fault;
mod prune;
mod redact;
mod shred;

use std::path::PathBuf;
use std::sync::Arc;

use aegis_core::audit::Record;
use aegis_core::limits::REASON_BYTES_MAX;
use aegis_verify::{Anchor, LogFiles, Scope, check};
use tokio::sync::watch;

pub use fault::UpkeepFault;
pub use prune::Keep;

use super::log::LogOptions;
use super::refusals::Refusals;
use super::sign::Signing;
use super::start;
use super::writer::{Health, Writer};
use crate::capture::CAPTURES;
use crate::clock::Clock;

/// A log that is open for upkeep. Dropped without [`Upkeep::close`] it ends as a crash would end it.
pub struct Upkeep {
    writer: Writer,
    dir: PathBuf,
    captures: PathBuf,
}

impl Upkeep {
    /// Opens the log; `options.purpose` says in the log what for.
    ///
    /// # Errors
    /// As a kernel's start: where another kernel holds it, or it does not hold.
    pub fn begin(options: LogOptions, clock: Clock, signing: Signing) -> Result<Self, UpkeepFault> {
        let (health, _) = watch::channel(Health::Writing);
        let dir = options.dir.clone();
        // What is said must be durable before it is done, however the kernel keeps its own records.
        let options = LogOptions {
            sync: true,
            ..options
        };
        let there = LogFiles::list(&dir).is_ok_and(|files| !files.segments.is_empty());
        if !there {
            return Err(UpkeepFault::Refused(format!(
                "there is no log in `{}`",
                dir.display()
            )));
        }
        let writer = start::open(
            options,
            clock,
            Arc::new(Refusals::default()),
            health,
            signing,
            // No anchor is asked by an upkeep; the next kernel shows them what it signs.
            Arc::new(|_| {}),
        )?;
        let captures = dir.join(CAPTURES);
        Ok(Self {
            writer,
            dir,
            captures,
        })
    }

    /// Says where captures lie, where that is not in the log's own folder.
    #[must_use]
    pub fn with_captures(self, captures: PathBuf) -> Self {
        Self { captures, ..self }
    }

    /// Closes the log in order.
    ///
    /// # Errors
    /// Where its last records cannot be written.
    pub fn close(mut self) -> Result<(), UpkeepFault> {
        let writing = self.writer.is_writing();
        self.writer.close();
        if writing && self.writer.is_closed() {
            return Ok(());
        }
        Err(UpkeepFault::Unrecorded)
    }

    /// Makes a record durable, and only then returns.
    fn record(&mut self, mut record: Record<'static>) -> Result<Anchor, UpkeepFault> {
        let put = self.writer.put(&mut record);
        self.writer.flush();
        match put {
            Ok(anchor) if self.writer.is_writing() => Ok(anchor),
            _ => Err(UpkeepFault::Unrecorded),
        }
    }

    /// That all records that are there hold: what is removed from a log that does not would be evidence. How many
    /// were removed already.
    fn whole(&self) -> Result<u64, UpkeepFault> {
        let found = check(&self.dir, Scope::Whole, &[]).map_err(self.io("read"))?;
        match found.broken {
            None => Ok(found.verifier.removed().count()),
            Some(broken) => Err(UpkeepFault::Refused(format!(
                "the log does not hold: {} at {}:{}: {}; nothing was removed",
                broken.violation.class, broken.file, broken.offset, broken.violation.detail
            ))),
        }
    }

    fn io(&self, what: &'static str) -> impl FnOnce(std::io::Error) -> UpkeepFault {
        UpkeepFault::io(what, &self.dir)
    }
}

/// The operator's own words for the log.
fn words(what: &str, text: &str) -> Result<(), UpkeepFault> {
    let fits = !text.trim().is_empty() && text.len() <= REASON_BYTES_MAX;
    if fits && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(UpkeepFault::Refused(format!(
        "the {what} must be 1 to {REASON_BYTES_MAX} bytes of text in one line"
    )))
}
