//! Every byte of a log flipped, and the log cut at every byte: never more is believed than was written.
//! Knows nothing of classes.

use std::fs;
use std::path::Path;

use aegis_core::audit::Verifier;
use aegis_host::journal::{Anchor, Check, HEAD, Scope, check};

use super::kit;

fn checked(folder: &Path) -> Check {
    let dir = folder.join("audit");
    let head = Anchor::read(&dir.join(HEAD)).unwrap();
    check(&dir, Scope::Whole, &Vec::from_iter(head)).unwrap()
}

/// The records of one file, their first bytes' offsets, and the verifier's state before each.
fn states(bytes: &[u8]) -> Vec<(usize, Verifier)> {
    let mut verifier = Verifier::from_start();
    let mut states = Vec::new();
    let mut offset = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        states.push((offset, verifier.clone()));
        verifier.accept(line.strip_suffix(b"\n").unwrap()).unwrap();
        offset += line.len();
    }
    states.push((offset, verifier));
    states
}

#[tokio::test]
async fn no_flipped_byte_goes_unnoticed() {
    let folder = kit::closed(26, u64::MAX).await;
    let file = kit::segments(folder.path()).remove(0);
    let bytes = fs::read(file).unwrap();
    let states = states(&bytes);
    let records = states.len() - 1;
    assert!(records >= 60, "{records}");
    let (_, end) = states.last().unwrap();
    for (at, window) in states.windows(2).enumerate() {
        let [(from, before), (to, _)] = window else {
            unreachable!()
        };
        for position in *from..*to {
            for flip in [0x01_u8, 0x20] {
                let mut changed = bytes[*from..].to_vec();
                changed[position - from] ^= flip;
                let mut verifier = before.clone();
                let mut good = true;
                let mut rest = changed.as_slice();
                // What a flip can do shows in its own line, the next one, or at the head.
                for _ in 0..2 {
                    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                        good &= rest.is_empty();
                        break;
                    };
                    good &= verifier.accept(&rest[..end]).is_ok();
                    rest = &rest[end + 1..];
                    if !good || rest.is_empty() {
                        break;
                    }
                }
                let by_head = at + 1 == records && verifier.last_leaf() != end.last_leaf();
                assert!(
                    !good || by_head,
                    "byte {position} ^ {flip:#x} of record {at}"
                );
            }
        }
    }
}

#[tokio::test]
async fn no_flipped_byte_of_the_files_verifies() {
    let folder = kit::closed(8, u64::MAX).await;
    let dir = folder.path().join("audit");
    for name in ["00000000000000000000.jsonl", HEAD] {
        let path = dir.join(name);
        let bytes = fs::read(&path).unwrap();
        for position in (0..bytes.len()).step_by(if name == HEAD { 1 } else { 13 }) {
            let mut changed = bytes.clone();
            changed[position] ^= 0x01;
            fs::write(&path, changed).unwrap();
            let believed = match Anchor::read(&dir.join(HEAD)) {
                Err(_) => false,
                Ok(_) => {
                    let found = checked(folder.path());
                    found.broken.is_none() && found.torn.is_empty()
                }
            };
            // The head's last byte is its newline, which means nothing.
            let means_nothing = name == HEAD && position + 1 == bytes.len();
            assert!(!believed || means_nothing, "{name}:{position}");
        }
        fs::write(&path, bytes).unwrap();
    }
    assert!(checked(folder.path()).broken.is_none());
}

#[tokio::test]
async fn no_cut_verifies_and_none_is_believed_beyond_its_last_whole_record() {
    let folder = kit::closed(8, u64::MAX).await;
    let file = kit::segments(folder.path()).remove(0);
    let bytes = fs::read(&file).unwrap();
    for length in 0..bytes.len() {
        let near_an_end =
            bytes[length.saturating_sub(1)..(length + 2).min(bytes.len())].contains(&b'\n');
        if !near_an_end && length % 17 != 0 {
            continue;
        }
        fs::write(&file, &bytes[..length]).unwrap();
        let found = checked(folder.path());
        let whole = bytes[..length]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        assert_eq!(found.verifier.next_seq(), whole as u64, "cut at {length}");
        assert!(found.broken.is_some(), "cut at {length}");
        // Without the head, a cut between two records cannot be seen from the folder; any other is torn.
        let found = check(&folder.path().join("audit"), Scope::Whole, &[]).unwrap();
        assert!(found.broken.is_none(), "cut at {length}");
        let between = length == 0 || bytes[length - 1] == b'\n';
        assert_eq!(found.torn.is_empty(), between, "cut at {length}");
    }
}
