//! Epoch keys under an offline root: which keys may have signed a checkpoint of which size.
//! Knows nothing of folders.

use aegis_core::audit::{
    Believed, Checkpoint, EpochCertificate, Judged, KeyUse, Leaf, Note, Signer, SigningKey, Trust,
    VerifierKey,
};

const LOG: &str = "kernel.example/aegis/01JD4M00000000000000000000";
const ROOT: &str = "acme.example/aegis-root";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(name: &str, seed: u8) -> VerifierKey {
    VerifierKey::new(name, KeyUse::Note, key(seed).verifying_key().as_bytes()).unwrap()
}

fn sign(note: &mut Note, name: &str, seed: u8) {
    let key = key(seed);
    let line = Signer::new(name, KeyUse::Note, &key).unwrap().sign(note, 0);
    note.add(line);
}

/// The certificate of epoch `n`, whose key is `10 + n`.
fn certificate(n: u8, from: u64) -> EpochCertificate {
    EpochCertificate {
        origin: LOG.to_owned(),
        epoch: n.into(),
        from,
        since_s: 1_795_176_000,
        key: public(LOG, 10 + n),
        previous: (n > 0).then(|| public(LOG, 9 + n)),
    }
}

fn by(certificate: &EpochCertificate, signers: &[(&str, u8)]) -> Note {
    let mut note = certificate.note();
    signers
        .iter()
        .for_each(|(name, seed)| sign(&mut note, name, *seed));
    note
}

fn checkpoint(size: u64, seed: u8) -> Note {
    let checkpoint = Checkpoint {
        origin: LOG.to_owned(),
        size,
        root: Leaf::of_bytes(b"any"),
        extensions: Vec::new(),
    };
    let mut note = checkpoint.note();
    sign(&mut note, LOG, seed);
    note
}

fn says(trust: &Trust, size: u64, seed: u8) -> &'static str {
    match trust.judge(&checkpoint(size, seed), size) {
        Judged::Unknown => "unknown",
        Judged::Forged(_) => "forged",
        Judged::OutOfEpoch(_) => "out of epoch",
        Judged::Signed(_) => "signed",
    }
}

#[test]
fn a_certificate_is_read_as_it_was_written() {
    for certificate in [certificate(0, 0), certificate(3, 77)] {
        let text = certificate.note().text().to_owned();
        assert_eq!(EpochCertificate::parse(&text), Some(certificate.clone()));
        for line in 0..text.lines().count() {
            let without: String = text
                .lines()
                .enumerate()
                .filter(|(at, _)| *at != line)
                .map(|(_, l)| format!("{l}\n"))
                .collect();
            assert_eq!(EpochCertificate::parse(&without), None, "{without}");
        }
        assert_eq!(EpochCertificate::parse(&format!("{text}more 1\n")), None);
        assert_eq!(EpochCertificate::parse(text.trim_end()), None);
    }
    let text = certificate(1, 5).note().text().to_owned();
    for (from, to) in [
        ("epoch 1", "epoch 0"),
        ("from 5", "from 05"),
        ("/v1", "/v2"),
        (LOG, "x/aegis/y"),
    ] {
        assert_eq!(
            EpochCertificate::parse(&text.replacen(from, to, 1)),
            None,
            "{to}"
        );
    }
    let twice = EpochCertificate {
        previous: Some(public(LOG, 11)),
        ..certificate(1, 5)
    };
    assert_eq!(
        EpochCertificate::parse(twice.note().text()),
        None,
        "a key that follows itself"
    );
}

#[test]
fn a_root_key_certifies_and_each_key_signs_within_its_epoch() {
    let certificates = [
        by(&certificate(1, 100), &[(ROOT, 1), (LOG, 10)]),
        by(&certificate(0, 0), &[(ROOT, 1)]),
    ];
    let trust = Trust::new(LOG, &[public(ROOT, 1)], &certificates).unwrap();
    assert!(trust.has_root());
    let shown: Vec<_> = trust
        .epochs()
        .iter()
        .map(|e| (e.number, e.from, e.until, e.believed))
        .collect();
    assert_eq!(
        shown,
        [
            (Some(0), 0, Some(100), Believed::Root),
            (Some(1), 100, None, Believed::Root)
        ]
    );
    assert_eq!(says(&trust, 64, 10), "signed");
    assert_eq!(says(&trust, 100, 10), "signed");
    assert_eq!(says(&trust, 101, 10), "out of epoch");
    assert_eq!(says(&trust, 100, 11), "signed");
    assert_eq!(says(&trust, 99, 11), "out of epoch");
    assert_eq!(says(&trust, 64, 12), "unknown");
    // The root certifies; it signs no checkpoints.
    assert_eq!(says(&trust, 64, 1), "unknown");
}

#[test]
fn what_lies_beside_the_log_is_believed_for_its_signatures_alone() {
    let certificates = [
        by(&certificate(0, 0), &[("mallory", 66)]),
        by(&certificate(1, 9), &[(LOG, 10)]),
    ];
    let nobody = Trust::new(LOG, &[], &certificates).unwrap();
    assert_eq!(nobody.epochs(), []);
    let root = Trust::new(LOG, &[public(ROOT, 1)], &certificates).unwrap();
    assert_eq!(
        root.epochs(),
        [],
        "a key does not certify itself, nor its successor without the root"
    );
    assert_eq!(says(&root, 64, 10), "unknown");
    // A root of the same name and another key.
    let other = Trust::new(
        LOG,
        &[public(ROOT, 2)],
        &[by(&certificate(0, 0), &[(ROOT, 1)])],
    )
    .unwrap();
    assert_eq!(other.epochs(), []);
    // Certificates of another log.
    let theirs = Trust::new(
        "other/aegis/x",
        &[public(ROOT, 1)],
        &[by(&certificate(0, 0), &[(ROOT, 1)])],
    )
    .unwrap();
    assert_eq!(theirs.epochs(), []);
}

#[test]
fn a_pinned_epoch_key_passes_its_office_on() {
    let certificates = [
        by(&certificate(2, 50), &[(LOG, 11)]),
        by(&certificate(1, 20), &[(LOG, 10)]),
    ];
    let trust = Trust::new(LOG, &[public(LOG, 10)], &certificates).unwrap();
    assert!(!trust.has_root());
    assert_eq!(says(&trust, 15, 10), "signed");
    assert_eq!(says(&trust, 21, 10), "out of epoch");
    assert_eq!(says(&trust, 30, 11), "signed");
    assert_eq!(says(&trust, 51, 11), "out of epoch");
    assert_eq!(says(&trust, 60, 12), "signed");
    assert_eq!(trust.epochs()[0].believed, Believed::Before);
    let alone = Trust::new(LOG, &[public(LOG, 10)], &[]).unwrap();
    assert_eq!(says(&alone, 1_000, 10), "signed");
    assert_eq!(says(&alone, 1_000, 11), "unknown");
}

#[test]
fn certificates_that_contradict_each_other_are_refused() {
    let root = [(ROOT, 1)];
    let given = [public(ROOT, 1)];
    let other_key = EpochCertificate {
        key: public(LOG, 99),
        ..certificate(1, 20)
    };
    let gap_in_keys = EpochCertificate {
        previous: Some(public(LOG, 98)),
        ..certificate(1, 20)
    };
    let mut forged = by(&certificate(1, 20), &root);
    let mut line = forged.signatures()[0].clone();
    line.bytes[0] ^= 1;
    forged = certificate(1, 20).note();
    forged.add(line);
    for (what, second) in [
        (
            "two keys of one epoch",
            vec![by(&certificate(1, 20), &root), by(&other_key, &root)],
        ),
        (
            "two beginnings of one epoch",
            vec![
                by(&certificate(1, 20), &root),
                by(&certificate(1, 21), &root),
            ],
        ),
        ("another key before it", vec![by(&gap_in_keys, &root)]),
        ("a forged signature of the root", vec![forged]),
        (
            "backwards",
            vec![
                by(&certificate(1, 20), &root),
                by(&certificate(2, 10), &root),
            ],
        ),
    ] {
        let mut certificates = vec![by(&certificate(0, 5), &root)];
        certificates.extend(second);
        assert!(Trust::new(LOG, &given, &certificates).is_err(), "{what}");
    }
    // The same certificate twice says nothing new.
    let twice = [by(&certificate(0, 0), &root), by(&certificate(0, 0), &root)];
    assert_eq!(Trust::new(LOG, &given, &twice).unwrap().epochs().len(), 1);
}
