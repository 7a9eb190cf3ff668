//! Signed notes where they lie: the folder's newest checkpoint, the history, certificates, files kept elsewhere.
//! Knows nothing of keys or trees.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use aegis_core::audit::{Checkpoint, Class, History, Leaf, Note, Violation};
use aegis_core::limits;

use super::check::Broken;
use super::head::Anchor;
use super::regular::{naming, open_regular, read_bounded};

/// Bytes of the history read at once.
const CHUNK: usize = 64 * 1024;
/// Most certificates, and most files of receipts, that are read.
const FILES_MAX: usize = 65_536;
/// Largest file of anchors that is read, in bytes.
const ANCHORS_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A checkpoint and where it was found.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) note: Note,
    /// The file, as it is named in reports.
    pub(crate) file: String,
    pub(crate) offset: u64,
    /// Whether it was kept elsewhere.
    pub(crate) outside: bool,
    /// Whether the auditor's own word for it counts, as that of a root that was verified earlier.
    pub(crate) given: bool,
}

impl Claim {
    fn read(note: Note, file: &str, offset: u64, outside: bool) -> Result<Self, Broken> {
        match Checkpoint::parse(note.text()) {
            Some(checkpoint) => Ok(Self {
                checkpoint,
                note,
                file: file.to_owned(),
                offset,
                outside,
                given: false,
            }),
            None => Err(malformed(file, offset, "a note that is no checkpoint")),
        }
    }

    /// A root that the auditor verified earlier.
    pub(crate) fn verified(size: u64, root: Leaf) -> Self {
        let checkpoint = Checkpoint {
            origin: String::new(),
            size,
            root,
            extensions: Vec::new(),
        };
        Self {
            note: checkpoint.note(),
            checkpoint,
            file: "--root".to_owned(),
            offset: 0,
            outside: true,
            given: true,
        }
    }

    /// What is wrong with it; the record concerned is the last one that it covers.
    pub(crate) fn broken(&self, class: Class, detail: String) -> Broken {
        let seq = self.checkpoint.size.saturating_sub(1);
        wrong(class, seq, detail, self.file.clone(), self.offset)
    }
}

pub(crate) fn wrong(class: Class, seq: u64, detail: String, file: String, offset: u64) -> Broken {
    Broken {
        violation: Violation { class, seq, detail },
        file,
        offset,
    }
}

fn malformed(file: &str, offset: u64, detail: &str) -> Broken {
    wrong(
        Class::Malformed,
        0,
        detail.to_owned(),
        file.to_owned(),
        offset,
    )
}

/// The history of a folder, read while the records are.
pub(crate) struct Notes {
    file: File,
    name: String,
    history: History,
    chunk: Vec<u8>,
    ended: bool,
    peeked: Option<Claim>,
}

impl Notes {
    pub(crate) fn open(path: &Path) -> io::Result<Option<Self>> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(open_regular(path)?.map(|file| Self {
            file,
            name: name.into_owned(),
            history: History::default(),
            chunk: vec![0; CHUNK],
            ended: false,
            peeked: None,
        }))
    }

    /// The next checkpoint, without taking it.
    pub(crate) fn peek(&mut self) -> io::Result<Result<Option<&Claim>, Broken>> {
        while self.peeked.is_none() {
            match self.history.next_note() {
                Err(fault) => {
                    let offset = self.history.whole_bytes();
                    return Ok(Err(malformed(&self.name, offset, &fault.to_string())));
                }
                Ok(Some((offset, note))) => match Claim::read(note, &self.name, offset, false) {
                    Ok(claim) => self.peeked = Some(claim),
                    Err(broken) => return Ok(Err(broken)),
                },
                Ok(None) if self.ended => break,
                Ok(None) => {
                    let read = self.file.read(&mut self.chunk)?;
                    self.ended = read == 0;
                    self.history
                        .push(self.chunk.get(..read).unwrap_or_default());
                }
            }
        }
        Ok(Ok(self.peeked.as_ref()))
    }

    /// Takes the checkpoint that was looked at.
    pub(crate) fn take(&mut self) -> Option<Claim> {
        self.peeked.take()
    }

    pub(crate) fn is_torn(&self) -> bool {
        self.history.is_torn()
    }
}

/// One note of the folder; `None` where there is none.
pub(crate) fn folder_note(dir: &Path, name: &str) -> io::Result<Option<Result<Claim, Broken>>> {
    let bytes = match read_bounded(&dir.join(name), limits::NOTE_BYTES_MAX) {
        Ok(None) => return Ok(None),
        Ok(Some(bytes)) => bytes,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Ok(Some(Err(malformed(name, 0, "longer than a note"))));
        }
        Err(error) => return Err(error),
    };
    Ok(Some(match Note::parse(&bytes) {
        Ok(note) => Claim::read(note, name, 0, false),
        Err(fault) => Err(malformed(name, 0, &fault.to_string())),
    }))
}

/// Certificates in a folder. What is no note is passed over: nothing is believed for lying there.
pub(crate) fn certificates(dir: &Path) -> io::Result<Vec<Note>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = Vec::new();
    for entry in entries.take(FILES_MAX) {
        paths.push(entry?.path());
    }
    paths.sort();
    let mut notes = Vec::new();
    for path in paths {
        let Ok(Some(bytes)) = read_bounded(&path, limits::NOTE_BYTES_MAX) else {
            continue;
        };
        notes.extend(Note::parse(&bytes));
    }
    Ok(notes)
}

/// What an auditor kept of a log elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Heads and receipts.
    pub heads: Vec<Anchor>,
    /// Signed checkpoints, with the file that they came from and their place in it.
    pub notes: Vec<(Note, String, u64)>,
}

impl Kept {
    /// Adds what a file holds: heads and receipts, a JSON object a line, or signed checkpoints, one or a history.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] where it holds anything else, or it cannot be read.
    pub fn add_file(&mut self, path: &Path) -> io::Result<()> {
        let wrong = |what: &str| {
            let text = format!("`{}`: {what}", path.display());
            io::Error::new(io::ErrorKind::InvalidData, text)
        };
        // A path that the auditor named may be a link of the auditor's.
        let path_read = fs::canonicalize(path).map_err(|fault| naming(path, fault))?;
        let bytes = read_bounded(&path_read, ANCHORS_BYTES_MAX)?.unwrap_or_default();
        let name = path.display().to_string();
        if bytes.trim_ascii_start().starts_with(b"{") {
            let text = std::str::from_utf8(&bytes).map_err(|_| wrong("not UTF-8"))?;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let head = Anchor::parse(line).map_err(|error| wrong(&error.to_string()))?;
                self.heads.push(head);
            }
            return Ok(());
        }
        if let Ok(note) = Note::parse(&bytes)
            && Checkpoint::parse(note.text()).is_some()
        {
            self.notes.push((note, name, 0));
            return Ok(());
        }
        let mut history = History::default();
        history.push(&bytes);
        loop {
            match history.next_note() {
                Ok(Some((at, note))) if Checkpoint::parse(note.text()).is_some() => {
                    self.notes.push((note, name.clone(), at));
                }
                Ok(None) if !history.is_torn() => return Ok(()),
                _ => return Err(wrong("neither heads nor signed checkpoints")),
            }
        }
    }

    /// Adds what the regular files of a folder hold.
    ///
    /// # Errors
    /// As for [`Kept::add_file`].
    pub fn add_folder(&mut self, dir: &Path) -> io::Result<()> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(dir).map_err(|fault| naming(dir, fault))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                paths.push(entry.path());
            }
            if paths.len() > FILES_MAX {
                let what = format!("`{}` holds too many files", dir.display());
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
        }
        paths.sort();
        paths.iter().try_for_each(|path| self.add_file(path))
    }

    pub(crate) fn claims(&self) -> Vec<Claim> {
        let read = |(note, file, at): &(Note, String, u64)| {
            Claim::read(note.clone(), file, *at, true).ok()
        };
        self.notes.iter().filter_map(read).collect()
    }
}
