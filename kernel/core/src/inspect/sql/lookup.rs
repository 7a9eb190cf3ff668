//! Whether a statement looks rows up by one exact value of one labelled column, and asks nothing else of labelled data.
//! Knows nothing of who may. What is not plainly this is a filter like any other.
//!
//! The law: what is left of the statement without the equation uses no labelled column in any predicate. The equation is
//! a whole conjunct at the top of `WHERE`, the column stands bare in it, and the table is a base table that
//! stands alone in the one select that there is.

use std::collections::BTreeSet;

use super::form::{Alias, Statement};
use super::form::{Body, Call, Distinct, Expr, Item, Marker, Name, Path, Query, Select, Source};
use super::lineage;
use super::lower::Translation;
use super::{ColumnRef, Dialect, Reading};
use crate::manifest::{Catalog, Label, Table};

/// One look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The column, as the catalogue has it.
    pub column: ColumnRef,
    /// Every label that it carries.
    pub labels: BTreeSet<Label>,
    /// What it is compared with.
    pub value: Wanted,
}

/// What a look-up compares with.
#[derive(Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A text in plain quotes.
    Text(String),
    /// A whole number without a sign.
    Number(i64),
    /// A bound value, by its position from 0.
    Bound(usize),
}

/// The value may be personal: only its kind is printed.
impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text([hidden])",
            Self::Number(_) => "Number([hidden])",
            Self::Bound(_) => "Bound",
        })
    }
}

/// The look-up that a statement is, if it is one and nothing more.
pub(super) fn of(
    translation: &Translation,
    dialect: Dialect,
    catalog: &Catalog,
    bytes: usize,
    reading: &Reading,
) -> Option<Lookup> {
    let Statement::Query(query) = &translation.statement else {
        return None;
    };
    if reading.predicate_labels.is_empty() || !reading.read_only() || reading.kinds != ["select"] {
        return None;
    }
    let select = alone(query)?;
    let target = Target::of(select, dialect, catalog)?;
    let mut conjuncts = Vec::new();
    split(select.filter.as_ref()?, &mut conjuncts);
    let mut found = conjuncts.iter().enumerate().filter_map(|(at, conjunct)| {
        let (column, value) = target.equation(conjunct, translation)?;
        Some((at, column, value))
    });
    let (at, column, value) = found.next()?;
    if found.next().is_some() || select.items.iter().any(|item| renames(item, &column)) {
        return None;
    }
    let mut rest: Vec<Expr> = conjuncts.iter().copied().cloned().collect();
    rest.remove(at);
    let rest = without(query, select, rest);
    let left = lineage::read(&rest, dialect, catalog, bytes, Vec::new());
    // What is left still uses labelled data to choose or order rows, or cannot be read.
    let asks_more = left.refusal.is_some() || !left.predicate_labels.is_empty();
    let labels: BTreeSet<Label> = column.labels.clone();
    (!asks_more && labels == reading.predicate_labels).then(|| Lookup {
        column: ColumnRef {
            table: target.table.name.clone(),
            column: column.name,
        },
        labels,
        value,
    })
}

/// The statement without its equation.
fn without(query: &Query, select: &Select, rest: Vec<Expr>) -> Translation {
    let statement = Statement::Query(Query {
        body: Body::Select(Box::new(Select {
            filter: (!rest.is_empty()).then_some(Expr::And(rest)),
            ..select.clone()
        })),
        ..query.clone()
    });
    Translation {
        statement,
        functions: BTreeSet::new(),
        parameters: 0,
        anonymous: false,
        bare: Vec::new(),
        numbered: None,
    }
}

/// The select that a query is, where it is one select without groups, duplicates removed, windows or subqueries.
fn alone(query: &Query) -> Option<&Select> {
    let Body::Select(select) = &query.body else {
        return None;
    };
    let Select {
        distinct: Distinct::No,
        items,
        into: None,
        from: _,
        filter,
        group_by,
        having: None,
        windows,
    } = &**select
    else {
        return None;
    };
    let mut exprs = items.iter().filter_map(|item| match item {
        Item::Expr { expr, .. } => Some(expr),
        Item::Star | Item::TableStar(_) | Item::RowStar(_) => None,
    });
    let flat = query.ctes.is_empty()
        && group_by.is_empty()
        && windows.is_empty()
        && exprs.all(is_flat)
        && filter.iter().chain(&query.order_by).all(is_flat)
        && query.limits.iter().all(Expr::is_constant);
    flat.then_some(select)
}

/// Whether no query and no window stands within.
fn is_flat(expr: &Expr) -> bool {
    let all = |exprs: &[Expr]| exprs.iter().all(is_flat);
    match expr {
        Expr::Subquery(_) | Expr::Exists(_) | Expr::InQuery(..) => false,
        Expr::Column(_) | Expr::Row(_) | Expr::Constant(_) | Expr::Text(_) | Expr::Parameter(_) => {
            true
        }
        Expr::Mix(parts) | Expr::And(parts) => all(parts),
        Expr::Equal(left, right) => is_flat(left) && is_flat(right),
        Expr::InList(probe, list) => is_flat(probe) && all(list),
        Expr::Case {
            conditions,
            results,
        } => all(conditions) && all(results),
        Expr::Call(call) => {
            let Call {
                name: _,
                shape: _,
                args,
                distinct: _,
                order_by,
                filter,
                over,
            } = &**call;
            over.is_none() && filter.iter().all(is_flat) && all(args) && all(order_by)
        }
    }
}

/// The conjuncts at the top, however they are bracketed.
fn split<'e>(expr: &'e Expr, into: &mut Vec<&'e Expr>) {
    match expr {
        Expr::And(parts) => parts.iter().for_each(|part| split(part, into)),
        other => into.push(other),
    }
}

/// The column of an equation.
struct Named {
    name: String,
    key: String,
    labels: BTreeSet<Label>,
}

/// An output of the column's name could be what the condition means.
fn renames(item: &Item, column: &Named) -> bool {
    match item {
        Item::Expr {
            name: Some(name),
            aliased,
            ..
        } => *aliased && name.key.eq_ignore_ascii_case(&column.key),
        _ => false,
    }
}

/// The one table.
struct Target<'a> {
    table: &'a Table,
    /// The folded name that qualifies its columns.
    alias: &'a str,
    dialect: Dialect,
}

impl<'a> Target<'a> {
    fn of(select: &'a Select, dialect: Dialect, catalog: &'a Catalog) -> Option<Self> {
        let [Source::Table { path, alias }] = select.from.as_slice() else {
            return None;
        };
        let Path(names) = path;
        let [name] = names.as_slice() else {
            return None;
        };
        let table = catalog.table(&name.key)?;
        let alias = match alias {
            None => &name.key,
            Some(Alias { name, columns }) if columns.is_empty() => &name.key,
            Some(_) => return None,
        };
        let is_base = dialect.same(&name.key, &table.name) && table.view.is_none();
        is_base.then_some(Self {
            table,
            alias,
            dialect,
        })
    }

    /// `labelled column = value`, either way round.
    fn equation(&self, conjunct: &Expr, translation: &Translation) -> Option<(Named, Wanted)> {
        let Expr::Equal(left, right) = conjunct else {
            return None;
        };
        let column = |at| self.labelled(at);
        match (column(left), column(right)) {
            (Some(column), None) => Some((column, wanted(right, translation)?)),
            (None, Some(column)) => Some((column, wanted(left, translation)?)),
            _ => None,
        }
    }

    fn labelled(&self, expr: &Expr) -> Option<Named> {
        let Expr::Column(Path(names)) = expr else {
            return None;
        };
        let name: &Name = match names.as_slice() {
            [name] => name,
            [table, name] if table.key == self.alias => name,
            _ => return None,
        };
        let mut columns = self.table.columns.iter();
        let column = columns.find(|column| self.dialect.same(&name.key, &column.name))?;
        let labels: BTreeSet<Label> = column.labels().cloned().collect();
        (!labels.is_empty()).then(|| Named {
            name: column.name.clone(),
            key: name.key.to_string(),
            labels,
        })
    }
}

/// A value whose kind and bytes are beyond doubt. NULL equals nothing; what has a sign, a fraction or an escape
/// belongs into a parameter.
fn wanted(expr: &Expr, translation: &Translation) -> Option<Wanted> {
    Some(match expr {
        Expr::Text(text) => Wanted::Text(text.clone()),
        Expr::Constant(Some(number)) => Wanted::Number(i64::try_from(*number).ok()?),
        Expr::Parameter(Marker::Bare(at)) if translation.anonymous => {
            Wanted::Bound(translation.bare.iter().filter(|other| *other < at).count())
        }
        Expr::Parameter(Marker::Numbered(number)) if translation.bare.is_empty() => {
            Wanted::Bound(number.checked_sub(1)?)
        }
        _ => return None,
    })
}
