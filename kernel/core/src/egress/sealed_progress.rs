//! What a downstream says of its progress: nobody can read it.
//! Knows nothing of calls; it holds numbers as they were written.

use std::fmt;

use crate::json::{Json, Number, Object};
use crate::limits::{PROGRESS_MESSAGE_BYTES_MAX, PROGRESS_NUMBER_BYTES_MAX};

/// One `notifications/progress` of a downstream. No `Serialize`, no accessor: only [`super::Gauge`] opens it.
#[must_use]
pub struct SealedProgress {
    pub(super) progress: Number,
    pub(super) total: Option<Number>,
    pub(super) message: Option<String>,
}

impl SealedProgress {
    /// Reads the parameters of a notification: its token, and what it says. `None` where it is none: a number
    /// that is no number or longer than any count is, a token or message of another type. A message that is
    /// too long is left out; members that the protocol does not know are left behind.
    #[must_use]
    pub fn read(mut params: Object) -> Option<(String, Self)> {
        let Some(Json::String(token)) = params.remove("progressToken") else {
            return None;
        };
        let total = match params.remove("total") {
            None => None,
            Some(total) => Some(number(total)?),
        };
        let message = match params.remove("message") {
            None => None,
            Some(Json::String(message)) => Some(message),
            Some(_) => return None,
        };
        let said = Self {
            progress: number(params.remove("progress")?)?,
            total,
            message: message.filter(|text| text.len() <= PROGRESS_MESSAGE_BYTES_MAX),
        };
        Some((token, said))
    }
}

fn number(value: Json) -> Option<Number> {
    let Json::Number(number) = value else {
        return None;
    };
    let sane = number.lexeme().len() <= PROGRESS_NUMBER_BYTES_MAX
        && number.as_f64().is_some_and(f64::is_finite);
    sane.then_some(number)
}

impl fmt::Debug for SealedProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedProgress")
    }
}
