//! What a table's own rules compare when a write changes its rows: a write that is refused, skipped or redirected
//! by them tells of the values that are there.
//! Knows nothing of how the engine says so: an error, a count, a row that comes back or not are one answer.

use std::collections::BTreeSet;

use super::flow::{Flow, Origin};
use super::{Analyst, reference};
use crate::inspect::sql::form::{Assignment, Body, Expr, Insert};
use crate::manifest::{Constraint, Table};

/// What a write gives a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// NULL, which agrees with nothing.
    Nothing,
    /// One value that the text, a parameter or the table's definition fixes.
    Fixed,
    /// Whatever comes out.
    Computed,
}

/// Rows of a table that come to be, or change in some columns.
pub(super) struct Change<'c> {
    table: &'c Table,
    /// The columns that get a value, by name.
    given: Vec<(String, Given)>,
    /// Whether the rows are new.
    inserts: bool,
}

impl<'c> Change<'c> {
    /// The rows of an INSERT, into these columns.
    pub(super) fn inserted(table: &'c Table, insert: &Insert, columns: &[String]) -> Self {
        let rows = match insert.source.as_ref().map(|source| &source.body) {
            None => Some([].as_slice()),
            Some(Body::Values { rows, .. }) => match rows.as_slice() {
                [row] => Some(row.as_slice()),
                _ => None,
            },
            Some(_) => None,
        };
        let given = |name: &str| {
            let at = columns
                .iter()
                .position(|column| column.eq_ignore_ascii_case(name));
            let filled = table.column(name).is_none_or(|column| column.filled);
            match (rows, at) {
                (_, None) if !filled => Given::Nothing,
                (Some(_), None) => Given::Fixed,
                (Some(row), Some(at)) if row.get(at).is_none_or(Expr::is_constant) => Given::Fixed,
                _ => Given::Computed,
            }
        };
        let names = table.columns.iter().map(|column| &column.name);
        Self {
            table,
            given: names.map(|name| (name.clone(), given(name))).collect(),
            inserts: true,
        }
    }

    /// New rows of which nothing is known.
    pub(super) fn merged(table: &'c Table) -> Self {
        let all = table.columns.iter();
        Self {
            table,
            given: all
                .map(|column| (column.name.clone(), Given::Computed))
                .collect(),
            inserts: true,
        }
    }

    /// Rows in which these columns are set.
    pub(super) fn updated(table: &'c Table, assignments: &[Assignment]) -> Self {
        let one = |assignment: &Assignment| {
            let given = match assignment.value.is_constant() {
                true => Given::Fixed,
                false => Given::Computed,
            };
            let names = assignment.targets.iter();
            names
                .map(move |name| (name.text.to_string(), given))
                .collect::<Vec<_>>()
        };
        Self {
            table,
            given: assignments.iter().flat_map(one).collect(),
            inserts: false,
        }
    }

    /// Rows in which these columns follow those of other rows.
    fn following(table: &'c Table, columns: &[String]) -> Self {
        let columns = columns.iter();
        Self {
            table,
            given: columns
                .map(|name| (name.clone(), Given::Computed))
                .collect(),
            inserts: false,
        }
    }

    fn given(&self, column: &str) -> Option<Given> {
        let mut given = self.given.iter();
        let found = given.find(|(name, _)| name.eq_ignore_ascii_case(column));
        found.map(|(_, given)| *given)
    }

    /// Whether one of these columns gets a value. A name that no column has is the row's number, which is the key
    /// under another name.
    fn touches(&self, columns: &[String]) -> bool {
        self.given.iter().any(|(name, _)| {
            self.table.column(name).is_none()
                || columns
                    .iter()
                    .any(|column| column.eq_ignore_ascii_case(name))
        })
    }

    fn has_null(&self, columns: &[String]) -> bool {
        let given = |column: &String| self.given(column) == Some(Given::Nothing);
        columns.iter().any(given)
    }

    fn fixes<'n>(&self, columns: impl IntoIterator<Item = &'n String>) -> bool {
        let mut columns = columns.into_iter();
        columns.all(|column| self.given(column) == Some(Given::Fixed))
    }
}

/// Tables whose rows went, or changed, in the course of one write: none is followed twice.
type Followed<'c> = BTreeSet<(&'c str, bool)>;

impl<'c> Analyst<'c> {
    /// Notes what the rules of the table compare for this change. A `guess` gives one value and is told whether it is
    /// there; whatever does more with rows that agree is none.
    pub(super) fn constrained(&mut self, change: &Change<'c>, guess: bool) {
        let before = std::mem::take(&mut self.collisions);
        self.compare(change, guess, &mut Followed::new());
        self.guesses += usize::from(!self.collisions.is_empty());
        self.collisions.add(&before);
    }

    /// Notes what is compared where rows of this table go.
    pub(super) fn removed(&mut self, table: &'c Table) {
        self.let_go(table, None, &mut Followed::new());
    }

    /// Labelled data in a column that some rule looks at: whether the write goes through tells of it.
    pub(super) fn demanded(&mut self, flow: &Flow<'c>, table: Option<&'c Table>, column: &str) {
        let Some(table) = table else {
            return;
        };
        let key = table.column(column).is_some_and(|column| column.key);
        let mut own = table.constraints.iter().flat_map(Constraint::columns);
        let ruled = key || own.any(|own| own.eq_ignore_ascii_case(column));
        if ruled && flow.labels(false).next().is_some() {
            self.predicates.add(flow);
        }
    }

    fn compare(&mut self, change: &Change<'c>, guess: bool, followed: &mut Followed<'c>) {
        let table = change.table;
        let keys = table.columns.iter().filter(|column| column.key);
        for key in keys.map(|column| std::slice::from_ref(&column.name)) {
            if change.touches(key) && !change.has_null(key) {
                self.compared(table, key, guess && change.fixes(key));
            }
        }
        for constraint in &table.constraints {
            self.spend(1);
            let columns = constraint.columns();
            if !change.touches(columns) {
                continue;
            }
            match constraint {
                Constraint::Unique { plain, .. } => {
                    if *plain && change.has_null(columns) {
                        continue;
                    }
                    let labelled = columns.iter().filter(|name| is_labelled(table, name));
                    let fixed = *plain && change.fixes(labelled);
                    self.compared(table, columns, guess && fixed);
                }
                Constraint::References {
                    table: parent, to, ..
                } => {
                    // Computed columns bring more of their own than the other table has.
                    let plain = columns.len() == to.len();
                    let Some(parent) = self.catalog.table(parent) else {
                        continue;
                    };
                    if plain && change.has_null(columns) {
                        continue;
                    }
                    self.compared(parent, to, guess && plain && change.fixes(columns));
                    self.kept(change, columns);
                }
                Constraint::Check { .. } => self.kept(change, columns),
            }
        }
        if !change.inserts {
            self.let_go(table, Some(change), followed);
        }
    }

    /// What an update leaves as it is, and a rule looks at beside what is set.
    fn kept(&mut self, change: &Change<'c>, columns: &[String]) {
        if change.inserts {
            return;
        }
        let kept = columns.iter().filter(|name| change.given(name).is_none());
        let kept: Vec<String> = kept.cloned().collect();
        self.compared(change.table, &kept, false);
    }

    /// Rows that others refer to go, or change: the others are looked for, and may follow.
    fn let_go(
        &mut self,
        table: &'c Table,
        change: Option<&Change<'c>>,
        followed: &mut Followed<'c>,
    ) {
        if !followed.insert((&table.name, change.is_some())) {
            return;
        }
        for child in self.catalog.tables() {
            for constraint in &child.constraints {
                let Constraint::References {
                    columns,
                    table: parent,
                    to,
                    follows,
                } = constraint
                else {
                    continue;
                };
                let concerned = parent.eq_ignore_ascii_case(&table.name)
                    && change.is_none_or(|change| change.touches(to));
                if !concerned || !self.spend(1) {
                    continue;
                }
                self.compared(table, to, false);
                self.compared(child, columns, false);
                if *follows {
                    self.let_go(child, None, followed);
                    if followed.insert((&child.name, true)) {
                        self.compare(&Change::following(child, columns), false, followed);
                    }
                }
            }
        }
    }

    /// Stored values of the labelled among these columns decide what becomes of the write.
    fn compared(&mut self, table: &'c Table, columns: &[String], guess: bool) {
        for column in columns.iter().filter_map(|name| table.column(name)) {
            if column.labels().next().is_none() {
                continue;
            }
            let origin = Origin {
                table: &table.name,
                column,
            };
            let flow = Flow::column(origin);
            self.reading.constrained.insert(reference(origin));
            match guess {
                true => self.collisions.add(&flow),
                false => self.predicates.add(&flow),
            }
        }
    }

    /// What only a guess compared joins the predicates, and is told apart where there is one guess of each label and
    /// nothing else.
    pub(super) fn settle_collisions(&mut self) {
        let collisions = std::mem::take(&mut self.collisions);
        let mut labels = BTreeSet::new();
        let once = |(origin, _): (Origin<'c>, _)| {
            let mut own = origin.column.labels();
            own.all(|label| labels.insert(label))
        };
        let alone = collisions.parts().all(once) && self.guesses == 1;
        if alone && self.predicates.labels(false).next().is_none() {
            self.reading.guessed = collisions.labels(false).cloned().collect();
        }
        self.predicates.add(&collisions);
    }
}

fn is_labelled(table: &Table, column: &str) -> bool {
    let column = table.column(column);
    column.is_some_and(|column| column.labels().next().is_some())
}
