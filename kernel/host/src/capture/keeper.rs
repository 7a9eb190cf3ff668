//! Keeps captures: sealed, durable, and only then answered. A thread of its own, so that no call waits for another's curve.
//! Knows nothing of what waits for it.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use aegis_core::limits::{CAPTURE_BATCH_MAX, CAPTURE_LINE_BYTES_MAX, CAPTURE_TEXT_BYTES_MAX};
use aegis_verify::sync_dir;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::sealed::{Bound, seal};
use super::{Capturing, files};
use crate::lock::{FileLock, LockFault};
use crate::private_file::{open_own, private_dir};

/// Files kept open at the most: one a principal of the present day.
const OPEN_MAX: usize = 64;

/// The handle of the thread. Its end ends the thread, and gives the folder up.
pub(crate) struct Keeper {
    to: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
}

struct Message {
    bound: Bound,
    text: Zeroizing<String>,
    kept: oneshot::Sender<bool>,
}

impl Keeper {
    /// Holds the folder, and starts the thread.
    pub(crate) fn start(capturing: Capturing, sync: bool) -> io::Result<Self> {
        private_dir(&capturing.dir)?;
        let lock = hold(&capturing.dir)?;
        let (to, from) = channel();
        let desk = Desk {
            capturing,
            sync,
            open: HashMap::new(),
            _lock: lock,
        };
        let thread = std::thread::Builder::new()
            .name("aegis-capture".into())
            .spawn(move || desk.run(&from))?;
        Ok(Self {
            to: Some(to),
            thread: Some(thread),
        })
    }

    /// Keeps a text; true once it is durable.
    pub(crate) async fn keep(&self, bound: Bound, text: Zeroizing<String>) -> bool {
        let (kept, answer) = oneshot::channel();
        let message = Message { bound, text, kept };
        let sent = self.to.as_ref().is_some_and(|to| to.send(message).is_ok());
        sent && answer.await.unwrap_or(false)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.to = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Holds a folder of captures alone.
pub(super) fn hold(dir: &Path) -> io::Result<FileLock> {
    FileLock::alone(&dir.join("LOCK")).map_err(|fault| match fault {
        LockFault::Held => io::Error::other("another process holds this folder of captures"),
        LockFault::Io(_, error) => error,
    })
}

struct Desk {
    capturing: Capturing,
    sync: bool,
    open: HashMap<PathBuf, Held>,
    _lock: FileLock,
}

impl Desk {
    fn run(mut self, from: &Receiver<Message>) {
        while let Ok(first) = from.recv() {
            let mut batch = vec![first];
            batch.extend(from.try_iter().take(CAPTURE_BATCH_MAX - 1));
            self.write(batch);
        }
    }

    /// One write and one sync for each file of the batch; whoever waits for a file that failed is told so.
    fn write(&mut self, batch: Vec<Message>) {
        let mut by_file: HashMap<PathBuf, (Vec<u8>, Vec<oneshot::Sender<bool>>)> = HashMap::new();
        for Message { bound, text, kept } in batch {
            let place = files::folder(&self.capturing.dir, &bound.salts)
                .map(|folder| folder.join(files::day(bound.call)));
            let line = self.line(&bound, &text);
            let (Some(place), Some(line)) = (place, line) else {
                crate::told::tell_once!("aegis: a capture cannot be sealed");
                let _ = kept.send(false);
                continue;
            };
            let (bytes, waiting) = by_file.entry(place).or_default();
            bytes.extend(line);
            waiting.push(kept);
        }
        for (path, (bytes, waiting)) in by_file {
            let written = self.append(&path, &bytes);
            if let Err(error) = &written {
                // What is behind the failed bytes is not known: the file is opened anew, and begun on a line of its own.
                self.open.remove(&path);
                crate::told::tell_once!("aegis: captures cannot be kept: {error}");
            }
            for kept in waiting {
                let _ = kept.send(written.is_ok());
            }
        }
    }

    fn line(&self, bound: &Bound, text: &str) -> Option<Vec<u8>> {
        if text.len() > CAPTURE_TEXT_BYTES_MAX {
            return None;
        }
        let sealed = seal(&self.capturing.key, bound, text.as_bytes())?;
        let (call, key) = (bound.call, self.capturing.key.id());
        let line = format!("{call} {key} {}\n", STANDARD.encode(sealed));
        (line.len() <= CAPTURE_LINE_BYTES_MAX).then(|| line.into_bytes())
    }

    fn append(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if !self.open.contains_key(path) {
            if self.open.len() >= OPEN_MAX {
                self.open.clear();
            }
            let held = Held::open(&self.capturing.dir, path, self.sync)?;
            self.open.insert(path.to_owned(), held);
        }
        let held = self.open.get_mut(path).ok_or(io::ErrorKind::NotFound)?;
        held.append(path, bytes, self.sync)
    }
}

/// A file of captures that is being written.
struct Held {
    file: File,
    len: u64,
}

impl Held {
    fn open(dir: &Path, path: &Path, sync: bool) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(dir);
        private_dir(folder)?;
        // What lies behind a link in the folder is not found where captures are erased.
        for below in folder.ancestors().take_while(|above| *above != dir) {
            if !std::fs::symlink_metadata(below)?.is_dir() {
                return Err(io::Error::other("a folder of captures is a link"));
            }
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o600);
        let file = open_own(&mut options, path)?;
        let metadata = file.metadata()?;
        if sync {
            for above in folder
                .ancestors()
                .take_while(|above| above.starts_with(dir))
            {
                sync_dir(above)?;
            }
        }
        let mut held = Self {
            file,
            len: metadata.len(),
        };
        if held.len > 0 {
            // Whatever a crash or a failed write left there is a line of its own.
            held.file.write_all(b"\n")?;
            held.len += 1;
        }
        Ok(held)
    }

    /// Its name must still lead to it, and nobody else may have written it.
    fn append(&mut self, path: &Path, bytes: &[u8], sync: bool) -> io::Result<()> {
        let held = self.file.metadata()?;
        let named = std::fs::symlink_metadata(path)?;
        if (held.dev(), held.ino()) != (named.dev(), named.ino()) || held.len() != self.len {
            let what = "a file of captures was removed, replaced, truncated or written by others";
            return Err(io::Error::other(what));
        }
        self.file.write_all(bytes)?;
        if sync {
            self.file.sync_data()?;
        }
        self.len += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}
