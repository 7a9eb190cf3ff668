//! The key that commitments are salted with.
//! Knows nothing of records.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use aegis_core::audit::{self, Id, Leaf};
use zeroize::Zeroizing;

use super::JournalFault;
use crate::random;
use aegis_verify::sync_dir;

/// 32 bytes that lie beside the state and never beside the log: with both, short values could be guessed.
/// Destroying it makes every commitment under it unopenable, for good.
pub(super) struct CommitKey(Zeroizing<[u8; 32]>);

impl CommitKey {
    /// Reads the key, or makes one where there is none.
    pub(super) fn open(path: &Path) -> Result<Self, JournalFault> {
        match File::open(path) {
            Ok(file) => Self::read(file, path),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Self::create(path),
            Err(e) => Err(JournalFault::io("open", path)(e)),
        }
    }

    fn read(file: File, path: &Path) -> Result<Self, JournalFault> {
        let fault = |problem| JournalFault::Key {
            path: path.to_owned(),
            problem,
        };
        let metadata = file.metadata().map_err(JournalFault::io("look at", path))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(fault(
                "can be read by others than its owner: make it mode 0600",
            ));
        }
        let mut text = Zeroizing::new(String::new());
        file.take(128)
            .read_to_string(&mut text)
            .map_err(JournalFault::io("read", path))?;
        let bytes = Leaf::parse(text.trim_end_matches('\n'))
            .ok_or_else(|| fault("does not hold 64 lower-case hex digits"))?;
        Ok(Self(Zeroizing::new(*bytes.as_bytes())))
    }

    fn create(path: &Path) -> Result<Self, JournalFault> {
        let dir = path.parent().unwrap_or_else(|| Path::new("."));
        private_dir(dir).map_err(JournalFault::io("make", dir))?;
        let mut key = Zeroizing::new([0_u8; 32]);
        random::fill(key.as_mut_slice()).map_err(|_| JournalFault::Random)?;
        let text = Zeroizing::new(format!("{}\n", Leaf::from_bytes(*key)));
        let write = || -> io::Result<()> {
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            sync_dir(dir)
        };
        write().map_err(JournalFault::io("write", path))?;
        Ok(Self(key))
    }

    /// Commits to the value at `pointer` of one call.
    pub(super) fn commit(&self, call: Id, pointer: &str, bytes: &[u8]) -> Leaf {
        let salt = audit::salt(&self.0, &call.to_string(), pointer);
        audit::commit(&salt, bytes)
    }

    /// Its public name.
    pub(super) fn id(&self) -> Leaf {
        audit::key_id(&self.0)
    }
}

/// Makes a folder that its owner alone may enter, and those above it.
pub(super) fn private_dir(dir: &Path) -> io::Result<()> {
    if dir.as_os_str().is_empty() || fs::metadata(dir).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}
