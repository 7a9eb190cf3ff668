//! A table's canonical export: a header array, then one array a row, each on its line.
//! Knows nothing of the database that wrote it.

use super::jsonl::lines;
use super::rows::check_size;
use super::{Cell, ContentFault, Rows};
use crate::json::Json;
use crate::manifest::Format;

/// Reads an export.
pub(super) fn read(text: &str) -> Result<Rows, ContentFault> {
    let mut lines = lines(text);
    let Some((line, header)) = lines.next() else {
        return Err(ContentFault::NoColumns);
    };
    let columns = names(header?).ok_or(ContentFault::Malformed { line })?;
    if columns.is_empty() {
        return Err(ContentFault::NoColumns);
    }
    let mut cells = Vec::new();
    for (line, value) in lines {
        let Json::Array(values) = value? else {
            return Err(ContentFault::Malformed { line });
        };
        if values.len() != columns.len() {
            return Err(ContentFault::Ragged { line });
        }
        check_size(columns.len(), cells.len() + 1)?;
        cells.push(values.into_iter().map(Cell::from_json).collect());
    }
    check_size(columns.len(), 1)?;
    Rows::new(Format::Table, columns, cells)
}

fn names(header: Json) -> Option<Vec<String>> {
    let Json::Array(names) = header else {
        return None;
    };
    let name = |value| match value {
        Json::String(name) => Some(name),
        _ => None,
    };
    names.into_iter().map(name).collect()
}
