//! Signed notes (C2SP signed-note): a text and the signatures under it.
//! Knows nothing of what the text says, nor of which keys are to be believed.

use std::fmt::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::VerifierKey;
use crate::limits;

/// A text ending in a newline, and its signatures in the order in which they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key that is said to have made it.
    pub name: String,
    /// Its id, see [`VerifierKey::id`].
    pub id: u32,
    /// The signature: of a form that the key's algorithm says.
    pub bytes: Vec<u8>,
}

/// Why bytes are no signed note.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NoteFault {
    /// Longer than [`limits::NOTE_BYTES_MAX`].
    #[error("the note is longer than {} bytes", limits::NOTE_BYTES_MAX)]
    TooLong,
    /// Not UTF-8, or with control characters.
    #[error("the note is not plain text")]
    Text,
    /// No text, no empty line before the signatures, or no newline at the end.
    #[error("the note is not a text, an empty line and signatures")]
    Shape,
    /// A signature line that is none, or more than [`limits::NOTE_SIGNATURES_MAX`] of them.
    #[error("a signature line of the note is none")]
    Signature,
}

/// What a note says of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The key did not sign it.
    No,
    /// A line names the key, and its signature does not hold: the whole note is to be rejected.
    Forged,
    /// The key signed it; a cosignature says when, in seconds since 1970 UTC.
    Yes(Option<u64>),
}

impl Note {
    /// A note that nobody has signed. The text must be a note's text; [`Note::parse`] of what is printed
    /// says whether it is.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            text,
            signatures: Vec::new(),
        }
    }

    /// Reads a whole note.
    ///
    /// # Errors
    /// Where the bytes are anything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteFault> {
        if bytes.len() > limits::NOTE_BYTES_MAX {
            return Err(NoteFault::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteFault::Text)?;
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteFault::Text);
        }
        // The last empty line ends the text: a text may hold empty lines itself.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteFault::Shape)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteFault::Shape)?;
        if text.is_empty() {
            return Err(NoteFault::Shape);
        }
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == limits::NOTE_SIGNATURES_MAX {
                return Err(NoteFault::Signature);
            }
            signatures.push(NoteSignature::parse(line).ok_or(NoteFault::Signature)?);
        }
        Ok(Self {
            text: format!("{text}\n"),
            signatures,
        })
    }

    /// The text that is signed, with its last newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature; one that is there already is not added again.
    pub fn add(&mut self, signature: NoteSignature) {
        if !self.signatures.contains(&signature) {
            self.signatures.push(signature);
        }
    }

    /// Whether a key signed this note. Lines of other keys are passed over, those that share its name or
    /// its id alone among them.
    #[must_use]
    pub fn signed_by(&self, key: &VerifierKey) -> Signed {
        let mut signed = Signed::No;
        for line in &self.signatures {
            if line.name != key.name() || line.id != key.id() {
                continue;
            }
            match key.verify(&self.text, &line.bytes) {
                Some(time) if signed == Signed::No => signed = Signed::Yes(time),
                Some(_) => {}
                None => return Signed::Forged,
            }
        }
        signed
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        f.write_char('\n')?;
        self.signatures
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl NoteSignature {
    /// Reads one line, without its newline.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        if !super::vkey::is_key_name(name) {
            return None;
        }
        let bytes = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        (!bytes.is_empty()).then(|| Self {
            name: name.to_owned(),
            id: u32::from_be_bytes(*id),
            bytes: bytes.to_vec(),
        })
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.id.to_be_bytes().to_vec();
        bytes.extend(&self.bytes);
        write!(f, "\u{2014} {} {}", self.name, STANDARD.encode(bytes))
    }
}
