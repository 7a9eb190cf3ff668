//! The form of an object's key.
//! Knows nothing of what is stored.

use unicode_normalization::is_nfc;

use super::code::S3Code;
use crate::bounds::{KEY_BYTES_MAX, KEY_COMPONENT_BYTES_MAX};

/// How the names of unfinished writes begin; no key may.
pub(super) const UNFINISHED: &str = ".aegis-unfinished-";

/// A relative key of plain components, checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(String);

impl Key {
    /// Checks a key. Nothing is repaired: a key that needs repair has two spellings.
    pub(super) fn parse(text: &str) -> Result<Self, S3Code> {
        if text.len() <= KEY_BYTES_MAX && text.split('/').all(plain) && is_nfc(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(S3Code::BadKey)
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The directories above the object, outermost first.
    pub(super) fn parents(&self) -> impl Iterator<Item = &str> {
        let above = self.0.rsplit_once('/').map(|(above, _)| above);
        above.into_iter().flat_map(|above| above.split('/'))
    }

    /// The path of the directory that holds the object; `.` is the root.
    pub(super) fn directory(&self) -> &str {
        self.0.rsplit_once('/').map_or(".", |(above, _)| above)
    }

    /// The last component.
    pub(super) fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }
}

/// Whether one component is served: not empty, no `.` or `..`, no control character, backslash or
/// NUL, and no trailing dot or space, which some file systems drop.
pub(super) fn plain(component: &str) -> bool {
    !component.is_empty()
        && component.len() <= KEY_COMPONENT_BYTES_MAX
        && !component.ends_with(['.', ' '])
        && !component.starts_with(UNFINISHED)
        && !component.chars().any(|c| c.is_control() || c == '\\')
}
