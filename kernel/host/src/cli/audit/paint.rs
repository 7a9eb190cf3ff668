//! Tables and pages for a terminal, over what [`aegis_verify`] knows of colours and escapes.
//! Knows nothing of records.

use std::io::IsTerminal as _;

pub(in crate::cli) use aegis_verify::{Paint, plain};

/// Where text is shown.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Screen {
    /// Its colours.
    pub(in crate::cli) paint: Paint,
    /// Its columns; `None` where the reader is a file or a program, and nothing is cut or wrapped.
    pub(in crate::cli) width: Option<usize>,
}

impl Screen {
    /// Standard output as it is: colours on a terminal where `NO_COLOR` is not set.
    pub(in crate::cli) fn stdout() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let size = || terminal_size::terminal_size_of(std::io::stdout());
        Self {
            paint: Paint::new(terminal && !crate::environment::is_set("NO_COLOR")),
            width: terminal.then(|| size().map_or(80, |(width, _)| usize::from(width.0))),
        }
    }
}

/// A cell of a fixed width: padded, or cut with a mark.
pub(in crate::cli) fn cell(text: &str, width: usize) -> String {
    let mut cell = cut(text, width);
    let count = cell.chars().count();
    cell.extend(std::iter::repeat_n(' ', width.saturating_sub(count)));
    cell
}

/// The text, cut with a mark where it is wider.
pub(in crate::cli) fn cut(text: &str, width: usize) -> String {
    let text = plain(text);
    if text.chars().count() <= width {
        return text.into_owned();
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// The text in lines of at most `width`, broken between words; a word that is longer stays whole.
pub(in crate::cli) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let text = plain(text);
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        let wide = line.chars().count() + 1 + word.chars().count();
        if line.is_empty() {
            line.push_str(word);
        } else if wide <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
