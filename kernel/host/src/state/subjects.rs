//! The subjects of one call, in the canonical text of `Location::subject`.
//! Knows nothing of what the call does to them.

use aegis_core::inspect::Examined;

/// What a call is about and what it writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subjects {
    /// Subjects whose receipts the decision may stand on.
    pub about: Vec<String>,
    /// Subjects whose receipts the call makes void.
    pub writes: Vec<String>,
    /// Whose budgets the decision may charge, where it may charge any.
    pub payer: Option<String>,
}

impl From<&Examined> for Subjects {
    fn from(examined: &Examined) -> Self {
        Self {
            about: examined.subjects().to_vec(),
            writes: examined.writes().to_vec(),
            payer: examined
                .may_cost()
                .then(|| examined.call().principal().id().to_owned()),
        }
    }
}

impl Subjects {
    /// Whether the store has nothing to say or note about the call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.about.is_empty() && self.writes.is_empty() && self.payer.is_none()
    }
}
