//! What is told of a request that failed.
//! Knows nothing of the store's own words: none of them leaves.

use super::attempt::{Seen, Trouble};
use crate::s3::code::S3Code;

/// Whether a request could change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Reads,
    Writes,
}

/// The code of a failed request. A write that may have arrived and was not answered is never called undone.
pub(super) fn code(seen: Seen, effect: Effect) -> S3Code {
    if effect == Effect::Writes && seen.open {
        return S3Code::ConnectionLost;
    }
    match (seen.status, seen.trouble) {
        (Some(404), _) if seen.no_bucket => S3Code::BadAnswer,
        (Some(404), _) => S3Code::NoSuchKey,
        (Some(401 | 403), _) => S3Code::AccessDenied,
        (Some(412), _) => S3Code::PreconditionFailed,
        (Some(413), _) => S3Code::TooLarge,
        (Some(409 | 429 | 503), _) => S3Code::Busy,
        (Some(501), _) => S3Code::NotOnThisStore,
        (Some(500..), _) => S3Code::Unreachable,
        (Some(_), _) => S3Code::BadAnswer,
        (None, Some(Trouble::Untrusted)) => S3Code::Untrusted,
        (None, Some(Trouble::Silent)) => S3Code::Timeout,
        (None, Some(Trouble::TooLarge)) => S3Code::TooLarge,
        (None, Some(Trouble::Unreadable)) => S3Code::BadAnswer,
        (None, Some(Trouble::Unreachable | Trouble::Cut)) => S3Code::Unreachable,
        // It never came to a request, or what came back was no answer to it.
        (None, None) => S3Code::BadAnswer,
    }
}

/// Whether asking again, for the same thing, is worth it.
pub(super) fn passes(seen: Seen) -> bool {
    match (seen.status, seen.trouble) {
        (Some(501), _) => false,
        (Some(status), _) => status >= 500 || matches!(status, 408 | 409 | 429),
        (None, Some(trouble)) => {
            matches!(
                trouble,
                Trouble::Unreachable | Trouble::Cut | Trouble::Silent
            )
        }
        (None, None) => false,
    }
}
