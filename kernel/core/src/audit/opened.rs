//! One value of a call, shown to someone who holds the call's record.
//! Knows nothing of where the key of its salt is kept.
//!
//! The salt opens this value and no other: it is derived for one pointer of one call by a key that is not shown.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{Leaf, Record, commit};

/// A value and the salt that it was committed to with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// Which value of the record: `/args`, `/result`, `/upstream`, `/tool` or `/facts/N`.
    pub pointer: String,
    /// Its salt.
    pub salt: Leaf,
    /// Its bytes, in base64.
    value: String,
}

impl Opened {
    /// A value with its salt.
    #[must_use]
    pub fn new(pointer: &str, salt: [u8; 32], value: &[u8]) -> Self {
        Self {
            pointer: pointer.to_owned(),
            salt: Leaf::from_bytes(salt),
            value: STANDARD.encode(value),
        }
    }

    /// The value, where it is what the record committed to.
    ///
    /// # Errors
    /// In words, why it is not.
    pub fn of(&self, record: &Record<'_>) -> Result<Vec<u8>, String> {
        let pointer = &self.pointer;
        let said = record
            .commitment(pointer)
            .ok_or_else(|| format!("the record commits to nothing at `{pointer}`"))?;
        let value = STANDARD
            .decode(&self.value)
            .map_err(|_| format!("the value at `{pointer}` is not in base64"))?;
        if commit(self.salt.as_bytes(), &value) == said {
            return Ok(value);
        }
        Err(format!(
            "the value at `{pointer}` is not the one that the record committed to"
        ))
    }
}

impl Record<'_> {
    /// What the record says of the value at a pointer, where it commits to one there.
    #[must_use]
    pub fn commitment(&self, pointer: &str) -> Option<Leaf> {
        let result = self.result.as_ref();
        match pointer {
            "/args" => self.args.as_ref().map(|args| args.commit),
            "/result" => result.map(|result| result.delivered),
            "/upstream" => result.and_then(|result| result.upstream),
            "/tool" => self.tool_commit,
            _ => {
                let at = super::checkpoint::decimal(pointer.strip_prefix("/facts/")?)?;
                let facts = self.facts.as_deref().unwrap_or_default();
                facts.get(usize::try_from(at).ok()?)?.commit
            }
        }
    }
}
