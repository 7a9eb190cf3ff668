//! Apache Parquet read strictly and within bounds: flat columns of plain types, whole or not at all.
//! Knows nothing of checks. Whatever the bytes are, the end is rows or a fault: nothing here indexes or trusts a length.
//!
//! <https://parquet.apache.org/docs/file-format/>

mod bits;
mod chunk;
mod codec;
mod cursor;
mod delta;
mod footer;
mod kind;
mod page;
mod values;

use self::chunk::Reader;
use self::footer::Footer;
use super::rows::check_size;
use super::{Cell, ContentFault, Rows};
use crate::limits;
use crate::manifest::Format;

/// Why a Parquet file is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParquetFault {
    /// It breaks the format's grammar, ends too early, or says two things.
    Damaged,
    /// A group, list or map: a suite judges flat columns.
    Nested,
    /// An encoding that is not read.
    Encoding,
    /// A compression that is not read.
    Codec,
    /// It is encrypted.
    Encrypted,
    /// A column lies in another file.
    Elsewhere,
}

impl ParquetFault {
    /// What is told of it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "it is damaged or no Parquet at all",
            Self::Nested => "a column is nested or repeated, and suites judge flat columns",
            Self::Encoding => "an encoding is not one that is read here",
            Self::Codec => "it is compressed by something else than snappy, gzip or zstd",
            Self::Encrypted => "it is encrypted",
            Self::Elsewhere => "a column lies in another file",
        }
    }
}

impl From<ParquetFault> for ContentFault {
    fn from(fault: ParquetFault) -> Self {
        Self::Parquet(fault)
    }
}

/// What reading may still unpack, in bytes: pages, and the texts of cells, each on their own.
struct Budget {
    pages: usize,
    texts: usize,
}

impl Budget {
    fn unpack(&mut self, bytes: usize) -> Result<(), ContentFault> {
        take(&mut self.pages, bytes)
    }

    fn cell(&mut self, cell: &Cell) -> Result<(), ContentFault> {
        match cell {
            Cell::Text(text) | Cell::Nested(text) => take(&mut self.texts, text.len()),
            Cell::Number(number) => take(&mut self.texts, number.lexeme().len()),
            Cell::Empty | Cell::Bool(_) => Ok(()),
        }
    }
}

fn take(left: &mut usize, bytes: usize) -> Result<(), ContentFault> {
    *left = left.checked_sub(bytes).ok_or(ContentFault::TooManyCells)?;
    Ok(())
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Rows, ContentFault> {
    let footer = Footer::read(bytes)?;
    if footer.columns.is_empty() {
        return Err(ContentFault::NoColumns);
    }
    check_size(footer.columns.len(), footer.rows.max(1))?;
    let mut budget = Budget {
        pages: limits::DATASET_UNPACKED_BYTES_MAX,
        texts: limits::DATASET_UNPACKED_BYTES_MAX,
    };
    let mut cells: Vec<Vec<Cell>> = Vec::new();
    for (at, column) in footer.columns.iter().enumerate() {
        let mut values = Vec::new();
        for group in &footer.groups {
            let chunk = group.chunks.get(at).ok_or(ParquetFault::Damaged)?;
            Reader::new(bytes, column, chunk, &mut budget).read(group.rows, &mut values)?;
        }
        if values.len() != footer.rows {
            return Err(ParquetFault::Damaged.into());
        }
        if at == 0 {
            cells = values.into_iter().map(|cell| vec![cell]).collect();
        } else {
            for (row, cell) in cells.iter_mut().zip(values) {
                row.push(cell);
            }
        }
    }
    let names = footer.columns.into_iter().map(|column| column.name);
    Rows::new(Format::Parquet, names.collect(), cells)
}
