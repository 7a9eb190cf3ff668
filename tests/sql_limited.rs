//! A query with a limit set into its text: as written here, and for every query of the corpora, where SQLite is the judge.
//! Knows nothing of policy.

#[cfg(test)]
#[path = "support/sql_cases.rs"]
mod cases;
#[cfg(test)]
#[path = "support/sql_engine.rs"]
#[allow(dead_code, reason = "this judge needs a part of the engine alone")]
mod engine;
#[cfg(test)]
#[path = "support/sql_sqlite.rs"]
mod sqlite;
#[cfg(test)]
#[path = "support/sql_world.rs"]
#[allow(dead_code, reason = "this judge varies nothing")]
mod world;

use aegis_core::inspect::sql::{self, Dialect, Limited, limited};
use cases::{cases, catalog};
use engine::Engine as _;

const BOTH: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

fn said(sql: &str, dialect: Dialect, most: u64) -> String {
    match limited(sql, dialect, most) {
        Ok(Limited::AsItIs) => "as it is".to_owned(),
        Ok(Limited::Other(text)) => text,
        Err(refusal) => refusal.rule.to_owned(),
    }
}

/// Texts for both engines, and what becomes of them with at most five rows.
const OF_BOTH: &[(&str, &str)] = &[
    ("SELECT id FROM orders", "SELECT id FROM orders LIMIT 5"),
    (
        "SELECT id FROM orders ; ",
        "SELECT id FROM orders LIMIT 5 ; ",
    ),
    (
        "SELECT id FROM orders -- LIMIT 3",
        "SELECT id FROM orders LIMIT 5 -- LIMIT 3",
    ),
    (
        "SELECT 'ü' FROM orders /* ü */",
        "SELECT 'ü' FROM orders LIMIT 5 /* ü */",
    ),
    (
        "SELECT id\nFROM orders\nORDER BY id DESC",
        "SELECT id\nFROM orders\nORDER BY id DESC LIMIT 5",
    ),
    ("SELECT id FROM orders LIMIT 5", "as it is"),
    ("SELECT id FROM orders limit 4 OFFSET 900", "as it is"),
    (
        "SELECT id FROM orders LIMIT 600",
        "SELECT id FROM orders LIMIT 5",
    ),
    (
        "SELECT id FROM orders LIMIT 600 OFFSET 7 -- b",
        "SELECT id FROM orders LIMIT 5 OFFSET 7 -- b",
    ),
    (
        "SELECT id FROM (SELECT id FROM orders LIMIT 600) q",
        "SELECT id FROM (SELECT id FROM orders LIMIT 600) q LIMIT 5",
    ),
    (
        "SELECT id FROM (SELECT id FROM orders LIMIT 600) q LIMIT 700",
        "SELECT id FROM (SELECT id FROM orders LIMIT 600) q LIMIT 5",
    ),
    (
        "SELECT id FROM orders UNION ALL SELECT id FROM orders",
        "SELECT id FROM orders UNION ALL SELECT id FROM orders LIMIT 5",
    ),
    (
        "WITH q AS (SELECT id FROM orders) SELECT id FROM q",
        "WITH q AS (SELECT id FROM orders) SELECT id FROM q LIMIT 5",
    ),
    (
        "SELECT id AS \"limit\" FROM orders LIMIT 9",
        "SELECT id AS \"limit\" FROM orders LIMIT 5",
    ),
    // What is no plain number is not believed to be one.
    ("SELECT id FROM orders LIMIT 2 + 2", "sql.limit"),
    ("SELECT id FROM orders LIMIT -1", "sql.limit"),
    ("SELECT id FROM orders LIMIT 1e0", "sql.limit"),
    (
        "SELECT id FROM orders LIMIT (SELECT 1 LIMIT 900)",
        "sql.limit",
    ),
    (
        "SELECT id FROM orders LIMIT 900 OFFSET (SELECT 1 LIMIT 900)",
        "sql.limit",
    ),
    (
        "SELECT id FROM orders LIMIT 99999999999999999999",
        "sql.limit",
    ),
    ("VALUES (1), (2), (3), (4), (5)", "as it is"),
    ("VALUES (1), (2), (3), (4), (5), (6)", "sql.limit"),
    // What changes data is bounded elsewhere.
    ("DELETE FROM orders WHERE id = 1", "as it is"),
    ("INSERT INTO orders (id) VALUES (1)", "as it is"),
    ("SELECT 1; SELECT 2", "sql.more-than-one-statement"),
];

/// Texts for one of them.
const OF_ONE: &[(Dialect, &str, &str)] = &[
    (
        Dialect::Sqlite,
        "SELECT id FROM orders LIMIT ?",
        "sql.limit",
    ),
    (
        Dialect::Sqlite,
        "SELECT id FROM orders LIMIT 2, 5",
        "as it is",
    ),
    (
        Dialect::Sqlite,
        "SELECT id FROM orders LIMIT 2, 900",
        "sql.limit",
    ),
    (
        Dialect::Sqlite,
        "SELECT id FROM orders LIMIT 900, 900",
        "sql.limit",
    ),
    (
        Dialect::Postgres,
        "SELECT id FROM orders LIMIT $1",
        "sql.limit",
    ),
    (
        Dialect::Postgres,
        "SELECT id FROM orders OFFSET 7",
        "SELECT id FROM orders OFFSET 7 LIMIT 5",
    ),
    (
        Dialect::Postgres,
        "SELECT id FROM orders FETCH FIRST 5 ROWS ONLY",
        "as it is",
    ),
    (
        Dialect::Postgres,
        "SELECT id FROM orders FETCH FIRST ROW ONLY",
        "as it is",
    ),
    (
        Dialect::Postgres,
        "SELECT id FROM orders FETCH FIRST 6 ROWS ONLY",
        "sql.limit",
    ),
    (
        Dialect::Postgres,
        "SELECT id FROM orders FETCH FIRST 5 ROWS WITH TIES",
        "sql.limit",
    ),
    (
        Dialect::Postgres,
        "SELECT id FROM orders FETCH FIRST 5 PERCENT ROWS ONLY",
        "sql.limit",
    ),
    (
        Dialect::Postgres,
        "SELECT id FROM orders FOR UPDATE",
        "sql.limit",
    ),
    (
        Dialect::Postgres,
        "SELECT id FROM orders LIMIT ALL",
        "sql.limit",
    ),
    (
        Dialect::Postgres,
        "(SELECT id FROM orders LIMIT 900)",
        "(SELECT id FROM orders LIMIT 900) LIMIT 5",
    ),
    (
        Dialect::Postgres,
        "SELECT $$ -- ; $$ FROM orders",
        "SELECT $$ -- ; $$ FROM orders LIMIT 5",
    ),
];

#[test]
fn a_limit_is_added_lowered_left_or_refused() {
    for (sql, wanted) in OF_BOTH {
        for dialect in BOTH {
            assert_eq!(said(sql, dialect, 5), *wanted, "{dialect:?} {sql}");
        }
    }
    for (dialect, sql, wanted) in OF_ONE {
        assert_eq!(said(sql, *dialect, 5), *wanted, "{sql}");
    }
}

/// Whatever is read by itself: the other text has the same facts, is limited for good, and gives to the engine the first
/// of the same rows.
#[test]
fn a_limit_changes_nothing_but_how_many_rows_there_are() {
    let (texts, refused, run) = judge(5);
    assert!(texts > 60 && run > 40, "{texts} queries, {run} answers");
    assert!(
        refused * 20 < texts,
        "{refused} of {texts} cannot be limited"
    );
}

/// `cargo test -p aegis-tests --test sql_limited -- --ignored`
#[test]
#[ignore = "every case of the corpora takes its time"]
fn a_limit_changes_nothing_in_all_of_the_corpora() {
    let (texts, refused, run) = judge(1);
    assert!(texts > 300 && run > 200, "{texts} queries, {run} answers");
    assert!(
        refused * 50 < texts,
        "{refused} of {texts} cannot be limited"
    );
}

/// Every so-manieth case: how many queries there were, how many could not be limited, how many the engine answered.
fn judge(step: usize) -> (usize, usize, usize) {
    let catalog = catalog();
    let db = sqlite::Sqlite::new(None);
    let (mut texts, mut refused, mut run) = (0_usize, 0_usize, 0_usize);
    for (dialect, group, sql, _) in cases().into_iter().step_by(step) {
        let reading = sql::read(&sql, dialect, &catalog);
        if reading.refusal.is_some() || sql.len() > 2_000 {
            continue;
        }
        texts += usize::from(reading.read_only());
        for most in [1, 3] {
            let other = match limited(&sql, dialect, most) {
                Ok(Limited::AsItIs) => continue,
                Ok(Limited::Other(text)) => text,
                Err(_) => {
                    refused += usize::from(most == 3);
                    continue;
                }
            };
            let mut before = reading.clone();
            let mut after = sql::read(&other, dialect, &catalog);
            (before.steps, after.steps) = (0, 0);
            // SQLite takes a comment at the very end for a part of the last column's name.
            let commented = sql.contains("--") || sql.contains("/*");
            for output in before.outputs.iter_mut().chain(&mut after.outputs) {
                if commented {
                    output.name.clear();
                }
            }
            assert_eq!(before, after, "{group}\n    {sql}\n    {other}");
            assert_eq!(
                limited(&other, dialect, most),
                Ok(Limited::AsItIs),
                "{other}"
            );
            if dialect != Dialect::Sqlite {
                continue;
            }
            let (Ok(all), Ok(some)) = (db.answer(&sql), db.answer(&other)) else {
                assert!(db.answer(&sql).is_err(), "{other}");
                continue;
            };
            run += 1;
            assert!(commented || all.names == some.names, "{other}");
            let most = usize::try_from(most).unwrap();
            assert_eq!(some.rows.len(), all.rows.len().min(most), "{other}");
            // Without an order an engine may begin with others.
            let random = sql.to_ascii_lowercase().contains("random");
            let known = some.rows.iter().all(|row| all.rows.contains(row));
            assert!(known || random, "{other}");
        }
    }
    (texts, refused, run)
}
