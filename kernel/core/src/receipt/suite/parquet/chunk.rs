//! One column of one group of rows: its pages, their levels, their values.
//! Knows nothing of other columns.

use std::borrow::Cow;

use super::ParquetFault::{Damaged, Encoding};
use super::cursor::Cursor;
use super::footer::{Chunk, Column};
use super::page::{PageHeader, What};
use super::{Budget, bits, codec, values};
use crate::receipt::suite::{Cell, ContentFault};

type Read<T> = Result<T, ContentFault>;

pub(super) struct Reader<'a> {
    file: &'a [u8],
    column: &'a Column,
    chunk: &'a Chunk,
    budget: &'a mut Budget,
    dictionary: Option<Vec<Cell>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        file: &'a [u8],
        column: &'a Column,
        chunk: &'a Chunk,
        budget: &'a mut Budget,
    ) -> Self {
        Self {
            file,
            column,
            chunk,
            budget,
            dictionary: None,
        }
    }

    /// Adds exactly `rows` cells.
    pub(super) fn read(mut self, rows: usize, cells: &mut Vec<Cell>) -> Read<()> {
        let pages = self.file.get(self.chunk.at()..).ok_or(Damaged)?;
        let mut cursor = Cursor(pages.get(..self.chunk.bytes).ok_or(Damaged)?);
        let mut left = rows;
        while left > 0 {
            let header = PageHeader::read(&mut cursor)?;
            let packed = cursor.take(header.packed)?;
            match header.what {
                What::Other => {}
                What::Dictionary => self.keep_dictionary(&header, packed)?,
                What::Data | What::DataV2 { .. } => {
                    left = left.checked_sub(header.values).ok_or(Damaged)?;
                    self.data(&header, packed, cells)?;
                }
            }
        }
        Ok(())
    }

    fn keep_dictionary(&mut self, header: &PageHeader, packed: &[u8]) -> Read<()> {
        // Plain, under either name.
        if self.dictionary.is_some() || !matches!(header.encoding, 0 | 2) {
            return Err(Damaged.into());
        }
        let bytes = self.unpack(packed, header.unpacked)?;
        let mut cursor = Cursor(&bytes);
        let kept = values::read(self.column, 0, &mut cursor, header.values, self.budget)?;
        self.dictionary = Some(kept);
        Ok(())
    }

    fn unpack<'b>(&mut self, packed: &'b [u8], length: usize) -> Read<Cow<'b, [u8]>> {
        self.budget.unpack(length)?;
        Ok(codec::unpack(self.chunk.codec, packed, length)?)
    }

    fn data(&mut self, header: &PageHeader, packed: &[u8], cells: &mut Vec<Cell>) -> Read<()> {
        let count = header.values;
        match header.what {
            What::DataV2 {
                definitions,
                repetitions,
                is_compressed,
            } => {
                let mut cursor = Cursor(packed);
                cursor.take(repetitions)?;
                let mut levels = Cursor(cursor.take(definitions)?);
                let levels = self.levels(&mut levels, count)?;
                let beside = definitions.checked_add(repetitions).ok_or(Damaged)?;
                let length = header.unpacked.checked_sub(beside).ok_or(Damaged)?;
                let bytes = if is_compressed {
                    self.unpack(cursor.0, length)?
                } else {
                    Cow::Borrowed(cursor.0)
                };
                self.fill(header, levels, &mut Cursor(&bytes), cells)
            }
            _ => {
                let bytes = self.unpack(packed, header.unpacked)?;
                let mut cursor = Cursor(&bytes);
                let levels = if self.column.optional {
                    let mut runs = Cursor(cursor.counted()?);
                    self.levels(&mut runs, count)?
                } else {
                    None
                };
                self.fill(header, levels, &mut cursor, cells)
            }
        }
    }

    /// Which values are there; `None` where all are.
    fn levels(&self, cursor: &mut Cursor<'_>, count: usize) -> Read<Option<Vec<u32>>> {
        if !self.column.optional {
            return Ok(None);
        }
        Ok(Some(bits::hybrid(cursor, 1, count)?))
    }

    fn fill(
        &mut self,
        header: &PageHeader,
        levels: Option<Vec<u32>>,
        cursor: &mut Cursor<'_>,
        cells: &mut Vec<Cell>,
    ) -> Read<()> {
        let there = match &levels {
            Some(levels) => levels.iter().filter(|level| **level == 1).count(),
            None => header.values,
        };
        let found = match (header.encoding, &self.dictionary) {
            (2 | 8, Some(dictionary)) => values::look_up(dictionary, cursor, there, self.budget)?,
            (2 | 8, None) if there > 0 => return Err(Damaged.into()),
            (2 | 8, None) => Vec::new(),
            // Nothing is read of a page without a value, in whatever it may be encoded.
            _ if there == 0 => Vec::new(),
            (4, _) => return Err(Encoding.into()),
            (encoding, _) => values::read(self.column, encoding, cursor, there, self.budget)?,
        };
        match levels {
            None => cells.extend(found),
            Some(levels) => {
                let mut found = found.into_iter();
                for level in levels {
                    cells.push(match level {
                        0 => Cell::Empty,
                        _ => found.next().ok_or(Damaged)?,
                    });
                }
            }
        }
        Ok(())
    }
}
