//! Offline proofs (C2SP tlog-proof): a record's number, its audit path and a checkpoint, in one file.
//! Knows nothing of records: the extra data is opaque here, and by itself proves nothing.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::{decimal, hash};
use super::{Checkpoint, Leaf, Note, included};
use crate::limits;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// A proof that a leaf stands in a checkpointed log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Opaque extra data; empty where there is none.
    pub extra: Vec<u8>,
    /// The leaf's number, from 0.
    pub index: u64,
    /// From the leaf's sibling up to the root's child.
    pub path: Vec<Leaf>,
    /// The checkpoint with its signatures.
    pub note: Note,
}

impl Proof {
    /// Reads a proof; `None` where the text is none.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > limits::PROOF_BYTES_MAX {
            return None;
        }
        let text = std::str::from_utf8(bytes).ok()?;
        let text = text.strip_prefix(FIRST_LINE)?.strip_prefix('\n')?;
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.split('\n').peekable();
        let extra = match lines.peek()?.strip_prefix("extra ") {
            Some(encoded) => {
                lines.next();
                let extra = STANDARD.decode(encoded).ok()?;
                if extra.is_empty() {
                    return None;
                }
                extra
            }
            None => Vec::new(),
        };
        let index = decimal(lines.next()?.strip_prefix("index ")?)?;
        let path: Vec<Leaf> = lines.map(hash).collect::<Option<_>>()?;
        if path.len() > limits::PROOF_HASHES_MAX {
            return None;
        }
        Some(Self {
            extra,
            index,
            path,
            note: Note::parse(note.as_bytes()).ok()?,
        })
    }

    /// The checkpoint, where the proof shows that the leaf stands in its tree. Whether the checkpoint is to be
    /// believed is another matter: its signatures say.
    #[must_use]
    pub fn of(&self, leaf: Leaf) -> Option<Checkpoint> {
        let checkpoint = Checkpoint::parse(self.note.text())?;
        let stands = included(
            leaf,
            self.index,
            checkpoint.size,
            &self.path,
            checkpoint.root,
        );
        stands.then_some(checkpoint)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", STANDARD.encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for node in &self.path {
            writeln!(f, "{}", STANDARD.encode(node.as_bytes()))?;
        }
        write!(f, "\n{}", self.note)
    }
}
