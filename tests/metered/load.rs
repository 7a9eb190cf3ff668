//! Budgets that are refused when they are read: unclear, impossible, about nothing.
//! Knows nothing of decisions.

use aegis_core::manifest::Manifests;
use aegis_core::policy::{self, Policy};
use aegis_tests::policies::{read, root};

fn problems(rule: &str) -> Vec<String> {
    let text = format!("[[budget]]\nid = \"b\"\n{rule}\n");
    let found = match policy::parse(&text, "policy.toml") {
        Err(found) => found,
        Ok(rules) => {
            let text = read(&root().join("tests/cases/policy/manifests/people.toml"));
            let system = aegis_core::manifest::parse(&text, "people.toml").expect("a manifest");
            match Policy::new(rules, &Manifests::new(vec![system])) {
                Err(found) => found,
                Ok(_) => Vec::new(),
            }
        }
    };
    found
        .into_iter()
        .map(|problem| format!("{}: {}", problem.message, problem.fix))
        .collect()
}

#[test]
fn what_is_meant_is_accepted() {
    for rule in [
        "calls = 1\nwindow_s = 1",
        "calls = 1\nrefill = { amount = 1, every_s = 1 }\nper = [\"everyone\", \"tool\", \"downstream\", \"capability\"]",
        "rows = 5\nwindow_s = 60",
        "values = 4096\nof = \"table\"\nwindow_s = 60\nfailed = \"return\"",
        "bytes = 1000000000000\nwindow_s = 31622400\nprincipal = \"*\"",
    ] {
        assert_eq!(problems(rule), Vec::<String>::new(), "{rule}");
    }
}

/// What is wrong, and a part of what is said of it.
const WRONG: [(&str, &str); 28] = [
    ("window_s = 60", "counts one thing"),
    ("calls = 1\nrows = 1\nwindow_s = 60", "counts one thing"),
    ("calls = 1", "how the budget fills"),
    (
        "calls = 1\nwindow_s = 60\nrefill = { amount = 1, every_s = 1 }",
        "how the budget fills",
    ),
    ("calls = 0\nwindow_s = 60", "no such budget"),
    ("calls = 1\nwindow_s = 0", "no such window"),
    ("calls = 1\nwindow_s = 31622401", "no such window"),
    (
        "calls = 1\nrefill = { amount = 0, every_s = 1 }",
        "no such refill",
    ),
    (
        "calls = 1\nrefill = { amount = 1, every_s = 0 }",
        "no such period",
    ),
    (
        "bytes = 1000000000000\nrefill = { amount = 1, every_s = 86400 }",
        "too large",
    ),
    ("values = 5\nwindow_s = 60", "of which argument"),
    (
        "values = 5000\nof = \"table\"\nwindow_s = 60",
        "no such budget",
    ),
    (
        "values = 5\nof = \"table\"\nrefill = { amount = 1, every_s = 1 }",
        "over a window",
    ),
    (
        "calls = 5\nof = \"table\"\nwindow_s = 60",
        "`of` is for `values`",
    ),
    (
        "rows = 5\nwindow_s = 60\nfailed = \"return\"",
        "given back in any case",
    ),
    ("calls = 5\nwindow_s = 60\nfailed = \"maybe\"", "count"),
    ("calls = 5\nwindow_s = 60\nper = \"tool\"", "whose budget"),
    (
        "calls = 5\nwindow_s = 60\nper = [\"principal\", \"everyone\"]",
        "whose budget",
    ),
    ("calls = 5\nwindow_s = 60\nper = \"agent\"", "principal"),
    ("calls = 5\nwindow_s = 60\nprincipal = []", "empty list"),
    ("calls = 5\nwindow_s = 60\ntool = []", "empty list"),
    (
        "calls = 5\nwindow_s = 60\ntool = \"postgres__qery\"",
        "did you mean `postgres__query`",
    ),
    (
        "calls = 5\nwindow_s = 60\ncapability = \"db:raed\"",
        "did you mean `db:read`",
    ),
    (
        "calls = 5\nwindow_s = 60\ndownstream = \"postgre\"",
        "did you mean `postgres`",
    ),
    (
        "values = 5\nof = \"tabel\"\nwindow_s = 60",
        "did you mean `table`",
    ),
    (
        "values = 5\nof = \"table\"\ntool = \"postgres__query\"\nwindow_s = 60",
        "cannot be counted",
    ),
    (
        "rows = 5\ntool = \"postgres__list_tables\"\nwindow_s = 60",
        "rows of `postgres__list_tables` cannot be counted",
    ),
    ("calls = 5\nwindow = 60\nwindow_s = 60", "window"),
];

#[test]
fn what_is_unclear_or_impossible_is_refused_with_a_fix() {
    for (rule, says) in WRONG {
        let found = problems(rule);
        assert!(
            found.iter().any(|problem| problem.contains(says)),
            "{rule}: {found:#?}"
        );
    }
}
