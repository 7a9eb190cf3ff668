//! `aegis policy prove`: the shipped questions hold, what does not hold comes with a call that `aegis explain` shows.
//! Knows nothing of how classes are found.

use std::collections::BTreeSet;

use aegis_core::policy::prove::{Ask, Prover, Verdict};
use aegis_tests::policies as support;
use aegis_tests::{TempWorld, aegis};
use serde::Deserialize;
use serde_json::{Value, json};

use super::kit::Home;

/// Each shipped policy with its questions.
const SHIPPED: [(&[&str], &str); 4] = [
    (&support::ON, "policies/questions/default.toml"),
    (
        &["policies/samples/strict.toml"],
        "policies/samples/questions/strict.toml",
    ),
    (
        &["policies/samples/development.toml"],
        "policies/samples/questions/development.toml",
    ),
    (
        &["policies/samples/financial.toml"],
        "policies/samples/questions/financial.toml",
    ),
];

#[test]
fn the_shipped_questions_hold_for_the_shipped_policies() {
    let manifests = support::manifests();
    for (files, questions) in SHIPPED {
        let policy = support::policy(files);
        let text = support::read(&support::root().join(questions));
        let prover = Prover::new(&policy, &manifests, BTreeSet::new());
        for ask in Ask::parse(&text, questions).expect("questions") {
            let answer = prover.answer(&ask);
            assert_eq!(
                answer.verdict,
                Verdict::Holds,
                "{questions} {}: {answer:#?}",
                ask.id
            );
            assert!(answer.classes >= answer.asked && answer.asked > 0);
        }
    }
}

#[test]
fn the_command_answers_the_questions_beside_the_policies() {
    let files: Vec<&str> = support::ON.to_vec();
    let home = Home::new(&files);
    let said = home.run(&["policy", "prove"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("people-leave-masked: holds\n"),
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("judged for any value: postgres__execute sql"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("assumed:\n  - manifests are true"),
        "{}",
        said.out
    );
    let json = home.run(&["policy", "prove", "--json"]);
    let told: Value = serde_json::from_str(&json.out).expect("JSON");
    assert!(
        told["answers"]
            .as_array()
            .expect("answers")
            .iter()
            .all(|one| one["verdict"] == "holds")
    );
    assert_eq!(home.run(&["policy", "prove", "absent.toml"]).code, 2);
    home.write(
        "wrong.toml",
        "[[ask]]\nid = \"x\"\nnever = { tol = \"s3__*\" }\n",
    );
    let wrong = home.run(&["policy", "prove", "wrong.toml"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("wrong.toml:3:"), "{}", wrong.err);
}

/// Whoever prepares the demo's world finds the questions beside its policies; what allows everything answers them so.
#[test]
fn the_demo_s_world_answers_its_questions() {
    let world = TempWorld::new();
    let prove = |config: &str, questions: &[&str]| {
        let mut command = std::process::Command::new(aegis());
        command
            .args(["policy", "prove", "--json", "--config", config])
            .args(questions);
        let output = command
            .current_dir(world.path(""))
            .output()
            .expect("aegis starts");
        let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let answers = told["answers"].as_array().expect("answers").clone();
        (output.status.code(), answers)
    };
    let (code, answers) = prove("aegis.toml", &[]);
    assert_eq!((code, answers.len()), (Some(0), 9));
    let (code, answers) = prove("aegis-off.toml", &["policies/questions/default.toml"]);
    assert_eq!(code, Some(1));
    for answer in answers {
        let possible = answer["asked"]
            .as_str()
            .is_some_and(|asked| asked.starts_with("possible"));
        let masked = answer["id"] == "the-analyst-can-read-people-masked";
        let expected = if possible && !masked {
            "holds"
        } else {
            "fails"
        };
        assert_eq!(answer["verdict"], expected, "{answer:#}");
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Policy files of the repository.
    #[serde(default)]
    policies: Vec<String>,
    /// Rules beside them.
    #[serde(default)]
    rules: String,
    /// Rules that are taken out.
    #[serde(default)]
    without: Vec<String>,
    /// `never = { … }` or `possible = { … }`.
    ask: String,
    /// `holds`, `fails` or `undecided`.
    expect: String,
    /// A part of why it is not decided.
    #[serde(default)]
    says: String,
    /// Parts of the call that is shown.
    #[serde(default)]
    call: Vec<String>,
}

/// The texts of a case's policies, without what it takes out.
fn texts(case: &Case) -> Vec<String> {
    let files = case
        .policies
        .iter()
        .map(|file| support::read(&support::root().join(file)));
    let own = (!case.rules.is_empty()).then(|| case.rules.clone());
    let mut gone = BTreeSet::new();
    let texts = files.chain(own).map(|text| {
        let mut table: toml::Table = toml::from_str(&text).expect("TOML");
        for (_, rules) in &mut table {
            let rules = rules.as_array_mut().expect("rules");
            rules.retain(|rule| {
                let id = rule
                    .get("id")
                    .and_then(toml::Value::as_str)
                    .unwrap_or_default();
                let out = case.without.iter().any(|without| without == id);
                gone.extend(out.then(|| id.to_owned()));
                !out
            });
        }
        table.retain(|_, rules| !rules.as_array().expect("rules").is_empty());
        toml::to_string(&table).expect("TOML")
    });
    let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    assert_eq!(gone.len(), case.without.len(), "{}: {gone:?}", case.name);
    texts
}

/// Every case comes out as written, and what is shown to be permitted `aegis explain` permits.
#[test]
fn what_does_not_hold_is_shown_by_a_call_that_explain_permits() {
    let path = support::root().join("tests/proving/cases.toml");
    let file: File = toml::from_str(&support::read(&path)).expect("cases");
    let mut wrong = Vec::new();
    for case in &file.case {
        let texts = texts(case);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let home = Home::new(&texts);
        home.write("ask.toml", &format!("[[ask]]\nid = \"q\"\n{}\n", case.ask));
        let said = home.run(&["policy", "prove", "--json", "ask.toml"]);
        let Ok(told) = serde_json::from_str::<Value>(&said.out) else {
            wrong.push(format!("{}: {}{}", case.name, said.out, said.err));
            continue;
        };
        let answer = &told["answers"][0];
        if answer["verdict"] != json!(case.expect) {
            wrong.push(format!("{}: {answer:#}", case.name));
            continue;
        }
        assert_eq!(
            said.code,
            i32::from(case.expect != "holds"),
            "{}",
            case.name
        );
        let why = answer["why"].as_str().unwrap_or_default();
        if !why.contains(&case.says) || (case.expect == "undecided") != answer["why"].is_string() {
            wrong.push(format!("{}: {answer:#}", case.name));
        }
        let shown = &answer["call"];
        let never = case.ask.starts_with("never");
        assert_eq!(
            shown.is_object(),
            case.expect == if never { "fails" } else { "holds" },
            "{}",
            case.name
        );
        if !shown.is_object() {
            continue;
        }
        for part in &case.call {
            if !shown.to_string().contains(part) {
                wrong.push(format!("{}: {part} is not in {shown}", case.name));
            }
        }
        let explained = home.run_with(&["explain", "--jsonl"], &format!("{shown}\n"));
        let explained: Value = serde_json::from_str(&explained.out).expect("an explanation");
        if explained["decision"] != "permit" {
            wrong.push(format!("{}: {shown}\n{explained:#}", case.name));
        }
    }
    assert!(file.case.len() >= 20);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
