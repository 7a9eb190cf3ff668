//! The laws of proofs: what is said to hold no random call breaks, and what is shown the engine confirms.
//! Knows nothing of how classes are found.

use std::collections::BTreeSet;

use aegis_core::call::{Arguments, Call};
use aegis_core::inspect::{self, Fact, Output, World};
use aegis_core::json::Json;
use aegis_core::now::Now;
use aegis_core::policy::prove::{Answer, Ask, Prover, Verdict, Witness};
use aegis_core::policy::{Declared, Policy, Question, Terms};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::LedgerView;
use aegis_tests::policies as support;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Asked, MANIFESTS, ask_of, asked, random, rules};

/// Each question, and whether a permitted call is what it asks about: principal `a`, at the time of every random call.
type Breaks = fn(&Asked, &Terms) -> bool;
const QUESTIONS: [(&str, Breaks); 7] = [
    (
        "never = { label = \"pii.*\", leaves = \"unmasked\" }",
        |asked, terms| unmasked(&asked.outputs, terms),
    ),
    (
        "never = { capability = \"medallion:promote\", without_receipt = \"silver_validation\" }",
        |asked, terms| asked.tool == "medallion__promote" && terms.spends.is_empty(),
    ),
    (
        "never = { fact = { writes-path = { except = [\"silver/*\"] } } }",
        |asked, _| {
            has(
                asked,
                |fact| matches!(fact, Fact::Touches { path, .. } if !path.starts_with("silver/")),
            )
        },
    ),
    ("never = { capability = \"db:drop\" }", |asked, _| {
        has(asked, |fact| matches!(fact, Fact::Drops(_)))
    }),
    (
        "never = { principal = \"a\", fact = { writes = \"staging_*\", calls = \"replace\" } }",
        |asked, _| {
            has(asked, |fact| {
                *fact == Fact::Writes("staging_tmp".to_owned())
            }) && has(asked, |fact| *fact == Fact::Calls("replace".to_owned()))
        },
    ),
    (
        "never = { tool = \"s3__put_object\", time = { days = [\"thu\"], to = \"01:00\", zone = \"UTC\" } }",
        |asked, _| asked.tool == "s3__put_object",
    ),
    (
        "never = { any = [{ capability = \"pii:filter\" }, { capability = \"gold:write\" }] }",
        |asked, _| {
            has(
                asked,
                |fact| matches!(fact, Fact::Filters(label) if label.area() == "pii"),
            ) || has(asked, |fact| *fact == Fact::DomainWrite("gold".to_owned()))
        },
    ),
];

fn has(asked: &Asked, is: impl Fn(&Fact) -> bool) -> bool {
    asked.findings.iter().any(|finding| is(&finding.fact))
}

fn unmasked(outputs: &[Output], terms: &Terms) -> bool {
    let owed = &terms.obligations;
    outputs.iter().enumerate().any(|(index, output)| {
        output.labels.iter().any(|label| label.area() == "pii")
            && owed.columns.iter().all(|mask| mask.index != index)
    })
}

/// The call as a kernel could have read it: statements have facts about tables, and who has a column has read its table;
/// an object is written where the key says.
pub(super) fn sound(mut asked: Asked) -> Asked {
    let statement = asked.tool.starts_with("postgres");
    asked.findings.retain(|finding| match &finding.fact {
        Fact::Touches { .. } => finding.argument == "key" && asked.tool == "s3__put_object",
        _ => statement,
    });
    if !statement {
        asked.outputs.clear();
    }
    for output in asked.outputs.clone() {
        for label in &output.labels {
            let table = if label.area() == "hr" {
                "reads orders"
            } else {
                "reads customers"
            };
            asked
                .findings
                .push(support::finding("sql", support::fact(table)));
        }
    }
    if let Some(key) = asked.arguments.get("key").and_then(Json::as_str)
        && key.starts_with("gold/")
    {
        let fact = support::fact("domain-write gold");
        asked.findings.push(support::finding("key", fact));
    }
    asked
}

fn proven(rules: &[Declared], question: usize) -> Option<(Policy, Answer)> {
    let rules = [rules.to_vec(), random::people()].concat();
    let policy = Policy::new(rules, &MANIFESTS).ok()?;
    let text = format!("[[ask]]\nid = \"q\"\n{}\n", QUESTIONS[question].0);
    let asks = Ask::parse(&text, "ask").expect("a question");
    let answer = Prover::new(&policy, &MANIFESTS, BTreeSet::new()).answer(&asks[0]);
    Some((policy, answer))
}

/// Whether a random call is permitted and what the question asks about.
fn broken(policy: &Policy, asked: &Asked, breaks: Breaks) -> bool {
    terms(policy, asked).is_some_and(|terms| breaks(asked, &terms))
}

/// On which terms a random call, as a manifest admits it, is permitted to `a`.
pub(super) fn terms(policy: &Policy, asked: &Asked) -> Option<Terms> {
    if asked.tool.starts_with("s3") && asked.arguments.get("key").is_none() {
        return None;
    }
    ask_of(policy, "a", asked, |policy, question, ledger, now| {
        let terms = policy.judge(question, ledger, now).ok();
        terms.filter(|_| policy.may_know(question.principal, question.tool))
    })?
}

/// Makes the call that is shown as a kernel does, and judges it.
fn judged(policy: &Policy, witness: &Witness) -> (Vec<Output>, Terms) {
    let who = Principal::assertion(&witness.principal, Proof::Hypothetical);
    let arguments =
        Arguments::from_json(&Json::Object(witness.arguments.clone())).expect("arguments");
    let call = Call::new(who.clone(), "prove", &witness.tool, arguments);
    let catalogs = support::catalogs(&MANIFESTS);
    let world = World {
        manifests: &MANIFESTS,
        catalogs: &catalogs,
    };
    let bound = MANIFESTS
        .bind(call, |who, tool| policy.may_know(who, tool))
        .expect("bound");
    let examined = inspect::examine(bound, &world).expect("examined");
    let ledger = LedgerView {
        receipts: witness.receipts.clone(),
        ..LedgerView::default()
    };
    let outputs = examined.outputs().unwrap_or_default().to_vec();
    let terms = policy.judge(&Question::about(&examined), &ledger, witness.now);
    (outputs, terms.expect("permitted"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// No random call breaks what was said to hold; what was said not to hold the engine confirms by the call shown.
    #[test]
    fn a_proof_is_broken_by_no_call_and_a_counter_example_is_one(
        rules in rules(),
        question in 0..QUESTIONS.len(),
        calls in prop::collection::vec(asked().prop_map(sound), 24),
    ) {
        let Some((policy, answer)) = proven(&rules, question) else { return Ok(()); };
        match (&answer.verdict, &answer.witness) {
            (Verdict::Holds, None) => {
                for call in &calls {
                    prop_assert!(!broken(&policy, call, QUESTIONS[question].1), "{answer:?}\n{call:?}");
                }
            }
            (Verdict::Fails, Some(witness)) => {
                let (outputs, terms) = judged(&policy, witness);
                if question == 0 {
                    prop_assert!(unmasked(&outputs, &terms), "{witness:?}");
                }
                if question == 1 {
                    prop_assert!(terms.spends.is_empty(), "{witness:?}");
                }
            }
            (Verdict::Undecided(why), None) => prop_assert!(!why.is_empty()),
            other => prop_assert!(false, "{other:?}"),
        }
    }

    /// The moment of a week decides, whichever week it is.
    #[test]
    fn a_proof_about_days_holds_in_every_week(week in 0_i64..3_000, rule in select(vec!["thu", "mon-wed", "sat-sun"])) {
        let text = format!("[[grant]]\nid = \"g\"\nprincipal = \"a\"\ncapabilities = [\"*\"]\nwhen = {{ time = {{ days = [\"{rule}\"], zone = \"UTC\" }} }}\n");
        let rules = aegis_core::policy::parse(&text, "text").expect("rules");
        let (policy, answer) = proven(&rules, 5).expect("a policy");
        let thursday = Now { unix_ms: week * 7 * 86_400_000 };
        let call = Call::new(
            Principal::assertion("a", Proof::Hypothetical), "prove", "s3__put_object",
            Arguments::parse(b"{\"key\":\"silver/x\",\"body\":\"\"}").expect("arguments"),
        );
        let catalogs = support::catalogs(&MANIFESTS);
        let world = World { manifests: &MANIFESTS, catalogs: &catalogs };
        let bound = MANIFESTS.bind(call, |_, _| true).expect("bound");
        let examined = inspect::examine(bound, &world).expect("examined");
        let permitted = policy.judge(&Question::about(&examined), &LedgerView::default(), thursday).is_ok();
        prop_assert_eq!(permitted, answer.verdict == Verdict::Fails);
    }
}

/// The law above says something only where each answer occurs.
#[test]
fn random_questions_hold_and_fail() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut holds, mut fails, mut undecided, mut breakable) = (0, 0, 0, 0);
    for at in 0..35 {
        let calls = prop::collection::vec(asked().prop_map(sound), 40);
        let (rules, calls) = (rules(), calls)
            .new_tree(&mut runner)
            .expect("a value")
            .current();
        let question = at % QUESTIONS.len();
        let Some((policy, answer)) = proven(&rules, question) else {
            continue;
        };
        let breaks = |call: &Asked| broken(&policy, call, QUESTIONS[question].1);
        breakable += usize::from(answer.verdict == Verdict::Fails && calls.iter().any(breaks));
        match answer.verdict {
            Verdict::Holds => holds += 1,
            Verdict::Fails => fails += 1,
            Verdict::Undecided(why) => {
                undecided += 1;
                println!("{why}");
            }
        }
    }
    assert!(
        holds >= 10 && fails >= 6 && undecided <= 8 && breakable >= 3,
        "{holds} hold, {fails} do not, {undecided} are not decided, {breakable} broken"
    );
}
