//! Which key the salts of one call derive from: one a period and scope, made where there is none.
//! Knows nothing of records.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use aegis_core::audit::Leaf;

use super::JournalFault;
use super::key::CommitKey;
use crate::lock::{FileLock, LockFault};
use crate::private_file::private_dir;

/// Keys kept open at the most: one a scope of the present period.
const HELD_MAX: usize = 256;
/// Longest scope that is a file's name as it is.
const SCOPE_BYTES_MAX: usize = 64;

/// The folder of keys, and those in use.
pub(super) struct Salts {
    dir: PathBuf,
    /// Held for life: no key is destroyed that a kernel holds in memory.
    _lock: SaltsLock,
    held: Mutex<HashMap<String, Arc<CommitKey>>>,
}

impl Salts {
    /// Opens the folder; a key that others than its owner may read stops the kernel here and not at a call.
    pub(super) fn open(dir: PathBuf) -> Result<Self, JournalFault> {
        private_dir(&dir).map_err(JournalFault::io("make", &dir))?;
        let lock = SaltsLock::shared(&dir)?;
        for period in names(&dir).map_err(JournalFault::io("read", &dir))? {
            let folder = dir.join(&period);
            for name in names(&folder).map_err(JournalFault::io("read", &folder))? {
                if !name.starts_with('.') {
                    CommitKey::open(&dir, &format!("{period}/{name}"))?;
                }
            }
        }
        Ok(Self {
            dir,
            _lock: lock,
            held: Mutex::default(),
        })
    }

    /// The key of a scope in a period. `announce` is called, before anyone else gets the key, where it was not
    /// in use before.
    pub(super) fn key(
        &self,
        period: &str,
        scope: &str,
        announce: impl FnOnce(&CommitKey),
    ) -> Result<Arc<CommitKey>, JournalFault> {
        let place = [period, "/", &file_scope(scope)].concat();
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = held.get(&place) {
            return Ok(Arc::clone(key));
        }
        // Keys of a period that is over leave memory; a call that began in it holds its own.
        let same_period = |known: &String| known.starts_with(period);
        if held.len() >= HELD_MAX || !held.keys().all(same_period) {
            held.clear();
        }
        let key = Arc::new(open(&self.dir, period, &file_scope(scope))?);
        announce(&key);
        held.insert(place, Arc::clone(&key));
        Ok(key)
    }
}

/// Who uses a folder of keys: kernels of several logs together, or one hand that destroys keys.
pub(super) struct SaltsLock {
    _lock: FileLock,
}

impl SaltsLock {
    fn shared(keys: &Path) -> Result<Self, JournalFault> {
        Self::taken(keys, FileLock::shared)
    }

    /// Where no kernel uses the folder.
    pub(super) fn alone(keys: &Path) -> Result<Self, JournalFault> {
        Self::taken(keys, FileLock::alone)
    }

    fn taken(
        keys: &Path,
        lock: impl FnOnce(&Path) -> Result<FileLock, LockFault>,
    ) -> Result<Self, JournalFault> {
        let path = keys.with_extension("lock");
        match lock(&path) {
            Ok(lock) => Ok(Self { _lock: lock }),
            Err(LockFault::Held) => Err(JournalFault::KeysInUse(keys.to_owned())),
            Err(LockFault::Io(what, source)) => Err(JournalFault::io(what, path)(source)),
        }
    }
}

/// The scope as part of a file's name: itself where that is harmless, else its hash.
pub(super) fn file_scope(scope: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let harmless = !scope.is_empty() && scope.len() <= SCOPE_BYTES_MAX && scope.bytes().all(plain);
    if harmless {
        return scope.to_owned();
    }
    let hash = Leaf::of_bytes(scope.as_bytes()).to_string();
    format!("h-{}", hash.get(..32).unwrap_or_default())
}

fn open(dir: &Path, period: &str, scope: &str) -> Result<CommitKey, JournalFault> {
    let folder = dir.join(period);
    private_dir(&folder).map_err(JournalFault::io("make", &folder))?;
    let found = names(&folder).map_err(JournalFault::io("read", &folder))?;
    let of_scope = |name: &&String| name.rsplit_once('.').is_some_and(|(own, _)| own == scope);
    match found.iter().find(of_scope) {
        Some(name) => CommitKey::open(dir, &format!("{period}/{name}")),
        None => CommitKey::create(&folder, period, scope),
    }
}

/// The names of a folder, sorted.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        if let Ok(name) = entry?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
