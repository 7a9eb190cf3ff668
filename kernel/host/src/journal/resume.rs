//! Where the kernel last knew its log to be whole, so that a start need not judge again what it wrote itself.
//! Knows nothing of how a log is opened.
//!
//! It lies beside the second head and is worth as much: it is believed only where every byte before it hashes
//! to what it names. It saves judging those bytes, never hashing them.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use aegis_core::audit::{Class, Frontier, Id, Leaf, Resumed, Verifier, Violation};
use aegis_verify::{Anchor, Broken, Line, Lines, LogFiles, SegmentFile, read_bounded};
use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::segment::Content;
use super::tiles;
use crate::private_file::replace;

/// Longest such file, in bytes: the calls in flight and the peaks of a tree fit several times.
const RESUME_BYTES_MAX: usize = 256 * 1024;

/// A state of the log between two records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Resume {
    pub(super) boot: Id,
    pub(super) closed: bool,
    /// The first record of the file that the next record goes to.
    pub(super) file: u64,
    pub(super) leaf: Leaf,
    pub(super) log: Id,
    /// How many records there are.
    pub(super) next: u64,
    /// Bytes of the file.
    pub(super) offset: u64,
    /// Calls in flight.
    pub(super) open: Vec<Id>,
    /// The tree before the file, see [`Frontier::peaks`].
    pub(super) peaks: Vec<Leaf>,
    /// The tree over all records.
    pub(super) root: Leaf,
    pub(super) sealed: bool,
    /// SHA-256 of the file's bytes up to `offset`.
    pub(super) sha256: Leaf,
}

/// A log that was followed from a [`Resume`].
pub(super) struct Followed {
    pub(super) verifier: Verifier,
    pub(super) newest: SegmentFile,
    pub(super) content: Content,
    pub(super) before: Frontier,
    pub(super) tree: Frontier,
}

impl Resume {
    /// Reads one; `None` where there is none, or a crash left no whole one.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let text = read_bounded(path, RESUME_BYTES_MAX).ok()??;
        let text = String::from_utf8(text).ok()?;
        let (body, sum) = text.strip_suffix('\n')?.rsplit_once('\n')?;
        if Leaf::of_bytes(body.as_bytes()).to_string() != sum {
            return None;
        }
        serde_json::from_str(body).ok()
    }

    /// Replaces it in one step.
    pub(super) fn write(&self, path: &Path, sync: bool) -> io::Result<()> {
        let body = serde_json::to_string(self).map_err(io::Error::other)?;
        let text = format!("{body}\n{}\n", Leaf::of_bytes(body.as_bytes()));
        replace(path, text.as_bytes(), sync)
    }

    /// Hashes the newest file up to here, compares, and judges only what follows. `None` where the log has to be
    /// judged as if nothing were known of it.
    ///
    /// # Errors
    /// What does not hold, or that the file cannot be read.
    pub(super) fn follow(
        &self,
        files: &LogFiles,
        heads: &[(PathBuf, Anchor)],
    ) -> io::Result<Option<Result<Followed, Broken>>> {
        let Some(newest) = files.segments.last() else {
            return Ok(None);
        };
        let aside = files.torn.iter().any(|file| file.first_seq >= self.file);
        let Some(before) = Frontier::from_peaks(self.file, self.peaks.clone()) else {
            return Ok(None);
        };
        if newest.first_seq != self.file || aside || self.next < self.file {
            return Ok(None);
        }
        let mut walk = Walk {
            resume: self,
            content: Content::default(),
            tree: before.clone(),
            verifier: None,
        };
        if let Some((content, tree)) = self.as_it_was(newest, &before)? {
            (walk.content, walk.tree) = (content, tree);
        }
        let mut lines = Lines::open(&newest.path, walk.content.len)?;
        let done = loop {
            let offset = lines.offset();
            match lines.advance()? {
                None => break Ok(()),
                // Torn, perhaps: to be judged with all that is known of crashes.
                Some(Line::Rest | Line::TooLong) => return Ok(None),
                Some(Line::Whole(line)) => match walk.line(line, offset) {
                    Ok(()) => {}
                    Err(violation) if violation.class == Class::Malformed => return Ok(None),
                    Err(violation) => break Err((violation, offset)),
                },
            }
        };
        let broken = |violation, offset| Broken {
            violation,
            file: newest.name.clone(),
            offset,
        };
        if let Err((violation, offset)) = done {
            return Ok(Some(Err(broken(violation, offset))));
        }
        let offset = walk.content.len;
        let ended = walk.end(heads);
        Ok(Some(match ended {
            Err(violation) => Err(broken(violation, offset)),
            Ok((verifier, content, tree)) => Ok(Followed {
                verifier,
                newest: newest.clone(),
                content,
                before,
                tree,
            }),
        }))
    }
}

impl Resume {
    /// The file up to here, in one pass over its bytes: they hash to what they hashed to, and the tiles beside it are
    /// leaves that make the root. `None` where either does not hold: then line by line, to say what is wrong.
    fn as_it_was(
        &self,
        file: &SegmentFile,
        before: &Frontier,
    ) -> io::Result<Option<(Content, Frontier)>> {
        let count = usize::try_from(self.next.saturating_sub(self.file)).unwrap_or(usize::MAX);
        let Ok(mut leaves) = tiles::read(&tiles::path_of(&file.path)) else {
            return Ok(None);
        };
        let mut tree = before.clone();
        leaves.truncate(count);
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        let same = leaves.len() == count
            && tree.root() == self.root
            && leaves.last().is_none_or(|leaf| *leaf == self.leaf);
        if !same {
            return Ok(None);
        }
        let mut content = Content::read_bytes(&file.path, self.offset)?;
        let hashed = Leaf::from_bytes(content.hash.clone().finalize().into());
        if content.len != self.offset || hashed != self.sha256 {
            return Ok(None);
        }
        content.leaves = leaves;
        Ok(Some((content, tree)))
    }
}

struct Walk<'a> {
    resume: &'a Resume,
    content: Content,
    tree: Frontier,
    /// From the resume on.
    verifier: Option<Verifier>,
}

impl Walk<'_> {
    fn line(&mut self, line: &[u8], offset: u64) -> Result<(), Violation> {
        if self.verifier.is_none() && offset >= self.resume.offset {
            self.verifier = Some(self.arrive()?);
        }
        if let Some(verifier) = &mut self.verifier {
            verifier.accept(line)?;
        }
        let leaf = self.content.add(line);
        self.tree.push(leaf);
        Ok(())
    }

    /// What was read so far must be what the resume says, to the byte.
    fn arrive(&self) -> Result<Verifier, Violation> {
        let resume = self.resume;
        let last = self.content.leaves.last().copied();
        let same = self.content.len == resume.offset
            && self.tree.size() == resume.next
            && self.tree.root() == resume.root
            && last.is_none_or(|leaf| leaf == resume.leaf);
        if !same {
            return Err(Violation {
                class: Class::Edit,
                seq: self.tree.size().saturating_sub(1),
                detail:
                    "the records are not those that the kernel wrote: their root is another one"
                        .into(),
            });
        }
        Ok(Verifier::resume(Resumed {
            log: resume.log,
            boot: resume.boot,
            next: resume.next,
            last: resume.leaf,
            file_first: resume.file,
            closed: resume.closed,
            sealed: resume.sealed,
            open: resume.open.iter().copied().collect::<HashSet<_>>(),
            tree: self.tree.clone(),
        }))
    }

    fn end(self, heads: &[(PathBuf, Anchor)]) -> Result<(Verifier, Content, Frontier), Violation> {
        let next = self.tree.size();
        let wrong = |class, seq, detail: &str| Violation {
            class,
            seq,
            detail: detail.to_owned(),
        };
        if next < self.resume.next {
            return Err(wrong(
                Class::Truncated,
                next,
                "the log is shorter than the kernel knew it",
            ));
        }
        for (_, head) in heads {
            if head.log != self.resume.log {
                return Err(wrong(Class::Splice, head.seq, "a head names another log"));
            }
            if head.seq >= next {
                return Err(wrong(Class::Truncated, next, "a head names a later record"));
            }
            let at = head.seq.checked_sub(self.resume.file);
            let at = at.and_then(|at| usize::try_from(at).ok());
            let leaf = at.and_then(|at| self.content.leaves.get(at));
            if leaf.is_some_and(|leaf| *leaf != head.leaf) {
                return Err(wrong(
                    Class::Edit,
                    head.seq,
                    "the record is not the one that a head names",
                ));
            }
        }
        let verifier = match self.verifier {
            Some(verifier) => verifier,
            None => self.arrive()?,
        };
        Ok((verifier, self.content, self.tree))
    }
}
