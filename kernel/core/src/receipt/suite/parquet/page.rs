//! What stands before each page.
//! Knows nothing of values.

use super::ParquetFault::{self, Damaged};
use super::cursor::Cursor;

/// What a page is.
#[derive(Clone, Copy, Default)]
pub(super) enum What {
    /// Values that data pages refer to.
    Dictionary,
    /// Levels and values, all compressed.
    Data,
    /// Levels beside what is compressed.
    DataV2 {
        definitions: usize,
        repetitions: usize,
        is_compressed: bool,
    },
    /// Nothing that is read.
    #[default]
    Other,
}

#[derive(Default)]
pub(super) struct PageHeader {
    pub(super) what: What,
    pub(super) unpacked: usize,
    pub(super) packed: usize,
    pub(super) values: usize,
    pub(super) encoding: i64,
}

impl PageHeader {
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, ParquetFault> {
        let mut header = Self::default();
        let (mut named, mut last) = (None, 0);
        while let Some((id, kind)) = cursor.field(&mut last)? {
            match id {
                1 => named = Some(cursor.number(kind)?),
                2 => header.unpacked = cursor.size(kind)?,
                3 => header.packed = cursor.size(kind)?,
                5 | 7 | 8 if kind == 12 => header.inner(id, cursor)?,
                _ => cursor.skip(kind)?,
            }
        }
        match (named, header.what) {
            (Some(0), What::Data)
            | (Some(2), What::Dictionary)
            | (Some(3), What::DataV2 { .. })
            | (Some(1), What::Other) => Ok(header),
            _ => Err(Damaged),
        }
    }

    fn inner(&mut self, which: i64, cursor: &mut Cursor<'_>) -> Result<(), ParquetFault> {
        let (mut definitions, mut repetitions, mut is_compressed) = (0, 0, true);
        let mut last = 0;
        while let Some((id, kind)) = cursor.field(&mut last)? {
            match (which, id) {
                (_, 1) => self.values = cursor.size(kind)?,
                (5 | 7, 2) | (8, 4) => self.encoding = cursor.number(kind)?,
                (8, 5) => definitions = cursor.size(kind)?,
                (8, 6) => repetitions = cursor.size(kind)?,
                (8, 7) => is_compressed = cursor.flag(kind)?,
                _ => cursor.skip(kind)?,
            }
        }
        self.what = match which {
            5 => What::Data,
            7 => What::Dictionary,
            _ => What::DataV2 {
                definitions,
                repetitions,
                is_compressed,
            },
        };
        Ok(())
    }
}
