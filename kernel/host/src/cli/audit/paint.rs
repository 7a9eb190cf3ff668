//! Tables for a terminal, over what [`aegis_verify`] knows of colours and escapes.
//! Knows nothing of records.

pub(in crate::cli) use aegis_verify::{Paint, plain};

/// A cell of a fixed width: padded, or cut with a mark.
pub(in crate::cli) fn cell(text: &str, width: usize) -> String {
    let text = plain(text);
    let count = text.chars().count();
    if count <= width {
        let mut padded = text.into_owned();
        padded.extend(std::iter::repeat_n(' ', width - count));
        return padded;
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}
