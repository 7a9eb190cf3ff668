//! What is kept of a record to follow it by, as far as the records after it depend on it.
//! Knows nothing of the records around it.

use super::plain::Plain;
use super::{
    Decision, Id, Int, Kind, Leaf, Pruned, Reading, Record, Redaction, Rotation, Seal, Status,
    Text, Torn, stamp,
};
use crate::limits;

/// What is kept of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the record's member of that name")]
pub struct Seen {
    pub leaf: Leaf,
    pub kind: Kind,
    pub log: Id,
    pub boot: Id,
    pub seq: u64,
    pub prev: Leaf,
    pub ts: stamp::Stamp,
    pub call: Option<Id>,
    pub open: Option<Vec<Id>>,
    pub epoch: Option<String>,
    pub catalog: Option<Leaf>,
    pub decision: Option<Decision>,
    pub status: Option<Status>,
    pub count: Option<Int>,
    /// Whether a start syncs.
    pub sync: Option<bool>,
    // Boxed, since hardly any record has one and every record is moved about.
    pub seal: Option<Box<Seal>>,
    pub prune: Option<Box<Pruned>>,
    /// The record whose bytes may go, and its leaf.
    pub redaction: Option<Box<(u64, Leaf)>>,
    /// The certificate of the key that signs from now on.
    pub rotate: Option<String>,
    pub torn: Option<Vec<Torn<'static>>>,
}

impl Seen {
    /// What is kept of a record with this leaf.
    #[must_use]
    pub fn of(record: &Record<'_>, leaf: Leaf) -> Self {
        Self {
            leaf,
            kind: record.kind,
            log: record.log,
            boot: record.boot,
            seq: record.seq.get(),
            prev: record.prev,
            ts: stamp::Stamp::of(&record.ts),
            call: record.call,
            open: record.open.clone(),
            epoch: epoch(record.kind, record.epoch.as_ref()),
            catalog: record.catalog,
            decision: record.decision,
            status: record.status,
            count: record.count,
            sync: record.start.as_ref().map(|start| start.sync),
            seal: record.seal.clone().map(Box::new),
            prune: record.prune.clone().map(Box::new),
            redaction: record.redaction.as_ref().map(named),
            rotate: record.rotate.as_ref().map(certificate),
            torn: record.torn.as_deref().map(owned),
        }
    }

    /// What is kept of the record in this line. `None` where it is no record in the plainest form, or none at all:
    /// [`Record::parse`] then tells. What this reads, it reads alike.
    #[must_use]
    pub fn plainly(line: &[u8], reading: &mut Reading) -> Option<Box<Self>> {
        if line.len() > limits::RECORD_BYTES_MAX {
            return None;
        }
        let mut seen = Plain::with(&mut reading.known).read(line).ok()?;
        seen.leaf = Leaf::of_line(line);
        Some(seen)
    }

    /// Of a record of which nothing is known yet.
    pub(super) fn blank() -> Self {
        let zero = Id::new(0, [0; 10]);
        Self {
            leaf: Leaf::from_bytes([0; 32]),
            kind: Kind::Refused,
            log: zero,
            boot: zero,
            seq: 0,
            prev: Leaf::from_bytes([0; 32]),
            ts: stamp::Stamp::of(""),
            call: None,
            open: None,
            epoch: None,
            catalog: None,
            decision: None,
            status: None,
            count: None,
            sync: None,
            seal: None,
            prune: None,
            redaction: None,
            rotate: None,
            torn: None,
        }
    }
}

/// Only rules that come into force and calls under them are looked up.
fn epoch(kind: Kind, epoch: Option<&Text<'_>>) -> Option<String> {
    match kind {
        Kind::Intent | Kind::PolicyLoad => epoch.map(|epoch| epoch.as_str().to_owned()),
        _ => None,
    }
}

pub(super) fn named(redaction: &Redaction<'_>) -> Box<(u64, Leaf)> {
    Box::new((redaction.seq.get(), redaction.leaf))
}

pub(super) fn certificate(rotation: &Rotation<'_>) -> String {
    rotation.cert.as_str().to_owned()
}

pub(super) fn owned(torn: &[Torn<'_>]) -> Vec<Torn<'static>> {
    let owned = |torn: &Torn<'_>| Torn {
        file: Text::from(torn.file.as_str()),
        good_len: torn.good_len,
        len: torn.len,
        sha256: torn.sha256,
    };
    torn.iter().map(owned).collect()
}
