//! Each case of `corpus/progress`, before downstreams of both eras.
//! Knows nothing of cases: they are data.

use aegis_tests::{Client, corpus};
use serde::Deserialize;
use serde_json::json;

use crate::world::{World, heard_under, notification};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    say: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    hear: Vec<String>,
    /// A text that must not arrive, though its notification does.
    masked: Option<String>,
    /// How many notifications the log counts as dropped, and as nobody's.
    #[serde(default)]
    dropped: u64,
    #[serde(default)]
    unknown: u64,
    /// The agent asks for no progress.
    #[serde(default)]
    silent: bool,
    /// What the permit owes beside what detectors find.
    #[serde(default)]
    owed: String,
}

impl Case {
    fn run(&self, agent: &mut Client) -> Result<(), String> {
        let lines = |said: &[String]| {
            let lines: Vec<String> = said.iter().map(|params| notification(params)).collect();
            lines.join("\n")
        };
        let arguments = json!({"before": lines(&self.say), "after": lines(&self.after)});
        let params = match self.silent {
            true => json!({"name": "h__tells", "arguments": arguments}),
            false => heard_under(&json!("t"), "h__tells", &arguments),
        };
        let before = agent.heard.len();
        let answer = agent.request("tools/call", &params);
        let asked = &answer["result"]["structuredContent"]["asked"];
        if *asked != json!(!self.silent) {
            return Err(format!("{answer}"));
        }
        // One call more: what is late has come by then.
        agent.call("h__cancelled", &json!({}));
        self.judge(&agent.heard[before..])
    }

    fn judge(&self, heard: &[String]) -> Result<(), String> {
        let is_told = |line: &&String| line.contains("notifications/progress");
        let told: Vec<&String> = heard.iter().take_while(is_told).collect();
        if heard.iter().filter(is_told).count() != told.len() {
            return Err(format!("told after the answer: {heard:?}"));
        }
        if let Some(text) = &self.masked {
            let whole =
                told.len() == self.say.len() && !told.iter().any(|line| line.contains(text));
            let said = told.iter().all(|line| line.contains("\"message\":\""));
            return (whole && said).then_some(()).ok_or(format!("{told:?}"));
        }
        let expected = self.hear.iter().map(|params| {
            let params = params.strip_prefix('{').unwrap();
            notification(&format!("{{\"progressToken\":\"t\",{params}"))
        });
        let expected: Vec<String> = expected.collect();
        let told: Vec<&str> = told.iter().map(|line| line.trim_end()).collect();
        (told == expected)
            .then_some(())
            .ok_or(format!("{told:#?}, not {expected:#?}"))
    }
}

/// All cases of one kind, one after the other before one kernel.
fn run(south: &str, owed: &str) {
    let cases = corpus::<Corpus>("progress").into_iter();
    let cases: Vec<Case> = cases
        .flat_map(|(_, file)| file.case)
        .filter(|case| case.owed == owed)
        .collect();
    assert!(!cases.is_empty());
    let world = World::new(south, owed);
    let mut agent = Client::start(&world.config());
    let faults: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case.name, case.run(&mut agent).err()?)))
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert_eq!(agent.finish(), Some(0));
    let sum = |count: fn(&Case) -> u64| cases.iter().map(count).sum::<u64>();
    let dropped = world.counted("progress.dropped");
    assert_eq!(dropped, sum(|case| case.dropped));
    let unknown = world.counted("progress.unknown-token");
    assert_eq!(unknown, sum(|case| case.unknown));
}

#[test]
fn what_a_legacy_downstream_says_of_its_progress_is_heard_as_far_as_it_may_leave() {
    run("progress", "");
}

#[test]
fn what_a_modern_downstream_says_of_its_progress_is_heard_as_far_as_it_may_leave() {
    run("modern-progress", "");
}

#[test]
fn where_lineage_is_owed_it_is_heard_that_something_was_said_and_no_more() {
    run("modern-progress", "labels");
}

#[test]
fn where_bytes_are_counted_nothing_leaves_beside_the_answer() {
    run("progress", "bytes");
}

/// The token that the downstream is given is the kernel's own, another one for each call.
#[test]
fn a_downstream_never_sees_the_agents_token() {
    let world = World::new("progress", "");
    let mut agent = Client::start(&world.config());
    let mut tokens: Vec<String> = (0..8)
        .map(|_| {
            let params = heard_under(&json!("mine"), "h__tells", &json!({}));
            let answer = agent.request("tools/call", &params);
            let token = &answer["result"]["structuredContent"]["token"];
            token.as_str().unwrap().trim_matches('"').to_owned()
        })
        .collect();
    assert!(tokens.iter().all(|token| token.len() >= 32), "{tokens:?}");
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 8);
    assert_eq!(agent.finish(), Some(0));
}
