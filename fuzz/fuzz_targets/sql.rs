//! Any bytes as SQL of both engines: an answer, and no panic, overflow or endless work.
//! Run from this folder's parent: `cargo +nightly fuzz run sql fuzz/corpus/sql fuzz/seeds/sql -- -max_len=4096 -timeout=5`
#![no_main]

use aegis_core::inspect::sql::{self, Dialect};
use aegis_core::manifest::{Catalog, catalog_file};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static CATALOG: Catalog =
        catalog_file::parse(include_str!("../../tests/corpus/sql/catalog.toml")).expect("the catalogue is read");
}

fuzz_target!(|text: &str| {
    CATALOG.with(|catalog| {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let reading = sql::read(text, dialect, catalog);
            assert!(reading.refusal.is_some() || !reading.kinds.is_empty());
        }
    });
});
