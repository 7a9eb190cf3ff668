//! Single sessions under single changes of the rules, and logs that must not be replayed.
//! Knows nothing of random ones.

use aegis_core::audit::{Id, Int, Kind, Leaf, Record, RuleLine, Text};
use aegis_host::clock::Clock;
use aegis_host::journal::{Log, LogOptions};
use serde_json::json;

use super::session::{Asked, Session, file, shipped};

fn calls() -> Vec<Asked> {
    let query = |sql: &str| Asked::new("postgres__query", json!({ "sql": sql }));
    vec![
        query("SELECT id, city FROM customers"),
        query("SELECT email FROM customers"),
        Asked::new(
            "postgres__execute",
            json!({ "sql": "DROP TABLE customers" }),
        ),
        Asked::new(
            "s3__put_object",
            json!({ "key": "silver/a.csv", "body": "x" }),
        ),
        Asked::new("postgres__query", json!({ "sql": "SELECT FROM" })),
    ]
}

const LENGTH: &str = "\n[[argument]]\nid = \"short\"\ntool = \"postgres__query\"\nargument = \"sql\"\nlength = { max = 28 }\nbecause = \"b\"\nfix = \"f\"\n";

#[tokio::test]
async fn what_needs_a_value_is_counted_and_named() {
    let session = Session::record(&shipped(), &calls()).await;
    let with = format!("{}{LENGTH}", shipped());
    let (code, report) = session.replay(Some(&with), &[]);
    assert_eq!(code, 0);
    assert_eq!(report["other"]["undecidable"][0]["rule"], "short");
    assert_eq!(report["other"]["undecidable"][0]["count"], 2);
    let (code, text) = session.said(Some(&with), &["--fail-on-change"]);
    assert_eq!(code, 3);
    assert!(text.contains("undecidable without values"), "{text}");
}

#[tokio::test]
async fn an_unchanged_rule_says_again_what_it_said() {
    let with = format!("{}{LENGTH}", shipped());
    let session = Session::record(&with, &calls()).await;
    let other = format!("{with}\n[[transform]]\nid = \"few\"\nrow_max = 2\n");
    let (code, report) = session.replay(Some(&other), &[]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(report["leaned_on_record"]["short"], 2);
    assert_eq!(report["other"]["undecidable"], json!([]));
    // The longer statement stays denied by the rule, though nobody can read it any more.
    let kept = report["other"]["obliged"][0]["examples"]
        .as_array()
        .unwrap();
    assert_eq!(report["other"]["obliged"][0]["rule"], "row_max");
    assert!(!kept.is_empty());
}

#[tokio::test]
async fn several_epochs_are_each_judged_by_their_own_rules() {
    let session = Session::record(&shipped(), &calls()).await;
    let stricter = format!(
        "{}\n[[block]]\nid = \"no-reads\"\ncapability = \"db:read\"\nbecause = \"b\"\nfix = \"f\"\n",
        shipped()
    );
    session.go_on(&stricter, &calls()).await;
    let (code, report) = session.replay(Some(&shipped()), &[]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(report["epochs"], 2);
    assert_eq!(report["confirmed"], 10);
    assert_eq!(report["other"]["allowed"][0]["rule"], "no-reads");
    assert_eq!(report["other"]["allowed"][0]["count"], 2);
}

#[tokio::test]
async fn a_log_that_does_not_hold_is_not_replayed() {
    let session = Session::record(&shipped(), &calls()).await;
    let path = file(&session.dir());
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("analyst-agent", "analyst-agenT", 1)).unwrap();
    let (code, text) = session.said(None, &[]);
    assert_eq!((code, text.as_str()), (1, ""));
}

#[tokio::test]
async fn rules_whose_texts_are_gone_or_others_prove_nothing() {
    let session = Session::record(&shipped(), &calls()).await;
    for entry in std::fs::read_dir(session.dir().join("policies")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("[[grant]]") {
            std::fs::write(&path, format!("{text}\n# another\n")).unwrap();
        }
    }
    let (code, report) = session.replay(None, &[]);
    assert_eq!(code, 1);
    assert_eq!(report["contradictions"][0]["class"], "UNRESOLVED");
}

#[tokio::test]
async fn a_decision_that_its_rules_do_not_give_is_found() {
    let session = Session::record(&shipped(), &calls()).await;
    let text = std::fs::read_to_string(file(&session.dir())).unwrap();
    let mut forged: Vec<(&str, Record<'static>)> = Vec::new();
    let mut scratch = Vec::new();
    for line in text.lines() {
        let record = Record::parse(line.as_bytes(), &mut scratch).unwrap();
        let read: Record<'static> = owned(&record);
        match (record.kind, record.capabilities.is_some()) {
            (Kind::Decision, true) => {
                // A denial under the name of a rule that says nothing here.
                let mut other = read.clone();
                other.rules = Some(vec![RuleLine {
                    phase: Text::from("block"),
                    rule: Text::from("made-up"),
                    severity: None,
                }]);
                forged.push(("RULES", other));
            }
            (Kind::Intent, _) => {
                let mut other = read.clone();
                other.obligations.as_mut().unwrap().row_max = Some(Int::saturating(1));
                forged.push(("OBLIGATIONS", other));
                let mut other = read;
                other
                    .capabilities
                    .as_mut()
                    .unwrap()
                    .push(Text::from("zz:more"));
                forged.push(("RECORD", other));
            }
            _ => {}
        }
    }
    assert!(forged.len() > 3);
    for (class, record) in forged {
        let house = Session {
            capturing: None,
            folder: tempfile::tempdir().unwrap(),
        };
        write(&house, &session, record).await;
        let (code, report) = house.replay(None, &[]);
        assert_eq!(code, 1, "{report}");
        assert_eq!(report["contradictions"][0]["class"], class, "{report}");
    }
}

/// A record that outlives its line.
fn owned(record: &Record<'_>) -> Record<'static> {
    let text: &'static str = Box::leak(serde_json::to_string(record).unwrap().into_boxed_str());
    serde_json::from_str(text).unwrap()
}

/// A log that holds, with one decision of another log in it.
async fn write(house: &Session, of: &Session, mut record: Record<'static>) {
    let options = LogOptions {
        disk: std::sync::Arc::new(aegis_host::journal::SystemDisk),
        dir: house.dir(),
        sync: false,
        head: None,
        purpose: "serve",
        captures: None,
        segment_bytes_max: u64::MAX,
    };
    let log = Log::start(options, Clock::start()).unwrap();
    let text = std::fs::read_to_string(file(&of.dir())).unwrap();
    let load = text
        .lines()
        .find(|line| line.contains("policy.load"))
        .unwrap();
    let load: Record<'static> = owned(&Record::parse(load.as_bytes(), &mut Vec::new()).unwrap());
    std::fs::create_dir_all(house.dir().join("policies")).unwrap();
    for entry in std::fs::read_dir(of.dir().join("policies")).unwrap() {
        let entry = entry.unwrap();
        let target = house.dir().join("policies").join(entry.file_name());
        std::fs::copy(entry.path(), target).unwrap();
    }
    let bare = |mut record: Record<'static>| {
        let zero = Id::new(0, [0; 10]);
        (record.log, record.boot, record.seq) = (zero, zero, Int::default());
        record.prev = Leaf::from_bytes([0; 32]);
        record.salts = None;
        record
    };
    log.append(bare(load)).await.unwrap();
    record = bare(record);
    if record.kind == Kind::Intent {
        let debt = log.begin(record).await.unwrap();
        drop(debt);
    } else {
        log.append(record).await.unwrap();
    }
    log.close().await;
}
