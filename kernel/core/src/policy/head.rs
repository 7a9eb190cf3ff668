//! What every rule has, whatever its kind.
//! Knows nothing of what rules say.

use serde_spanned::Spanned;

use super::when::{Condition, Voice};
use super::{Mode, Severity};
use crate::source::Section;

/// The part of a rule that all kinds share.
#[derive(Clone, Debug)]
pub struct Head {
    /// The rule's id, unique in a policy.
    pub id: String,
    /// When it speaks; always, where nothing is said.
    pub when: Option<Condition>,
    /// Whether it counts.
    pub mode: Mode,
    /// How grave its objection is, where that is said.
    pub severity: Option<Severity>,
}

impl Head {
    /// A head that says nothing but a name.
    pub(super) fn named(id: String) -> Self {
        Self {
            id,
            when: None,
            mode: Mode::Enforce,
            severity: None,
        }
    }

    pub(super) fn read(id: String, section: &mut Section<'_>, voice: Voice) -> Self {
        let mode = section.parsed("mode", "`enforce` or `shadow`", Mode::parse);
        let words = "`low`, `medium`, `high` or `critical`";
        let severity = section.parsed("severity", words, Severity::parse);
        let shadow = |mode: &&Spanned<Mode>| *mode.get_ref() == Mode::Shadow;
        if let Some(mode) = mode.as_ref().filter(shadow)
            && voice != Voice::Objects
        {
            section.problem(
                mode.span(),
                "a rule that grants cannot be a shadow: nothing would be granted by it",
                "drop `mode`, or leave the rule out",
            );
        }
        Self {
            id,
            when: Condition::read(section, voice),
            mode: mode.map_or(Mode::Enforce, Spanned::into_inner),
            severity: severity.map(Spanned::into_inner),
        }
    }
}
