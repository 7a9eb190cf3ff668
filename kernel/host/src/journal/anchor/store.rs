//! What anchors leave on disk: receipts and cosignatures beside the log, how far they came beside the state.
//! Knows nothing of when they are asked.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aegis_core::audit::{KeyUse, Note, NoteSignature, Signed, VerifierKey};
use aegis_core::limits;
use aegis_verify::read_bounded;
use serde::{Deserialize, Serialize};

use crate::cosigned;
use crate::private_file::{private_dir, replace};

/// The folder of receipts, beside the log.
const ANCHORS: &str = "anchors";
/// How far anchors came, in the folder of signing keys.
const ANCHORED: &str = "anchored";
/// Longest such file, in bytes.
const ANCHORED_BYTES_MAX: usize = 1_024;

/// Where anchors leave what they have.
#[derive(Clone, Debug)]
pub(in crate::journal) struct Store {
    dir: PathBuf,
    state: PathBuf,
    sync: bool,
    /// One anchor at a time.
    turn: Arc<Mutex<()>>,
}

/// How far anchors came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::journal) struct Anchored {
    /// When, in milliseconds since 1970 UTC; where nothing was anchored, when that was first waited for.
    pub(in crate::journal) at_ms: u64,
    /// How many records the newest checkpoint covers that an anchor took.
    pub(in crate::journal) size: u64,
}

impl Store {
    /// For the log in `dir`, whose signing keys lie in `state`.
    pub(in crate::journal) fn new(dir: &Path, state: &Path, sync: bool) -> Self {
        Self {
            dir: dir.to_owned(),
            state: state.to_owned(),
            sync,
            turn: Arc::default(),
        }
    }

    /// How far anchors came. Where nobody knows, they begin now, and that is kept: a kernel that is started ever again does
    /// not begin to wait anew.
    pub(in crate::journal) fn anchored(&self, now_ms: u64) -> io::Result<Anchored> {
        let path = self.state.join(ANCHORED);
        if let Some(bytes) = read_bounded(&path, ANCHORED_BYTES_MAX)? {
            return serde_json::from_slice(&bytes).map_err(|_| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    "it does not say how far anchors came",
                )
            });
        }
        let begun = Anchored {
            at_ms: now_ms,
            size: 0,
        };
        private_dir(&self.state)?;
        self.remember(begun)?;
        Ok(begun)
    }

    /// Keeps how far anchors came, unless another one came farther.
    pub(super) fn remember(&self, anchored: Anchored) -> io::Result<()> {
        let _turn = self.turn();
        let path = self.state.join(ANCHORED);
        let there = read_bounded(&path, ANCHORED_BYTES_MAX)?;
        let there = there.and_then(|bytes| serde_json::from_slice::<Anchored>(&bytes).ok());
        if there.is_some_and(|there| there.size > anchored.size) {
            return Ok(());
        }
        let text = serde_json::to_string(&anchored).map_err(io::Error::other)?;
        replace(&path, text.as_bytes(), self.sync)
    }

    /// Keeps a receipt.
    pub(super) fn receipt(&self, anchor: &str, size: u64, receipt: &[u8]) -> io::Result<()> {
        let folder = self.dir.join(ANCHORS).join(anchor);
        private_dir(&folder)?;
        replace(&folder.join(format!("{size:020}")), receipt, self.sync)
    }

    /// Adds a witness' cosignature to the newest note that witnesses have signed.
    pub(super) fn cosign(&self, note: &Note, line: NoteSignature) -> io::Result<()> {
        cosigned::add(&self.dir, note, line, self.sync)
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The cosignature of a witness in what a command printed; the first one that holds.
pub(super) fn cosignature(
    note: &Note,
    witness: &VerifierKey,
    said: &[u8],
) -> Option<NoteSignature> {
    if witness.usage() != KeyUse::Cosignature {
        return None;
    }
    let lines = std::str::from_utf8(said)
        .ok()?
        .lines()
        .take(limits::NOTE_SIGNATURES_MAX);
    lines.filter_map(NoteSignature::parse).find(|line| {
        let mut alone = Note::new(note.text().to_owned());
        alone.add(line.clone());
        matches!(alone.signed_by(witness), Signed::Yes(_))
    })
}
