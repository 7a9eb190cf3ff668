//! The journal's gates with real permits: what each end leaves in the log, and what never gets there.
//! Knows nothing of files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use aegis_core::call::{Arguments, Call};
use aegis_core::denial::{Denial, Phase};
use aegis_core::egress::{self, Egress};
use aegis_core::inspect::{self, World};
use aegis_core::json::Json;
use aegis_core::manifest::{self, Manifests};
use aegis_core::now::Now;
use aegis_core::policy::{self, Permit, Policy};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::LedgerView;
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use aegis_host::journal::{Entry, Journal, JournalOptions};
use serde_json::Value;

use super::kit;

const MANIFEST: &str = r#"
server = "s3"
[tool.get_object]
description = "One object"
capabilities = ["object:read"]
[tool.get_object.argument.key]
kind = "path"
access = "read"
description = "The key"
"#;

const POLICY: &str = r#"
[[grant]]
id = "all"
principal = "*"
capabilities = ["*"]
"#;

/// A value that must never be found in a file that the kernel writes beside its state.
const CANARY: &str = "canary@example.org";

pub(super) struct House {
    pub(super) folder: tempfile::TempDir,
    pub(super) journal: Journal,
    manifests: Manifests,
    policy: Policy,
}

pub(super) fn start(folder: &Path) -> Journal {
    Journal::start(JournalOptions {
        dir: folder.join("audit"),
        sync: false,
        keys: folder.join("state/keys"),
    })
    .unwrap()
}

/// A call of the principal of these tests.
pub(super) fn call(key: &str) -> Call {
    call_of("s3__get_object", key)
}

fn call_of(tool: &str, key: &str) -> Call {
    let principal = Principal::assertion("analyst-agent", Proof::Hypothetical);
    let text = Json::object([("key", Json::from(key))]).to_string();
    let arguments = Arguments::parse(text.as_bytes()).unwrap();
    Call::new(principal, "run-1", tool, arguments)
}

impl House {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let system = manifest::parse(MANIFEST, "s3.toml").unwrap();
        let manifests = Manifests::new(vec![system]);
        let rules = policy::parse(POLICY, "policy.toml").unwrap();
        let policy = Policy::new(rules, &manifests).unwrap();
        Self {
            journal: start(folder.path()),
            folder,
            manifests,
            policy,
        }
    }

    /// Opens the entry of a call and judges it.
    fn judged(&self, tool: &str, key: &str) -> (Entry, Result<Permit, Denial>) {
        let call = call_of(tool, key);
        let mut entry = self.journal.open(&call);
        let permit = || -> Result<Permit, Denial> {
            let bound = self.manifests.bind(call, |_, _| true)?;
            let catalogs = BTreeMap::<String, Arc<_>>::new();
            let world = World {
                manifests: &self.manifests,
                catalogs: &catalogs,
            };
            let examined = inspect::examine(bound, &world)?;
            entry.examined(&examined);
            let now = Now { unix_ms: 0 };
            self.policy.decide(examined, &LedgerView::default(), now)
        };
        let permit = permit();
        (entry, permit)
    }

    /// A call up to its answer.
    pub(super) async fn answered(&self, key: &str, raw: &str) -> (Entry, Egress) {
        let (mut entry, permit) = self.judged("s3__get_object", key);
        let warrant = entry.commit(permit.unwrap()).await.unwrap();
        let rules = aegis_core::limits::RESPONSE_RULES;
        let raw = aegis_core::json::parse(raw.as_bytes(), &rules).unwrap();
        let secrets = egress::Secrets::none();
        let masks = egress::Masks::new([7; 32], secrets);
        let egress = egress::release(warrant.seal(raw, None), &masks).unwrap();
        (entry, egress)
    }

    /// The records once the log is closed, and that they verify.
    async fn records(self) -> Vec<Value> {
        self.journal.close().await.unwrap();
        let (code, report) = kit::verify(self.folder.path(), &[]);
        assert_eq!(code, 0, "{report}");
        kit::records(self.folder.path())
    }
}

/// The one record of a kind.
fn only<'a>(records: &'a [Value], kind: &str) -> &'a Value {
    let mut found = records.iter().filter(|record| record["kind"] == kind);
    let first = found.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(found.next().is_none(), "more than one {kind}");
    first
}

#[tokio::test]
async fn a_call_leaves_an_intent_before_it_and_an_outcome_after_it() {
    let house = House::new();
    let raw = r#"{"content":[{"type":"text","text":"hello"}]}"#;
    let (entry, egress) = house.answered("silver/orders.csv", raw).await;
    assert!(entry.is_committed());
    let before = kit::records(house.folder.path());
    assert_eq!(before.last().unwrap()["kind"], "intent");
    let reply = entry.close(Ok(egress)).await.into_result();
    let records = house.records().await;
    let (intent, outcome) = (only(&records, "intent"), only(&records, "outcome"));
    assert_eq!(intent["tool"], "s3__get_object");
    assert_eq!(intent["facts"][0]["subject"], "silver/orders.csv");
    assert_eq!(intent["call"], outcome["call"]);
    assert_eq!(outcome["status"], "ok");
    assert_eq!(outcome["sent"], "yes");
    // The reply names its own record.
    let receipt = reply.get("_meta").unwrap().get("aegis/receipt").unwrap();
    let named: Value = serde_json::from_str(&receipt.to_string()).unwrap();
    assert_eq!(named["seq"], outcome["seq"]);
    let line = records.iter().position(|r| r == outcome).unwrap();
    assert_eq!(named["leaf"], records[line + 1]["prev"]);
}

#[tokio::test]
async fn a_denial_is_one_record_and_nothing_else() {
    let house = House::new();
    let (entry, permit) = house.judged("s3__no_such_tool", "silver/x");
    let denial = permit.unwrap_err();
    let reply = entry.close(Err(denial.into())).await.into_result();
    assert_eq!(reply.get("isError").unwrap().as_bool(), Some(true));
    let records = house.records().await;
    let decision = only(&records, "decision");
    assert_eq!(decision["decision"], "deny");
    assert_eq!(decision["rules"][0]["rule"], "kernel.unknown-tool");
    assert_eq!(decision["tool"], "s3__no_such_tool");
    assert!(!records.iter().any(|record| record["kind"] == "intent"));
}

#[tokio::test]
async fn every_end_has_its_words() {
    let denial = || Denial::kernel("kernel.test", Phase::Kernel, "a test", "nothing");
    let failed = |sent, code| Refusal::Failed(Failure { sent, code });
    let rows = [
        (Refusal::Denied(denial()), ("denied", "no")),
        (Refusal::Withheld(denial()), ("withheld", "yes")),
        (failed(Sent::No, FailureCode::Unavailable), ("failed", "no")),
        (
            failed(Sent::Maybe, FailureCode::Crashed),
            ("unknown", "maybe"),
        ),
    ];
    for (refusal, expected) in rows {
        let house = House::new();
        let (mut entry, permit) = house.judged("s3__get_object", "silver/x");
        let _warrant = entry.commit(permit.unwrap()).await.unwrap();
        let _ = entry.close(Err(refusal)).await;
        let records = house.records().await;
        let outcome = only(&records, "outcome");
        let words = (outcome["status"].as_str(), outcome["sent"].as_str());
        assert_eq!(words, (Some(expected.0), Some(expected.1)));
    }
}

#[tokio::test]
async fn an_entry_that_nobody_closes_still_ends() {
    let house = House::new();
    let (mut entry, permit) = house.judged("s3__get_object", "silver/x");
    let _warrant = entry.commit(permit.unwrap()).await.unwrap();
    drop(entry);
    let (entry, _) = house.judged("s3__get_object", "silver/y");
    drop(entry);
    let records = house.records().await;
    let outcome = only(&records, "outcome");
    assert_eq!(
        (&outcome["status"], &outcome["cause"]),
        (&"unknown".into(), &"dropped".into())
    );
    let decision = only(&records, "decision");
    assert_eq!(decision["decision"], "fail");
}

#[tokio::test]
async fn nothing_that_an_agent_says_is_written_as_it_is() {
    let house = House::new();
    let raw = format!(r#"{{"content":[{{"type":"text","text":"{CANARY} 4111111111111111"}}]}}"#);
    let (entry, egress) = house.answered(&format!("silver/{CANARY}"), &raw).await;
    let _ = entry.close(Ok(egress)).await;
    for tool in [CANARY, "s3__\u{1b}[2Jx", "4111-1111-1111-1111"] {
        let (entry, permit) = house.judged(tool, CANARY);
        let _ = entry.close(Err(permit.unwrap_err().into())).await;
    }
    let principal = Principal::assertion("analyst-agent", Proof::Hypothetical);
    let text = format!(r#"{{"{CANARY}":1,"key":"x"}}"#);
    let arguments = Arguments::parse(text.as_bytes()).unwrap();
    let call = Call::new(principal, "run-1", "s3__get_object", arguments);
    let entry = house.journal.open(&call);
    let denial = house.manifests.bind(call, |_, _| true).unwrap_err();
    let _ = entry.close(Err(denial.into())).await;
    let folder = house.folder.path().to_owned();
    let records = house.folder.path().join("audit");
    house.journal.close().await.unwrap();
    for file in std::fs::read_dir(records).unwrap() {
        let path = file.unwrap().path();
        // Hashes hold every byte; that they are nothing else is tested where tiles are.
        if path.extension().is_some_and(|kind| kind == "tiles") {
            continue;
        }
        let bytes = std::fs::read(path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for needle in ["canary", "4111111111", "4111-1111", "\u{1b}"] {
            assert!(!text.contains(needle), "{needle} in {text}");
        }
    }
    let records = kit::records(&folder);
    let quoted = records.iter().filter(|record| record["kind"] == "decision");
    let unquoted: Vec<&Value> = quoted.collect();
    assert_eq!(unquoted.len(), 4);
    assert!(
        unquoted[..3]
            .iter()
            .all(|record| record["tool_commit"].is_string())
    );
    assert_eq!(unquoted[3]["args"]["keys"], serde_json::json!(["key"]));
    assert_eq!(unquoted[3]["cut"]["keys"], 1);
}

#[tokio::test]
async fn whoever_holds_the_key_can_open_a_commitment_and_no_one_else() {
    let house = House::new();
    let (entry, permit) = house.judged("s3__no_such_tool", "silver/x");
    let _ = entry.close(Err(permit.unwrap_err().into())).await;
    let keys = house.folder.path().join("state/keys/commit");
    house.journal.close().await.unwrap();
    let records = kit::records(house.folder.path());
    let decision = only(&records, "decision");
    let name = decision["salts"].as_str().unwrap();
    assert_eq!(only(&records, "salt.key")["salt_key"]["name"], name);
    let key = keys.join(name);
    let text = std::fs::read_to_string(&key).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&key.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let key = aegis_core::audit::Leaf::parse(text.trim()).unwrap();
    let salt = aegis_core::audit::salt(key.as_bytes(), decision["call"].as_str().unwrap(), "/args");
    let opened = aegis_core::audit::commit(&salt, br#"{"key":"silver/x"}"#).to_string();
    assert_eq!(decision["args"]["commit"], opened.as_str());
}

#[tokio::test]
async fn a_flood_of_refused_messages_is_counted_and_does_not_flood_the_log() {
    let house = House::new();
    for n in 0..5_000 {
        house.journal.refused(if n % 5 == 0 {
            "wire.bad-json"
        } else {
            "wire.unknown-method"
        });
    }
    let records = house.records().await;
    let mut counts = BTreeMap::<String, u64>::new();
    let mut lines = 0;
    for record in records.iter().filter(|record| record["kind"] == "refused") {
        let cause = record["cause"].as_str().unwrap().to_owned();
        *counts.entry(cause).or_default() += record["count"].as_u64().unwrap();
        lines += 1;
    }
    assert_eq!(counts["wire.bad-json"], 1_000);
    assert_eq!(counts["wire.unknown-method"], 4_000);
    assert!(lines < 50, "{lines}");
}

#[tokio::test]
async fn the_kernels_own_acts_are_records() {
    let house = House::new();
    let principal = Principal::assertion("analyst-agent", Proof::Hypothetical);
    house.journal.policy_loaded("epoch-0", &[]).await.unwrap();
    house.journal.listing(&principal, 7).await.unwrap();
    let _errand = house.journal.errand("catalog", "s3").await.unwrap();
    let records = house.records().await;
    assert_eq!(only(&records, "policy.load")["epoch"], "epoch-0");
    assert_eq!(only(&records, "listing")["count"], 7);
    assert_eq!(only(&records, "errand")["errand"], "catalog");
    assert_eq!(records.last().unwrap()["kind"], "log.close");
}

#[tokio::test]
async fn after_the_log_is_closed_nothing_is_permitted() {
    let house = House::new();
    house.journal.close().await.unwrap();
    let (mut entry, permit) = house.judged("s3__get_object", "silver/x");
    let denial = entry.commit(permit.unwrap()).await.unwrap_err();
    assert_eq!(denial.first().rule, "kernel.log-unavailable");
    let reply = entry.close(Err(denial.into())).await.into_result();
    let structured = reply.get("structuredContent").unwrap();
    assert_eq!(
        structured.get("rule").unwrap().as_str(),
        Some("kernel.log-unavailable")
    );
}
