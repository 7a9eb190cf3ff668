//! Text for a terminal: colours where they are wanted, and nothing that an attacker wrote as an escape.
//! Knows nothing of records.

use std::borrow::Cow;

/// How text is shown.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    colour: bool,
}

impl Paint {
    /// With colours, or without.
    #[must_use]
    pub fn new(colour: bool) -> Self {
        Self { colour }
    }

    /// What holds.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// What does not.
    #[must_use]
    pub fn bad(self, text: &str) -> String {
        self.wrap("31;1", text)
    }

    /// What is open.
    #[must_use]
    pub fn doubt(self, text: &str) -> String {
        self.wrap("33", text)
    }

    /// What matters less.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
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
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
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
