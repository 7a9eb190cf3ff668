//! The laws of rules that grant on terms: look-ups and sums, and the budgets that they are paid from.
//! Knows nothing of single rules.

use aegis_core::inspect::Fact;
use aegis_core::manifest::Label;
use aegis_core::policy;
use aegis_core::receipt::{Back, Spending};
use proptest::prelude::*;
use proptest::sample::select;

use super::{AT_MS, Asked, LABELS, asked, decide, masked, rules};

/// The labels that a call looks up by.
fn looked_up(asked: &Asked) -> Vec<&Label> {
    let facts = asked.findings.iter().map(|finding| &finding.fact);
    facts
        .filter_map(|fact| match fact {
            Fact::LooksUp(label) => Some(label),
            _ => None,
        })
        .collect()
}

/// What was charged: by rules of look-ups and sums for a label, by rules of budgets for the principal or for all.
pub(super) fn spending(spent: &[(usize, &str, u64)]) -> Spending {
    let mut spending = Spending::at(AT_MS);
    for (rule, label, amount) in spent {
        for account in [
            format!("r{rule}/{label}"),
            format!("r{rule}"),
            format!("r{rule}/*"),
        ] {
            spending.add(&account, AT_MS, *amount);
        }
    }
    spending
}

/// One random budget as TOML, without its id.
pub(super) fn budget() -> impl Strategy<Value = String> {
    let unit = select(vec!["calls", "rows", "bytes"]);
    let over = select(vec![
        "window_s = 3600",
        "refill = { amount = 2, every_s = 60 }",
    ]);
    let about = select(vec![
        "",
        "tool = \"postgres__*\"\n",
        "capability = \"db:write\"\n",
        "principal = \"a\"\n",
        "per = \"everyone\"\n",
    ]);
    (unit, 1_u64..6, over, about).prop_map(|(unit, limit, over, about)| {
        format!("[[budget]]\nID\n{unit} = {limit}\n{over}\n{about}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// A look-up rule more permits nothing but look-ups, and unmasks nothing.
    #[test]
    fn a_look_up_rule_permits_look_ups_alone(rules in rules(), asked in asked(), label in select(vec!["pii.email", "pii.*", "*"])) {
        let text = format!("[[lookup]]\nid = \"more\"\nprincipal = \"a\"\nlabel = \"{label}\"\nbudget = {{ calls = 9, window_s = 60 }}\n");
        let mut more = rules.clone();
        more.extend(policy::parse(&text, "more").expect("a rule"));
        let (with, without) = (decide(more, &asked), decide(rules, &asked));
        if let (Some(Ok(with)), Some(without)) = (with, without) {
            match without {
                Ok(without) => prop_assert_eq!(with.obligations.columns, without.obligations.columns),
                Err(_) => {
                    let labels: Vec<&str> = looked_up(&asked).iter().map(|label| label.as_str()).collect();
                    prop_assert!(labels.contains(&"pii.email") || (label != "pii.email" && labels.contains(&"pii.phone")));
                    prop_assert!(with.charges.iter().any(|charge| charge.account.starts_with("more/pii.")));
                }
            }
        }
    }

    /// What no rule lets be looked up is judged as the filter that it is; what is looked up is paid for each time.
    #[test]
    fn a_look_up_is_paid_for_or_is_a_filter(rules in rules(), asked in asked()) {
        let mut filters = asked.clone();
        for finding in &mut filters.findings {
            if let Fact::LooksUp(label) = &finding.fact {
                finding.fact = Fact::Filters(label.clone());
            }
        }
        let (looks, filtered) = (decide(rules.clone(), &asked), decide(rules, &filters));
        if let (Some(looks), Some(filtered)) = (looks, filtered) {
            let labels = looked_up(&asked);
            match looks {
                Ok(terms) if terms.obligations.lookups.is_empty() => prop_assert!(filtered.is_ok()),
                Ok(terms) => for label in &terms.obligations.lookups {
                    prop_assert!(labels.contains(&label) && label.area() == "pii");
                    let paid = terms.charges.iter().find(|charge| charge.account.ends_with(&format!("/{label}")));
                    prop_assert!(paid.is_some_and(|charge| charge.amount == 1 && charge.back == Back::Never));
                },
                // Whoever may filter may look up, as long as a budget is left.
                Err(denial) if filtered.is_ok() => {
                    prop_assert!(denial.all().all(|objection| objection.reason.contains("is used up") || objection.reason.contains(":lookup")));
                }
                Err(_) => {}
            }
        }
    }

    /// A measure rule more permits nothing, and unmasks sums alone.
    #[test]
    fn a_measure_rule_unmasks_sums_alone(rules in rules(), asked in asked()) {
        let text = "[[measure]]\nid = \"more\"\nprincipal = \"a\"\nlabel = \"hr.*\"\nbudget = { calls = 9, window_s = 60 }\n";
        let mut more = rules.clone();
        more.extend(policy::parse(text, "more").expect("a rule"));
        let (with, without) = (decide(more, &asked), decide(rules, &asked));
        if let (Some(Ok(with)), Some(without)) = (with, without) {
            prop_assert!(without.is_ok(), "sums turned a deny into a permit");
            let without = without.expect("permitted");
            let columns = asked.outputs.len();
            let before = masked(&without, columns);
            for ((now, before), output) in masked(&with, columns).iter().zip(before).zip(&asked.outputs) {
                let sums_alone = output.labels == output.summed && !output.summed.is_empty();
                prop_assert!(*now || !before || sums_alone, "{output:?} is unmasked");
                prop_assert!(before || !*now);
            }
        }
    }

    /// What was spent more never permits, and no charge is less for it.
    #[test]
    fn spending_more_never_permits(rules in rules(), asked in asked(), at in 0_usize..8, label in select(LABELS.to_vec()), amount in 1_u64..5) {
        let mut more = asked.clone();
        more.ledger.spending.add(&format!("r{at}/{label}"), AT_MS, amount);
        if let (Some(before), Some(after)) = (decide(rules.clone(), &asked), decide(rules, &more)) {
            prop_assert!(before.is_ok() || after.is_err());
            if let (Ok(before), Ok(after)) = (before, after) {
                prop_assert_eq!(before.charges, after.charges);
            }
        }
    }
}
