//! What the store remembers of data: labels that went with values, tables that were there.
//! Knows nothing of why they went.

use std::collections::BTreeSet;
use std::sync::Arc;

use aegis_core::denial::{Denial, Phase};
use aegis_core::manifest::Copied;

use super::ledger::{Change, Ledger};
use super::notes::{self, Note};
use super::store::About;
use super::{Stands, State, StateFault, Stop};

impl State {
    /// Whether any label was known to have gone with values when the store was opened.
    #[must_use]
    pub fn knows_copies(&self) -> bool {
        self.knows_copies
    }

    /// The labels that went with values into columns of one system.
    ///
    /// # Errors
    /// `kernel.state-tampered` or `kernel.state-unavailable`: then no column of it can be known to be free.
    pub async fn copies(&self, server: &str) -> Result<Vec<Copied>, Denial> {
        let server = server.to_owned();
        self.with_store(move |store| Ok(notes::copies(store.notes()?, &server)))
            .await
    }

    /// The tables of one system when it was last looked at; `None` where it never was.
    ///
    /// # Errors
    /// `kernel.state-tampered` or `kernel.state-unavailable`.
    pub async fn tables(&self, server: &str) -> Result<Option<BTreeSet<String>>, Denial> {
        let server = server.to_owned();
        self.with_store(move |store| Ok(notes::tables(store.notes()?, &server)))
            .await
    }

    /// Notes, at once or not at all, which tables a system has and which labels went into columns of it.
    ///
    /// # Errors
    /// `kernel.state-tampered` or `kernel.state-unavailable`.
    pub async fn note(
        &self,
        server: &str,
        tables: BTreeSet<String>,
        copies: Vec<Copied>,
    ) -> Result<(), Denial> {
        let (server, clock) = (server.to_owned(), Arc::clone(&self.clock));
        self.with_store(move |store| {
            store.transact(About::subjects(&[]), clock(), |ledger, _| {
                let (mut fresh, dropped) = notes::retable(&ledger.notes, &server, &tables);
                fresh.extend(copies.iter().map(Note::copy));
                let change = Change {
                    notes: unknown(ledger, fresh)?,
                    dropped_notes: dropped,
                    ..Change::default()
                };
                Ok(((), change.is_any().then_some(change)))
            })
        })
        .await
    }
}

/// Adds what a permit lets go somewhere.
pub(super) fn note(ledger: &Ledger, change: &mut Change, copies: &[Copied]) -> Result<(), Stop> {
    change.notes = unknown(ledger, copies.iter().map(Note::copy).collect())?;
    Ok(())
}

/// Those that are not noted yet.
fn unknown(ledger: &Ledger, mut fresh: Vec<Note>) -> Result<Vec<Note>, Stop> {
    fresh.retain(|note| !ledger.notes.contains(note));
    match notes::fits(&ledger.notes, &fresh) {
        true => Ok(fresh),
        false => Err(StateFault::Io("the book of notes is full".to_owned()).into()),
    }
}

/// A write is always about subjects, so that the store was asked.
pub(super) fn noted(permit: &impl Stands) -> Result<(), Denial> {
    if permit.copies().is_empty() {
        return Ok(());
    }
    Err(Denial::kernel(
        "kernel.copy-unknown",
        Phase::Kernel,
        "the decision lets labels go where the kernel cannot note it",
        "ask an operator: this is a defect of the kernel",
    ))
}
