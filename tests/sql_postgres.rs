//! PostgreSQL itself as the judge of every PostgreSQL case and of random queries.
//! Knows nothing of policy, nor of how a query is resolved.

#[cfg(test)]
#[path = "support/sql_author_postgres.rs"]
mod author;
#[cfg(test)]
#[path = "support/sql_cases.rs"]
mod cases;
#[cfg(test)]
#[path = "support/sql_engine.rs"]
mod engine;
#[cfg(test)]
#[path = "support/sql_oracle.rs"]
mod oracle;
#[cfg(test)]
#[path = "support/sql_postgres_engine.rs"]
mod postgres_engine;
#[cfg(test)]
#[path = "support/sql_runs.rs"]
mod runs;
#[cfg(test)]
#[path = "support/sql_world.rs"]
mod world;

use aegis_core::inspect::sql::{self, Dialect};
use aegis_tests::PostgresServer;
use cases::{cases, catalog};
use oracle::Oracle;
use postgres_engine::Postgres;

/// PostgreSQL itself is the judge of every PostgreSQL case: that an accepted text is one statement that
/// it runs, of lineage and reads, and of what a text leaves of the database, refused ones included.
#[test]
fn the_engine_agrees_with_every_postgres_case() {
    let Some(server) = PostgresServer::shared("the_engine_agrees_with_every_postgres_case") else {
        return;
    };
    let catalog = catalog();
    let oracle = Oracle::new(|varied| Postgres::new(server, varied));
    let mut wrong = String::new();
    let mut judged = 0;
    for (dialect, group, sql, _) in cases() {
        if dialect != Dialect::Postgres {
            continue;
        }
        let reading = sql::read(&sql, dialect, &catalog);
        let mut problems = oracle.judge(&sql, &reading);
        match oracle.runs(&sql) {
            Ok(()) => judged += usize::from(reading.refusal.is_none()),
            // 42601 is a text that its grammar does not take, or that is more than one statement.
            Err(told) if reading.refusal.is_none() && told.starts_with("42601") => {
                problems.push(format!("accepted, and the engine says {told}"));
            }
            Err(_) => {}
        }
        for problem in problems {
            wrong.push_str(&format!("\n{group}\n    {sql}\n    {problem}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(judged > 150, "only {judged} cases reached the engine");
}

/// Random queries, written for PostgreSQL and judged by it.
#[test]
fn the_engine_agrees_with_random_postgres_queries() {
    let Some(server) = PostgresServer::shared("the_engine_agrees_with_random_postgres_queries")
    else {
        return;
    };
    let oracle = Oracle::new(|varied| Postgres::new(server, varied));
    let counts = std::cell::Cell::new((0_u32, 0_u32, 0_u32));
    runs::run(
        150,
        |choices: &[u16]| author::Author::write(choices),
        |sql, catalog| {
            let reading = sql::read(sql, Dialect::Postgres, catalog);
            let (tried, read, ran) = counts.get();
            let is_read = u32::from(reading.refusal.is_none());
            let does_run = runs::read_and_ran(sql, &reading, |sql| oracle.runs(sql));
            counts.set((tried + 1, read + is_read, ran + u32::from(does_run)));
            match oracle.judge_reading(sql, &reading) {
                problems if problems.is_empty() => Ok(()),
                problems => Err(problems.join("\n")),
            }
        },
    );
    let (tried, read, ran) = counts.get();
    assert!(
        read * 10 > tried * 9 && ran * 10 > tried * 7,
        "of {tried} random queries {read} were read, and {ran} of those ran"
    );
}

/// The same for statements that write: what they return, what they leave, and where labelled columns go.
#[test]
fn the_engine_agrees_with_random_postgres_writes() {
    let Some(server) = PostgresServer::shared("the_engine_agrees_with_random_postgres_writes")
    else {
        return;
    };
    let oracle = Oracle::new(|varied| Postgres::new(server, varied));
    let counts = std::cell::Cell::new((0_u32, 0_u32));
    runs::run(
        25,
        |choices: &[u16]| author::Author::write_change(choices),
        |sql, catalog| {
            let reading = sql::read(sql, Dialect::Postgres, catalog);
            let runs = runs::read_and_ran(sql, &reading, |sql| oracle.runs(sql));
            let (tried, ran) = counts.get();
            counts.set((tried + 1, ran + u32::from(runs)));
            match oracle.judge_write(sql, &reading) {
                problems if problems.is_empty() => Ok(()),
                problems => Err(problems.join("\n")),
            }
        },
    );
    let (tried, ran) = counts.get();
    assert!(
        ran * 2 > tried,
        "of {tried} random writes {ran} were read and ran"
    );
}
