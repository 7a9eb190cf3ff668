//! Running text, in windows that overlap: what goes over a seam is seen whole from one side.
//! Knows nothing of lines' meaning.

use std::io::Write;

use aegis_core::egress::Replacement;

use super::piece::{Fault, Pieces};
use super::source::{Source, WINDOW_BYTES};

/// What a window sees behind the last byte that it gives out: longer than any key block.
const AHEAD_BYTES: usize = 32 * 1024;
/// What a window sees before the first byte that it gives out: words that say what follows.
const BEHIND_BYTES: usize = 4 * 1024;

pub(super) fn mask<W: Write>(
    source: &mut Source<'_>,
    pieces: &mut Pieces<'_, W>,
) -> Result<(), Fault> {
    let mut behind = String::new();
    source.fill(WINDOW_BYTES)?;
    while !source.text().is_empty() {
        let text = format!("{behind}{}", source.text());
        let found = pieces.find(&text, source.taken())?;
        let from = behind.len();
        let to = match source.ended() {
            true => text.len(),
            false => seam(&text, from, &found),
        };
        if to <= from {
            source.grow()?;
            continue;
        }
        pieces.write(&text, (from, to), &found, |_| String::new())?;
        source.take(to - from);
        let start = (to.saturating_sub(BEHIND_BYTES)..=to).find(|at| text.is_char_boundary(*at));
        behind = text
            .get(start.unwrap_or(to)..to)
            .unwrap_or_default()
            .to_owned();
        source.fill(WINDOW_BYTES)?;
    }
    Ok(())
}

/// Where the window may be cut: at the end of a line, else of a word, far enough from its end, and not within
/// anything that was found. `from` where nowhere.
fn seam(text: &str, from: usize, found: &[Replacement]) -> usize {
    let far = text.len().saturating_sub(AHEAD_BYTES).max(from);
    let far = (from..=far)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(from);
    let open = text.get(from..far).unwrap_or_default();
    let end = open
        .rfind('\n')
        .or_else(|| open.rfind(' '))
        .map_or(far, |at| from + at + 1);
    let inside = found.iter().find(|one| one.start < end && end < one.end);
    inside.map_or(end, |one| one.start).max(from)
}
