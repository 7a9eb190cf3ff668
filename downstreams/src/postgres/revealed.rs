//! What the tokens of one call stand for, for the supervisor that asked to know.
//! Knows nothing of what is done with it; never printed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

/// Tokens that are noted at the most: a scan makes more of them than its result shows.
const TOKENS_MAX: usize = 100_000;

/// Bytes of their values at the most: free text is long. What is not noted stays a token.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// Tokens with their values, of one call.
#[derive(Clone, Default)]
pub(super) struct Revealed(Arc<Mutex<Notes>>);

#[derive(Default)]
struct Notes {
    values: BTreeMap<String, String>,
    bytes: usize,
}

impl Revealed {
    /// Notes a token.
    pub(super) fn note(&self, token: &str, value: &str) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = notes.values.contains_key(token);
        let bytes = notes.bytes.saturating_add(value.len());
        if known || (notes.values.len() < TOKENS_MAX && bytes <= BYTES_MAX) {
            notes.values.insert(token.to_owned(), value.to_owned());
            notes.bytes = if known { notes.bytes } else { bytes };
        }
    }

    /// Those that stand as whole cells in the rows of a result; `None` where there are none.
    pub(super) fn shown_in(&self, result: &Value) -> Option<Value> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.values.is_empty() {
            return None;
        }
        let rows = result.get("rows")?.as_array()?;
        let cells = rows
            .iter()
            .filter_map(Value::as_object)
            .flat_map(Map::values);
        let shown: Map<String, Value> = cells
            .filter_map(Value::as_str)
            .filter_map(|cell| {
                Some((
                    cell.to_owned(),
                    Value::from(notes.values.get(cell)?.as_str()),
                ))
            })
            .collect();
        (!shown.is_empty()).then_some(Value::Object(shown))
    }
}

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Revealed([hidden])")
    }
}
