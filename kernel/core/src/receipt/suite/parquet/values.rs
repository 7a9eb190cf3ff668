//! The values of one page as cells.
//! Knows nothing of levels or compression.

use super::cursor::Cursor;
use super::footer::Column;
use super::kind::{Kind, Physical};
use super::{Budget, ParquetFault, bits, delta};
use crate::receipt::suite::{Cell, ContentFault};
use ParquetFault::{Damaged, Encoding};

type Read<T> = Result<T, ContentFault>;

/// So many values in an encoding without a dictionary.
pub(super) fn read(
    column: &Column,
    encoding: i64,
    cursor: &mut Cursor<'_>,
    count: usize,
    budget: &mut Budget,
) -> Read<Vec<Cell>> {
    if column.kind == Kind::Nothing && count > 0 {
        return Err(Damaged.into());
    }
    if column.physical == Physical::Boolean {
        return flags(encoding, cursor, count);
    }
    let mut cells = Vec::new();
    let mut add = |cell: Cell| {
        budget.cell(&cell)?;
        cells.push(cell);
        Ok::<(), ContentFault>(())
    };
    match (encoding, column.physical) {
        (0, Physical::Bytes) => {
            for _ in 0..count {
                add(column.kind.of_bytes(cursor.counted()?)?)?;
            }
        }
        (0, physical) => {
            let width = physical.width().ok_or(Damaged)?;
            for _ in 0..count {
                add(fixed(column, cursor.take(width)?)?)?;
            }
        }
        (5, Physical::Int32 | Physical::Int64) => {
            let is_short = column.physical == Physical::Int32;
            for value in delta::numbers(cursor, count)? {
                add(match is_short {
                    // Differences wrap around as the numbers do.
                    true => fixed(column, &(value as i32).to_le_bytes())?,
                    false => fixed(column, &value.to_le_bytes())?,
                })?;
            }
        }
        (6, Physical::Bytes) => {
            for text in delta::by_length(cursor, count)? {
                add(column.kind.of_bytes(text)?)?;
            }
        }
        (7, Physical::Bytes | Physical::Fixed(_)) => {
            let wanted = column.physical.width();
            delta::by_beginning(cursor, count, |text| {
                if wanted.is_some_and(|wanted| wanted != text.len()) {
                    return Err(Damaged.into());
                }
                add(column.kind.of_bytes(text)?)
            })?;
        }
        (9, physical) => {
            let width = physical.width().ok_or(Encoding)?;
            let bytes = cursor.take(width.checked_mul(count).ok_or(Damaged)?)?;
            for at in 0..count {
                // Each byte of a value lies in a stream of its own.
                let value: Vec<u8> = bytes.iter().skip(at).step_by(count).copied().collect();
                add(fixed(column, &value)?)?;
            }
        }
        _ => return Err(Encoding.into()),
    }
    (cells.len() == count)
        .then_some(cells)
        .ok_or(Damaged.into())
}

/// So many flags, each a bit, or in runs.
fn flags(encoding: i64, cursor: &mut Cursor<'_>, count: usize) -> Read<Vec<Cell>> {
    let mut cells = Vec::new();
    match encoding {
        0 => {
            let bytes = cursor.take(bits::packed_len(1, count)?)?;
            bits::unpack(bytes, 1, count, |flag| {
                cells.push(Cell::Bool(flag == 1));
                Ok(())
            })?;
        }
        3 => {
            let mut runs = Cursor(cursor.counted()?);
            let flags = bits::hybrid(&mut runs, 1, count)?;
            cells.extend(flags.into_iter().map(|flag| Cell::Bool(flag == 1)));
        }
        _ => return Err(Encoding.into()),
    }
    Ok(cells)
}

/// So many values by their places in the dictionary.
pub(super) fn look_up(
    dictionary: &[Cell],
    cursor: &mut Cursor<'_>,
    count: usize,
    budget: &mut Budget,
) -> Read<Vec<Cell>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let width = u32::from(cursor.byte()?);
    let mut cells = Vec::new();
    for place in bits::hybrid(cursor, width, count)? {
        let place = usize::try_from(place).map_err(|_| Damaged)?;
        let cell = dictionary.get(place).ok_or(Damaged)?;
        // A long text that is referred to often is long each time.
        budget.cell(cell)?;
        cells.push(cell.clone());
    }
    Ok(cells)
}

fn fixed(column: &Column, bytes: &[u8]) -> Result<Cell, ParquetFault> {
    let kind = column.kind;
    match column.physical {
        Physical::Int32 => {
            let value = i32::from_le_bytes(bytes.try_into().map_err(|_| Damaged)?);
            kind.of_integer(i64::from(value), 4)
        }
        Physical::Int64 => {
            let value = i64::from_le_bytes(bytes.try_into().map_err(|_| Damaged)?);
            kind.of_integer(value, 8)
        }
        Physical::Float => {
            let value = f32::from_le_bytes(bytes.try_into().map_err(|_| Damaged)?);
            kind.of_float(f64::from(value), &value.to_string())
        }
        Physical::Double => {
            let value = f64::from_le_bytes(bytes.try_into().map_err(|_| Damaged)?);
            kind.of_float(value, &value.to_string())
        }
        Physical::Int96 | Physical::Fixed(_) => kind.of_bytes(bytes),
        Physical::Boolean | Physical::Bytes => Err(Damaged),
    }
}
