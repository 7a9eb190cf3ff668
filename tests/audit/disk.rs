//! A disk that fails in every way that disks do, and files that end, one after the other.
//! Knows nothing of crashes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aegis_core::audit::{Frontier, Leaf};
use aegis_host::journal::{Disk, JournalFault, LogOptions};
use serde_json::Value;

use super::kit;

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    /// `write` says so.
    Write(i32),
    /// Some bytes are written, then `write` says so.
    Short(i32),
    /// Each write takes a few bytes, or is interrupted: nothing is wrong.
    Slow,
    /// `fsync` says so, once; every later one succeeds.
    Sync(i32),
    /// There is no room until the space that was kept back is given up.
    Full,
    /// As `Full`, for new files alone.
    NoFile,
}

/// A disk on which it goes wrong from the n-th call on.
#[derive(Debug)]
struct Faulty {
    wrong: Wrong,
    from: u64,
    calls: AtomicU64,
    ballast: std::path::PathBuf,
}

impl Disk for Faulty {
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        if matches!(self.wrong, Wrong::Sync(_) | Wrong::NoFile) {
            return file.write(bytes);
        }
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        if call < self.from {
            return file.write(bytes);
        }
        let error = |code| Err(io::Error::from_raw_os_error(code));
        match self.wrong {
            Wrong::Write(code) => error(code),
            Wrong::Short(_) if call == self.from => file.write(&bytes[..bytes.len() / 2]),
            Wrong::Short(code) => error(code),
            Wrong::Slow if call.is_multiple_of(3) => Err(io::ErrorKind::Interrupted.into()),
            Wrong::Slow => file.write(&bytes[..bytes.len().min(7)]),
            Wrong::Full if self.ballast.exists() => error(ENOSPC),
            Wrong::Full | Wrong::Sync(_) | Wrong::NoFile => file.write(bytes),
        }
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        if let Wrong::Sync(code) = self.wrong
            && self.calls.fetch_add(1, Ordering::Relaxed) == self.from
        {
            return Err(io::Error::from_raw_os_error(code));
        }
        file.sync_data()
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        if self.wrong == Wrong::NoFile
            && self.calls.fetch_add(1, Ordering::Relaxed) >= self.from
            && self.ballast.exists()
        {
            return Err(io::Error::from_raw_os_error(ENOSPC));
        }
        aegis_host::journal::SystemDisk.create(path)
    }
}

fn on(folder: &Path, wrong: Wrong, from: u64) -> LogOptions {
    LogOptions {
        sync: true,
        disk: Arc::new(Faulty {
            wrong,
            from,
            calls: AtomicU64::new(0),
            ballast: folder.join("audit/ballast"),
        }),
        ..kit::options(folder)
    }
}

/// Calls until one is refused: how many began, and how many were known to have ended.
async fn until_refused(options: LogOptions) -> Result<(u64, u64), JournalFault> {
    let log = kit::start(options)?;
    let (mut began, mut ended) = (0, 0);
    while let Ok(debt) = log.begin(kit::intent(began)).await {
        began += 1;
        if debt.pay(kit::outcome(began - 1)).await.is_err() {
            break;
        }
        ended += 1;
    }
    assert!(log.begin(kit::intent(900)).await.is_err());
    assert!(log.append(kit::denial(901)).await.is_err());
    let why = log.poisoned().await;
    assert!(why.starts_with("writing the log"), "{why}");
    log.close().await;
    Ok((began, ended))
}

/// Of one kind with this status, where one is given.
fn count(records: &[Value], kind: &str, status: Option<&str>) -> u64 {
    let of = |record: &&Value| {
        record["kind"] == kind && status.is_none_or(|status| record["status"] == status)
    };
    records.iter().filter(of).count() as u64
}

/// On a disk that works again: everything that was acknowledged is there and has one end.
async fn goes_on(folder: &Path, began: u64, ended: u64) -> Vec<Value> {
    // A child that another test starts holds every lock for the moment between its fork and its exec.
    let log = loop {
        match kit::start(kit::options(folder)) {
            Err(JournalFault::Locked(_)) => std::thread::yield_now(),
            other => break other.unwrap(),
        }
    };
    log.close().await;
    let (code, report) = kit::verify(folder, &[]);
    assert_eq!(code, 0, "{report}");
    let records = kit::records(folder);
    let intents = count(&records, "intent", None);
    assert!(intents >= began, "{intents} of {began}");
    assert_eq!(count(&records, "outcome", None), intents);
    assert!(count(&records, "outcome", Some("ok")) >= ended);
    records
}

#[tokio::test]
async fn a_disk_that_fails_once_takes_nothing_any_more() {
    let wrongs = [
        Wrong::Write(EIO),
        Wrong::Write(ENOSPC),
        Wrong::Short(EIO),
        Wrong::Short(ENOSPC),
        Wrong::Sync(EIO),
        Wrong::Sync(ENOSPC),
    ];
    for wrong in wrongs {
        for from in 0..7 {
            let folder = tempfile::tempdir().unwrap();
            match until_refused(on(folder.path(), wrong, from)).await {
                Ok((began, ended)) => {
                    assert!(from > 0, "{wrong:?}");
                    goes_on(folder.path(), began, ended).await;
                }
                Err(fault) => {
                    assert_eq!(from, 0, "{wrong:?}: {fault}");
                    goes_on(folder.path(), 0, 0).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_full_disk_ends_the_log_in_order_in_the_space_that_was_kept_back() {
    for from in [1, 2, 3, 8] {
        let folder = tempfile::tempdir().unwrap();
        let (began, ended) = until_refused(on(folder.path(), Wrong::Full, from))
            .await
            .unwrap();
        assert_eq!(began, ended, "what was under way got its end");
        let (code, report) = kit::verify(folder.path(), &[]);
        assert_eq!(code, 0, "{report}");
        let last = kit::records(folder.path()).pop().unwrap();
        assert_eq!(last["kind"], "log.close");
        assert_eq!(last["cause"], "disk-full");
        assert!(!folder.path().join("audit/ballast").exists());
        goes_on(folder.path(), began, ended).await;
        assert!(folder.path().join("audit/ballast").exists());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_under_many_callers_loses_nothing_that_was_acknowledged() {
    let wrongs = [
        Wrong::Full,
        Wrong::Write(ENOSPC),
        Wrong::Short(EIO),
        Wrong::Sync(EIO),
    ];
    for (wrong, from) in wrongs
        .into_iter()
        .flat_map(|wrong| [(wrong, 1), (wrong, 9)])
    {
        let folder = tempfile::tempdir().unwrap();
        let log = kit::start(on(folder.path(), wrong, from)).unwrap();
        let callers: Vec<_> = (0..16)
            .map(|caller| {
                let log = log.clone();
                tokio::spawn(async move {
                    let (mut began, mut ended) = (0, 0);
                    for n in caller * 1_000.. {
                        let Ok(debt) = log.begin(kit::intent(n)).await else {
                            break;
                        };
                        began += 1;
                        if debt.pay(kit::outcome(n)).await.is_err() {
                            break;
                        }
                        ended += 1;
                    }
                    (began, ended)
                })
            })
            .collect();
        let (mut began, mut ended) = (0, 0);
        for caller in callers {
            let own = caller.await.unwrap();
            began += own.0;
            ended += own.1;
        }
        assert!(from < 9 || began > 0, "{wrong:?} from {from}");
        assert!(log.append(kit::denial(901)).await.is_err());
        log.close().await;
        goes_on(folder.path(), began, ended).await;
    }
}

#[tokio::test]
async fn a_close_while_the_disk_is_full_is_no_orderly_end_though_calls_are_in_flight() {
    let folder = tempfile::tempdir().unwrap();
    // Two writes have room: the start and the first intent.
    let log = kit::start(on(folder.path(), Wrong::Full, 2)).unwrap();
    let first = log.begin(kit::intent(0)).await.unwrap();
    let second = log.begin(kit::intent(1)).await.unwrap();
    assert!(!folder.path().join("audit/ballast").exists(), "it is full");
    assert!(log.begin(kit::intent(2)).await.is_err());
    log.close().await;
    let why = log.poison().expect("the process must not end with 0");
    assert!(why.starts_with("writing the log"), "{why}");
    drop((first, second));
    let records = kit::records(folder.path());
    let last = records.last().unwrap();
    assert_eq!(
        (&last["kind"], &last["cause"]),
        (&"log.close".into(), &"disk-full".into())
    );
    assert_eq!(count(&records, "outcome", Some("unknown")), 2);
    goes_on(folder.path(), 2, 0).await;
}

#[tokio::test]
async fn a_disk_that_is_full_when_a_file_begins_ends_the_log_in_order_too() {
    let folder = tempfile::tempdir().unwrap();
    let options = LogOptions {
        segment_bytes_max: 8 * 1024,
        ..on(folder.path(), Wrong::NoFile, 1)
    };
    let (began, ended) = until_refused(options).await.unwrap();
    assert!(began > 1);
    assert_eq!(began, ended, "what was under way got its end");
    assert!(!folder.path().join("audit/ballast").exists());
    let last = kit::records(folder.path()).pop().unwrap();
    assert_eq!(
        (&last["kind"], &last["cause"]),
        (&"log.close".into(), &"disk-full".into())
    );
    assert_eq!(kit::segments(folder.path()).len(), 2);
    goes_on(folder.path(), began, ended).await;
}

#[tokio::test]
async fn short_and_interrupted_writes_are_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let log = kit::start(on(folder.path(), Wrong::Slow, 0)).unwrap();
    kit::calls(&log, 0..9).await;
    log.close().await;
    assert_eq!(log.poison(), None);
    let records = goes_on(folder.path(), 9, 9).await;
    assert_eq!(count(&records, "outcome", Some("ok")), 9);
    assert_eq!(count(&records, "recovery", None), 0);
}

#[tokio::test]
async fn files_end_with_what_they_hold_and_their_hashes_lie_beside_them() {
    let folder = kit::closed(60, 16 * 1024).await;
    let (code, report) = kit::verify(folder.path(), &[]);
    assert_eq!(code, 0, "{report}");
    let files = kit::segments(folder.path());
    assert!(files.len() > 2, "{}", files.len());
    let mut tree = Frontier::default();
    for (at, path) in files.iter().enumerate() {
        let text = fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let tiles = fs::read(path.with_extension("tiles")).unwrap();
        let leaves: Vec<Leaf> = lines.iter().map(|l| Leaf::of_line(l.as_bytes())).collect();
        let wanted: Vec<u8> = leaves.iter().flat_map(|l| *l.as_bytes()).collect();
        assert_eq!(tiles, wanted, "{}", path.display());
        let (last, before) = leaves.split_last().unwrap();
        before.iter().for_each(|leaf| tree.push(*leaf));
        let sealed: Value = serde_json::from_str(lines[lines.len() - 1]).unwrap();
        // The newest file is small and goes on.
        assert_eq!(sealed["kind"] == "segment.seal", at + 1 < files.len());
        if sealed["kind"] == "segment.seal" {
            let body = &text[..text.len() - lines[lines.len() - 1].len() - 1];
            assert_eq!(sealed["seal"]["bytes"], body.len());
            assert_eq!(sealed["seal"]["count"], before.len());
            assert_eq!(sealed["seal"]["root"], tree.root().to_string());
            let mode = fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o400);
        }
        tree.push(*last);
    }
}

#[tokio::test]
async fn tiles_that_are_gone_or_wrong_are_made_again() {
    let folder = kit::closed(20, u64::MAX).await;
    let file = kit::segments(folder.path()).remove(0);
    let tiles = file.with_extension("tiles");
    for wrong in [None, Some(&b"short"[..]), Some(&[7; 4096][..])] {
        match wrong {
            None => fs::remove_file(&tiles).unwrap(),
            Some(bytes) => fs::write(&tiles, bytes).unwrap(),
        }
        kit::start(kit::options(folder.path()))
            .unwrap()
            .close()
            .await;
        let text = fs::read_to_string(&file).unwrap();
        let leaves = text.lines().map(|line| Leaf::of_line(line.as_bytes()));
        let wanted: Vec<u8> = leaves.flat_map(|leaf| *leaf.as_bytes()).collect();
        assert_eq!(fs::read(&tiles).unwrap(), wanted);
    }
}

#[tokio::test]
async fn wrong_tiles_of_an_earlier_file_do_not_get_into_the_next_seal() {
    let folder = kit::closed(60, 16 * 1024).await;
    let first = kit::segments(folder.path()).remove(0);
    let tiles = first.with_extension("tiles");
    let good = fs::read(&tiles).unwrap();
    let mut wrong = good.clone();
    wrong[5] ^= 1;
    fs::set_permissions(&tiles, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&tiles, wrong).unwrap();
    fs::remove_file(folder.path().join("second.resume")).unwrap();
    let options = LogOptions {
        segment_bytes_max: 16 * 1024,
        ..kit::options(folder.path())
    };
    let files = kit::segments(folder.path()).len();
    let log = kit::start(options).unwrap();
    kit::calls(&log, 100..160).await;
    log.close().await;
    assert!(
        kit::segments(folder.path()).len() > files,
        "a file was sealed"
    );
    let (code, report) = kit::verify(folder.path(), &[]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(fs::read(&tiles).unwrap(), good);
}

#[tokio::test]
async fn a_log_that_was_chained_anew_is_not_gone_on_with_though_its_heads_were_removed() {
    let folder = kit::closed(6, u64::MAX).await;
    // Another log of the same length in place of this one, as whole as this one.
    let other = kit::closed(6, u64::MAX).await;
    let file = kit::segments(folder.path()).remove(0);
    fs::copy(kit::segments(other.path()).remove(0), &file).unwrap();
    for head in ["audit/head", "second.head"] {
        fs::remove_file(folder.path().join(head)).unwrap();
    }
    let fault = kit::start(kit::options(folder.path())).err().unwrap();
    assert!(matches!(fault, JournalFault::Broken { .. }), "{fault}");
}
