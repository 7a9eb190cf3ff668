//! What the engine reported while it prepared a statement.
//! Knows nothing of what is permitted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::schema::Object;
use crate::postgres::relation::Kind;

/// Relations, columns and functions that a statement uses, in the engine's words.
#[derive(Clone, Debug, Default)]
pub(in crate::postgres) struct Seen {
    reads: BTreeSet<String>,
    writes: BTreeSet<String>,
    functions: BTreeSet<String>,
    /// Folded names of tables that the statement itself makes.
    made: BTreeSet<String>,
    denied: bool,
    measured: Option<Measured>,
    lookup: Option<String>,
}

/// The terms that sums were held to, and how many were left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    pub(super) rows_min: u64,
    pub(super) share_max: u64,
    pub(super) suppressed: u64,
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

    pub(super) fn measure(&mut self, measured: Measured) {
        self.measured = Some(measured);
    }

    /// Rows are looked up by this `table.column`.
    pub(super) fn look_up(&mut self, place: String) {
        self.lookup = Some(place);
    }

    pub(super) fn deny(&mut self) {
        self.denied = true;
    }

    pub(super) fn denied(&self) -> bool {
        self.denied
    }

    /// For the result's `_meta["aegis/engine"]`.
    pub(in crate::postgres) fn to_json(&self) -> Value {
        let mut report =
            json!({ "reads": self.reads, "writes": self.writes, "functions": self.functions });
        if let (Some(measured), Some(report)) = (self.measured, report.as_object_mut()) {
            let measures = json!({
                "rows_min": measured.rows_min,
                "share_max": measured.share_max,
                "suppressed": measured.suppressed,
            });
            report.insert("measures".to_owned(), measures);
        }
        if let (Some(place), Some(report)) = (&self.lookup, report.as_object_mut()) {
            report.insert("lookup".to_owned(), Value::from(place.as_str()));
        }
        report
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

/// The relations of the database.
pub(super) struct Known(BTreeMap<String, Relation>);

/// What a name in a statement stands for.
pub(super) enum Relation {
    /// A table or view, with its name as the schema has it.
    Served(String),
    /// A virtual table or a shadow of one.
    Unserved,
}

impl Known {
    pub(super) fn new<'a>(objects: impl Iterator<Item = &'a Object>) -> Self {
        let relation = |object: &Object| match object.kind {
            Kind::Table | Kind::View => Relation::Served(object.name.clone()),
            Kind::Other => Relation::Unserved,
        };
        Self(
            objects
                .map(|object| (object.name.to_ascii_lowercase(), relation(object)))
                .collect(),
        )
    }

    /// `None`: nothing in the database, so perhaps a CTE or a table yet to be made.
    pub(super) fn get(&self, folded: &str) -> Option<&Relation> {
        self.0.get(folded)
    }
}
