//! A place in bytes, and Thrift's compact protocol as it is read from there.
//! Knows nothing of Parquet. <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

use super::ParquetFault;
use super::ParquetFault::Damaged;

/// Deepest nesting of what is passed over.
const DEPTH_MAX: u32 = 16;

#[derive(Clone, Copy)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

type Read<T> = Result<T, ParquetFault>;

impl<'a> Cursor<'a> {
    pub(super) fn take(&mut self, count: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| Damaged)
    }

    pub(super) fn byte(&mut self) -> Read<u8> {
        let (first, rest) = self.0.split_first().ok_or(Damaged)?;
        self.0 = rest;
        Ok(*first)
    }

    /// A length of four bytes, and so many bytes.
    pub(super) fn counted(&mut self) -> Read<&'a [u8]> {
        let count = u32::from_le_bytes(self.array()?);
        self.take(usize::try_from(count).map_err(|_| Damaged)?)
    }

    pub(super) fn varint(&mut self) -> Read<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return Err(Damaged);
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Damaged)
    }

    pub(super) fn count(&mut self) -> Read<usize> {
        usize::try_from(self.varint()?).map_err(|_| Damaged)
    }

    pub(super) fn zigzag(&mut self) -> Read<i64> {
        let coded = self.varint()?;
        let half = (coded >> 1).cast_signed();
        Ok(if coded & 1 == 0 { half } else { !half })
    }

    /// The next field of a struct: its id and kind; `None` at the struct's end.
    pub(super) fn field(&mut self, last: &mut i64) -> Read<Option<(i64, u8)>> {
        let head = self.byte()?;
        let kind = head & 0x0f;
        if kind == 0 {
            return Ok(None);
        }
        *last = match i64::from(head >> 4) {
            0 => self.zigzag()?,
            delta => last.checked_add(delta).ok_or(Damaged)?,
        };
        Ok(Some((*last, kind)))
    }

    /// A whole number of any width.
    pub(super) fn number(&mut self, kind: u8) -> Read<i64> {
        match kind {
            3 => Ok(i64::from(self.byte()?.cast_signed())),
            4..=6 => self.zigzag(),
            _ => Err(Damaged),
        }
    }

    pub(super) fn size(&mut self, kind: u8) -> Read<usize> {
        usize::try_from(self.number(kind)?).map_err(|_| Damaged)
    }

    pub(super) fn flag(&mut self, kind: u8) -> Read<bool> {
        match kind {
            1 => Ok(true),
            2 => Ok(false),
            _ => Err(Damaged),
        }
    }

    pub(super) fn text(&mut self, kind: u8) -> Read<&'a str> {
        if kind != 8 {
            return Err(Damaged);
        }
        let count = self.count()?;
        std::str::from_utf8(self.take(count)?).map_err(|_| Damaged)
    }

    /// A list's length, where its elements are of this kind. Each takes a byte at least.
    pub(super) fn list(&mut self, kind: u8, elements: u8) -> Read<usize> {
        let (count, found) = self.list_head(kind)?;
        (found == elements || count == 0)
            .then_some(count)
            .ok_or(Damaged)
    }

    fn list_head(&mut self, kind: u8) -> Read<(usize, u8)> {
        if !matches!(kind, 9 | 10) {
            return Err(Damaged);
        }
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.count()?,
            few => usize::from(few),
        };
        (count <= self.0.len())
            .then_some((count, head & 0x0f))
            .ok_or(Damaged)
    }

    pub(super) fn skip(&mut self, kind: u8) -> Read<()> {
        self.skip_below(kind, 0)
    }

    fn skip_below(&mut self, kind: u8, depth: u32) -> Read<()> {
        if depth > DEPTH_MAX {
            return Err(Damaged);
        }
        match kind {
            1 | 2 => {}
            3 => drop(self.byte()?),
            4..=6 => drop(self.varint()?),
            7 => drop(self.take(8)?),
            8 => {
                let count = self.count()?;
                self.take(count)?;
            }
            9 | 10 => {
                let (count, element) = self.list_head(kind)?;
                for _ in 0..count {
                    self.skip_element(element, depth)?;
                }
            }
            11 => {
                let count = self.count()?;
                if count > self.0.len() {
                    return Err(Damaged);
                }
                let kinds = if count > 0 { self.byte()? } else { 0 };
                for _ in 0..count {
                    self.skip_element(kinds >> 4, depth)?;
                    self.skip_element(kinds & 0x0f, depth)?;
                }
            }
            12 => {
                let mut last = 0;
                while let Some((_, kind)) = self.field(&mut last)? {
                    self.skip_below(kind, depth + 1)?;
                }
            }
            _ => return Err(Damaged),
        }
        Ok(())
    }

    /// In a collection a flag takes a byte of its own.
    fn skip_element(&mut self, kind: u8, depth: u32) -> Read<()> {
        match kind {
            1 | 2 => self.byte().map(drop),
            _ => self.skip_below(kind, depth + 1),
        }
    }
}
