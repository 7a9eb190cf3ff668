//! How fast the log is, beside what the disk itself can do. Run on its own, in release:
//! `cargo test --release -p aegis-tests --test audit speed -- --ignored --nocapture`.
//! Knows nothing of budgets: it prints figures.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use aegis_host::journal::{Scope, check};

use super::kit;

/// Processor time of this process so far, user and system.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10) // USER_HZ is 100 on every Linux
}

fn bytes(folder: &Path) -> u64 {
    let files = kit::segments(folder);
    files
        .iter()
        .map(|file| file.metadata().unwrap().len())
        .sum()
}

fn middle(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// The disk alone: append 700 bytes and sync, again and again.
fn bare(folder: &Path, rounds: usize) -> (Duration, Duration) {
    let mut file = File::create(folder.join("bare")).unwrap();
    let line = [b'x'; 700];
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        file.write_all(&line).unwrap();
        file.sync_data().unwrap();
        times.push(start.elapsed());
    }
    middle(times)
}

/// One call beside two bare syncs, in turns, so that a busy machine is as busy for both.
async fn beside(folder: &Path, rounds: u64) {
    let mut file = File::create(folder.join("beside")).unwrap();
    let line = [b'x'; 700];
    let log = kit::start(aegis_host::journal::LogOptions {
        sync: true,
        ..kit::options(folder)
    });
    let log = log.unwrap();
    let (mut bare, mut calls) = (Vec::new(), Vec::new());
    for n in 0..rounds {
        let start = Instant::now();
        for _ in 0..2 {
            file.write_all(&line).unwrap();
            file.sync_data().unwrap();
        }
        bare.push(start.elapsed());
        let start = Instant::now();
        let debt = log.begin(kit::intent(n)).await.unwrap();
        debt.pay(kit::outcome(n)).await.unwrap();
        calls.push(start.elapsed());
    }
    log.close().await;
    let ((two, _), (call, _)) = (middle(bare), middle(calls));
    let ratio = call.as_secs_f64() / two.as_secs_f64();
    eprintln!("append  a call {call:?} beside two bare syncs {two:?}: {ratio:.2}");
}

async fn appended(sync: bool, tasks: u64, calls: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let options = aegis_host::journal::LogOptions {
        sync,
        ..kit::options(folder.path())
    };
    let log = kit::start(options).unwrap();
    let (start, cpu_start) = (Instant::now(), cpu());
    let mut running = Vec::new();
    for task in 0..tasks {
        let log = log.clone();
        running.push(tokio::spawn(async move {
            let mut times = Vec::new();
            for n in 0..calls / tasks {
                let begun = Instant::now();
                let n = task * 10_000_000 + n;
                let debt = log.begin(kit::intent(n)).await.unwrap();
                debt.pay(kit::outcome(n)).await.unwrap();
                times.push(begun.elapsed());
            }
            times
        }));
    }
    let mut times = Vec::new();
    for task in running {
        times.extend(task.await.unwrap());
    }
    let (took, used) = (start.elapsed(), cpu() - cpu_start);
    log.close().await;
    let records = 2 * times.len() as u32;
    let (p50, p99) = middle(times);
    eprintln!(
        "append  sync {sync:<5} {tasks:>3} in flight: {:>9.0} records/s, {:>6.2} us CPU a record (both sides), call p50 {p50:?} p99 {p99:?}",
        f64::from(records) / took.as_secs_f64(),
        used.as_secs_f64() * 1e6 / f64::from(records),
    );
    folder
}

#[tokio::test]
#[ignore = "a measurement, not a claim"]
async fn figures() {
    let folder = tempfile::tempdir().unwrap();
    let (p50, p99) = bare(folder.path(), 300);
    eprintln!("disk    one bare append + fdatasync: p50 {p50:?} p99 {p99:?}");
    for _ in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        beside(folder.path(), 400).await;
    }
    appended(true, 1, 300).await;
    appended(true, 8, 2_000).await;
    appended(true, 64, 20_000).await;
    appended(false, 1, 20_000).await;
    let folder = appended(false, 64, 500_000).await;
    let size = bytes(folder.path());
    for _ in 0..3 {
        let (start, cpu_start) = (Instant::now(), cpu());
        let found = check(&folder.path().join("audit"), Scope::Whole, &[]).unwrap();
        assert!(found.broken.is_none());
        let (took, used) = (start.elapsed(), cpu() - cpu_start);
        let records = found.verifier.next_seq() as f64;
        eprintln!(
            "verify  {records} records, {} bytes each: {:.0} records/s by CPU, {:.0} by the wall",
            size / records as u64,
            records / used.as_secs_f64(),
            records / took.as_secs_f64(),
        );
    }
}

/// A start on a file of 256 MiB that is gone on with: after a close, and after a kernel that was killed.
#[tokio::test]
#[ignore = "a measurement, not a claim"]
async fn start_on_a_large_file() {
    let folder = tempfile::tempdir().unwrap();
    let options = || aegis_host::journal::LogOptions {
        segment_bytes_max: u64::MAX,
        ..kit::options(folder.path())
    };
    let log = kit::start(options()).unwrap();
    let mut n = 0;
    while bytes(folder.path()) < 256 * 1024 * 1024 {
        let batch = (n..n + 256).map(|n| log.append(kit::denial(n)));
        let all: Vec<_> = batch.collect();
        for one in all {
            one.await.unwrap();
        }
        n += 256;
    }
    // As a crash leaves it: without a close, which would seal it.
    let crashed = tempfile::tempdir().unwrap();
    copy(folder.path(), crashed.path());
    log.close().await;
    let mut least = Duration::MAX;
    for _ in 0..7 {
        let again = tempfile::tempdir().unwrap();
        copy(crashed.path(), again.path());
        let options = aegis_host::journal::LogOptions {
            segment_bytes_max: u64::MAX,
            ..kit::options(again.path())
        };
        let (start, cpu_start) = (Instant::now(), cpu());
        let log = kit::start(options).unwrap();
        let (took, used) = (start.elapsed(), cpu() - cpu_start);
        least = least.min(took);
        eprintln!(
            "start   {} MiB open, {} records: {took:?}, {used:?} of processor time",
            bytes(again.path()) >> 20,
            n,
        );
        drop(log);
    }
    eprintln!("start   least {least:?}");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.join("audit")).unwrap();
    for (from, to) in [
        (from.to_owned(), to.to_owned()),
        (from.join("audit"), to.join("audit")),
    ] {
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        }
    }
}
