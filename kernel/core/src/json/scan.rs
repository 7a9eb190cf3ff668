//! How far a string runs on in characters that need no escape.
//! Knows nothing of what comes after.

/// Bytes looked at together, in one register.
const BLOCK: usize = 8;
/// Bytes looked at together once a string has proved to be long.
const RUN: usize = 32;
/// Where a string has proved to be long: most end before.
const LONG: usize = 2 * BLOCK;
/// The lowest bit of each byte of a block, and the highest.
const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// How many leading bytes are neither a control character, nor a quote, nor a backslash.
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    let (head, tail) = bytes.split_at(bytes.len().min(LONG));
    let short = by_blocks(head);
    if short < head.len() || tail.is_empty() {
        return short;
    }
    let (runs, _) = tail.as_chunks::<RUN>();
    let long = RUN * runs.iter().take_while(|run| is_plain(run)).count();
    short + long + by_blocks(tail.get(long..).unwrap_or_default())
}

fn by_blocks(bytes: &[u8]) -> usize {
    let mut at = 0;
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for block in blocks {
        let special = specials(u64::from_le_bytes(*block));
        if special != 0 {
            return at + usize::try_from(special.trailing_zeros() / 8).unwrap_or(0);
        }
        at += BLOCK;
    }
    let plain = rest.iter().position(|byte| is_special(*byte));
    at + plain.unwrap_or(rest.len())
}

/// The highest bit of the first special byte of a block, and perhaps of bytes after it. A byte below `n` borrows
/// where `n` is taken from it; one that is equal to a mark does where the mark is taken out of it and one from that.
fn specials(block: u64) -> u64 {
    let below =
        |block: u64, bound: u64| block.wrapping_sub(LOW.wrapping_mul(bound)) & !block & HIGH;
    let equal = |mark: u8| below(block ^ LOW.wrapping_mul(u64::from(mark)), 1);
    below(block, 0x20) | equal(b'"') | equal(b'\\')
}

/// Whether none of the bytes is special. Blocks are asked together and not one after the other; where the program is
/// built for size, no compiler does so by itself.
fn is_plain(run: &[u8; RUN]) -> bool {
    let (blocks, _) = run.as_chunks::<BLOCK>();
    let block = |any, block: &[u8; BLOCK]| any | specials(u64::from_le_bytes(*block));
    blocks.iter().fold(0, block) == 0
}

fn is_special(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}
