//! Reads a log's folder from its first byte to its last and says whether it holds.
//! Knows nothing of how it is reported, and writes nothing.

use std::io;
use std::path::Path;

use aegis_core::audit::{Class, Glance, Kind, Leaf, Seen, Verifier, Violation};

use super::auditor::begin_whole;
use super::claims::{Claims, Found};
use super::feed::{self, Batch, Cores, Ending};
use super::files::{LogFiles, SegmentFile};
pub use super::findings::{Broken, Check};
use super::head::Anchor;
use super::meaning::{at, meaning};
use super::tail;
use super::tiles::{self, Tiles};

/// Where a check begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// At record 0.
    Whole,
    /// At the newest file that can be followed by itself; what it says of the past is taken on trust.
    Newest,
}

/// A kernel's start leaves the other cores to others.
const ONE: Cores = Cores {
    threads: 1,
    chunk: 0,
};

/// Checks a folder against heads alone: what the kernel's start does.
///
/// # Errors
/// Where it cannot be read. What does not hold is no error but [`Check::broken`].
pub fn check(dir: &Path, scope: Scope, anchors: &[Anchor]) -> io::Result<Check> {
    let files = LogFiles::list(dir)?;
    let begin = match scope {
        Scope::Whole => 0,
        Scope::Newest => tail::newest(&files.segments, anchors)?,
    };
    if begin == 0 {
        return begin_whole(dir, &files, anchors, None, None, ONE);
    }
    let segments = files.segments.get(begin..).unwrap_or_default();
    let verifier = Verifier::from_file(segments.first().map_or(0, |first| first.first_seq));
    Walk::new(dir, verifier, &files.torn, anchors, true, None).run(segments, ONE)
}

pub(crate) struct Walk<'a> {
    dir: &'a Path,
    pub(crate) check: Check,
    torn_files: &'a [SegmentFile],
    /// Sorted by number; the last is the next to come.
    anchors: Vec<Anchor>,
    claims: Option<Claims>,
    tiles: Option<Tiles>,
    /// What the tiles say against the records. The records speak first: tiles can be made again by anyone.
    odd_tiles: Option<Broken>,
    /// Records of the present file so far.
    in_file: u64,
    partial: bool,
    pub(crate) must_be_pruned: bool,
    /// The root at the first record that was read.
    root_before: Leaf,
    /// The file that is being read, by its place in the list.
    present: Option<usize>,
    /// The number that the last file was named after.
    last_begun: Option<u64>,
    /// A file whose lines are not judged any more: torn.
    skip: bool,
    /// Whether the present file has a tombstone, which is shorter than any record.
    shortened: bool,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        dir: &'a Path,
        verifier: Verifier,
        torn_files: &'a [SegmentFile],
        anchors: &[Anchor],
        partial: bool,
        claims: Option<Claims>,
    ) -> Self {
        let mut anchors = anchors.to_vec();
        anchors.sort_by_key(|anchor| std::cmp::Reverse(anchor.seq));
        let root_before = verifier.root();
        let check = Check {
            files: 0,
            bytes: 0,
            verifier,
            broken: None,
            torn: Vec::new(),
            torn_declared: 0,
            good: (String::new(), 0),
            anchored: None,
            found: Found::default(),
            first: 0,
            pruned: false,
            tiles: 0,
            tiles_behind: 0,
        };
        Self {
            dir,
            check,
            torn_files,
            anchors,
            claims,
            tiles: None,
            odd_tiles: None,
            in_file: 0,
            partial,
            must_be_pruned: false,
            root_before,
            present: None,
            last_begun: None,
            skip: false,
            shortened: false,
        }
    }

    pub(crate) fn run(mut self, segments: &[SegmentFile], cores: Cores) -> io::Result<Check> {
        self.claimed()?;
        if self.check.broken.is_none() {
            feed::each(segments, cores, |batch| self.batch(&batch, segments))?;
        }
        if self.check.broken.is_none() {
            self.finish()?;
            self.check.broken = self.check.broken.take().or_else(|| self.odd_tiles.take());
        } else if let (Some(broken), Some(at)) = (&mut self.check.broken, self.present) {
            let ahead = segments.get(at..).unwrap_or_default();
            if broken.violation.class == Class::Gap
                && tail::holds(ahead, broken.offset, broken.violation.seq)?
            {
                broken.violation.class = Class::Reorder;
            }
        }
        if let Some(claims) = self.claims {
            self.check.found = claims.found;
        }
        Ok(self.check)
    }

    fn odd(&mut self, violation: Violation, file: &SegmentFile, offset: u64) {
        self.odd_tiles.get_or_insert_with(|| Broken {
            violation,
            file: file.name.clone(),
            offset,
        });
    }

    fn broken(&mut self, violation: Violation, file: &SegmentFile, offset: u64) {
        self.check.broken = Some(Broken {
            violation,
            file: file.name.clone(),
            offset,
        });
    }

    /// Takes some lines of one file; false where nothing more need be read.
    fn batch(&mut self, batch: &Batch, segments: &[SegmentFile]) -> io::Result<bool> {
        let Some(file) = segments.get(batch.file) else {
            return Ok(false);
        };
        if self.present != Some(batch.file) {
            self.present = Some(batch.file);
            self.begin(file)?;
        }
        for step in &batch.steps {
            if self.check.broken.is_some() {
                return Ok(false);
            }
            if self.skip {
                break;
            }
            let accepted = match &step.line {
                Ok(line) => self.line(line, file, step.offset)?,
                Err(fault) => {
                    let verifier = &self.check.verifier;
                    Err(verifier.wrong(Class::Malformed, fault.to_string()))
                }
            };
            match accepted {
                Err(violation) => self.stop(violation, file, step.offset)?,
                Ok(()) => {
                    self.check.good.1 = step.end;
                    self.in_file += 1;
                    self.claimed()?;
                }
            }
        }
        if let (Some(Ending::Rest(offset)), false, None) =
            (batch.ending, self.skip, &self.check.broken)
        {
            let verifier = &self.check.verifier;
            let wrong = verifier.wrong(Class::Malformed, "bytes without a newline".into());
            self.stop(wrong, file, offset)?;
        }
        if let Some(Ending::Whole(offset)) = batch.ending
            && !self.skip
        {
            self.check.bytes += offset;
        }
        if batch.ending.is_some() && self.check.broken.is_none() {
            self.end(file)?;
        }
        Ok(self.check.broken.is_none())
    }

    fn begin(&mut self, file: &SegmentFile) -> io::Result<()> {
        self.in_file = 0;
        self.skip = false;
        self.shortened = false;
        self.last_begun = Some(file.first_seq);
        self.check.files += 1;
        self.tiles = match &self.claims {
            Some(_) => Tiles::open(&self.dir.join(tiles::tiles_name(file.first_seq)))?,
            None => None,
        };
        if let Err(violation) = self.check.verifier.begin_file(file.first_seq) {
            self.broken(violation, file, 0);
            return Ok(());
        }
        for set_aside in self.torn_files {
            if set_aside.first_seq == file.first_seq {
                let torn = tail::measure(set_aside, 0)?.torn;
                self.check.torn.push(torn);
            }
        }
        Ok(())
    }

    /// Tiles may be behind their records, since nothing waits for them. More of them than records is an end cut off.
    fn end(&mut self, file: &SegmentFile) -> io::Result<()> {
        let Some(mut tiles) = self.tiles.take() else {
            self.check.tiles_behind += u64::from(self.claims.is_some());
            return Ok(());
        };
        self.check.tiles += tiles.read;
        self.check.tiles_behind += u64::from(tiles.read < self.in_file);
        if self.in_file > 0 && tiles.read == self.in_file && tiles.advance()?.is_some() {
            let detail = "the file's tiles hold more records than the file";
            let wrong = self.check.verifier.wrong(Class::Truncated, detail.into());
            self.odd(wrong, file, self.check.good.1);
        }
        Ok(())
    }

    /// What does not hold is either a torn tail, to be declared by the next file, or a violation.
    fn stop(&mut self, violation: Violation, file: &SegmentFile, offset: u64) -> io::Result<()> {
        if violation.class == Class::Malformed {
            let measured = tail::measure(file, offset)?;
            if measured.is_torn {
                self.check.bytes += offset;
                self.check.torn.push(measured.torn);
                self.skip = true;
                return Ok(());
            }
        }
        self.broken(violation, file, offset);
        Ok(())
    }

    fn line(
        &mut self,
        line: &Glance,
        file: &SegmentFile,
        offset: u64,
    ) -> io::Result<Result<(), Violation>> {
        let first_seen = self.check.verifier.last_leaf().is_none();
        if let Err(violation) = self.check.verifier.take(line) {
            return Ok(Err(violation));
        }
        self.check.good.0.clone_from(&file.name);
        let (seq, leaf) = (line.seq(), line.leaf());
        if let Some(tiles) = &mut self.tiles
            && tiles.read == self.in_file
            && tiles.advance()?.is_some_and(|tile| tile != leaf)
        {
            let detail = format!("the tile of record {seq} is not its leaf");
            self.odd(at(Class::Tiles, seq, detail), file, offset);
        }
        let seen = match line {
            Glance::Record(seen) => Some(seen.as_ref()),
            Glance::Tombstone(_) => {
                self.shortened = true;
                None
            }
        };
        if first_seen
            && let (Some(before), Some(seen)) = (seq.checked_sub(1), seen)
            && let Err(wrong) = self.vouch(before, seen.prev)
        {
            return Ok(Err(wrong));
        }
        if let Err(wrong) = self.vouch(seq, leaf) {
            return Ok(Err(wrong));
        }
        let shortened = self.shortened;
        Ok(match seen {
            Some(seen) => self
                .recovered(seen, file, offset)
                .and_then(|()| meaning(seen, offset, shortened)),
            None => Ok(()),
        })
    }

    /// Bytes that a crash left must be declared by the second record of the file that follows.
    fn recovered(
        &mut self,
        record: &Seen,
        file: &SegmentFile,
        offset: u64,
    ) -> Result<(), Violation> {
        let declares = record.kind == Kind::Recovery;
        if !declares && (self.check.torn.is_empty() || self.in_file == 0) {
            return Ok(());
        }
        let wrong = |detail: &str| {
            let detail = format!("{detail} ({}:{offset})", file.name);
            at(Class::Edit, record.seq, detail)
        };
        if self.in_file != 1 || !declares {
            return Err(wrong(
                "bytes after a file's last record that no recovery declares",
            ));
        }
        let declared = record.torn.as_deref().unwrap_or_default();
        let unseen = self.check.files == 1 && (self.partial || self.check.first > 0);
        if !unseen && declared != self.check.torn.as_slice() {
            return Err(wrong("a recovery that declares other bytes than are there"));
        }
        self.check.torn_declared += u64::try_from(declared.len()).unwrap_or_default();
        self.check.torn.clear();
        Ok(())
    }

    /// Compares a record with what heads and receipts say.
    fn vouch(&mut self, seq: u64, leaf: Leaf) -> Result<(), Violation> {
        while let Some(anchor) = self.anchors.last() {
            if anchor.seq > seq {
                break;
            }
            if Some(anchor.log) != self.check.verifier.log() {
                let detail = "the head or an anchor names another log".to_owned();
                return Err(at(Class::Splice, anchor.seq, detail));
            }
            if anchor.seq == seq && anchor.leaf != leaf {
                let detail = format!(
                    "the record is not the one that the head or an anchor names: {leaf}, not {}",
                    anchor.leaf
                );
                return Err(at(Class::Edit, anchor.seq, detail));
            }
            if anchor.seq == seq {
                self.check.anchored = Some(seq);
            }
            self.anchors.pop();
        }
        Ok(())
    }

    /// Compares the tree so far with what signed checkpoints say.
    fn claimed(&mut self) -> io::Result<()> {
        let Some(claims) = &mut self.claims else {
            return Ok(());
        };
        let verifier = &self.check.verifier;
        let size = verifier.next_seq();
        let compared = match claims.wants(size)? {
            Ok(false) => return Ok(()),
            Ok(true) => claims.at(size, verifier.root(), verifier.log(), verifier.times().1)?,
            Err(broken) => Err(broken),
        };
        if let Err(broken) = compared {
            self.check.broken = Some(broken);
            self.present = None;
        }
        Ok(())
    }

    /// What can only be said once all files are read.
    fn finish(&mut self) -> io::Result<()> {
        let next = self.check.verifier.next_seq();
        // Set aside by a start that then crashed in its turn: the file that would declare it is not there.
        let unread = |file: &&SegmentFile| {
            file.first_seq == next && self.last_begun.is_none_or(|begun| begun < next)
        };
        for file in self.torn_files.iter().filter(unread) {
            let torn = tail::measure(file, 0)?.torn;
            self.check.torn.push(torn);
        }
        let wrong = if let Some(anchor) = self.anchors.first() {
            let detail = format!(
                "the head or an anchor names record {}, {next} are there",
                anchor.seq
            );
            Some(at(Class::Truncated, next, detail))
        } else if let Some(file) = self.torn_files.iter().find(|file| file.first_seq > next) {
            let detail = format!("`{}` belongs to no file of the log", file.name);
            Some(at(Class::Gap, next, detail))
        } else if let Some(stone) = self.check.verifier.removed().unauthorised() {
            let detail = "a tombstone that no redaction record authorises".to_owned();
            Some(at(Class::UnauthRedaction, stone.seq, detail))
        } else {
            self.unpruned()
        };
        if let Some(violation) = wrong {
            let (file, offset) = self.check.good.clone();
            self.check.broken = Some(Broken {
                violation,
                file,
                offset,
            });
            return Ok(());
        }
        if let Some(claims) = &mut self.claims
            && let Err(broken) = claims.finish(next)?
        {
            self.check.broken = Some(broken);
        }
        Ok(())
    }

    /// Records that are missing from the front must have been removed by a record that names the tree they were.
    fn unpruned(&mut self) -> Option<Violation> {
        if !self.must_be_pruned {
            return None;
        }
        let first = self.check.first;
        let declared = self.check.verifier.pruned();
        let holds =
            declared.is_some_and(|prune| prune.to.get() == first && prune.root == self.root_before);
        self.check.pruned = holds;
        (!holds).then(|| {
            let detail = format!(
                "records before {first} are missing, and no record says that they were removed"
            );
            at(Class::Gap, 0, detail)
        })
    }
}
