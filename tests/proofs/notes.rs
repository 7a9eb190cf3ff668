//! Signed notes, keys, checkpoints and cosignatures, with vectors of other implementations.
//! Knows nothing of trees.

use aegis_core::audit::{
    Checkpoint, History, Id, KeyUse, Leaf, Note, NoteFault, Signed, Signer, SigningKey, VerifierKey,
};
use aegis_core::limits;

/// The example of golang.org/x/mod/sumdb/note, whose format C2SP signed-note describes.
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n\
    — EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
/// The example of C2SP tlog-cosignature.
const COSIGNED: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn signed(text: &str, names: &[(&str, u8)]) -> Note {
    let mut note = Note::new(text.to_owned());
    for (name, seed) in names {
        let key = key(*seed);
        let line = Signer::new(name, KeyUse::Note, &key)
            .unwrap()
            .sign(&note, 0);
        note.add(line);
    }
    note
}

fn public(name: &str, usage: KeyUse, seed: u8) -> VerifierKey {
    VerifierKey::new(name, usage, key(seed).verifying_key().as_bytes()).unwrap()
}

#[test]
fn another_implementations_notes_and_keys() {
    let note = Note::parse(NOTE.as_bytes()).unwrap();
    assert_eq!(note.to_string(), NOTE);
    for text in [NEUMANN, ENOCH] {
        let key = VerifierKey::parse(text).unwrap();
        assert_eq!(key.to_string(), text);
        assert_eq!(note.signed_by(&key), Signed::Yes(None), "{text}");
    }
    assert_eq!(
        note.signed_by(&public("PeterNeumann", KeyUse::Note, 1)),
        Signed::No
    );
    let changed = Note::parse(NOTE.replacen("think", "thank", 1).as_bytes()).unwrap();
    let key = VerifierKey::parse(NEUMANN).unwrap();
    assert_eq!(changed.signed_by(&key), Signed::Forged);
}

#[test]
fn the_published_checkpoint() {
    let note = Note::parse(COSIGNED.as_bytes()).unwrap();
    assert_eq!(note.to_string(), COSIGNED);
    let checkpoint = Checkpoint::parse(note.text()).unwrap();
    assert_eq!(
        (checkpoint.origin.as_str(), checkpoint.size),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    assert_eq!(checkpoint.note().text(), note.text());
    // 72 bytes beside the key's id: a time and an Ed25519 signature.
    assert_eq!(note.signatures()[1].bytes.len(), 72);
    assert_eq!(
        note.signatures()[1].bytes[..8],
        1_679_315_147_u64.to_be_bytes()
    );
}

#[test]
fn what_is_no_note() {
    let line = "— a AAAAAAA=\n";
    let wrong = [
        ("", NoteFault::Shape),
        ("text\n", NoteFault::Shape),
        ("text\n\n", NoteFault::Shape),
        ("\n\n— a AAAAAAA=\n", NoteFault::Shape),
        ("text\n\n— a AAAAAAA=", NoteFault::Shape),
        ("text\n\n- a AAAAAAA=\n", NoteFault::Signature),
        ("text\n\n— a+b AAAAAAA=\n", NoteFault::Signature),
        ("text\n\n— a\u{a0}b AAAAAAA=\n", NoteFault::Signature),
        ("text\n\n—  AAAAAAA=\n", NoteFault::Signature),
        ("text\n\n— a AAAA\n", NoteFault::Signature),
        ("text\n\n— a AAAAAA==\n", NoteFault::Signature),
        ("text\n\n— a AAAAAAB=\n", NoteFault::Signature),
        ("text\n\n— a AAAA AAA=\n", NoteFault::Signature),
        ("te\txt\n\n— a AAAAAAA=\n", NoteFault::Text),
        ("te\rxt\n\n— a AAAAAAA=\n", NoteFault::Text),
        ("te\0xt\n\n— a AAAAAAA=\n", NoteFault::Text),
    ];
    for (text, fault) in wrong {
        assert_eq!(Note::parse(text.as_bytes()).unwrap_err(), fault, "{text:?}");
    }
    assert_eq!(Note::parse(b"te\xffxt\n\n").unwrap_err(), NoteFault::Text);
    let long = format!("{}\n\n{line}", "x".repeat(limits::NOTE_BYTES_MAX));
    assert_eq!(
        Note::parse(long.as_bytes()).unwrap_err(),
        NoteFault::TooLong
    );
    let many = |count| format!("text\n\n{}", line.repeat(count));
    assert!(Note::parse(many(limits::NOTE_SIGNATURES_MAX).as_bytes()).is_ok());
    let beyond = many(limits::NOTE_SIGNATURES_MAX + 1);
    assert_eq!(
        Note::parse(beyond.as_bytes()).unwrap_err(),
        NoteFault::Signature
    );
    // A text may hold empty lines and lines that look like signatures: the last empty line ends it.
    let odd = Note::parse(format!("a\n\n{line}\nb\n\n{line}").as_bytes()).unwrap();
    assert_eq!(odd.text(), format!("a\n\n{line}\nb\n"));
}

#[test]
fn what_is_no_key() {
    let good = public("a", KeyUse::Note, 7).to_string();
    assert!(VerifierKey::parse(&good).is_some());
    let id = &good[2..10];
    let other = if id.starts_with('0') { "1" } else { "0" };
    for wrong in [
        good.replacen(&id[..1], other, 1),
        good.replacen("a+", "b+", 1),
        good.replacen("a+", "+", 1),
        good.replacen("a+", "a a+", 1),
        good.to_uppercase(),
        good[..good.len() - 4].to_owned(),
        format!("{good}AAAA"),
        format!("{good}\n"),
        String::new(),
    ] {
        assert!(VerifierKey::parse(&wrong).is_none(), "{wrong}");
    }
    // Points of small order sign anything.
    let mut identity = [0_u8; 32];
    identity[0] = 1;
    assert!(VerifierKey::new("a", KeyUse::Note, &identity).is_none());
    assert!(VerifierKey::new("a", KeyUse::Note, &[0; 32]).is_none());
    let long = "n".repeat(limits::KEY_NAME_BYTES_MAX + 1);
    assert!(VerifierKey::new(&long, KeyUse::Note, key(1).verifying_key().as_bytes()).is_none());
}

#[test]
fn signatures_count_for_their_key_alone() {
    let note = signed("text\n", &[("log", 1), ("log", 2)]);
    assert_eq!(Note::parse(note.to_string().as_bytes()).unwrap(), note);
    assert_eq!(
        note.signed_by(&public("log", KeyUse::Note, 1)),
        Signed::Yes(None)
    );
    assert_eq!(
        note.signed_by(&public("log", KeyUse::Note, 2)),
        Signed::Yes(None)
    );
    assert_eq!(note.signed_by(&public("log", KeyUse::Note, 3)), Signed::No);
    assert_eq!(
        note.signed_by(&public("other", KeyUse::Note, 1)),
        Signed::No
    );
    // The same key under the other algorithm is another key.
    assert_eq!(
        note.signed_by(&public("log", KeyUse::Cosignature, 1)),
        Signed::No
    );
    // One false line of a key spoils its true one.
    let mut spoilt = note.clone();
    let mut line = note.signatures()[0].clone();
    line.bytes[5] ^= 1;
    spoilt.add(line);
    assert_eq!(
        spoilt.signed_by(&public("log", KeyUse::Note, 1)),
        Signed::Forged
    );
    assert_eq!(
        spoilt.signed_by(&public("log", KeyUse::Note, 2)),
        Signed::Yes(None)
    );
}

#[test]
fn a_cosignature_says_when_and_binds_it() {
    let text = Checkpoint {
        origin: "log".into(),
        size: 3,
        root: Leaf::of_bytes(b"root"),
        extensions: Vec::new(),
    };
    let mut note = text.note();
    let key = key(9);
    let witness = Signer::new("w.example/1", KeyUse::Cosignature, &key).unwrap();
    let line = witness.sign(&note, 1_795_000_000);
    note.add(line.clone());
    let public = witness.verifier_key().clone();
    assert_eq!(VerifierKey::parse(&public.to_string()).unwrap(), public);
    assert_eq!(note.signed_by(&public), Signed::Yes(Some(1_795_000_000)));
    for at in 0..line.bytes.len() {
        let mut changed = line.clone();
        changed.bytes[at] ^= 1;
        let mut note = text.note();
        note.add(changed);
        assert_eq!(note.signed_by(&public), Signed::Forged, "byte {at}");
    }
    let plain = Signer::new("w.example/1", KeyUse::Note, &key).unwrap();
    let mut note = text.note();
    note.add(plain.sign(&note, 0));
    assert_eq!(
        note.signed_by(&public),
        Signed::No,
        "a plain signature is no cosignature"
    );
}

#[test]
fn what_is_no_checkpoint() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let good = format!("origin\n0\n{root}\n");
    assert_eq!(Checkpoint::parse(&good).unwrap().size, 0);
    for wrong in [
        format!("\n0\n{root}\n"),
        format!("origin\n00\n{root}\n"),
        format!("origin\n+1\n{root}\n"),
        format!("origin\n\n{root}\n"),
        format!("origin\n18446744073709551616\n{root}\n"),
        format!("origin\n1\n{}\n", &root[4..]),
        format!("origin\n1\n{}\n", root.trim_end_matches('=')),
        format!("origin\n1\n{root}"),
        "origin\n1\n".to_owned(),
        format!("origin\n1\n{root}\n\n"),
    ] {
        assert!(Checkpoint::parse(&wrong).is_none(), "{wrong:?}");
    }
    let extended = Checkpoint::parse(&format!("{good}more\n")).unwrap();
    assert_eq!(extended.extensions, ["more"]);
    let log = Id::new(1_795_176_000_000, [3; 10]);
    let origin = Checkpoint::origin("kernel.example", log).unwrap();
    let ours = Checkpoint { origin, ..extended };
    assert_eq!(ours.log(), Some(log));
    assert_eq!(Checkpoint::parse(&good).unwrap().log(), None);
    for name in ["", "a b", "a+b", "a\nb"] {
        assert_eq!(Checkpoint::origin(name, log), None, "{name:?}");
    }
}

#[test]
fn a_history_is_read_from_any_chunks_and_ends_where_it_was_torn() {
    let notes: Vec<Note> = (0..5)
        .map(|n| signed(&format!("log\n{n}\n"), &[("log", 1), ("log", 2)]))
        .collect();
    let file: String = notes.iter().map(History::entry).collect();
    for chunk in [1, 7, 100, file.len()] {
        let mut history = History::default();
        let mut read = Vec::new();
        for bytes in file.as_bytes().chunks(chunk) {
            history.push(bytes);
            while let Some((at, note)) = history.next_note().unwrap() {
                assert!(file[at as usize..].starts_with(note.text()));
                read.push(note);
            }
        }
        assert_eq!(read, notes);
        assert!(!history.is_torn());
        assert_eq!(history.whole_bytes(), file.len() as u64);
    }
    let entry = History::entry(&notes[0]);
    for cut in 0..entry.len() {
        let mut history = History::default();
        history.push(&entry.as_bytes()[..cut]);
        assert_eq!(history.next_note(), Ok(None), "cut at {cut}");
        assert_eq!(history.is_torn(), cut > 0);
        assert_eq!(history.whole_bytes(), 0);
    }
    let mut endless = History::default();
    endless.push(&vec![b'x'; limits::NOTE_BYTES_MAX + 1]);
    assert_eq!(endless.next_note(), Err(NoteFault::TooLong));
    let mut endless = History::default();
    endless.push("x\n".repeat(limits::NOTE_BYTES_MAX).as_bytes());
    assert_eq!(endless.next_note(), Err(NoteFault::TooLong));
}
