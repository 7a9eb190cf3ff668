//! Numbers of few bits: packed one after the other, and runs of equal ones.
//! Knows nothing of what they count.

use super::ParquetFault::{self, Damaged};
use super::cursor::Cursor;

/// So many numbers of `width` bits (64 at most), the least bit first.
pub(super) fn unpack(
    bytes: &[u8],
    width: u32,
    count: usize,
    mut each: impl FnMut(u64) -> Result<(), ParquetFault>,
) -> Result<(), ParquetFault> {
    if width > 64 {
        return Err(Damaged);
    }
    let mask = if width == 0 {
        0
    } else {
        u128::from(u64::MAX >> (64 - width))
    };
    let (mut held, mut bits) = (0_u128, 0_u32);
    let mut bytes = bytes.iter();
    for _ in 0..count {
        while bits < width {
            held |= u128::from(*bytes.next().ok_or(Damaged)?) << bits;
            bits += 8;
        }
        each(u64::try_from(held & mask).map_err(|_| Damaged)?)?;
        held >>= width;
        bits -= width;
    }
    Ok(())
}

/// The bytes that `count` numbers of `width` bits take.
pub(super) fn packed_len(width: u32, count: usize) -> Result<usize, ParquetFault> {
    let width = usize::try_from(width).map_err(|_| Damaged)?;
    Ok(count.checked_mul(width).ok_or(Damaged)?.div_ceil(8))
}

/// Exactly `count` numbers in the hybrid of runs and packed groups of eight.
pub(super) fn hybrid(
    cursor: &mut Cursor<'_>,
    width: u32,
    count: usize,
) -> Result<Vec<u32>, ParquetFault> {
    if width > 32 {
        return Err(Damaged);
    }
    let mut numbers = Vec::new();
    while numbers.len() < count {
        let left = count.saturating_sub(numbers.len());
        let head = cursor.count()?;
        let many = head >> 1;
        if head & 1 == 1 {
            let all = many.checked_mul(8).ok_or(Damaged)?;
            let length = packed_len(width, all)?;
            // The last group may be cut where its numbers end.
            let least = packed_len(width, all.min(left))?;
            let bytes = cursor.take(length.min(cursor.0.len()).max(least))?;
            unpack(bytes, width, all.min(left), |number| {
                numbers.push(u32::try_from(number).map_err(|_| Damaged)?);
                Ok(())
            })?;
        } else {
            let mut number = 0_u32;
            for (at, byte) in (0_u32..).zip(cursor.take(packed_len(width, 1)?)?) {
                number |= u32::from(*byte) << (at * 8);
            }
            if width < 32 && number >> width != 0 {
                return Err(Damaged);
            }
            numbers.resize(numbers.len().saturating_add(many.min(left)), number);
        }
        // A head that counts nothing would never end.
        if many == 0 {
            return Err(Damaged);
        }
    }
    Ok(numbers)
}
