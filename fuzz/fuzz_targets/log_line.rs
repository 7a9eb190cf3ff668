//! Any bytes to the reader `line` of `readers.rs`: an answer, and no panic, overflow or endless work.
//! Run from this folder's parent: `cargo +nightly fuzz run log_line fuzz/corpus/line fuzz/seeds/line -- -max_len=70000 -timeout=5`
#![no_main]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = readers::line(bytes);
});
