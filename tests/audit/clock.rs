//! What the log makes of time: days that pass, months that change, wall clocks that jump, machines that sleep.
//! Knows nothing of disks.

use std::sync::atomic::{AtomicU64, Ordering};

use aegis_host::clock::{Clock, Times};
use aegis_host::journal::{Checkpointing, Journal, JournalOptions, Log, LogOptions};
use serde_json::Value;

use super::kit;

const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 86_400 * SECOND;
/// 2026-11-28T10:13:20Z.
const START: u64 = 1_795_860_800 * SECOND;

/// Two times that a test sets.
#[derive(Debug)]
pub(crate) struct Set {
    wall: AtomicU64,
    boot: AtomicU64,
}

impl Set {
    pub(crate) fn new() -> &'static Self {
        Box::leak(Box::new(Self {
            wall: AtomicU64::new(START),
            boot: AtomicU64::new(7 * DAY),
        }))
    }

    /// Time passes, whether the machine sleeps or not.
    pub(crate) fn pass(&self, ns: u64) {
        self.wall.fetch_add(ns, Ordering::SeqCst);
        self.boot.fetch_add(ns, Ordering::SeqCst);
    }

    fn set_forward(&self, ns: u64) {
        self.wall.fetch_add(ns, Ordering::SeqCst);
    }

    fn set_back(&self, ns: u64) {
        self.wall.fetch_sub(ns, Ordering::SeqCst);
    }
}

impl Times for Set {
    fn wall_ns(&self) -> u64 {
        self.wall.load(Ordering::SeqCst)
    }

    fn boot_ns(&self) -> u64 {
        self.boot.load(Ordering::SeqCst)
    }
}

async fn call(log: &Log, n: u64) {
    let debt = log.begin(kit::intent(n)).await.unwrap();
    debt.pay(kit::outcome(n)).await.unwrap();
}

fn of(records: &[Value], kind: &str) -> Vec<Value> {
    let wanted = records.iter().filter(|record| record["kind"] == kind);
    wanted.cloned().collect()
}

#[tokio::test]
async fn a_wall_clock_that_jumps_is_noticed_before_the_next_record_and_a_night_asleep_is_no_jump() {
    let folder = tempfile::tempdir().unwrap();
    let times = Set::new();
    let log = Log::start(kit::options(folder.path()), Clock::of(times)).unwrap();
    call(&log, 0).await;
    // Drift, and a machine that slept for eight hours: wall time and the time since its start agree.
    times.set_forward(SECOND / 2);
    times.pass(8 * 3_600 * SECOND);
    call(&log, 1).await;
    times.set_back(3_600 * SECOND);
    call(&log, 2).await;
    call(&log, 3).await;
    times.set_forward(120 * SECOND);
    call(&log, 4).await;
    log.close().await;
    let records = kit::records(folder.path());
    let steps = of(&records, "clock.step");
    let said: Vec<(bool, u64)> = steps
        .iter()
        .map(|step| {
            let clock = &step["clock"];
            (
                clock["back"].as_bool().unwrap(),
                clock["ms"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(said, [(true, 3_599_500), (false, 120_000)]);
    // The step stands right before the first record that bears the new time.
    let at = records
        .iter()
        .position(|record| record["kind"] == "clock.step");
    assert_eq!(records[at.unwrap() + 1]["call"], kit::id(2).to_string());
    let (code, report) = kit::verify(folder.path(), &[]);
    assert_eq!(code, 0, "{report}");
    let doubts = report["not_proven"].to_string();
    assert!(doubts.contains("went backwards 1 times"), "{doubts}");
    assert_eq!(report["events"]["clock_steps"], 2, "{report}");
}

#[tokio::test]
async fn a_file_ends_when_it_is_a_day_old_though_hardly_anything_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let times = Set::new();
    let log = Log::start(kit::options(folder.path()), Clock::of(times)).unwrap();
    call(&log, 0).await;
    times.pass(DAY - SECOND);
    call(&log, 1).await;
    assert_eq!(kit::segments(folder.path()).len(), 1);
    times.pass(2 * SECOND);
    // A call in flight goes over from one file into the next.
    let debt = log.begin(kit::intent(2)).await.unwrap();
    assert_eq!(kit::segments(folder.path()).len(), 2);
    times.pass(DAY + SECOND);
    debt.pay(kit::outcome(2)).await.unwrap();
    log.close().await;
    assert_eq!(kit::segments(folder.path()).len(), 3);
    let records = kit::records(folder.path());
    assert_eq!(of(&records, "segment.seal").len(), 2);
    let opened = of(&records, "segment.open");
    assert_eq!(opened[0]["open"], serde_json::json!([]));
    assert_eq!(
        opened[1]["open"],
        serde_json::json!([kit::id(2).to_string()])
    );
    assert_eq!(kit::verify(folder.path(), &[]).0, 0);
    // A start a week later goes on with the newest file, seals it and begins another.
    times.pass(7 * DAY);
    let log = Log::start(kit::options(folder.path()), Clock::of(times)).unwrap();
    call(&log, 3).await;
    log.close().await;
    assert_eq!(kit::segments(folder.path()).len(), 4);
    assert_eq!(kit::verify(folder.path(), &[]).0, 0);
}

#[tokio::test]
async fn a_day_of_files_that_never_end_is_no_way_round_the_size() {
    let folder = tempfile::tempdir().unwrap();
    let times = Set::new();
    let options = LogOptions {
        segment_bytes_max: 4 * 1024,
        ..kit::options(folder.path())
    };
    let log = Log::start(options, Clock::of(times)).unwrap();
    // Wall time before the first record's: no file is old, and size alone decides.
    times.set_back(40 * DAY);
    for n in 0..12 {
        call(&log, n).await;
    }
    log.close().await;
    assert!(kit::segments(folder.path()).len() > 2);
    assert_eq!(kit::verify(folder.path(), &[]).0, 0);
}

#[tokio::test]
async fn a_new_month_has_keys_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let times = Set::new();
    let options = JournalOptions {
        dir: folder.path().join("audit"),
        sync: false,
        keys: folder.path().join("state/keys"),
    };
    let journal = Journal::start_by(options, &Checkpointing::default(), Clock::of(times)).unwrap();
    for days in [0, 1, 3, 31] {
        times.pass(days * DAY);
        // Never closed: recorded as a call that nothing was decided of.
        drop(journal.open(&super::gates::call("silver/a")));
    }
    journal.close().await.unwrap();
    let records = kit::records(folder.path());
    let text = |value: &Value| value.as_str().unwrap()[..7].to_owned();
    let named = |kind: &str| -> Vec<Value> { of(&records, kind) };
    let used: Vec<String> = named("decision")
        .iter()
        .map(|r| text(&r["salts"]))
        .collect();
    assert_eq!(used, ["2026-11", "2026-11", "2026-12", "2027-01"]);
    let made: Vec<String> = named("salt.key")
        .iter()
        .map(|r| text(&r["salt_key"]["name"]))
        .collect();
    assert_eq!(
        made,
        ["2026-11", "2026-12", "2027-01"],
        "each before its first use"
    );
    assert_eq!(kit::verify(folder.path(), &[]).0, 0);
}
