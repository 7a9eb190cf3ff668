//! Random queries: SQLite judges the lineage of each, and no rewriting may lose a source.
//! Knows nothing of how a query is resolved.

#[cfg(test)]
#[path = "support/sql_author.rs"]
mod author;
#[cfg(test)]
#[path = "support/sql_engine.rs"]
mod engine;
#[cfg(test)]
#[path = "support/sql_oracle.rs"]
mod oracle;
#[cfg(test)]
#[path = "support/sql_sqlite.rs"]
mod sqlite;
#[cfg(test)]
#[path = "support/sql_world.rs"]
mod world;

use aegis_core::inspect::sql::{self, Dialect, Reading};
use aegis_core::manifest::{Catalog, catalog_file};
use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

const CATALOG: &str = include_str!("corpus/sql/catalog.toml");

use support::run;

#[cfg(test)]
mod support {
    use super::*;

    fn setting(name: &str) -> Option<u32> {
        std::env::var(name).ok()?.parse().ok()
    }

    /// The same cases in every run; `AEGIS_SQL_CASES` asks for more of them, `AEGIS_SQL_SEED` for others.
    pub(super) fn run(default_cases: u32, check: impl Fn(&str, &Catalog) -> Result<(), String>) {
        let cases = setting("AEGIS_SQL_CASES").unwrap_or(default_cases);
        let mut seed = [7; 32];
        seed[..4].copy_from_slice(&setting("AEGIS_SQL_SEED").unwrap_or(0).to_le_bytes());
        let config = Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        };
        let mut runner =
            TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        let catalog = catalog_file::parse(CATALOG).unwrap();
        let outcome = runner.run(&vec(0..u16::MAX, 0..160), |choices| {
            let sql = author::Author::write(&choices);
            check(&sql, &catalog)
                .map_err(|problem| TestCaseError::fail(format!("{sql}\n{problem}")))
        });
        if let Err(fault) = outcome {
            panic!("{fault}");
        }
    }
}

#[test]
fn the_engine_agrees_with_random_queries() {
    let oracle = oracle::Oracle::new(sqlite::Sqlite::new);
    let ran = std::cell::Cell::new(0_u32);
    let tried = std::cell::Cell::new(0_u32);
    run(250, |sql, catalog| {
        let reading = sql::read(sql, Dialect::Sqlite, catalog);
        tried.set(tried.get() + 1);
        ran.set(ran.get() + u32::from(reading.refusal.is_none() && oracle.runs(sql).is_ok()));
        match oracle.judge(sql, &reading) {
            problems if problems.is_empty() => Ok(()),
            problems => Err(problems.join("\n")),
        }
    });
    assert!(
        ran.get() * 2 > tried.get(),
        "only {} of {} random queries were read and ran",
        ran.get(),
        tried.get()
    );
}

/// Whether every output of one reading has at least the sources and labels of the other's.
fn covers(wide: &Reading, narrow: &Reading) -> Result<(), String> {
    for (at, (wide, narrow)) in wide.outputs.iter().zip(&narrow.outputs).enumerate() {
        if !wide.sources.is_superset(&narrow.sources) || !wide.labels.is_superset(&narrow.labels) {
            return Err(format!(
                "output {at} loses {:?}",
                narrow.sources.difference(&wide.sources)
            ));
        }
    }
    match wide
        .predicate_columns
        .is_superset(&narrow.predicate_columns)
    {
        true => Ok(()),
        false => Err("a predicate is lost".to_owned()),
    }
}

#[test]
fn no_rewriting_loses_a_source() {
    run(250, |sql, catalog| {
        let plain = sql::read(sql, Dialect::Sqlite, catalog);
        if plain.refusal.is_some() {
            return Ok(());
        }
        let names: Vec<String> = (0..plain.outputs.len())
            .map(|at| format!("z{at}"))
            .collect();
        let list = names.join(", ");
        let wrapped: Vec<String> = names
            .iter()
            .map(|name| format!("upper({name}) AS {name}"))
            .collect();
        let rewritings = [
            format!("SELECT * FROM ({sql})"),
            format!("SELECT * FROM ({sql}) AS d"),
            format!("WITH d({list}) AS ({sql}) SELECT {list} FROM d"),
            format!("WITH d({list}) AS ({sql}) SELECT d.* FROM d"),
            format!(
                "WITH d({list}) AS ({sql}) SELECT {} FROM d",
                wrapped.join(", ")
            ),
            format!(
                "WITH d({list}) AS ({sql}), e AS (SELECT * FROM d UNION ALL SELECT * FROM d) SELECT * FROM e"
            ),
        ];
        for rewritten in rewritings {
            let reading = sql::read(&rewritten, Dialect::Sqlite, catalog);
            if reading.refusal.is_none() {
                covers(&reading, &plain).map_err(|problem| format!("{rewritten}\n{problem}"))?;
            }
        }
        Ok(())
    });
}
