//! Destroying a key of salts, so that no value under it can be opened or guessed any more.
//! Knows nothing of the records that it salted.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use aegis_core::audit::{Kind, Record, Text};
use aegis_verify::sync_dir;

use super::{Upkeep, UpkeepFault, words};
use crate::capture::forget_key;
use crate::journal::COMMIT_KEYS;
use crate::journal::key::CommitKey;
use crate::journal::salts::{SaltsLock, file_scope, names};

/// What a key's file is called from the moment that it is no key any more. Hidden names are no keys to a kernel.
const CONDEMNED: &str = ".condemned-";

impl Upkeep {
    /// Destroys every key that the salts of a principal's calls in one month (`2026-11`) derive from: the names of
    /// the keys.
    ///
    /// # Errors
    /// Where there is none, a kernel may be using it, or a step fails.
    pub fn shred(
        &mut self,
        keys: &Path,
        principal: &str,
        period: &str,
        reason: Option<&str>,
    ) -> Result<Vec<String>, UpkeepFault> {
        if !is_period(period) {
            let why = format!("`{period}` is no month: write it as `2026-11`");
            return Err(UpkeepFault::Refused(why));
        }
        if let Some(reason) = reason {
            words("reason", reason)?;
        }
        let commit = keys.join(COMMIT_KEYS);
        // A kernel of another log may share the folder, and would go on with the key that it holds in memory.
        let _lock = SaltsLock::alone(&commit)?;
        let folder = commit.join(period);
        let mut destroyed = Vec::new();
        for name in keys_of(&folder, principal).map_err(UpkeepFault::io("read", &folder))? {
            let condemned = self.condemn(&folder, &name)?;
            let place = format!("{period}/{CONDEMNED}{name}");
            let key = CommitKey::condemned(&commit, &place, &format!("{period}/{name}"));
            if let Some(key) = key {
                let mut record = Record::draft(Kind::Shred);
                record.salt_key = Some(key.line());
                record.cause = reason.map(Text::from);
                drop(key);
                self.record(record)?;
            }
            // Unreadable once the key is gone, and gone before it: cut off between the two, asking again finds the key.
            forget_key(&self.captures, &format!("{period}/{name}"))
                .map_err(UpkeepFault::io("remove captures in", &self.captures))?;
            self.destroy(&condemned)?;
            destroyed.push(format!("{period}/{name}"));
        }
        if destroyed.is_empty() {
            return Err(UpkeepFault::Refused(format!(
                "there is no key of `{principal}` for `{period}` in `{}`: it was destroyed already, or never made",
                commit.display()
            )));
        }
        Ok(destroyed)
    }

    /// From here on no kernel takes it for a key. The log claims nothing yet: cut off now, asking again finds it.
    fn condemn(&self, folder: &Path, name: &str) -> Result<PathBuf, UpkeepFault> {
        let (path, condemned) = (folder.join(name), folder.join(format!("{CONDEMNED}{name}")));
        if path.exists() {
            let disk = &self.writer.disk;
            disk.rename(&path, &condemned)
                .and_then(|()| sync_dir(folder))
                .map_err(UpkeepFault::io("take out of use", &path))?;
        }
        Ok(condemned)
    }

    /// Overwritten, durably, before its name goes: a name that is gone leaves the bytes where they were.
    fn destroy(&self, path: &Path) -> Result<(), UpkeepFault> {
        let folder = path.parent().unwrap_or(Path::new("."));
        self.blot(path)
            .and_then(|()| self.writer.disk.remove(path))
            .and_then(|()| sync_dir(folder))
            .map_err(UpkeepFault::io("destroy", path))
    }

    fn blot(&self, path: &Path) -> io::Result<()> {
        let len = usize::try_from(fs::metadata(path)?.len()).map_err(io::Error::other)?;
        let mut file: File = OpenOptions::new().write(true).open(path)?;
        file.write_all(&vec![b'0'; len])?;
        self.writer.disk.sync(&file)?;
        file.sync_all()
    }
}

/// The names of a principal's keys in a month's folder, those among them that were condemned before.
fn keys_of(folder: &Path, principal: &str) -> io::Result<Vec<String>> {
    let scope = file_scope(principal);
    let all = match names(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        all => all?,
    };
    let mut found: Vec<String> = all
        .iter()
        .map(|name| name.strip_prefix(CONDEMNED).unwrap_or(name))
        .filter(|name| name.rsplit_once('.').is_some_and(|(own, _)| own == scope))
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    Ok(found)
}

fn is_period(text: &str) -> bool {
    let Some((year, month)) = text.split_once('-') else {
        return false;
    };
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    digits(year, 4) && digits(month, 2) && matches!(month.parse(), Ok(1..=12_u8))
}
