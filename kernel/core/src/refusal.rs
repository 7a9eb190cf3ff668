//! How a call ends without its result: denied by rule, withheld after the act, or failed by the world.
//! Knows nothing of the words of a downstream: a failure holds a code.

use thiserror::Error;

use crate::denial::Denial;
use crate::json::Json;

/// A call that ends without its result.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A rule forbids it; nothing was sent.
    #[error("denied by `{}`", .0.first().rule)]
    Denied(Denial),
    /// It was carried out, but its result may not leave.
    #[error("withheld by `{}`", .0.first().rule)]
    Withheld(Denial),
    /// The world failed it.
    #[error("failed: {} (sent: {})", .0.code.as_str(), .0.sent.as_str())]
    Failed(Failure),
}

impl Refusal {
    /// Whether the call may have reached its downstream.
    #[must_use]
    pub fn sent(&self) -> Sent {
        match self {
            Self::Denied(_) => Sent::No,
            Self::Withheld(_) => Sent::Maybe,
            Self::Failed(failure) => failure.sent,
        }
    }
}

impl From<Denial> for Refusal {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

/// A failure of the world: not a denial, and honest about what may have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whether the effect may have happened.
    pub sent: Sent,
    /// What failed.
    pub code: FailureCode,
}

/// Whether a call reached its downstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It did not.
    No,
    /// It may have: do not repeat it blindly.
    Maybe,
}

impl Sent {
    /// The word that the agent and the log see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Maybe => "maybe",
        }
    }
}

/// The closed set of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureCode {
    /// The downstream could not be started or reached.
    Unavailable,
    /// It did not answer in time.
    Timeout,
    /// It went away during the call.
    Crashed,
    /// It did not take the request: a status of HTTP says so.
    Refused,
    /// Its answer could not be read.
    Unreadable,
    /// Its answer was larger than the bound.
    TooLarge,
    /// The agent cancelled after the call was sent.
    Cancelled,
    /// The outcome could not be recorded.
    Unrecorded,
    /// The kernel itself failed.
    Internal,
}

impl FailureCode {
    /// The word that the agent and the log see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unavailable => "downstream-unavailable",
            Self::Timeout => "downstream-timeout",
            Self::Crashed => "downstream-crashed",
            Self::Refused => "downstream-refused",
            Self::Unreadable => "downstream-unreadable",
            Self::TooLarge => "downstream-too-large",
            Self::Cancelled => "cancelled",
            Self::Unrecorded => "outcome-unrecorded",
            Self::Internal => "kernel-internal",
        }
    }
}

impl Failure {
    /// The structured content that the agent receives.
    #[must_use]
    pub fn to_json(self) -> Json {
        let advice = match self.sent {
            Sent::No => "nothing was sent; the call may be repeated",
            Sent::Maybe => "the effect may have happened; look before you repeat the call",
        };
        Json::object([
            ("decision", Json::from("fail")),
            ("code", Json::from(self.code.as_str())),
            ("sent", Json::from(self.sent.as_str())),
            ("fix", Json::from(advice)),
        ])
    }
}
