//! What one call keeps sealed, and how a sealed value leaves.
//! Knows nothing of statements.

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::Value;

use super::error::classify;
use super::measure::{self, Book, Verdict};
use super::sealer::Sealer;
use super::seen::{Measured, Seen};
use super::value::to_json;
use crate::postgres::code::Failure;
use crate::postgres::grant::{Grant, Measures};
use crate::postgres::mask::Mask;
use crate::postgres::measure::Terms;

/// The seals of one call.
#[derive(Debug, Default)]
pub(super) struct Seals(Option<Kept>);

#[derive(Debug)]
struct Kept {
    sealer: Sealer,
    /// Masks of the sealed columns, by their numbers.
    masks: Vec<Mask>,
    terms: Measures,
    book: Book,
}

impl Seals {
    /// None, for a call that sums nothing sealed.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Those of a grant; the aggregates that open them are put in place.
    pub(super) fn new(connection: &Connection, grant: &Grant) -> Result<Self, Failure> {
        let Some(terms) = grant.measures.clone().filter(|_| grant.hides()) else {
            return Ok(Self::none());
        };
        let key = |connection: &Connection| -> rusqlite::Result<[u8; 32]> {
            // SQLite's generator is seeded by the system.
            connection.query_row("SELECT randomblob(32)", [], |row| row.get(0))
        };
        let register = || {
            let sealer = Sealer::new(key(connection)?);
            let book = Book::new(Terms {
                rows_min: terms.rows_min,
                share_max: terms.share_max,
            });
            measure::register(connection, &sealer, &book)?;
            Ok((sealer, book))
        };
        let (sealer, book) = register().map_err(|error| classify(&error))?;
        Ok(Self(Some(Kept {
            sealer,
            masks: Vec::new(),
            terms,
            book,
        })))
    }

    /// A number for one more sealed column, and what seals it.
    pub(super) fn add(&mut self, mask: &Mask) -> Option<(u16, Sealer)> {
        let kept = self.0.as_mut()?;
        let number = u16::try_from(kept.masks.len()).ok()?;
        kept.masks.push(mask.clone());
        Some((number, kept.sealer.clone()))
    }

    /// A value as it leaves: sealed ones as their mask.
    pub(super) fn shown(&self, value: ValueRef<'_>) -> Value {
        let (Some(kept), ValueRef::Blob(bytes)) = (&self.0, value) else {
            return to_json(value);
        };
        match kept.sealer.open(bytes) {
            Some(opened) => kept
                .masks
                .get(usize::from(opened.column))
                .and_then(|mask| mask.derived().apply(&[]))
                .map_or(Value::Null, Value::from),
            None => to_json(value),
        }
    }

    /// Whether what the sums of the latest run tell together is sound.
    pub(super) fn verdict(&self) -> Verdict {
        self.0
            .as_ref()
            .map_or(Verdict::Sound, |kept| kept.book.close())
    }

    /// Notes the terms that held.
    pub(super) fn report(&self, seen: &mut Seen) {
        if let Some(kept) = &self.0 {
            seen.measure(Measured {
                rows_min: kept.terms.rows_min,
                share_max: kept.terms.share_max,
                suppressed: kept.book.suppressed(),
            });
        }
    }
}
