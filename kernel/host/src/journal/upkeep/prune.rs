//! Removing whole files of records from the front: their leaves stay in the tiles, so every proof still holds.
//! Knows nothing of single records' contents but their times.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use aegis_core::audit::{Frontier, Id, Int, Kind, Leaf, Pruned, Record, Text, Tombstone};
use aegis_verify::{Line, Lines, LogFiles, SegmentFile, sync_dir};

use super::redact::{captured_call, copy_of};
use super::{Upkeep, UpkeepFault, words};
use crate::capture::forget_calls;
use crate::journal::tiles;

/// Which files stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// So many of the newest.
    Newest(usize),
    /// Those with any record of this time or later, in the form of `ts`: whole, or a part that it begins with.
    Since(String),
}

/// A file that may go.
struct Old {
    file: SegmentFile,
    leaves: Vec<Leaf>,
    /// The newest `ts` in it.
    until: String,
    /// Calls whose values may be captured.
    calls: HashSet<Id>,
}

impl Upkeep {
    /// Removes files from the front, one after the other, each named by a record before it goes. What was removed.
    ///
    /// # Errors
    /// Where nothing may go, the log does not hold, or a step fails: what was removed until then is removed.
    pub fn prune(&mut self, keep: &Keep, reason: Option<&str>) -> Result<Vec<Pruned>, UpkeepFault> {
        if let Some(reason) = reason {
            words("reason", reason)?;
        }
        self.whole()?;
        let files = LogFiles::list(&self.dir).map_err(self.io("read"))?;
        let first = files.segments.first().map_or(0, |file| file.first_seq);
        self.sweep(&files, first).map_err(self.io("sweep"))?;
        let mut tree = tiles::tree(&self.dir, first).map_err(self.io("read the tiles of"))?;
        let kept_least = match keep {
            Keep::Newest(count) => (*count).max(1),
            Keep::Since(_) => 1,
        };
        let going = files.segments.len().saturating_sub(kept_least);
        let mut removed = Vec::new();
        let pairs = files.segments.iter().zip(files.segments.iter().skip(1));
        for (file, next) in pairs.take(going) {
            let old = Old::read(file).map_err(UpkeepFault::io("read", &file.path))?;
            if let Keep::Since(since) = keep
                && old.until.as_str() >= since.as_str()
            {
                break;
            }
            removed.push(self.remove(old, next.first_seq, &mut tree, reason)?);
        }
        if removed.is_empty() {
            return Err(UpkeepFault::Refused(format!(
                "no file may go: {} are there, the newest always stays, and a file goes only if all of it is old enough",
                files.segments.len()
            )));
        }
        Ok(removed)
    }

    fn remove(
        &mut self,
        old: Old,
        to: u64,
        tree: &mut Frontier,
        reason: Option<&str>,
    ) -> Result<Pruned, UpkeepFault> {
        let path = old.file.path.clone();
        let from = old.file.first_seq;
        // What a crash left behind the records may look like lines, and is none.
        let count = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
        let leaves = old.leaves.get(..count);
        let (Some(leaves), Some(leaf)) = (leaves, leaves.and_then(<[Leaf]>::last).copied()) else {
            let why = format!("`{}` holds fewer records than it should", old.file.name);
            return Err(UpkeepFault::Refused(why));
        };
        self.keep_leaves(&path, leaves)
            .map_err(UpkeepFault::io("keep the tiles of", &path))?;
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        let pruned = Pruned {
            from: Int::saturating(from),
            leaf,
            root: tree.root(),
            to: Int::saturating(to),
        };
        let mut record = Record::draft(Kind::RetentionPrune);
        record.prune = Some(pruned.clone());
        record.cause = reason.map(Text::from);
        self.record(record)?;
        forget_calls(&self.captures, &old.calls)
            .map_err(UpkeepFault::io("remove captures in", &self.captures))?;
        let step = UpkeepFault::io("remove", &path);
        self.unlink(&path).map_err(step)?;
        let files = LogFiles::list(&self.dir).map_err(self.io("read"))?;
        self.sweep(&files, to).map_err(self.io("sweep"))?;
        Ok(pruned)
    }

    /// From now on they are all that proofs of these records stand on: they must be right, and on the disk.
    fn keep_leaves(&self, path: &Path, leaves: &[Leaf]) -> io::Result<()> {
        tiles::ensure(path, leaves)?;
        let file = File::open(tiles::path_of(path))?;
        self.writer.disk.sync(&file)?;
        file.sync_all()?;
        sync_dir(&self.dir)
    }

    fn unlink(&self, path: &Path) -> io::Result<()> {
        self.writer.disk.remove(path)?;
        sync_dir(&self.dir)
    }

    /// What belongs to files that are gone: torn beginnings that were set aside, copies that a crash left.
    fn sweep(&self, files: &LogFiles, first: u64) -> io::Result<()> {
        for torn in files.torn.iter().filter(|torn| torn.first_seq < first) {
            self.writer.disk.remove(&torn.path)?;
        }
        for gone in files.tiles.iter().filter(|tile| **tile < first) {
            let name = aegis_verify::segment_name(*gone);
            match fs::remove_file(copy_of(&self.dir.join(name))) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Old {
    fn read(file: &SegmentFile) -> io::Result<Self> {
        let mut lines = Lines::open(&file.path, 0)?;
        let mut scratch = Vec::new();
        let mut old = Self {
            file: file.clone(),
            leaves: Vec::new(),
            until: String::new(),
            calls: HashSet::new(),
        };
        while let Some(Line::Whole(line)) = lines.advance()? {
            old.leaves.push(Tombstone::leaf_at(line));
            let Ok(record) = Record::parse(line, &mut scratch) else {
                continue;
            };
            old.calls.extend(captured_call(&record));
            if record.ts.as_str() > old.until.as_str() {
                record.ts.as_str().clone_into(&mut old.until);
            }
        }
        Ok(old)
    }
}
