//! What is kept of a record to follow it by, read from its line in one pass.
//! Knows nothing of the records around it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::kind::Members as M;
use super::{
    Decision, Id, Int, Kind, Leaf, Pruned, Record, Redaction, Rotation, Seal, Status, Text, Torn,
    VERSION, canonical, stamp,
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
    pub fn plainly(line: &[u8]) -> Option<Box<Self>> {
        if line.len() > limits::RECORD_BYTES_MAX {
            return None;
        }
        let mut seen = canonical::read::<Plain>(line).ok()?.0;
        seen.leaf = Leaf::of_line(line);
        Some(seen)
    }
}

/// Only rules that come into force and calls under them are looked up.
fn epoch(kind: Kind, epoch: Option<&Text<'_>>) -> Option<String> {
    match kind {
        Kind::Intent | Kind::PolicyLoad => epoch.map(|epoch| epoch.as_str().to_owned()),
        _ => None,
    }
}

fn named(redaction: &Redaction<'_>) -> Box<(u64, Leaf)> {
    Box::new((redaction.seq.get(), redaction.leaf))
}

fn certificate(rotation: &Rotation<'_>) -> String {
    rotation.cert.as_str().to_owned()
}

fn owned(torn: &[Torn<'_>]) -> Vec<Torn<'static>> {
    let owned = |torn: &Torn<'_>| Torn {
        file: Text::from(torn.file.as_str()),
        good_len: torn.good_len,
        len: torn.len,
        sha256: torn.sha256,
    };
    torn.iter().map(owned).collect()
}

/// A record that is judged member by member and of which little is kept: building [`Record`] costs more than
/// reading it.
struct Plain(Box<Seen>);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Line)
    }
}

struct Line;

impl<'de> Visitor<'de> for Line {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Plain, A::Error> {
        let mut parts = Parts::default();
        while let Some(name) = map.next_key::<&'de str>()? {
            let member = parts.take(name, &mut map)?;
            parts.present = parts.present.and(member);
        }
        parts
            .whole()
            .map(Plain)
            .ok_or_else(|| A::Error::custom("no record"))
    }
}

/// What was read of a line so far.
#[derive(Default)]
struct Parts<'de> {
    present: M,
    kind: Option<Kind>,
    log: Option<Id>,
    boot: Option<Id>,
    seq: Option<Int>,
    prev: Option<Leaf>,
    ts: Option<Text<'de>>,
    mono: Option<Text<'de>>,
    version: Option<Int>,
    call: Option<Id>,
    open: Option<Vec<Id>>,
    epoch: Option<Text<'de>>,
    catalog: Option<Leaf>,
    decision: Option<Decision>,
    status: Option<Status>,
    count: Option<Int>,
    sync: Option<bool>,
    seal: Option<Box<Seal>>,
    prune: Option<Box<Pruned>>,
    redaction: Option<Box<(u64, Leaf)>>,
    rotate: Option<String>,
    torn: Option<Vec<Torn<'static>>>,
}

/// A member of the type that it has in [`Record`].
fn member<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    map: &mut A,
    _: for<'r> fn(&'r Record<'de>) -> &'r Option<T>,
) -> Result<T, A::Error> {
    map.next_value()
}

/// A list of the type that it has in [`Record`], read and let go.
fn each<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    map: &mut A,
    _: for<'r> fn(&'r Record<'de>) -> &'r Option<Vec<T>>,
) -> Result<(), A::Error> {
    map.next_value_seed(Each(PhantomData::<T>))
}

struct Each<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Each<T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Each<T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element::<T>()?.is_some() {}
        Ok(())
    }
}

impl<'de> Parts<'de> {
    /// Reads one member, and says which it was.
    fn take<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<M, A::Error> {
        match name {
            "boot" => self.boot = map.next_value()?,
            "kind" => self.kind = map.next_value()?,
            "log" => self.log = map.next_value()?,
            "mono" => self.mono = map.next_value()?,
            "prev" => self.prev = map.next_value()?,
            "seq" => self.seq = map.next_value()?,
            "ts" => self.ts = map.next_value()?,
            "v" => self.version = map.next_value()?,
            _ => return self.optional(name, map),
        }
        Ok(M::NONE)
    }

    fn optional<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<M, A::Error> {
        Ok(match name {
            "args" => member(map, |r| &r.args).map(|_| M::ARGS)?,
            "basis" => member(map, |r| &r.basis).map(|_| M::BASIS)?,
            "call" => {
                self.call = Some(member(map, |r| &r.call)?);
                M::CALL
            }
            "capabilities" => each(map, |r| &r.capabilities).map(|()| M::CAPABILITIES)?,
            "catalog" => {
                self.catalog = Some(member(map, |r| &r.catalog)?);
                M::CATALOG
            }
            "cause" => member(map, |r| &r.cause).map(|_| M::CAUSE)?,
            "count" => {
                self.count = Some(member(map, |r| &r.count)?);
                M::COUNT
            }
            "cut" => member(map, |r| &r.cut).map(|_| M::CUT)?,
            "decision" => {
                self.decision = Some(member(map, |r| &r.decision)?);
                M::DECISION
            }
            "dur_us" => member(map, |r| &r.dur_us).map(|_| M::DUR)?,
            "epoch" => {
                self.epoch = Some(member(map, |r| &r.epoch)?);
                M::EPOCH
            }
            "facts" => each(map, |r| &r.facts).map(|()| M::FACTS)?,
            "findings" => each(map, |r| &r.findings).map(|()| M::FINDINGS)?,
            "masked_columns" => member(map, |r| &r.masked_columns).map(|_| M::MASKED)?,
            "obligations" => member(map, |r| &r.obligations).map(|_| M::OBLIGATIONS)?,
            "result" => member(map, |r| &r.result).map(|_| M::RESULT)?,
            "rules" => each(map, |r| &r.rules).map(|()| M::RULES)?,
            "salts" => member(map, |r| &r.salts).map(|_| M::SALTS)?,
            "sent" => member(map, |r| &r.sent).map(|_| M::SENT)?,
            "server" => member(map, |r| &r.server).map(|_| M::SERVER)?,
            "spent" => each(map, |r| &r.spent).map(|()| M::SPENT)?,
            "status" => {
                self.status = Some(member(map, |r| &r.status)?);
                M::STATUS
            }
            "tool" => member(map, |r| &r.tool).map(|_| M::TOOL)?,
            "tool_commit" => member(map, |r| &r.tool_commit).map(|_| M::TOOL_COMMIT)?,
            "who" => member(map, |r| &r.who).map(|_| M::WHO)?,
            _ => return self.rare(name, map),
        })
    }

    /// Members of records that are about the log itself.
    fn rare<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<M, A::Error> {
        Ok(match name {
            "anchor" => member(map, |r| &r.anchor).map(|_| M::ANCHOR)?,
            "clock" => member(map, |r| &r.clock).map(|_| M::CLOCK)?,
            "errand" => member(map, |r| &r.errand).map(|_| M::ERRAND)?,
            "open" => {
                self.open = Some(member(map, |r| &r.open)?);
                M::OPEN
            }
            "prune" => {
                self.prune = Some(Box::new(member(map, |r| &r.prune)?));
                M::PRUNE
            }
            "receipt" => member(map, |r| &r.receipt).map(|_| M::RECEIPT)?,
            "redaction" => {
                self.redaction = Some(named(&member(map, |r| &r.redaction)?));
                M::REDACTION
            }
            "rotate" => {
                self.rotate = Some(certificate(&member(map, |r| &r.rotate)?));
                M::ROTATE
            }
            "salt_key" => member(map, |r| &r.salt_key).map(|_| M::SALT_KEY)?,
            "seal" => {
                self.seal = Some(Box::new(member(map, |r| &r.seal)?));
                M::SEAL
            }
            "start" => {
                self.sync = Some(member(map, |r| &r.start)?.sync);
                M::START
            }
            "texts" => each(map, |r| &r.texts).map(|()| M::TEXTS)?,
            "torn" => {
                self.torn = Some(owned(&member(map, |r| &r.torn)?));
                M::TORN
            }
            _ => return Err(de::Error::custom("an unknown member")),
        })
    }

    /// The record, where the members are those of its kind and each is in its form.
    fn whole(self) -> Option<Box<Seen>> {
        let kind = self.kind?;
        let (ts, mono) = (self.ts?, self.mono?);
        let version = self.version?.get() == VERSION;
        if !version || !kind.fits(self.present) || !stamp::are_times(&ts, &mono) {
            return None;
        }
        Some(Box::new(Seen {
            leaf: Leaf::from_bytes([0; 32]),
            kind,
            log: self.log?,
            boot: self.boot?,
            seq: self.seq?.get(),
            prev: self.prev?,
            ts: stamp::Stamp::of(&ts),
            call: self.call,
            open: self.open,
            epoch: epoch(kind, self.epoch.as_ref()),
            catalog: self.catalog,
            decision: self.decision,
            status: self.status,
            count: self.count,
            sync: self.sync,
            seal: self.seal,
            prune: self.prune,
            redaction: self.redaction,
            rotate: self.rotate,
            torn: self.torn,
        }))
    }
}
