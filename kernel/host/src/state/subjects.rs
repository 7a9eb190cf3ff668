//! The subjects of one call, in the canonical text of `Location::subject`.
//! Knows nothing of what the call does to them.

use aegis_core::inspect::Examined;
use aegis_core::policy::{Policy, Question};

/// What a call is about and what it writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subjects {
    /// Subjects whose receipts the decision may stand on.
    pub about: Vec<String>,
    /// Subjects whose receipts the call makes void.
    pub writes: Vec<String>,
    /// Whose budgets the decision may charge, where it may charge any.
    pub payer: Option<String>,
    /// Values of the call by the accounts that count different ones.
    pub values: Vec<(String, Vec<String>)>,
}

impl Subjects {
    /// What a call is about under a policy.
    #[must_use]
    pub fn of(examined: &Examined, policy: &Policy) -> Self {
        Self::among(examined, [policy])
    }

    /// What a call is about under several policies together.
    #[must_use]
    pub fn among<'a>(
        examined: &Examined,
        policies: impl IntoIterator<Item = &'a Policy> + Clone,
    ) -> Self {
        let asked = Question::about(examined);
        let mut all = policies.clone().into_iter();
        let costly = examined.may_cost() || all.any(|policy| policy.meters(&asked));
        let mut values = Vec::new();
        for policy in policies {
            for value in policy.metered_values(&asked) {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        Self {
            about: examined.subjects().to_vec(),
            writes: examined.writes().to_vec(),
            payer: costly.then(|| examined.call().principal().id().to_owned()),
            values,
        }
    }

    /// Whether the store has nothing to say or note about the call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.about.is_empty() && self.writes.is_empty() && self.payer.is_none()
    }
}
