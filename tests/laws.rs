//! The laws of the decision, as properties over random policies, facts, receipts and calls.
//! Knows nothing of single rules.

use std::sync::LazyLock;

use aegis_core::capability::CapabilitySet;
use aegis_core::denial::{Denial, Phase};
use aegis_core::inspect::{Finding, Output};
use aegis_core::json::Object;
use aegis_core::manifest::{Label, Manifests};
use aegis_core::now::Now;
use aegis_core::policy::{self, Declared, Policy, Question, Shadow, Terms};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::{Counts, LedgerView, Receipt};
use aegis_tests::policies as support;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

#[path = "laws/difference.rs"]
mod difference;
#[path = "laws/indexed.rs"]
mod indexed;
#[path = "laws/prove.rs"]
mod prove;
#[path = "laws/random.rs"]
mod random;
#[path = "laws/redundant.rs"]
mod redundant;
#[path = "laws/terms.rs"]
mod terms;

use random::rules;

/// The shipped systems, with a measure beside the labels of people.
static MANIFESTS: LazyLock<Manifests> = LazyLock::new(|| {
    let mut postgres = support::shipped("postgres.toml");
    let salary = Label::parse("hr.salary").expect("a label");
    let at = ("orders".to_owned(), "amount".to_owned());
    postgres.labels.insert(at, (salary, true));
    Manifests::new(vec![
        postgres,
        support::shipped("s3.toml"),
        support::shipped("medallion.toml"),
    ])
});

const FACTS: [&str; 21] = [
    "reads customers",
    "writes staging_tmp",
    "inserts staging_tmp",
    "updates orders",
    "creates scratch",
    "drops staging_tmp",
    "truncates orders",
    "alters orders",
    "unscoped-delete customers",
    "unscoped-update orders",
    "filters pii.email",
    "looks-up pii.email",
    "looks-up pii.phone",
    "looks-up hr.salary",
    "launders pii.ssn",
    "reads-path silver/x",
    "writes-path silver/x",
    "deletes-path bronze/x",
    "domain-read gold",
    "domain-write gold",
    "calls replace",
];
const TOOLS: [&str; 6] = [
    "postgres__query",
    "postgres__execute",
    "s3__put_object",
    "s3__get_object",
    "medallion__promote",
    "medallion__validate",
];
const LABELS: [&str; 5] = ["pii.email", "pii.phone", "pii.ssn", "pii.name", "hr.salary"];
/// One random call, as rules see it.
#[derive(Clone, Debug)]
struct Asked {
    tool: &'static str,
    arguments: Object,
    findings: Vec<Finding>,
    outputs: Vec<Output>,
    subjects: Vec<String>,
    ledger: LedgerView,
}

fn receipt() -> impl Strategy<Value = Receipt> {
    (
        any::<bool>(),
        0_u64..6,
        0_i64..120,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(mine, seq, age_s, spent, same_run, passed)| {
            let dataset = MANIFESTS.dataset("customers").expect("declared");
            Receipt {
                id: format!("r{seq}{mine}{spent}"),
                kind: "silver_validation".to_owned(),
                dataset: dataset.name.clone(),
                subject: dataset.source.subject(),
                digest: String::new(),
                suite: dataset.suite.digest.clone(),
                counts: Counts {
                    evaluated: 1,
                    passed: u64::from(passed),
                    failed: 0,
                    skipped: 0,
                },
                rows: 1,
                epoch: String::new(),
                principal: if mine { "a" } else { "b" }.to_owned(),
                run: if same_run { "run" } else { "other" }.to_owned(),
                seq,
                minted_s: 1_000 - age_s,
                expires_s: 1_000 - age_s + 90,
                spent,
            }
        })
}

/// What is no bare column and carries a measure sums it.
fn output(labels: &[&str], bare: bool) -> Output {
    let mut output = support::output("x", labels, bare);
    let labels = output.labels.iter().filter(|label| label.area() == "hr");
    output.summed = labels.filter(|_| !bare).cloned().collect();
    output
}

/// The store's moment of every question.
const AT_MS: i64 = 1_000_000_000;

fn asked() -> impl Strategy<Value = Asked> {
    let outputs = prop::collection::vec((subsequence(LABELS.to_vec(), 0..3), any::<bool>()), 0..3);
    let spent = prop::collection::vec((0_usize..8, select(LABELS.to_vec()), 0_u64..4), 0..4);
    (
        select(TOOLS.to_vec()),
        subsequence(FACTS.to_vec(), 0..5),
        outputs,
        prop::option::of(select(vec!["silver/x", "gold/x", "silver/long/path"])),
        prop::collection::vec(receipt(), 0..3),
        prop::option::of(0_u64..6),
        spent,
    )
        .prop_map(|(tool, facts, outputs, key, receipts, written, spent)| {
            let mut table = toml::Table::new();
            let mut findings: Vec<_> = facts
                .into_iter()
                .map(|words| support::finding("sql", support::fact(words)))
                .collect();
            if tool.starts_with("medallion") {
                table.insert("dataset".to_owned(), "customers".into());
            }
            if let (true, Some(key)) = (tool.starts_with("s3"), key) {
                table.insert("key".to_owned(), key.into());
                findings.push(support::finding(
                    "key",
                    support::fact(&format!("writes-path {key}")),
                ));
            }
            let subject = MANIFESTS
                .dataset("customers")
                .expect("declared")
                .source
                .subject();
            Asked {
                tool,
                arguments: support::object(&table),
                findings,
                outputs: outputs
                    .iter()
                    .map(|(labels, bare)| output(labels, *bare))
                    .collect(),
                subjects: vec![subject.clone()],
                ledger: LedgerView {
                    receipts,
                    last_write: written.map(|seq| (subject, seq)).into_iter().collect(),
                    spending: terms::spending(&spent),
                    ..LedgerView::default()
                },
            }
        })
}

fn decide(rules: Vec<Declared>, asked: &Asked) -> Option<Result<Terms, Denial>> {
    ask(rules, asked, |policy, question, ledger, now| {
        policy.judge(question, ledger, now)
    })
}

fn shadows(rules: Vec<Declared>, asked: &Asked) -> Vec<Shadow> {
    let said = ask(rules, asked, |policy, question, ledger, now| {
        policy.shadows(question, ledger, now)
    });
    said.unwrap_or_default()
}

fn ask<T>(
    rules: Vec<Declared>,
    asked: &Asked,
    answer: impl Fn(&Policy, &Question<'_>, &LedgerView, Now) -> T,
) -> Option<T> {
    ask_as("a", rules, asked, answer)
}

fn ask_as<T>(
    who: &str,
    mut rules: Vec<Declared>,
    asked: &Asked,
    answer: impl Fn(&Policy, &Question<'_>, &LedgerView, Now) -> T,
) -> Option<T> {
    rules.extend(random::people());
    let policy = Policy::new(rules, &MANIFESTS).ok()?;
    ask_of(&policy, who, asked, answer)
}

fn ask_of<T>(
    policy: &Policy,
    who: &str,
    asked: &Asked,
    answer: impl Fn(&Policy, &Question<'_>, &LedgerView, Now) -> T,
) -> Option<T> {
    let (_, system, tool) = MANIFESTS.tools().find(|(name, ..)| *name == asked.tool)?;
    let mut ledger = asked.ledger.clone();
    for receipt in &mut ledger.receipts {
        policy.epoch().clone_into(&mut receipt.epoch);
    }
    let capabilities: CapabilitySet = support::capabilities(&tool.capabilities, &asked.findings);
    let question = Question {
        catalog: None,
        principal: &Principal::assertion(who, Proof::Hypothetical),
        run: "run",
        system,
        tool,
        arguments: &asked.arguments,
        capabilities: &capabilities,
        findings: &asked.findings,
        outputs: Some(&asked.outputs),
        subjects: &asked.subjects,
    };
    let now = Now { unix_ms: 1_000_000 };
    Some(answer(policy, &question, &ledger, now))
}

/// Which outputs are masked at all.
fn masked(terms: &Terms, columns: usize) -> Vec<bool> {
    (0..columns)
        .map(|at| {
            terms
                .obligations
                .columns
                .iter()
                .any(|mask| mask.index == at)
        })
        .collect()
}

/// Whether a rule widens: by its capabilities, or on terms of its own.
fn widens(declared: &Declared) -> bool {
    ["grant", "lookup", "measure"].contains(&declared.rule.kind())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Apart from a grant, a rule more never turns a deny into a permit, nor unmasks a column, nor lifts a cap.
    #[test]
    fn a_rule_more_never_widens(rules in rules(), which in any::<Index>(), asked in asked()) {
        prop_assume!(rules.len() > 1);
        let mut fewer = rules.clone();
        let removed = fewer.remove(which.index(rules.len()));
        prop_assume!(!widens(&removed));
        let (with, without) = (decide(rules, &asked), decide(fewer, &asked));
        if let (Some(Ok(with)), Some(without)) = (with, without) {
            prop_assert!(without.is_ok(), "{removed:?} turned a deny into a permit");
            let without = without.expect("permitted");
            let columns = asked.outputs.len();
            let stays = masked(&with, columns).iter().zip(masked(&without, columns)).all(|(now, before)| *now || !before);
            prop_assert!(stays, "{removed:?} unmasks a column");
            let cap = |terms: &Terms| terms.obligations.row_max.unwrap_or(u64::MAX);
            prop_assert!(cap(&with) <= cap(&without));
        }
    }

    /// A finding more never turns a deny into a permit.
    #[test]
    fn a_finding_more_never_permits(rules in rules(), asked in asked(), fact in select(FACTS.to_vec())) {
        let mut more = asked.clone();
        more.findings.push(support::finding("sql", support::fact(fact)));
        match (decide(rules.clone(), &asked), decide(rules, &more)) {
            (Some(Err(_)), Some(with)) => prop_assert!(with.is_err(), "`{fact}` turned a deny into a permit"),
            (Some(Ok(without)), Some(Ok(with))) => {
                let columns = asked.outputs.len();
                prop_assert_eq!(masked(&without, columns), masked(&with, columns));
                let cap = |terms: &Terms| terms.obligations.row_max.unwrap_or(u64::MAX);
                prop_assert!(cap(&with) <= cap(&without), "`{fact}` lifts a cap");
            }
            _ => {}
        }
    }

    /// A rule in shadow mode changes no decision, and says what it would have said if it counted.
    #[test]
    fn a_shadow_rule_changes_nothing(rules in rules(), more in random::objecting(), asked in asked()) {
        let watched = policy::parse(&format!("{more}mode = \"shadow\"\n"), "shadow").expect("a rule");
        let counting = policy::parse(&more, "counts").expect("a rule");
        prop_assume!(random::holds(&[rules.clone(), watched.clone()].concat()));
        let beside = [rules.clone(), watched].concat();
        let strip = |answer: Option<Result<Terms, Denial>>| answer.map(|answer| answer.map(|terms| {
            let spent: Vec<String> = terms.spends.iter().map(|receipt| receipt.id.clone()).collect();
            (terms.obligations, spent, terms.charges)
        }));
        prop_assert_eq!(strip(decide(rules.clone(), &asked)), strip(decide(beside.clone(), &asked)));
        let names = |answer: &Denial| answer.all().any(|one| one.rule == "shadow" || one.reason.contains("`shadow`"));
        let objects = matches!(decide([rules, counting].concat(), &asked), Some(Err(denial)) if names(&denial));
        let said = shadows(beside, &asked);
        prop_assert_eq!(objects, said.iter().any(|one| one.rule == "shadow" && one.phase != Phase::Transform));
    }

    /// The order of rules changes nothing, not even the epoch.
    #[test]
    fn order_is_irrelevant(rules in rules(), asked in asked()) {
        let mut turned = rules.clone();
        turned.reverse();
        prop_assert_eq!(decide(rules.clone(), &asked), decide(turned.clone(), &asked));
        let epoch = |rules: Vec<Declared>| Policy::new([rules, random::people()].concat(), &MANIFESTS).ok().map(|policy| policy.epoch().to_owned());
        prop_assert_eq!(epoch(rules), epoch(turned));
    }

    /// The same inputs give the same decision, whatever the order of receipts.
    #[test]
    fn the_same_question_has_one_answer(rules in rules(), asked in asked()) {
        let mut turned = asked.clone();
        turned.ledger.receipts.reverse();
        let answer = decide(rules.clone(), &asked);
        prop_assert_eq!(&answer, &decide(rules.clone(), &asked));
        prop_assert_eq!(answer.map(|a| a.is_ok()), decide(rules, &turned).map(|a| a.is_ok()));
    }

    /// Nothing is permitted without a grant for each capability.
    #[test]
    fn nothing_without_a_grant(rules in rules(), asked in asked()) {
        let rules: Vec<Declared> = rules.into_iter().filter(|rule| rule.rule.kind() != "grant").collect();
        prop_assume!(!rules.is_empty());
        let answer = decide(rules, &asked);
        prop_assert!(answer.is_none_or(|answer| answer.is_err()));
    }

    /// A denial names rule, reason and fix, and its first objection is of the earliest phase.
    #[test]
    fn a_denial_says_what_to_do(rules in rules(), asked in asked()) {
        if let Some(Err(denial)) = decide(rules, &asked) {
            for objection in denial.all() {
                prop_assert!(!objection.rule.is_empty() && !objection.reason.is_empty() && !objection.fix.is_empty());
                prop_assert!(denial.first().phase <= objection.phase);
            }
        }
    }
}

/// The properties above say something only where both answers occur.
#[test]
fn random_questions_are_permitted_and_denied() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut permitted, mut denied) = (0, 0);
    let (mut found, mut summed, mut spent) = (0, 0, 0);
    for _ in 0..900 {
        let (rules, asked) = (rules(), asked())
            .new_tree(&mut runner)
            .expect("a value")
            .current();
        match decide(rules, &asked) {
            Some(Ok(terms)) => {
                permitted += 1;
                found += usize::from(!terms.obligations.lookups.is_empty());
                summed += usize::from(terms.obligations.measured.is_some());
            }
            Some(Err(denial)) => {
                denied += 1;
                let used_up = |reason: &str| reason.contains("is used up");
                spent += usize::from(denial.all().any(|one| used_up(&one.reason)));
            }
            None => {}
        }
    }
    assert!(
        permitted >= 60 && denied >= 100,
        "{permitted} permitted, {denied} denied"
    );
    assert!(
        found > 0 && summed > 0 && spent > 0,
        "{found} look-ups, {summed} sums, {spent} budgets used up"
    );
}

/// A call about two subjects does not pass on the receipt for one.
#[test]
fn a_receipt_for_one_subject_never_covers_two() {
    let dataset = MANIFESTS.dataset("customers").expect("declared");
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let good = receipt().prop_filter("good", |r| {
        !r.spent && r.principal == "a" && r.counts.all_passed() && r.minted_s > 990
    });
    let receipt =
        proptest::strategy::ValueTree::current(&good.new_tree(&mut runner).expect("a receipt"));
    let mut asked = Asked {
        tool: "medallion__promote",
        arguments: support::object(&toml::Table::from_iter([(
            "dataset".to_owned(),
            "customers".into(),
        )])),
        findings: Vec::new(),
        outputs: Vec::new(),
        subjects: vec![dataset.source.subject()],
        ledger: LedgerView {
            receipts: vec![receipt],
            ..LedgerView::default()
        },
    };
    let text = "[[grant]]\nid = \"g\"\nprincipal = \"a\"\ncapabilities = [\"*\"]\n[[require]]\nid = \"r\"\ncapability = \"medallion:promote\"\n\
                receipt = { kind = \"silver_validation\", of = \"dataset\", fresh_s = 60 }\nbecause = \"b\"\nfix = \"f\"\n";
    let rules = policy::parse(text, "text").expect("rules");
    assert!(decide(rules.clone(), &asked).is_some_and(|answer| answer.is_ok()));
    asked.subjects.push("s3:object:silver/other.csv".to_owned());
    let denial = decide(rules.clone(), &asked)
        .expect("a policy")
        .expect_err("two subjects");
    assert_eq!(denial.first().rule, "kernel.rule-error");
    asked.subjects.clear();
    assert!(decide(rules, &asked).is_some_and(|answer| answer.is_err()));
}
