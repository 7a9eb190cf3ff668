//! Every byte of a signed log flipped, and the log cut at every byte: nothing is verified beyond the good prefix.
//! Knows nothing of classes.
//!
//! A verifier reads the folder anew for each change, so the whole of it (some 200 records) is an ignored test:
//! `cargo test -p aegis-tests --test audit signed_bytes -- --ignored`. What always runs takes every byte of a sample.

use std::fs;
use std::path::Path;

use aegis_verify::{Auditor, Check, read_key, verify};

use super::kit;
use super::signing::{root_key, signed_house, signing, start_signed};

/// A closed log of `calls` calls, signed by the kernel with checkpoints on the way.
async fn signed(calls: u64) -> (tempfile::TempDir, tempfile::TempDir) {
    let away = tempfile::tempdir().unwrap();
    let folder = signed_house(&away.path().join("root.key")).await;
    assert!(signing(folder.path()).checkpointing.required);
    let log = start_signed(folder.path()).unwrap();
    for n in 0..calls {
        kit::calls(&log, n..n + 1).await;
        if n == calls / 2 {
            assert!(log.checkpoint().await);
        }
    }
    log.close().await;
    // An attacker takes away what is not signed: heads and tiles can be made by anyone.
    for name in ["head", "00000000000000000000.tiles"] {
        fs::remove_file(folder.path().join("audit").join(name)).ok();
    }
    (folder, away)
}

fn checked(audit: &Path) -> Option<Check> {
    let auditor = Auditor {
        keys: vec![read_key(&root_key()).unwrap()],
        threads: 1,
        ..Auditor::default()
    };
    // What cannot be read verifies nothing.
    verify(audit, &auditor, None).ok()
}

/// Whether all of it is verified and signed.
fn whole(check: &Check, records: u64) -> bool {
    let signed = check.found.signed.as_ref();
    let signed = signed.map_or(0, |signed| signed.size);
    check.broken.is_none() && check.torn.is_empty() && signed == records
}

/// How many leading records are those that were written.
fn good(original: &[u8], changed: &[u8]) -> u64 {
    let same = original.iter().zip(changed).take_while(|(a, b)| a == b);
    let same = same.count();
    original[..same]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count() as u64
}

async fn flips_and_cuts(calls: u64, step: usize) {
    let (folder, _away) = signed(calls).await;
    let audit = folder.path().join("audit");
    let records = kit::records(folder.path()).len() as u64;
    assert!(checked(&audit).is_some_and(|check| whole(&check, records)));
    let file = audit.join("00000000000000000000.jsonl");
    let bytes = fs::read(&file).unwrap();
    for position in (0..bytes.len()).step_by(step) {
        let mut changed = bytes.clone();
        changed[position] ^= 1 << (position % 7);
        for text in [&changed[..], &bytes[..position]] {
            fs::write(&file, text).unwrap();
            let Some(check) = checked(&audit) else {
                continue;
            };
            assert!(!whole(&check, records), "byte {position}");
            let signed = check.found.signed.as_ref().map_or(0, |signed| signed.size);
            assert!(
                signed <= good(&bytes, text),
                "byte {position}: {signed} signed"
            );
        }
    }
    fs::write(&file, &bytes).unwrap();
    for name in ["checkpoint", "checkpoints.log", "keys/0.cert"] {
        let path = audit.join(name);
        let bytes = fs::read(&path).unwrap();
        for position in (0..bytes.len()).step_by(step.div_ceil(4)) {
            let mut changed = bytes.clone();
            changed[position] ^= 1 << (position % 7);
            fs::write(&path, &changed).unwrap();
            // Signatures of keys that nobody holds may be changed by anyone; what is signed never is more than is there.
            let check = checked(&audit);
            let signed = check.and_then(|check| check.found.signed);
            assert!(signed.is_none_or(|signed| signed.size <= records));
        }
        fs::write(&path, &bytes).unwrap();
    }
    assert!(checked(&audit).is_some_and(|check| whole(&check, records)));
}

#[tokio::test]
async fn no_flip_and_no_cut_of_a_signed_log_is_verified_beyond_the_good_prefix() {
    flips_and_cuts(8, 823).await;
}

#[tokio::test]
#[ignore = "a folder is read some 400,000 times: minutes"]
async fn no_flip_and_no_cut_of_two_hundred_signed_records_is_verified() {
    flips_and_cuts(86, 1).await;
}
