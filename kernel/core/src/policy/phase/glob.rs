//! Globs over paths and names: `*` within a component, `**` over components, `?` one character.
//! Knows nothing of arguments.

use regex::Regex;

use crate::limits;
use crate::source::anchored;

/// One glob, compiled to a linear-time pattern over the whole text.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    pattern: Regex,
}

impl Glob {
    /// Reads a glob; `None` where it is empty, too long, or holds a component `.` or `..`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text.split('/');
        let sound = !text.is_empty()
            && text.len() <= limits::PATH_BYTES_MAX
            && !text.contains("***")
            && parts.clone().all(|part| part != "." && part != "..");
        let mut pattern = String::from("(?s:");
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '*' if letters.peek() == Some(&'*') => {
                    letters.next();
                    pattern.push_str(".*");
                }
                '*' => pattern.push_str("[^/]*"),
                '?' => pattern.push_str("[^/]"),
                other => pattern.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
            }
        }
        pattern.push(')');
        let pattern = sound.then(|| anchored(&pattern).ok()).flatten()?;
        let text = text.to_owned();
        Some(Self { text, pattern })
    }

    /// Whether the whole text is meant.
    #[must_use]
    pub fn covers(&self, text: &str) -> bool {
        self.pattern.is_match(text)
    }

    /// The pattern over the whole text that it was compiled to.
    #[must_use]
    pub(in crate::policy) fn pattern(&self) -> &str {
        self.pattern.as_str()
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}
