//! One JSON value a line; a line that is none is searched as text.
//! Knows nothing of what the values are.

use std::io::Write;

use super::piece::{Fault, Pieces};
use super::place::shapes;
use super::source::{Source, WINDOW_BYTES};

pub(super) fn mask<W: Write>(
    source: &mut Source<'_>,
    pieces: &mut Pieces<'_, W>,
) -> Result<(), Fault> {
    source.fill(WINDOW_BYTES)?;
    while !source.text().is_empty() {
        let end = source.text().find('\n').map(|at| at + 1);
        let Some(end) = end.or_else(|| source.ended().then(|| source.text().len())) else {
            source.grow()?;
            continue;
        };
        let at = source.taken();
        let line = source.take(end);
        let found = pieces.find(&line, at)?;
        let places = shapes(&line, &found, "/*");
        let place = |one: &_| places.get(one).cloned().unwrap_or_default();
        pieces.write(&line, (0, line.len()), &found, |one| place(&one.start))?;
        if source.text().len() < WINDOW_BYTES / 2 {
            source.fill(WINDOW_BYTES)?;
        }
    }
    Ok(())
}
