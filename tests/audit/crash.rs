//! What a crash, a full disk or a meddling hand does to a log, and what the next start makes of it.
//! Knows nothing of attackers who know the format.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use aegis_host::journal::{JournalFault, LogOptions};
use serde_json::Value;

use super::kit;

const CHILD: &str = "AEGIS_TEST_LOG";

fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// Runs calls for ever (or until the log fails) and says on standard output what it was acknowledged.
/// Only a child of the tests below; by itself it does nothing.
#[tokio::test]
async fn child() {
    let Some(folder) = std::env::var_os(CHILD) else {
        return;
    };
    let options = LogOptions {
        segment_bytes_max: 64 * 1024,
        ..kit::options(Path::new(&folder))
    };
    let log = super::kills::start(Path::new(&folder), options);
    let base = u64::from(std::process::id()) * 1_000_000;
    let calls = |task: u64| {
        let log = log.clone();
        async move {
            for n in (0..).map(|n| base + task * 100_000 + n) {
                let Ok(debt) = log.begin(kit::intent(n)).await else {
                    break;
                };
                say(&format!("\nack begin {}", kit::id(n)));
                let Ok(_) = debt.pay(kit::outcome(n)).await else {
                    break;
                };
                say(&format!("\nack end {}", kit::id(n)));
            }
        }
    };
    tokio::join!(calls(0), calls(1), calls(2), calls(3));
    assert!(log.poison().is_some());
    assert!(log.append(kit::denial(1)).await.is_err());
    say("\npoisoned");
}

/// Starts the child in a shell, reads `count` acknowledgements and kills it; all acknowledgements.
pub(super) fn killed(folder: &Path, before: &str, count: usize) -> (BTreeSet<String>, bool) {
    let program = std::env::current_exe().unwrap();
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(format!(
            "{before} exec \"$0\" --exact crash::child --nocapture"
        ))
        .arg(program)
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut poisoned = false;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        poisoned |= line == "poisoned";
        if let Some(what) = line.strip_prefix("ack ") {
            acknowledged.insert(what.to_owned());
        }
        if acknowledged.len() == count {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    (acknowledged, poisoned)
}

/// Every acknowledged record is there, and every intent has one end.
fn settled(folder: &Path, acknowledged: &BTreeSet<String>) -> Vec<Value> {
    let (code, report) = super::second::verify(folder, &[]);
    assert_eq!(code, 0, "{report}");
    let records = kit::records(folder);
    let of = |kind: &str| -> Vec<String> {
        let calls = records.iter().filter(|record| record["kind"] == kind);
        calls
            .map(|record| record["call"].as_str().unwrap().to_owned())
            .collect()
    };
    let (intents, outcomes) = (of("intent"), of("outcome"));
    let once: BTreeSet<&String> = outcomes.iter().collect();
    assert_eq!(once.len(), outcomes.len());
    assert_eq!(once, intents.iter().collect());
    for what in acknowledged {
        let (phase, call) = what.split_once(' ').unwrap();
        assert!(intents.iter().any(|intent| intent == call), "{what}");
        if phase == "end" {
            let ok = |record: &Value| {
                record["kind"] == "outcome" && record["call"] == call && record["status"] == "ok"
            };
            assert!(records.iter().any(ok), "{what}");
        }
    }
    records
}

pub(super) async fn restart(folder: &Path) {
    let log = kit::start(kit::options(folder)).unwrap();
    log.close().await;
}

#[tokio::test]
async fn a_kernel_killed_at_any_point_forgets_nothing_that_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = BTreeSet::new();
    for count in [1, 2, 3, 5, 8, 40, 150] {
        let (acknowledged, _) = killed(folder.path(), "", count);
        all.extend(acknowledged);
        restart(folder.path()).await;
        settled(folder.path(), &all);
    }
}

#[tokio::test]
async fn a_full_disk_poisons_the_log_and_is_declared_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    // Space is kept back before the limit is there.
    restart(folder.path()).await;
    // A file-size limit makes `write` fall short and then fail, as a full disk does.
    let (acknowledged, poisoned) = killed(folder.path(), "trap '' XFSZ; ulimit -f 24;", usize::MAX);
    assert!(poisoned);
    assert!(!acknowledged.is_empty());
    assert_eq!(super::second::verify(folder.path(), &[]).0, 4);
    restart(folder.path()).await;
    let records = settled(folder.path(), &acknowledged);
    let recovery = records.iter().find(|record| record["kind"] == "recovery");
    assert!(recovery.unwrap()["torn"][0]["len"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn a_log_for_which_no_space_can_be_kept_back_is_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let (acknowledged, poisoned) = killed(folder.path(), "trap '' XFSZ; ulimit -f 24;", 1);
    assert!(acknowledged.is_empty() && !poisoned);
    assert!(kit::segments(folder.path()).is_empty());
}

#[tokio::test]
async fn torn_tails_are_declared_and_kept() {
    for tail in [&b"{\"args\":{\"com"[..], &[0; 700], b"\0\0\0\n\0\0", b"{"] {
        let folder = kit::closed(3, u64::MAX).await;
        let file = kit::segments(folder.path()).remove(0);
        let whole = fs::read(&file).unwrap();
        fs::write(&file, [&whole, tail].concat()).unwrap();
        let (code, report) = super::second::verify(folder.path(), &[]);
        assert_eq!(code, 4, "{report}");
        assert_eq!(report["torn"][0]["good_len"], whole.len());
        restart(folder.path()).await;
        assert_eq!(fs::read(&file).unwrap(), [&whole, tail].concat());
        let (code, report) = super::second::verify(folder.path(), &[]);
        assert_eq!((code, &report["torn_declared"]), (0, &1.into()), "{report}");
        // What was declared is bound: another tail is another story.
        fs::write(&file, [&whole, tail, b"x"].concat()).unwrap();
        assert_eq!(super::second::verify(folder.path(), &[]).0, 1);
        fs::write(&file, whole).unwrap();
        assert_eq!(super::second::verify(folder.path(), &[]).0, 1);
    }
}

#[tokio::test]
async fn a_log_torn_in_its_first_record_begins_anew_and_keeps_the_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("audit");
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("00000000000000000000.jsonl"), b"{\"boot").unwrap();
    assert_eq!(super::second::verify(folder.path(), &[]).0, 4);
    restart(folder.path()).await;
    let (code, report) = super::second::verify(folder.path(), &[]);
    assert_eq!((code, &report["torn_declared"]), (0, &1.into()), "{report}");
    let aside = dir.join("00000000000000000000.torn-0001");
    assert_eq!(fs::read(aside).unwrap(), b"{\"boot");
}

#[tokio::test]
async fn a_recovery_torn_in_its_turn_is_recovered() {
    let folder = kit::closed(3, u64::MAX).await;
    let first = kit::segments(folder.path()).remove(0);
    let whole = fs::read(&first).unwrap();
    fs::write(&first, [&whole, &b"{\"ar"[..]].concat()).unwrap();
    restart(folder.path()).await;
    let second = kit::segments(folder.path()).remove(1);
    let recovered = fs::read_to_string(&second).unwrap();
    let lines: Vec<&str> = recovered.split_inclusive('\n').collect();
    for cut in [20, lines[0].len(), lines[0].len() + 30] {
        fs::write(&second, &recovered[..cut]).unwrap();
        for known in ["audit/head", "second.head", "second.resume"] {
            fs::remove_file(folder.path().join(known)).ok();
        }
        fs::remove_file(second.with_extension("tiles")).ok();
        restart(folder.path()).await;
        let (code, report) = super::second::verify(folder.path(), &[]);
        assert_eq!(code, 0, "cut at {cut}: {report}");
        for later in kit::segments(folder.path()).into_iter().skip(2) {
            fs::remove_file(later).unwrap();
        }
        for file in fs::read_dir(folder.path().join("audit")).unwrap() {
            let path = file.unwrap().path();
            if path.to_string_lossy().contains(".torn-") {
                fs::remove_file(path).unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_second_kernel_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let log = kit::start(kit::options(folder.path())).unwrap();
    let second = kit::start(kit::options(folder.path()));
    assert!(matches!(second, Err(JournalFault::Locked(_))));
    log.close().await;
    restart(folder.path()).await;
}

async fn poisoned_by(meddle: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().unwrap();
    let log = kit::start(kit::options(folder.path())).unwrap();
    kit::calls(&log, 0..3).await;
    meddle(&kit::segments(folder.path())[0]);
    assert!(log.begin(kit::intent(9)).await.is_err());
    assert!(log.append(kit::denial(9)).await.is_err());
    assert!(
        log.poisoned()
            .await
            .contains("removed, replaced, truncated or written by others")
    );
    log.close().await;
    assert!(log.poison().is_some());
}

#[tokio::test]
async fn a_file_changed_under_the_kernel_poisons_the_log() {
    poisoned_by(|file| fs::write(file, b"").unwrap()).await;
    poisoned_by(|file| fs::remove_file(file).unwrap()).await;
    poisoned_by(|file| fs::rename(file, file.with_extension("1")).unwrap()).await;
    poisoned_by(|file| {
        let bytes = fs::read(file).unwrap();
        fs::rename(file, file.with_extension("1")).unwrap();
        fs::write(file, bytes).unwrap();
    })
    .await;
    poisoned_by(|file| {
        let mut file = fs::OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(b"x\n").unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_lock_that_was_removed_lets_no_second_kernel_write_unnoticed() {
    let folder = tempfile::tempdir().unwrap();
    let log = kit::start(kit::options(folder.path())).unwrap();
    kit::calls(&log, 0..3).await;
    let lock = folder.path().join("audit/LOCK");
    fs::remove_file(&lock).unwrap();
    // Without its name the lock keeps nobody out; whoever wrote first notices before anything else is acknowledged.
    let second = kit::start(kit::options(folder.path())).unwrap();
    assert!(log.begin(kit::intent(9)).await.is_err());
    assert!(log.poisoned().await.contains("LOCK"));
    log.close().await;
    second.close().await;
    assert_eq!(second.poison(), None);
    let (code, report) = kit::verify(folder.path(), &[]);
    assert_eq!(code, 0, "{report}");
}

#[tokio::test]
async fn a_folder_moved_away_under_the_kernel_is_noticed_though_a_copy_stands_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let log = kit::start(kit::options(folder.path())).unwrap();
    kit::calls(&log, 0..3).await;
    let (dir, away) = (folder.path().join("audit"), folder.path().join("away"));
    fs::rename(&dir, &away).unwrap();
    fs::create_dir(&dir).unwrap();
    for entry in fs::read_dir(&away).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, dir.join(path.file_name().unwrap())).unwrap();
    }
    assert!(log.begin(kit::intent(9)).await.is_err());
    assert!(log.poison().is_some());
    log.close().await;
}

#[tokio::test]
async fn a_log_that_lost_its_end_or_itself_between_two_starts_is_not_gone_on_with() {
    let folder = kit::closed(6, u64::MAX).await;
    let file = kit::segments(folder.path()).remove(0);
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let shorter = lines[..lines.len() - 2].concat();
    let refused = |folder: &Path| {
        let fault = kit::start(kit::options(folder)).err().unwrap();
        assert!(matches!(fault, JournalFault::Shortened { .. }), "{fault}");
    };
    fs::write(&file, &shorter).unwrap();
    refused(folder.path());
    // The head beside the state is enough.
    fs::remove_file(folder.path().join("audit/head")).unwrap();
    refused(folder.path());
    fs::remove_dir_all(folder.path().join("audit")).unwrap();
    refused(folder.path());
    fs::remove_file(folder.path().join("second.head")).unwrap();
    restart(folder.path()).await;
}

#[tokio::test]
async fn a_log_changed_between_two_starts_is_not_gone_on_with() {
    let folder = kit::closed(6, u64::MAX).await;
    let file = kit::segments(folder.path()).remove(0);
    let text = fs::read_to_string(&file).unwrap();
    let changed = text.replacen("postgres__query", "postgres__quern", 1);
    assert_ne!(changed, text);
    fs::write(&file, &changed).unwrap();
    let fault = kit::start(kit::options(folder.path())).err().unwrap();
    assert!(
        fault
            .to_string()
            .contains("EDIT at 00000000000000000000.jsonl:"),
        "{fault}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), changed);
    fs::write(&file, text.replacen("\"v\":2", "\"v\":2 ", 1)).unwrap();
    let fault = kit::start(kit::options(folder.path())).err().unwrap();
    assert!(fault.to_string().contains("MALFORMED at"), "{fault}");
}
