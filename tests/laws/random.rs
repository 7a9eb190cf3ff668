//! Random rules as an operator could write them.
//! Knows nothing of what they say to a call.

use aegis_core::policy::{self, Declared, Mode, Policy, Rule};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::MANIFESTS;

const CAPABILITIES: [&str; 14] = [
    "*",
    "db:*",
    "db:read",
    "db:write",
    "db:drop",
    "object:*",
    "object:write",
    "gold:*",
    "gold:write",
    "pii:*",
    "pii:filter",
    "hr:*",
    "medallion:*",
    "medallion:promote",
];
const MASKS: [&str; 6] = ["redact", "keep-last-4", "token", "hash", "drop", "withhold"];

/// One random rule as TOML, without its id.
fn rule() -> impl Strategy<Value = String> {
    let text = "because = \"b\"\nfix = \"f\"\n";
    let list = |items: Vec<&str>| {
        format!(
            "[{}]",
            items
                .iter()
                .map(|i| format!("\"{i}\""))
                .collect::<Vec<_>>()
                .join(", ")
        )
    };
    let capabilities = || subsequence(CAPABILITIES.to_vec(), 1..4);
    let everything = "[[grant]]\nID\nprincipal = \"a\"\ncapabilities = [\"*\"]\n".to_owned();
    prop_oneof![
        2 => Just(everything),
        1 => subsequence(vec!["postgres:orders", "postgres:staging_*", "postgres:customers", "s3:silver/*"], 1..3).prop_map(move |resources| {
            let list: Vec<String> = resources.iter().map(|one| format!("\"{one}\"")).collect();
            format!("[[grant]]\nID\nrole = \"clerk\"\ncapabilities = [\"db:*\", \"object:*\"]\nresources = [{}]\n", list.join(", "))
        }),
        3 => (capabilities(), any::<bool>()).prop_map(move |(c, narrow)| {
            let tools = if narrow { "tools = [\"postgres__*\"]\n" } else { "" };
            format!("[[grant]]\nID\nprincipal = \"a\"\ncapabilities = {}\n{tools}", list(c))
        }),
        2 => (select(vec!["pii.email", "pii.*", "*"]), 1_u64..4).prop_map(|(label, calls)| format!(
            "[[lookup]]\nID\nprincipal = \"a\"\nlabel = \"{label}\"\nbudget = {{ calls = {calls}, window_s = 3600 }}\n"
        )),
        1 => (select(vec!["hr.salary", "hr.*"]), 3_u64..9, 1_u64..4).prop_map(|(label, rows, calls)| format!(
            "[[measure]]\nID\nprincipal = \"a\"\nlabel = \"{label}\"\nrows_min = {rows}\nbudget = {{ calls = {calls}, window_s = 3600 }}\n"
        )),
        1 => super::terms::budget(),
        2 => capabilities().prop_map(move |c| format!("[[block]]\nID\ncapability = {}\n{text}", list(c))),
        1 => select(vec!["prefix = [\"silver\"]", "matches = \"[a-z/]+\"", "length = { max = 9 }", "presence = \"forbidden\""])
            .prop_map(move |check| format!("[[argument]]\nID\ntool = \"s3__*\"\nargument = \"key\"\n{check}\n{text}")),
        1 => (select(vec!["run", "principal", "shared"]), any::<bool>(), select(vec![0_u64, 60, 9_000])).prop_map(
            move |(scope, single, fresh)| format!(
                "[[require]]\nID\ncapability = \"medallion:*\"\nreceipt = {{ kind = \"silver_validation\", of = \"dataset\", \
                 fresh_s = {fresh}, single_use = {single}, scope = \"{scope}\" }}\n{text}"
            )
        ),
        2 => (select(vec!["pii.*", "pii.email", "*"]), select(MASKS.to_vec()), 0_u64..99).prop_map(|(label, mask, cap)| {
            format!("[[transform]]\nID\nlabel = \"{label}\"\nmask = {{ default = \"{mask}\" }}\nrow_max = {cap}\n")
        }),
    ]
}

/// One table of a condition: questions about what is no finding, and for rules that object about findings too.
fn asks(objects: bool, depth: u32) -> BoxedStrategy<String> {
    let steady = vec![
        "principal = \"a\"",
        "principal = \"b\"",
        "role = \"reader\"",
        "role = \"auditor\"",
        "attribute = { team = \"risk\" }",
        "tool = \"postgres__*\"",
        "tool = [\"s3__put_object\", \"medallion__promote\"]",
        "time = { zone = \"UTC\", from = \"00:10\" }",
        "time = { days = [\"thu\"], zone = \"UTC\" }",
        "argument = { name = \"key\", matches = \"silver/.*\" }",
        "argument = { name = \"key\", given = true }",
    ];
    let found = vec![
        "capability = \"db:*\"",
        "capability = [\"pii:filter\", \"gold:write\"]",
        "fact = { writes = \"staging_*\" }",
        "fact = { inserts = \"*\" }",
        "fact = { writes-path = { except = [\"silver/*\"] } }",
        "fact = { reads = \"*\", calls = \"replace\" }",
        "label = \"pii.*\"",
    ];
    let plain = select(steady.clone());
    let not = select(steady).prop_map(|one| format!("not = {{ {one} }}"));
    let leaf = match objects {
        true => prop_oneof![
            plain.prop_map(str::to_owned),
            not,
            select(found).prop_map(str::to_owned)
        ]
        .boxed(),
        false => prop_oneof![plain.prop_map(str::to_owned), not].boxed(),
    };
    if depth == 0 {
        return leaf;
    }
    let deeper = prop::collection::vec(asks(objects, depth - 1), 1..4);
    let joined = (select(vec!["all", "any"]), deeper).prop_map(|(join, parts)| {
        let tables: Vec<String> = parts.iter().map(|part| format!("{{ {part} }}")).collect();
        format!("{join} = [{}]", tables.join(", "))
    });
    prop_oneof![2 => leaf, 1 => joined].boxed()
}

/// A random rule that speaks always, or at times. Masks depend on no findings, what is sold on no arguments.
fn conditional() -> impl Strategy<Value = String> {
    (
        rule(),
        prop::option::weighted(0.3, (asks(false, 2), asks(true, 2))),
    )
        .prop_map(|(text, when)| {
            let objects = ["[[block]]", "[[argument]]", "[[require]]"];
            match when.filter(|_| !text.contains("capabilities = [\"*\"]")) {
                Some((_, found)) if objects.iter().any(|kind| text.starts_with(kind)) => {
                    format!("{text}when = {{ {found} }}\n")
                }
                Some((steady, _)) if !steady.contains("argument") => {
                    format!("{text}when = {{ {steady} }}\n")
                }
                _ => text,
            }
        })
}

/// Rules that hold against the shipped manifests. `medallion:*` covers tools without a dataset, and
/// those that do not are left out: what is tested here are decisions, not loading.
pub fn rules() -> impl Strategy<Value = Vec<Declared>> {
    prop::collection::vec(conditional(), 1..8).prop_map(|texts| {
        let mut kept = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let text = text
                .replace("ID", &format!("id = \"r{at}\""))
                .replace("\"medallion:*\"\nreceipt", "\"medallion:promote\"\nreceipt");
            kept.extend(policy::parse(&text, "random").expect("a rule"));
        }
        if !holds(&kept) {
            kept.retain(|one| holds(std::slice::from_ref(one)));
        }
        kept
    })
}

/// Whether they could be loaded beside a grant for everybody.
pub fn holds(rules: &[Declared]) -> bool {
    let mut all = people();
    let anyone = "[[grant]]\nid = \"anyone\"\nprincipal = \"*\"\ncapabilities = [\"*\"]\n";
    all.extend(policy::parse(anyone, "anyone").expect("a rule"));
    all.extend(rules.iter().cloned());
    Policy::new(all, &MANIFESTS).is_ok()
}

/// Who there is, beside every random policy.
pub fn people() -> Vec<Declared> {
    let text = "[[role]]\nname = \"reader\"\n[[role]]\nname = \"clerk\"\nincludes = [\"reader\"]\n[[role]]\nname = \"auditor\"\n\
                [[principal]]\nname = \"a\"\nroles = [\"clerk\"]\nattributes = { team = \"risk\" }\n\
                [[principal]]\nname = \"b\"\nroles = [\"auditor\"]\n";
    policy::parse(text, "people").expect("people")
}

/// A rule that objects, with the id `shadow`.
pub fn objecting() -> impl Strategy<Value = String> {
    let kinds = ["[[block]]", "[[argument]]", "[[require]]"];
    let objects = move |text: &String| kinds.iter().any(|kind| text.starts_with(kind));
    conditional()
        .prop_filter("a rule that objects", objects)
        .prop_map(|text| {
            text.replace("ID", "id = \"shadow\"")
                .replace("\"medallion:*\"\nreceipt", "\"medallion:promote\"\nreceipt")
        })
}

/// Many rules, most of them for some people alone.
pub fn many() -> impl Strategy<Value = Vec<Declared>> {
    prop::collection::vec(narrow(), 1..24).prop_map(|texts| {
        let mut kept = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let text = text
                .replace("ID", &format!("id = \"n{at}\""))
                .replace("\"medallion:*\"\nreceipt", "\"medallion:promote\"\nreceipt");
            kept.extend(policy::parse(&text, "random").expect("a rule"));
        }
        if !holds(&kept) {
            kept.retain(|one| holds(std::slice::from_ref(one)));
        }
        kept
    })
}

/// A rule for some people, with some labels, or as [`conditional`].
fn narrow() -> impl Strategy<Value = String> {
    let who = || {
        select(vec![
            "principal = \"a\"",
            "principals = [\"b\", \"nobody\"]",
            "role = \"reader\"",
            "roles = [\"auditor\"]",
            "principal = \"*\"",
        ])
    };
    let label = || select(vec!["pii.email", "pii.*", "*"]);
    prop_oneof![
        4 => (conditional(), who()).prop_map(|(text, who)| text.replace("principal = \"a\"\n", &format!("{who}\n"))),
        1 => label().prop_map(|label| format!("[[transform]]\nID\nlabel = \"{label}\"\nmask = {{ default = \"redact\" }}\n")),
        1 => (label(), asks(false, 1)).prop_map(|(label, when)| format!(
            "[[transform]]\nID\nlabel = \"{label}\"\nmask = {{ default = \"hash\" }}\nwhen = {{ {when} }}\n"
        )),
        1 => asks(true, 1).prop_map(|when| format!("[[transform]]\nID\nrow_max = 9\nwhen = {{ {when} }}\n")),
        1 => select(vec!["calls = 1", "rows = 3"]).prop_map(|unit| format!("[[budget]]\nID\ndownstream = \"s3\"\n{unit}\nwindow_s = 60\n")),
    ]
}

/// The same rule, only watched.
pub fn as_shadow(mut declared: Declared) -> Declared {
    let head = match &mut declared.rule {
        Rule::Block(rule) => &mut rule.head,
        Rule::Argument(rule) => &mut rule.head,
        Rule::Require(rule) => &mut rule.head,
        Rule::Transform(rule) => &mut rule.head,
        other => unreachable!("{other:?}"),
    };
    head.mode = Mode::Shadow;
    declared
}
