//! The one exact value by which a call looks rows up.
//! Knows nothing of statements and of the engine that compares.

use std::fmt;

use serde_json::Value;

/// A column and the value that it must have.
#[derive(Clone)]
pub(super) struct Lookup {
    /// `table.column`, folded.
    pub(super) place: String,
    /// A text or a number.
    pub(super) value: Value,
}

impl Lookup {
    /// Reads `table.column` and its value; `None` where either is of another form.
    pub(super) fn new(place: &str, value: Value) -> Option<Self> {
        let folded = place.to_ascii_lowercase();
        let fits = matches!(value, Value::String(_) | Value::Number(_)) && folded.contains('.');
        fits.then_some(Self {
            place: folded,
            value,
        })
    }
}

/// The value is personal: never printed.
impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lookup({})", self.place)
    }
}
