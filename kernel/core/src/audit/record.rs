//! One record: written as a line, read from one, and the same bytes both ways.
//! Knows nothing of the records around it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::canonical;
use super::kind::Members;
use super::{
    Acknowledged, Args, Basis, Boot, ClockStep, Cut, Decision, Delivered, FactLine, Found, Id, Int,
    Kind, Leaf, Minted, Obliged, Pruned, Redaction, Rotation, RuleLine, RuleText, SaltKey, Seal,
    SentWord, Status, Text, Torn, VERSION, Who, stamp,
};
use crate::limits;

/// One record. Which optional members it has is its kind's to say ([`Record::check`]). Members stand in
/// the order of their names in the line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the members are those of the format, documented in docs/AUDIT.md and on their types"
)]
pub struct Record<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Acknowledged<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub args: Option<Args<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis<'a>>,
    pub boot: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Id>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Vec<Text<'a>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog: Option<Leaf>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockStep>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Int>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dur_us: Option<Int>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Text<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub errand: Option<Text<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Vec<FactLine<'a>>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<Found<'a>>>,
    pub kind: Kind,
    pub log: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_columns: Option<Int>,
    #[serde(borrow)]
    pub mono: Text<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub obligations: Option<Obliged<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Vec<Id>>,
    pub prev: Leaf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prune: Option<Pruned>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Minted<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub redaction: Option<Redaction<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Delivered>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub rotate: Option<Rotation<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<RuleLine<'a>>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub salt_key: Option<SaltKey<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub salts: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<Seal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<SentWord>,
    pub seq: Int,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Text<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<Vec<Text<'a>>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Boot<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<Vec<RuleText<'a>>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_commit: Option<Leaf>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub torn: Option<Vec<Torn<'a>>>,
    #[serde(borrow)]
    pub ts: Text<'a>,
    pub v: Int,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Who<'a>>,
}

/// What binds a record to its place; given by the one who appends it.
#[derive(Clone, Debug)]
pub struct Link {
    /// The log.
    pub log: Id,
    /// The start of the kernel that writes it.
    pub boot: Id,
    /// Its number, from 0 without gaps.
    pub seq: u64,
    /// The hash of the line before it.
    pub prev: Leaf,
    /// Wall time, see [`super::timestamp`].
    pub ts: String,
    /// Monotonic nanoseconds since the kernel's start.
    pub mono_ns: u64,
}

/// Why a line is no record, or a record no line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RecordFault {
    /// Longer than [`limits::RECORD_BYTES_MAX`].
    #[error("the record is longer than {} bytes", limits::RECORD_BYTES_MAX)]
    TooLong,
    /// Not JSON of this shape.
    #[error("not a record: {0}")]
    Shape(String),
    /// A version of the format that this reader does not know.
    #[error("unknown version {0} of the format")]
    Version(u64),
    /// A member that this kind must have is missing, or one that it may not have is there.
    #[error("a `{0}` record has a member too few or too many")]
    Members(&'static str),
    /// A time that is not in the one form.
    #[error("`ts` or `mono` is not in its form")]
    Time,
    /// The same values, but other bytes than the writer writes.
    #[error("the line is not in canonical form")]
    NotCanonical,
}

impl<'a> Record<'a> {
    /// An empty record of a kind, without its place.
    #[must_use]
    pub fn draft(kind: Kind) -> Self {
        let zero = Id::new(0, [0; 10]);
        Self {
            anchor: None,
            args: None,
            basis: None,
            boot: zero,
            call: None,
            capabilities: None,
            catalog: None,
            cause: None,
            clock: None,
            count: None,
            cut: None,
            decision: None,
            dur_us: None,
            epoch: None,
            errand: None,
            facts: None,
            findings: None,
            kind,
            log: zero,
            masked_columns: None,
            mono: Text::default(),
            obligations: None,
            open: None,
            prev: Leaf::from_bytes([0; 32]),
            prune: None,
            receipt: None,
            redaction: None,
            result: None,
            rotate: None,
            rules: None,
            salt_key: None,
            salts: None,
            seal: None,
            sent: None,
            seq: Int::default(),
            server: None,
            spent: None,
            start: None,
            status: None,
            texts: None,
            tool: None,
            tool_commit: None,
            torn: None,
            ts: Text::default(),
            v: Int::saturating(VERSION),
            who: None,
        }
    }

    /// Puts the record in its place and appends its line to `out`, without a newline. Lists that do not
    /// fit the bound are cut, and `cut` says by how many.
    ///
    /// # Errors
    /// Where the kind's members are not as they must be, or nothing that may be cut makes it fit. `out` is then as before.
    pub fn encode(&mut self, link: Link, out: &mut Vec<u8>) -> Result<(), RecordFault> {
        self.log = link.log;
        self.boot = link.boot;
        self.seq = Int::saturating(link.seq);
        self.prev = link.prev;
        self.ts = Text::from(link.ts);
        self.mono = Text::from(link.mono_ns.to_string());
        self.check()?;
        let start = out.len();
        let mut keep = usize::MAX;
        loop {
            self.write(out)?;
            if out.len() - start <= limits::RECORD_BYTES_MAX {
                return Ok(());
            }
            out.truncate(start);
            if keep == 0 {
                return Err(RecordFault::TooLong);
            }
            keep = if keep == usize::MAX { 256 } else { keep / 4 };
            self.cut_to(keep);
        }
    }

    /// Reads a line strictly: this shape, no unknown or repeated member, and the very bytes that
    /// [`Record::encode`] writes. `scratch` is overwritten.
    ///
    /// # Errors
    /// Where any of it does not hold.
    pub fn parse(line: &'a [u8], scratch: &mut Vec<u8>) -> Result<Self, RecordFault> {
        if line.len() > limits::RECORD_BYTES_MAX {
            return Err(RecordFault::TooLong);
        }
        if let Ok(record) = canonical::read::<Self>(line) {
            record.check()?;
            return Ok(record);
        }
        // The long way: for what is unusual, and to say what is wrong with the rest.
        let record: Self = serde_json::from_slice(line).map_err(|e| shape(&e))?;
        record.check()?;
        scratch.clear();
        record.write(scratch)?;
        if scratch.as_slice() != line {
            return Err(RecordFault::NotCanonical);
        }
        Ok(record)
    }

    fn write(&self, out: &mut Vec<u8>) -> Result<(), RecordFault> {
        serde_json::to_writer(out, self).map_err(|e| shape(&e))
    }

    /// Whether the version is known and the members are those of the kind.
    fn check(&self) -> Result<(), RecordFault> {
        if self.v.get() != VERSION {
            return Err(RecordFault::Version(self.v.get()));
        }
        if !self.kind.fits(self.present()) {
            return Err(RecordFault::Members(self.kind.as_str()));
        }
        if stamp::are_times(&self.ts, &self.mono) {
            Ok(())
        } else {
            Err(RecordFault::Time)
        }
    }

    /// Members of records that are about the log itself.
    fn upkeep(&self) -> Members {
        use Members as M;
        M::ANCHOR
            .when(self.anchor.is_some())
            .and(M::CLOCK.when(self.clock.is_some()))
            .and(M::PRUNE.when(self.prune.is_some()))
            .and(M::REDACTION.when(self.redaction.is_some()))
            .and(M::ROTATE.when(self.rotate.is_some()))
            .and(M::SALT_KEY.when(self.salt_key.is_some()))
            .and(M::SALTS.when(self.salts.is_some()))
            .and(M::SEAL.when(self.seal.is_some()))
    }

    fn present(&self) -> Members {
        use Members as M;
        M::ARGS
            .when(self.args.is_some())
            .and(M::BASIS.when(self.basis.is_some()))
            .and(M::CALL.when(self.call.is_some()))
            .and(M::CAPABILITIES.when(self.capabilities.is_some()))
            .and(M::CATALOG.when(self.catalog.is_some()))
            .and(M::CAUSE.when(self.cause.is_some()))
            .and(M::COUNT.when(self.count.is_some()))
            .and(M::CUT.when(self.cut.is_some()))
            .and(M::DECISION.when(self.decision.is_some()))
            .and(M::DUR.when(self.dur_us.is_some()))
            .and(M::EPOCH.when(self.epoch.is_some()))
            .and(M::ERRAND.when(self.errand.is_some()))
            .and(M::FACTS.when(self.facts.is_some()))
            .and(M::FINDINGS.when(self.findings.is_some()))
            .and(M::MASKED.when(self.masked_columns.is_some()))
            .and(M::OBLIGATIONS.when(self.obligations.is_some()))
            .and(M::OPEN.when(self.open.is_some()))
            .and(M::RECEIPT.when(self.receipt.is_some()))
            .and(M::RESULT.when(self.result.is_some()))
            .and(M::RULES.when(self.rules.is_some()))
            .and(M::SENT.when(self.sent.is_some()))
            .and(M::SERVER.when(self.server.is_some()))
            .and(M::SPENT.when(self.spent.is_some()))
            .and(M::START.when(self.start.is_some()))
            .and(M::STATUS.when(self.status.is_some()))
            .and(M::TEXTS.when(self.texts.is_some()))
            .and(M::TOOL.when(self.tool.is_some()))
            .and(M::TOOL_COMMIT.when(self.tool_commit.is_some()))
            .and(M::TORN.when(self.torn.is_some()))
            .and(M::WHO.when(self.who.is_some()))
            .and(self.upkeep())
    }
}

/// serde's message may quote the line; only its place is kept.
fn shape(error: &serde_json::Error) -> RecordFault {
    let what = match error.classify() {
        serde_json::error::Category::Syntax => "not JSON",
        serde_json::error::Category::Eof => "ends too early",
        serde_json::error::Category::Data | serde_json::error::Category::Io => {
            "unknown, repeated or wrong member"
        }
    };
    RecordFault::Shape(format!("{what} at byte {}", error.column()))
}
