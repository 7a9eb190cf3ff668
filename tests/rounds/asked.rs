//! A downstream that asks back: what is shown of it, and that each further round is a call of its own, judged anew.
//! Knows nothing of how a state is kept.

use std::path::PathBuf;

use aegis_tests::{Client, before_hostile, corpus};
use serde::Deserialize;
use serde_json::{Value, json};

const MANIFEST: &str = r#"
server = "h"
[tool.asks]
description = "Asks what it is told to"
capabilities = ["h:say"]
input = ["elicitation"]
[tool.asks.argument.result]
kind = "string"
description = "what it answers"
[tool.asks.argument.forever]
kind = "boolean"
required = false
description = "whether it asks again"
[tool.mute]
description = "Asks what it may not"
capabilities = ["h:say"]
[tool.mute.argument.result]
kind = "string"
description = "what it answers"
"#;

const LABELS: &str = "
[[table]]
name = \"staff\"
columns = [\"id\", \"salary\"]
[label.\"staff.salary\"]
is = \"pii.salary\"
";

const POLICY: &str = r#"
[[grant]]
id = "all"
principal = "agent"
capabilities = ["h:say"]
[[transform]]
id = "search"
detect = "standard"
"#;

const MASK: &str = r#"
[[transform]]
id = "mask"
label = "*"
mask = { default = "redact" }
"#;

const FORM: &str = r#"{"resultType":"input_required","requestState":"the downstream's own","inputRequests":{"who":{"method":"elicitation/create","params":{"message":"Who?","requestedSchema":{"type":"object","properties":{"name":{"type":"string"},"size":{"type":"string","enum":["s","m"]}},"required":["name"]}}}}}"#;

pub(crate) struct World {
    folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new(labelled: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let labels = if labelled { LABELS } else { "" };
        before_hostile(
            folder.path(),
            &format!("{MANIFEST}{labels}"),
            "modern-rounds",
        );
        let mask = if labelled { MASK } else { "" };
        let policy = folder.path().join("policy.toml");
        std::fs::write(policy, format!("{POLICY}{mask}")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn agent(&self) -> Client {
        Client::start_silent(&self.path("aegis.toml"))
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path(".aegis/audit/00000000000000000000.jsonl")).unwrap()
    }

    fn records(&self, kind: &str) -> Vec<Value> {
        let log = self.log();
        let records = log
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        records.filter(|record| record["kind"] == kind).collect()
    }
}

/// A call of the newer era by an agent of these capabilities.
pub(crate) fn ask(agent: &mut Client, capabilities: &Value, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    });
    agent.request("tools/call", &params)
}

pub(crate) fn form() -> Value {
    json!({"elicitation": {}})
}

pub(crate) fn first(result: &str) -> Value {
    json!({"name": "h__asks", "arguments": {"result": result}})
}

/// The same call again, with this state and these answers.
pub(crate) fn again(mut params: Value, state: &Value, responses: &Value) -> Value {
    params["requestState"] = state.clone();
    params["inputResponses"] = responses.clone();
    params
}

pub(crate) fn rule(answer: &Value) -> &str {
    let structured = &answer["result"]["structuredContent"];
    structured["rule"].as_str().unwrap_or_default()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    result: String,
    #[serde(default = "asks")]
    tool: String,
    #[serde(default)]
    capabilities: Option<String>,
    #[serde(default)]
    labelled: bool,
    shown: Option<String>,
    rule: Option<String>,
    masked: Option<String>,
}

fn asks() -> String {
    "h__asks".to_owned()
}

impl Case {
    fn run(&self, agent: &mut Client) -> Result<(), String> {
        let capabilities = self.capabilities.as_deref();
        let capabilities = capabilities.map_or(form(), |text| serde_json::from_str(text).unwrap());
        let params = json!({"name": self.tool, "arguments": {"result": self.result}});
        let answer = ask(agent, &capabilities, params);
        let result = &answer["result"];
        let line = agent.heard.last().unwrap();
        if let Some(wanted) = &self.rule {
            let complete = result["resultType"] == "complete" && result["isError"] == true;
            return (complete && rule(&answer) == wanted)
                .then_some(())
                .ok_or(line.clone());
        }
        let state = result["requestState"].as_str().unwrap_or_default();
        let known = ["_meta", "inputRequests", "requestState", "resultType"];
        let mut members = result.as_object().unwrap().keys();
        let only = members.all(|key| known.contains(&key.as_str()));
        if result["resultType"] != "input_required" || state.len() < 32 || !only {
            return Err(line.clone());
        }
        if let Some(text) = &self.masked {
            let asked = line.contains("asks: Write to <EMAIL_ADDRESS");
            return (asked && !line.contains(text))
                .then_some(())
                .ok_or(line.clone());
        }
        let shown = self.shown.as_ref().expect("a case says what is shown");
        if shown.is_empty() {
            let nothing = result.get("inputRequests").is_none();
            return nothing.then_some(()).ok_or(line.clone());
        }
        let shown = format!("\"inputRequests\":{shown},\"requestState\"");
        line.contains(&shown).then_some(()).ok_or(line.clone())
    }
}

#[test]
fn what_a_downstream_asks_is_shown_as_far_as_it_may_be_asked() {
    let cases: Vec<Case> = corpus::<Corpus>("rounds")
        .into_iter()
        .flat_map(|(_, file)| file.case)
        .collect();
    assert!(cases.len() >= 20);
    let mut faults = Vec::new();
    for labelled in [false, true] {
        let world = World::new(labelled);
        let mut agent = world.agent();
        for case in cases.iter().filter(|case| case.labelled == labelled) {
            if let Err(fault) = case.run(&mut agent) {
                faults.push(format!("{}: {fault}", case.name));
            }
        }
        assert_eq!(agent.finish(), Some(0));
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn a_further_round_brings_the_downstream_its_own_state_and_is_a_call_of_its_own() {
    let world = World::new(false);
    let mut agent = world.agent();
    let asked = ask(&mut agent, &form(), first(FORM));
    let state = &asked["result"]["requestState"];
    let responses = json!({"who": {"action": "accept", "content": {"name": "ann", "size": "s"}, "_meta": {"x": 1}}, "unasked": {"action": "accept"}});
    let answer = ask(&mut agent, &form(), again(first(FORM), state, &responses));
    let content = &answer["result"]["structuredContent"];
    assert_eq!(content["state"], json!("the downstream's own"), "{answer}");
    // What was not asked, and what is no part of an answer, stays behind.
    assert_eq!(
        content["answers"],
        json!({"who": {"action": "accept", "content": {"name": "ann", "size": "s"}}})
    );
    assert_eq!(answer["result"]["resultType"], "complete");
    assert_eq!(agent.finish(), Some(0));
    // Two intents, two ends; the first says that it was none.
    let outcomes = world.records("outcome");
    assert_eq!(world.records("intent").len(), 2);
    assert_eq!(outcomes[0]["cause"], "input-required");
    assert_eq!(outcomes[1]["cause"], Value::Null);
    let (code, report) = verify(&world);
    assert_eq!(code, Some(0), "{report}");
    // Neither the downstream's state nor the kernel's name for it stands in the log.
    assert!(!world.log().contains("downstream's own"));
    assert!(!world.log().contains(state.as_str().unwrap()));
}

fn verify(world: &World) -> (Option<i32>, String) {
    let run = std::process::Command::new(aegis_tests::aegis())
        .args(["audit", "verify", "--config"])
        .arg(world.path("aegis.toml"))
        .output()
        .unwrap();
    (
        run.status.code(),
        String::from_utf8_lossy(&run.stdout).into_owned(),
    )
}

#[test]
fn an_answer_that_was_declined_or_left_out_is_passed_on_as_that() {
    let world = World::new(false);
    let mut agent = world.agent();
    for (responses, arrives) in [
        (
            json!({"who": {"action": "decline"}}),
            json!({"who": {"action": "decline"}}),
        ),
        (
            json!({"who": {"action": "cancel"}}),
            json!({"who": {"action": "cancel"}}),
        ),
        (json!({}), json!({})),
    ] {
        let asked = ask(&mut agent, &form(), first(FORM));
        let state = &asked["result"]["requestState"];
        let answer = ask(&mut agent, &form(), again(first(FORM), state, &responses));
        assert_eq!(
            answer["result"]["structuredContent"]["answers"], arrives,
            "{answer}"
        );
    }
    assert_eq!(agent.finish(), Some(0));
}

/// A first round: its state.
fn given(agent: &mut Client) -> Value {
    ask(agent, &form(), first(FORM))["result"]["requestState"].clone()
}

/// A further round of this call: the rule that denies it, or nothing.
fn tried(agent: &mut Client, params: Value, state: &Value) -> String {
    let responses = json!({"who": {"action": "accept", "content": {"name": "ann"}}});
    let answer = ask(agent, &form(), again(params, state, &responses));
    rule(&answer).to_owned()
}

#[test]
fn a_state_is_good_once_and_cannot_be_made_up() {
    let world = World::new(false);
    let mut agent = world.agent();
    let state = given(&mut agent);
    assert_eq!(tried(&mut agent, first(FORM), &state), "");
    assert_eq!(
        tried(&mut agent, first(FORM), &state),
        "kernel.state-unknown"
    );
    // Changed in one letter, cut, made longer, in other letters, empty, invented, the downstream's own.
    let state = given(&mut agent);
    let text = state.as_str().unwrap();
    let flipped = if text.ends_with('0') { "1" } else { "0" };
    let changed = format!("{}{flipped}", &text[..text.len() - 1]);
    let longer = format!("{text}0");
    let upper = format!("A{}", text.to_uppercase());
    for forged in [
        changed.as_str(),
        &text[1..],
        &longer,
        &upper,
        "",
        "the downstream's own",
    ] {
        let rule = tried(&mut agent, first(FORM), &json!(forged));
        assert_eq!(rule, "kernel.state-unknown", "{forged}");
    }
    // The true one was not used up by that.
    assert_eq!(tried(&mut agent, first(FORM), &state), "");
    // Answers to nothing.
    let mut nothing = first(FORM);
    nothing["inputResponses"] = json!({"who": {"action": "decline"}});
    let answer = ask(&mut agent, &form(), nothing);
    assert_eq!(rule(&answer), "kernel.state-unknown");
    // Of another start of the kernel.
    let state = given(&mut agent);
    assert_eq!(agent.finish(), Some(0));
    let mut agent = world.agent();
    assert_eq!(
        tried(&mut agent, first(FORM), &state),
        "kernel.state-unknown"
    );
    assert_eq!(agent.finish(), Some(0));
    // Each is in the log as a denial, and reached nobody.
    assert_eq!(world.records("decision").len(), 9);
}

#[test]
fn a_state_is_good_for_its_own_call_alone() {
    let world = World::new(false);
    let mut agent = world.agent();
    let other = FORM.replace("Who?", "Who else?");
    let mute = json!({"name": "h__mute", "arguments": {"result": FORM}});
    for another in [first(&other), mute] {
        let state = given(&mut agent);
        let rule = tried(&mut agent, another, &state);
        assert_eq!(rule, "kernel.state-of-another-call");
        // It is used up by that.
        let rule = tried(&mut agent, first(FORM), &state);
        assert_eq!(rule, "kernel.state-unknown");
    }
    assert_eq!(agent.finish(), Some(0));
}

#[test]
fn answers_that_do_not_fit_their_questions_are_denied() {
    let world = World::new(false);
    let mut agent = world.agent();
    for response in [
        json!({"action": "accept"}),
        json!({"action": "accept", "content": {}}),
        json!({"action": "accept", "content": {"name": 7}}),
        json!({"action": "accept", "content": {"name": "ann", "size": "xl"}}),
        json!({"action": "accept", "content": {"name": "ann", "more": "x"}}),
        json!({"action": "accept", "content": {"name": {"a": 1}}}),
        json!({"action": "decline", "content": {"name": "ann"}}),
        json!({"action": "sign"}),
        json!({"role": "assistant", "content": {"type": "text", "text": "x"}}),
        json!("accept"),
        json!(null),
    ] {
        let asked = ask(&mut agent, &form(), first(FORM));
        let state = &asked["result"]["requestState"];
        let answer = ask(
            &mut agent,
            &form(),
            again(first(FORM), state, &json!({"who": response})),
        );
        assert_eq!(rule(&answer), "kernel.input-response", "{answer}");
    }
    assert_eq!(agent.finish(), Some(0));
}

#[test]
fn a_downstream_that_asks_for_ever_is_heard_eight_times() {
    let world = World::new(false);
    let mut agent = world.agent();
    let call = || json!({"name": "h__asks", "arguments": {"result": FORM, "forever": true}});
    let mut answer = ask(&mut agent, &form(), call());
    let mut rounds = 1;
    while answer["result"]["resultType"] == "input_required" {
        let state = answer["result"]["requestState"].clone();
        answer = ask(&mut agent, &form(), again(call(), &state, &json!({})));
        rounds += 1;
    }
    assert_eq!((rounds, rule(&answer)), (8, "kernel.too-many-rounds"));
    assert_eq!(agent.finish(), Some(0));
}

#[test]
fn the_older_era_has_no_rounds() {
    let world = World::new(false);
    let mut agent = world.agent().hello();
    let asked = agent.call("h__asks", &json!({"result": FORM}));
    assert_eq!(asked["structuredContent"]["rule"], "kernel.input-refused");
    for more in [json!({"requestState": "x"}), json!({"inputResponses": {}})] {
        let mut params = first(FORM);
        params
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let answer = agent.request("tools/call", &params);
        assert_eq!(answer["error"]["data"]["refusal"], "wire.bad-params");
    }
    assert_eq!(agent.finish(), Some(0));
}
