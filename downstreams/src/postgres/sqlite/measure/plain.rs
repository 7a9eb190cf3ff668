//! `sum`, `avg` and `total` over ordinary values, as SQLite's own (`func.c`, since 3.43 with Kahan–Babuška–Neumaier).
//! Knows nothing of sealed values.

use rusqlite::types::{Value, ValueRef};

/// Which aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sum,
    Avg,
    Total,
}

/// A sum in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Plain {
    count: u64,
    real: f64,
    error: f64,
    exact: Option<i128>,
    approximate: bool,
}

impl Plain {
    /// Adds a value; NULL adds nothing.
    pub(super) fn add(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => {}
            ValueRef::Integer(integer) => self.integer(integer),
            ValueRef::Real(real) => self.real(real),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => match numeric(bytes) {
                Value::Integer(integer) if matches!(value, ValueRef::Text(_)) => {
                    self.integer(integer);
                }
                Value::Integer(integer) => self.real(approximate(integer)),
                Value::Real(real) => self.real(real),
                _ => self.real(0.0),
            },
        }
    }

    pub(super) fn integer(&mut self, integer: i64) {
        self.count += 1;
        self.exact = Some(
            self.exact
                .unwrap_or_default()
                .saturating_add(i128::from(integer)),
        );
        self.step(approximate(integer));
    }

    pub(super) fn real(&mut self, real: f64) {
        self.count += 1;
        self.approximate = true;
        self.step(real);
    }

    fn step(&mut self, real: f64) {
        let sum = self.real + real;
        self.error += if self.real.abs() > real.abs() {
            (self.real - sum) + real
        } else {
            (real - sum) + self.real
        };
        self.real = sum;
    }

    /// Whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The result; an integer sum that does not fit is an error, as in SQLite.
    pub(super) fn result(&self, kind: Kind) -> rusqlite::Result<Value> {
        let real = match self.exact {
            Some(exact) if !self.approximate => whole(exact),
            _ if self.error.is_finite() => self.real + self.error,
            _ => self.real,
        };
        Ok(match kind {
            Kind::Total => Value::Real(real),
            _ if self.count == 0 => Value::Null,
            Kind::Avg => Value::Real(real / count(self.count)),
            Kind::Sum if self.approximate => Value::Real(real),
            Kind::Sum => match i64::try_from(self.exact.unwrap_or_default()) {
                Ok(integer) => Value::Integer(integer),
                Err(_) => {
                    return Err(rusqlite::Error::UserFunctionError(
                        "integer overflow".into(),
                    ));
                }
            },
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "as SQLite: a double is wanted")]
fn approximate(integer: i64) -> f64 {
    integer as f64
}

#[expect(clippy::cast_precision_loss, reason = "as SQLite: a double is wanted")]
fn whole(exact: i128) -> f64 {
    exact as f64
}

#[expect(clippy::cast_precision_loss, reason = "as SQLite: a double is wanted")]
fn count(count: u64) -> f64 {
    count as f64
}

/// The number that a text begins with, as `sqlite3_value_numeric_type` reads it.
fn numeric(bytes: &[u8]) -> Value {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    if let Ok(integer) = text.parse::<i64>() {
        return Value::Integer(integer);
    }
    let fits = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    let end = text.find(|c| !fits(c)).unwrap_or(text.len());
    let longest = (0..=end)
        .rev()
        .filter_map(|end| text.get(..end))
        .find_map(|head| head.parse::<f64>().ok());
    longest.map_or(Value::Null, Value::Real)
}
