//! What the engine reported while it prepared a statement.
//! Knows nothing of what is permitted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

/// Relations, columns and functions that a statement uses, in the engine's words.
#[derive(Clone, Debug, Default)]
pub(in crate::postgres) struct Seen {
    reads: BTreeSet<String>,
    writes: BTreeSet<String>,
    functions: BTreeSet<String>,
    /// Folded names of tables that the statement itself makes.
    made: BTreeSet<String>,
    denied: bool,
}

impl Seen {
    /// `table.column`, or the table alone where no column of it was used.
    pub(super) fn read(&mut self, table: &str, column: &str) {
        self.reads.insert(if column.is_empty() {
            table.to_owned()
        } else {
            format!("{table}.{column}")
        });
    }

    pub(super) fn write(&mut self, table: &str) {
        self.writes.insert(table.to_owned());
    }

    pub(super) fn call(&mut self, function: &str) {
        self.functions.insert(function.to_ascii_lowercase());
    }

    pub(super) fn make(&mut self, table: &str) {
        self.made.insert(table.to_ascii_lowercase());
    }

    pub(super) fn made(&self, folded: &str) -> bool {
        self.made.contains(folded)
    }

    pub(super) fn deny(&mut self) {
        self.denied = true;
    }

    pub(super) fn denied(&self) -> bool {
        self.denied
    }

    /// For the result's `_meta["aegis/engine"]`.
    pub(in crate::postgres) fn to_json(&self) -> Value {
        json!({ "reads": self.reads, "writes": self.writes, "functions": self.functions })
    }
}

/// The notebook that the engine's callback and the call share.
#[derive(Clone, Default)]
pub(super) struct Notebook(Arc<Mutex<Seen>>);

impl Notebook {
    pub(super) fn open(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Folded name → name as the schema has it.
pub(super) type Known = BTreeMap<String, String>;
