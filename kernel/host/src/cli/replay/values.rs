//! The captured values of decisions, where the operator's key is at hand.
//! Knows nothing of what they mean for a decision.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use aegis_core::audit::{Boot, Id, Record};
use aegis_core::replay::Captured;

use super::{ReplayCommand, Trouble};
use crate::capture::{Bound, CAPTURES, CaptureKey, Shelf, open};
use crate::journal::{COMMIT_KEYS, CommitKey};

/// Keys of salts that are remembered, those that are gone among them.
const SALTS_MAX: usize = 1_024;

/// What came of looking for one decision's values.
pub(super) enum Value {
    /// Nothing is to be had: why, in a word that is counted.
    Lacking(&'static str),
    /// They are what the record commits to.
    Shown(Box<Captured>),
    /// What is kept for it is not what it must be.
    Broken(&'static str),
}

/// Where captures are, and the keys that open them.
pub(super) struct Values {
    opening: Vec<CaptureKey>,
    shelf: Shelf,
    commit: PathBuf,
    salts: HashMap<String, Option<CommitKey>>,
    /// Whether the start whose records are read says that it captures.
    captures: bool,
}

impl Values {
    pub(super) fn open(command: &ReplayCommand, files: &[PathBuf]) -> Result<Self, Trouble> {
        let opening = files.iter().map(|file| CaptureKey::open(file));
        let opening = opening.collect::<Result<_, _>>();
        let opening = opening.map_err(|fault| Trouble::Key(fault.to_string()))?;
        let in_log = command.log.join(CAPTURES);
        let captures = command.captures.as_deref().unwrap_or(&in_log);
        if !captures.is_dir() {
            let what = format!("there is no folder of captures `{}`", captures.display());
            return Err(Trouble::Key(what));
        }
        let keys = match &command.keys {
            Some(keys) => keys.clone(),
            None => beside(&command.log)?,
        };
        let commit = keys.join(COMMIT_KEYS);
        if !commit.is_dir() {
            let what = format!(
                "there is no folder `{}`: name the folder `keys` beside the state with `--keys`",
                commit.display()
            );
            return Err(Trouble::Key(what));
        }
        Ok(Self {
            opening,
            shelf: Shelf::new(captures),
            commit,
            salts: HashMap::new(),
            captures: false,
        })
    }

    /// Notes what a start says of itself: where it captures, each decision of its rules has values.
    pub(super) fn begin(&mut self, start: &Boot<'_>) {
        self.captures = start.captures.is_some();
    }

    /// The values of a decision. Not asked for where its arguments were never read.
    pub(super) fn of(&mut self, log: Id, record: &Record<'_>) -> Result<Value, Trouble> {
        let bound = record.call.zip(record.args.as_ref());
        let (Some((call, args)), Some(name)) = (bound, record.salts.as_ref()) else {
            return Ok(Value::Lacking("not-captured"));
        };
        let found = self.shelf.of(call, name)?;
        if found.is_empty() && !self.captures {
            return Ok(Value::Lacking("not-captured"));
        }
        let Some(salts) = salts_of(&mut self.salts, &self.commit, name) else {
            return Ok(Value::Lacking("key-of-salts-gone"));
        };
        if found.is_empty() {
            return Ok(Value::Lacking("capture-gone"));
        }
        let bound = Bound {
            log,
            call,
            commit: args.commit,
            salts: name.as_str().to_owned(),
            secret: salts.capture_secret(call),
        };
        let salt = |pointer: &str| salts.salt(call, pointer);
        let mut ours = false;
        for kept in found {
            let keys = self.opening.iter();
            for key in keys.filter(|key| key.public().id() == kept.key) {
                ours = true;
                let text = open(key, &bound, &kept.sealed);
                let shown = text.and_then(|text| Captured::shown(&text, record, salt));
                if let Some(shown) = shown {
                    return Ok(Value::Shown(Box::new(shown)));
                }
            }
        }
        Ok(match ours {
            true => Value::Broken("what was captured is not what the record commits to"),
            false => Value::Lacking("for-another-key"),
        })
    }
}

fn salts_of<'k>(
    known: &'k mut HashMap<String, Option<CommitKey>>,
    commit: &Path,
    name: &str,
) -> Option<&'k CommitKey> {
    if known.len() >= SALTS_MAX && !known.contains_key(name) {
        known.clear();
    }
    let key = known.entry(name.to_owned());
    // The name led to a file of captures: it leads out of no folder.
    key.or_insert_with(|| CommitKey::open(commit, name).ok())
        .as_ref()
}

/// As the configuration has it unless it is told otherwise: `.aegis/audit` and `.aegis/keys`.
fn beside(log: &Path) -> Result<PathBuf, Trouble> {
    Ok(std::fs::canonicalize(log)?.with_file_name("keys"))
}
