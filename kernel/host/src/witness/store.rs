//! The witness' folder: its key, the logs that it knows, the newest checkpoint that it signed of each.
//! Knows nothing of the network.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aegis_core::audit::{
    Answer, Checkpoint, KeyUse, Leaf, Note, Signer, SigningKey, Submission, VerifierKey,
};
use aegis_core::limits;
use aegis_verify::{read_bounded, sync_dir};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::clock;
use crate::lock::{FileLock, LockFault};
use crate::private_file::write_private;

/// Why a witness cannot work.
#[derive(Debug, Error)]
pub enum WitnessFault {
    /// A file or folder cannot be used.
    #[error("`{0}`: {1}")]
    Io(PathBuf, io::Error),
    /// Something in the folder is not as it must be.
    #[error("`{0}` {1}")]
    Odd(PathBuf, &'static str),
    /// The name is none that a key may have.
    #[error("`{0}` is no name of a key: no spaces, no `+`, at most 256 bytes")]
    Name(String),
    /// The system has no randomness.
    #[error("the system gives no randomness to make a key from")]
    Random,
}

/// A witness' folder, held by this process alone.
pub struct Store {
    dir: PathBuf,
    name: String,
    key: SigningKey,
    /// One submission at a time: what was seen and what is kept must be one step.
    turn: Mutex<()>,
    _lock: FileLock,
}

fn at(path: &Path) -> impl Fn(io::Error) -> WitnessFault + '_ {
    move |error| WitnessFault::Io(path.to_owned(), error)
}

impl Store {
    /// Makes the folder and its key, and gives the public half.
    pub(super) fn create(dir: &Path, name: &str) -> Result<String, WitnessFault> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        crate::random::fill(seed.as_mut()).map_err(|_| WitnessFault::Random)?;
        let key = SigningKey::from_bytes(&seed);
        let public = VerifierKey::new(name, KeyUse::Cosignature, key.verifying_key().as_bytes())
            .ok_or_else(|| WitnessFault::Name(name.to_owned()))?;
        let mut make = fs::DirBuilder::new();
        make.recursive(true).mode(0o700);
        make.create(dir.join("seen")).map_err(at(dir))?;
        let path = dir.join("key");
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(at(&path))?;
        let text = Zeroizing::new(format!("{name}\n{}\n", Leaf::from_bytes(*seed)));
        let written = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_all());
        written.map_err(at(&path))?;
        let logs = dir.join("logs");
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(&logs)
            .map_err(at(&logs))?;
        sync_dir(dir).map_err(at(dir))?;
        Ok(public.to_string())
    }

    /// Opens the folder.
    ///
    /// # Errors
    /// Where its key is missing, readable by others or none, or another witness holds the folder.
    pub fn open(dir: &Path) -> Result<Self, WitnessFault> {
        let path = dir.join("LOCK");
        let lock = FileLock::alone(&path).map_err(|fault| match fault {
            LockFault::Held => WitnessFault::Odd(path, "is held by another witness"),
            LockFault::Io(_, error) => at(&path)(error),
        })?;
        let path = dir.join("key");
        let mode = fs::symlink_metadata(&path)
            .map_err(at(&path))?
            .permissions();
        if mode.mode() & 0o077 != 0 {
            return Err(WitnessFault::Odd(path, "may be read by others: chmod 600"));
        }
        let odd = |what| WitnessFault::Odd(path.clone(), what);
        let bytes = read_bounded(&path, limits::NOTE_BYTES_MAX).map_err(at(&path))?;
        let bytes = Zeroizing::new(bytes.ok_or_else(|| odd("is missing"))?);
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let (name, seed) = text
            .trim_end()
            .split_once('\n')
            .ok_or_else(|| odd("is no key of a witness"))?;
        let seed = Leaf::parse(seed).ok_or_else(|| odd("is no key of a witness"))?;
        let store = Self {
            dir: dir.to_owned(),
            name: name.to_owned(),
            key: SigningKey::from_bytes(seed.as_bytes()),
            turn: Mutex::new(()),
            _lock: lock,
        };
        if store.signer().is_none() {
            return Err(WitnessFault::Name(name.to_owned()));
        }
        store.logs()?;
        Ok(store)
    }

    fn signer(&self) -> Option<Signer<'_>> {
        Signer::new(&self.name, KeyUse::Cosignature, &self.key)
    }

    /// The public half of the key.
    #[must_use]
    pub fn public(&self) -> String {
        self.signer()
            .map(|signer| signer.verifier_key().to_string())
            .unwrap_or_default()
    }

    /// The keys of the logs that are known: read for each request, so that a log's next key needs no restart.
    ///
    /// # Errors
    /// Where the file cannot be read, or a line of it is no key.
    pub fn logs(&self) -> Result<Vec<VerifierKey>, WitnessFault> {
        let path = self.dir.join("logs");
        let bytes = read_bounded(&path, limits::WITNESS_LOGS_BYTES_MAX).map_err(at(&path))?;
        let bytes = bytes.unwrap_or_default();
        let text = std::str::from_utf8(&bytes).unwrap_or("?");
        let lines = text.lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| {
                let key = VerifierKey::parse(line).filter(|key| key.usage() == KeyUse::Note);
                let what = "has a line that is no key of a log (name+id+base64)";
                key.ok_or_else(|| WitnessFault::Odd(path.clone(), what))
            })
            .collect()
    }

    /// Judges a submission, keeps it where it holds, and signs it then: in this order, one at a time.
    ///
    /// # Errors
    /// Where what was seen cannot be read or kept: then nothing is signed.
    pub fn add(&self, submission: &Submission) -> Result<(Answer, String), WitnessFault> {
        // Whoever panicked in its turn signed nothing.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = self.logs()?;
        let origin = submission.checkpoint.origin.as_str();
        let path = self
            .dir
            .join("seen")
            .join(Leaf::of_bytes(origin.as_bytes()).to_string());
        let seen = self.seen(&path, origin)?;
        let answer = submission.judge(&keys, seen);
        if answer != Answer::Cosign {
            return Ok((answer, String::new()));
        }
        let signer = self
            .signer()
            .ok_or_else(|| WitnessFault::Name(self.name.clone()))?;
        let time_s = u64::try_from(clock::now().unix_ms / 1_000).unwrap_or_default();
        let line = signer.sign(&submission.note, time_s);
        // The same checkpoint once more is signed once more: there is nothing to keep.
        if seen != Some((submission.checkpoint.size, submission.checkpoint.root)) {
            self.keep(&path, &submission.note)?;
        }
        Ok((answer, format!("{line}\n")))
    }

    /// The newest checkpoint that was signed of a log.
    fn seen(&self, path: &Path, origin: &str) -> Result<Option<(u64, Leaf)>, WitnessFault> {
        let Some(bytes) = read_bounded(path, limits::NOTE_BYTES_MAX).map_err(at(path))? else {
            return Ok(None);
        };
        let checkpoint = Note::parse(&bytes)
            .ok()
            .and_then(|note| Checkpoint::parse(note.text()))
            .filter(|checkpoint| checkpoint.origin == origin);
        // What cannot be read was seen all the same: to begin at nothing again would be to sign two faces.
        let odd = || WitnessFault::Odd(path.to_owned(), "is no checkpoint of its log");
        let checkpoint = checkpoint.ok_or_else(odd)?;
        Ok(Some((checkpoint.size, checkpoint.root)))
    }

    /// Durable before anything is answered: the file's bytes, then its name.
    fn keep(&self, path: &Path, note: &Note) -> Result<(), WitnessFault> {
        write_private(path, note.to_string().as_bytes()).map_err(at(path))
    }
}
