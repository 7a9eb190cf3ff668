//! How fast the log is: verifying it, and writing it durably beside what the disk itself can do.
//! Knows nothing of budgets. `cargo bench -p aegis-tests --bench log`.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use aegis_core::audit::{Glance, Leaf, Reading};
use aegis_host::journal::{Log, LogOptions};
use aegis_verify::{Auditor, verify};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};

#[path = "../audit/kit.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod kit;

fn main() {
    divan::main();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// A closed log of a kernel's own making, without syncing: intents, outcomes and some denials.
fn written(calls: u64) -> (tempfile::TempDir, u64) {
    let folder = runtime().block_on(kit::closed(calls, u64::MAX));
    let check = verify(&folder.path().join("audit"), &Auditor::default(), None).unwrap();
    (folder, check.verifier.next_seq())
}

/// Whole verification on so many cores. The best time is the one that neighbours disturbed least.
#[divan::bench(args = [1, 2], sample_count = 12, sample_size = 1)]
fn verified(bencher: Bencher, threads: usize) {
    let (folder, records) = written(60_000);
    let auditor = Auditor {
        threads,
        ..Auditor::default()
    };
    let dir = folder.path().join("audit");
    bencher.counter(ItemsCount::new(records)).bench_local(|| {
        let check = verify(&dir, &auditor, None).unwrap();
        assert!(check.broken.is_none());
        check.verifier.root()
    });
}

/// The lines of a few calls, without the newline of the last.
fn some_lines() -> Vec<u8> {
    let (folder, _) = written(10);
    let mut text = std::fs::read(kit::segments(folder.path()).remove(0)).unwrap();
    assert_eq!(text.pop(), Some(b'\n'));
    text
}

/// What one line costs by itself: read strictly, and hashed.
#[divan::bench]
fn a_line_read(bencher: Bencher) {
    let text = some_lines();
    let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    let mut reading = Reading::default();
    bencher
        .counter(ItemsCount::new(lines.len()))
        .bench_local(|| {
            for line in &lines {
                black_box(Glance::of(black_box(line), &mut reading).is_ok());
            }
        });
}

/// The part of the above that is SHA-256.
#[divan::bench]
fn a_line_hashed(bencher: Bencher) {
    let text = some_lines();
    let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    bencher
        .counter(ItemsCount::new(lines.len()))
        .bench_local(|| {
            for line in &lines {
                black_box(Leaf::of_line(black_box(line)));
            }
        });
}

/// The disk alone: 700 bytes appended and synced.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn disk_bare_append_and_sync(bencher: Bencher) {
    let folder = tempfile::tempdir().unwrap();
    let mut file = File::create(folder.path().join("bare")).unwrap();
    bencher.bench_local(|| {
        file.write_all(&[b'x'; 700]).unwrap();
        file.sync_data().unwrap();
    });
}

fn durable(folder: &Path) -> Log {
    let options = LogOptions {
        sync: true,
        ..kit::options(folder)
    };
    kit::start(options).unwrap()
}

/// One call, alone: its intent durable, then its end; to be held against two of the bare ones.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn one_call_durable(bencher: Bencher) {
    let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
    let log = runtime.block_on(async { durable(folder.path()) });
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        runtime.block_on(async {
            let debt = log.begin(kit::intent(n)).await.unwrap();
            debt.pay(kit::outcome(n)).await.unwrap();
        });
    });
    runtime.block_on(log.close());
}

/// 64 calls in flight at any time, two durable records each.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn durable_at_64_in_flight(bencher: Bencher) {
    const EACH: u64 = 32;
    let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
    let log = runtime.block_on(async { durable(folder.path()) });
    let mut round = 0;
    bencher
        .counter(ItemsCount::new(64 * EACH * 2))
        .bench_local(|| {
            round += 1;
            runtime.block_on(async {
                let call = |task: u64| {
                    let log = log.clone();
                    tokio::spawn(async move {
                        for n in 0..EACH {
                            let n = (round * 64 + task) * EACH + n;
                            let debt = log.begin(kit::intent(n)).await.unwrap();
                            debt.pay(kit::outcome(n)).await.unwrap();
                        }
                    })
                };
                let running: Vec<_> = (0..64).map(call).collect();
                for task in running {
                    task.await.unwrap();
                }
            });
        });
    runtime.block_on(log.close());
}
