//! Parquet files of several writers as the kernel reads them, damaged ones, and ones that unpack to too much.
//! Knows nothing of stores.

use std::path::{Path, PathBuf};

use aegis_core::manifest::Format;
use aegis_core::receipt::suite::{Cell, ContentFault, ParquetFault, Rows};
use aegis_tests::root;
use proptest::prelude::*;

fn folder() -> PathBuf {
    root().join("tests/corpus/parquet")
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "parquet"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

/// The same table, written by pyarrow, polars and DuckDB in all the encodings and compressions that they have.
#[test]
fn every_writers_file_is_the_same_table() {
    let text = std::fs::read(folder().join("table.jsonl")).unwrap();
    let wanted = Rows::read(Format::Jsonl, &text).unwrap();
    let files = files(&folder());
    assert!(files.len() >= 16, "{}", files.len());
    let mut complaints = Vec::new();
    for (name, bytes) in files {
        let rows = match Rows::read(Format::Parquet, &bytes) {
            Ok(rows) => rows,
            Err(fault) => {
                complaints.push(format!("{name}: {fault:?}"));
                continue;
            }
        };
        if rows.columns() != wanted.columns() || rows.len() != wanted.len() {
            complaints.push(format!("{name}: {:?}, {}", rows.columns(), rows.len()));
            continue;
        }
        for column in wanted.columns() {
            let differs = (0..wanted.len()).find(|row| {
                let (got, want) = (rows.cell(*row, column), wanted.cell(*row, column));
                got.unwrap() != want.unwrap()
            });
            if let Some(row) = differs {
                let (got, want) = (rows.cell(row, column), wanted.cell(row, column));
                complaints.push(format!(
                    "{name}: row {row}, {column}: {got:?} is not {want:?}"
                ));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    let fault = |name: &str| {
        let bytes = std::fs::read(folder().join("refused").join(name)).unwrap();
        Rows::read(Format::Parquet, &bytes).map(|rows| rows.len())
    };
    let parquet = |fault| Err(ContentFault::Parquet(fault));
    assert_eq!(fault("nested-list.parquet"), parquet(ParquetFault::Nested));
    assert_eq!(
        fault("nested-struct.parquet"),
        parquet(ParquetFault::Nested)
    );
    assert_eq!(fault("codec-brotli.parquet"), parquet(ParquetFault::Codec));
    assert_eq!(fault("codec-lz4.parquet"), parquet(ParquetFault::Codec));
    assert_eq!(fault("no-columns.parquet"), Err(ContentFault::NoColumns));
    assert_eq!(
        fault("twin-columns.parquet"),
        Err(ContentFault::ColumnNames)
    );
    let read = |bytes: &[u8]| Rows::read(Format::Parquet, bytes).map(|rows| rows.len());
    assert_eq!(read(b"PARE....PARE"), parquet(ParquetFault::Encrypted));
    for bytes in [
        &b""[..],
        b"PAR1",
        b"PAR1PAR1",
        b"PAR1\0\0\0\0PAR1",
        b"id,a\n1,2\n",
    ] {
        assert_eq!(read(bytes), parquet(ParquetFault::Damaged), "{bytes:?}");
    }
}

/// A few hundred bytes can hold a gigabyte; none of it is made.
#[test]
fn a_small_file_that_unpacks_to_too_much_is_refused() {
    for name in ["one-text", "zeros", "nulls"] {
        let path = folder().join(format!("refused/bomb-of-{name}.parquet"));
        let bytes = std::fs::read(path).unwrap();
        let fault = Rows::read(Format::Parquet, &bytes).map(|rows| rows.len());
        assert_eq!(fault, Err(ContentFault::TooManyCells), "{name}");
    }
}

#[test]
fn a_file_that_ends_early_is_damaged_wherever_it_ends() {
    for (name, bytes) in files(&folder()) {
        for length in 0..bytes.len() {
            let fault = Rows::read(Format::Parquet, &bytes[..length]).map(|rows| rows.len());
            let damaged = Err(ContentFault::Parquet(ParquetFault::Damaged));
            assert_eq!(fault, damaged, "{name}, {length} bytes");
        }
    }
}

/// Bytes of every file with one bit of each turned, some of the pages' and all of the footer's end: rows or a fault.
#[test]
fn a_turned_bit_ends_in_rows_or_in_a_fault() {
    let (mut read, mut refused) = (0, 0);
    for (name, mut bytes) in files(&folder()) {
        let footer = bytes.len().saturating_sub(300);
        for at in (0..bytes.len()).filter(|at| at % 29 == 0 || *at > footer) {
            let bit = 1 << ((at * 5 + name.len()) % 8);
            bytes[at] ^= bit;
            match Rows::read(Format::Parquet, &bytes) {
                Ok(rows) => {
                    read += 1;
                    let whole = |row| rows.columns().iter().all(|c| rows.cell(row, c).is_some());
                    assert!((0..rows.len()).all(whole), "{name} {at}: a ragged row");
                }
                Err(_) => refused += 1,
            }
            bytes[at] ^= bit;
        }
    }
    assert!(read > 100 && refused > 500, "{read} {refused}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Pieces of files written over each other: lengths and offsets that fit nothing.
    #[test]
    fn a_patchwork_of_files_ends_in_rows_or_in_a_fault(
        which in 0_usize..64,
        patches in prop::collection::vec((0_usize..16_384, 0_usize..16_384, 1_usize..40), 1..6),
        number in prop::collection::vec((0_usize..16_384, prop::sample::select(vec![0_u8, 1, 0x7f, 0x80, 0xff])), 0..6),
    ) {
        let files = files(&folder());
        let mut bytes = files[which % files.len()].1.clone();
        for (to, from, count) in patches {
            for step in 0..count {
                let byte = bytes[(from + step) % bytes.len()];
                let at = (to + step) % bytes.len();
                bytes[at] = byte;
            }
        }
        for (at, value) in number {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        let last = bytes.len();
        bytes[..4].copy_from_slice(b"PAR1");
        bytes[last - 4..].copy_from_slice(b"PAR1");
        if let Ok(rows) = Rows::read(Format::Parquet, &bytes) {
            prop_assert!(rows.len() <= 4_000_000);
        }
    }
}

/// What a schema's words and other checks find in typed cells.
#[test]
fn cells_are_what_the_file_says() {
    let bytes = std::fs::read(folder().join("pyarrow-snappy.parquet")).unwrap();
    let rows = Rows::read(Format::Parquet, &bytes).unwrap();
    let cell = |row, column| rows.cell(row, column).unwrap();
    assert_eq!(cell(0, "amount").text().unwrap(), "-500.00");
    assert!(matches!(cell(0, "id"), Cell::Number(_)));
    assert!(matches!(cell(0, "ok"), Cell::Bool(true)));
    assert_eq!(cell(0, "day").text().unwrap(), "1969-12-20");
    assert_eq!(cell(3, "name"), &Cell::Empty);
}
