//! Which column each bound value is written to, where a statement says so plainly.
//! Knows nothing of labels. What is not plain has no target.

use std::collections::BTreeSet;

use super::ColumnRef;
use super::form::{Body, Expr, Insert, Marker, Name, Path, Statement, Update};
use super::lower::Translation;

/// A parameter that was met, and the column that it is written to.
type Met = (Marker, Option<ColumnRef>);

/// One place for each parameter, in order; all empty where any of them has another form.
pub(super) fn of(translation: &Translation) -> Vec<Option<ColumnRef>> {
    let none = vec![None; translation.parameters];
    let met = match &translation.statement {
        Statement::Insert(insert) => of_insert(insert),
        Statement::Update(update) => of_update(update),
        _ => None,
    };
    // A parameter that was not met here could be written anywhere, and would shift those after it.
    let places = match (met, translation.numbered) {
        (Some(met), _) if translation.anonymous && met.len() == translation.parameters => {
            Some(met.into_iter().map(|(_, column)| column).collect())
        }
        (Some(met), Some(count)) if met.len() == count => by_number(met, translation.parameters),
        _ => None,
    };
    places.unwrap_or(none)
}

/// The same where they have numbers; one that stands twice has no place.
fn by_number(met: Vec<Met>, parameters: usize) -> Option<Vec<Option<ColumnRef>>> {
    let mut places = vec![None; parameters];
    let mut seen = BTreeSet::new();
    for (marker, column) in met {
        let Marker::Numbered(number) = marker else {
            return None;
        };
        let place = places.get_mut(number.checked_sub(1)?)?;
        let is_first = seen.insert(number);
        *place = column.filter(|_| is_first);
    }
    Some(places)
}

/// `INSERT INTO t (a, b) VALUES (?, ?)` and nothing around it.
fn of_insert(insert: &Insert) -> Option<Vec<Met>> {
    let query = insert.source.as_ref()?;
    let plain = insert.upsert.is_none()
        && insert.returning.is_empty()
        && query.ctes.is_empty()
        && query.order_by.is_empty()
        && query.limits.is_empty();
    let Body::Values { rows, .. } = &query.body else {
        return None;
    };
    let mut targets = Vec::new();
    for row in rows.iter().filter(|_| plain) {
        if row.len() != insert.columns.len() {
            return None;
        }
        for (column, value) in insert.columns.iter().zip(row) {
            target(&insert.target, column, value, &mut targets)?;
        }
    }
    plain.then_some(targets)
}

/// `UPDATE t SET a = ? WHERE …` without FROM or RETURNING; what stands in the condition has no target.
fn of_update(update: &Update) -> Option<Vec<Met>> {
    if !update.from.is_empty() || !update.returning.is_empty() {
        return None;
    }
    let mut targets = Vec::new();
    for assignment in &update.assignments {
        let [column] = assignment.targets.as_slice() else {
            return None;
        };
        target(&update.target, column, &assignment.value, &mut targets)?;
    }
    parameters(update.filter.as_ref()?, &mut targets)?;
    Some(targets)
}

fn target(table: &Path, column: &Name, value: &Expr, met: &mut Vec<Met>) -> Option<()> {
    if let Expr::Parameter(marker) = value {
        let table = table.0.last()?;
        let column = ColumnRef {
            table: table.key.to_string(),
            column: column.key.to_string(),
        };
        met.push((*marker, Some(column)));
        return Some(());
    }
    parameters(value, met)
}

/// The parameters that stand in an expression, which have no place; `None` where that is not plain.
fn parameters(expr: &Expr, met: &mut Vec<Met>) -> Option<()> {
    match expr {
        Expr::Parameter(marker) => met.push((*marker, None)),
        Expr::Constant(_) | Expr::Text(_) | Expr::Column(_) => {}
        Expr::Mix(parts) | Expr::And(parts) => {
            for part in parts {
                parameters(part, met)?;
            }
        }
        Expr::Equal(left, right) => {
            parameters(left, met)?;
            parameters(right, met)?;
        }
        Expr::InList(left, rest) => {
            parameters(left, met)?;
            for part in rest {
                parameters(part, met)?;
            }
        }
        _ => return None,
    }
    Some(())
}
