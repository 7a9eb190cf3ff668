//! Text for a terminal: colours where they are wanted, and nothing that an attacker wrote as an escape.
//! Knows nothing of records.

use std::borrow::Cow;

/// How text is shown.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Paint {
    colour: bool,
}

impl Paint {
    pub(in crate::cli) fn new(colour: bool) -> Self {
        Self { colour }
    }

    pub(in crate::cli) fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    pub(in crate::cli) fn bad(self, text: &str) -> String {
        self.wrap("31;1", text)
    }

    pub(in crate::cli) fn doubt(self, text: &str) -> String {
        self.wrap("33", text)
    }

    pub(in crate::cli) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The text with everything made visible that a terminal or an eye would be misled by: controls (C0, DEL, C1),
/// directions (Unicode TR 36 §2.2), widths of nothing, line separators, tags.
pub(in crate::cli) fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(misleads) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if misleads(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// A cell of a fixed width: padded, or cut with a mark.
pub(in crate::cli) fn cell(text: &str, width: usize) -> String {
    let text = plain(text);
    let count = text.chars().count();
    if count <= width {
        let mut padded = text.into_owned();
        padded.extend(std::iter::repeat_n(' ', width - count));
        return padded;
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}
