//! One argument as a check sees it: its value, and what else the call says.
//! Knows nothing of rules.

use std::cell::Cell;

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
    /// Of the values of this call.
    pub(in crate::policy) lengths: &'a Lengths,
}

/// How long values of one call are in characters: counted once for all rules that ask of the same one after each other.
#[derive(Debug, Default)]
pub(in crate::policy) struct Lengths(Cell<Option<(usize, usize)>>);

impl Lengths {
    /// Of a text that lies in the call.
    pub(super) fn of(&self, text: &str) -> usize {
        let place = text.as_ptr().addr();
        if let Some((known, length)) = self.0.get()
            && known == place
        {
            return length;
        }
        let length = text.chars().count();
        self.0.set(Some((place, length)));
        length
    }
}
