//! Patterns that operators write: linear-time, bounded, and always about the whole text.
//! Knows nothing of what is matched.

use regex::{Regex, RegexBuilder};

use crate::limits;

/// Compiles `text` so that it must match a whole string.
///
/// `text` must be a pattern by itself before it is wrapped in `^(?:…)$`: else `a)|(?:b` would close the
/// group and match anywhere.
///
/// # Errors
/// What is wrong with the pattern, in one line.
pub fn anchored(text: &str) -> Result<Regex, String> {
    let compile = |pattern: &str| {
        RegexBuilder::new(pattern)
            .size_limit(limits::PATTERN_BYTES_MAX)
            .build()
            .map_err(|fault| match fault {
                regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
                fault => fault
                    .to_string()
                    .lines()
                    .last()
                    .unwrap_or("not a pattern")
                    .trim_start_matches("error: ")
                    .to_owned(),
            })
    };
    compile(text)?;
    compile(&format!("^(?:{text})$"))
}
