//! Foreign texts in a file of ours: quoted so that they stay texts, and hide nothing.
//! Knows nothing of what they say, but for signs that they speak to an agent rather than of a tool.

use std::fmt::Write as _;

use crate::definition::visible;

/// Longest description that is taken over, in characters.
const CHARS_MAX: usize = 500;

/// Words by which a text speaks to whoever reads it, in place of describing something.
const ADDRESSING: [&str; 21] = [
    "<important",
    "<system",
    "</",
    "ignore ",
    "disregard",
    "instruction",
    "do not tell",
    "don't tell",
    "not mention",
    "system prompt",
    "the user must not",
    "before using",
    "before calling",
    "before any other",
    "you must",
    "always call",
    "must be called",
    "~/.",
    ".ssh",
    "password",
    "://",
];

/// A TOML string; what nobody sees is written as an escape.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c == ' ' || c.is_ascii_graphic() || (c.is_alphanumeric() && seen(c)) => {
                out.push(c);
            }
            c if seen(c) => out.push(c),
            c if u32::from(c) > 0xFFFF => {
                // Writing into a String cannot fail.
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

fn seen(c: char) -> bool {
    let mut text = [0; 4];
    let text = c.encode_utf8(&mut text);
    visible(text) == *text
}

/// Whether all of a text is seen as itself.
pub(super) fn is_plain(text: &str) -> bool {
    visible(text) == text
}

/// A TOML list of texts.
pub(super) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(quoted).collect();
    format!("[{}]", texts.join(", "))
}

/// Lines of a comment.
pub(super) fn comment(text: &str) -> String {
    text.lines().map(|line| format!("# {line}\n")).collect()
}

/// A description on one line, as far as one may be served; `None` where it is better written anew.
pub(super) fn described(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = line.to_lowercase();
    if line.is_empty() || !is_plain(&line) || ADDRESSING.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let mut short: String = line.chars().take(CHARS_MAX).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    Some(short)
}

/// The words of a name or text, in lower case: `getFile_info` is get, file, info.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in text.chars() {
        let starts = c.is_uppercase() && before.is_lowercase();
        if starts || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && c.is_alphanumeric()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}
