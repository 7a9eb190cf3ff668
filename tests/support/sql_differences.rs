//! What a reading gets wrong about a case.
//! Knows nothing of engines.

use aegis_core::inspect::sql::{self, Reading};

use crate::cases::Expect;

fn words(items: impl IntoIterator<Item = impl ToString>) -> String {
    items
        .into_iter()
        .map(|item| item.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

/// What differs from the expectation.
pub(crate) fn differences(reading: &Reading, expect: &Expect) -> Vec<String> {
    let joined = |list: &Option<Vec<String>>| list.as_ref().map(|list| list.join(" | "));
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string());
    let rule = expect.rule.as_ref().map(|rule| match rule.is_empty() {
        true => String::new(),
        false => format!("sql.{rule}"),
    });
    let expected = [
        flag(expect.ok),
        rule,
        expect.kinds.clone(),
        expect.reads.clone(),
        expect.read_columns.clone(),
        expect.writes.clone(),
        flag(expect.destructive),
        flag(expect.read_only),
        expect.unscoped.clone(),
        joined(&expect.out),
        joined(&expect.names),
        joined(&expect.bare),
        expect.pred.clone(),
        expect.launders.clone(),
        expect.parameters.map(|count| count.to_string()),
    ];
    expected
        .into_iter()
        .zip(found(reading))
        .filter_map(|(expected, (what, found))| {
            let expected = expected.filter(|expected| *expected != found)?;
            Some(format!("{what}: expected `{expected}`, got `{found}`"))
        })
        .collect()
}

/// A reading in the words of the cases, in the order of the expectations.
fn found(reading: &Reading) -> [(&'static str, String); 15] {
    let outputs = |of: fn(&sql::Output) -> String| {
        let all: Vec<String> = reading.outputs.iter().map(of).collect();
        all.join(" | ")
    };
    let unscoped = reading.unscoped.iter();
    let unscoped = unscoped.map(|(verb, table)| format!("{verb:?}:{table}").to_lowercase());
    let launders = reading.launders.iter();
    let launders = launders.map(|(from, to)| format!("{from}>{to}"));
    [
        ("ok", reading.refusal.is_none().to_string()),
        (
            "rule",
            reading
                .refusal
                .map_or("", |refusal| refusal.rule)
                .to_owned(),
        ),
        ("kinds", words(&reading.kinds)),
        ("reads", words(&reading.reads)),
        ("read columns", words(&reading.read_columns)),
        ("writes", words(&reading.writes)),
        ("destructive", reading.destructive().to_string()),
        ("read only", reading.read_only().to_string()),
        ("unscoped", words(unscoped)),
        ("outputs' labels", outputs(|output| words(&output.labels))),
        ("outputs' names", outputs(|output| output.name.clone())),
        ("bare outputs", outputs(|output| words(&output.bare))),
        ("predicate labels", words(&reading.predicate_labels)),
        ("launders", words(launders)),
        ("parameters", reading.parameters.to_string()),
    ]
}
