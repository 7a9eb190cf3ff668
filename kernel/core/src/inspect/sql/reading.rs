//! What one SQL text would do, as facts.
//! Knows nothing of who sent it or whether it may run.

use std::collections::BTreeSet;

use super::{ColumnRef, Family, FunctionUse, Lookup, Output, SqlRefusal};
use crate::manifest::Label;

/// A write that no condition on key columns bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unscoped {
    /// `UPDATE`
    Update,
    /// `DELETE`
    Delete,
}

/// What is done to rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// New ones come.
    Insert,
    /// Some are changed.
    Update,
    /// Some go.
    Delete,
}

/// The facts of one text. Facts are complete where `refusal` is `None`; else they are what could be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Statement kinds wherever they stand, lower case, the outermost first.
    pub kinds: Vec<String>,
    /// Tables and views read, a view's base tables included.
    pub reads: BTreeSet<String>,
    /// Columns of tables and views that are named or implied anywhere.
    pub read_columns: BTreeSet<ColumnRef>,
    /// Tables inserted into, updated, deleted from, created, altered, renamed to, dropped, truncated or indexed.
    pub writes: BTreeSet<String>,
    /// What is done to rows of which table: by statements, by what an insert overwrites, by branches of a MERGE.
    pub deeds: BTreeSet<(Deed, String)>,
    /// Tables, views, indexes and other objects dropped.
    pub drops: BTreeSet<String>,
    /// Tables truncated.
    pub truncates: BTreeSet<String>,
    /// Tables altered so that data, or the name that it is protected under, is lost.
    pub alters: BTreeSet<String>,
    /// Updates and deletes that no key condition bounds.
    pub unscoped: BTreeSet<(Unscoped, String)>,
    /// Functions called, each once.
    pub functions: BTreeSet<FunctionUse>,
    /// The result's columns, in order; of the statement's own result alone.
    pub outputs: Vec<Output>,
    /// Base columns used in predicates: WHERE, ON, USING, HAVING, ORDER BY, GROUP BY, DISTINCT, windows, set comparisons.
    pub predicate_columns: BTreeSet<ColumnRef>,
    /// The labels of those columns.
    pub predicate_labels: BTreeSet<Label>,
    /// Labelled columns among them that rules of tables compare: a unique key, a foreign key, a check.
    pub constrained: BTreeSet<ColumnRef>,
    /// Labels of which such a rule compares stored values with one given value, where labelled data is in no other
    /// predicate: whether it is there is all that the write tells.
    pub guessed: BTreeSet<Label>,
    /// Where the one use of labelled columns in predicates is to look rows up by one exact value.
    pub lookup: Option<Lookup>,
    /// Labelled columns written where their label is not: from, to.
    pub launders: BTreeSet<(ColumnRef, ColumnRef)>,
    /// Labels of data that a statement which copies some computes with: that it fails, or does not, tells of the values.
    pub computed: BTreeSet<Label>,
    /// Columns that get another name: from, to. Their labels go with them.
    pub moves: BTreeSet<(ColumnRef, ColumnRef)>,
    /// Tables made from a query whose columns' names are not certain: two of them are called the same.
    pub unsure: BTreeSet<String>,
    /// Families of statements that this one is of, which a manifest has opened.
    pub opened: BTreeSet<Family>,
    /// The pragma that it is, if it is one.
    pub pragma: Option<String>,
    /// Bound parameters that the text asks for.
    pub parameters: usize,
    /// The column that each of them is written to, where the statement says so plainly; names as folded.
    pub targets: Vec<Option<ColumnRef>>,
    /// Whether a fact says that something is destroyed that has no name here (an unreadable or nameless target).
    pub destroys_unnamed: bool,
    /// How many steps its resolution took: what a text costs, counted instead of timed.
    pub steps: usize,
    /// Why the text may not run, if so.
    pub refusal: Option<SqlRefusal>,
}

impl Reading {
    /// Whether data is lost wholesale: drop, truncate, data-losing alter, unscoped update or delete.
    #[must_use]
    pub fn destructive(&self) -> bool {
        self.destroys_unnamed
            || !(self.drops.is_empty()
                && self.truncates.is_empty()
                && self.alters.is_empty()
                && self.unscoped.is_empty())
    }

    /// Whether the text was read whole and changes nothing.
    #[must_use]
    pub fn read_only(&self) -> bool {
        self.refusal.is_none()
            && self.writes.is_empty()
            && !self.destructive()
            && self
                .kinds
                .iter()
                .all(|kind| kind == "select" || kind == "explain")
    }

    /// Keeps the first reason not to run.
    pub(super) fn refuse(&mut self, refusal: SqlRefusal) {
        self.refusal.get_or_insert(refusal);
    }
}
