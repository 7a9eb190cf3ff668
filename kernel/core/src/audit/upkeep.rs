//! The members of records that are about the log itself: seals, keys, anchors, what was removed, the clock.
//! Knows nothing of when they are written.
//!
//! Members stand in the order of their names: serde writes them as they stand, and RFC 8785 sorts.

use serde::{Deserialize, Serialize};

use super::{Int, Leaf, Text};

/// What a file holds, said by its last record; all figures are of what stands before that record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// Bytes of the file.
    pub bytes: Int,
    /// Records in the file.
    pub count: Int,
    /// The RFC 6962 root over all records of the log.
    pub root: Leaf,
}

/// A key that salts derive from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaltKey<'a> {
    /// Its public id, see [`super::key_id`].
    pub id: Leaf,
    /// `PERIOD/SCOPE.ID`: its name, as `salts` of a record gives it and its file bears it.
    #[serde(borrow)]
    pub name: Text<'a>,
}

/// Another key signs from the next checkpoint on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation<'a> {
    /// The certificate of the key that signs from now on, as the root and the key before signed it.
    #[serde(borrow)]
    pub cert: Text<'a>,
}

/// A checkpoint that an anchor took. The record's `cause` says why, where it did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledged<'a> {
    /// Which anchor.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text<'a>>,
    /// SHA-256 of what it gave as its receipt, where it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Leaf>,
    /// The root of the checkpoint.
    pub root: Leaf,
    /// Its size: how many records it covers.
    pub size: Int,
}

/// The removal of one record's bytes. The line may afterwards be
/// `{"tombstone":{"auth":M,"leaf":"…","seq":N}}`, where `M` is this record's number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redaction<'a> {
    /// Who approved it.
    #[serde(borrow)]
    pub approver: Text<'a>,
    /// The leaf of the record: what the tombstone must carry.
    pub leaf: Leaf,
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a>,
    /// The record.
    pub seq: Int,
}

/// The removal of whole files. Their leaves stay in the tiles, so every proof still holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pruned {
    /// The first record that is removed.
    pub from: Int,
    /// The leaf of the last record that is removed: `prev` of the first one that stays.
    pub leaf: Leaf,
    /// The root over all records before `to`.
    pub root: Leaf,
    /// The first record that stays.
    pub to: Int,
}

/// A jump of wall time against the time since the machine was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockStep {
    /// Whether it went back.
    pub back: bool,
    /// By how many milliseconds.
    pub ms: Int,
}
