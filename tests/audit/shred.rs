//! Opening one value to an auditor, and destroying the key after which none can be opened any more.
//! Knows nothing of records and files that are removed.

use std::fs::{self, File};
use std::io;

use aegis_host::journal::{Journal, JournalOptions, Upkeep, UpkeepFault};
use serde_json::Value;

use super::gates::House;
use super::kit;
use super::upkeep::{aegis, config, options, sound, upkeep};

/// A signed log with one call on whose arguments there are commitments, closed.
struct Kept {
    folder: tempfile::TempDir,
    /// The month of the call, and its intent's number.
    period: String,
    seq: String,
    /// The root key that an auditor holds.
    root: String,
}

impl Kept {
    async fn new() -> Self {
        let house = House::new();
        let raw = r#"{"content":[{"type":"text","text":"hello"}]}"#;
        let (entry, egress) = house.answered("silver/jane@example.org.csv", raw).await;
        drop(entry.close(Ok(egress)).await);
        house.journal.close().await.unwrap();
        let folder = house.folder;
        drop(house.journal);
        let records = kit::records(folder.path());
        let intent = records.iter().find(|r| r["kind"] == "intent").unwrap();
        let mut kept = Self {
            period: intent["ts"].as_str().unwrap()[..7].to_owned(),
            seq: intent["seq"].as_u64().unwrap().to_string(),
            root: String::new(),
            folder,
        };
        config(kept.folder.path());
        let (conf, root) = (kept.path("aegis.toml"), kept.path("root.key"));
        let init = [
            "keys",
            "init",
            "--config",
            &conf,
            "--name",
            "k.example",
            "--root",
            &root,
        ];
        let (code, text, why) = aegis(&init);
        assert_eq!(code, 0, "{why}");
        let line = text.lines().find_map(|line| line.strip_prefix("root"));
        kept.root = line.unwrap().trim().to_owned();
        kept
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn key_files(&self) -> Vec<String> {
        let dir = self.path("state/keys/commit") + "/" + &self.period;
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Opens this value at this pointer into `p`.
    fn prove(&self, pointer: &str, value: &str) -> (i32, String, String) {
        let (dir, conf, out) = (self.path("audit"), self.path("aegis.toml"), self.path("p"));
        let file = self.path("value");
        fs::write(&file, value).unwrap();
        aegis(&[
            "prove", &self.seq, &dir, "--config", &conf, "--open", pointer, "--value", &file, "-o",
            &out,
        ])
    }

    fn check_proof(&self) -> (i32, Value) {
        let (code, text, _) = aegis(&[
            "check-proof",
            &self.path("p"),
            "--key",
            &self.root,
            "--json",
        ]);
        (code, serde_json::from_str(&text).unwrap())
    }

    fn shred(&self, principal: &str, period: &str) -> (i32, String, String) {
        let conf = self.path("aegis.toml");
        aegis(&[
            "shred",
            "--principal",
            principal,
            "--period",
            period,
            "--reason",
            "art. 17",
            "--config",
            &conf,
            "--json",
        ])
    }
}

const VALUE: &str = r#"{"key":"silver/jane@example.org.csv"}"#;

#[tokio::test]
async fn one_value_is_opened_to_an_auditor_and_nothing_else() {
    let kept = Kept::new().await;
    // As an operator would write it down: other spaces, a newline.
    let written = "{ \"key\": \"silver/jane@example.org.csv\" }\n";
    assert_eq!(
        kept.prove("/args", written),
        (0, String::new(), String::new())
    );
    let (code, report) = kept.check_proof();
    assert_eq!((code, &report["result"]), (0, &"PROVEN".into()), "{report}");
    assert_eq!(report["opened"][0]["pointer"], "/args");
    assert_eq!(report["opened"][0]["value"], VALUE);
    // The key itself is not in it, in no form.
    let key = format!("state/keys/commit/{}/{}", kept.period, kept.key_files()[0]);
    let secret = fs::read_to_string(kept.path(&key)).unwrap();
    let proof = fs::read_to_string(kept.path("p")).unwrap();
    let decoded = extra(&proof);
    assert!(!decoded.contains(secret.trim()) && decoded.contains("salt"));
    // The fact's subject is committed to by itself.
    assert_eq!(kept.prove("/facts/0", "silver/jane@example.org.csv").0, 0);
    assert_eq!(kept.check_proof().0, 0);
}

#[tokio::test]
async fn another_value_or_another_place_is_not_opened() {
    let kept = Kept::new().await;
    assert_eq!(kept.prove("/args", VALUE).0, 0);
    let proof = fs::read_to_string(kept.path("p")).unwrap();
    let decoded = extra(&proof);
    let salt = decoded.find("\"salt\":\"").unwrap() + 8;
    let digit = if &decoded[salt..=salt] == "0" {
        "1"
    } else {
        "0"
    };
    let mut other_salt = decoded.clone();
    other_salt.replace_range(salt..=salt, digit);
    // The salt of one value opens no other.
    let other_place = decoded.replacen("\"/args\"", "\"/facts/0\"", 1);
    for changed in [other_salt, other_place] {
        assert_ne!(changed, decoded);
        fs::write(kept.path("p"), with_extra(&proof, &changed)).unwrap();
        let (code, report) = kept.check_proof();
        let why = report["why"].as_str().unwrap();
        assert!(
            code == 1 && why.contains("not the one that the record committed to"),
            "{why}"
        );
    }
    let refused = [
        (
            "/args",
            "{\"key\":\"silver/john@example.org.csv\"}",
            "not the one that the record",
        ),
        ("/args", "", "not the one that the record"),
        ("/result", VALUE, "commits to nothing at `/result`"),
        ("/facts/1", VALUE, "commits to nothing at `/facts/1`"),
        ("/facts/00", VALUE, "commits to nothing at `/facts/00`"),
        ("", VALUE, "commits to nothing at ``"),
    ];
    for (pointer, value, wanted) in refused {
        let (code, _, why) = kept.prove(pointer, value);
        assert!(code == 1 && why.contains(wanted), "{pointer}: {why}");
    }
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
    let kept = Kept::new().await;
    assert_eq!(kept.prove("/args", VALUE).0, 0);
    let key = kept.key_files().remove(0);
    let name = format!("{}/{key}", kept.period);
    let held = File::open(kept.path("state/keys/commit") + "/" + &name).unwrap();
    let (code, text, why) = kept.shred("analyst-agent", &kept.period);
    assert_eq!(code, 0, "{why}");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["destroyed"][0], name.as_str());
    assert_eq!(kept.key_files(), Vec::<String>::new());
    let left = io::read_to_string(held).unwrap();
    assert_eq!(
        left.trim_matches('0'),
        "",
        "overwritten before its name went"
    );
    // The log says so, signed, and what it said before is what it says.
    let records = kit::records(kept.folder.path());
    let record = records.iter().find(|r| r["kind"] == "shred").unwrap();
    assert_eq!(record["salt_key"]["name"], name.as_str());
    assert_eq!(record["cause"], "art. 17");
    let (code, report) = kit::verify(kept.folder.path(), &["--key", &kept.root]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(report["level"], "signed");
    assert_eq!(report["events"]["shreds"], 1);
    let doubts = report["not_proven"].to_string();
    assert!(doubts.contains("destroyed key"), "{doubts}");
    assert_eq!(kept.check_proof().0, 0, "an auditor's proof still holds");
    let (dir, out) = (kept.path("audit"), kept.path("q"));
    let (code, _, why) = aegis(&["prove", &kept.seq, &dir, "-o", &out]);
    assert_eq!(code, 0, "that it was called can be proven for ever: {why}");
    let (code, _, why) = kept.prove("/args", VALUE);
    let wanted = format!(
        "the key `{name}` was destroyed, record {} says so",
        record["seq"]
    );
    assert!(code == 1 && why.contains(&wanted), "{why}");
    // The same principal in the same month gets another key, and that one is no way to the old values.
    let journal = super::gates::start(kept.folder.path());
    drop(journal.open(&super::gates::call("silver/x@example.org")));
    journal.close().await.unwrap();
    let fresh = kept.key_files();
    assert!(fresh.len() == 1 && fresh[0] != key);
    assert_eq!(kept.prove("/args", VALUE).0, 1);
    sound(kept.folder.path(), "gone on with");
}

#[tokio::test]
async fn a_key_that_is_not_there_is_not_said_to_be_destroyed() {
    let kept = Kept::new().await;
    let (there, month) = ("analyst-agent", kept.period.as_str());
    let wrong = [
        ("someone", month),
        (there, "2026-13"),
        (there, "1999-01"),
        (there, "../x"),
        ("../x", month),
    ];
    for (principal, period) in wrong {
        let (code, _, why) = kept.shred(principal, period);
        assert_eq!(code, 1, "{principal} {period}: {why}");
    }
    assert_eq!(kept.key_files().len(), 1);
    assert_eq!(kept.shred(there, month).0, 0);
    let (code, _, why) = kept.shred(there, month);
    assert!(
        code == 1 && why.contains("destroyed already, or never made"),
        "{why}"
    );
    assert_eq!(sound(kept.folder.path(), "after")["events"]["shreds"], 1);
}

#[tokio::test]
async fn no_key_is_destroyed_that_a_kernel_may_hold() {
    let kept = Kept::new().await;
    let running = super::gates::start(kept.folder.path());
    let (code, _, why) = kept.shred("analyst-agent", &kept.period);
    assert!(
        code == 1 && why.contains("another kernel writes the log"),
        "{why}"
    );
    running.close().await.unwrap();
    drop(running);
    // A kernel of another log that shares the folder of keys.
    let other = Journal::start(JournalOptions {
        dir: kept.folder.path().join("other"),
        sync: false,
        keys: kept.folder.path().join("state/keys"),
    })
    .unwrap();
    let (code, _, why) = kept.shred("analyst-agent", &kept.period);
    assert!(code == 1 && why.contains("are in use"), "{why}");
    assert_eq!(kept.key_files().len(), 1);
    sound(kept.folder.path(), "refused");
    other.close().await.unwrap();
    drop(other);
    assert_eq!(kept.shred("analyst-agent", &kept.period).0, 0);
}

#[tokio::test]
async fn a_shredding_that_is_cut_off_anywhere_is_finished_by_asking_again() {
    for at in 0.. {
        let kept = Kept::new().await;
        let (folder, keys) = (kept.folder.path(), kept.folder.path().join("state/keys"));
        let shred = |upkeep: &mut Upkeep| upkeep.shred(&keys, "analyst-agent", &kept.period, None);
        let first = upkeep(options(folder, "shred", at), shred);
        sound(folder, &format!("step {at}"));
        let done = first.is_ok();
        match upkeep(options(folder, "shred", u64::MAX), shred) {
            Ok(names) => assert_eq!(names.len(), 1),
            Err(UpkeepFault::Refused(why)) => assert!(why.contains("destroyed already"), "{why}"),
            Err(other) => panic!("step {at}: {other}"),
        }
        let report = sound(folder, &format!("step {at} again"));
        assert!(
            report["events"]["shreds"].as_u64().unwrap() > 0,
            "step {at}"
        );
        assert_eq!(kept.key_files(), Vec::<String>::new());
        if done {
            assert!(at > 5, "{at} steps");
            break;
        }
    }
}
