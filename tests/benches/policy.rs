//! What one decision costs, and what loading costs, by the number of rules: rules of every kind, spread over
//! principals, roles, attributes, tools, capabilities and labels, by their own words and by `when`.
//! Knows nothing of budgets; they stand in `docs/PERFORMANCE.md`.

use aegis_core::capability::CapabilitySet;
use aegis_core::inspect::{Fact, Finding};
use aegis_core::json::Object;
use aegis_core::manifest::{self, Manifests, System};
use aegis_core::now::Now;
use aegis_core::policy::{self, Declared, Policy, Question};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::LedgerView;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

fn system(text: &str, name: &str) -> System {
    manifest::parse(text, name).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn manifests() -> Manifests {
    Manifests::new(vec![
        system(include_str!("../../manifests/postgres.toml"), "postgres"),
        system(include_str!("../../manifests/s3.toml"), "s3"),
        system(include_str!("../../manifests/medallion.toml"), "medallion"),
    ])
}

/// A hundredth of the rules are for the principal that asks or for anyone, as long as there are few of them; the
/// others are for one of as many people and roles as there are rules by ten.
fn rules(count: usize) -> String {
    const CAPABILITIES: [&str; 6] = [
        "db:read",
        "db:write",
        "db:drop",
        "object:write",
        "object:read",
        "pii:filter",
    ];
    const LABELS: [&str; 3] = ["pii.email", "pii.phone", "pii.*"];
    const SAID: &str = "because = \"b\"\nfix = \"f\"\n";
    let people = (count / 10).max(1);
    let mut text = String::from(
        "[[grant]]\nid = \"own\"\nprincipal = \"agent\"\ncapabilities = [\"db:*\"]\n\
         [[transform]]\nid = \"mask\"\nlabel = \"pii.*\"\nmask = { default = \"token\" }\nrow_max = 500\n\
         [[role]]\nname = \"own\"\n[[principal]]\nname = \"agent\"\nroles = [\"own\"]\nattributes = { team = \"t\" }\n",
    );
    for at in 0..people {
        text.push_str(&format!(
            "[[role]]\nname = \"role{at}\"\n[[principal]]\nname = \"p{at}\"\nroles = [\"role{at}\"]\nattributes = {{ team = \"t{at}\" }}\n"
        ));
    }
    for at in 2..count {
        let (capability, label, who) = (CAPABILITIES[at % 6], LABELS[at % 3], at % people);
        let budget = "budget = { calls = 9, window_s = 60 }\n";
        let id = format!("id = \"r{at}\"\n");
        text.push_str(&match at % 12 {
            0 => format!("[[grant]]\n{id}principal = \"p{who}\"\ncapabilities = [\"{capability}\"]\n"),
            1 => format!("[[grant]]\n{id}role = \"role{who}\"\ncapabilities = [\"db:*\"]\ntools = [\"postgres__*\"]\nresources = [\"postgres:t{at}\"]\n"),
            2 => format!("[[block]]\n{id}capability = \"{capability}\"\n{SAID}when = {{ role = \"role{who}\" }}\n"),
            3 => format!("[[argument]]\n{id}tool = \"s3__*\"\nargument = \"key\"\nprefix = \"silver\"\n{SAID}when = {{ principal = \"p{who}\" }}\n"),
            4 => format!("[[argument]]\n{id}tool = \"postgres__execute\"\nargument = \"sql\"\nlength = {{ max = 900 }}\n{SAID}when = {{ any = [{{ role = \"role{who}\" }}, {{ principal = \"p{who}\" }}] }}\n"),
            5 => format!("[[transform]]\n{id}label = \"{label}\"\nmask = {{ default = \"redact\" }}\nwhen = {{ principal = \"p{who}\" }}\n"),
            6 => format!("[[transform]]\n{id}row_max = {}\nwhen = {{ attribute = {{ team = \"t{who}\" }} }}\n", at + 500),
            7 => format!("[[budget]]\n{id}principal = \"p{who}\"\ncapability = \"db:write\"\ncalls = 9\nwindow_s = 60\n"),
            8 => format!("[[lookup]]\n{id}role = \"role{who}\"\nlabel = \"pii.email\"\n{budget}"),
            9 => format!("[[require]]\n{id}capability = \"medallion:promote\"\nreceipt = {{ kind = \"silver_validation\", of = \"dataset\", fresh_s = 60 }}\n{SAID}"),
            10 => format!("[[block]]\n{id}capability = \"db:truncate\"\n{SAID}when = {{ tool = \"postgres__query\", time = {{ days = [\"sun\"], zone = \"UTC\" }} }}\n"),
            _ => format!("[[block]]\n{id}capability = \"db:write\"\n{SAID}when = {{ fact = {{ truncates = \"t{at}\" }}, not = {{ principal = \"p{who}\" }} }}\n"),
        });
    }
    text
}

fn findings() -> Vec<Finding> {
    let facts = (0..10).map(|at| match at % 3 {
        0 => Fact::Writes(format!("t{at}")),
        1 => Fact::Reads(format!("t{at}")),
        _ => Fact::Calls("lower".to_owned()),
    });
    facts
        .map(|fact| Finding {
            fact,
            argument: "sql".to_owned(),
            span: None,
        })
        .collect()
}

fn declared(count: usize) -> Vec<Declared> {
    files(count)
        .iter()
        .flat_map(|file| policy::parse(file, "bench").expect("rules"))
        .collect()
}

/// The rules in files of which none is larger than a file may be.
fn files(count: usize) -> Vec<String> {
    let text = rules(count);
    let mut files = vec![String::new()];
    for rule in text.split_inclusive("\n[[") {
        // What ends a piece begins the next.
        let (rule, next) = match rule.strip_suffix("[[") {
            Some(rule) => (rule, "[["),
            None => (rule, ""),
        };
        let file = files.last_mut().expect("a file");
        file.push_str(rule);
        if file.len() > FILE_BYTES {
            files.push(next.to_owned());
        } else {
            file.push_str(next);
        }
    }
    files
}

/// Below the bound of a file, by more than a rule.
const FILE_BYTES: usize = 900_000;

/// Judges one call again and again.
fn judge(bencher: Bencher<'_, '_>, policy: &Policy, manifests: &Manifests) {
    let (_, system, tool) = manifests
        .tools()
        .find(|(name, ..)| name == "postgres__execute")
        .expect("a tool");
    let findings = findings();
    let mut capabilities: CapabilitySet = tool.capabilities.clone();
    capabilities.extend(findings.iter().filter_map(|f| f.fact.capability()));
    let asked = Question {
        principal: &Principal::assertion("agent", Proof::Hypothetical),
        run: "run",
        system,
        tool,
        arguments: &Object::new(),
        capabilities: &capabilities,
        findings: &findings,
        outputs: Some(&[]),
        subjects: &[],
        catalog: None,
    };
    let (ledger, now) = (LedgerView::default(), Now { unix_ms: 1 });
    assert!(policy.judge(&asked, &ledger, now).is_ok());
    bencher.bench(|| policy.judge(black_box(&asked), &ledger, now).is_ok());
}

const COUNTS: [usize; 3] = [100, 1_000, 10_000];

#[divan::bench(args = COUNTS)]
fn decide(bencher: Bencher<'_, '_>, count: usize) {
    let manifests = manifests();
    let policy = Policy::new(declared(count), &manifests).expect("a policy");
    judge(bencher, &policy, &manifests);
}

/// The same, of which every rule is asked.
#[divan::bench(args = COUNTS)]
fn decide_without_the_index(bencher: Bencher<'_, '_>, count: usize) {
    let manifests = manifests();
    let policy = Policy::new(declared(count), &manifests)
        .expect("a policy")
        .plain();
    judge(bencher, &policy, &manifests);
}

/// Reading the files' text alone.
#[divan::bench(args = COUNTS, sample_count = 5)]
fn read(bencher: Bencher<'_, '_>, count: usize) {
    let files = files(count);
    bencher.bench_local(|| {
        let read = |file: &String| policy::parse(file, "bench").expect("rules").len();
        black_box(&files).iter().map(read).sum::<usize>()
    });
}

/// Checking what was read against the manifests, and the index.
#[divan::bench(args = COUNTS, sample_count = 5)]
fn check_and_index(bencher: Bencher<'_, '_>, count: usize) {
    let manifests = manifests();
    bencher
        .with_inputs(|| declared(count))
        .bench_local_values(|rules| Policy::new(rules, &manifests).expect("a policy"));
}

/// A policy that is there, indexed again.
#[divan::bench(args = COUNTS, sample_count = 5)]
fn index(bencher: Bencher<'_, '_>, count: usize) {
    let policy = Policy::new(declared(count), &manifests()).expect("a policy");
    bencher.bench_local(|| policy.clone().indexed());
}
