//! What one decision costs, by the number of rules: ten facts, three columns, most rules about others.
//! Knows nothing of budgets; they stand in `docs/PERFORMANCE.md`.

use aegis_core::capability::CapabilitySet;
use aegis_core::inspect::{Fact, Finding};
use aegis_core::json::Object;
use aegis_core::manifest::{self, Manifests, System};
use aegis_core::now::Now;
use aegis_core::policy::{self, Policy, Question};
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

/// A quarter each: grants to others, blocks of what the call does not need, argument rules of other tools, and
/// blocks of what it needs that speak for somebody else.
fn rules(count: usize) -> String {
    const UNNEEDED: [&str; 4] = ["db:drop", "db:truncate", "object:write", "pii:launder"];
    const TOOLS: [&str; 3] = ["s3__get_object", "s3__put_object", "s3__delete_object"];
    let mut text = String::from(
        "[[grant]]\nid = \"own\"\nprincipal = \"agent\"\ncapabilities = [\"db:*\"]\n\
         [[transform]]\nid = \"mask\"\nlabel = \"pii.*\"\nmask = { default = \"token\" }\nrow_max = 500\n",
    );
    for at in 2..count {
        let said = "because = \"b\"\nfix = \"f\"\n";
        let (drop, tool) = (UNNEEDED[at % 4], TOOLS[at % 3]);
        text.push_str(&match at % 4 {
            0 => format!("[[grant]]\nid = \"r{at}\"\nprincipal = \"p{at}\"\ncapabilities = [\"db:read\"]\n"),
            1 => format!("[[block]]\nid = \"r{at}\"\ncapability = \"{drop}\"\n{said}"),
            2 => format!("[[argument]]\nid = \"r{at}\"\ntool = \"{tool}\"\nargument = \"key\"\nprefix = \"silver\"\n{said}"),
            _ => format!(
                "[[block]]\nid = \"r{at}\"\ncapability = \"db:write\"\n{said}when = {{ principal = \"p{}\" }}\n",
                (at - 3).max(4)
            ),
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

#[divan::bench(args = [100, 10_000])]
fn decide(bencher: Bencher<'_, '_>, count: usize) {
    let manifests = manifests();
    let declared = policy::parse(&rules(count), "bench").expect("rules");
    let policy = Policy::new(declared, &manifests).expect("a policy");
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
