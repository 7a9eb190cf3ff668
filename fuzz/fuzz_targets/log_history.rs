//! Any bytes to the reader `history` of `readers.rs`: an answer, and no panic, overflow or endless work.
//! Run from this folder's parent: `cargo +nightly fuzz run log_history fuzz/corpus/history fuzz/seeds/history -- -max_len=70000 -timeout=5`
#![no_main]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = readers::history(bytes);
});
