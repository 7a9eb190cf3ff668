//! A function that a statement calls.
//! Knows nothing of its arguments.

/// One function and whether it is on the engine's allow-list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FunctionUse {
    /// The name, folded; with its schema where one was written.
    pub name: String,
    /// Whether it may be called.
    pub allowed: bool,
}
