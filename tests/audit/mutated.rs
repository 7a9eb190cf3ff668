//! What lies beside a log may be anything: readers of lines, notes, histories, proofs and submissions answer, and never panic.
//! Knows nothing of what is right.

use aegis_core::audit::{Glance, History, Note, Proof, Submission, VerifierKey};

use super::signing::{Signed, checkpoint, root_key};

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

#[tokio::test]
async fn readers_answer_whatever_they_are_given() {
    let signed = Signed::new().await;
    let audit = signed.audit();
    let note = checkpoint(&signed.lines, 40, 10).to_string();
    let history = std::fs::read(audit.join("checkpoints.log")).unwrap();
    let dir = audit.to_str().unwrap();
    let file = signed.anchor("a.tlog-proof");
    assert_eq!(super::kit::aegis(&["prove", "20", dir, "-o", &file]).0, 0);
    let proof = std::fs::read_to_string(&file).unwrap();
    let body = format!("old 1\n{}\n\n{note}", "A".repeat(43) + "=");
    assert!(
        Submission::parse(body.as_bytes()).is_some() && Proof::parse(proof.as_bytes()).is_some()
    );
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut scratch = Vec::new();
    for turn in 0..3_000 {
        let line = signed.lines.0[turn % signed.lines.0.len()].as_bytes();
        if let Ok(Glance::Record(seen)) = Glance::of(&mutated(line, &mut dice), &mut scratch) {
            assert!(seen.seq <= 1 << 53);
        }
        let mut read = History::default();
        for piece in mutated(&history, &mut dice).chunks(97) {
            read.push(piece);
        }
        while let Ok(Some((at, note))) = read.next_note() {
            assert!(at <= read.whole_bytes());
            let again = Note::parse(note.to_string().as_bytes());
            assert_eq!(again.as_ref(), Ok(&note), "what is read is written alike");
        }
        if let Ok(read) = Note::parse(&mutated(note.as_bytes(), &mut dice)) {
            assert_eq!(Note::parse(read.to_string().as_bytes()), Ok(read));
        }
        let _ = Proof::parse(&mutated(proof.as_bytes(), &mut dice));
        if let Some(read) = Submission::parse(&mutated(body.as_bytes(), &mut dice)) {
            assert!(read.proof.len() <= 63);
        }
        let key = mutated(root_key().as_bytes(), &mut dice);
        if let Some(read) = std::str::from_utf8(&key).ok().and_then(VerifierKey::parse) {
            assert_eq!(read.to_string().as_bytes(), key);
        }
    }
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
