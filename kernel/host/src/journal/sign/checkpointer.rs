//! Signs the log's checkpoints: never two of one size, never a smaller one, never one that what was signed before contradicts.
//! Knows nothing of when, nor of records.
//!
//! What was signed last lies beside the state (`last`) and is written there first: compared and set. Then the checkpoint goes
//! to the history in the log's folder, then into `checkpoint`. A crash in between leaves the state ahead, and the next start
//! publishes what is missing; the folder ahead of the state is none that a crash can leave.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aegis_core::audit::{Checkpoint, History, Id, Leaf, Note};
use aegis_core::limits;
use aegis_verify::{CHECKPOINT, CHECKPOINTS, KEYS, open_regular, read_bounded, sync_dir};

use super::super::disk::Disk;
use super::SigningFault;
use super::history::Tail;
use super::keys::{SigningEpoch, SigningKeys};
use super::note_key::NoteKey;
use crate::lock::FileLock;
use crate::private_file::{open_own, private_dir};

/// What was signed last, and before that.
const LAST: &str = "last";

/// What a log is, as far as its checkpoints must know.
pub(in crate::journal) struct Known<'a> {
    pub(in crate::journal) dir: &'a Path,
    pub(in crate::journal) log: Option<Id>,
    pub(in crate::journal) size: u64,
    pub(in crate::journal) sync: bool,
    pub(in crate::journal) disk: Arc<dyn Disk>,
    /// The root over the first records.
    pub(in crate::journal) root_at: &'a dyn Fn(u64) -> io::Result<Leaf>,
}

/// Signs for one log, for as long as its process lives.
pub(in crate::journal) struct Checkpointer {
    dir: PathBuf,
    last_path: PathBuf,
    origin: String,
    key: NoteKey,
    last: Option<(Checkpoint, Note)>,
    history: File,
    history_len: u64,
    sync: bool,
    disk: Arc<dyn Disk>,
    /// Held for life.
    _lock: FileLock,
}

impl Checkpointer {
    /// Compares what is there with what was signed, and publishes what a crash held back. `None` where no key is
    /// certified. Nothing is written before everything holds.
    pub(in crate::journal) fn open(
        keys: &SigningKeys,
        known: &Known<'_>,
    ) -> Result<Option<Self>, SigningFault> {
        let Some(epoch) = keys.current()? else {
            return Ok(None);
        };
        let lock = keys.lock()?;
        let key = keys.key(&epoch.certificate)?;
        let origin = epoch.certificate.origin.clone();
        if known
            .log
            .and_then(|log| {
                Checkpoint::parse(&format!("{origin}\n0\n{EMPTY}\n"))?
                    .log()
                    .filter(|of| *of == log)
            })
            .is_none()
        {
            return Err(SigningFault::Foreign {
                keys: keys.dir().to_owned(),
                origin,
                dir: known.dir.to_owned(),
            });
        }
        let last_path = keys.dir().join(LAST);
        let signed = signed(&last_path, &epoch)?;
        let behind = compare(&signed, &last_path, known)?;
        keys.clean()?;
        let path = known.dir.join(CHECKPOINTS);
        let mut options = OpenOptions::new();
        options.create(true).append(true).mode(0o640);
        let history = open_own(&mut options, &path).map_err(SigningFault::io("open", &path))?;
        let history_len = history
            .metadata()
            .map_err(SigningFault::io("look at", &path))?
            .len();
        let mut opened = Self {
            dir: known.dir.to_owned(),
            last_path,
            origin,
            key,
            last: signed.into_iter().next_back(),
            history,
            history_len,
            sync: known.sync,
            disk: Arc::clone(&known.disk),
            _lock: lock,
        };
        let published = opened
            .certificate(&epoch)
            .and_then(|()| opened.mend(behind));
        published.map_err(SigningFault::io("write checkpoints in", known.dir))?;
        Ok(Some(opened))
    }

    /// How many records the newest checkpoint covers.
    pub(in crate::journal) fn size(&self) -> u64 {
        self.last.as_ref().map_or(0, |(last, _)| last.size)
    }

    /// The newest checkpoint.
    pub(in crate::journal) fn newest(&self) -> Option<&Note> {
        self.last.as_ref().map(|(_, note)| note)
    }

    /// Signs and publishes the checkpoint of this size. After an error nothing may be signed any more.
    pub(in crate::journal) fn sign(&mut self, size: u64, root: Leaf) -> io::Result<()> {
        if let Some((last, _)) = &self.last {
            if last.size == size && last.root == root {
                return Ok(());
            }
            if last.size >= size {
                return Err(io::Error::other(format!(
                    "a checkpoint of {size} records after one of {}: the log went back",
                    last.size
                )));
            }
        }
        self.compare_last()?;
        let checkpoint = Checkpoint {
            origin: self.origin.clone(),
            size,
            root,
            extensions: Vec::new(),
        };
        let mut note = checkpoint.note();
        self.key.sign(&mut note);
        let before = self.last.as_ref().map(|(_, note)| History::entry(note));
        let remembered = before.unwrap_or_default() + &History::entry(&note);
        self.put(&self.last_path, remembered.as_bytes())?;
        self.last = Some((checkpoint, note));
        self.publish(0)
    }

    /// That nobody else signed in the meantime.
    fn compare_last(&self) -> io::Result<()> {
        let there = read_bounded(&self.last_path, 2 * limits::NOTE_BYTES_MAX)?.unwrap_or_default();
        let expected = self.last.as_ref().map(|(_, note)| History::entry(note));
        let same = there.ends_with(expected.unwrap_or_default().as_bytes());
        match same && there.is_empty() == self.last.is_none() {
            true => Ok(()),
            false => Err(io::Error::other(
                "what was signed last was changed by another",
            )),
        }
    }

    /// Writes the newest entry, but its first bytes that are there, to the history, then the newest checkpoint.
    fn publish(&mut self, there: usize) -> io::Result<()> {
        let Some((_, note)) = &self.last else {
            return Ok(());
        };
        let entry = History::entry(note);
        let mut rest = entry.as_bytes().get(there..).unwrap_or_default();
        self.intact()?;
        while !rest.is_empty() {
            match self.disk.write(&self.history, rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    rest = rest.get(written..).unwrap_or_default();
                    self.history_len += u64::try_from(written).unwrap_or(u64::MAX);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        if self.sync {
            self.disk.sync(&self.history)?;
        }
        self.put(&self.dir.join(CHECKPOINT), note.to_string().as_bytes())
    }

    /// That the history's name still leads to the file that is written, and that it is as long as it was left.
    fn intact(&self) -> io::Result<()> {
        let held = self.history.metadata()?;
        let same = fs::symlink_metadata(self.dir.join(CHECKPOINTS))
            .is_ok_and(|named| (named.dev(), named.ino()) == (held.dev(), held.ino()));
        if same && held.len() == self.history_len {
            return Ok(());
        }
        Err(io::Error::other(
            "the history of checkpoints was removed, replaced, truncated or written by others",
        ))
    }

    /// Publishes what a crash held back.
    fn mend(&mut self, behind: Behind) -> io::Result<()> {
        if self.sync {
            sync_dir(&self.dir)?;
        }
        match behind {
            Behind::Entry(there) => self.publish(there),
            Behind::Nothing => {
                let path = self.dir.join(CHECKPOINT);
                let there = read_bounded(&path, limits::NOTE_BYTES_MAX)?;
                match self.newest().map(ToString::to_string) {
                    Some(newest) if there.as_deref() != Some(newest.as_bytes()) => {
                        self.put(&path, newest.as_bytes())
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    /// The certificate lies beside the log too, for whoever has only the log.
    fn certificate(&self, epoch: &SigningEpoch) -> io::Result<()> {
        let folder = self.dir.join(KEYS);
        private_dir(&folder)?;
        let path = folder.join(format!("{}.cert", epoch.certificate.epoch));
        let text = epoch.note.to_string();
        match open_regular(&path)? {
            Some(_) => Ok(()),
            None => self.put(&path, text.as_bytes()),
        }
    }

    /// Puts a file in its place in one step, by the log's own disk.
    fn put(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".new");
        let temporary = PathBuf::from(temporary);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o640);
        let file = open_own(&mut options, &temporary)?;
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.disk.write(&file, rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        if self.sync {
            self.disk.sync(&file)?;
        }
        fs::rename(&temporary, path)?;
        match (self.sync, path.parent()) {
            (true, Some(folder)) => sync_dir(folder),
            _ => Ok(()),
        }
    }
}

/// The root of no records, for an origin alone to be read.
const EMPTY: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/// What of the newest checkpoint the folder lacks.
enum Behind {
    /// It is in the history.
    Nothing,
    /// The history lacks its entry, but for so many bytes.
    Entry(usize),
}

/// The checkpoints that were signed last, oldest first.
fn signed(path: &Path, epoch: &SigningEpoch) -> Result<Vec<(Checkpoint, Note)>, SigningFault> {
    let older = |detail: &str| SigningFault::StateOlder {
        file: path.to_owned(),
        detail: detail.to_owned(),
    };
    let bytes = read_bounded(path, 2 * limits::NOTE_BYTES_MAX)
        .map_err(SigningFault::io("read", path))?
        .unwrap_or_default();
    let mut history = History::default();
    history.push(&bytes);
    let mut signed = Vec::new();
    while let Some((_, note)) = history
        .next_note()
        .map_err(|_| older("it is no checkpoint"))?
    {
        let checkpoint =
            Checkpoint::parse(note.text()).ok_or_else(|| older("it is no checkpoint"))?;
        signed.push((checkpoint, note));
    }
    if history.is_torn() || signed.len() > 2 {
        return Err(older("it is no checkpoint"));
    }
    if let Some((checkpoint, note)) = signed.last()
        && !epoch.signed(note, checkpoint)
    {
        return Err(older("the present key did not sign it"));
    }
    Ok(signed)
}

/// The records, and the folder's checkpoints, against what was signed.
fn compare(
    signed: &[(Checkpoint, Note)],
    last_path: &Path,
    known: &Known<'_>,
) -> Result<Behind, SigningFault> {
    let older = |detail: String| SigningFault::StateOlder {
        file: last_path.to_owned(),
        detail,
    };
    let rolled = |detail: String| SigningFault::RolledBack {
        dir: known.dir.to_owned(),
        detail,
    };
    let history_path = known.dir.join(CHECKPOINTS);
    let tail = Tail::read(&history_path).map_err(SigningFault::io("read", &history_path))?;
    let tail = tail.unwrap_or_default();
    let size_of = |note: &Note| Checkpoint::parse(note.text()).map_or(0, |found| found.size);
    let Some((last, last_note)) = signed.last() else {
        // Nothing was signed yet, and so nothing may be there.
        return match (&tail.newest, tail.torn.is_empty()) {
            (None, true) => Ok(Behind::Nothing),
            (found, _) => Err(older(format!(
                "it is gone, and the log has a checkpoint of {} records",
                found.as_ref().map_or(0, size_of)
            ))),
        };
    };
    if known.size < last.size {
        return Err(rolled(format!(
            "{} records are there, {} were signed",
            known.size, last.size
        )));
    }
    let root = (known.root_at)(last.size).map_err(SigningFault::io("read", known.dir))?;
    if root != last.root {
        return Err(rolled(format!(
            "its first {} records are others",
            last.size
        )));
    }
    let before = signed
        .first()
        .filter(|_| signed.len() == 2)
        .map(|(_, note)| note);
    let newest = tail.newest.as_ref();
    if newest == Some(last_note) && tail.torn.is_empty() {
        return Ok(Behind::Nothing);
    }
    if newest == before && History::entry(last_note).as_bytes().starts_with(&tail.torn) {
        return Ok(Behind::Entry(tail.torn.len()));
    }
    match newest.map(size_of) {
        Some(size) if size > last.size => Err(older(format!(
            "it names {} records, and the log has a checkpoint of {size}",
            last.size
        ))),
        _ => Err(rolled(format!(
            "`{CHECKPOINTS}` does not end with what was signed of {} records",
            last.size
        ))),
    }
}
