//! The law of the index: a policy that looks rules up says of every call what one says that asks them all.
//! Knows nothing of single rules.

use std::collections::BTreeSet;

use aegis_core::policy::{Declared, Unknown};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{ask_as, asked, random};

/// Each rule in some mode: one that grants or is a budget cannot be a shadow.
fn moded(rules: Vec<Declared>, shadows: &[bool]) -> Vec<Declared> {
    let objects = ["block", "argument", "require", "transform"];
    let turn =
        |(rule, shadow): (Declared, &bool)| match *shadow && objects.contains(&rule.rule.kind()) {
            true => random::as_shadow(rule),
            false => rule,
        };
    rules
        .into_iter()
        .zip(shadows.iter().cycle())
        .map(turn)
        .collect()
}

fn unknown() -> impl Strategy<Value = Unknown> {
    let arguments = || subsequence(vec!["key", "sql", "dataset"], 0..3);
    (arguments(), arguments(), any::<bool>()).prop_map(|(values, facts, receipts)| {
        let set = |names: Vec<&str>| -> BTreeSet<String> {
            names.into_iter().map(str::to_owned).collect()
        };
        Unknown {
            values: set(values),
            facts: set(facts),
            receipts,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every objection, obligation and charge, every shadow, every rule left open in a replay, every tool shown.
    #[test]
    fn a_rule_that_is_not_asked_has_no_word(
        rules in random::many(),
        shadows in prop::collection::vec(prop::bool::weighted(0.3), 1..9),
        asked in asked(),
        unknown in unknown(),
        who in select(vec!["a", "b", "nobody"]),
    ) {
        let rules = moded(rules, &shadows);
        let differ = ask_as(who, rules, &asked, |policy, question, ledger, now| {
            let plain = policy.clone().plain();
            prop_assert_eq!(policy.judge(question, ledger, now), plain.judge(question, ledger, now));
            prop_assert_eq!(policy.shadows(question, ledger, now), plain.shadows(question, ledger, now));
            let (fast, slow) = (policy.rejudge(question, &unknown, ledger, now), plain.rejudge(question, &unknown, ledger, now));
            prop_assert_eq!(fast, slow);
            prop_assert_eq!(policy.may_know(question.principal, question.tool), plain.may_know(question.principal, question.tool));
            prop_assert_eq!(policy.meters(question), plain.meters(question));
            prop_assert_eq!(policy.weigh(question, ledger, now), plain.weigh(question, ledger, now));
            Ok(())
        });
        differ.unwrap_or(Ok(()))?;
    }
}
