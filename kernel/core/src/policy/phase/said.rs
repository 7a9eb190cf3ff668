//! One argument as a check sees it: its value, and what else the call says.
//! Knows nothing of rules.

use crate::inspect::Finding;
use crate::json::{Json, Object};

/// A value with its surroundings.
#[derive(Clone, Copy)]
pub(in crate::policy) struct Said<'a> {
    /// The argument's name.
    pub(in crate::policy) argument: &'a str,
    /// The value that is meant.
    pub(in crate::policy) value: &'a Json,
    /// All arguments.
    pub(in crate::policy) arguments: &'a Object,
    /// What was found in the call.
    pub(in crate::policy) findings: &'a [Finding],
}
