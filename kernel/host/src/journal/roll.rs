//! One file of the log ends and the next one begins.
//! Knows nothing of the records between.

use std::io;
use std::sync::Arc;

use aegis_core::audit::{Int, Kind, Record, Seal, timestamp};
use aegis_core::limits::{SEGMENT_AGE_MAX_S, SEGMENT_CLOSE_BYTES_MIN};

use super::segment::{Segment, is_full};
use super::writer::Writer;

impl Writer {
    /// Begins a new file where the present one is large or old enough. Nothing waits to be written.
    pub(super) fn roll(&mut self) {
        // Once the disk is full the log is about to be closed: what room there is belongs to what is under way.
        if self.is_due() && self.full.is_none() && self.is_writing() {
            self.turn();
        }
    }

    /// Whether the present file is large or old enough.
    pub(super) fn is_due(&self) -> bool {
        self.segment.len() >= self.segment_bytes_max || self.is_old()
    }

    /// Seals the present file and begins the next one.
    pub(super) fn turn(&mut self) {
        self.seal();
        if !self.is_writing() {
            return;
        }
        self.write_head();
        self.ask_checkpoint(None);
        let mut created = self.create();
        if created.as_ref().is_err_and(is_full) && self.relieve() {
            created = self.create();
        }
        match created {
            Ok(segment) => {
                self.segment = segment;
                self.before = self.tree.clone();
                let mut record = Record::draft(Kind::SegmentOpen);
                record.open = Some(self.in_flight());
                let _ = self.put(&mut record);
            }
            Err(error) => self.poisoned_by("beginning a file of the log", &error),
        }
    }

    fn create(&self) -> io::Result<Segment> {
        let now = timestamp(self.clock.unix_ns());
        Segment::create(&self.dir, self.next, now, self.sync, Arc::clone(&self.disk))
    }

    /// Seals a file that is worth it, at the end.
    pub(super) fn seal_at_close(&mut self) {
        if self.segment.len() >= SEGMENT_CLOSE_BYTES_MIN && self.is_writing() {
            self.seal();
        }
    }

    /// The last record of a file says what is in it; then nobody writes it any more.
    fn seal(&mut self) {
        self.flush();
        let mut record = Record::draft(Kind::SegmentSeal);
        record.seal = Some(Seal {
            bytes: Int::saturating(self.segment.len()),
            count: Int::saturating(self.segment.count()),
            root: self.tree.root(),
        });
        let _ = self.put(&mut record);
        self.flush();
        if !self.is_writing() {
            return;
        }
        if let Err(error) = self.segment.end(self.sync) {
            self.poisoned_by("sealing a file of the log", &error);
        }
    }

    fn is_old(&self) -> bool {
        let age_ns = SEGMENT_AGE_MAX_S * 1_000_000_000;
        let oldest = timestamp(self.clock.unix_ns().saturating_sub(age_ns));
        // Fixed width: text order is time order.
        self.segment.count() > 0 && self.segment.first_ts() < oldest.as_str()
    }
}
