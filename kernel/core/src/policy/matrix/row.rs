//! One row of the matrix: a principal and a tool.
//! Knows nothing of rules.

/// What one principal may do with one tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `server__tool`.
    pub tool: String,
    /// Whether any call of it can be permitted.
    pub permitted: bool,
    /// Why none can, where none can.
    pub denied: Option<String>,
    /// On what a decision depends, and what a permit owes: in a fixed order.
    pub lines: Vec<Line>,
}

/// One thing that a reviewer should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is about: a capability, an argument, a label.
    pub about: String,
    /// What holds of it, and by which rule.
    pub how: String,
}

impl Line {
    pub(super) fn new(about: impl Into<String>, how: impl Into<String>) -> Self {
        Self {
            about: about.into(),
            how: how.into(),
        }
    }
}
