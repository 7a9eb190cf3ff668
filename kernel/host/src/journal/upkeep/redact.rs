//! Removing the bytes of one record: its leaf stays in its place, and a record says why.
//! Knows nothing of whole files that are removed.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use aegis_core::audit::{Id, Int, Kind, Leaf, Record, Redaction, Text, Tombstone};
use aegis_core::limits::TOMBSTONES_PENDING_MAX;
use aegis_verify::{Line, Lines, LogFiles, SegmentFile, sync_dir};

use super::{Upkeep, UpkeepFault, words};
use crate::capture::forget_calls;
use crate::journal::tiles;

/// Records that no other record depends on for what it means.
const REDACTABLE: [Kind; 5] = [
    Kind::Intent,
    Kind::Decision,
    Kind::Outcome,
    Kind::Listing,
    Kind::ReceiptMint,
];

/// Where a record stands.
struct Place {
    file: SegmentFile,
    from: u64,
    to: u64,
    leaf: Leaf,
    newest: bool,
    /// The call, where what it was decided on may be captured.
    call: Option<Id>,
}

impl Upkeep {
    /// Replaces a record by a tombstone: the number of the record that authorises it.
    ///
    /// # Errors
    /// Where it is no record that may go, the log does not hold, or a step fails.
    pub fn redact(&mut self, seq: u64, approver: &str, reason: &str) -> Result<u64, UpkeepFault> {
        words("approver", approver)?;
        words("reason", reason)?;
        if self.whole()? >= TOMBSTONES_PENDING_MAX as u64 {
            let why = "as many records were removed as a verifier remembers: prune old files first";
            return Err(UpkeepFault::Refused(why.to_owned()));
        }
        let place = self.place(seq)?;
        if place.newest {
            // Only a file that is done is written anew.
            self.writer.turn();
        }
        let mut record = Record::draft(Kind::Redaction);
        record.redaction = Some(Redaction {
            approver: Text::from(approver),
            leaf: place.leaf,
            reason: Text::from(reason),
            seq: Int::saturating(seq),
        });
        let auth = self.record(record)?.seq;
        let captured = place.call.into_iter().collect();
        forget_calls(&self.captures, &captured)
            .map_err(UpkeepFault::io("remove a capture in", &self.captures))?;
        let stone = Tombstone {
            auth,
            leaf: place.leaf,
            seq,
        };
        let step = UpkeepFault::io("write anew", &place.file.path);
        self.bury(&place, stone).map_err(step)?;
        Ok(auth)
    }

    fn place(&self, seq: u64) -> Result<Place, UpkeepFault> {
        let refused = |why: String| Err(UpkeepFault::Refused(why));
        let files = LogFiles::list(&self.dir).map_err(self.io("read"))?;
        let newest = files.segments.last().map(|file| file.first_seq);
        let Some(file) = files.segments.iter().rfind(|file| file.first_seq <= seq) else {
            return refused(format!("record {seq} is not in the folder"));
        };
        let mut lines = Lines::open(&file.path, 0).map_err(self.io("read"))?;
        let mut scratch = Vec::new();
        let mut at = file.first_seq;
        loop {
            let from = lines.offset();
            let line = match lines.advance().map_err(self.io("read"))? {
                Some(Line::Whole(line)) => line,
                _ => return refused(format!("record {seq} is not in the log")),
            };
            if at < seq {
                at += 1;
                continue;
            }
            if let Some(stone) = Tombstone::parse(line) {
                return refused(format!(
                    "record {seq} was removed already: record {} says why",
                    stone.auth
                ));
            }
            let read = Record::parse(line, &mut scratch);
            let call = read.as_ref().ok().and_then(captured_call);
            match read.map(|record| record.kind) {
                Ok(kind) if REDACTABLE.contains(&kind) => {}
                Ok(kind) => {
                    return refused(format!(
                        "record {seq} is a `{}`, which others depend on: only calls, listings and receipts can be removed",
                        kind.as_str()
                    ));
                }
                Err(fault) => return refused(format!("record {seq}: {fault}")),
            }
            let leaf = Leaf::of_line(line);
            let newest = newest == Some(file.first_seq);
            let sealed = tiles::sealed_root(&file.path).map_err(self.io("read"))?;
            if !newest && sealed.is_none() {
                return refused(format!(
                    "record {seq} stands in `{}`, which a crash ended and whose length is declared: prune that file instead",
                    file.name
                ));
            }
            return Ok(Place {
                from,
                to: lines.offset(),
                leaf,
                newest,
                call,
                file: file.clone(),
            });
        }
    }

    /// The file as it was but for one line, in its place in one step; then the bytes that lost their name are blotted.
    fn bury(&self, place: &Place, stone: Tombstone) -> io::Result<()> {
        let path = &place.file.path;
        let copy = copy_of(path);
        match fs::remove_file(&copy) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        fs::set_permissions(path, Permissions::from_mode(0o600))?;
        let mut old = OpenOptions::new().read(true).write(true).open(path)?;
        let new = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&copy)?;
        let mut out = BufWriter::new(&new);
        io::copy(&mut (&old).take(place.from), &mut out)?;
        out.write_all(stone.line().as_bytes())?;
        out.write_all(b"\n")?;
        old.seek(SeekFrom::Start(place.to))?;
        io::copy(&mut &old, &mut out)?;
        out.flush()?;
        drop(out);
        new.set_permissions(Permissions::from_mode(0o400))?;
        self.writer.disk.sync(&new)?;
        new.sync_all()?;
        self.writer.disk.rename(&copy, path)?;
        sync_dir(&self.dir)?;
        blot(old, place.from, place.to)
    }
}

/// The call of a record whose values may be captured.
pub(super) fn captured_call(record: &Record<'_>) -> Option<Id> {
    record.call.filter(|_| record.args.is_some())
}

/// Where a file is written anew; what a crash leaves there is nothing that the log did not hold.
pub(super) fn copy_of(path: &Path) -> std::path::PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}

fn blot(mut file: File, from: u64, to: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(from))?;
    io::copy(&mut io::repeat(0).take(to.saturating_sub(from)), &mut file)?;
    file.sync_all()
}
