//! Kernels that are killed, one after the other on one log, and an oracle of what their callers were told.
//! Knows nothing of what a crash leaves behind.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::crash::{killed, restart};
use super::kit;

/// Kills kernels, one after the other on one log, each after so many acknowledgements. The oracle is what their callers were
/// told: every call that was acknowledged is there, each intent has one end, and nothing has two.
async fn kills(rounds: u64, look_every: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut all = BTreeSet::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 1..=rounds {
        // xorshift: the same points each time.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let count = usize::try_from(random % 64).unwrap() + 1;
        let (acknowledged, poisoned) = killed(folder.path(), "", count);
        assert!(!poisoned && acknowledged.len() >= count);
        all.extend(acknowledged);
        restart(folder.path()).await;
        if round % look_every == 0 || round == rounds {
            let (code, report) = kit::verify(folder.path(), &[]);
            assert_eq!(code, 0, "round {round}: {report}");
            oracle(&kit::records(folder.path()), &all);
        }
    }
    let records = kit::records(folder.path());
    let cut_off = records
        .iter()
        .filter(|record| record["status"] == "unknown");
    let recoveries = records.iter().filter(|record| record["kind"] == "recovery");
    eprintln!(
        "{rounds} kills: {} acknowledgements kept, {} records in {} files, {} calls cut off, {} torn tails declared",
        all.len(),
        records.len(),
        kit::segments(folder.path()).len(),
        cut_off.count(),
        recoveries.count(),
    );
}

fn oracle(records: &[Value], acknowledged: &BTreeSet<String>) {
    let mut ends = BTreeMap::new();
    for record in records {
        let call = || record["call"].as_str().unwrap().to_owned();
        match record["kind"].as_str().unwrap() {
            "intent" => assert_eq!(ends.insert(call(), String::new()), None),
            "outcome" => {
                let status = record["status"].as_str().unwrap().to_owned();
                assert_eq!(ends.insert(call(), status), Some(String::new()));
            }
            _ => {}
        }
    }
    assert!(
        ends.values().all(|end| !end.is_empty()),
        "an intent without its end"
    );
    for what in acknowledged {
        let (phase, call) = what.split_once(' ').unwrap();
        let end = ends
            .get(call)
            .unwrap_or_else(|| panic!("{what} is not there"));
        assert!(phase == "begin" || end == "ok", "{what} ended as {end}");
    }
}

#[tokio::test]
async fn some_kernels_killed_one_after_the_other_keep_what_they_acknowledged() {
    kills(6, 3).await;
}

/// `cargo test -p aegis-tests --test audit five_hundred -- --ignored --nocapture`; `AEGIS_KILL_ROUNDS` for other numbers.
#[tokio::test]
#[ignore = "takes minutes"]
async fn five_hundred_kernels_killed_one_after_the_other_keep_what_they_acknowledged() {
    let rounds = std::env::var("AEGIS_KILL_ROUNDS").ok();
    kills(rounds.map_or(500, |rounds| rounds.parse().unwrap()), 25).await;
}

/// The window is short: a file is sealed, and what the kernel last noted of its log is older than the seal.
#[tokio::test]
async fn a_kernel_killed_between_a_seal_and_the_next_file_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    let options = || aegis_host::journal::LogOptions {
        segment_bytes_max: 8 * 1024,
        ..kit::options(folder.path())
    };
    let log = kit::start(options()).unwrap();
    kit::calls(&log, 0..2).await;
    log.close().await;
    let noted = ["audit/head", "second.head", "second.resume"];
    let before = noted.map(|name| std::fs::read(folder.path().join(name)).unwrap());
    let log = kit::start(options()).unwrap();
    kit::calls(&log, 2..12).await;
    log.close().await;
    let files = kit::segments(folder.path());
    assert!(files.len() > 1);
    for later in &files[1..] {
        std::fs::remove_file(later).unwrap();
        std::fs::remove_file(later.with_extension("tiles")).unwrap();
    }
    for (name, bytes) in noted.iter().zip(&before) {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let last = kit::records(folder.path()).pop().unwrap();
    assert_eq!(last["kind"], "segment.seal");
    restart(folder.path()).await;
    let (code, report) = kit::verify(folder.path(), &[]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(kit::segments(folder.path()).len(), 2);
}
