//! What every rule has, whatever its kind.
//! Knows nothing of what rules say.

use super::when::{Condition, Voice};
use crate::source::Section;

/// The part of a rule that all kinds share.
#[derive(Clone, Debug)]
pub struct Head {
    /// The rule's id, unique in a policy.
    pub id: String,
    /// When it speaks; always, where nothing is said.
    pub when: Option<Condition>,
}

impl Head {
    pub(super) fn read(id: String, section: &mut Section<'_>, voice: Voice) -> Self {
        Self {
            id,
            when: Condition::read(section, voice),
        }
    }
}
