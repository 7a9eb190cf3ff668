//! Opening one value to an auditor, and destroying the key after which none can be opened any more.
//! Knows nothing of records and files that are removed.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use aegis_host::journal::{Upkeep, UpkeepFault};
use serde_json::Value;

use super::attacks::Lines;
use super::gates::House;
use super::kit;
use super::signing::{root_key, sign_log};
use super::upkeep::{aegis, config, options, sound, upkeep};

/// A log with one call on whose arguments there are commitments, closed and signed by hand.
async fn committed() -> (tempfile::TempDir, String, u64) {
    let house = House::new();
    let raw = r#"{"content":[{"type":"text","text":"hello"}]}"#;
    let (entry, egress) = house.answered("silver/jane@example.org.csv", raw).await;
    drop(entry.close(Ok(egress)).await);
    house.journal.close().await.unwrap();
    let folder = house.folder;
    let records = kit::records(folder.path());
    let intent = records.iter().find(|r| r["kind"] == "intent").unwrap();
    let period = intent["ts"].as_str().unwrap()[..7].to_owned();
    let seq = intent["seq"].as_u64().unwrap();
    let lines = Lines::of(folder.path());
    sign_log(&folder.path().join("audit"), &lines, &[lines.0.len()]);
    config(folder.path());
    (folder, period, seq)
}

fn key_files(folder: &Path, period: &str) -> Vec<String> {
    let dir = folder.join("state/keys/commit").join(period);
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn one_value_is_opened_to_an_auditor_and_nothing_else() {
    let (folder, period, seq) = committed().await;
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (dir, conf, out, value) = (path("audit"), path("aegis.toml"), path("p"), path("value"));
    let seq = seq.to_string();
    let key = root_key();
    // As an operator would write it down: other spaces, a newline.
    fs::write(&value, "{ \"key\": \"silver/jane@example.org.csv\" }\n").unwrap();
    let prove = |pointer: &str| {
        aegis(&[
            "prove", &seq, &dir, "--config", &conf, "--open", pointer, "--value", &value, "-o",
            &out,
        ])
    };
    assert_eq!(prove("/args"), (0, String::new(), String::new()));
    let check = || aegis(&["check-proof", &out, "--key", &key, "--json"]);
    let (code, text, _) = check();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &report["result"]), (0, &"PROVEN".into()), "{text}");
    assert_eq!(report["opened"][0]["pointer"], "/args");
    assert_eq!(
        report["opened"][0]["value"],
        r#"{"key":"silver/jane@example.org.csv"}"#
    );
    // The key itself is not in it, in no form.
    let names = key_files(folder.path(), &period);
    let secret = fs::read_to_string(
        folder
            .path()
            .join("state/keys/commit")
            .join(&period)
            .join(&names[0]),
    )
    .unwrap();
    let proof = fs::read_to_string(&out).unwrap();
    let decoded = extra(&proof);
    assert!(!decoded.contains(secret.trim()) && decoded.contains("salt"));
    // The salt of one value opens no other, and another value is not the one.
    for (from, to) in [
        ("\"/args\"", "\"/facts/0\""),
        ("\"salt\":\"", "\"salt\":\"0"),
    ] {
        let mut changed = decoded.replacen(from, to, 1);
        if from.starts_with("\"salt") {
            let at = changed.find("\",\"value").unwrap();
            changed.replace_range(at - 1..at, "");
        }
        assert_ne!(changed, decoded);
        fs::write(&out, with_extra(&proof, &changed)).unwrap();
        let (code, text, _) = check();
        assert_eq!(code, 1, "{from}: {text}");
        assert!(
            text.contains("not the one that the record committed to"),
            "{text}"
        );
    }
    fs::write(&value, "{\"key\":\"silver/john@example.org.csv\"}").unwrap();
    let (code, _, why) = prove("/args");
    assert_eq!(code, 1);
    assert!(
        why.contains("not the one that the record committed to"),
        "{why}"
    );
    let (code, _, why) = prove("/result");
    assert_eq!(code, 1);
    assert!(why.contains("commits to nothing at `/result`"), "{why}");
    // The fact's subject is committed to by itself.
    fs::write(&value, "silver/jane@example.org.csv").unwrap();
    assert_eq!(prove("/facts/0").0, 0);
    assert_eq!(check().0, 0);
}

fn extra(proof: &str) -> String {
    use base64::Engine;
    let line = proof
        .lines()
        .nth(1)
        .unwrap()
        .strip_prefix("extra ")
        .unwrap();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(line)
        .unwrap();
    String::from_utf8(bytes).unwrap()
}

fn with_extra(proof: &str, extra: &str) -> String {
    use base64::Engine;
    let line = base64::engine::general_purpose::STANDARD.encode(extra);
    let mut lines: Vec<&str> = proof.lines().collect();
    let line = format!("extra {line}");
    lines[1] = &line;
    lines.join("\n") + "\n"
}

#[tokio::test]
async fn a_destroyed_key_opens_nothing_and_every_proof_still_holds() {
    let (folder, period, seq) = committed().await;
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (dir, conf, out, value) = (path("audit"), path("aegis.toml"), path("p"), path("value"));
    let seq = seq.to_string();
    fs::write(&value, r#"{"key":"silver/jane@example.org.csv"}"#).unwrap();
    let open = [
        "prove", &seq, &dir, "--config", &conf, "--open", "/args", "--value", &value, "-o", &out,
    ];
    assert_eq!(aegis(&open).0, 0);
    let key = key_files(folder.path(), &period).remove(0);
    let file = folder
        .path()
        .join("state/keys/commit")
        .join(&period)
        .join(&key);
    let held = File::open(&file).unwrap();
    let shred = [
        "shred",
        "--principal",
        "analyst-agent",
        "--period",
        &period,
        "--reason",
        "art. 17",
        "--config",
        &conf,
        "--json",
    ];
    let (code, text, why) = aegis(&shred);
    assert_eq!(code, 0, "{why}");
    let name = format!("{period}/{key}");
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap()["destroyed"][0],
        name.as_str()
    );
    assert_eq!(key_files(folder.path(), &period), Vec::<String>::new());
    let mut left = String::new();
    io::Read::read_to_string(&mut &held, &mut left).unwrap();
    assert_eq!(
        left.trim_matches('0'),
        "",
        "overwritten before its name went"
    );
    // The log says so, and holds: what it said before is what it says.
    let records = kit::records(folder.path());
    let shredded = records.iter().find(|r| r["kind"] == "shred").unwrap();
    assert_eq!(
        (&shredded["salt_key"]["name"], &shredded["cause"]),
        (&name.as_str().into(), &"art. 17".into())
    );
    let (code, report) = kit::verify(folder.path(), &["--key", &root_key()]);
    assert_eq!(code, 3, "the new records are not signed: {report}");
    assert_eq!(report["events"]["shreds"], 1);
    assert!(
        report["not_proven"].to_string().contains("destroyed key"),
        "{report}"
    );
    assert_eq!(
        aegis(&["check-proof", &out, "--key", &root_key()]).0,
        0,
        "an auditor's proof still holds"
    );
    assert_eq!(
        aegis(&["prove", &seq, &dir, "-o", &out]).0,
        0,
        "that it was called can be proven for ever"
    );
    let (code, _, why) = aegis(&open);
    let wanted = format!(
        "the key `{name}` was destroyed, record {} says so",
        shredded["seq"]
    );
    assert!(code == 1 && why.contains(&wanted), "{why}");
    let (code, _, why) = aegis(&shred);
    assert!(
        code == 1 && why.contains("destroyed already, or never made"),
        "{why}"
    );
    for (principal, period) in [
        ("someone", period.as_str()),
        ("analyst-agent", "2026-13"),
        ("../x", "2026-11"),
    ] {
        let (code, _, why) = aegis(&[
            "shred",
            "--principal",
            principal,
            "--period",
            period,
            "--config",
            &conf,
        ]);
        assert_eq!(code, 1, "{why}");
    }
    // The same principal in the same month gets another key, and that one is no way to the old values.
    let journal = super::gates::start(folder.path());
    drop(journal.open(&super::gates::call("silver/x@example.org")));
    journal.close().await.unwrap();
    let fresh = key_files(folder.path(), &period);
    assert!(fresh.len() == 1 && fresh[0] != key);
    assert_eq!(aegis(&open).0, 1);
    sound(folder.path(), "gone on with");
}

#[tokio::test]
async fn no_key_is_destroyed_that_a_kernel_may_hold() {
    let (folder, period, _) = committed().await;
    let conf = folder
        .path()
        .join("aegis.toml")
        .to_str()
        .unwrap()
        .to_owned();
    let shred = [
        "shred",
        "--principal",
        "analyst-agent",
        "--period",
        &period,
        "--config",
        &conf,
    ];
    let running = super::gates::start(folder.path());
    let (code, _, why) = aegis(&shred);
    assert!(
        code == 1 && why.contains("another kernel writes the log"),
        "{why}"
    );
    running.close().await.unwrap();
    drop(running);
    // A kernel of another log that shares the folder of keys.
    let other = aegis_host::journal::Journal::start(aegis_host::journal::JournalOptions {
        dir: folder.path().join("other"),
        sync: false,
        keys: folder.path().join("state/keys"),
    })
    .unwrap();
    let (code, _, why) = aegis(&shred);
    assert!(code == 1 && why.contains("are in use"), "{why}");
    assert_eq!(key_files(folder.path(), &period).len(), 1);
    sound(folder.path(), "refused");
    other.close().await.unwrap();
    drop(other);
    assert_eq!(aegis(&shred).0, 0);
}

#[tokio::test]
async fn a_shredding_that_is_cut_off_anywhere_is_finished_by_asking_again() {
    for at in 0.. {
        let (folder, period, _) = committed().await;
        let keys = folder.path().join("state/keys");
        let shred = |upkeep: &mut Upkeep| upkeep.shred(&keys, "analyst-agent", &period, None);
        let first = upkeep(options(folder.path(), "shred", at), shred);
        sound(folder.path(), &format!("step {at}"));
        let done = first.is_ok();
        let again = upkeep(options(folder.path(), "shred", u64::MAX), shred);
        match again {
            Ok(names) => assert_eq!(names.len(), 1),
            Err(UpkeepFault::Refused(why)) => assert!(why.contains("destroyed already"), "{why}"),
            Err(other) => panic!("step {at}: {other}"),
        }
        let report = sound(folder.path(), &format!("step {at} again"));
        assert!(
            report["events"]["shreds"].as_u64().unwrap() > 0,
            "step {at}"
        );
        assert_eq!(key_files(folder.path(), &period), Vec::<String>::new());
        if done {
            assert!(at > 5, "{at} steps");
            break;
        }
    }
}
