//! A witness as its clients see it: what it signs, what it refuses with which code, and what it never forgets.
//! Knows nothing of how it keeps what it saw.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use aegis_core::audit::{
    Answer, Checkpoint, KeyUse, Leaf, Note, NoteSignature, Signed as Held, Submission, VerifierKey,
    proof_of_consistency,
};
use aegis_host::witness::{self, Response, Store, exchange};

use super::kit;
use super::signing::{NAME, Signed, both, checkpoint, log_of, public, root_key, sign_log};

/// A witness that answers on a port of its own until the tests end.
struct Witness {
    folder: tempfile::TempDir,
    url: String,
    key: String,
}

impl Witness {
    fn new(signed: &Signed) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = witness::init(folder.path(), "w.example/1").unwrap();
        knows(folder.path(), signed, 10);
        let store = Store::open(folder.path()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || witness::serve(&store, &listener, &|_| ()));
        Self { folder, url, key }
    }

    fn asks(&self, submission: &Submission) -> Response {
        exchange(&self.url, &submission.body()).unwrap()
    }
}

fn knows(folder: &Path, signed: &Signed, seed: u8) {
    let origin = Checkpoint::origin(NAME, log_of(&signed.lines)).unwrap();
    let key = public(&origin, KeyUse::Note, seed);
    fs::write(folder.join("logs"), format!("# ours\n{key}\n")).unwrap();
}

/// From `old` to `new`, signed by the key `seed`.
fn submission(signed: &Signed, old: usize, new: usize, seed: u8) -> Submission {
    let lines = signed.lines.0.iter().take(new);
    let leaves: Vec<Leaf> = lines.map(|line| Leaf::of_line(line.as_bytes())).collect();
    let note = checkpoint(&signed.lines, new, seed);
    Submission {
        old: old as u64,
        proof: proof_of_consistency(&leaves, old).unwrap_or_default(),
        checkpoint: Checkpoint::parse(note.text()).unwrap(),
        note,
    }
}

#[tokio::test]
async fn an_honest_log_grows_and_is_signed_each_time() {
    let signed = Signed::new().await;
    let witness = Witness::new(&signed);
    let key = VerifierKey::parse(&witness.key).unwrap();
    for (old, new) in [(0, 1), (1, 32), (32, 56), (56, 57), (57, 57)] {
        let asked = submission(&signed, old, new, 10);
        let answer = witness.asks(&asked);
        assert_eq!(answer.status, 200, "{old} to {new}: {answer:?}");
        let mut note = asked.note.clone();
        note.add(NoteSignature::parse(answer.body.strip_suffix('\n').unwrap()).unwrap());
        assert!(matches!(note.signed_by(&key), Held::Yes(Some(time)) if time > 1_700_000_000));
        let again = Submission::parse(asked.body().as_bytes()).unwrap();
        assert_eq!((again.old, again.proof), (asked.old, asked.proof));
    }
}

#[tokio::test]
async fn what_a_witness_will_not_sign_has_codes_of_its_own() {
    let signed = Signed::new().await;
    let witness = Witness::new(&signed);
    assert_eq!(witness.asks(&submission(&signed, 0, 32, 10)).status, 200);
    let good = submission(&signed, 32, 56, 10);
    let status = |submission: &Submission| witness.asks(submission).status;
    // Rolled back, or asked from another size than was seen.
    let answer = witness.asks(&submission(&signed, 0, 20, 10));
    assert_eq!((answer.status, answer.body.as_str()), (409, "32\n"));
    assert_eq!(answer.kind, "text/x.tlog.size");
    assert_eq!(status(&submission(&signed, 20, 56, 10)), 409);
    let mut backwards = good.clone();
    backwards.old = 57;
    assert_eq!(status(&backwards), 400);
    // A fork: the same size with another root, and a larger tree that does not hold the smaller one.
    let mut fork = Signed::new().await;
    fork.lines.0.truncate(60);
    let first = signed.lines.0[0].clone();
    fork.lines.0[0] = first; // the same log id
    assert_eq!(status(&submission(&fork, 32, 32, 10)), 409);
    assert_eq!(status(&submission(&fork, 32, 56, 10)), 422);
    for change in 0..good.proof.len() {
        let mut bad = good.clone();
        bad.proof[change] = Leaf::of_bytes(b"another");
        assert_eq!(status(&bad), 422, "hash {change}");
        bad.proof.remove(change);
        assert_eq!(status(&bad), 422);
    }
    let mut longer = good.clone();
    longer.proof.push(Leaf::of_bytes(b"one more"));
    assert_eq!(status(&longer), 422);
    longer.proof = vec![Leaf::of_bytes(b"many"); 64];
    assert_eq!(status(&longer), 400);
    // Keys: another one in the log's name, a forged signature, a log that nobody named.
    assert_eq!(status(&submission(&signed, 32, 56, 66)), 403);
    let body = good.body();
    let at = body.rfind(' ').unwrap() + 20;
    let mut forged = body.clone().into_bytes();
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    assert_eq!(exchange(&witness.url, &forged).unwrap().status, 403);
    let other = Signed::new().await;
    assert_eq!(status(&submission(&other, 0, 32, 10)), 404);
    for odd in [
        "",
        "old 0\n",
        "old 00\n\nx\n",
        "old -1\n\n",
        &body.replace("old 32", "old  32"),
        &body.replace('\n', "\r\n"),
    ] {
        assert_eq!(exchange(&witness.url, odd).unwrap().status, 400, "{odd:?}");
    }
    // None of it was kept: the good one is signed still, and so is the same once more.
    assert_eq!(status(&good), 200);
    assert_eq!(status(&submission(&signed, 56, 56, 10)), 200);
    assert_eq!(status(&good), 409, "a replay from the old size");
}

#[tokio::test]
async fn of_submissions_from_one_size_exactly_one_is_signed() {
    let signed = Signed::new().await;
    let witness = Witness::new(&signed);
    assert_eq!(witness.asks(&submission(&signed, 0, 32, 10)).status, 200);
    let asked: Vec<Submission> = (33..41)
        .map(|new| submission(&signed, 32, new, 10))
        .collect();
    let codes: Vec<u16> = std::thread::scope(|scope| {
        let witness = &witness;
        let running: Vec<_> = asked
            .iter()
            .map(|one| scope.spawn(move || witness.asks(one).status))
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let signed_ones = codes.iter().filter(|code| **code == 200).count();
    assert_eq!(signed_ones, 1, "{codes:?}");
    assert!(codes.iter().all(|code| [200, 409].contains(code)));
}

#[tokio::test]
async fn what_was_seen_outlives_the_witness_and_nothing_is_signed_that_cannot_be_kept() {
    let signed = Signed::new().await;
    let folder = tempfile::tempdir().unwrap();
    witness::init(folder.path(), "w.example/1").unwrap();
    knows(folder.path(), &signed, 10);
    let store = Store::open(folder.path()).unwrap();
    assert!(
        Store::open(folder.path()).is_err(),
        "two witnesses, one folder"
    );
    let first = submission(&signed, 0, 32, 10);
    assert_eq!(store.add(&first).unwrap().0, Answer::Cosign);
    drop(store);
    // A crash between writing and renaming leaves a file that nobody reads.
    let seen: Vec<_> = fs::read_dir(folder.path().join("seen")).unwrap().collect();
    let seen = seen.into_iter().next().unwrap().unwrap().path();
    let name = seen.file_name().unwrap().to_str().unwrap();
    let draft = seen.with_file_name(format!(".{name}.new"));
    fs::write(&draft, "half a no").unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.add(&first).unwrap().0, Answer::Conflict(32));
    let next = submission(&signed, 32, 56, 10);
    // What was seen cannot be read: it was seen all the same.
    let kept = fs::read(&seen).unwrap();
    for odd in [&b""[..], b"nonsense", &kept[..20]] {
        fs::write(&seen, odd).unwrap();
        assert!(store.add(&next).is_err());
        assert!(store.add(&first).is_err());
    }
    fs::write(&seen, &kept).unwrap();
    fs::create_dir(seen.with_extension("x")).unwrap();
    fs::remove_file(&draft).unwrap();
    fs::create_dir(&draft).unwrap(); // where the new one would be written
    assert!(store.add(&next).is_err(), "signed without being kept");
    fs::remove_dir(&draft).unwrap();
    assert_eq!(store.add(&next).unwrap().0, Answer::Cosign);
    // A log's next key needs no restart.
    knows(folder.path(), &signed, 11);
    assert_eq!(
        store.add(&submission(&signed, 56, 57, 10)).unwrap().0,
        Answer::NotSigned
    );
    assert_eq!(
        store.add(&submission(&signed, 56, 57, 11)).unwrap().0,
        Answer::Cosign
    );
    drop(store);
    let key = folder.path().join("key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(
        Store::open(folder.path()).is_err(),
        "a key that others may read"
    );
    assert!(
        witness::init(folder.path(), "w.example/1").is_err(),
        "a key is never overwritten"
    );
}

#[tokio::test]
async fn hostile_requests_are_answered_or_let_go_within_bounds() {
    let signed = Signed::new().await;
    let witness = Witness::new(&signed);
    let address = witness.url.strip_prefix("http://").unwrap();
    let says = |request: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer).into_owned();
        text.split(' ').nth(1).unwrap_or("nothing").to_owned()
    };
    let post = "POST /add-checkpoint HTTP/1.1\r\n";
    let endless = "a".repeat(20_000);
    for (request, expected) in [
        ("GET /add-checkpoint HTTP/1.1\r\n\r\n".to_owned(), "405"),
        ("POST /elsewhere HTTP/1.1\r\n\r\n".to_owned(), "404"),
        (format!("{post}\r\n"), "400"),
        (
            format!("{post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nold 0"),
            "400",
        ),
        (
            format!("{post}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            "400",
        ),
        (format!("{post}Content-Length: +5\r\n\r\nold 0"), "400"),
        (format!("{post}Content-Length: 99999999999\r\n\r\n"), "413"),
        (format!("{post}Content-Length: 70\r\n\r\nold 0"), "nothing"),
        (format!("{post}x: {endless}\r\n\r\n"), "400"),
        ("\u{1b}[2J".to_owned(), "nothing"),
        ("nonsense\r\n\r\n".to_owned(), "400"),
    ] {
        assert_eq!(
            says(&request),
            expected,
            "{:?}",
            request.get(..90).unwrap_or(&request)
        );
    }
    // Two requests on one connection; then silence on more connections than are held at once.
    let one = "GET /x HTTP/1.1\r\n\r\n";
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("{one}{one}").as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut both = String::new();
    stream.read_to_string(&mut both).unwrap();
    assert_eq!(both.matches("404 Not Found").count(), 2, "{both}");
    let silent: Vec<TcpStream> = (0..40)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    drop(silent);
}

#[tokio::test]
async fn the_client_brings_a_log_to_the_level_of_witnessed() {
    let signed = Signed::new().await;
    let (one, two) = (Witness::new(&signed), Witness::new(&signed));
    let audit = signed.audit();
    let dir = audit.to_str().unwrap();
    let key = root_key();
    let cosign = |witness: &Witness| {
        kit::aegis(&[
            "cosign",
            dir,
            "--witness",
            &witness.url,
            "--key",
            &witness.key,
        ])
        .0
    };
    let level = || {
        let quorum = [
            "--key",
            &key,
            "--witness",
            &one.key,
            "--witness",
            &two.key,
            "--require",
            "witnessed",
        ];
        both(&audit, &quorum).1
    };
    for sizes in [&[32, 56][..], &[32, 56, signed.lines.0.len()]] {
        sign_log(&audit, &signed.lines, sizes);
        assert_eq!(cosign(&one), 0);
        assert_eq!(level(), 3, "one of two");
        assert_eq!(cosign(&two), 0);
        assert_eq!(cosign(&one), 0, "once more is no harm");
    }
    assert_eq!(level(), 0);
    // Put back to an older copy: the witness says so, and the folder still verifies by itself.
    sign_log(&audit, &signed.lines, &[32]);
    fs::remove_file(audit.join("cosigned")).unwrap();
    assert_eq!(cosign(&one), 1);
    // An answer of another witness than the one that was named is none.
    let mixed = kit::aegis(&["cosign", dir, "--witness", &one.url, "--key", &two.key]);
    assert_eq!(mixed.0, 1);
    assert_eq!(
        kit::aegis(&[
            "cosign",
            dir,
            "--witness",
            "http://127.0.0.1:1",
            "--key",
            &one.key
        ])
        .0,
        5
    );
    assert_eq!(
        kit::aegis(&["cosign", dir, "--witness", "https://x", "--key", &one.key]).0,
        5
    );
    assert_eq!(
        kit::aegis(&["cosign", dir, "--witness", &one.url, "--key", &key]).0,
        2
    );
    assert!(one.folder.path().join("seen").exists());
    assert!(Note::parse(&fs::read(audit.join("checkpoint")).unwrap()).is_ok());
}

/// Each of them reads the file, adds a line and puts it back: none may put it back without another one's line.
#[tokio::test]
async fn witnesses_that_sign_at_once_lose_none_of_their_signatures() {
    let signed = Signed::new().await;
    let audit = signed.audit();
    let witnesses: Vec<Witness> = (0..6).map(|_| Witness::new(&signed)).collect();
    for round in 0..3 {
        let _ = fs::remove_file(audit.join("cosigned"));
        std::thread::scope(|scope| {
            for witness in &witnesses {
                let dir = audit.to_str().unwrap();
                scope.spawn(move || {
                    let named = ["--witness", &witness.url, "--key", &witness.key];
                    assert_eq!(kit::aegis(&[&["cosign", dir], &named[..]].concat()).0, 0);
                });
            }
        });
        let note = Note::parse(&fs::read(audit.join("cosigned")).unwrap()).unwrap();
        for witness in &witnesses {
            let key = VerifierKey::parse(&witness.key).unwrap();
            assert!(
                matches!(note.signed_by(&key), Held::Yes(_)),
                "round {round}"
            );
        }
    }
}

/// A witness that is slow comes back with a line for a checkpoint that others are beyond.
#[tokio::test]
async fn a_later_checkpoint_that_was_cosigned_is_not_put_back_to_an_older_one() {
    let signed = Signed::new().await;
    let (one, two) = (Witness::new(&signed), Witness::new(&signed));
    let audit = signed.audit();
    let dir = audit.to_str().unwrap();
    let cosign = |witness: &Witness| {
        let named = ["--witness", &witness.url, "--key", &witness.key];
        kit::aegis(&[&["cosign", dir], &named[..]].concat()).0
    };
    sign_log(&audit, &signed.lines, &[32, 56]);
    assert_eq!(cosign(&one), 0);
    let (later, newest) = (audit.join("cosigned"), audit.join("checkpoint"));
    let kept = fs::read(&later).unwrap();
    // What the slow one was shown; the folder has come further meanwhile, when its answer arrives.
    let (asked, answer) = slow(&two);
    sign_log(&audit, &signed.lines, &[32]);
    fs::remove_file(&later).unwrap();
    let child = std::thread::scope(|scope| {
        let named = ["--witness", &asked, "--key", &two.key];
        let waits = scope.spawn(move || kit::aegis(&[&["cosign", dir], &named[..]].concat()).0);
        answer(&|| {
            sign_log(&audit, &signed.lines, &[32, 56]);
            fs::write(&later, &kept).unwrap();
        });
        waits.join().unwrap()
    });
    assert_eq!(child, 0);
    assert_eq!(fs::read(&later).unwrap(), kept);
    // A note that claims more than the log has is nobody's, and stays in nobody's way.
    let claimed = String::from_utf8(kept)
        .unwrap()
        .replacen("\n56\n", "\n5600\n", 1);
    fs::write(&later, claimed).unwrap();
    assert_eq!(cosign(&two), 0);
    let note = Note::parse(&fs::read(&later).unwrap()).unwrap();
    assert_eq!(
        note.text(),
        Note::parse(&fs::read(newest).unwrap()).unwrap().text()
    );
}

/// A witness behind a door: its address, and what lets one answer through after something else was done.
fn slow(witness: &Witness) -> (String, impl Fn(&dyn Fn())) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let behind = witness.url.strip_prefix("http://").unwrap().to_owned();
    let through = move |first: &dyn Fn()| {
        let (mut from, _) = listener.accept().unwrap();
        let mut to = TcpStream::connect(&behind).unwrap();
        let (mut asked, mut piece) = (String::new(), [0; 4_096]);
        let whole = |asked: &str| {
            let (head, body) = asked.split_once("\r\n\r\n")?;
            let length = head.split_once("Content-Length: ")?.1;
            let length: usize = length.split("\r\n").next()?.parse().ok()?;
            (body.len() == length).then_some(())
        };
        while whole(&asked).is_none() {
            let read = from.read(&mut piece).unwrap();
            asked.push_str(std::str::from_utf8(&piece[..read]).unwrap());
        }
        to.write_all(asked.as_bytes()).unwrap();
        let mut answer = Vec::new();
        to.read_to_end(&mut answer).unwrap();
        first();
        from.write_all(&answer).unwrap();
    };
    (url, through)
}
