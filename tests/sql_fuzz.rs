//! Seeds of the fuzzer and thousands of mutations of them: every text is answered, by facts or by a refusal.
//! Knows nothing of what the answer is. The same mutations in every run; `AEGIS_SQL_CASES` asks for more.

use std::path::PathBuf;

use aegis_core::inspect::sql::{self, Dialect};
use aegis_core::manifest::{Catalog, catalog_file};

const CATALOG: &str = include_str!("corpus/sql/catalog.toml");

use support::{Dice, answer, mutate, on_small_stack, seeds};

#[cfg(test)]
mod support {
    use super::*;

    pub(super) fn seeds() -> Vec<String> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/sql");
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        let read = |file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        files.into_iter().map(read).collect()
    }

    /// xorshift64: a failure repeats itself.
    pub(super) struct Dice(pub(super) u64);

    impl Dice {
        pub(super) fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % (bound.max(1) as u64)).unwrap()
        }
    }

    const PIECES: &[&str] = &[
        "(",
        ")",
        ",",
        ";",
        "'",
        "\"",
        "$$",
        "--",
        "/*",
        "*/",
        "::",
        "END",
        " UNION ",
        " SELECT ",
        "*",
        ".",
        " AS ",
        "\u{0}",
        "\r",
        "\\",
        "E'",
        "U&\"",
        "x'",
        "$1",
        "?",
        " NOT ",
        " IS ",
        " EXCLUDE TIES)",
        "TABLE orders ",
        "U&\"\\0061\"",
        " UESCAPE '!'",
        "- -",
        "(x).*",
        "(BOTH FROM ",
        " INDEXED BY ",
        " ISNULL ",
        " ONLY ",
        "\u{301}",
        "\u{fe0f}",
        "WITH x AS (",
        " RETURNING *",
        "0x",
        "[",
        "]",
    ];

    /// One to four cuts, insertions, doublings and crossings with another seed.
    pub(super) fn mutate(seeds: &[String], dice: &mut Dice) -> String {
        let mut text: Vec<char> = seeds[dice.below(seeds.len())].chars().collect();
        for _ in 0..=dice.below(4) {
            let at = dice.below(text.len() + 1);
            let end = (at + dice.below(30)).min(text.len());
            match dice.below(4) {
                0 => drop(text.drain(at..end)),
                1 => drop(text.splice(at..at, PIECES[dice.below(PIECES.len())].chars())),
                2 => {
                    let part: Vec<char> = text[at..end].to_vec();
                    let times = 1 + dice.below(40);
                    drop(text.splice(at..at, part.repeat(times)));
                }
                _ => {
                    let other: Vec<char> = seeds[dice.below(seeds.len())].chars().collect();
                    let from = dice.below(other.len() + 1);
                    drop(text.splice(at..end, other[from..].iter().copied()));
                }
            }
        }
        text.into_iter().collect()
    }

    pub(super) fn answer(sql: &str, catalog: &Catalog) {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let reading = sql::read(sql, dialect, catalog);
            assert!(
                reading.refusal.is_some() || !reading.kinds.is_empty(),
                "an answer without a kind: {sql}"
            );
        }
    }

    /// A quarter of what the command line gives to its thread.
    pub(super) fn on_small_stack(work: impl FnOnce() + Send + 'static) {
        std::thread::Builder::new()
            .stack_size(4 << 20)
            .spawn(work)
            .unwrap()
            .join()
            .unwrap();
    }
}

#[test]
fn seeds_and_their_mutations_are_answered() {
    let cases = std::env::var("AEGIS_SQL_CASES").ok();
    let cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(4_000);
    on_small_stack(move || {
        let catalog = catalog_file::parse(CATALOG).unwrap();
        let seeds = seeds();
        assert!(seeds.len() >= 100, "only {} seeds", seeds.len());
        for seed in &seeds {
            answer(seed, &catalog);
        }
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        for _ in 0..cases {
            answer(&mutate(&seeds, &mut dice), &catalog);
        }
    });
}
