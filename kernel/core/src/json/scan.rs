//! How far a string runs on in characters that need no escape.
//! Knows nothing of what comes after.

/// Bytes looked at together: one vector register or two, without a branch between them.
const BLOCK: usize = 32;

/// How many leading bytes are neither a control character, nor a quote, nor a backslash.
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    for block in bytes.chunks(BLOCK) {
        // No early end inside a block, so that the compiler can do it in one go.
        if block
            .iter()
            .fold(false, |found, byte| found | is_special(*byte))
        {
            let plain = block.iter().position(|byte| is_special(*byte));
            return at + plain.unwrap_or(block.len());
        }
        at += block.len();
    }
    at
}

fn is_special(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}
