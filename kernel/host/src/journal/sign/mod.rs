//! Signed checkpoints: keys, certificates, what was signed last, and who signs the next one.
//! Knows nothing of records beyond how many there are and which root they have.

mod ceremony;
mod checkpointer;
mod fault;
mod history;
mod keys;
mod notary;
mod note_key;
mod options;

pub use ceremony::{Ceremony, certify};
pub(super) use checkpointer::{Checkpointer, Known};
pub use fault::SigningFault;
pub use keys::{SigningEpoch, SigningKeys, note};
pub(super) use notary::{Notary, Wanted};
pub use note_key::NoteKey;
pub use options::{Checkpointing, Signing};
