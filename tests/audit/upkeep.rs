//! Removing what may no longer be there: keys, records, files. What stays must hold, wherever the work was cut off.
//! Knows nothing of attackers.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aegis_core::audit::Tombstone;
use aegis_host::clock::Clock;
use aegis_host::journal::{Disk, Keep, LogOptions, Signing, Upkeep, UpkeepFault};
use serde_json::Value;

use super::attacks::Lines;
use super::kit;
use super::second;
use super::signing::{root_key, sign_log};

/// A disk of which one call fails, the n-th.
#[derive(Debug)]
struct Once {
    at: u64,
    calls: AtomicU64,
}

impl Once {
    fn step(&self) -> io::Result<()> {
        if self.calls.fetch_add(1, Ordering::Relaxed) == self.at {
            return Err(io::Error::from_raw_os_error(5));
        }
        Ok(())
    }
}

impl Disk for Once {
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        self.step()?;
        file.write(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.step()?;
        file.sync_data()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        fs::remove_file(path)
    }
}

pub(super) fn options(folder: &Path, purpose: &'static str, fails_at: u64) -> LogOptions {
    LogOptions {
        purpose,
        sync: true,
        disk: Arc::new(Once {
            at: fails_at,
            calls: AtomicU64::new(0),
        }),
        ..kit::options(folder)
    }
}

/// Does one thing to a log; the n-th call to the disk fails.
pub(super) fn upkeep<T>(
    options: LogOptions,
    deed: impl FnOnce(&mut Upkeep) -> Result<T, UpkeepFault>,
) -> Result<T, UpkeepFault> {
    let mut upkeep = Upkeep::begin(options, Clock::start(), Signing::default())?;
    let done = deed(&mut upkeep)?;
    upkeep.close()?;
    Ok(done)
}

pub(super) fn sound(folder: &Path, when: &str) -> Value {
    let (code, report) = second::verify(folder, &[]);
    assert_eq!(code, 0, "{when}: {report}");
    report
}

/// `aegis audit …`: exit code, what it printed, what it said on standard error.
pub(super) fn aegis(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_aegis-under-test"))
        .arg("audit")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

pub(super) fn config(folder: &Path) -> PathBuf {
    fs::create_dir_all(folder.join("state")).unwrap();
    let path = folder.join("aegis.toml");
    let text = "[kernel]\nstate = \"state/state.db\"\n[audit]\ndir = \"audit\"\nsync = false\n";
    fs::write(&path, text).unwrap();
    path
}

/// A closed log of some files.
async fn files() -> tempfile::TempDir {
    let folder = kit::closed(24, 8 * 1024).await;
    assert!(kit::segments(folder.path()).len() > 3);
    folder
}

fn first_intent(folder: &Path) -> Value {
    let records = kit::records(folder);
    records.into_iter().find(|r| r["kind"] == "intent").unwrap()
}

#[tokio::test]
async fn a_record_is_removed_and_its_leaf_stays_wherever_that_is_cut_off() {
    for at in 0.. {
        let folder = files().await;
        let intent = first_intent(folder.path());
        let (seq, call) = (
            intent["seq"].as_u64().unwrap(),
            intent["call"].as_str().unwrap(),
        );
        let file = kit::segments(folder.path()).remove(0);
        let redact = |upkeep: &mut Upkeep| upkeep.redact(seq, "dpo@acme.example", "art. 17");
        let first = upkeep(options(folder.path(), "redact", at), redact);
        sound(folder.path(), &format!("step {at}"));
        match upkeep(options(folder.path(), "redact", u64::MAX), redact) {
            Ok(_) => {}
            Err(UpkeepFault::Refused(why)) => assert!(why.contains("removed already"), "{why}"),
            Err(other) => panic!("step {at}: {other}"),
        }
        let report = sound(folder.path(), &format!("step {at} again"));
        assert_eq!(report["removed"], 1);
        let text = fs::read_to_string(&file).unwrap();
        let line = text.lines().nth(usize::try_from(seq).unwrap()).unwrap();
        assert!(Tombstone::parse(line.as_bytes()).is_some(), "{line}");
        assert_eq!(
            text.matches(call).count(),
            1,
            "the outcome's mention alone is left"
        );
        // What the tiles are made from again is the leaf, not the tombstone's own bytes.
        fs::remove_file(file.with_extension("tiles")).unwrap();
        fs::remove_file(folder.path().join("second.resume")).unwrap();
        let log = kit::start(kit::options(folder.path())).unwrap();
        kit::calls(&log, 500..503).await;
        log.close().await;
        sound(folder.path(), "gone on with");
        if first.is_ok() {
            assert!(at > 3, "{at} steps");
            break;
        }
    }
}

#[tokio::test]
async fn what_may_not_be_removed_is_refused_and_an_authorisation_removes_no_other_record() {
    let folder = files().await;
    let records = kit::records(folder.path());
    let seq_of = |kind: &str| {
        records.iter().find(|r| r["kind"] == kind).unwrap()["seq"]
            .as_u64()
            .unwrap()
    };
    let refused = |seq, approver: &str, reason: &str| {
        let deed = |upkeep: &mut Upkeep| upkeep.redact(seq, approver, reason);
        match upkeep(options(folder.path(), "redact", u64::MAX), deed) {
            Err(UpkeepFault::Refused(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(seq_of("log.open"), "a", "b").contains("`log.open`"));
    assert!(refused(seq_of("segment.seal"), "a", "b").contains("`segment.seal`"));
    assert!(refused(seq_of("policy.load"), "a", "b").contains("`policy.load`"));
    assert!(refused(99_999, "a", "b").contains("not in the log"));
    assert!(refused(seq_of("intent"), " ", "b").contains("approver"));
    assert!(refused(seq_of("intent"), "a", "b\nc").contains("reason"));
    // A record in the file that is being written: that file is ended first.
    let last = records.iter().rfind(|r| r["kind"] == "decision").unwrap();
    let seq = last["seq"].as_u64().unwrap();
    let auth = upkeep(options(folder.path(), "redact", u64::MAX), |u| {
        u.redact(seq, "a", "b")
    })
    .unwrap();
    sound(folder.path(), "the newest file");
    // The same authority for another record is none.
    let other = first_intent(folder.path());
    let file = kit::segments(folder.path()).remove(0);
    let text = fs::read_to_string(&file).unwrap();
    let line = text
        .lines()
        .nth(usize::try_from(other["seq"].as_u64().unwrap()).unwrap())
        .unwrap();
    let stone = Tombstone {
        auth,
        leaf: aegis_core::audit::Leaf::of_line(line.as_bytes()),
        seq: other["seq"].as_u64().unwrap(),
    };
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    fs::write(&file, text.replacen(line, &stone.line(), 1)).unwrap();
    let (code, report) = second::verify(folder.path(), &[]);
    assert_eq!(
        (code, kit::class(&report)),
        (1, "UNAUTH_REDACTION".into()),
        "{report}"
    );
}

#[tokio::test]
async fn old_files_go_from_the_front_wherever_that_is_cut_off_and_proofs_still_hold() {
    for at in 0.. {
        let folder = files().await;
        let audit = folder.path().join("audit");
        let first = kit::segments(folder.path()).remove(0);
        let tiles = first.with_extension("tiles");
        let good = fs::read(&tiles).unwrap();
        fs::set_permissions(&tiles, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let lines = Lines(all_lines(folder.path()));
        sign_log(&audit, &lines, &[lines.0.len()]);
        fs::write(&tiles, good).unwrap();
        let early = kept(folder.path(), 3);
        let prune = |upkeep: &mut Upkeep| upkeep.prune(&Keep::Newest(1), Some("13 months"));
        let done = upkeep(options(folder.path(), "prune", at), prune);
        sound(folder.path(), &format!("step {at}"));
        match upkeep(options(folder.path(), "prune", u64::MAX), prune) {
            Ok(_) => {}
            Err(UpkeepFault::Refused(why)) => assert!(why.contains("no file may go"), "{why}"),
            Err(other) => panic!("step {at}: {other}"),
        }
        let report = sound(folder.path(), &format!("step {at} again"));
        assert_eq!(report["pruned"], true);
        assert_eq!(kit::segments(folder.path()).len(), 1);
        // A receipt kept elsewhere of a record that is gone still agrees, and one record can still be proven.
        assert_eq!(second::verify(folder.path(), &["--anchor", &early]).0, 0);
        let seq = (lines.0.len() - 1).to_string();
        let (dir, out) = (audit.to_str().unwrap(), folder.path().join("p"));
        let out = out.to_str().unwrap();
        assert_eq!(aegis(&["prove", &seq, dir, "-o", out]).0, 0);
        assert_eq!(aegis(&["check-proof", out, "--key", &root_key()]).0, 0);
        if done.is_ok() {
            assert!(at > 10, "{at} steps");
            gone_on_with(folder.path()).await;
            break;
        }
    }
}

fn all_lines(folder: &Path) -> Vec<String> {
    let files = kit::segments(folder).into_iter();
    let texts: Vec<String> = files
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    texts
        .iter()
        .flat_map(|text| text.lines())
        .map(str::to_owned)
        .collect()
}

/// What a caller kept of record `seq`, in a file.
fn kept(folder: &Path, seq: usize) -> String {
    let records = kit::records(folder);
    let line = serde_json::json!({
        "leaf": records[seq + 1]["prev"], "log": records[seq]["log"], "seq": seq,
    });
    let path = folder.join("kept");
    fs::write(&path, line.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A pruned log goes on: through more files, over starts that know nothing, through another prune.
async fn gone_on_with(folder: &Path) {
    for round in 0..3_u64 {
        if round == 1 {
            fs::remove_file(folder.join("second.resume")).unwrap();
        }
        let options = LogOptions {
            segment_bytes_max: 8 * 1024,
            ..kit::options(folder)
        };
        let log = kit::start(options).unwrap();
        kit::calls(&log, 1_000 * (round + 1)..1_000 * (round + 1) + 9).await;
        log.close().await;
        assert_eq!(sound(folder, "gone on with")["pruned"], true);
    }
    let before = kit::segments(folder).len();
    assert!(before > 3);
    upkeep(options(folder, "prune", u64::MAX), |u| {
        u.prune(&Keep::Newest(2), None)
    })
    .unwrap();
    assert_eq!(kit::segments(folder).len(), 2);
    sound(folder, "pruned again");
    // One more file that no record names.
    let first = kit::segments(folder).remove(0);
    let text = fs::read(&first).unwrap();
    fs::remove_file(&first).unwrap();
    let (code, report) = second::verify(folder, &[]);
    assert_eq!((code, kit::class(&report)), (1, "GAP".into()), "{report}");
    fs::write(&first, text).unwrap();
    // A leaf of a removed record that is another one.
    let mut tiles: Vec<PathBuf> = fs::read_dir(folder.join("audit"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    tiles.retain(|path| path.extension().is_some_and(|e| e == "tiles"));
    tiles.sort();
    let mut wrong = fs::read(&tiles[0]).unwrap();
    wrong[9] ^= 1;
    fs::set_permissions(
        &tiles[0],
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    fs::write(&tiles[0], wrong).unwrap();
    assert_eq!(second::verify(folder, &[]).0, 1);
}

#[tokio::test]
async fn files_are_pruned_by_age_from_the_command_line_and_evidence_is_not() {
    let folder = files().await;
    let conf = config(folder.path());
    let conf = conf.to_str().unwrap();
    let (code, _, why) = aegis(&["prune", "--before", "2000-01-01", "--config", conf]);
    assert!(code == 1 && why.contains("no file may go"), "{why}");
    for wrong in [
        &["--before", "yesterday"][..],
        &["--keep", "0"],
        &["--keep", "1", "--before", "2000-01-01"],
        &[],
    ] {
        let mut arguments = vec!["prune", "--config", conf];
        arguments.extend(wrong);
        assert_eq!(aegis(&arguments).0, 2, "{wrong:?}");
    }
    // A log that does not hold is evidence: nothing is removed from it.
    let first = kit::segments(folder.path()).remove(0);
    let good = fs::read(&first).unwrap();
    let mut bad = good.clone();
    bad[700] ^= 1;
    fs::set_permissions(&first, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    fs::write(&first, bad).unwrap();
    let (code, _, why) = aegis(&["prune", "--before", "9999-01-01", "--config", conf]);
    assert!(code == 1 && why.contains("does not hold"), "{why}");
    assert!(first.exists());
    fs::write(&first, good).unwrap();
    let (code, text, why) = aegis(&[
        "prune",
        "--before",
        "9999-01-01",
        "--config",
        conf,
        "--json",
    ]);
    assert_eq!(code, 0, "{why}");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["removed"][0]["from"], 0);
    assert_eq!(kit::segments(folder.path()).len(), 1);
    sound(folder.path(), "pruned");
    let (code, text, _) = aegis(&["verify", folder.path().join("audit").to_str().unwrap()]);
    assert!(
        code == 0 && text.contains("pruned      records before"),
        "{text}"
    );
}

#[tokio::test]
async fn what_was_removed_is_said_by_every_view_and_taken_for_no_damage() {
    let folder = files().await;
    let dir = folder.path().join("audit").to_str().unwrap().to_owned();
    let lines = Lines(all_lines(folder.path()));
    let first = kit::segments(folder.path()).remove(0);
    let tiles = first.with_extension("tiles");
    let good = fs::read(&tiles).unwrap();
    sign_log(&folder.path().join("audit"), &lines, &[lines.0.len()]);
    fs::write(&tiles, good).unwrap();
    let seq = first_intent(folder.path())["seq"].as_u64().unwrap();
    let deed = |upkeep: &mut Upkeep| upkeep.redact(seq, "dpo@acme.example", "art. 17");
    let auth = upkeep(options(folder.path(), "redact", u64::MAX), deed).unwrap();
    let said = format!("was removed: record {auth} says why");
    let (code, text, warned) = aegis(&["show", &seq.to_string(), &dir]);
    assert!(code == 1 && text.contains(&said), "{text}");
    assert_eq!(warned, "");
    let (code, _, why) = aegis(&["prove", &seq.to_string(), &dir]);
    assert!(code == 1 && why.contains(&said), "{why}");
    let (next, out) = ((seq + 1).to_string(), folder.path().join("p"));
    assert_eq!(
        aegis(&["prove", &next, &dir, "-o", out.to_str().unwrap()]).0,
        0
    );
    for view in ["stats", "tail", "query"] {
        let (code, _, warned) = aegis(&[view, &dir]);
        assert_eq!((code, warned.as_str()), (0, ""), "{view}");
    }
    let archive = folder.path().join("b.tar");
    let archive = archive.to_str().unwrap();
    let (code, _, why) = aegis(&["bundle", &dir, "-o", archive]);
    assert_eq!(code, 0, "{why}");
    let unpacked = Command::new("tar")
        .args(["-xf", archive, "-C"])
        .arg(folder.path())
        .status()
        .unwrap();
    assert!(unpacked.success());
    let entry = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().path().join("log"));
    let log = entry.into_iter().find(|path| path.is_dir()).unwrap();
    assert_eq!(aegis(&["verify", log.to_str().unwrap()]).0, 0);
}
