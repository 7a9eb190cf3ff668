//! Content as columns and rows, read whole or not at all.
//! Knows nothing of checks.

use std::collections::{HashMap, HashSet};

use super::{Cell, ContentFault, csv, export, jsonl, parquet};
use crate::limits;
use crate::manifest::Format;

/// A whole table of values: every row has one cell for each column.
#[derive(Clone, Debug)]
pub struct Rows {
    format: Format,
    columns: Vec<String>,
    index: HashMap<String, usize>,
    cells: Vec<Vec<Cell>>,
}

impl Rows {
    /// Reads content.
    ///
    /// # Errors
    /// The first fault found; no part of faulty content is kept.
    pub fn read(format: Format, bytes: &[u8]) -> Result<Self, ContentFault> {
        if bytes.len() > limits::DATASET_BYTES_MAX {
            return Err(ContentFault::TooLarge);
        }
        if format == Format::Parquet {
            return parquet::read(bytes);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ContentFault::NotText)?;
        if text.starts_with('\u{feff}') || text.contains('\0') {
            return Err(ContentFault::NotText);
        }
        match format {
            Format::Csv => csv::read(text),
            Format::Parquet => parquet::read(bytes),
            Format::Jsonl => jsonl::read(text),
            Format::Table => export::read(text),
        }
    }

    /// Rows under named columns; the readers have proven that no row is ragged.
    pub(super) fn new(
        format: Format,
        columns: Vec<String>,
        cells: Vec<Vec<Cell>>,
    ) -> Result<Self, ContentFault> {
        let mut folded = HashSet::new();
        for name in &columns {
            // Engines and data frames fold case differently, so twins are one column to some.
            if name.trim().is_empty() || !folded.insert(name.to_ascii_lowercase()) {
                return Err(ContentFault::ColumnNames);
            }
        }
        let index = columns.iter().cloned().zip(0..).collect();
        Ok(Self {
            format,
            columns,
            index,
            cells,
        })
    }

    /// How the content was read.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The columns, in the order of the content.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The values of one column, row by row; `None` where there is no such column.
    pub fn column(&self, name: &str) -> Option<impl Iterator<Item = &Cell>> {
        let at = *self.index.get(name)?;
        Some(self.cells.iter().filter_map(move |row| row.get(at)))
    }

    /// One value.
    #[must_use]
    pub fn cell(&self, row: usize, column: &str) -> Option<&Cell> {
        self.cells.get(row)?.get(*self.index.get(column)?)
    }
}

/// Refuses a table that would take more memory than its bytes suggest.
pub(super) fn check_size(columns: usize, rows: usize) -> Result<(), ContentFault> {
    let fits = columns <= limits::DATASET_COLUMNS_MAX
        && columns
            .checked_mul(rows)
            .is_some_and(|cells| cells <= limits::DATASET_CELLS_MAX);
    fits.then_some(()).ok_or(ContentFault::TooManyCells)
}
