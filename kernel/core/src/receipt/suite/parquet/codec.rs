//! Unpacking a page to exactly the length that it says, and never beyond.
//! Knows nothing of what is in it.

use std::borrow::Cow;
use std::io::Read as _;

use super::ParquetFault::{self, Codec, Damaged};

/// The bytes of a page. `length` was granted before.
pub(super) fn unpack(
    codec: i64,
    packed: &[u8],
    length: usize,
) -> Result<Cow<'_, [u8]>, ParquetFault> {
    let bytes = match codec {
        0 => Cow::Borrowed(packed),
        // A page without a value may be packed to nothing.
        _ if length == 0 => Cow::Borrowed(&[][..]),
        1 => Cow::Owned(snappy(packed, length)?),
        2 => Cow::Owned(gzip(packed, length)?),
        6 => Cow::Owned(zstd(packed, length)?),
        _ => return Err(Codec),
    };
    (bytes.len() == length).then_some(bytes).ok_or(Damaged)
}

fn snappy(packed: &[u8], length: usize) -> Result<Vec<u8>, ParquetFault> {
    // It is told before anything is reserved.
    if snap::raw::decompress_len(packed).ok() != Some(length) {
        return Err(Damaged);
    }
    snap::raw::Decoder::new()
        .decompress_vec(packed)
        .map_err(|_| Damaged)
}

/// RFC 1952: a head with optional fields, deflated bytes, a checksum and a length.
fn gzip(packed: &[u8], length: usize) -> Result<Vec<u8>, ParquetFault> {
    let (head, mut rest) = packed.split_at_checked(10).ok_or(Damaged)?;
    let [0x1f, 0x8b, 8, flags, ..] = head else {
        return Err(Damaged);
    };
    if flags & 0b1110_0000 != 0 {
        return Err(Damaged);
    }
    if flags & 0b100 != 0 {
        let (count, more) = rest.split_first_chunk::<2>().ok_or(Damaged)?;
        rest = more
            .get(usize::from(u16::from_le_bytes(*count))..)
            .ok_or(Damaged)?;
    }
    for flag in [0b1000, 0b1_0000] {
        if flags & flag != 0 {
            let end = rest.iter().position(|b| *b == 0).ok_or(Damaged)?;
            rest = rest.get(end.saturating_add(1)..).ok_or(Damaged)?;
        }
    }
    if flags & 0b10 != 0 {
        rest = rest.get(2..).ok_or(Damaged)?;
    }
    miniz_oxide::inflate::decompress_to_vec_with_limit(rest, length).map_err(|_| Damaged)
}

fn zstd(packed: &[u8], length: usize) -> Result<Vec<u8>, ParquetFault> {
    let decoder = ruzstd::decoding::StreamingDecoder::new(packed).map_err(|_| Damaged)?;
    let most = u64::try_from(length).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    decoder
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|_| Damaged)?;
    Ok(bytes)
}
