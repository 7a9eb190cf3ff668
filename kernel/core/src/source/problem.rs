//! One thing that is wrong with a file, where it stands, and what to do about it.
//! Knows nothing of how it is shown.

use std::ops::Range;

/// A problem with a file that an operator wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name, as the operator gave it.
    pub file: String,
    /// The bytes that are meant; `0..0` where the whole file is.
    pub span: Range<usize>,
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl Problem {
    /// A problem with a file as a whole.
    #[must_use]
    pub fn whole_file(file: &str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            span: 0..0,
            message: message.into(),
            fix: fix.into(),
        }
    }

    /// Line and column of its beginning, both from 1; columns count characters.
    #[must_use]
    pub fn position(&self, text: &str) -> (usize, usize) {
        let before = text.get(..self.span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.get(line_start..).unwrap_or_default().chars().count();
        (line, column.saturating_add(1))
    }
}
