//! Why a request over HTTP has no answer: a closed set, in words that quote nothing of what the server said.
//! Knows nothing of what was asked.

use aegis_core::refusal::FailureCode;
use thiserror::Error;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(super) enum Fault {
    /// No connection.
    #[error("it cannot be reached; look at `url`, the network and the server")]
    Unreachable,
    /// Not the one that it should be.
    #[error("its certificate is not trusted; name the authority that signed it with `ca`")]
    Untrusted,
    /// The connection ended before the answer.
    #[error("the connection ended before its answer")]
    Cut,
    /// The response ended well, without an answer in it.
    #[error("its response holds no answer")]
    Unanswered,
    /// A status that says that the request is not taken.
    #[error(
        "it refused the request with HTTP status {0}; look at `url`, `bearer` and `secret_headers`"
    )]
    Refused(u16),
    /// A status that says that the server failed.
    #[error("it failed with HTTP status {0}")]
    Failed(u16),
    /// A status that leads elsewhere.
    #[error(
        "it leads elsewhere with HTTP status {0}, where nothing is sent; name the place itself as `url`"
    )]
    Elsewhere(u16),
    /// Neither JSON nor events.
    #[error("it answered with something else than JSON or server-sent events; look at `url`")]
    Type,
    /// Compressed, although that was not asked for.
    #[error("it compressed its answer although it was asked not to")]
    Encoded,
    /// Larger than the bound.
    #[error("its answer is larger than the bound")]
    TooLarge,
    /// No HTTP, or no MCP within it.
    #[error("its answer cannot be read")]
    Unreadable,
    /// The session that it gave is not known to it any more.
    #[error("it knows the session no more")]
    SessionOver,
    /// What it gave as a session's id is none.
    #[error("what it gave as a session's id cannot be one")]
    SessionId,
    /// Nobody wants the answer any more.
    #[error("the request was given up")]
    GivenUp,
}

impl Fault {
    /// The word that the agent and the log see.
    pub(super) fn code(self) -> FailureCode {
        match self {
            Self::Unreachable | Self::Untrusted | Self::Failed(502..=504) => {
                FailureCode::Unavailable
            }
            Self::Cut | Self::Failed(_) | Self::SessionOver => FailureCode::Crashed,
            Self::Refused(_) | Self::Elsewhere(_) => FailureCode::Refused,
            Self::TooLarge => FailureCode::TooLarge,
            Self::Unanswered | Self::Type | Self::Encoded | Self::Unreadable | Self::SessionId => {
                FailureCode::Unreadable
            }
            Self::GivenUp => FailureCode::Cancelled,
        }
    }

    /// Whether nothing more can be had from the server before it is reached anew.
    pub(super) fn is_final(self) -> bool {
        matches!(
            self,
            Self::Unreachable | Self::Untrusted | Self::SessionOver | Self::SessionId
        )
    }
}
