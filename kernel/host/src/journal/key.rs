//! A key that commitments are salted with.
//! Knows nothing of records, nor of which key is used when.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use aegis_core::audit::{self, Id, Leaf, SaltKey, Text};
use zeroize::Zeroizing;

use super::JournalFault;
use crate::private_file::write_private;
use crate::random;

/// Digits of a key's id in its name.
const ID_DIGITS: usize = 8;

/// 32 bytes that lie beside the state and never beside the log: with both, short values could be guessed.
/// Destroying it makes every commitment under it unopenable, for good.
pub struct CommitKey {
    name: String,
    key: Zeroizing<[u8; 32]>,
}

impl CommitKey {
    /// Reads the key of this name (`PERIOD/SCOPE.ID`) in a folder of keys.
    ///
    /// # Errors
    /// Where there is none, or others than its owner may read it.
    pub fn open(keys: &Path, name: &str) -> Result<Self, JournalFault> {
        let path = &keys.join(name);
        let name = name.to_owned();
        let fault = |problem| JournalFault::Key {
            path: path.clone(),
            problem,
        };
        let file = File::open(path).map_err(JournalFault::io("open", path))?;
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
        let key = Self {
            name,
            key: Zeroizing::new(*bytes.as_bytes()),
        };
        // A key under another's name would make commitments that no auditor could open.
        if key.name.rsplit_once('.').map(|(_, id)| id) != Some(short(key.id()).as_str()) {
            return Err(fault("is not the key that its name tells"));
        }
        Ok(key)
    }

    /// The key of this name that lies at another place, where it still is one.
    pub(super) fn condemned(keys: &Path, place: &str, name: &str) -> Option<Self> {
        let text = Zeroizing::new(fs::read_to_string(keys.join(place)).ok()?);
        let bytes = Leaf::parse(text.trim_end_matches('\n'))?;
        let key = Self {
            name: name.to_owned(),
            key: Zeroizing::new(*bytes.as_bytes()),
        };
        let id = name.rsplit_once('.').map(|(_, id)| id)?;
        (id == short(key.id())).then_some(key)
    }

    pub(super) fn create(folder: &Path, period: &str, scope: &str) -> Result<Self, JournalFault> {
        let mut key = Zeroizing::new([0_u8; 32]);
        random::fill(key.as_mut_slice()).map_err(|_| JournalFault::Random)?;
        let name = format!("{scope}.{}", short(audit::key_id(&key)));
        let path = folder.join(&name);
        let text = Zeroizing::new(format!("{}\n", Leaf::from_bytes(*key)));
        write_private(&path, text.as_bytes()).map_err(JournalFault::io("write", &path))?;
        Ok(Self {
            name: format!("{period}/{name}"),
            key,
        })
    }

    /// Commits to the value at `pointer` of one call.
    pub(super) fn commit(&self, call: Id, pointer: &str, bytes: &[u8]) -> Leaf {
        audit::commit(&self.salt(call, pointer), bytes)
    }

    /// The salt of the value at `pointer` of one call: who is given it can check that value and no other.
    #[must_use]
    pub fn salt(&self, call: Id, pointer: &str) -> [u8; 32] {
        audit::salt(&self.key, &call.to_string(), pointer)
    }

    /// What captures of one call are sealed with beside the operator's key.
    pub(crate) fn capture_secret(&self, call: Id) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.salt(call, "/capture"))
    }

    /// Its public id.
    #[must_use]
    pub fn id(&self) -> Leaf {
        audit::key_id(&self.key)
    }

    /// Its name, `PERIOD/SCOPE.ID`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a record says of it.
    pub(super) fn line(&self) -> SaltKey<'static> {
        SaltKey {
            id: self.id(),
            name: Text::from(self.name.as_str()),
        }
    }
}

fn short(id: Leaf) -> String {
    let mut text = id.to_string();
    text.truncate(ID_DIGITS);
    text
}
