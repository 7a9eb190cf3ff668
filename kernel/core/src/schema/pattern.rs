//! Patterns of JSON Schema (ECMA 262) as linear-time ones.
//! Knows nothing of what is matched.

use regex::{Regex, RegexBuilder};

use crate::limits;

/// The pattern; found anywhere in a text it matches. `None` where it cannot be had in linear time.
pub(super) fn read(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&translated(pattern))
        .size_limit(limits::PATTERN_BYTES_MAX)
        .dfa_size_limit(limits::PATTERN_BYTES_MAX)
        .build()
        .ok()
}

/// What the two languages write alike and mean differently: `\d` and `\w` are of ASCII in ECMA, and a class has no
/// classes or operators in it there.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    let (mut inside, mut last) = (false, ' ');
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('d') => out.push_str("[0-9]"),
                Some('D') => out.push_str("[^0-9]"),
                Some('w') => out.push_str("[0-9A-Za-z_]"),
                Some('W') => out.push_str("[^0-9A-Za-z_]"),
                Some(escaped) => {
                    out.push('\\');
                    out.push(escaped);
                }
                None => out.push('\\'),
            },
            '[' if inside => out.push_str("\\["),
            '&' | '~' if inside => {
                out.push('\\');
                out.push(c);
            }
            '-' if inside && last == '-' => out.push_str("\\-"),
            '[' => {
                inside = true;
                out.push(c);
            }
            ']' => {
                inside = false;
                out.push(c);
            }
            c => out.push(c),
        }
        last = c;
    }
    out
}
