//! The end of a file: its columns, and where their parts lie.
//! Knows nothing of values.

use super::ParquetFault::{self, Damaged, Elsewhere, Encrypted, Nested};
use super::cursor::Cursor;
use super::kind::{Kind, Physical};
use crate::limits;

type Read<T> = Result<T, ParquetFault>;

pub(super) struct Footer {
    pub(super) rows: usize,
    pub(super) columns: Vec<Column>,
    pub(super) groups: Vec<Group>,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) physical: Physical,
    pub(super) kind: Kind,
    /// Whether a value may be absent.
    pub(super) optional: bool,
}

pub(super) struct Group {
    pub(super) rows: usize,
    pub(super) chunks: Vec<Chunk>,
}

#[derive(Default)]
pub(super) struct Chunk {
    physical: i64,
    path: Vec<String>,
    pub(super) codec: i64,
    pub(super) values: usize,
    pub(super) bytes: usize,
    data_at: usize,
    dictionary_at: Option<usize>,
}

impl Chunk {
    /// Where its first page begins.
    pub(super) fn at(&self) -> usize {
        match self.dictionary_at {
            // Some writers say 0 where there is none: the file's head stands there.
            Some(at) if at > 0 => at.min(self.data_at),
            _ => self.data_at,
        }
    }
}

impl Footer {
    pub(super) fn read(bytes: &[u8]) -> Read<Self> {
        let inner = bytes.strip_suffix(b"PAR1");
        let Some(inner) = inner.filter(|_| bytes.starts_with(b"PAR1")) else {
            let encrypted = bytes.starts_with(b"PARE") && bytes.ends_with(b"PARE");
            return Err(if encrypted { Encrypted } else { Damaged });
        };
        let (inner, length) = inner.split_last_chunk::<4>().ok_or(Damaged)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Damaged)?;
        let start = inner
            .len()
            .checked_sub(length)
            .filter(|at| *at >= 4)
            .ok_or(Damaged)?;
        let mut cursor = Cursor(inner.get(start..).ok_or(Damaged)?);
        let footer = Self::metadata(&mut cursor)?;
        let within = |chunk: &Chunk| {
            let end = chunk.at().checked_add(chunk.bytes);
            chunk.at() >= 4 && end.is_some_and(|end| end <= start)
        };
        let fits = footer
            .groups
            .iter()
            .all(|group| group.chunks.iter().all(within));
        fits.then_some(footer).ok_or(Damaged)
    }

    fn metadata(cursor: &mut Cursor<'_>) -> Read<Self> {
        let (mut rows, mut columns, mut groups) = (None, None, None);
        let mut last = 0;
        while let Some((id, kind)) = cursor.field(&mut last)? {
            match id {
                2 => columns = Some(schema(cursor, kind)?),
                3 => rows = Some(cursor.size(kind)?),
                4 => {
                    let count = cursor.list(kind, 12)?;
                    let read = (0..count).map(|_| group(cursor)).collect::<Read<Vec<_>>>();
                    groups = Some(read?);
                }
                8 => return Err(Encrypted),
                _ => cursor.skip(kind)?,
            }
        }
        let footer = Self {
            rows: rows.ok_or(Damaged)?,
            columns: columns.ok_or(Damaged)?,
            groups: groups.ok_or(Damaged)?,
        };
        footer.check()?;
        Ok(footer)
    }

    /// What is said twice must be the same.
    fn check(&self) -> Read<()> {
        let mut rows = 0_usize;
        for group in &self.groups {
            rows = rows.checked_add(group.rows).ok_or(Damaged)?;
            let same = |(chunk, column): (&Chunk, &Column)| {
                chunk.path == [column.name.as_str()]
                    && column.physical.is(chunk.physical)
                    && chunk.values == group.rows
            };
            if group.chunks.len() != self.columns.len()
                || !group.chunks.iter().zip(&self.columns).all(same)
            {
                return Err(Damaged);
            }
        }
        (rows == self.rows).then_some(()).ok_or(Damaged)
    }
}

/// The root, and its leaves.
fn schema(cursor: &mut Cursor<'_>, kind: u8) -> Read<Vec<Column>> {
    let count = cursor.list(kind, 12)?;
    if count > limits::DATASET_COLUMNS_MAX.saturating_mul(4) {
        return Err(Damaged);
    }
    let root = Element::read(cursor)?;
    let mut columns = Vec::new();
    for _ in 1..count {
        let element = Element::read(cursor)?;
        if element.children.unwrap_or(0) > 0 || element.repetition == Some(2) {
            return Err(Nested);
        }
        let physical = Physical::of(element.physical.ok_or(Damaged)?, element.length)?;
        columns.push(Column {
            name: element.name,
            kind: Kind::of(physical, element.converted, element.logical, element.scale)?,
            physical,
            optional: match element.repetition {
                Some(0) => false,
                Some(1) => true,
                _ => return Err(Damaged),
            },
        });
    }
    (root.children == Some(columns.len()))
        .then_some(columns)
        .ok_or(Damaged)
}

#[derive(Default)]
struct Element {
    physical: Option<i64>,
    length: Option<usize>,
    repetition: Option<i64>,
    name: String,
    children: Option<usize>,
    converted: Option<i64>,
    scale: Option<i64>,
    logical: Option<Logical>,
}

/// A logical type: which, and what its fields say.
#[derive(Clone, Copy, Default)]
pub(super) struct Logical {
    pub(super) which: i64,
    pub(super) scale: Option<i64>,
    /// 1 milliseconds, 2 microseconds, 3 nanoseconds.
    pub(super) unit: i64,
    pub(super) utc: bool,
    pub(super) bits: i64,
    pub(super) signed: bool,
}

impl Element {
    fn read(cursor: &mut Cursor<'_>) -> Read<Self> {
        let mut element = Self::default();
        let mut last = 0;
        while let Some((id, kind)) = cursor.field(&mut last)? {
            match id {
                1 => element.physical = Some(cursor.number(kind)?),
                2 => element.length = Some(cursor.size(kind)?),
                3 => element.repetition = Some(cursor.number(kind)?),
                4 => element.name = cursor.text(kind)?.to_owned(),
                5 => element.children = Some(cursor.size(kind)?),
                6 => element.converted = Some(cursor.number(kind)?),
                7 => element.scale = Some(cursor.number(kind)?),
                10 if kind == 12 => element.logical = Some(logical(cursor)?),
                _ => cursor.skip(kind)?,
            }
        }
        Ok(element)
    }
}

fn logical(cursor: &mut Cursor<'_>) -> Read<Logical> {
    let mut logical = Logical::default();
    let mut last = 0;
    while let Some((which, kind)) = cursor.field(&mut last)? {
        if kind != 12 || logical.which != 0 {
            return Err(Damaged);
        }
        logical.which = which;
        let mut inner = 0;
        while let Some((id, kind)) = cursor.field(&mut inner)? {
            match (which, id) {
                (5, 1) => logical.scale = Some(cursor.number(kind)?),
                (7 | 8, 1) => logical.utc = cursor.flag(kind)?,
                (7 | 8, 2) if kind == 12 => logical.unit = unit(cursor)?,
                (10, 1) => logical.bits = cursor.number(kind)?,
                (10, 2) => logical.signed = cursor.flag(kind)?,
                _ => cursor.skip(kind)?,
            }
        }
    }
    Ok(logical)
}

fn unit(cursor: &mut Cursor<'_>) -> Read<i64> {
    let (mut unit, mut last) = (0, 0);
    while let Some((id, kind)) = cursor.field(&mut last)? {
        unit = id;
        cursor.skip(kind)?;
    }
    Ok(unit)
}

fn group(cursor: &mut Cursor<'_>) -> Read<Group> {
    let mut group = Group {
        rows: 0,
        chunks: Vec::new(),
    };
    let mut last = 0;
    while let Some((id, kind)) = cursor.field(&mut last)? {
        match id {
            1 => {
                let count = cursor.list(kind, 12)?;
                group.chunks = (0..count).map(|_| chunk(cursor)).collect::<Read<_>>()?;
            }
            3 => group.rows = cursor.size(kind)?,
            _ => cursor.skip(kind)?,
        }
    }
    Ok(group)
}

fn chunk(cursor: &mut Cursor<'_>) -> Read<Chunk> {
    let mut found = None;
    let mut last = 0;
    while let Some((id, kind)) = cursor.field(&mut last)? {
        match id {
            1 => return Err(Elsewhere),
            3 if kind == 12 => found = Some(chunk_metadata(cursor)?),
            8 | 9 => return Err(Encrypted),
            _ => cursor.skip(kind)?,
        }
    }
    found.ok_or(Damaged)
}

fn chunk_metadata(cursor: &mut Cursor<'_>) -> Read<Chunk> {
    let mut chunk = Chunk::default();
    let mut last = 0;
    while let Some((id, kind)) = cursor.field(&mut last)? {
        match id {
            1 => chunk.physical = cursor.number(kind)?,
            3 => {
                for _ in 0..cursor.list(kind, 8)? {
                    chunk.path.push(cursor.text(8)?.to_owned());
                }
            }
            4 => chunk.codec = cursor.number(kind)?,
            5 => chunk.values = cursor.size(kind)?,
            7 => chunk.bytes = cursor.size(kind)?,
            9 => chunk.data_at = cursor.size(kind)?,
            11 => chunk.dictionary_at = Some(cursor.size(kind)?),
            _ => cursor.skip(kind)?,
        }
    }
    Ok(chunk)
}
