//! What rules that are only watched would have said.
//! Knows nothing of decisions: they are made without these rules.

use std::collections::BTreeSet;

use super::engine::{Case, Opinion, hear};
use super::phase::{SmallGroups, Transform};
use super::when::Truth;
use super::{Mode, Policy, Question};
use crate::denial::Phase;
use crate::now::Now;
use crate::receipt::LedgerView;

/// One rule that would have spoken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shadow {
    /// Where in the fixed order it stands.
    pub phase: Phase,
    /// The rule.
    pub rule: String,
}

impl Policy {
    /// The rules in `mode = "shadow"` that would have objected to the call, or obliged its answer, by phase and id.
    /// A decision is made without them, so nothing here can change one.
    #[must_use]
    pub fn shadows(&self, asked: &Question<'_>, ledger: &LedgerView, now: Now) -> Vec<Shadow> {
        let Some(watched) = self.watched() else {
            return Vec::new();
        };
        let case = Case::new(watched, *asked, ledger, now);
        let mut opinion = Opinion::by_name();
        hear(&case, &mut opinion);
        let mut said: BTreeSet<Shadow> = opinion
            .objections()
            .filter(|one| self.is_shadow(&one.rule))
            .map(|one| Shadow {
                phase: one.phase,
                rule: one.rule.to_string(),
            })
            .collect();
        let transforms = case.among::<Transform>();
        let transforms = transforms.filter(|rule| rule.is_about(case.tool));
        let groups = case.among::<SmallGroups>();
        let groups = groups.filter(|rule| rule.covers(case.tool));
        let heads = transforms
            .map(|rule| &rule.head)
            .chain(groups.map(|rule| &rule.head));
        let obliging = heads.filter(|head| {
            self.is_shadow(&head.id) && matches!(case.worth(head), Truth::Yes | Truth::Unreadable)
        });
        said.extend(obliging.map(|head| Shadow {
            phase: Phase::Transform,
            rule: head.id.clone(),
        }));
        said.into_iter().collect()
    }

    fn is_shadow(&self, id: &str) -> bool {
        let rule = self.rule(id);
        rule.is_some_and(|rule| rule.head().mode == Mode::Shadow)
    }
}
