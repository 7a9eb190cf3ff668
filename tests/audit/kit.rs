//! Small logs with every kind of record, and the command line to look at them.
//! Knows nothing of what is tested with them.

use std::path::{Path, PathBuf};
use std::process::Command;

use aegis_core::audit::{
    Args, Basis, Charged, Considered, Decision, Delivered, FactLine, Flaw, Id, Int, Kind, Labelled,
    Leaf, Obliged, Record, RuleLine, SentWord, Status, Text, Used, Who, Written,
};
use aegis_core::limits;
use aegis_host::clock::Clock;
use aegis_host::journal::{JournalFault, Log, LogOptions};
use serde_json::Value;

/// The id of the n-th call of a test.
pub(crate) fn id(n: u64) -> Id {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    Id::new(1_795_176_000_000, random)
}

fn who() -> Who<'static> {
    Who {
        principal: Text::from("analyst-agent"),
        proof: Text::from("configured"),
        run: Some(Text::from("run-1")),
    }
}

fn args(n: u64) -> Args<'static> {
    Args {
        commit: Leaf::of_bytes(&n.to_be_bytes()),
        keys: vec![Text::from("sql")],
        len: Int::saturating(40 + n % 9),
    }
}

/// What a decision was made from, with every member.
pub(crate) fn basis() -> Basis<'static> {
    let text = Text::from;
    Basis {
        clock_back: true,
        earlier: vec![text("epoch-1")],
        now_ms: Int::saturating(1_795_176_000_123),
        outputs: vec![Labelled {
            bare: false,
            index: Int::saturating(3),
            labels: vec![text("pii.email"), text("pii.phone")],
            source: Some(text("customers.email")),
            summed: vec![text("hr.salary")],
        }],
        receipts: vec![Considered {
            all_passed: true,
            dataset: text("orders"),
            epoch: text("epoch-0"),
            expires_s: Int::saturating(1_795_179_600),
            flaws: vec![Flaw {
                rule: text("gold-needs-validation"),
                why: text("the receipt was spent already"),
            }],
            id: text("rcpt_a"),
            kind: text("silver_validation"),
            minted_s: Int::saturating(1_795_176_000),
            position: Int::saturating(4),
            principal: text("analyst-agent"),
            run: text("run-1"),
            spent: true,
            subject: text("s3:object:silver/orders.csv"),
            suite: text("suite-1"),
        }],
        shadow: vec![RuleLine {
            phase: text("block"),
            rule: text("watched"),
            severity: None,
        }],
        spending: Some(Used {
            at_ms: Int::saturating(1_795_176_000_124),
            slots: vec![Charged {
                account: text("payroll-in-sums/hr.salary"),
                amount: Int::saturating(2),
                slot_ms: Int::saturating(1_795_170_000_000),
            }],
        }),
        writes: vec![Written {
            position: Int::saturating(5),
            subject: text("s3:object:silver/orders.csv"),
        }],
    }
}

pub(crate) fn intent(n: u64) -> Record<'static> {
    let mut record = Record::draft(Kind::Intent);
    record.args = Some(args(n));
    record.call = Some(id(n));
    record.capabilities = Some(vec![Text::from("db:read")]);
    record.decision = Some(Decision::Allow);
    record.epoch = Some(Text::from("epoch-1"));
    record.facts = Some(vec![FactLine {
        argument: Some(Text::from("sql")),
        kind: Text::from("reads"),
        subject: Some(Text::from("customers")),
        ..FactLine::default()
    }]);
    record.obligations = Some(Obliged::default());
    record.server = Some(Text::from("postgres"));
    record.tool = Some(Text::from("postgres__query"));
    record.who = Some(who());
    record
}

pub(crate) fn outcome(n: u64) -> Record<'static> {
    let mut record = Record::draft(Kind::Outcome);
    record.call = Some(id(n));
    record.dur_us = Some(Int::saturating(1_000 + n));
    record.result = Some(Delivered {
        delivered: Leaf::of_bytes(b"delivered"),
        delivered_len: Int::saturating(200),
        upstream: None,
        upstream_len: Int::saturating(220),
    });
    record.sent = Some(SentWord::Yes);
    record.status = Some(Status::Ok);
    record
}

pub(crate) fn denial(n: u64) -> Record<'static> {
    let mut record = Record::draft(Kind::Decision);
    record.args = Some(args(n));
    record.call = Some(id(n));
    record.decision = Some(Decision::Deny);
    record.dur_us = Some(Int::saturating(90));
    record.rules = Some(vec![RuleLine {
        phase: Text::from("block"),
        rule: Text::from("no-destructive-ops"),
        severity: None,
    }]);
    record.tool = Some(Text::from("postgres__execute"));
    record.who = Some(who());
    record
}

/// Options of a log in `folder/audit`, its second head in `folder/second.head`, files of 256 MiB.
pub(crate) fn options(folder: &Path) -> LogOptions {
    LogOptions {
        dir: folder.join("audit"),
        sync: false,
        head: Some(folder.join("second.head")),
        purpose: "serve",
        captures: None,
        disk: std::sync::Arc::new(aegis_host::journal::SystemDisk),
        segment_bytes_max: limits::SEGMENT_BYTES_MAX,
    }
}

pub(crate) fn start(options: LogOptions) -> Result<Log, JournalFault> {
    Log::start(options, Clock::start())
}

/// Appends calls, a denial after every fourth one.
pub(crate) async fn calls(log: &Log, range: std::ops::Range<u64>) {
    for n in range {
        let debt = log.begin(intent(n)).await.unwrap();
        debt.pay(outcome(n)).await.unwrap();
        if n % 4 == 0 {
            log.append(denial(1_000 + n)).await.unwrap();
        }
    }
}

/// A closed log of `count` calls in a fresh folder; files of `segment_bytes_max`.
pub(crate) async fn closed(count: u64, segment_bytes_max: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let options = LogOptions {
        segment_bytes_max,
        ..options(folder.path())
    };
    let log = start(options).unwrap();
    calls(&log, 0..count).await;
    log.close().await;
    folder
}

/// The files of records, in order.
pub(crate) fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join("audit"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    files.sort();
    files
}

/// All records of a log, as JSON; what a crash left behind whole lines is none.
pub(crate) fn records(folder: &Path) -> Vec<Value> {
    let mut records = Vec::new();
    for path in segments(folder) {
        let text = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
        let whole = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        records.extend(whole.map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    records
}

/// Runs `aegis audit …`: the exit code and what it printed.
pub(crate) fn aegis(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_aegis-under-test"))
        .arg("audit")
        .args(arguments)
        .output()
        .unwrap();
    let code = output.status.code().unwrap();
    (code, String::from_utf8(output.stdout).unwrap())
}

/// Runs `aegis audit verify` on a log: the exit code and the report.
pub(crate) fn verify(folder: &Path, more: &[&str]) -> (i32, Value) {
    let dir = folder.join("audit");
    let mut arguments = vec!["verify", "--json", dir.to_str().unwrap()];
    arguments.extend(more);
    let (code, text) = aegis(&arguments);
    (code, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// The class of what is wrong, or the verdict where nothing is.
pub(crate) fn class(report: &Value) -> String {
    let class = report["broken"]["class"].as_str();
    class
        .or(report["result"].as_str())
        .unwrap_or("nothing")
        .to_owned()
}
