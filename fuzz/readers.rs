//! The readers of what lies beside a log, or comes from a witness' client: any bytes are answered, and what is read is written alike.
//! Knows nothing of where bytes come from: the fuzzer's targets and the tests bring them.

use std::collections::BTreeSet;

use aegis_core::audit::{
    Checkpoint, EpochCertificate, Glance, History, KeyUse, Note, NoteSignature, Proof, Reading,
    Record, Submission, Tombstone, VerifierKey,
};
use aegis_verify::Anchor;

/// A reader: whether it takes the bytes.
pub type Reader = fn(&[u8]) -> bool;

/// Every reader, by the name of its seeds.
pub const READERS: [(&str, Reader); 6] = [
    ("line", line),
    ("note", note),
    ("proof", proof),
    ("history", history),
    ("submission", submission),
    ("anchor", anchor),
];

/// A line of a log: the quick reading takes nothing that the long one would not, and the bytes are what a writer writes.
pub fn line(bytes: &[u8]) -> bool {
    let (mut quick, mut long) = (Reading::default(), Vec::new());
    match Glance::of(bytes, &mut quick) {
        Err(_) => {
            assert!(Record::parse(bytes, &mut long).is_err());
            assert!(Tombstone::parse(bytes).is_none());
            false
        }
        Ok(Glance::Tombstone(stone)) => {
            assert_eq!(stone.line().as_bytes(), bytes);
            true
        }
        Ok(Glance::Record(seen)) => {
            let record = Record::parse(bytes, &mut long).expect("as the quick reading says");
            assert_eq!(record.seq.get(), seen.seq);
            assert!(bytes.len() <= 65_535 && seen.seq < 1 << 53);
            true
        }
    }
}

/// A signed note, and whatever it may be: a checkpoint, a certificate; a key and a signature by themselves.
pub fn note(bytes: &[u8]) -> bool {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Some(key) = VerifierKey::parse(text) {
            assert_eq!(key.to_string(), text);
        }
        if let Some(line) = NoteSignature::parse(text) {
            assert_eq!(line.to_string(), text);
        }
    }
    let Ok(read) = Note::parse(bytes) else {
        return false;
    };
    assert_eq!(read.to_string().as_bytes(), bytes);
    assert!(read.signatures().len() <= 64);
    for usage in [KeyUse::Note, KeyUse::Cosignature] {
        let known = VerifierKey::new("kernel.example", usage, &ONE_KEY).expect("a key");
        let _ = read.signed_by(&known);
    }
    if let Some(checkpoint) = Checkpoint::parse(read.text()) {
        assert_eq!(checkpoint.note().text(), read.text());
    }
    if let Some(certificate) = EpochCertificate::parse(read.text()) {
        assert_eq!(certificate.note().text(), read.text());
    }
    true
}

/// A proof in a file of its own, judged too.
pub fn proof(bytes: &[u8]) -> bool {
    let key = VerifierKey::new("kernel.example", KeyUse::Note, &ONE_KEY).expect("a key");
    let judged = aegis_verify::check_proof(bytes, &[key]);
    let Some(read) = Proof::parse(bytes) else {
        assert!(judged.is_err());
        return false;
    };
    assert_eq!(read.to_string().as_bytes(), bytes);
    assert!(read.path.len() <= 63);
    true
}

/// A history of checkpoints, in pieces as it is read: the same notes however it is cut.
pub fn history(bytes: &[u8]) -> bool {
    let mut answers = BTreeSet::new();
    let mut any = false;
    for size in [7, 97, 65_536] {
        let mut read = History::default();
        let mut notes = Vec::new();
        let mut fault = false;
        for piece in bytes.chunks(size) {
            read.push(piece);
            while let Some(next) = read.next_note().transpose() {
                match next {
                    Ok((at, note)) => {
                        assert!(at <= read.whole_bytes());
                        notes.push(note.to_string());
                    }
                    Err(_) => {
                        fault = true;
                        break;
                    }
                }
            }
            if fault {
                break;
            }
        }
        any = !notes.is_empty() && !fault;
        answers.insert((notes, fault));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    any
}

/// What a client sends a witness.
pub fn submission(bytes: &[u8]) -> bool {
    let Some(read) = Submission::parse(bytes) else {
        return false;
    };
    assert_eq!(read.body().as_bytes(), bytes);
    assert!(read.proof.len() <= 63);
    let _ = read.judge(&[], None);
    true
}

/// A head or a receipt.
pub fn anchor(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes);
    text.is_ok_and(|text| Anchor::parse(text).is_ok())
}

/// A point of the curve: RFC 8032 §7.1, test 1.
const ONE_KEY: [u8; 32] = [
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];
