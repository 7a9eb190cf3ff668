//! What the values of some members were when they were last read: most records repeat them byte for byte.
//! Knows nothing of which lines they came from, and makes no answer other than reading them again would.
//!
//! Whether a value is in its form depends on its own bytes alone, and strings, lists and objects end where their bytes
//! say: where the same bytes stand again, they are the same value. Numbers do not, so none is kept.

use super::cursor::{Cursor, Odd};
use super::{Id, Leaf};
use crate::limits;

/// The values, member by member.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) boot: Value<Option<Id>>,
    pub(super) log: Value<Option<Id>>,
    pub(super) catalog: Value<Option<Leaf>>,
    pub(super) epoch: Value<String>,
    pub(super) capabilities: Value<()>,
    pub(super) facts: Value<()>,
    pub(super) obligations: Value<()>,
    pub(super) rules: Value<()>,
    pub(super) salts: Value<()>,
    pub(super) server: Value<()>,
    pub(super) tool: Value<()>,
    pub(super) who: Value<()>,
}

/// One value and the bytes that it was read from, none where there is none yet.
#[derive(Debug, Default)]
pub(super) struct Value<T> {
    bytes: Vec<u8>,
    value: T,
}

impl<T> Value<T> {
    /// The value that stands next: the known one where its bytes stand there, else what `read` makes of it.
    #[inline]
    pub(super) fn take<'l>(
        &mut self,
        from: &mut Cursor<'l>,
        read: impl FnOnce(&mut Cursor<'l>) -> Result<T, Odd>,
    ) -> Result<&T, Odd> {
        if !self.bytes.is_empty() && from.passes(&self.bytes) {
            return Ok(&self.value);
        }
        let before = from.rest();
        self.bytes.clear();
        self.value = read(from)?;
        let read = before.len().saturating_sub(from.rest().len());
        if read <= limits::RECORD_KNOWN_BYTES_MAX {
            let bytes = before.get(..read).unwrap_or_default();
            self.bytes.extend_from_slice(bytes);
        }
        Ok(&self.value)
    }
}
