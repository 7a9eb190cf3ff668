//! What a log holds, counted.
//! Knows nothing of whether it holds together.

use super::{Decision, Int, Kind, Seen, Status};

/// How many of each there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the count of what its name says")]
pub struct Tally {
    pub boots: u64,
    /// Starts whose records were not synced to disk before they were acted on.
    pub boots_unsynced: u64,
    pub intents: u64,
    pub ok: u64,
    pub tool_errors: u64,
    pub denied_after: u64,
    pub withheld: u64,
    pub failed: u64,
    pub unknown: u64,
    /// Calls that a rule denied.
    pub denials: u64,
    /// Calls that ended before a decision.
    pub failures: u64,
    pub listings: u64,
    /// Messages that never became calls, not records of them.
    pub refused: u64,
    pub errands: u64,
    pub receipts: u64,
    pub recoveries: u64,
    pub redactions: u64,
    pub prunes: u64,
    /// Keys of commitments that were destroyed.
    pub shreds: u64,
    /// Jumps of wall time that the kernel noticed.
    pub clock_steps: u64,
    /// How often wall time went backwards from one record to the next.
    pub clock_back: u64,
}

impl Tally {
    /// Counts one record.
    pub(super) fn add(&mut self, record: &Seen) {
        match record.kind {
            Kind::LogOpen => {
                self.boots += 1;
                self.boots_unsynced += u64::from(record.sync == Some(false));
            }
            Kind::Intent => self.intents += 1,
            Kind::Outcome => self.end(record.status),
            Kind::Decision if record.decision == Some(Decision::Deny) => self.denials += 1,
            Kind::Decision => self.failures += 1,
            Kind::Listing => self.listings += 1,
            Kind::Errand => self.errands += 1,
            Kind::ReceiptMint => self.receipts += 1,
            Kind::Recovery => self.recoveries += 1,
            Kind::Refused => {
                let count = record.count.map_or(0, Int::get);
                self.refused = self.refused.saturating_add(count);
            }
            Kind::Redaction => self.redactions += 1,
            Kind::RetentionPrune => self.prunes += 1,
            Kind::Shred => self.shreds += 1,
            Kind::ClockStep => self.clock_steps += 1,
            Kind::SegmentOpen
            | Kind::SegmentSeal
            | Kind::LogClose
            | Kind::PolicyLoad
            | Kind::CatalogLoad
            | Kind::ToolStanding
            | Kind::SaltKey
            | Kind::KeyRotate
            | Kind::Anchor => {}
        }
    }

    fn end(&mut self, status: Option<Status>) {
        match status {
            Some(Status::Ok) => self.ok += 1,
            Some(Status::ToolError) => self.tool_errors += 1,
            Some(Status::Denied) => self.denied_after += 1,
            Some(Status::Withheld) => self.withheld += 1,
            Some(Status::Failed) => self.failed += 1,
            Some(Status::Unknown) | None => self.unknown += 1,
        }
    }
}
