//! The log's format: records, chain, tree, commitments, and the proof that a log holds.
//! Knows nothing of files, clocks or keys' whereabouts.
//!
//! One record is one line of exact bytes. `SHA-256(0x00 ‖ line)` is both the next record's
//! `prev` and an RFC 6962 leaf, so one pass of hashing gives the chain and the tree. Lines are
//! written in the shape of RFC 8785 (sorted keys, no floats, integers below 2^53), so that
//! tools which canonicalise agree with tools which do not.

mod basis;
mod canonical;
mod certificate;
mod checkpoint;
mod commitment;
mod cursor;
mod fit;
mod glance;
mod history;
mod id;
mod kind;
mod known;
mod leaf;
mod note;
mod opened;
mod parts;
mod path;
mod plain;
mod proof;
mod reading;
mod record;
mod removed;
mod seen;
mod signer;
mod stamp;
mod subject;
mod submission;
mod tally;
mod text;
mod tree;
mod trust;
mod upkeep;
mod verify;
mod violation;
mod vkey;

pub use basis::{Basis, Charged, Considered, Flaw, Labelled, RuleText, Used, Written};
pub use certificate::EpochCertificate;
pub use checkpoint::Checkpoint;
pub use commitment::{commit, key_id, salt};
pub use ed25519_dalek::SigningKey;
pub use glance::{Glance, Tombstone};
pub use history::History;
pub use id::Id;
pub use kind::Kind;
pub use leaf::Leaf;
pub use note::{Note, NoteFault, NoteSignature, Signed};
pub use opened::Opened;
pub use parts::{
    Args, Boot, Cut, Decision, Delivered, FactLine, Found, Masked, Minted, Obliged, Restored,
    RuleLine, SentWord, Source, Status, Torn, Who,
};
pub use path::PathBuilder;
pub use proof::Proof;
pub use reading::Reading;
pub use record::{Link, Record, RecordFault};
pub use removed::Removed;
pub use seen::Seen;
pub use signer::Signer;
pub use stamp::{Stamp, timestamp};
pub use subject::quotable;
pub use submission::{Answer, Submission};
pub use tally::Tally;
pub use text::{Int, Text};
pub use tree::{Frontier, consistent, included, proof_of_consistency, proof_of_inclusion, root};
pub use trust::{Believed, Epoch, EpochFault, Judged, Trust};
pub use upkeep::{Acknowledged, ClockStep, Pruned, Redaction, Rotation, SaltKey, Seal};
pub use verify::{Resumed, Verifier};
pub use violation::{Class, Violation};
pub use vkey::{KeyUse, VerifierKey};

/// The version of the format; a reader refuses any other. A new kind or member raises it.
pub const VERSION: u64 = 2;
