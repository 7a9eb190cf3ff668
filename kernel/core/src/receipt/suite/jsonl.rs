//! One JSON object a line, read strictly.
//! Knows nothing of types beyond JSON's own.

use std::collections::HashMap;

use super::rows::check_size;
use super::{Cell, ContentFault, Rows};
use crate::json::{self, Json, JsonRules};
use crate::limits;
use crate::manifest::Format;

/// How one line is read: keys that differ in case alone are one column to half of all readers.
pub(super) const LINE_RULES: JsonRules = JsonRules {
    bytes_max: limits::LINE_BYTES_MAX,
    depth_max: limits::JSON_DEPTH_MAX,
    values_max: limits::LINE_BYTES_MAX / 8,
    case_variants: false,
    nul: false,
};

/// Reads objects. The columns are the union of all keys, so that no value escapes the checks; an absent
/// key is an empty value.
pub(super) fn read(text: &str) -> Result<Rows, ContentFault> {
    let mut columns: Vec<String> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut cells: Vec<Vec<Cell>> = Vec::new();
    for (line, value) in lines(text) {
        let Json::Object(object) = value? else {
            return Err(ContentFault::Malformed { line });
        };
        let mut row = vec![Cell::Empty; columns.len()];
        for (key, value) in object {
            let cell = Cell::from_json(value);
            match index.get(key.as_str()).and_then(|at| row.get_mut(*at)) {
                Some(slot) => *slot = cell,
                None => {
                    index.insert(key.to_string(), columns.len());
                    columns.push(key.to_string());
                    row.push(cell);
                }
            }
        }
        check_size(columns.len(), cells.len() + 1)?;
        cells.push(row);
    }
    if columns.is_empty() {
        return Err(ContentFault::NoColumns);
    }
    for row in &mut cells {
        row.resize(columns.len(), Cell::Empty);
    }
    Rows::new(Format::Jsonl, columns, cells)
}

/// Each line as JSON, with its number. A blank line is a fault; the last line break is optional.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (u64, Result<Json, ContentFault>)> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let lines = (!text.is_empty()).then(|| body.split('\n'));
    (1..).zip(lines.into_iter().flatten()).map(|(line, text)| {
        let value = json::parse(text.as_bytes(), &LINE_RULES);
        (line, value.map_err(|_| ContentFault::Malformed { line }))
    })
}
