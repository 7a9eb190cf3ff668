//! Kernels that are killed, one after the other on one log, and an oracle of what their callers were told.
//! Knows nothing of what a crash leaves behind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aegis_host::clock::Clock;
use aegis_host::journal::{AnchorOptions, Anchoring, Checkpointing, Log, LogOptions, Signing};
use serde_json::Value;

use super::crash::{killed, restart};
use super::{kit, second, signing};

/// What is killed, and how its log is opened and judged.
struct Killed {
    folder: tempfile::TempDir,
    /// Where a root key and what an anchor took lie, where the log is signed.
    away: Option<tempfile::TempDir>,
}

impl Killed {
    fn unsigned() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            away: None,
        }
    }

    async fn signed() -> Self {
        let away = tempfile::tempdir().unwrap();
        let folder = signing::signed_house(&away.path().join("root.key")).await;
        // The anchor takes the newest checkpoint in one step, and keeps the one before.
        let script = format!(
            "cd {} && cat > new && {{ [ ! -e taken ] || cp taken before; }} && mv new taken && echo took it\n",
            away.path().display()
        );
        std::fs::write(folder.path().join(ANCHOR), script).unwrap();
        Self {
            folder,
            away: Some(away),
        }
    }

    async fn restart(&self) {
        match &self.away {
            None => restart(self.folder.path()).await,
            Some(_) => {
                let log = signing::start_signed(self.folder.path()).unwrap();
                log.close().await;
            }
        }
    }

    /// Another key signs from now on.
    fn rotate(&self) {
        if let Some(away) = &self.away {
            let root = away.path().join("root.key");
            let root = root.to_str().unwrap();
            let (code, said) = signing::keys(self.folder.path(), "rotate", &["--root", root]);
            assert_eq!(code, 0, "{said}");
        }
    }

    /// It holds; where it is signed, to its end, and with whatever left the machine.
    fn holds(&self, round: u64) {
        let mut more = Vec::new();
        let root = signing::root_key();
        let taken = self.away.as_ref().map(|away| away.path().join("taken"));
        if let Some(taken) = &taken {
            more.extend(["--key", &root, "--require", "signed"]);
            more.extend(
                taken
                    .exists()
                    .then_some(["--anchor", taken.to_str().unwrap()])
                    .into_iter()
                    .flatten(),
            );
        }
        let (code, report) = second::verify(self.folder.path(), &more);
        assert_eq!(code, 0, "round {round}: {report}");
    }
}

/// The anchor's script in the folder of a house that signs.
const ANCHOR: &str = "anchor.sh";

/// A child's log. A house with keys signs, and shows an anchor what it signed.
pub(super) fn start(folder: &Path, options: LogOptions) -> Log {
    match signing_of(folder) {
        Some(signing) => Log::start_signed(options, Clock::start(), signing).unwrap(),
        None => kit::start(options).unwrap(),
    }
}

/// How a child signs, often; `None` where its folder has no keys.
fn signing_of(folder: &Path) -> Option<Signing> {
    let script = folder.join(ANCHOR);
    let usual = script.exists().then(|| signing::signing(folder))?;
    let anchor = AnchorOptions {
        name: "away".to_owned(),
        command: vec!["/bin/sh".to_owned(), script.to_str().unwrap().to_owned()],
        env: BTreeMap::new(),
        dir: folder.to_owned(),
        timeout_ms: 20_000,
        every_ms: 20,
        witness: None,
    };
    Some(Signing {
        checkpointing: Checkpointing {
            every_ms: 20,
            every_records: 8,
            anchoring: Anchoring {
                anchors: vec![anchor],
                within_ms: None,
            },
            ..usual.checkpointing
        },
        ..usual
    })
}

/// Kills kernels, one after the other on one log, each after so many acknowledgements. The oracle is what their callers were
/// told: every call that was acknowledged is there, each intent has one end, and nothing has two.
async fn kills(house: &Killed, rounds: u64, look_every: u64) {
    let folder = house.folder.path();
    let mut all = BTreeSet::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 1..=rounds {
        // xorshift: the same points each time.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let count = usize::try_from(random % 64).unwrap() + 1;
        let (acknowledged, poisoned) = killed(folder, "", count);
        assert!(!poisoned && acknowledged.len() >= count, "round {round}");
        all.extend(acknowledged);
        house.restart().await;
        if round % look_every == 0 || round == rounds {
            house.holds(round);
            oracle(&kit::records(folder), &all);
            house.rotate();
        }
    }
    let records = kit::records(folder);
    let of = |kind: &str| {
        records
            .iter()
            .filter(|record| record["kind"] == kind)
            .count()
    };
    let cut_off = records
        .iter()
        .filter(|record| record["status"] == "unknown");
    eprintln!(
        "{rounds} kills: {} acknowledgements kept, {} records in {} files, {} calls cut off, {} torn tails declared, {} sealed files, {} checkpoints in the history, {} records of anchors, {} keys",
        all.len(),
        records.len(),
        kit::segments(folder).len(),
        cut_off.count(),
        of("recovery"),
        of("segment.seal"),
        std::fs::read_to_string(folder.join("audit/checkpoints.log"))
            .map_or(0, |history| history.matches("\n\n").count() / 2),
        of("anchor"),
        of("key.rotate"),
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
    kills(&Killed::unsigned(), 6, 3).await;
    kills(&Killed::signed().await, 6, 3).await;
}

/// `cargo test -p aegis-tests --test audit five_hundred -- --ignored --nocapture`; `AEGIS_KILL_ROUNDS` for other numbers.
#[tokio::test]
#[ignore = "takes minutes"]
async fn five_hundred_kernels_killed_one_after_the_other_keep_what_they_acknowledged() {
    let rounds = std::env::var("AEGIS_KILL_ROUNDS").ok();
    let rounds = rounds.map_or(500, |rounds| rounds.parse().unwrap());
    kills(&Killed::unsigned(), rounds, 25).await;
}

/// `cargo test -p aegis-tests --test audit five_hundred_signing -- --ignored --nocapture`
#[tokio::test]
#[ignore = "takes minutes"]
async fn five_hundred_signing_kernels_killed_one_after_the_other_keep_what_they_acknowledged() {
    let rounds = std::env::var("AEGIS_KILL_ROUNDS").ok();
    let rounds = rounds.map_or(500, |rounds| rounds.parse().unwrap());
    kills(&Killed::signed().await, rounds, 25).await;
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
