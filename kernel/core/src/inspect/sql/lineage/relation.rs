//! Relations, their columns, and where names are looked up.
//! Knows nothing of expressions.

use std::collections::BTreeSet;

use super::flow::{Flow, Origin};
use crate::inspect::sql::form::Text;

/// Where reading a column is to be noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noted<'c> {
    /// Nowhere: the column is computed.
    No,
    /// At a base table.
    Base(Origin<'c>),
    /// At a view, by the column's position: an alias may call it something else.
    View(&'c str, usize),
}

/// One column of a relation or result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'c> {
    /// The folded name, where it is certain.
    pub(super) name: Option<Text<'c>>,
    /// The name that a result shows.
    pub(super) shown: Text<'c>,
    /// What it is computed from.
    pub(super) flow: Flow<'c>,
    /// Where reading it is noted.
    pub(super) noted: Noted<'c>,
    /// The aggregate that it is, if it is just that.
    pub(super) aggregate: Option<String>,
}

impl<'c> Field<'c> {
    /// A computed column.
    pub(super) fn computed(name: &str, flow: Flow<'c>) -> Self {
        let name = Text::from(name);
        Self {
            name: Some(name.clone()),
            shown: name,
            flow,
            noted: Noted::No,
            aggregate: None,
        }
    }

    /// The column as the query around this one receives it.
    pub(super) fn inward(self) -> Self {
        Self {
            flow: self.flow.settled(),
            noted: Noted::No,
            aggregate: None,
            ..self
        }
    }
}

/// How often SQLite counts up before it takes a number by chance.
const TWINS_MAX: usize = 3;

fn folded(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

/// SQLite shows the later of two columns of one name as `name:1`, once they are a relation's.
pub(super) fn tell_apart(fields: &mut [Field<'_>]) {
    let lower = |name: &str| name.to_ascii_lowercase();
    let mut names: Vec<&str> = fields.iter().map(|field| &*field.shown).collect();
    names.sort_unstable_by(|one, other| folded(one).cmp(folded(other)));
    if !names
        .windows(2)
        .any(|pair| matches!(pair, [one, other] if one.eq_ignore_ascii_case(other)))
    {
        return;
    }
    let mut taken = BTreeSet::new();
    for field in fields {
        let mut name = field.shown.to_string();
        for count in 1..=TWINS_MAX {
            if !taken.contains(&lower(&name)) {
                break;
            }
            let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
            let stem = stem.strip_suffix(':').unwrap_or(&name);
            name = format!("{stem}:{count}");
        }
        taken.insert(lower(&name));
        if *field.shown != *name {
            field.shown = name.into();
        }
    }
}

/// What kind of thing a relation is, as far as hidden columns go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hidden {
    /// A base table: row ids and system columns.
    Table,
    /// A table function: in SQLite, hidden columns that feed it.
    Function,
    /// Nothing hidden.
    None,
}

/// One relation in FROM.
#[derive(Clone, Debug)]
pub(super) struct Relation<'c> {
    /// The folded name that qualifies its columns; none for a derived table without alias.
    pub(super) alias: Option<Text<'c>>,
    /// Whether the alias is the table's own name, so that a schema may stand before it.
    pub(super) own_name: bool,
    /// Its columns.
    pub(super) fields: Vec<Field<'c>>,
    /// Whether these are all of them.
    pub(super) exact: bool,
    /// What else it may answer to.
    pub(super) hidden: Hidden,
}

/// One level of names: the relations of a select, its aliases, and the select around it.
#[derive(Clone, Copy)]
pub(super) struct Scope<'e, 'c> {
    pub(super) relations: &'e [Relation<'c>],
    pub(super) aliases: &'e [Field<'c>],
    pub(super) parent: Option<&'e Scope<'e, 'c>>,
}

/// The rows of a query.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows<'c> {
    /// Its columns.
    pub(super) fields: Vec<Field<'c>>,
    /// Whether these are all of them.
    pub(super) exact: bool,
    /// What decided which rows there are and in what order.
    pub(super) control: Flow<'c>,
}

impl<'c> Rows<'c> {
    /// As one value in an expression: all columns by value, the choice of rows by control.
    pub(super) fn scalar(&self) -> Flow<'c> {
        let mut flow = Flow::default();
        for field in &self.fields {
            flow.add(&field.flow.settled());
        }
        flow.add(&self.control.control());
        flow.mixed()
    }
}
