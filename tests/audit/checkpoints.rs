//! The kernel signs its log: never two of one size, never back, and what was put back to an older copy is refused by name.
//! Knows nothing of verifiers beyond what they answer.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aegis_core::audit::{Checkpoint, History};
use aegis_host::clock::Clock;
use aegis_host::journal::{
    Checkpointing, Disk, JournalFault, Log, LogOptions, Signing, SigningFault,
};

use aegis_verify::{Auditor, read_key, verify};

use super::kit;
use super::signing::{both, keys_of, root_key, signed_house, signing, start_signed};

/// The sizes in a history, in order.
fn sizes(audit: &Path) -> Vec<u64> {
    let mut history = History::default();
    history.push(&fs::read(audit.join("checkpoints.log")).unwrap());
    let mut sizes = Vec::new();
    while let Some((_, note)) = history.next_note().unwrap() {
        sizes.push(Checkpoint::parse(note.text()).unwrap().size);
    }
    assert!(!history.is_torn());
    sizes
}

async fn house() -> (tempfile::TempDir, tempfile::TempDir) {
    let away = tempfile::tempdir().unwrap();
    let folder = signed_house(&away.path().join("root.key")).await;
    (folder, away)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// Puts a folder in the place of another.
fn put_back(from: &Path, to: &Path) {
    fs::remove_dir_all(to).unwrap();
    copy(from, to);
}

#[tokio::test]
async fn records_are_signed_as_often_as_is_wanted_and_always_at_the_end() {
    let (folder, _away) = house().await;
    let audit = folder.path().join("audit");
    let often = Signing {
        checkpointing: Checkpointing {
            every_records: 1,
            ..signing(folder.path()).checkpointing
        },
        ..signing(folder.path())
    };
    let log = Log::start_signed(kit::options(folder.path()), Clock::start(), often).unwrap();
    for n in 0..20 {
        kit::calls(&log, n..n + 1).await;
        assert!(log.checkpoint().await);
    }
    log.close().await;
    let sizes = sizes(&audit);
    assert!(sizes.len() >= 21, "{sizes:?}");
    assert!(sizes.windows(2).all(|two| two[0] < two[1]), "{sizes:?}");
    assert_eq!(
        *sizes.last().unwrap(),
        kit::records(folder.path()).len() as u64
    );
    assert_eq!(both(&audit, &["--key", &root_key()]).1, 0);
}

async fn session(folder: &Path, range: std::ops::Range<u64>) {
    let log = start_signed(folder).unwrap();
    kit::calls(&log, range).await;
    log.close().await;
}

/// Why a start is refused; it changes nothing. Whoever puts a folder back puts back what names its newest record too.
fn refused(folder: &Path) -> SigningFault {
    for name in ["second.head", "second.resume"] {
        fs::remove_file(folder.join(name)).ok();
    }
    let audit = folder.join("audit");
    let before = fs::read_dir(&audit).unwrap().count();
    let fault = start_signed(folder).map(|_| ()).unwrap_err();
    let after = fs::read_dir(&audit).unwrap().count();
    assert!(after <= before + 2, "lock and ballast alone");
    match fault {
        JournalFault::Signing(fault) => fault,
        other => panic!("{other}"),
    }
}

/// Put back at the end, everything goes on.
async fn goes_on(folder: &Path) {
    start_signed(folder).unwrap().close().await;
    let audit = folder.join("audit");
    assert_eq!(both(&audit, &["--key", &root_key()]).1, 0);
}

#[tokio::test]
async fn an_older_log_or_state_is_refused_by_name_and_nothing_is_changed() {
    let (house, away) = house().await;
    let folder = house.path();
    let (audit, state) = (folder.join("audit"), folder.join("state"));
    let (old, new) = (away.path().join("old"), away.path().join("new"));
    session(folder, 0..3).await;
    copy(folder, &old);
    session(folder, 3..6).await;
    copy(folder, &new);
    put_back(&old.join("audit"), &audit);
    assert!(matches!(refused(folder), SigningFault::RolledBack { .. }));
    put_back(&new.join("audit"), &audit);
    put_back(&old.join("state"), &state);
    assert!(matches!(refused(folder), SigningFault::StateOlder { .. }));
    put_back(&new.join("state"), &state);
    // The keys gone: not signed is not what was asked for.
    let keys = keys_of(folder).dir().to_owned();
    fs::rename(&keys, away.path().join("keys")).unwrap();
    assert!(matches!(refused(folder), SigningFault::NoKeys(_)));
    fs::rename(away.path().join("keys"), &keys).unwrap();
    // An empty folder in the log's place.
    fs::remove_dir_all(&audit).unwrap();
    fs::create_dir(&audit).unwrap();
    assert!(matches!(refused(folder), SigningFault::Foreign { .. }));
    put_back(&new.join("audit"), &audit);
    goes_on(folder).await;
}

#[tokio::test]
async fn checkpoints_that_were_taken_away_are_missed() {
    let (house, away) = house().await;
    let folder = house.path();
    let (audit, state) = (folder.join("audit"), folder.join("state"));
    let new = away.path().join("new");
    session(folder, 0..3).await;
    session(folder, 3..6).await;
    copy(folder, &new);
    let history = audit.join("checkpoints.log");
    let text = fs::read_to_string(&history).unwrap();
    let pieces: Vec<&str> = text.split_inclusive("\n\n").collect();
    fs::write(&history, pieces[..pieces.len() - 4].concat()).unwrap();
    assert!(matches!(refused(folder), SigningFault::RolledBack { .. }));
    fs::remove_file(&history).unwrap();
    assert!(matches!(refused(folder), SigningFault::RolledBack { .. }));
    put_back(&new.join("audit"), &audit);
    let last = keys_of(folder).dir().join("last");
    let signed = fs::read_to_string(&last).unwrap();
    fs::remove_file(&last).unwrap();
    assert!(matches!(refused(folder), SigningFault::StateOlder { .. }));
    fs::write(&last, signed.replacen("\n\n", "\n\n\n", 1)).unwrap();
    assert!(matches!(refused(folder), SigningFault::StateOlder { .. }));
    put_back(&new.join("state"), &state);
    goes_on(folder).await;
}

#[tokio::test]
async fn two_kernels_never_sign_with_one_key() {
    let (folder, _away) = house().await;
    let log = start_signed(folder.path()).unwrap();
    assert!(matches!(
        start_signed(folder.path()),
        Err(JournalFault::Locked(_))
    ));
    // The log's lock taken away does not help: the keys have their own.
    fs::remove_file(folder.path().join("audit/LOCK")).unwrap();
    let second = start_signed(folder.path()).map(|_| ()).unwrap_err();
    assert!(
        matches!(second, JournalFault::Signing(SigningFault::Locked(_))),
        "{second}"
    );
    // Whoever held the lock that was taken away writes nothing any more; what it wrote holds.
    log.close().await;
    assert!(log.poison().is_some_and(|why| why.contains("LOCK")));
    assert_eq!(both(&folder.path().join("audit"), &[]).1, 0);
}

#[tokio::test]
async fn what_another_signed_in_the_meantime_ends_the_log() {
    let (folder, _away) = house().await;
    let log = start_signed(folder.path()).unwrap();
    kit::calls(&log, 0..2).await;
    assert!(log.checkpoint().await);
    let last = keys_of(folder.path()).dir().join("last");
    fs::write(&last, "another's\n").unwrap();
    kit::calls(&log, 2..3).await;
    assert!(!log.checkpoint().await);
    assert!(log.poisoned().await.contains("signing a checkpoint"));
    assert!(log.begin(kit::intent(9)).await.is_err());
}

/// A disk that does nothing any more from its n-th call on, as a machine that has stopped.
#[derive(Debug)]
struct Stopping {
    from: u64,
    calls: AtomicU64,
}

impl Stopping {
    fn next(&self) -> io::Result<()> {
        match self.calls.fetch_add(1, Ordering::Relaxed) < self.from {
            true => Ok(()),
            false => Err(io::Error::from_raw_os_error(5)),
        }
    }
}

impl Disk for Stopping {
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        match self.next() {
            Ok(()) => file.write(bytes),
            // The very call on which it stops writes half of what it was given.
            Err(error) => match self.calls.load(Ordering::Relaxed) == self.from + 1 {
                true => file
                    .write(&bytes[..bytes.len().div_ceil(2)])
                    .and(Err(error)),
                false => Err(error),
            },
        }
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.next()?;
        file.sync_data()
    }
}

#[tokio::test]
async fn whereever_it_stops_the_next_start_publishes_what_was_signed() {
    let (folder, away) = house().await;
    let clean = away.path().join("clean");
    copy(folder.path(), &clean);
    for stop in 0..20 {
        put_back(&clean, folder.path());
        let options = LogOptions {
            sync: true,
            disk: Arc::new(Stopping {
                from: stop,
                calls: AtomicU64::new(0),
            }),
            ..kit::options(folder.path())
        };
        if let Ok(log) = Log::start_signed(options, Clock::start(), signing(folder.path())) {
            for n in 0..3 {
                let Ok(debt) = log.begin(kit::intent(n)).await else {
                    break;
                };
                if debt.pay(kit::outcome(n)).await.is_err() || !log.checkpoint().await {
                    break;
                }
            }
            log.close().await;
        }
        let audit = folder.path().join("audit");
        let log = restarted(folder.path(), stop).await;
        kit::calls(&log, 10..11).await;
        log.close().await;
        let all = sizes(&audit);
        assert!(
            all.windows(2).all(|two| two[0] < two[1]),
            "stop {stop}: {all:?}"
        );
        let auditor = Auditor {
            keys: vec![read_key(&root_key()).unwrap()],
            ..Auditor::default()
        };
        let check = verify(&audit, &auditor, None).unwrap();
        assert!(check.broken.is_none(), "stop {stop}: {:?}", check.broken);
        let signed = check.found.signed.unwrap().size;
        assert_eq!(signed, check.verifier.next_seq(), "stop {stop}");
    }
}

/// A child that another test starts holds every lock for the moment between its fork and its exec.
async fn restarted(folder: &Path, stop: u64) -> Log {
    for _ in 0..500 {
        match start_signed(folder) {
            Ok(log) => return log,
            Err(JournalFault::Locked(_) | JournalFault::Signing(SigningFault::Locked(_))) => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(fault) => panic!("stop {stop}: {fault}"),
        }
    }
    panic!("stop {stop}: the lock is held");
}

/// The history only grows, and only by one hand: whoever shortens it under the kernel ends the service.
#[tokio::test]
async fn a_history_that_was_changed_under_the_kernel_ends_the_log() {
    let kept = tempfile::tempdir().unwrap();
    type Deed = fn(&Path);
    let deeds: [(&str, Deed); 4] = [
        ("removed", |path| fs::remove_file(path).unwrap()),
        ("truncated", |path| fs::write(path, "").unwrap()),
        ("replaced", |path| {
            fs::copy(path, path.with_extension("new")).unwrap();
            fs::rename(path.with_extension("new"), path).unwrap();
        }),
        ("written", |path| {
            let mut text = fs::read_to_string(path).unwrap();
            text.push('\n');
            fs::write(path, text).unwrap();
        }),
    ];
    for (what, deed) in deeds {
        let folder = signed_house(&kept.path().join(what)).await;
        let log = start_signed(folder.path()).unwrap();
        kit::calls(&log, 0..2).await;
        assert!(log.checkpoint().await, "{what}");
        deed(&folder.path().join("audit/checkpoints.log"));
        kit::calls(&log, 2..3).await;
        assert!(!log.checkpoint().await, "{what}");
        let why = log.poisoned().await;
        assert!(why.contains("history of checkpoints"), "{what}: {why}");
        assert!(log.append(kit::denial(1)).await.is_err(), "{what}");
    }
}
