//! The closed set of records, and which members each has.
//! Knows nothing of members' contents.

use serde::{Deserialize, Serialize};

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// The kernel starts. The first record of every log is one.
    #[serde(rename = "log.open")]
    LogOpen,
    /// A new file begins.
    #[serde(rename = "segment.open")]
    SegmentOpen,
    /// What a crash left behind is declared.
    #[serde(rename = "recovery")]
    Recovery,
    /// The kernel ends in order.
    #[serde(rename = "log.close")]
    LogClose,
    /// A set of rules comes into force.
    #[serde(rename = "policy.load")]
    PolicyLoad,
    /// A system's catalogue was read, or changed by what was permitted.
    #[serde(rename = "catalog.load")]
    CatalogLoad,
    /// A permitted call, before it is made.
    #[serde(rename = "intent")]
    Intent,
    /// A call that was never made.
    #[serde(rename = "decision")]
    Decision,
    /// The end of a permitted call.
    #[serde(rename = "outcome")]
    Outcome,
    /// Tools were listed.
    #[serde(rename = "listing")]
    Listing,
    /// Messages that never became calls.
    #[serde(rename = "refused")]
    Refused,
    /// The kernel's own use of a downstream.
    #[serde(rename = "errand")]
    Errand,
    /// A declared tool is not what was approved, or is again.
    #[serde(rename = "tool.standing")]
    ToolStanding,
    /// A receipt was minted.
    #[serde(rename = "receipt.mint")]
    ReceiptMint,
    /// A file ends: what is in it.
    #[serde(rename = "segment.seal")]
    SegmentSeal,
    /// A key that salts derive from is used for the first time in this start.
    #[serde(rename = "salt.key")]
    SaltKey,
    /// A key that salts derived from was destroyed.
    #[serde(rename = "shred")]
    Shred,
    /// Another key signs from now on.
    #[serde(rename = "key.rotate")]
    KeyRotate,
    /// An anchor outside took a checkpoint, or failed to.
    #[serde(rename = "anchor")]
    Anchor,
    /// The bytes of one record are to be removed, its hash stays.
    #[serde(rename = "redaction")]
    Redaction,
    /// Whole files are to be removed, their hashes stay.
    #[serde(rename = "retention.prune")]
    RetentionPrune,
    /// Wall time jumped.
    #[serde(rename = "clock.step")]
    ClockStep,
}

use Members as M;

impl Kind {
    /// All kinds, in the order in which they are documented.
    pub const ALL: [Self; 22] = [
        Self::LogOpen,
        Self::SegmentOpen,
        Self::Recovery,
        Self::LogClose,
        Self::PolicyLoad,
        Self::CatalogLoad,
        Self::Intent,
        Self::Decision,
        Self::Outcome,
        Self::Listing,
        Self::Refused,
        Self::Errand,
        Self::ToolStanding,
        Self::ReceiptMint,
        Self::SegmentSeal,
        Self::SaltKey,
        Self::Shred,
        Self::KeyRotate,
        Self::Anchor,
        Self::Redaction,
        Self::RetentionPrune,
        Self::ClockStep,
    ];

    /// The word in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LogOpen => "log.open",
            Self::SegmentOpen => "segment.open",
            Self::Recovery => "recovery",
            Self::LogClose => "log.close",
            Self::PolicyLoad => "policy.load",
            Self::CatalogLoad => "catalog.load",
            Self::Intent => "intent",
            Self::Decision => "decision",
            Self::Outcome => "outcome",
            Self::Listing => "listing",
            Self::Refused => "refused",
            Self::Errand => "errand",
            Self::ToolStanding => "tool.standing",
            Self::ReceiptMint => "receipt.mint",
            Self::SegmentSeal => "segment.seal",
            Self::SaltKey => "salt.key",
            Self::Shred => "shred",
            Self::KeyRotate => "key.rotate",
            Self::Anchor => "anchor",
            Self::Redaction => "redaction",
            Self::RetentionPrune => "retention.prune",
            Self::ClockStep => "clock.step",
        }
    }

    /// Whether a record of this kind may have these members and no others.
    pub(super) fn fits(self, present: Members) -> bool {
        let (must, may) = self.members();
        present.has(must) && must.and(may).has(present)
    }

    /// The members that a record of this kind must have, and those that it may have beside.
    fn members(self) -> (Members, Members) {
        match self {
            Self::LogOpen => (M::START.and(M::OPEN), M::NONE),
            Self::SegmentOpen => (M::OPEN, M::NONE),
            Self::Recovery => (M::TORN, M::NONE),
            Self::LogClose => (M::NONE, M::CAUSE),
            Self::PolicyLoad => (M::EPOCH, M::TEXTS),
            Self::CatalogLoad => (M::CATALOG.and(M::CAUSE).and(M::SERVER), M::NONE),
            Self::Intent => (
                M::ARGS
                    .and(M::CALL)
                    .and(M::CAPABILITIES)
                    .and(M::DECISION)
                    .and(M::EPOCH)
                    .and(M::FACTS)
                    .and(M::OBLIGATIONS)
                    .and(M::SERVER)
                    .and(M::TOOL)
                    .and(M::WHO),
                M::BASIS
                    .and(M::CATALOG)
                    .and(M::CUT)
                    .and(M::SALTS)
                    .and(M::SPENT),
            ),
            Self::Decision => (
                M::ARGS
                    .and(M::CALL)
                    .and(M::DECISION)
                    .and(M::DUR)
                    .and(M::WHO),
                M::BASIS
                    .and(M::CAPABILITIES)
                    .and(M::CATALOG)
                    .and(M::CAUSE)
                    .and(M::CUT)
                    .and(M::EPOCH)
                    .and(M::FACTS)
                    .and(M::RULES)
                    .and(M::SALTS)
                    .and(M::SERVER)
                    .and(M::TOOL)
                    .and(M::TOOL_COMMIT),
            ),
            Self::Outcome => (
                M::CALL.and(M::SENT).and(M::STATUS),
                M::CAUSE
                    .and(M::CUT)
                    .and(M::DUR)
                    .and(M::FINDINGS)
                    .and(M::MASKED)
                    .and(M::RESULT)
                    .and(M::RULES)
                    .and(M::SALTS),
            ),
            Self::Listing => (M::COUNT.and(M::WHO), M::NONE),
            Self::Refused => (M::CAUSE.and(M::COUNT), M::NONE),
            Self::Errand => (M::ERRAND.and(M::SERVER), M::NONE),
            Self::ToolStanding => (M::CAUSE.and(M::SERVER).and(M::TOOL), M::NONE),
            Self::ReceiptMint => (M::RECEIPT, M::NONE),
            Self::SegmentSeal => (M::SEAL, M::NONE),
            Self::SaltKey => (M::SALT_KEY, M::NONE),
            Self::Shred => (M::SALT_KEY, M::CAUSE),
            Self::KeyRotate => (M::ROTATE, M::NONE),
            Self::Anchor => (M::ANCHOR, M::CAUSE.and(M::DUR)),
            Self::Redaction => (M::REDACTION, M::NONE),
            Self::RetentionPrune => (M::PRUNE, M::CAUSE),
            Self::ClockStep => (M::CLOCK, M::NONE),
        }
    }
}

/// A set of optional members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Members(u64);

impl Members {
    pub(super) const NONE: Self = Self(0);
    pub(super) const ARGS: Self = Self(1);
    pub(super) const CALL: Self = Self(1 << 1);
    pub(super) const CAPABILITIES: Self = Self(1 << 2);
    pub(super) const CAUSE: Self = Self(1 << 3);
    pub(super) const COUNT: Self = Self(1 << 4);
    pub(super) const CUT: Self = Self(1 << 5);
    pub(super) const DECISION: Self = Self(1 << 6);
    pub(super) const DUR: Self = Self(1 << 7);
    pub(super) const EPOCH: Self = Self(1 << 8);
    pub(super) const ERRAND: Self = Self(1 << 9);
    pub(super) const FACTS: Self = Self(1 << 10);
    pub(super) const FINDINGS: Self = Self(1 << 11);
    pub(super) const MASKED: Self = Self(1 << 12);
    pub(super) const OBLIGATIONS: Self = Self(1 << 13);
    pub(super) const OPEN: Self = Self(1 << 14);
    pub(super) const BASIS: Self = Self(1 << 15);
    pub(super) const RECEIPT: Self = Self(1 << 16);
    pub(super) const RESULT: Self = Self(1 << 17);
    pub(super) const RULES: Self = Self(1 << 18);
    pub(super) const SENT: Self = Self(1 << 19);
    pub(super) const SERVER: Self = Self(1 << 20);
    pub(super) const SPENT: Self = Self(1 << 21);
    pub(super) const START: Self = Self(1 << 22);
    pub(super) const STATUS: Self = Self(1 << 23);
    pub(super) const TOOL: Self = Self(1 << 24);
    pub(super) const TOOL_COMMIT: Self = Self(1 << 25);
    pub(super) const TORN: Self = Self(1 << 26);
    pub(super) const WHO: Self = Self(1 << 27);
    pub(super) const ANCHOR: Self = Self(1 << 28);
    pub(super) const CLOCK: Self = Self(1 << 29);
    pub(super) const PRUNE: Self = Self(1 << 30);
    pub(super) const REDACTION: Self = Self(1 << 31);
    pub(super) const ROTATE: Self = Self(1 << 32);
    pub(super) const SALT_KEY: Self = Self(1 << 33);
    pub(super) const SALTS: Self = Self(1 << 34);
    pub(super) const SEAL: Self = Self(1 << 35);
    pub(super) const TEXTS: Self = Self(1 << 36);
    pub(super) const CATALOG: Self = Self(1 << 37);

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set where `present`, else the empty one.
    pub(super) const fn when(self, present: bool) -> Self {
        if present { self } else { Self::NONE }
    }

    /// Whether all of `other` are in this set.
    const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
