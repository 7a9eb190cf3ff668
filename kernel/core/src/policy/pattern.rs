//! Patterns over tools and labels: a name, or a prefix that ends at a joint and `*`.
//! Knows nothing of the tools and labels that there are.

use crate::manifest::Label;

/// A pattern over tools: `postgres__query`, `s3__*` or `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolPattern(String);

impl ToolPattern {
    /// Reads a pattern; `None` where its form is wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word = |w: &str| {
            !w.is_empty()
                && w.chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        };
        let fits = text == "*"
            || text
                .split_once("__")
                .is_some_and(|(server, tool)| word(server) && (tool == "*" || word(tool)));
        fits.then(|| Self(text.to_owned()))
    }

    /// Whether the tool of this full name is meant.
    #[must_use]
    pub fn covers(&self, full_name: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => full_name.starts_with(prefix),
            None => self.0 == full_name,
        }
    }

    /// Whether it names one tool.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !self.0.ends_with('*')
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A pattern over labels: `pii.email`, `pii.*` or `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelPattern(String);

impl LabelPattern {
    /// Reads a pattern; `None` where its form is wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let stem = text.strip_suffix(".*").unwrap_or(text);
        (text == "*" || Label::parse(stem).is_some()).then(|| Self(text.to_owned()))
    }

    /// Whether the label is meant.
    #[must_use]
    pub fn covers(&self, label: &Label) -> bool {
        label.matches(&self.0)
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
