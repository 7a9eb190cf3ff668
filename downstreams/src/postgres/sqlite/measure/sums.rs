//! The wall's own `sum`, `avg` and `total`: the only expressions that open a sealed measure.
//! Knows nothing of which statement calls them.

use std::collections::HashMap;

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};

use super::super::sealer::{Identity, Number, Sealer};
use super::Book;
use super::plain::{Kind, Plain};

/// Puts the aggregates in the place of SQLite's own. They are no window functions: a frame that moves by one row
/// would be a difference of one row.
pub(in super::super) fn register(
    connection: &Connection,
    sealer: &Sealer,
    book: &Book,
) -> rusqlite::Result<()> {
    for (name, kind) in [
        ("sum", Kind::Sum),
        ("avg", Kind::Avg),
        ("total", Kind::Total),
    ] {
        let guarded = Guarded {
            kind,
            sealer: sealer.clone(),
            book: book.clone(),
        };
        connection.create_aggregate_function(name, 1, FunctionFlags::SQLITE_UTF8, guarded)?;
    }
    Ok(())
}

struct Guarded {
    kind: Kind,
    sealer: Sealer,
    book: Book,
}

/// One sum in the making.
#[derive(Default)]
struct Sum {
    /// What was not sealed.
    plain: Plain,
    /// What was.
    opened: Plain,
    column: Option<u16>,
    rows: HashMap<Identity, f64>,
    /// Something stands in it that must not.
    flawed: bool,
}

impl Sum {
    fn open(&mut self, column: u16, row: Identity, number: Number) {
        self.flawed |= *self.column.get_or_insert(column) != column;
        // A row that counts twice weighs twice.
        self.flawed |= self.rows.insert(row, magnitude(number)).is_some();
        let before = self.opened.clone();
        match number {
            Number::Integer(integer) => self.opened.integer(integer),
            Number::Real(real) => self.opened.real(real),
            Number::Odd => self.flawed = true,
        }
        self.flawed |= !magnitude(number).is_finite();
        if self.flawed {
            self.opened = before;
        }
    }
}

fn magnitude(number: Number) -> f64 {
    match number {
        #[expect(clippy::cast_precision_loss, reason = "compared, not shown")]
        Number::Integer(integer) => (integer as f64).abs(),
        Number::Real(real) => real.abs(),
        Number::Odd => f64::INFINITY,
    }
}

impl Aggregate<Sum, Value> for Guarded {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Sum> {
        Ok(Sum::default())
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Sum) -> rusqlite::Result<()> {
        let value = context.get_raw(0);
        let opened = match value {
            ValueRef::Blob(bytes) => self.sealer.open(bytes),
            _ => None,
        };
        match opened {
            Some(opened) => sum.open(opened.column, opened.row, opened.number),
            None => sum.plain.add(value),
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<Sum>) -> rusqlite::Result<Value> {
        let sum = sum.unwrap_or_default();
        let Some(column) = sum.column else {
            return sum.plain.result(self.kind);
        };
        if sum.flawed || !sum.plain.is_empty() {
            self.book.refuse();
            return Ok(Value::Null);
        }
        let rows = sum.rows.into_iter().collect();
        if !self.book.admits(column, rows) {
            return Ok(Value::Null);
        }
        // An error would tell how large the sum is.
        sum.opened
            .result(self.kind)
            .or_else(|_| sum.opened.result(Kind::Total))
    }
}
