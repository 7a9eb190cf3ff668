//! Numbers as differences, packed in blocks; and texts by their lengths and common beginnings.
//! Knows nothing of columns.

use super::ParquetFault::{self, Damaged};
use super::bits;
use super::cursor::Cursor;

/// At most `most` numbers (DELTA_BINARY_PACKED).
pub(super) fn numbers(cursor: &mut Cursor<'_>, most: usize) -> Result<Vec<i64>, ParquetFault> {
    let block = cursor.count()?;
    let minis = cursor.count()?;
    let total = cursor.count()?;
    let mut last = cursor.zigzag()?;
    let mini = block.checked_div(minis).ok_or(Damaged)?;
    if total > most || block > 1 << 20 || mini == 0 || mini % 8 != 0 {
        return Err(Damaged);
    }
    let mut numbers = Vec::new();
    if total > 0 {
        numbers.push(last);
    }
    while numbers.len() < total {
        let least = cursor.zigzag()?;
        let widths = cursor.take(minis)?;
        for width in widths {
            let left = total.saturating_sub(numbers.len());
            if left == 0 {
                break;
            }
            let width = u32::from(*width);
            let bytes = cursor.take(bits::packed_len(width, mini)?)?;
            bits::unpack(bytes, width, mini.min(left), |more| {
                last = last.wrapping_add(least).wrapping_add(more.cast_signed());
                numbers.push(last);
                Ok(())
            })?;
        }
    }
    Ok(numbers)
}

/// Texts whose lengths stand before them (DELTA_LENGTH_BYTE_ARRAY).
pub(super) fn by_length<'a>(
    cursor: &mut Cursor<'a>,
    most: usize,
) -> Result<Vec<&'a [u8]>, ParquetFault> {
    let lengths = numbers(cursor, most)?;
    let text = |length: i64| cursor.take(usize::try_from(length).map_err(|_| Damaged)?);
    lengths.into_iter().map(text).collect()
}

/// Texts that begin as the one before does (DELTA_BYTE_ARRAY), one after the other.
pub(super) fn by_beginning(
    cursor: &mut Cursor<'_>,
    most: usize,
    mut each: impl FnMut(&[u8]) -> Result<(), super::ContentFault>,
) -> Result<(), super::ContentFault> {
    let shared = numbers(cursor, most)?;
    let ends = by_length(cursor, most)?;
    if shared.len() != ends.len() {
        return Err(Damaged.into());
    }
    let mut text = Vec::new();
    for (kept, end) in shared.into_iter().zip(ends) {
        let kept = usize::try_from(kept)
            .ok()
            .filter(|kept| *kept <= text.len());
        text.truncate(kept.ok_or(Damaged)?);
        text.extend_from_slice(end);
        each(&text)?;
    }
    Ok(())
}
