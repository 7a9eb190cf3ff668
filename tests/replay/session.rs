//! Sessions of calls, judged by the shipped manifests and recorded by a real journal.
//! Knows nothing of what is tested with them.

use std::path::{Path, PathBuf};
use std::process::Command;

use aegis_core::call::{Arguments, Call};
use aegis_core::denial::Denial;
use aegis_core::inspect::{self, World};
use aegis_core::manifest::Manifests;
use aegis_core::now::Now;
use aegis_core::policy::{self, Permit, Policy};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::{Counts, LedgerView, Receipt};
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use aegis_host::capture::{CaptureKey, Capturing};
use aegis_host::clock::Clock;
use aegis_host::journal::{Checkpointing, Journal, JournalOptions, Notes};
use aegis_host::rules::{RuleText, RuleTextKind};
use aegis_tests::policies as support;
use serde_json::Value;

/// One call of a session.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) principal: String,
    pub(crate) tool: String,
    pub(crate) arguments: Value,
    /// Receipts of the dataset `customers`: minted so many seconds ago, spent or not.
    pub(crate) receipts: Vec<(i64, bool)>,
}

impl Asked {
    pub(crate) fn new(tool: &str, arguments: Value) -> Self {
        Self {
            principal: "analyst-agent".to_owned(),
            tool: tool.to_owned(),
            arguments,
            receipts: Vec::new(),
        }
    }
}

/// The moment of every decision.
const NOW_S: i64 = 1_795_176_000;

/// A log with a session in it.
pub(crate) struct Session {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) capturing: Option<Capturing>,
}

/// Policy texts of the repository, joined.
pub(crate) fn shipped() -> String {
    let read = |file: &&str| support::read(&aegis_tests::root().join(file));
    support::ON.iter().map(read).collect::<Vec<_>>().join("\n")
}

pub(crate) fn compiled(text: &str) -> Policy {
    let rules = policy::parse(text, "policy.toml").unwrap_or_else(|found| panic!("{found:#?}"));
    Policy::new(rules, &support::manifests()).unwrap_or_else(|found| panic!("{found:#?}"))
}

/// What a policy decides with every value at hand: nothing, or the deciding rule.
pub(crate) fn decided(
    policy: &Policy,
    manifests: &Manifests,
    asked: &Asked,
) -> Result<Permit, Denial> {
    judge(policy, manifests, asked, call(asked), |_, _| {})
}

fn call(asked: &Asked) -> Call {
    let principal = Principal::assertion(&asked.principal, Proof::Hypothetical);
    let arguments = Arguments::parse(asked.arguments.to_string().as_bytes()).unwrap();
    Call::new(principal, "run-1", &asked.tool, arguments)
}

fn judge(
    policy: &Policy,
    manifests: &Manifests,
    asked: &Asked,
    call: Call,
    mut seen: impl FnMut(&inspect::Examined, &LedgerView),
) -> Result<Permit, Denial> {
    let catalogs = support::catalogs(manifests);
    let world = World {
        manifests,
        catalogs: &catalogs,
    };
    let bound = manifests.bind(call, |who, tool| policy.may_know(who, tool))?;
    let examined = inspect::examine(bound, &world)?;
    let ledger = ledger(policy, manifests, asked);
    seen(&examined, &ledger);
    policy.decide(examined, &ledger, now())
}

fn now() -> Now {
    Now {
        unix_ms: NOW_S * 1_000,
    }
}

fn ledger(policy: &Policy, manifests: &Manifests, asked: &Asked) -> LedgerView {
    let dataset = manifests.dataset("customers").unwrap();
    let one = |(at, (age_s, spent)): (usize, &(i64, bool))| Receipt {
        id: format!("rcpt_{at}"),
        kind: "silver_validation".to_owned(),
        dataset: "customers".to_owned(),
        subject: dataset.source.subject(),
        digest: "0".repeat(64),
        suite: dataset.suite.digest.clone(),
        counts: Counts {
            evaluated: 3,
            passed: 3,
            failed: 0,
            skipped: 0,
        },
        rows: 9,
        epoch: policy.epoch().to_owned(),
        principal: asked.principal.clone(),
        run: "run-1".to_owned(),
        seq: at as u64 + 1,
        minted_s: NOW_S - age_s,
        expires_s: NOW_S + 1_000_000,
        spent: *spent,
    };
    LedgerView {
        receipts: asked.receipts.iter().enumerate().map(one).collect(),
        ..LedgerView::default()
    }
}

/// The texts of the shipped manifests and a policy.
fn texts(policy: &str) -> Vec<RuleText> {
    let mut texts: Vec<RuleText> = ["postgres", "s3", "medallion"]
        .iter()
        .map(|name| RuleText {
            kind: RuleTextKind::Manifest,
            name: (*name).to_owned(),
            text: support::read(&aegis_tests::root().join(format!("manifests/{name}.toml"))),
        })
        .collect();
    texts.push(RuleText {
        kind: RuleTextKind::Policy,
        name: "policy.toml".to_owned(),
        text: policy.to_owned(),
    });
    texts
}

impl Session {
    /// Judges the calls by a policy and records them.
    pub(crate) async fn record(policy: &str, calls: &[Asked]) -> Self {
        let session = Self {
            folder: tempfile::tempdir().unwrap(),
            capturing: None,
        };
        session.go_on(policy, calls).await;
        session
    }

    /// As [`Session::record`], its values captured for the key in `capture.key`.
    pub(crate) async fn captured(policy: &str, calls: &[Asked]) -> Self {
        let mut session = Self {
            folder: tempfile::tempdir().unwrap(),
            capturing: None,
        };
        session.capturing = Some(Capturing {
            key: CaptureKey::create(&session.key()).unwrap(),
            dir: session.dir().join("captures"),
        });
        session.go_on(policy, calls).await;
        session
    }

    /// The operator's private key.
    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("capture.key")
    }

    /// Another start of the kernel, over the same log.
    pub(crate) async fn go_on(&self, text: &str, calls: &[Asked]) {
        let options = JournalOptions {
            dir: self.dir(),
            sync: false,
            keys: self.folder.path().join("keys"),
        };
        let signing = Checkpointing::default();
        let capturing = self.capturing.clone();
        let journal =
            Journal::start_capturing(options, &signing, Clock::start(), capturing).unwrap();
        let (policy, manifests) = (compiled(text), support::manifests());
        journal
            .policy_loaded(policy.epoch(), &texts(text))
            .await
            .unwrap();
        for asked in calls {
            one(&journal, &policy, &manifests, asked).await;
        }
        journal.close().await.unwrap();
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("audit")
    }

    /// `aegis replay` under another policy: the exit code and the report.
    pub(crate) fn replay(&self, policy: Option<&str>, more: &[&str]) -> (i32, Value) {
        let (code, text) = self.said(
            policy,
            &[&["--json", "--examples", "100000"], more].concat(),
        );
        (code, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// What `aegis replay` prints.
    pub(crate) fn said(&self, policy: Option<&str>, more: &[&str]) -> (i32, String) {
        let mut command = Command::new(aegis_tests::aegis());
        command.args(["replay", "--log"]).arg(self.dir());
        if let Some(text) = policy {
            let path = self.folder.path().join("other.toml");
            std::fs::write(&path, text).unwrap();
            command.arg("--policy").arg(path);
        }
        let output = command.args(more).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    }
}

async fn one(journal: &Journal, policy: &Policy, manifests: &Manifests, asked: &Asked) {
    let call = call(asked);
    let mut entry = journal.open(&call);
    entry.under(policy.epoch());
    let notes: Notes = entry.notes();
    let permit = judge(policy, manifests, asked, call, |examined, ledger| {
        entry.examined(examined);
        notes.take(policy, examined, ledger, now());
    });
    let permit = match permit {
        Ok(permit) => permit,
        Err(denial) => {
            let _reply = entry.close(Err(Refusal::Denied(denial))).await;
            return;
        }
    };
    let _warrant = entry.commit(permit).await.unwrap();
    let failure = Failure {
        sent: Sent::No,
        code: FailureCode::Unavailable,
    };
    let _reply = entry.close(Err(Refusal::Failed(failure))).await;
}

/// The one file of records.
pub(crate) fn file(dir: &Path) -> PathBuf {
    dir.join("00000000000000000000.jsonl")
}
