//! Any bytes to the reader of frames (`frames.rs`): frames and refusals, and no panic, overflow or endless work.
//! Run from this folder's parent: `cargo +nightly fuzz run wire_frames fuzz/corpus/frames fuzz/seeds/frames -- -max_len=4096 -timeout=5`
#![no_main]

#[path = "../frames.rs"]
mod frames;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = frames::frames(bytes);
});
