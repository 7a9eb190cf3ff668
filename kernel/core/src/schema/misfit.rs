//! That a value does not fit, and by which word of the schema.
//! Knows nothing of the value.

use thiserror::Error;

/// Why a value does not fit its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Misfit {
    /// This word of the schema is not fulfilled.
    #[error("it does not fulfil `{0}`")]
    Word(&'static str),
    /// Judging it takes more steps, or goes deeper, than is allowed.
    #[error("it takes too much work to judge")]
    Work,
}
