//! Why an external analyser's word cannot be had, or cannot be used: each withholds the answer.
//! Knows nothing of texts, and quotes none.

use std::borrow::Cow;

use thiserror::Error;

use crate::denial::{Denial, Objection, Phase};
use crate::refusal::Refusal;

/// The closed set of its faults.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AnalyserFault {
    /// A rule demands an analyser and none is configured.
    #[error("a rule demands an analyser, and none is configured")]
    Missing,
    /// No connection, or it ended before the answer did.
    #[error("the analyser cannot be reached, or ended the connection before its answer was whole")]
    Unreachable,
    /// Its certificate is nobody's who is trusted, or another's.
    #[error("the analyser's certificate does not prove that it is who it is called")]
    Untrusted,
    /// Not all of it was said within the time that it has.
    #[error("the analyser did not answer within its time")]
    Silent,
    /// Another status than 200.
    #[error("the analyser answered with another status than 200")]
    Status,
    /// Longer, or with more findings, than is read.
    #[error("the analyser answered more than is read")]
    TooLong,
    /// Not a list of findings in JSON.
    #[error("the analyser's answer is no list of findings")]
    Unreadable,
    /// A finding outside its text, or without length.
    #[error("the analyser names a place that its text does not have")]
    Outside,
    /// As many answers as questions are expected.
    #[error("not every text was analysed")]
    Partial,
    /// More texts, or longer ones, than an analyser is asked about.
    #[error("the answer holds more text than the analyser is asked about")]
    TooMuch,
}

impl AnalyserFault {
    /// The rule that withholds the answer.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Missing => "kernel.obligation-unmet",
            Self::Unreachable | Self::Untrusted | Self::Silent => "kernel.analyser-unavailable",
            Self::Status | Self::TooLong | Self::Unreadable | Self::Outside | Self::Partial => {
                "kernel.analyser-unreadable"
            }
            Self::TooMuch => "kernel.analyser-too-much",
        }
    }
}

impl From<AnalyserFault> for Refusal {
    fn from(fault: AnalyserFault) -> Self {
        let fix = match fault {
            AnalyserFault::TooMuch => "ask for fewer rows or shorter texts",
            _ => "tell the operator that the analyser does not answer as it must",
        };
        Self::Withheld(Denial::of(Objection {
            rule: Cow::Borrowed(fault.rule()),
            phase: Phase::Transform,
            reason: fault.to_string().into(),
            fix: format!("{fix}; the call itself was carried out, so do not repeat a write").into(),
        }))
    }
}
