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
#[path = "support/sql_author_postgres.rs"]
mod postgres_author;
#[cfg(test)]
#[path = "support/sql_rewritings.rs"]
mod rewritings;
#[cfg(test)]
#[path = "support/sql_runs.rs"]
mod runs;
#[cfg(test)]
#[path = "support/sql_sqlite.rs"]
mod sqlite;
#[cfg(test)]
#[path = "support/sql_world.rs"]
mod world;

use aegis_core::inspect::sql::{self, Dialect};
use aegis_core::manifest::Catalog;
use rewritings::{covers, rewritings};
use runs::{read_and_ran, run};

#[test]
fn the_engine_agrees_with_random_queries() {
    let oracle = oracle::Oracle::new(sqlite::Sqlite::new);
    let ran = std::cell::Cell::new(0_u32);
    let tried = std::cell::Cell::new(0_u32);
    run(
        250,
        |choices: &[u16]| author::Author::write(choices),
        |sql, catalog| {
            let reading = sql::read(sql, Dialect::Sqlite, catalog);
            tried.set(tried.get() + 1);
            let counts = read_and_ran(sql, &reading, |sql| oracle.runs(sql));
            ran.set(ran.get() + u32::from(counts));
            match oracle.judge(sql, &reading) {
                problems if problems.is_empty() => Ok(()),
                problems => Err(problems.join("\n")),
            }
        },
    );
    assert!(
        ran.get() * 2 > tried.get(),
        "only {} of {} random queries were read and ran",
        ran.get(),
        tried.get()
    );
}

/// The same for statements that write: what they return, what they leave, and where labelled columns go.
#[test]
fn the_engine_agrees_with_random_writes() {
    let oracle = oracle::Oracle::new(sqlite::Sqlite::new);
    let ran = std::cell::Cell::new(0_u32);
    let tried = std::cell::Cell::new(0_u32);
    run(
        120,
        |choices: &[u16]| author::Author::write_change(choices),
        |sql, catalog| {
            let reading = sql::read(sql, Dialect::Sqlite, catalog);
            tried.set(tried.get() + 1);
            let counts = read_and_ran(sql, &reading, |sql| oracle.runs(sql));
            ran.set(ran.get() + u32::from(counts));
            match oracle.judge_write(sql, &reading) {
                problems if problems.is_empty() => Ok(()),
                problems => Err(problems.join("\n")),
            }
        },
    );
    assert!(
        ran.get() * 3 > tried.get(),
        "only {} of {} random writes were read and ran",
        ran.get(),
        tried.get()
    );
}

fn loses_nothing(sql: &str, dialect: Dialect, catalog: &Catalog) -> Result<(), String> {
    let plain = sql::read(sql, dialect, catalog);
    if plain.refusal.is_some() {
        return Ok(());
    }
    let inner = sql.trim_end_matches(';');
    for rewritten in rewritings(inner, plain.outputs.len()) {
        let reading = sql::read(&rewritten, dialect, catalog);
        if reading.refusal.is_none() {
            covers(&reading, &plain).map_err(|problem| format!("{rewritten}\n{problem}"))?;
        }
    }
    Ok(())
}

#[test]
fn no_rewriting_loses_a_source() {
    run(
        250,
        |choices: &[u16]| author::Author::write(choices),
        |sql, catalog| loses_nothing(sql, Dialect::Sqlite, catalog),
    );
}

#[test]
fn random_postgres_writes_are_told() {
    run(
        250,
        |choices: &[u16]| postgres_author::Author::write_change(choices),
        |sql, catalog| {
            let reading = sql::read(sql, Dialect::Postgres, catalog);
            match reading.refusal.is_some() || !reading.read_only() && !reading.writes.is_empty() {
                true => Ok(()),
                false => Err("a write is said to write nothing".to_owned()),
            }
        },
    );
}

#[test]
fn no_rewriting_for_postgres_loses_a_source() {
    run(
        250,
        |choices: &[u16]| postgres_author::Author::write(choices),
        |sql, catalog| loses_nothing(sql, Dialect::Postgres, catalog),
    );
}
