//! The text of a statement in the place of the one that was judged: the same, but for its limit.
//! Knows nothing of how it came to be.

use std::fmt;

use crate::json::{Json, Object};

/// What goes south in the place of one argument.
#[derive(Clone, PartialEq, Eq)]
pub struct Statement {
    /// The argument.
    pub argument: String,
    /// The text.
    pub text: String,
}

impl Statement {
    /// The arguments with this text in its place.
    #[must_use]
    pub fn put_into(&self, arguments: &Object) -> Object {
        let mut arguments = arguments.clone();
        if let Some(value) = arguments.get_mut(&self.argument) {
            *value = Json::from(self.text.as_str());
        }
        arguments
    }
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Statement({}, {} bytes)", self.argument, self.text.len())
    }
}
