//! Warrants carried out: the grant that travels along, the engine's word, the sign of success, the pins.
//! Knows nothing of what leaves: the answers stay sealed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use aegis_core::call::{Arguments, Call};
use aegis_core::egress::{ScopeKeys, Sealed, TokenScope};
use aegis_core::inspect;
use aegis_core::json::Json;
use aegis_core::manifest::{self, Manifests, System};
use aegis_core::now::Now;
use aegis_core::policy::{self, Policy};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::LedgerView;
use aegis_core::refusal::{FailureCode, Refusal, Sent};

use super::kit::{Running, World, failure, json};

fn system() -> System {
    manifest::parse(include_str!("manifest.toml"), "manifest.toml").unwrap()
}

async fn start(system: System) -> (Running, PathBuf) {
    let mut world = World::new();
    let note = world.dir.path().join("note");
    world.systems = vec![system];
    let path = note.display().to_string();
    let running = world
        .with("h", &["modern", &path], 5_000)
        .start()
        .await
        .unwrap();
    (running, note)
}

/// All gates up to south, for one call.
pub(super) async fn invoke(
    running: &Running,
    system: &System,
    tool: &str,
    arguments: &str,
) -> Result<Sealed, Refusal> {
    let rules = include_str!("policy.toml");
    invoke_under(running, (system, rules), tool, arguments).await
}

/// As [`invoke`], under other rules.
pub(super) async fn invoke_under(
    running: &Running,
    (system, rules): (&System, &str),
    tool: &str,
    arguments: &str,
) -> Result<Sealed, Refusal> {
    let manifests = Manifests::new(vec![system.clone()]);
    let rules = policy::parse(rules, "policy.toml").unwrap();
    let policy = Policy::new(rules, &manifests).unwrap();
    let principal = Principal::assertion("agent", Proof::Hypothetical);
    let arguments = Arguments::parse(arguments.as_bytes()).unwrap();
    let call = Call::new(principal, "run", tool, arguments);
    let mut entry = running.journal.open(&call);
    let bound = manifests.bind(call, |_, _| true)?;
    let catalogs = BTreeMap::from([(system.server.clone(), Arc::new(system.catalog.clone()))]);
    let world = inspect::World {
        manifests: &manifests,
        catalogs: &catalogs,
    };
    let examined = inspect::examine(bound, &world)?;
    let permit = policy.decide(examined, &LedgerView::default(), Now { unix_ms: 0 })?;
    let warrant = entry.commit(permit).await?;
    running.south.invoke(warrant).await
}

pub(super) fn rule(outcome: Result<Sealed, Refusal>) -> String {
    match outcome {
        Ok(_) => "sealed".to_owned(),
        Err(Refusal::Denied(denial)) => format!("denied {}", denial.first().rule),
        Err(Refusal::Withheld(denial)) => format!("withheld {}", denial.first().rule),
        Err(Refusal::Failed(failure)) => format!("failed {}", failure.code.as_str()),
    }
}

#[tokio::test]
async fn the_wall_is_told_what_was_judged_and_nothing_beyond() {
    let system = system();
    let (running, note) = start(system.clone()).await;
    let arguments = r#"{"report":"{}","ok":true}"#;
    assert_eq!(
        rule(invoke(&running, &system, "h__note", arguments).await),
        "sealed"
    );
    let heard = json(&std::fs::read_to_string(note).unwrap());
    let params = heard.get("params").unwrap();
    assert_eq!(params.get("arguments").unwrap().to_string(), arguments);
    let grant = params.get("_meta").unwrap().get("aegis/grant").unwrap();
    let scope = ScopeKeys::new([7; 32], TokenScope::Run).key("agent", "run");
    let key: String = scope.iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = format!(
        r#"{{"reads":[],"writes":[],"ddl":[],"functions":"*","masked":{{"customers.blood":{{"op":"token","type":"BLOOD_GROUP","form":"plain"}},"customers.dob":{{"op":"redact","type":"DATE_OF_BIRTH","form":"plain"}},"customers.email":{{"op":"token","type":"EMAIL_ADDRESS","form":"email"}}}},"token_key":"{}","row_max":50,"time_ms":4500,"bytes_max":2097152}}"#,
        key
    );
    assert_eq!(grant.to_canonical(), json(&expected).to_canonical());
    running.south.shutdown().await;
}

#[tokio::test]
async fn an_engine_that_went_further_than_was_judged_is_withheld() {
    let system = system();
    let (running, _note) = start(system.clone()).await;
    for (arguments, expected) in [
        (r#"{"ok":true,"report":"{}"}"#, "sealed"),
        (
            r#"{"ok":true,"report":"{\"reads\":[],\"writes\":[]}"}"#,
            "sealed",
        ),
        (
            r#"{"ok":true,"report":"{\"reads\":[\"customers\"]}"}"#,
            "withheld kernel.engine-disagrees",
        ),
        (
            r#"{"ok":true,"report":"{\"writes\":[\"customers\"]}"}"#,
            "withheld kernel.engine-disagrees",
        ),
        (
            r#"{"ok":true,"report":"{\"reads\":\"*\"}"}"#,
            "withheld kernel.engine-disagrees",
        ),
        (
            r#"{"ok":true,"report":"{\"reads\":[7]}"}"#,
            "withheld kernel.engine-disagrees",
        ),
        (r#"{"ok":true}"#, "withheld kernel.engine-disagrees"),
        (r#"{"ok":false,"error":true}"#, "sealed"),
    ] {
        assert_eq!(
            rule(invoke(&running, &system, "h__note", arguments).await),
            expected,
            "{arguments}"
        );
    }
    running.south.shutdown().await;
}

#[tokio::test]
async fn a_result_without_its_sign_of_success_is_an_error() {
    let (running, _note) = start(system()).await;
    for (arguments, error) in [
        (r#"{"ok":true}"#, false),
        (r#"{"ok":false}"#, true),
        ("{}", true),
    ] {
        let result = running.call("h", "note", arguments).await.unwrap();
        assert_eq!(
            result.get("isError"),
            Some(&Json::from(error)),
            "{arguments}"
        );
    }
    running.south.shutdown().await;
}

#[tokio::test]
async fn a_tool_that_is_not_what_was_approved_is_denied_by_name() {
    let mut system = system();
    let (first, _note) = start(system.clone()).await;
    let pin = first.south.definitions(&first.errand).await["h"]["echo"].digest();
    first.south.shutdown().await;

    system.pins = BTreeMap::from([
        ("echo".to_owned(), pin.clone()),
        ("note".to_owned(), "0".repeat(64)),
    ]);
    let (running, _note) = start(system.clone()).await;
    let mut warned: Vec<_> = running
        .south
        .warnings()
        .iter()
        .map(|w| (w.code(), w.to_string()))
        .collect();
    warned.sort();
    assert_eq!(warned.len(), 2, "{warned:?}");
    assert!(warned[0].0 == "kernel.pin-drift" && warned[0].1.contains("`note`"));
    assert!(warned[1].0 == "kernel.tool-missing" && warned[1].1.contains("`missing`"));
    for (tool, arguments, expected) in [
        ("h__echo", "{}", "sealed"),
        ("h__note", r#"{"ok":true}"#, "denied kernel.pin-drift"),
        ("h__missing", "{}", "denied kernel.tool-missing"),
    ] {
        assert_eq!(
            rule(invoke(&running, &system, tool, arguments).await),
            expected,
            "{tool}"
        );
    }
    running.south.shutdown().await;
}

#[tokio::test]
async fn a_system_without_a_downstream_is_unavailable_and_nothing_was_sent() {
    let system = system();
    let running = World::new().start().await.unwrap();
    let got = invoke(&running, &system, "h__echo", "{}").await;
    let Err(Refusal::Failed(got)) = got else {
        panic!("{got:?}");
    };
    assert_eq!(got, failure(Sent::No, FailureCode::Unavailable));
}

#[tokio::test]
async fn an_answer_beyond_the_bound_is_too_large_and_the_next_call_is_served() {
    let system = system();
    let (running, _note) = start(system.clone()).await;
    // In bytes, and in values, each of which costs many times what it is written in.
    for tool in ["h__oversized", "h__crowded"] {
        let got = invoke(&running, &system, tool, "{}").await;
        let Err(Refusal::Failed(got)) = got else {
            panic!("{tool}: {got:?}");
        };
        assert_eq!(got, failure(Sent::Maybe, FailureCode::TooLarge), "{tool}");
        let next = invoke(&running, &system, "h__echo", "{}").await;
        assert_eq!(rule(next), "sealed", "after {tool}");
    }
    running.south.shutdown().await;
}
