//! What a condition is judged by: who asks and with which tool, and the call where there is one.
//! Knows nothing of what rules say.

use super::Truth;
use crate::policy::Head;
use crate::policy::engine::Case;
use crate::policy::people::People;

/// A call, or what is known before there is one.
#[derive(Clone, Copy)]
pub(in crate::policy) struct Scene<'a> {
    pub(in crate::policy) principal: &'a str,
    pub(in crate::policy) people: &'a People,
    /// The tool's full name.
    pub(in crate::policy) tool: &'a str,
    /// `None` before any call: what depends on it is unknown.
    pub(in crate::policy) call: Option<&'a Case<'a>>,
}

impl Scene<'_> {
    /// Whether the rule's `when` holds here.
    pub(in crate::policy) fn worth(&self, head: &Head) -> Truth {
        match &head.when {
            None => Truth::Yes,
            Some(when) => when.judge(self),
        }
    }
}
