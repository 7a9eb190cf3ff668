//! Foreign text as an operator may look at it: what hides, turns or moves other text is spelt out.
//! Knows nothing of what the text is for.

use std::fmt::Write as _;

/// The text on one line, with everything that is not plainly seen written as `⟨U+202E⟩`: controls, line ends,
/// directions, invisible and private characters, unusual blanks, and letters that pass for Latin ones within a word.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() && !hides(c) {
            word.push(c);
            continue;
        }
        flush(&mut word, &mut out);
        if hides(c) {
            spell(c, &mut out);
        } else {
            out.push(c);
        }
    }
    flush(&mut word, &mut out);
    out
}

/// Ends a word: where Latin letters stand beside letters that look like them, the others are named.
fn flush(word: &mut String, out: &mut String) {
    let mixed = word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(resembles);
    for c in word.chars() {
        out.push(c);
        if mixed && resembles(c) {
            spell(c, out);
        }
    }
    word.clear();
}

fn spell(c: char, out: &mut String) {
    // Writing into a String cannot fail.
    let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
}

/// Whether a character is not seen as itself, or changes how others are seen. The marks of the spelling are among
/// them, so that no text spells what is not there.
pub(super) fn hides(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(u32::from(c),
            0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5
            | 0x180B..=0x180F | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F
            | 0x2800 | 0x3164 | 0xD7FC..=0xF8FF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
            | 0xFFF0..=0xFFFF | 0x110BD | 0x110CD | 0x13430..=0x1345F | 0x1BCA0..=0x1BCA3
            | 0x1D173..=0x1D17A | 0xE0000..=0x0010_FFFF
            | 0x27E8 | 0x27E9)
        // Marks that are put above, below or through others, beyond those that words are written with.
        || matches!(u32::from(c), 0x300..=0x36F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

/// Letters of alphabets whose shapes are those of Latin ones: Greek, Cyrillic, Armenian, Cherokee, wide and
/// mathematical forms, letters of phonetics.
fn resembles(c: char) -> bool {
    matches!(u32::from(c),
        0x250..=0x2AF | 0x370..=0x52F | 0x531..=0x58F | 0x13A0..=0x13FF | 0x1C80..=0x1C8F
        | 0x1D00..=0x1D7F | 0x1F00..=0x1FFF | 0x2100..=0x214F | 0x2C60..=0x2C7F | 0x2DE0..=0x2DFF
        | 0xA640..=0xA69F | 0xAB30..=0xABBF | 0xFF10..=0xFF5A | 0x1D400..=0x1D7FF)
}
