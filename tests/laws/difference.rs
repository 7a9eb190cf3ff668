//! The laws of differences: a rule more that objects widens nothing, and what became permitted is told.
//! Knows nothing of how policies are held against each other.

use std::collections::BTreeSet;

use aegis_core::policy::prove::{Difference, Direction};
use aegis_core::policy::{Declared, Policy};
use proptest::prelude::*;
use proptest::sample::Index;

use super::prove::{sound, terms};
use super::{Asked, MANIFESTS, asked, random, rules};

fn policy(rules: &[Declared]) -> Option<Policy> {
    Policy::new([rules.to_vec(), random::people()].concat(), &MANIFESTS).ok()
}

fn between(old: &Policy, new: &Policy) -> Difference {
    Difference::between((old, new), &MANIFESTS, &BTreeSet::from(["a".to_owned()]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    /// Without one rule: if that objects, putting it back widens nothing; and whatever a random call shows to have
    /// become permitted is told of its tool.
    #[test]
    fn what_became_permitted_is_told(
        rules in rules(),
        which in any::<Index>(),
        calls in prop::collection::vec(asked().prop_map(sound), 32),
    ) {
        prop_assume!(rules.len() > 1);
        let mut fewer = rules.clone();
        let removed = fewer.remove(which.index(rules.len()));
        let (Some(more), Some(less)) = (policy(&rules), policy(&fewer)) else { return Ok(()); };
        let objects = ["block", "argument", "require", "budget"].contains(&removed.rule.kind());
        for (old, new, adds) in [(&less, &more, true), (&more, &less, false)] {
            let told = between(old, new);
            if adds && objects {
                let wider = told.changes.iter().find(|change| change.sense == Direction::Widened);
                prop_assert!(wider.is_none(), "{removed:?} {wider:?}");
            }
            let became = |call: &&Asked| terms(new, call).is_some() && terms(old, call).is_none();
            for call in calls.iter().filter(became) {
                let named = told.changes.iter().any(|change| {
                    change.sense == Direction::Widened && change.principal == "a" && change.tool == call.tool
                });
                prop_assert!(named || !told.inexact.is_empty(), "{call:?} {told:#?}");
            }
        }
    }
}
