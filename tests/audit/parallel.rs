//! However many cores read a log, and however it is cut into pieces for them, the same is found.
//! Knows nothing of what is right or wrong with it.

use std::fs;
use std::path::Path;

use aegis_verify::{Auditor, Report, Request};

use super::kit;
use super::signing::{Signed, root_key};

/// What is found with one core and the usual pieces, and that any other way finds the same.
pub(super) fn alike(dir: &Path, auditor: &Auditor) -> String {
    let found = |threads, chunk| {
        let request = Request {
            auditor: Auditor {
                threads,
                chunk,
                ..auditor.clone()
            },
            ..Request::default()
        };
        match Report::of(dir, &request) {
            Ok(report) => report.to_json().to_string(),
            Err(error) => error.to_string(),
        }
    };
    let alone = found(1, 0);
    for (threads, chunk) in [(1, 97), (2, 0), (2, 700), (3, 1_500), (5, 64)] {
        let other = found(threads, chunk);
        assert_eq!(alone, other, "{threads} threads, {chunk} bytes at once");
    }
    alone
}

#[tokio::test]
async fn flips_cuts_and_additions_are_found_alike_by_any_number_of_cores() {
    let folder = kit::closed(40, 8_192).await;
    let dir = folder.path().join("audit");
    let files = kit::segments(folder.path());
    assert!(files.len() > 3);
    let auditor = Auditor::default();
    assert!(alike(&dir, &auditor).contains("VERIFIED"));
    for (at, file) in files.iter().enumerate() {
        let bytes = fs::read(file).unwrap();
        let mut changes: Vec<Vec<u8>> = Vec::new();
        for position in (at..bytes.len()).step_by(3_989) {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1;
            changes.push(flipped);
            changes.push(bytes[..position].to_vec());
            let mut nul = bytes[..position].to_vec();
            nul.resize(bytes.len(), 0);
            changes.push(nul);
        }
        let mut endless = bytes.clone();
        endless.resize(bytes.len() + 70_000, b'x');
        changes.push(endless);
        changes.push(Vec::new());
        for change in changes {
            fs::write(file, change).unwrap();
            alike(&dir, &auditor);
        }
        fs::remove_file(file).unwrap();
        alike(&dir, &auditor);
        fs::write(file, bytes).unwrap();
    }
    assert!(alike(&dir, &auditor).contains("VERIFIED"));
}

#[tokio::test]
async fn a_signed_log_is_judged_alike_by_any_number_of_cores() {
    let signed = Signed::new().await;
    let key = aegis_verify::read_key(&root_key()).unwrap();
    let auditor = Auditor {
        keys: vec![key],
        ..Auditor::default()
    };
    assert!(alike(&signed.audit(), &auditor).contains("\"signed\""));
    for name in ["checkpoints.log", "checkpoint", "keys/0.cert"] {
        let path = signed.audit().join(name);
        let bytes = fs::read(&path).unwrap();
        for position in (0..bytes.len()).step_by(199) {
            let mut flipped = bytes.clone();
            flipped[position] ^= 4;
            fs::write(&path, flipped).unwrap();
            alike(&signed.audit(), &auditor);
        }
        fs::write(&path, bytes).unwrap();
    }
}
