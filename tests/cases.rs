//! Policy cases as data: a call or its facts, receipts, and the decision that must come out.
//! Knows nothing of how decisions are made.

use aegis_tests::policies as support;

use std::collections::BTreeMap;

use aegis_core::call::{Arguments, Call};
use aegis_core::denial::Denial;
use aegis_core::inspect::{self, World};
use aegis_core::json::Json;
use aegis_core::manifest::{Label, Manifests};
use aegis_core::now::Now;
use aegis_core::policy::{Policy, Question, Shadow, Terms};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::{Counts, LedgerView, Receipt, Spending};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Policy files of the repository; a name that begins with `./` is beside the case.
    policies: Vec<String>,
    /// A manifest beside the case, in the place of the shipped ones.
    manifest: Option<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default = "analyst")]
    principal: String,
    tool: String,
    #[serde(default)]
    arguments: toml::Table,
    /// When it is decided, `2026-11-28T09:30:00Z`.
    at: Option<toml::value::Datetime>,
    /// Given facts stand in for examination: `argument kind subject`.
    facts: Option<Vec<String>>,
    #[serde(default)]
    outputs: Vec<Out>,
    #[serde(default)]
    receipts: Vec<Stub>,
    #[serde(default)]
    last_write: BTreeMap<String, u64>,
    #[serde(default)]
    clock_went_back: bool,
    /// What was charged to budgets a moment ago, by account.
    #[serde(default)]
    used: BTreeMap<String, u64>,
    expect: String,
    rule: Option<String>,
    phase: Option<String>,
    /// A part of the reason.
    says: Option<String>,
    /// A part of the fix.
    fix: Option<String>,
    /// Every rule that objects, sorted.
    objections: Option<Vec<String>>,
    /// Masks as `index label operator`.
    masks: Option<Vec<String>>,
    /// Accounts that are charged.
    charges: Option<Vec<String>>,
    /// Labels by which the engine is to look up.
    lookups: Option<Vec<String>>,
    /// Terms of sums as `rows_min share_max columns`.
    measured: Option<String>,
    /// Caps as `row_max byte_max change_max`, `-` where there is none.
    caps: Option<String>,
    /// Fields that are dropped and renamed, each with its rule.
    fields: Option<Vec<String>>,
    /// Rules in shadow mode that would have spoken.
    shadows: Option<Vec<String>>,
    /// Ids of the receipts that the permit stands on.
    spends: Option<Vec<String>>,
}

fn analyst() -> String {
    "analyst-agent".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Out {
    name: String,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    summed: Vec<String>,
    #[serde(default)]
    bare: bool,
}

/// A receipt that would do, and what differs from that.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stub {
    id: String,
    dataset: String,
    kind: Option<String>,
    subject: Option<String>,
    suite: Option<String>,
    epoch: Option<String>,
    principal: Option<String>,
    run: Option<String>,
    #[serde(default = "ten")]
    seq: u64,
    #[serde(default)]
    age_s: i64,
    #[serde(default = "hour")]
    ttl_s: i64,
    #[serde(default)]
    spent: bool,
    #[serde(default)]
    skipped: u64,
}

fn ten() -> u64 {
    10
}

fn hour() -> i64 {
    100_000
}

const NOW_S: i64 = 1_900_000_000;
const RUN: &str = "run-1";

#[test]
fn every_case_comes_out_as_written() {
    let folder = support::root().join("tests/cases/policy");
    let shipped = support::manifests();
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in support::tomls(&folder) {
        let file: File = toml::from_str(&support::read(&path))
            .unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let own = file.manifest.as_ref().map(|name| {
            let text = support::read(&folder.join("manifests").join(name));
            let system = aegis_core::manifest::parse(&text, name);
            Manifests::new(vec![system.unwrap_or_else(|found| panic!("{found:#?}"))])
        });
        let manifests = own.as_ref().unwrap_or(&shipped);
        let names: Vec<String> = file
            .policies
            .iter()
            .map(|name| name.replace("./", "tests/cases/policy/rules/"))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let policy = Policy::new(support::rules(&names), manifests)
            .unwrap_or_else(|found| panic!("{}: {found:#?}", path.display()));
        for case in &file.case {
            count += 1;
            if let Err(why) = run(case, &policy, manifests) {
                wrong.push(format!("{}: {}: {why}", path.display(), case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 50, "only {count} cases were found");
}

fn run(case: &Case, policy: &Policy, manifests: &Manifests) -> Result<(), String> {
    match (decide(case, policy, manifests), case.expect.as_str()) {
        (Ok(terms), "permit") => compare_terms(case, &terms),
        (Err(denial), "deny") => compare_denial(case, &denial),
        (Ok(_), _) => Err("was permitted".to_owned()),
        (Err(denial), _) => Err(format!("was denied: {:?}", denial.first())),
    }
}

fn decide(case: &Case, policy: &Policy, manifests: &Manifests) -> Result<Terms, Denial> {
    let ledger = ledger(case, policy, manifests);
    let now = Now {
        unix_ms: case.at.as_ref().map_or(NOW_S, support::unix_s) * 1_000,
    };
    if let Some(facts) = &case.facts {
        return by_hand(case, facts, policy, manifests, &ledger, now);
    }
    let arguments = Arguments::from_json(&Json::Object(support::object(&case.arguments)))
        .expect("arguments within bounds");
    let principal = Principal::assertion(&case.principal, Proof::Hypothetical);
    let call = Call::new(principal, RUN, &case.tool, arguments);
    let bound = manifests.bind(call, |who, tool| policy.may_know(who, tool))?;
    let catalogs = support::catalogs(manifests);
    let world = World {
        manifests,
        catalogs: &catalogs,
    };
    let examined = inspect::examine(bound, &world)?;
    told_of_shadows(
        case,
        &policy.shadows(&Question::about(&examined), &ledger, now),
    );
    let terms = policy.judge(&Question::about(&examined), &ledger, now)?;
    let permit = policy.decide(examined, &ledger, now)?;
    assert_eq!(permit.obligations(), &terms.obligations);
    assert_eq!(permit.spends(), terms.spends);
    Ok(terms)
}

fn told_of_shadows(case: &Case, said: &[Shadow]) {
    let said: Vec<String> = said.iter().map(|one| one.rule.clone()).collect();
    if let Some(wanted) = &case.shadows {
        assert_eq!(*wanted, said, "{}", case.name);
    }
}

fn by_hand(
    case: &Case,
    facts: &[String],
    policy: &Policy,
    manifests: &Manifests,
    ledger: &LedgerView,
    now: Now,
) -> Result<Terms, Denial> {
    let (_, system, tool) = manifests
        .tools()
        .find(|(name, ..)| *name == case.tool)
        .expect("a declared tool");
    let findings: Vec<_> = facts
        .iter()
        .map(|words| {
            let (argument, fact) = words.split_once(' ').expect("argument and fact");
            support::finding(argument, support::fact(fact))
        })
        .collect();
    let outputs: Vec<_> = case
        .outputs
        .iter()
        .map(|out| {
            let labels: Vec<&str> = out.labels.iter().map(String::as_str).collect();
            let mut output = support::output(&out.name, &labels, out.bare);
            let summed = out
                .summed
                .iter()
                .map(|label| Label::parse(label).expect("a label"));
            output.summed = summed.collect();
            output
        })
        .collect();
    let asked = Question {
        catalog: None,
        principal: &Principal::assertion(&case.principal, Proof::Hypothetical),
        run: RUN,
        system,
        tool,
        arguments: &support::object(&case.arguments),
        capabilities: &support::capabilities(&tool.capabilities, &findings),
        findings: &findings,
        outputs: Some(&outputs),
        subjects: &[],
    };
    policy.judge(&asked, ledger, now)
}

fn ledger(case: &Case, policy: &Policy, manifests: &Manifests) -> LedgerView {
    let receipt = |stub: &Stub| {
        let dataset = manifests
            .dataset(&stub.dataset)
            .expect("a declared dataset");
        let or = |given: &Option<String>, usual: &str| given.clone().unwrap_or(usual.to_owned());
        Receipt {
            id: stub.id.clone(),
            kind: or(&stub.kind, "silver_validation"),
            dataset: stub.dataset.clone(),
            subject: or(&stub.subject, &dataset.source.subject()),
            digest: "0".repeat(64),
            suite: or(&stub.suite, &dataset.suite.digest),
            counts: Counts {
                evaluated: 3,
                passed: 3 - stub.skipped,
                failed: 0,
                skipped: stub.skipped,
            },
            rows: 1,
            epoch: or(&stub.epoch, policy.epoch()),
            principal: or(&stub.principal, &case.principal),
            run: or(&stub.run, RUN),
            seq: stub.seq,
            minted_s: NOW_S - stub.age_s,
            expires_s: NOW_S - stub.age_s + stub.ttl_s,
            spent: stub.spent,
        }
    };
    LedgerView {
        receipts: case.receipts.iter().map(receipt).collect(),
        last_write: case.last_write.clone(),
        clock_went_back: case.clock_went_back,
        spending: spending(case),
    }
}

fn spending(case: &Case) -> Spending {
    let at_ms = NOW_S * 1_000;
    let mut spending = Spending::at(at_ms);
    for (account, amount) in &case.used {
        spending.add(account, at_ms - 1, *amount);
    }
    spending
}

fn compare_terms(case: &Case, terms: &Terms) -> Result<(), String> {
    let masks: Vec<String> = terms
        .obligations
        .columns
        .iter()
        .map(|mask| format!("{} {} {}", mask.index, mask.label, mask.operator))
        .collect();
    let spends: Vec<String> = terms.spends.iter().map(|r| r.id.clone()).collect();
    let charges: Vec<String> = terms.charges.iter().map(|c| c.account.clone()).collect();
    let measured = terms.obligations.measured.as_ref();
    let measured = measured.map_or("none".to_owned(), |m| {
        let columns: Vec<&str> = m.columns.iter().map(String::as_str).collect();
        format!("{} {} {}", m.rows_min, m.share_max, columns.join(" "))
    });
    let owed = &terms.obligations;
    let cap = |cap: Option<u64>| cap.map_or("-".to_owned(), |cap| cap.to_string());
    let caps = [owed.row_max, owed.byte_max, owed.change_max].map(cap);
    same("caps", case.caps.as_ref(), &caps.join(" "))?;
    let dropped = owed.fields.drop.iter();
    let dropped = dropped.map(|(field, rule)| format!("drop {} by {rule}", field.as_str()));
    let renamed = owed.fields.renamed().zip(owed.fields.rename.values());
    let renamed = renamed.map(|(what, new)| format!("rename {what} by {}", new.rule));
    let fields: Vec<String> = dropped.chain(renamed).collect();
    same("fields", case.fields.as_ref(), &fields)?;
    same("charges", case.charges.as_ref(), &charges)?;
    let lookups = terms.obligations.lookups.iter();
    let lookups: Vec<String> = lookups.map(|label| label.as_str().to_owned()).collect();
    same("lookups", case.lookups.as_ref(), &lookups)?;
    same("measured", case.measured.as_ref(), &measured)?;
    same("masks", case.masks.as_ref(), &masks)?;
    same("spends", case.spends.as_ref(), &spends)
}

fn compare_denial(case: &Case, denial: &Denial) -> Result<(), String> {
    let first = denial.first();
    same("rule", case.rule.as_ref(), &first.rule.to_string())?;
    same(
        "phase",
        case.phase.as_ref(),
        &first.phase.as_str().to_owned(),
    )?;
    let mut all: Vec<String> = denial.all().map(|o| o.rule.to_string()).collect();
    all.sort();
    all.dedup();
    same("objections", case.objections.as_ref(), &all)?;
    if first.fix.is_empty() {
        return Err("the denial has no fix".to_owned());
    }
    let wanted = case.fix.as_ref();
    if let Some(fix) = wanted.filter(|fix| !first.fix.contains(fix.as_str())) {
        return Err(format!("the fix is `{}`, not `{fix}`", first.fix));
    }
    match &case.says {
        Some(says) if !first.reason.contains(says.as_str()) => {
            Err(format!("says `{}`, not `{says}`", first.reason))
        }
        _ => Ok(()),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    wanted: Option<&T>,
    got: &T,
) -> Result<(), String> {
    match wanted {
        Some(wanted) if wanted != got => Err(format!("{what}: {got:?}, not {wanted:?}")),
        _ => Ok(()),
    }
}
