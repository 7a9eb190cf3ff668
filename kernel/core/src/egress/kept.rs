//! Cells that were masked into dates and classes, taken out of the way of the detectors and put back.
//! Knows nothing of how they were masked.

use crate::json::{Json, Pointer};
use crate::policy::{Obligations, Operator};

/// Columns of rows, by position among those that are left.
#[derive(Default)]
pub(super) struct Kept {
    rows: Pointer,
    columns: Vec<usize>,
    cells: Vec<Json>,
}

impl Kept {
    /// The columns that a date shift or a generalisation has made readable, of `width` before drops.
    pub(super) fn columns(rows: Pointer, width: usize, obligations: &Obligations) -> Self {
        let operator = |at: usize| {
            let mask = obligations.columns.iter().find(|mask| mask.index == at);
            mask.map(|mask| mask.operator)
        };
        let left = (0..width)
            .map(operator)
            .filter(|op| *op != Some(Operator::Drop));
        let readable = |op: &Option<Operator>| {
            matches!(op, Some(Operator::DateShift(_) | Operator::Generalise(_)))
        };
        Self {
            rows,
            columns: left
                .enumerate()
                .filter(|(_, operator)| readable(operator))
                .map(|(at, _)| at)
                .collect(),
            cells: Vec::new(),
        }
    }

    /// Takes the cells out: a detector would mask what the policy lets out.
    pub(super) fn lift(&mut self, body: &mut Json) {
        let mut cells = Vec::new();
        self.each(body, |cell| cells.push(std::mem::replace(cell, Json::Null)));
        self.cells = cells;
    }

    /// Puts them back in their places; masking keeps rows and their order.
    pub(super) fn put_back(&mut self, body: &mut Json) {
        let mut cells = std::mem::take(&mut self.cells).into_iter();
        self.each(body, |cell| {
            if let Some(value) = cells.next() {
                *cell = value;
            }
        });
    }

    fn each(&self, body: &mut Json, mut act: impl FnMut(&mut Json)) {
        if self.columns.is_empty() {
            return;
        }
        let Some(Json::Array(rows)) = body.at_mut(&self.rows) else {
            return;
        };
        for row in rows {
            let Json::Object(row) = row else { continue };
            for (at, (_, cell)) in row.iter_mut().enumerate() {
                if self.columns.contains(&at) {
                    act(cell);
                }
            }
        }
    }
}
