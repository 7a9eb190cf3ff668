//! What a witness is asked (C2SP tlog-witness, `add-checkpoint`), and what it answers.
//! Knows nothing of the network, of files or of time: what was seen before is given.

use super::checkpoint::{decimal, hash};
use super::{Checkpoint, Leaf, Note, Signed, VerifierKey, consistent};
use crate::limits;

/// A checkpoint, and the proof that the tree seen before is a prefix of its tree.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The size that the witness is said to have seen last.
    pub old: u64,
    /// The proof from there.
    pub proof: Vec<Leaf>,
    /// The checkpoint as it was signed.
    pub note: Note,
    /// What it says.
    pub checkpoint: Checkpoint,
}

/// What a witness does with a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Sign it, once it is kept as the newest one seen.
    Cosign,
    /// 404: no key of this log is known.
    UnknownLog,
    /// 403: no key that is known for this log signed it, or a signature in such a key's name is forged.
    NotSigned,
    /// 400: it names a larger tree before it than it is itself.
    Backwards,
    /// 409: another size was seen last, this one; or the same size with another root.
    Conflict(u64),
    /// 422: the proof does not hold. Where the key is the log's own, that is a log of two faces.
    Inconsistent,
}

impl Submission {
    /// Reads the body of a request; `None` where it is none.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = decimal(lines.next()?.strip_prefix("old ")?)?;
        let proof: Vec<Leaf> = lines.map(hash).collect::<Option<_>>()?;
        if proof.len() > limits::CONSISTENCY_LINES_MAX {
            return None;
        }
        let note = Note::parse(note.as_bytes()).ok()?;
        let checkpoint = Checkpoint::parse(note.text())?;
        Some(Self {
            old,
            proof,
            note,
            checkpoint,
        })
    }

    /// The body of a request.
    #[must_use]
    pub fn body(&self) -> String {
        use base64::Engine;
        use base64::engine::general_purpose::STANDARD;
        let mut body = format!("old {}\n", self.old);
        for node in &self.proof {
            body.push_str(&STANDARD.encode(node.as_bytes()));
            body.push('\n');
        }
        format!("{body}\n{}", self.note)
    }

    /// Judges it by the keys that are known for its log and the checkpoint that was signed last: its size and root.
    #[must_use]
    pub fn judge(&self, keys: &[VerifierKey], seen: Option<(u64, Leaf)>) -> Answer {
        let new = &self.checkpoint;
        let mut ours = keys
            .iter()
            .filter(|key| key.name() == new.origin)
            .peekable();
        if ours.peek().is_none() {
            return Answer::UnknownLog;
        }
        let mut signed = false;
        for key in ours {
            match self.note.signed_by(key) {
                Signed::No => {}
                Signed::Yes(_) => signed = true,
                Signed::Forged => return Answer::NotSigned,
            }
        }
        if !signed {
            return Answer::NotSigned;
        }
        if self.old > new.size {
            return Answer::Backwards;
        }
        let (size, root) = seen.unwrap_or_else(|| (0, Leaf::of_bytes(b"")));
        if self.old != size || (size == new.size && root != new.root) {
            return Answer::Conflict(size);
        }
        if consistent(size, new.size, root, new.root, &self.proof) {
            Answer::Cosign
        } else {
            Answer::Inconsistent
        }
    }
}
