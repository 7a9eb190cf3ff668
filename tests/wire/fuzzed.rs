//! Streams of frames with a few bytes changed: read alike however they are cut, and written again as they were read.
//! Knows nothing of messages.

#[path = "../../fuzz/frames.rs"]
mod frames;

use proptest::prelude::*;

fn seeds() -> Vec<Vec<u8>> {
    let folder = aegis_tests::root().join("fuzz/seeds/frames");
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

#[test]
fn the_seeds_are_frames() {
    for seed in seeds() {
        assert!(frames::frames(&seed), "{}", String::from_utf8_lossy(&seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_changed_stream_is_read_alike_however_it_is_cut(
        seed in prop::sample::select(seeds()),
        changes in prop::collection::vec(
            (
                any::<prop::sample::Index>(),
                prop::sample::select(&b"\"\\{}[]:,u0129eE+-. \t\r\n\0\xC3\xE2\xEF\xBB\xBF\xFFaNt"[..]),
                0_u8..4,
            ),
            1..6,
        ),
    ) {
        let mut bytes = seed;
        for (place, byte, kind) in changes {
            let at = place.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            match kind {
                _ if bytes.is_empty() => bytes.push(byte),
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => bytes.truncate(at),
            }
        }
        frames::frames(&bytes);
    }
}
