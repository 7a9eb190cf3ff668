//! Which key values may be shown so that an agent can find the failing rows.
//! Knows nothing of why a row fails.

use super::{Rows, Surroundings};
use crate::manifest::Check;

/// A declared unique key whose values may be shown.
pub(super) struct Key<'a> {
    columns: &'a [String],
}

/// The first declared unique key without a labelled column.
pub(super) fn shown<'a>(
    checks: &'a [Check],
    rows: &Rows,
    around: &Surroundings<'_>,
) -> Option<Key<'a>> {
    checks.iter().find_map(|check| match check {
        Check::Unique(columns)
            if !columns.is_empty()
                && columns
                    .iter()
                    .all(|c| rows.columns().contains(c) && !(around.labelled)(c)) =>
        {
            Some(Key { columns })
        }
        _ => None,
    })
}

impl Key<'_> {
    /// The key of one row; `None` where any part of it might be more than an id.
    pub(super) fn of(
        &self,
        row: usize,
        rows: &Rows,
        around: &Surroundings<'_>,
    ) -> Option<Vec<(String, String)>> {
        let part = |column: &String| {
            let value = rows.cell(row, column)?.text()?;
            (is_id(&value) && (around.clean)(column, &value))
                .then(|| (column.clone(), value.into_owned()))
        };
        self.columns.iter().map(part).collect()
    }
}

/// An integer or a short id with a digit in it: `17`, `ord-00017`. A name is neither.
fn is_id(value: &str) -> bool {
    value.len() <= 24
        && value.bytes().any(|b| b.is_ascii_digit())
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
