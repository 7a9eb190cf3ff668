//! One JSON value a line; a line that is none is searched as text.
//! Knows nothing of what the values are.

use std::io::Write;

use super::piece::{Fault, Pieces};
use super::source::{Source, WINDOW_BYTES};

pub(super) fn mask<W: Write>(
    source: &mut Source<'_>,
    pieces: &mut Pieces<'_, W>,
) -> Result<(), Fault> {
    source.fill(WINDOW_BYTES)?;
    while !source.text().is_empty() {
        let end = match source.ended() {
            true => Some(source.text().len()),
            false => source.text().rfind('\n').map(|at| at + 1),
        };
        let Some(end) = end else {
            source.grow()?;
            continue;
        };
        let at = source.taken();
        let lines = source.take(end);
        pieces.lines(&lines, at)?;
        source.fill(WINDOW_BYTES)?;
    }
    Ok(())
}
