//! Random calls with what was found in them, receipts, budgets, people and hours.
//! Knows nothing of rules.

use aegis_core::capability::CapabilitySet;
use aegis_core::inspect::{Fact, Finding, Output};
use aegis_core::json::Object;
use aegis_core::manifest::{Label, System, Tool};
use aegis_core::now::Now;
use aegis_core::policy::{Policy, Question};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::{Counts, LedgerView, Receipt, Spending};
use aegis_tests::policies as support;

use super::dice::Dice;
use super::world::MANIFESTS;

const FACTS: [&str; 22] = [
    "reads customers",
    "reads orders",
    "writes staging_tmp",
    "writes ORDERS",
    "writes orders",
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
    "deletes-path bronze/a",
    "domain-read gold",
    "domain-write gold",
    "calls replace",
    "constrains pii.phone",
];
const KEYS: [&str; 6] = [
    "silver/x",
    "silver",
    "silver_x/y",
    "bronze/a",
    "gold/x/y",
    "silver/a/b",
];
const LABELS: [&str; 6] = [
    "pii.email",
    "pii.phone",
    "pii.ssn",
    "pii.name",
    "pii.notes",
    "hr.salary",
];
const COLUMNS: [&str; 4] = [
    "customers.id",
    "customers.email",
    "orders.amount",
    "orders.id",
];

/// One call.
pub struct Call {
    pub principal: Principal,
    system: std::sync::Arc<System>,
    tool: std::sync::Arc<Tool>,
    arguments: Object,
    pub findings: Vec<Finding>,
    pub outputs: Vec<Output>,
    subjects: Vec<String>,
    pub ledger: LedgerView,
    pub now: Now,
    capabilities: CapabilitySet,
}

impl Call {
    pub fn question(&self) -> Question<'_> {
        Question {
            catalog: None,
            principal: &self.principal,
            run: "run",
            system: &self.system,
            tool: &self.tool,
            arguments: &self.arguments,
            capabilities: &self.capabilities,
            findings: &self.findings,
            outputs: Some(&self.outputs),
            subjects: &self.subjects,
        }
    }

    /// Whether the interceptors could find in it what stands in it: facts of statements in statements, paths in paths.
    pub fn could_be(&self) -> bool {
        let sql = self.tool.server == "postgres" && self.tool.wall;
        self.findings
            .iter()
            .all(|one| match (&one.fact, one.argument.as_str()) {
                (Fact::Touches { .. }, argument) => argument == "key",
                (_, argument) => argument == "sql" && sql,
            })
    }

    pub fn tool(&self) -> &Tool {
        &self.tool
    }

    /// The same with a finding more.
    pub fn and(mut self, fact: &str) -> Self {
        self.findings
            .push(support::finding("sql", self::fact(fact)));
        self.capabilities = support::capabilities(&self.tool.capabilities, &self.findings);
        self
    }
}

/// A fact that can be found beside all others.
pub fn any_fact(dice: &mut Dice) -> &'static str {
    let fact: &&str = dice.one(&FACTS);
    fact
}

fn fact(words: &str) -> Fact {
    match words.strip_prefix("constrains ") {
        Some(label) => Fact::Constrains(Label::parse(label).expect("a label")),
        None => support::fact(words),
    }
}

fn arguments(dice: &mut Dice, tool: &Tool) -> toml::Table {
    let mut table = toml::Table::new();
    for argument in &tool.arguments {
        if dice.once_in(3) {
            continue;
        }
        let text: &[&str] = match argument.name.as_str() {
            "limit" => &["2", "3", "4", "5", "6", "9007199254740993"],
            "other" => &["4", "4.0", "4.5", "5", "-1"],
            "flag" => &["true", "false"],
            "tags" => &[
                "[]",
                "[\"x\"]",
                "[\"y\", \"x\", \"y\"]",
                "[\"z\", 3]",
                "[4]",
            ],
            "from" | "to" => &["\"north\"", "\"south\"", "\"no\"", "\"nördlich\"", "7"],
            "key" | "prefix" | "source" => continue,
            "dataset" => &[
                "\"customers\"",
                "\"customers\"",
                "\"orders\"",
                "\"none\"",
                "3",
            ],
            _ => continue,
        };
        let value = format!("x = {}", dice.one(text));
        let value: toml::Table = toml::from_str(&value).expect("a value");
        table.insert(argument.name.clone(), value["x"].clone());
    }
    table
}

fn receipt(dice: &mut Dice, policy: &Policy, at: usize) -> Receipt {
    let name = *dice.one(&["customers", "customers", "orders"]);
    let dataset = MANIFESTS.dataset(name).expect("declared");
    let good = dice.once_in(2);
    let rare = |dice: &mut Dice, text: &str| {
        if !good && dice.once_in(5) {
            "other".to_owned()
        } else {
            text.to_owned()
        }
    };
    let age_s = if good {
        0
    } else {
        *dice.one(&[-5_i64, 0, 1, 59, 60, 61, 9_000])
    };
    let odd = if good { 1 } else { dice.below(6) as u64 };
    Receipt {
        id: format!("r{at}"),
        kind: rare(dice, "silver_validation"),
        dataset: dataset.name.clone(),
        subject: rare(dice, &dataset.source.subject()),
        digest: String::new(),
        suite: rare(dice, &dataset.suite.digest),
        counts: Counts {
            evaluated: 2,
            passed: 2 - u64::from(odd == 0),
            failed: u64::from(odd == 0),
            skipped: 0,
        },
        rows: 1,
        epoch: rare(dice, policy.epoch()),
        principal: dice.one(&["a", "a", "b"]).to_string(),
        run: rare(dice, "run"),
        seq: dice.below(5) as u64,
        minted_s: age_s, // made a moment below
        expires_s: if good { 9 } else { *dice.one(&[0_i64, 1, 500]) },
        spent: !good && dice.once_in(3),
    }
}

/// What was charged, by accounts of rules that there could be.
fn spending(dice: &mut Dice, policy: &Policy, at_ms: i64) -> Spending {
    let budgets = policy
        .rules()
        .filter(|rule| matches!(rule.kind(), "budget" | "lookup" | "measure"));
    let mut ids: Vec<&str> = budgets.map(|rule| rule.id()).collect();
    ids.push("r0");
    let mut spending = Spending::at(at_ms);
    let about = [
        "",
        "/*",
        "/pii.email",
        "/pii.phone",
        "/hr.salary",
        "/postgres__query",
        "/*/s3/object:write",
        "#0",
        "#1",
        "#=0",
    ];
    for _ in 0..dice.below(9) {
        let account = format!("{}{}", dice.one(&ids), dice.one(&about));
        let ago_ms = *dice.one(&[
            0_i64, 1_000, 61_000, 62_900, 100_000, 3_600_000, 3_712_400, 9_000_000, -70_000,
        ]);
        let amount = *dice.one(&[1_u64, 2, 5, 60_000, 150_000]);
        spending.add(&account, at_ms - ago_ms, amount);
    }
    spending
}

fn outputs(dice: &mut Dice) -> Vec<Output> {
    let mut all = Vec::new();
    for _ in 0..dice.below(4) {
        let bare = dice.once_in(2);
        let labels: Vec<&str> = dice.some(&LABELS, 0, 2).into_iter().copied().collect();
        let mut output = support::output("x", &labels, bare);
        let summed = output
            .labels
            .iter()
            .filter(|label| label.area() == "hr" && !bare);
        output.summed = summed.cloned().collect();
        output.sources = dice
            .some(&COLUMNS, 0, 1)
            .into_iter()
            .map(|one| one.to_string())
            .collect();
        all.push(output);
    }
    all
}

/// What is found in the arguments, and the path that it is found in.
fn findings(dice: &mut Dice, tool: &Tool, table: &mut toml::Table) -> Vec<Finding> {
    let of_sql = tool.server == "postgres" || dice.once_in(8);
    let mut findings: Vec<Finding> = if of_sql {
        dice.some(&FACTS, 0, 4)
            .into_iter()
            .map(|words| support::finding("sql", fact(words)))
            .collect()
    } else {
        Vec::new()
    };
    if tool.arguments.iter().any(|argument| argument.name == "key") && !dice.once_in(5) {
        let key = *dice.one(&KEYS);
        table.insert("key".to_owned(), key.into());
        let access = if tool
            .capabilities
            .iter()
            .any(|c| c.as_str() == "object:read")
        {
            "reads-path"
        } else {
            "writes-path"
        };
        if !dice.once_in(9) {
            findings.push(support::finding(
                "key",
                support::fact(&format!("{access} {key}")),
            ));
        }
    }
    findings
}

/// One of the tools, some more often than others.
fn place(dice: &mut Dice, tools: &[&str]) -> usize {
    let favoured = [
        "postgres__query",
        "postgres__execute",
        "s3__put_object",
        "stats__cells",
        "medallion__promote",
    ];
    let wanted = *dice.one(&favoured);
    if dice.once_in(4) {
        dice.below(tools.len())
    } else {
        tools
            .iter()
            .position(|name| *name == wanted)
            .expect("a tool")
    }
}

/// A random call to a random tool.
pub fn random(dice: &mut Dice, policy: &Policy) -> Call {
    let tools: Vec<_> = MANIFESTS.tools().collect();
    let at = place(
        dice,
        &tools
            .iter()
            .map(|(name, ..)| name.as_str())
            .collect::<Vec<_>>(),
    );
    let (_, system, tool) = &tools[at];
    let mut table = arguments(dice, tool);
    let findings = findings(dice, tool, &mut table);
    let now = Now {
        unix_ms: 1_700_000_000_000
            + dice.below(14 * 24 * 60) as i64 * 60_000
            + dice.below(60_000) as i64,
    };
    let receipts = (0..dice.below(4)).map(|at| {
        let mut one = receipt(dice, policy, at);
        one.minted_s = now.unix_s() - one.minted_s;
        one.expires_s += now.unix_s();
        one
    });
    let receipts: Vec<Receipt> = receipts.collect();
    let subject = |name: &str| MANIFESTS.dataset(name).expect("declared").source.subject();
    let subjects = match dice.below(6) {
        0 => vec![subject("orders")],
        1 => Vec::new(),
        2 => vec![subject("customers"), subject("orders")],
        _ => vec![subject("customers")],
    };
    let last_write = dice
        .once_in(3)
        .then(|| (subject("customers"), dice.below(5) as u64));
    Call {
        principal: Principal::assertion(
            ["a", "a", "b", "c", "d"][dice.below(5)],
            Proof::Hypothetical,
        ),
        arguments: support::object(&table),
        capabilities: support::capabilities(&tool.capabilities, &findings),
        findings,
        outputs: if tool.wall || dice.once_in(6) {
            outputs(dice)
        } else {
            Vec::new()
        },
        subjects,
        ledger: LedgerView {
            receipts,
            last_write: last_write.into_iter().collect(),
            clock_went_back: dice.once_in(12),
            spending: spending(dice, policy, now.unix_ms),
        },
        now,
        system: std::sync::Arc::clone(system),
        tool: std::sync::Arc::clone(tool),
    }
}
