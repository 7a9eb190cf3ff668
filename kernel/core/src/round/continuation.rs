//! What an agent brings back for a further round of its call.
//! Knows nothing of what was asked.

use crate::json::Object;

/// What an agent brings back for a further round of its call. All of it is the agent's word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Continuation {
    /// The state that it was given, if it was any.
    pub state: String,
    /// Its answers, by the names of the questions.
    pub responses: Object,
}
