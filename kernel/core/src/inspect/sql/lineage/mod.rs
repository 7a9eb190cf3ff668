//! Our form against the catalogue: what is read, written, and computed from what.
//! Knows nothing of the parser.
//!
//! The one law: resolution only adds sources. What is unknown is computed from everything in scope;
//! what cannot even be bounded is refused.

mod constraint;
mod cte;
mod define;
mod expr;
mod flow;
mod from;
mod merge;
mod names;
mod outputs;
mod query;
mod relation;
mod scoped;
mod select;
mod table;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use self::cte::Env;
use self::flow::{Flow, Origin};
use self::relation::{Field, Rows, Scope};
use super::form::Statement;
use super::lower::Translation;
use super::reading::Reading;
use super::refusal::{self as why, SqlRefusal};
use super::{ColumnRef, Dialect};
use crate::limits;
use crate::manifest::Catalog;

/// Reads a translated statement.
pub(super) fn read(
    translation: &Translation,
    dialect: Dialect,
    catalog: &Catalog,
    bytes: usize,
    kinds: Vec<String>,
) -> Reading {
    let mut analyst = Analyst::new(dialect, catalog, bytes);
    analyst.writing = kinds
        .iter()
        .any(|kind| kind != "select" && kind != "explain");
    analyst.reading.kinds = kinds;
    analyst.reading.parameters = translation.parameters;
    if translation
        .functions
        .iter()
        .any(|function| !function.allowed)
    {
        analyst.reading.refuse(why::FUNCTION);
    }
    analyst.reading.functions.clone_from(&translation.functions);
    let rows = analyst.statement(&translation.statement, Context::top());
    analyst.finish(&rows)
}

/// Where an expression or query stands.
#[derive(Clone, Copy)]
struct Context<'e, 'c> {
    scope: Option<&'e Scope<'e, 'c>>,
    env: Option<&'e Env<'e, 'c>>,
}

impl<'e, 'c> Context<'e, 'c> {
    fn top() -> Self {
        Self {
            scope: None,
            env: None,
        }
    }

    /// Where an expression stands that sees these names, too.
    fn inside<'i>(self, scope: &'i Scope<'i, 'c>) -> Context<'i, 'c>
    where
        'e: 'i,
    {
        Context {
            scope: Some(scope),
            env: self.env,
        }
    }
}

struct Analyst<'c> {
    dialect: Dialect,
    catalog: &'c Catalog,
    reading: Reading,
    /// Base columns read.
    seen: BTreeSet<Origin<'c>>,
    /// Everything used in predicates.
    predicates: Flow<'c>,
    /// Labelled columns that a rule of a table compares with one value that the statement gives, and nothing else.
    collisions: Flow<'c>,
    /// Whether the statement is more than a query.
    writing: bool,
    /// What it computes with, in that case.
    computed: Flow<'c>,
    /// How many of its writes give one.
    guesses: usize,
    /// Views already read: their columns and whether these are all.
    views: BTreeMap<&'c str, Rc<Vec<Field<'c>>>>,
    /// Views being read, outermost first.
    view_stack: Vec<&'c str>,
    /// Keys of the named windows of each open select.
    windows: Vec<Flow<'c>>,
    /// Arguments of min and max of each open select.
    extremes: Vec<Flow<'c>>,
    /// Whether a name was met that the innermost select answers to.
    local: bool,
    /// Whether a name was met that nothing in scope answers to.
    leaked: bool,
    steps_max: usize,
}

impl<'c> Analyst<'c> {
    fn new(dialect: Dialect, catalog: &'c Catalog, bytes: usize) -> Self {
        Self {
            dialect,
            catalog,
            reading: Reading::default(),
            seen: BTreeSet::new(),
            predicates: Flow::default(),
            collisions: Flow::default(),
            writing: false,
            computed: Flow::default(),
            guesses: 0,
            views: BTreeMap::new(),
            view_stack: Vec::new(),
            windows: Vec::new(),
            extremes: Vec::new(),
            local: false,
            leaked: false,
            steps_max: limits::SQL_STEPS_BASE + limits::SQL_STEPS_PER_BYTE * bytes,
        }
    }

    fn sqlite(&self) -> bool {
        self.dialect == Dialect::Sqlite
    }

    fn refuse(&mut self, refusal: SqlRefusal) {
        self.reading.refuse(refusal);
    }

    /// Counts work; `false` once there has been too much of it.
    fn spend(&mut self, steps: usize) -> bool {
        match self.reading.steps.checked_add(steps) {
            Some(taken) if taken <= self.steps_max => {
                self.reading.steps = taken;
                true
            }
            _ => {
                self.reading.steps = self.steps_max;
                self.refuse(why::TOO_COMPLEX);
                false
            }
        }
    }

    /// Notes a use in a predicate, of the statement and of the rows that it decides.
    fn predicate(&mut self, flow: &Flow<'c>, control: &mut Flow<'c>) {
        self.predicates.add(flow);
        control.add(flow);
    }

    fn statement(&mut self, statement: &Statement, context: Context<'_, 'c>) -> Rows<'c> {
        match statement {
            Statement::Query(query) => self.query(query, context),
            Statement::Insert(insert) => self.insert(insert, context),
            Statement::Update(update) => self.update(update, context),
            Statement::Delete(delete) => self.delete(delete, context),
            Statement::Merge(merge) => self.merge_into(merge, context),
            Statement::Explain { statement, columns } => {
                self.statement(statement, context);
                Rows {
                    fields: columns
                        .iter()
                        .map(|name| Field::computed(name, Flow::default()))
                        .collect(),
                    exact: true,
                    control: Flow::default(),
                }
            }
            definition => {
                self.define(definition, context);
                Rows::default()
            }
        }
    }

    fn finish(mut self, rows: &Rows<'c>) -> Reading {
        self.settle_collisions();
        if !self.reading.launders.is_empty() {
            self.reading.computed = self.computed.labels(false).cloned().collect();
        }
        for origin in &self.seen {
            self.reading.reads.insert(origin.table.to_owned());
            self.reading.read_columns.insert(reference(*origin));
        }
        self.reading.outputs = outputs::outputs(rows);
        self.reading.predicate_columns = self
            .predicates
            .parts()
            .map(|(origin, _)| reference(origin))
            .collect();
        self.reading.predicate_labels = self.predicates.labels(false).cloned().collect();
        self.reading
    }
}

fn reference(origin: Origin<'_>) -> ColumnRef {
    ColumnRef {
        table: origin.table.to_owned(),
        column: origin.column.name.clone(),
    }
}
