//! What the writer's thread is told, and how it is.
//! Knows nothing of how it is done.

use aegis_core::audit::Record;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::JournalFault;
use super::asked::Asked;
use super::pen::OnItsWay;

/// The log takes no more records, or not this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotWritten;

/// How the writer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// It writes.
    Writing,
    /// It ended in order.
    Closed,
    /// Something failed, and nothing is written any more.
    Poisoned(String),
}

/// What the thread is told.
pub(super) enum Message {
    /// Append a record; the slot is free again once it was handled.
    Append {
        record: Box<Record<'static>>,
        answer: Option<Asked>,
        slot: Option<OwnedSemaphorePermit>,
        about: OnItsWay,
    },
    /// Look what there is to do: a record was written without the thread.
    Wake,
    /// A refused message was counted.
    Refused,
    /// Sign a checkpoint over everything so far, and say so.
    Checkpoint(oneshot::Sender<()>),
    /// Sign from now on with the keys as they now are.
    Resign(oneshot::Sender<Result<(), JournalFault>>),
    /// Close in order.
    Close(oneshot::Sender<()>),
}
