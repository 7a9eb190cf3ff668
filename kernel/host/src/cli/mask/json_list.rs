//! One JSON value; a long list of values in parts, each a list of its own.
//! Knows nothing of what the values are.

use std::io::Write;

use super::piece::{Fault, Pieces};
use super::source::{Source, WINDOW_BYTES};

pub(super) fn mask<W: Write>(
    source: &mut Source<'_>,
    pieces: &mut Pieces<'_, W>,
) -> Result<(), Fault> {
    source.fill(WINDOW_BYTES)?;
    let list = source.text().trim_start().starts_with('[');
    // From the second part on, the opening bracket is there for the search alone.
    let mut opened = false;
    loop {
        if source.ended() {
            let at = source.taken();
            let rest = source.take(usize::MAX);
            return part(&rest, opened, false, at, pieces);
        }
        let comma = list.then(|| last_comma(source.text(), opened)).flatten();
        let Some(comma) = comma else {
            source.grow()?;
            continue;
        };
        let at = source.taken();
        let taken = source.take(comma);
        part(&taken, opened, true, at, pieces)?;
        let comma = source.take(1);
        pieces.plain(&comma)?;
        opened = true;
        source.fill(WINDOW_BYTES)?;
    }
}

fn part<W: Write>(
    taken: &str,
    opened: bool,
    closed: bool,
    at: u64,
    pieces: &mut Pieces<'_, W>,
) -> Result<(), Fault> {
    let (open, close) = (if opened { "[" } else { "" }, if closed { "]" } else { "" });
    let text = format!("{open}{taken}{close}");
    if text.trim().is_empty() {
        return pieces.plain(&text);
    }
    pieces.json(&text, (open.len(), close.len()), at)
}

/// The last comma between two values of the outermost list.
fn last_comma(text: &str, opened: bool) -> Option<usize> {
    let mut depth = usize::from(opened);
    let (mut quoted, mut escaped, mut last) = (false, false, None);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => last = Some(at),
            _ => {}
        }
    }
    last
}
