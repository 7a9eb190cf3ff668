//! A second, slow, obvious engine agrees with the kernel's over random policies, people, facts, receipts, budgets and hours;
//! and the laws of the decision hold over the same.
//! Knows nothing of single rules.

use std::collections::BTreeSet;

use aegis_core::denial::Denial;
use aegis_core::policy::{Declared, Mode, Policy, Rule, Terms};

#[path = "reference/answers.rs"]
mod answers;
#[path = "reference/calls.rs"]
mod calls;
#[path = "reference/checks.rs"]
mod checks;
#[path = "reference/conditions.rs"]
mod conditions;
#[path = "reference/dice.rs"]
mod dice;
#[path = "reference/engine.rs"]
mod engine;
#[path = "reference/grants.rs"]
mod grants;
#[path = "reference/policies.rs"]
mod policies;
#[path = "reference/when.rs"]
mod when;
#[path = "reference/world.rs"]
mod world;

use calls::Call;
use dice::Dice;
use engine::{Asked, People, Verdict};
use world::MANIFESTS;

/// What both engines say, in one shape.
#[derive(Debug, PartialEq)]
enum Said {
    Denied(BTreeSet<(String, String)>),
    Permitted(Box<Terms>),
}

fn of_kernel(answer: Result<Terms, Denial>) -> Said {
    match answer {
        Err(denial) => {
            let all = denial
                .all()
                .map(|one| (one.phase.as_str().to_owned(), one.rule.to_string()));
            Said::Denied(all.collect())
        }
        Ok(mut terms) => {
            terms.charges.sort();
            terms.obligations.sources.sort_by(|a, b| a.0.cmp(&b.0));
            Said::Permitted(Box::new(terms))
        }
    }
}

fn of_reference(verdict: Verdict, call: &Call) -> Said {
    if !verdict.objections.is_empty() {
        return Said::Denied(verdict.objections);
    }
    let spends = call
        .ledger
        .receipts
        .iter()
        .filter(|receipt| verdict.spends.contains(&receipt.id));
    let mut spends: Vec<_> = spends.cloned().collect();
    spends.sort_by(|a, b| a.id.cmp(&b.id));
    Said::Permitted(Box::new(Terms {
        obligations: verdict.obligations,
        spends,
        charges: verdict.charges,
        statement: None,
    }))
}

fn asked<'a>(
    rules: Vec<&'a Rule>,
    people: &'a People,
    policy: &'a Policy,
    call: &'a Call,
) -> Asked<'a> {
    Asked {
        rules,
        people,
        manifests: &MANIFESTS,
        call: call.question(),
        ledger: &call.ledger,
        now: call.now,
        epoch: policy.epoch(),
    }
}

/// Rules in shadow mode that would object or oblige.
fn shadows(
    declared: &[Declared],
    people: &People,
    policy: &Policy,
    call: &Call,
) -> BTreeSet<(String, String)> {
    let is_shadow = |id: &str| {
        declared
            .iter()
            .any(|one| one.rule.id() == id && one.rule.head().mode == Mode::Shadow)
    };
    let asked = asked(engine::rules(declared, true), people, policy, call);
    let mut said = engine::decide(&asked).broken;
    said.retain(|(_, rule)| is_shadow(rule));
    for rule in &asked.rules {
        let here = |tools: &[String]| {
            tools
                .iter()
                .any(|tool| engine::matches(tool, &asked.tool()))
        };
        let about = match rule {
            Rule::SmallGroups(rule) => here(
                &rule
                    .tools
                    .iter()
                    .map(|t| t.get_ref().as_str().to_owned())
                    .collect::<Vec<_>>(),
            ),
            Rule::Transform(rule) => {
                let named = rule
                    .fields
                    .iter()
                    .flat_map(|fields| &fields.tools)
                    .chain(&rule.analyse);
                let named: Vec<String> = named.map(|t| t.get_ref().as_str().to_owned()).collect();
                let caps = rule
                    .caps
                    .row_max
                    .or(rule.caps.byte_max)
                    .or(rule.caps.change_max);
                rule.mask.is_some() || rule.detect.is_some() || caps.is_some() || here(&named)
            }
            _ => false,
        };
        if about && is_shadow(rule.id()) && asked.speaks(rule.head()) {
            said.insert(("transform".to_owned(), rule.id().to_owned()));
        }
    }
    said
}

/// How often what came out, so that agreement says something.
#[derive(Debug, Default)]
struct Seen {
    decisions: usize,
    permitted: usize,
    rules: BTreeSet<&'static str>,
    denied_by: BTreeSet<String>,
    masked: usize,
    charged: usize,
    spent: usize,
    looked_up: usize,
    summed: usize,
    grouped: usize,
    shaped: usize,
    watched: usize,
}

fn compare(seed: u64, calls: usize, seen: &mut Seen) {
    let mut dice = Dice::new(seed);
    let (policy, declared) = policies::random(&mut dice);
    let people = engine::people(&declared);
    seen.rules
        .extend(declared.iter().map(|one| one.rule.kind()));
    for _ in 0..calls {
        let call = calls::random(&mut dice, &policy);
        let kernel = of_kernel(policy.judge(&call.question(), &call.ledger, call.now));
        let rules = engine::rules(&declared, false);
        let reference = of_reference(
            engine::decide(&asked(rules, &people, &policy, &call)),
            &call,
        );
        let told = || {
            format!(
                "seed {seed}: {:#?}\n{:#?}\n{:#?}",
                declared.iter().map(|one| &one.json).collect::<Vec<_>>(),
                call.question(),
                call.ledger
            )
        };
        assert_eq!(kernel, reference, "{}", told());
        let watched: BTreeSet<(String, String)> = policy
            .shadows(&call.question(), &call.ledger, call.now)
            .into_iter()
            .map(|shadow| (shadow.phase.as_str().to_owned(), shadow.rule))
            .collect();
        assert_eq!(
            watched,
            shadows(&declared, &people, &policy, &call),
            "shadows, {}",
            told()
        );
        seen.decisions += 1;
        seen.watched += usize::from(!watched.is_empty());
        match kernel {
            Said::Denied(all) => {
                let kind = |id: &str| {
                    declared
                        .iter()
                        .find(|one| one.rule.id() == id)
                        .map_or(id.to_owned(), |one| one.rule.kind().to_owned())
                };
                seen.denied_by
                    .extend(all.iter().map(|(_, rule)| kind(rule)));
            }
            Said::Permitted(terms) => {
                seen.permitted += 1;
                seen.masked += usize::from(!terms.obligations.columns.is_empty());
                seen.charged += usize::from(!terms.charges.is_empty());
                seen.spent += usize::from(!terms.spends.is_empty());
                seen.looked_up += usize::from(!terms.obligations.lookups.is_empty());
                seen.summed += usize::from(terms.obligations.measured.is_some());
                seen.grouped += usize::from(!terms.obligations.small_groups.is_empty());
                seen.shaped += usize::from(!terms.obligations.fields.is_empty());
            }
        }
    }
}

/// Both engines say the same of some thousand decisions, and every kind of rule had a word in them.
#[test]
fn both_engines_agree() {
    let mut seen = Seen::default();
    for seed in 0..120 {
        compare(seed, 35, &mut seen);
    }
    assert!(seen.decisions >= 4_000 && seen.permitted >= 400, "{seen:?}");
    assert_eq!(seen.rules.len(), 11, "{:?}", seen.rules);
    for kind in [
        "block",
        "argument",
        "require",
        "lookup",
        "measure",
        "budget",
        "kernel.not-granted",
        "kernel.beyond-tool",
        "kernel.rule-error",
    ] {
        assert!(
            seen.denied_by.contains(kind),
            "nothing was denied by `{kind}`: {seen:?}"
        );
    }
    let each = [
        seen.masked,
        seen.charged,
        seen.spent,
        seen.looked_up,
        seen.summed,
        seen.grouped,
        seen.shaped,
        seen.watched,
    ];
    assert!(each.iter().all(|count| *count > 0), "{seen:?}");
}

/// A million decisions: `cargo test -p aegis-tests --test reference -- --ignored --nocapture`.
#[test]
#[ignore = "long; the command stands above and in docs/POLICIES.md"]
fn both_engines_agree_on_a_million() {
    let mut seen = Seen::default();
    let mut seed = 1_000_000;
    while seen.decisions < 1_000_000 {
        compare(seed, 100, &mut seen);
        seed += 1;
    }
    eprintln!("{seen:?}");
}

/// Few random rules are refused at load: the comparison is of what operators write.
#[test]
fn random_rules_are_rules() {
    let (left_out, which) = policies::left_out(7, 1_000);
    assert!(
        left_out <= 350,
        "{left_out} of 1000: {}",
        which[..5].join("\n")
    );
}

/// Whether a rule widens: by its capabilities, or on terms of its own.
fn widens(rule: &Rule) -> bool {
    matches!(
        rule,
        Rule::Grant(_) | Rule::Lookup(_) | Rule::Measure(_) | Rule::Role(_) | Rule::Principal(_)
    )
}

fn judged(policy: &Policy, call: &Call) -> Result<Terms, Denial> {
    policy.judge(&call.question(), &call.ledger, call.now)
}

/// The same rules in another order, or fewer of them; receipts count under both.
fn anew(declared: Vec<Declared>, call: &mut Call, old: &Policy) -> Option<Policy> {
    let policy = Policy::new(declared, &MANIFESTS).ok()?;
    for receipt in &mut call.ledger.receipts {
        if receipt.epoch == old.epoch() {
            policy.epoch().clone_into(&mut receipt.epoch);
        }
    }
    Some(policy)
}

fn caps(terms: &Terms) -> [u64; 3] {
    let owed = &terms.obligations;
    [owed.row_max, owed.byte_max, owed.change_max].map(|cap| cap.unwrap_or(u64::MAX))
}

/// Where something more is said or found nothing more passes, no cap is lifted and no column unmasked; a finding
/// changes no mask at all.
fn nothing_widens(
    before: &Result<Terms, Denial>,
    after: &Result<Terms, Denial>,
    what: &str,
    of_findings: bool,
) {
    match (before, after) {
        (Err(_), Ok(_)) => panic!("{what} turned a deny into a permit"),
        (Ok(before), Ok(after)) => {
            let lifted = caps(before).into_iter().zip(caps(after));
            assert!(
                lifted.into_iter().all(|(before, after)| after <= before),
                "{what} lifts a cap"
            );
            let (was, now) = (&before.obligations.columns, &after.obligations.columns);
            let masked = |index: usize| now.iter().any(|mask| mask.index == index);
            assert!(
                was.iter().all(|mask| masked(mask.index)),
                "{what} unmasks a column"
            );
            assert!(!of_findings || was == now, "{what} changes a mask");
        }
        _ => {}
    }
}

/// Laws of the plan over the same policies: a rule more and a finding more never widen, order says nothing, and the
/// same question has one answer.
#[test]
fn the_laws_hold_over_the_same_policies() {
    let (mut turned, mut fewer, mut more) = (0, 0, 0);
    for seed in 10_000..10_100 {
        let mut dice = Dice::new(seed);
        let (policy, declared) = policies::random(&mut dice);
        for _ in 0..6 {
            let mut call = calls::random(&mut dice, &policy);
            let answer = judged(&policy, &call);
            assert_eq!(answer, judged(&policy, &call));
            // A finding more.
            let fact = calls::any_fact(&mut dice);
            let at = dice.below(declared.len());
            let with = {
                let asked_again = call.and(fact);
                let with = judged(&policy, &asked_again);
                call = asked_again;
                with
            };
            more += usize::from(answer.is_ok() && with.is_err());
            nothing_widens(&answer, &with, &format!("seed {seed}: `{fact}`"), true);
            // The order of rules.
            let reversed: Vec<Declared> = declared.iter().rev().cloned().collect();
            let other = anew(reversed, &mut call, &policy).expect("the same rules");
            assert_eq!(policy.epoch(), other.epoch(), "seed {seed}");
            assert_eq!(with, judged(&other, &call), "seed {seed}");
            turned += 1;
            // A rule less.
            if widens(&declared[at].rule) {
                continue;
            }
            let mut rest = declared.clone();
            let gone = rest.remove(at);
            let Some(other) = anew(rest, &mut call, &policy) else {
                continue;
            };
            let without = judged(&other, &call);
            let what = format!("seed {seed}: `{}`", gone.rule.id());
            nothing_widens(&without, &with, &what, false);
            fewer += 1;
        }
    }
    assert!(
        turned >= 500 && fewer >= 60 && more >= 20,
        "{turned} {fewer} {more}"
    );
}

/// Small changes that are said to say the same as the policy never decide otherwise, of any call that could be.
#[test]
fn what_is_said_to_be_the_same_decides_the_same() {
    let (mut held, mut differ) = (0, 0);
    for seed in 20_000..20_012 {
        let mut dice = Dice::new(seed);
        let (policy, declared) = policies::random(&mut dice);
        let mutants = policy.mutants(&declared, &MANIFESTS);
        let calls: Vec<Call> = (0..25)
            .map(|_| calls::random(&mut dice, &policy))
            .filter(Call::could_be)
            .collect();
        let decide = |call: &Call| {
            let knows = policy.may_know(&call.principal, call.tool());
            knows.then(|| rules_of(policy.judge(&call.question(), &call.ledger, call.now)))
        };
        for (same, mutant) in mutants
            .same
            .iter()
            .map(|one| (true, one))
            .chain(mutants.different.iter().step_by(4).map(|one| (false, one)))
        {
            let changed = policy.vary(&declared, mutant);
            for call in &calls {
                let knows = changed.may_know(&call.principal, call.tool());
                let now = knows
                    .then(|| rules_of(changed.judge(&call.question(), &call.ledger, call.now)));
                let before = decide(call);
                differ += usize::from(!same && now != before);
                assert!(
                    !same || now == before,
                    "seed {seed}: {}: {before:?} {now:?} {:?}",
                    mutant.change,
                    call.question()
                );
                held += usize::from(same);
            }
        }
    }
    assert!(held >= 300 && differ >= 100, "{held} {differ}");
}

/// Which rules object, or the terms.
fn rules_of(answer: Result<Terms, Denial>) -> Result<Terms, BTreeSet<String>> {
    answer.map_err(|denial| denial.all().map(|one| one.rule.to_string()).collect())
}
