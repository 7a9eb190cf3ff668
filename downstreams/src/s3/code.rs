//! The closed set of errors that the object server answers with.
//! Knows nothing of files: no path and no system error text leaves through it.

use rustix::io::Errno;

use crate::answer::Code;
use crate::arguments::BadArgument;
use crate::blocking::NoOutcome;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum S3Code {
    NoSuchKey,
    BadKey,
    PreconditionFailed,
    TooLarge,
    NotARegularFile,
    BadArgument,
    Internal,
    /// Below: of a store.
    AccessDenied,
    Unreachable,
    Untrusted,
    Timeout,
    Busy,
    NotOnThisStore,
    BadAnswer,
    ConnectionLost,
}

impl Code for S3Code {
    fn as_str(self) -> &'static str {
        match self {
            Self::NoSuchKey => "no-such-key",
            Self::BadKey => "bad-key",
            Self::PreconditionFailed => "precondition-failed",
            Self::TooLarge => "too-large",
            Self::NotARegularFile => "not-a-regular-file",
            Self::BadArgument => "bad-argument",
            Self::Internal => "internal",
            Self::AccessDenied => "access-denied",
            Self::Unreachable => "unreachable",
            Self::Untrusted => "untrusted",
            Self::Timeout => "timeout",
            Self::Busy => "busy",
            Self::NotOnThisStore => "not-on-this-store",
            Self::BadAnswer => "bad-answer",
            Self::ConnectionLost => "connection-lost",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::NoSuchKey => "there is no object of that key",
            Self::BadKey => "the key has a form that is not served, or resembles another key",
            Self::PreconditionFailed => {
                "the object is not in the state that the condition names; nothing was changed"
            }
            Self::TooLarge => "the object or listing is larger than allowed",
            Self::NotARegularFile => "what is stored under that key is no plain object",
            Self::BadArgument => "an argument is missing, unknown or of a wrong form",
            Self::Internal => "the storage could not be used",
            Self::AccessDenied => "the store does not let this server do that; nothing was changed",
            Self::Unreachable => "the store could not be reached or failed; nothing was changed",
            Self::Untrusted => "the store could not be verified, so nothing was asked of it",
            Self::Timeout => "the store did not answer in time; nothing was changed",
            Self::Busy => {
                "the store has no room for this now; nothing was changed, try again later"
            }
            Self::NotOnThisStore => {
                "the store does not keep such a condition, and without it writers would race; nothing was changed"
            }
            Self::BadAnswer => {
                "the store's answer is not one to what was asked; nothing of it is shown"
            }
            Self::ConnectionLost => {
                "the store did not say what became of the write; it may have happened"
            }
        }
    }
}

impl From<BadArgument> for S3Code {
    fn from(_: BadArgument) -> Self {
        Self::BadArgument
    }
}

impl From<NoOutcome> for S3Code {
    fn from(_: NoOutcome) -> Self {
        Self::Internal
    }
}

impl From<Errno> for S3Code {
    fn from(error: Errno) -> Self {
        match error {
            Errno::NOENT | Errno::NOTDIR => Self::NoSuchKey,
            // A symbolic link in the way (`LOOP`), a way out (`XDEV`), a socket or FIFO (`NXIO`).
            Errno::LOOP | Errno::XDEV | Errno::NXIO | Errno::ISDIR => Self::NotARegularFile,
            Errno::NAMETOOLONG | Errno::ILSEQ | Errno::INVAL => Self::BadKey,
            Errno::FBIG | Errno::NOSPC | Errno::DQUOT => Self::TooLarge,
            _ => Self::Internal,
        }
    }
}

impl From<std::io::Error> for S3Code {
    fn from(error: std::io::Error) -> Self {
        Errno::from_io_error(&error).map_or(Self::Internal, Self::from)
    }
}
