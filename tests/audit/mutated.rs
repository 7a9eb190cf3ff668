//! What lies beside a log may be anything: readers of lines, notes, histories, proofs and submissions answer, and never panic.
//! Knows nothing of what is right.

#[path = "../../fuzz/readers.rs"]
mod readers;

use readers::READERS;

use super::signing::{Signed, root_key};

/// A generator of numbers that gives the same ones each time: xorshift64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (bound.max(1) as u64)).unwrap()
    }
}

/// One to four changes: a byte put, a piece removed, doubled or moved, the end cut off.
fn mutated(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    const PUT: &[u8] = b"\n\0 -+=\"\\{}0923AZaz\xe2\x80\x94\xff";
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let to = (at + dice.below(40)).min(bytes.len());
        match dice.below(5) {
            0 if at < bytes.len() => bytes[at] = PUT[dice.below(PUT.len())],
            1 => drop(bytes.drain(at..to)),
            2 => {
                let piece = bytes[at..to].to_vec();
                let place = dice.below(bytes.len());
                bytes.splice(place..place, piece);
            }
            3 => bytes.truncate(at),
            _ => bytes.insert(at.min(bytes.len()), PUT[dice.below(PUT.len())]),
        }
    }
    bytes
}

/// The seeds of a reader, in order; each of them is read.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = aegis_tests::root().join("fuzz/seeds").join(name);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

/// Half a megabyte of stack: whatever nests is not followed down without a bound.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(work);
    thread.unwrap().join().unwrap();
}

/// The same mutations in every run; `AEGIS_READER_CASES` asks for more of them.
#[test]
fn readers_answer_whatever_they_are_given() {
    let cases = std::env::var("AEGIS_READER_CASES").ok();
    let cases: usize = cases.map_or(1_500, |cases| cases.parse().unwrap());
    on_small_stack(move || {
        for (name, read) in READERS {
            let seeds = seeds(name);
            assert!(
                seeds.len() > 3 && seeds.iter().all(|seed| read(seed)),
                "{name}"
            );
            let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
            let mut taken = 0;
            for turn in 0..cases {
                taken += usize::from(read(&mutated(&seeds[turn % seeds.len()], &mut dice)));
            }
            assert!(taken < cases, "{name}: {taken}");
        }
    });
}

/// As long as is admitted, and longer, of whatever could cost more than its length.
#[test]
fn readers_answer_what_is_long_deep_or_many() {
    on_small_stack(|| {
        let note = seeds("note").remove(0);
        let (text, line) = note.split_at(note.windows(2).position(|w| w == b"\n\n").unwrap() + 2);
        for (name, read) in READERS {
            for piece in [
                "[",
                "{\"a\":",
                "\n",
                "\n\n",
                "0",
                "\"",
                "\\u0000",
                "+",
                "A",
                "\u{2014} a b\n",
                " ",
            ] {
                for bytes in [4_096, 70_000] {
                    let much = piece.repeat(bytes / piece.len());
                    assert!(!read(much.as_bytes()), "{name}: {piece:?}");
                    let seed = &seeds(name)[0];
                    for at in [0, seed.len() / 2] {
                        let mut long = seed.clone();
                        long.splice(at..at, much.bytes());
                        let _ = read(&long);
                    }
                }
            }
            for count in [63, 64, 65, 5_000] {
                let many = [text, &line.repeat(count)].concat();
                let _ = read(&many);
            }
        }
    });
}

/// A checkpoint that its history does not hold is said, and so is a history that is not there.
#[tokio::test]
async fn a_history_that_is_behind_or_missing_is_said() {
    let signed = Signed::new().await;
    let audit = signed.audit();
    let doubts = || {
        let (code, report) = super::kit::verify(signed.folder.path(), &["--key", &root_key()]);
        assert_eq!(code, 0, "{report}");
        report["not_proven"].to_string()
    };
    assert!(!doubts().contains("history"));
    let path = audit.join("checkpoints.log");
    let history = std::fs::read_to_string(&path).unwrap();
    let end = history.rfind("\n\nkernel.example/").unwrap() + 2; // where the last note begins
    std::fs::write(&path, &history[..end]).unwrap();
    assert!(doubts().contains("the newest checkpoint is not in the history"));
    std::fs::remove_file(&path).unwrap();
    assert!(doubts().contains("the history of checkpoints is missing"));
}

/// What a crash set aside is read too, and a pipe under such a name is not waited for.
#[tokio::test]
async fn a_pipe_among_what_was_set_aside_is_not_waited_for() {
    let folder = super::kit::closed(3, u64::MAX).await;
    let pipe = folder.path().join("audit/00000000000000000000.torn-1");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let dir = folder.path().join("audit");
    assert_eq!(super::signing::both(&dir, &[]).1, 5);
}

/// Makes the seeds of the readers anew, where the format has changed:
/// `cargo test -p aegis-tests --test audit seeds_are_made -- --ignored`
#[tokio::test]
#[ignore = "writes into the repository"]
async fn seeds_are_made() {
    let signed = Signed::new().await;
    let audit = signed.audit();
    let folder = aegis_tests::root().join("fuzz/seeds");
    let write = |name: &str, at: usize, bytes: &[u8]| {
        std::fs::write(folder.join(name).join(format!("{at:03}")), bytes).unwrap();
    };
    let stone = format!(
        "{{\"tombstone\":{{\"auth\":9,\"leaf\":\"{}\",\"seq\":3}}}}",
        "ab".repeat(32)
    );
    let lines = super::plain::lines().into_iter().chain([stone]);
    let own = signed.lines.0.iter().step_by(9).cloned();
    for (at, line) in lines.chain(own).enumerate() {
        write("line", at, line.as_bytes());
    }
    let history = std::fs::read_to_string(audit.join("checkpoints.log")).unwrap();
    let mut many = super::signing::checkpoint(&signed.lines, 40, 10);
    for seed in 20..25 {
        let usage = aegis_core::audit::KeyUse::Cosignature;
        super::signing::sign(&mut many, "w.example/1", usage, seed);
    }
    let certificate = std::fs::read_to_string(audit.join("keys/0.cert")).unwrap();
    let one = super::signing::checkpoint(&signed.lines, 1, 10).to_string();
    for (at, note) in [many.to_string(), certificate, one.clone(), {
        super::signing::checkpoint(&signed.lines, 57, 10).to_string()
    }]
    .iter()
    .enumerate()
    {
        write("note", at, note.as_bytes());
        let entry = format!("{one}\n{note}\n");
        write("history", at, entry.as_bytes());
        let hashes = format!("{}=\n", "A".repeat(43)).repeat(at);
        write(
            "submission",
            at,
            format!("old {at}\n{hashes}\n{one}").as_bytes(),
        );
        write(
            "anchor",
            at,
            format!(
                "{{\"leaf\":\"{}\",\"log\":\"01m8gxbpccr2kh0esehxajwkqv\",\"seq\":{at}}}",
                "0a".repeat(32)
            )
            .as_bytes(),
        );
    }
    write("history", 4, history.as_bytes());
    for (at, seq) in ["0", "20", "31", "55"].into_iter().enumerate() {
        let file = signed.anchor("p");
        let dir = audit.to_str().unwrap();
        assert_eq!(super::kit::aegis(&["prove", seq, dir, "-o", &file]).0, 0);
        write("proof", at, &std::fs::read(&file).unwrap());
    }
}
