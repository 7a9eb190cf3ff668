//! Words of a sentence without the marks around them, and what each says of a secret near it.
//! Knows nothing of where a secret stands.

use super::told_words::{part, parts};

/// Longest word of which the parts are asked, in bytes.
const PARTED_BYTES_MAX: usize = 18;

/// What may stand around a word of a sentence.
const OPENING: [char; 12] = ['"', '\'', '`', '(', '[', '{', '*', '“', '”', '„', '«', '‘'];
const CLOSING: [char; 15] = [
    '"', '\'', '`', ')', ']', '}', '*', '“', '”', '»', '’', '.', ',', ';', ':',
];

/// One word of a sentence, without the marks around it.
#[derive(Clone, Copy)]
pub(super) struct Said<'t> {
    pub(super) start: usize,
    pub(super) bare: &'t str,
    pub(super) parts: u16,
    /// A colon or an equals sign stands right behind it.
    pub(super) marked: bool,
    /// A comma does.
    pub(super) comma: bool,
    /// It stands in brackets.
    pub(super) bracketed: bool,
}

impl<'t> Said<'t> {
    pub(super) fn new(word: &'t str, start: usize) -> Self {
        let open = word.trim_start_matches(OPENING);
        let bare = open.trim_end_matches(CLOSING);
        // `**secret**` is emphasis, `Summer1*` is not.
        let stars = open
            .get(bare.len()..)
            .filter(|_| !word.contains("**") && !word.starts_with('*'));
        let star = stars.is_some_and(|end| end.starts_with('*'));
        let bare = open.get(..bare.len() + usize::from(star)).unwrap_or(bare);
        let known = if bare.is_empty() { word } else { bare };
        Self {
            start: start + (word.len() - open.len()),
            bare,
            parts: all_parts(known),
            marked: word.ends_with([':', '=']),
            comma: word.ends_with(','),
            bracketed: word.starts_with('('),
        }
    }

    pub(super) fn is(&self, part: u16) -> bool {
        self.parts & part != 0
    }
}

/// The lists in which a word stands; of one in parts (`one-time`, `d'accès`) also those of what its parts are for.
fn all_parts(word: &str) -> u16 {
    let whole = parts(word);
    if word.len() > PARTED_BYTES_MAX || !word.contains(['-', '_', '\'', '’']) {
        return whole;
    }
    let each = word.split(['-', '_', '\'', '’']).map(parts);
    whole | each.fold(0, |all, one| all | one & (part::FOR | part::THE))
}

pub(super) fn bare(word: &str) -> &str {
    word.trim_matches(CLOSING)
}

/// Letters, digits and single marks: a user's name, or an address.
pub(super) fn is_user(word: &str) -> bool {
    (2..=64).contains(&word.len())
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@' | b'\\')
        })
}

/// The only word of a line, behind who says it: `alice: …`, `[10:43] alice: …`, `A: …`.
pub(super) fn last_word(line: &str, start: usize) -> Option<Said<'_>> {
    let told = line.trim_end();
    let word = told.rsplit(' ').next()?;
    let lead = told.get(..told.len() - word.len())?.trim();
    let alone = lead.is_empty() || lead.ends_with([':', '>', '-']);
    alone.then(|| Said::new(word, start + told.len() - word.len()))
}
