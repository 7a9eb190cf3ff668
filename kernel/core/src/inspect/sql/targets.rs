//! Which column each bound value is written to, where a statement says so plainly.
//! Knows nothing of labels. What is not plain has no target.

use super::ColumnRef;
use super::form::{Body, Expr, Insert, Name, Path, Statement, Update};
use super::lower::Translation;

/// One place for each `?`, in order; all empty where any of them has another form.
pub(super) fn of(translation: &Translation) -> Vec<Option<ColumnRef>> {
    let none = vec![None; translation.parameters];
    if !translation.anonymous {
        return none;
    }
    let found = match &translation.statement {
        Statement::Insert(insert) => of_insert(insert),
        Statement::Update(update) => of_update(update),
        _ => None,
    };
    // A `?` that was not met here would shift those after it.
    found
        .filter(|found| found.len() == translation.parameters)
        .unwrap_or(none)
}

/// `INSERT INTO t (a, b) VALUES (?, ?)` and nothing around it.
fn of_insert(insert: &Insert) -> Option<Vec<Option<ColumnRef>>> {
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
fn of_update(update: &Update) -> Option<Vec<Option<ColumnRef>>> {
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
    for _ in 0..parameters(update.filter.as_ref()?)? {
        targets.push(None);
    }
    Some(targets)
}

fn target(
    table: &Path,
    column: &Name,
    value: &Expr,
    targets: &mut Vec<Option<ColumnRef>>,
) -> Option<()> {
    if matches!(value, Expr::Parameter(_)) {
        let table = table.0.last()?;
        targets.push(Some(ColumnRef {
            table: table.key.to_string(),
            column: column.key.to_string(),
        }));
        return Some(());
    }
    for _ in 0..parameters(value)? {
        targets.push(None);
    }
    Some(())
}

/// How many `?` stand in an expression; `None` where that is not plain.
fn parameters(expr: &Expr) -> Option<usize> {
    let all = |parts: &[Expr]| parts.iter().map(parameters).sum::<Option<usize>>();
    match expr {
        Expr::Parameter(_) => Some(1),
        Expr::Constant(_) | Expr::Text(_) | Expr::Column(_) => Some(0),
        Expr::Mix(parts) | Expr::And(parts) => all(parts),
        Expr::Equal(left, right) => Some(parameters(left)? + parameters(right)?),
        Expr::InList(left, rest) => Some(parameters(left)? + all(rest)?),
        _ => None,
    }
}
