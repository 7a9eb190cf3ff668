//! Reads a log's folder from its first byte to its last and says whether it holds.
//! Knows nothing of how it is reported, and writes nothing.

use std::io;
use std::path::Path;

use aegis_core::audit::{Class, Kind, Leaf, Record, Torn, Verifier, Violation};

use super::files::{LogFiles, SegmentFile};
use super::head::Anchor;
use super::lines::{Line, Lines};
use super::tail;

/// Where a check begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// At record 0.
    Whole,
    /// At the newest file that can be followed by itself; what it says of the past is taken on trust.
    Newest,
}

/// Something that does not hold, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What.
    pub violation: Violation,
    /// In which file.
    pub file: String,
    /// At which byte.
    pub offset: u64,
}

/// What a check found.
#[derive(Debug)]
pub struct Check {
    /// Files read.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// The state after the last record that holds.
    pub verifier: Verifier,
    /// The first thing that does not hold.
    pub broken: Option<Broken>,
    /// Torn tails that no record declares yet.
    pub torn: Vec<Torn<'static>>,
    /// Torn tails that a `recovery` record declares.
    pub torn_declared: u64,
    /// The file of the last record that holds, and its bytes up to there.
    pub good: (String, u64),
    /// The newest record that an anchor vouches for.
    pub anchored: Option<u64>,
}

/// Checks a folder against what is known of it from elsewhere.
///
/// # Errors
/// Where it cannot be read. What does not hold is no error but [`Check::broken`].
pub fn check(dir: &Path, scope: Scope, anchors: &[Anchor]) -> io::Result<Check> {
    let files = LogFiles::list(dir)?;
    let begin = match scope {
        Scope::Whole => 0,
        Scope::Newest => tail::newest(&files.segments, anchors)?,
    };
    let segments = files.segments.get(begin..).unwrap_or_default();
    let mut walk = Walk::new(segments, &files.torn, anchors, begin > 0);
    for (at, segment) in segments.iter().enumerate() {
        walk.file(segment)?;
        if let Some(broken) = &mut walk.check.broken {
            let ahead = segments.get(at..).unwrap_or_default();
            if broken.violation.class == Class::Gap
                && tail::holds(ahead, broken.offset, broken.violation.seq)?
            {
                broken.violation.class = Class::Reorder;
            }
            return Ok(walk.check);
        }
    }
    walk.finish()
}

struct Walk<'a> {
    check: Check,
    torn_files: &'a [SegmentFile],
    /// Sorted by number; the front is the next to come.
    anchors: Vec<Anchor>,
    /// Records of the present file so far.
    in_file: u64,
    partial: bool,
    /// The number that the last file was named after.
    last_begun: Option<u64>,
}

impl<'a> Walk<'a> {
    fn new(
        segments: &[SegmentFile],
        torn_files: &'a [SegmentFile],
        anchors: &[Anchor],
        partial: bool,
    ) -> Self {
        let verifier = match segments.first() {
            Some(first) if partial => Verifier::from_file(first.first_seq),
            _ => Verifier::from_start(),
        };
        let mut anchors = anchors.to_vec();
        anchors.sort_by_key(|anchor| std::cmp::Reverse(anchor.seq));
        let check = Check {
            files: 0,
            bytes: 0,
            verifier,
            broken: None,
            torn: Vec::new(),
            torn_declared: 0,
            good: (String::new(), 0),
            anchored: None,
        };
        Self {
            check,
            torn_files,
            anchors,
            in_file: 0,
            partial,
            last_begun: None,
        }
    }

    fn broken(&mut self, violation: Violation, file: &SegmentFile, offset: u64) {
        self.check.broken = Some(Broken {
            violation,
            file: file.name.clone(),
            offset,
        });
    }

    fn file(&mut self, file: &SegmentFile) -> io::Result<()> {
        self.in_file = 0;
        self.last_begun = Some(file.first_seq);
        self.check.files += 1;
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
        let mut lines = Lines::open(&file.path, 0)?;
        loop {
            let offset = lines.offset();
            let accepted = match lines.advance()? {
                None => break,
                Some(Line::Whole(line)) => self.record(line, file, offset),
                Some(Line::Rest | Line::TooLong) => Err(self
                    .check
                    .verifier
                    .wrong(Class::Malformed, "bytes without a newline".into())),
            };
            if let Err(violation) = accepted {
                return self.stop(violation, file, offset);
            }
            self.check.good = (file.name.clone(), lines.offset());
            self.in_file += 1;
        }
        self.check.bytes += lines.offset();
        Ok(())
    }

    /// What does not hold is either a torn tail, to be declared by the next file, or a violation.
    fn stop(&mut self, violation: Violation, file: &SegmentFile, offset: u64) -> io::Result<()> {
        if violation.class == Class::Malformed {
            let measured = tail::measure(file, offset)?;
            if measured.is_torn {
                self.check.bytes += offset;
                self.check.torn.push(measured.torn);
                return Ok(());
            }
        }
        self.broken(violation, file, offset);
        Ok(())
    }

    fn record(&mut self, line: &[u8], file: &SegmentFile, offset: u64) -> Result<(), Violation> {
        let first_seen = self.check.verifier.last_leaf().is_none();
        let (record, leaf) = self.check.verifier.accept(line)?;
        let seq = record.seq.get();
        if first_seen && let Some(before) = seq.checked_sub(1) {
            self.vouch(before, record.prev, &record)?;
        }
        self.vouch(seq, leaf, &record)?;
        self.recovered(&record, file, offset)
    }

    /// Bytes that a crash left must be declared by the second record of the file that follows.
    fn recovered(
        &mut self,
        record: &Record<'_>,
        file: &SegmentFile,
        offset: u64,
    ) -> Result<(), Violation> {
        let declares = record.kind == Kind::Recovery;
        if !declares && (self.check.torn.is_empty() || self.in_file == 0) {
            return Ok(());
        }
        let wrong = |detail: &str| Violation {
            class: Class::Edit,
            seq: record.seq.get(),
            detail: format!("{detail} ({}:{offset})", file.name),
        };
        if self.in_file != 1 || !declares {
            return Err(wrong(
                "bytes after a file's last record that no recovery declares",
            ));
        }
        let declared = record.torn.as_deref().unwrap_or_default();
        let unseen = self.partial && self.check.files == 1;
        if !unseen && declared != self.check.torn.as_slice() {
            return Err(wrong("a recovery that declares other bytes than are there"));
        }
        self.check.torn_declared += u64::try_from(declared.len()).unwrap_or_default();
        self.check.torn.clear();
        Ok(())
    }

    /// Compares a record with what is known of it from elsewhere.
    fn vouch(&mut self, seq: u64, leaf: Leaf, record: &Record<'_>) -> Result<(), Violation> {
        while let Some(anchor) = self.anchors.last() {
            if anchor.seq > seq {
                break;
            }
            let wrong = |class, detail: &str| {
                Err(Violation {
                    class,
                    seq: anchor.seq,
                    detail: detail.to_owned(),
                })
            };
            if anchor.log != record.log {
                return wrong(Class::Splice, "the head or an anchor names another log");
            }
            if anchor.seq == seq && anchor.leaf != leaf {
                return wrong(
                    Class::Edit,
                    "the record is not the one that the head or an anchor names",
                );
            }
            if anchor.seq == seq {
                self.check.anchored = Some(seq);
            }
            self.anchors.pop();
        }
        Ok(())
    }

    /// What can only be said once all files are read.
    fn finish(mut self) -> io::Result<Check> {
        let next = self.check.verifier.next_seq();
        // Set aside by a start that then crashed in its turn: the file that would declare it is not there.
        let unread = |file: &&SegmentFile| {
            file.first_seq == next && self.last_begun.is_none_or(|begun| begun < next)
        };
        for file in self.torn_files.iter().filter(unread) {
            let torn = tail::measure(file, 0)?.torn;
            self.check.torn.push(torn);
        }
        let lost = |class, seq, detail: String| Violation { class, seq, detail };
        let (file, offset) = self.check.good.clone();
        let mut broken = |violation| {
            self.check.broken = Some(Broken {
                violation,
                file: file.clone(),
                offset,
            });
        };
        if let Some(anchor) = self.anchors.first() {
            let detail = format!("the head or an anchor names record {}", anchor.seq);
            broken(lost(Class::Truncated, next, detail));
        } else if let Some(file) = self.torn_files.iter().find(|file| file.first_seq > next) {
            let detail = format!("`{}` belongs to no file of the log", file.name);
            broken(lost(Class::Gap, next, detail));
        }
        Ok(self.check)
    }
}
