//! `aegis policy diff`: what became possible is told with a call, what is written otherwise is no difference.
//! Knows nothing of how policies are held against each other.

use aegis_tests::policies as support;
use serde::Deserialize;
use serde_json::Value;

use super::kit::Home;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The policy before.
    old: String,
    /// The policy after.
    new: String,
    code: i32,
    /// Each begins one line `principal, tool: what` of what was widened; these and no others.
    #[serde(default)]
    widened: Vec<String>,
    #[serde(default)]
    narrowed: Vec<String>,
    #[serde(default)]
    other: Vec<String>,
    /// A part of what could not be compared.
    #[serde(default)]
    inexact: String,
    /// A part of what a widening is for.
    #[serde(default)]
    calls: String,
}

fn lines(told: &Value, direction: &str) -> Vec<String> {
    let changes = told["changes"].as_array().expect("changes");
    let meant = changes
        .iter()
        .filter(|change| change["direction"] == direction);
    let text = |change: &Value, key: &str| change[key].as_str().expect("text").to_owned();
    meant
        .map(|change| {
            let (who, tool) = (text(change, "principal"), text(change, "tool"));
            format!("{who}, {tool}: {}", text(change, "what"))
        })
        .collect()
}

/// Each line begins as one of those expected, and each of those begins a line.
fn alike(told: &[String], expected: &[String]) -> bool {
    let begins = |line: &String, start: &String| line.starts_with(start.as_str());
    told.iter()
        .all(|line| expected.iter().any(|start| begins(line, start)))
        && expected
            .iter()
            .all(|start| told.iter().any(|line| begins(line, start)))
}

#[test]
fn differences_are_told_as_written() {
    let path = support::root().join("tests/proving/differences.toml");
    let file: File = toml::from_str(&support::read(&path)).expect("cases");
    let mut wrong = Vec::new();
    for case in &file.case {
        let home = Home::new(&[&case.old]);
        home.write("new.toml", &case.new);
        let said = home.run(&["policy", "diff", "--json", "policy0.toml", "new.toml"]);
        let Ok(told) = serde_json::from_str::<Value>(&said.out) else {
            wrong.push(format!("{}: {}{}", case.name, said.out, said.err));
            continue;
        };
        let as_written = alike(&lines(&told, "widened"), &case.widened)
            && alike(&lines(&told, "narrowed"), &case.narrowed)
            && alike(&lines(&told, "other"), &case.other)
            && told["changes"].to_string().contains(&case.calls)
            && told["inexact"].to_string().contains(&case.inexact)
            && (case.inexact.is_empty() == told["inexact"].as_array().expect("a list").is_empty());
        if said.code != case.code || !as_written {
            wrong.push(format!("{}: exit {}: {told:#}", case.name, said.code));
            continue;
        }
        shown(&home, &told, &mut wrong);
    }
    assert!(file.case.len() >= 12);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What became permitted `aegis explain` permits under the new policy and not under the old one.
fn shown(home: &Home, told: &Value, wrong: &mut Vec<String>) {
    let old = home.configure("old-config.toml", &[home.path("policy0.toml")]);
    let new = home.configure("new-config.toml", &[home.path("new.toml")]);
    for change in told["changes"].as_array().expect("changes") {
        let permitted = change["what"]
            .as_str()
            .is_some_and(|what| what.starts_with("permitted"));
        if !permitted || !change["call"].is_object() {
            continue;
        }
        for (config, expected) in [(&old, "deny"), (&new, "permit")] {
            let config = config.display().to_string();
            let line = format!("{}\n", change["call"]);
            let said = home.run_with(&["explain", "--jsonl", "--config", &config], &line);
            let answer: Value = serde_json::from_str(&said.out).expect("an answer");
            if answer["decision"] != expected {
                wrong.push(format!("{line}{answer:#}"));
            }
        }
    }
}

#[test]
fn a_policy_is_no_other_than_itself_however_it_is_named() {
    let home = Home::new(&support::ON);
    let folder = support::root().join("policies").display().to_string();
    let same = home.run(&["policy", "diff", "aegis.toml", &folder]);
    assert_eq!(
        (same.code, same.out.as_str()),
        (0, "the rules are the same\n"),
        "{}",
        same.err
    );
    assert_eq!(
        home.run(&["policy", "diff", "aegis.toml", "absent.toml"])
            .code,
        2
    );
}
