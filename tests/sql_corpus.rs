//! Every case of `corpus/sql` against `inspect::sql::read`, and every SQLite case against SQLite itself.
//! Knows nothing of policy.

#[cfg(test)]
#[path = "support/sql_cases.rs"]
mod cases;
#[cfg(test)]
#[path = "support/sql_differences.rs"]
mod differences;
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

use std::collections::BTreeSet;

use aegis_core::inspect::sql::{self, Dialect};
use cases::{cases, catalog};
use differences::differences;

#[test]
fn every_case_is_read_as_expected() {
    let catalog = catalog();
    let mut wrong = String::new();
    for (dialect, group, sql, expect) in cases() {
        let reading = sql::read(&sql, dialect, &catalog);
        for difference in differences(&reading, &expect) {
            wrong.push_str(&format!(
                "\n{group}\n    {}\n    {difference}",
                sql.chars().take(300).collect::<String>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The corpus is no corpus if nothing is in it, or if cases are there twice.
#[test]
fn the_corpus_is_large_and_without_twins() {
    let cases = cases();
    let distinct: BTreeSet<String> = cases
        .iter()
        .map(|(dialect, _, sql, _)| format!("{dialect:?} {sql}"))
        .collect();
    assert_eq!(distinct.len(), cases.len(), "some case stands twice");
    assert!(cases.len() >= 400, "only {} cases", cases.len());
}

/// Most texts are read by the kernel's own tokenizer for plain texts, and not parsed a second time. A comment
/// with a letter outside ASCII sends a text the long way round: the facts must be the same.
#[test]
fn a_comment_changes_no_fact() {
    let catalog = catalog();
    for (dialect, group, sql, _) in cases() {
        let commented = format!("/*\u{fc}*/{sql}");
        if commented.len() > aegis_core::limits::SQL_BYTES_MAX {
            continue;
        }
        let mut plain = sql::read(&sql, dialect, &catalog);
        let mut long = sql::read(&commented, dialect, &catalog);
        // A longer text may take more steps.
        (plain.steps, long.steps) = (0, 0);
        assert_eq!(plain, long, "{group}\n    {sql:.300}");
    }
}

/// SQLite itself is the judge of every SQLite case: of lineage, by varying one column at a time; of
/// harmlessness, by comparing the database before and after.
#[test]
fn the_engine_agrees_with_every_sqlite_case() {
    let catalog = catalog();
    let oracle = oracle::Oracle::new(sqlite::Sqlite::new);
    let mut wrong = String::new();
    let mut judged = 0;
    for (dialect, group, sql, _) in cases() {
        if dialect != Dialect::Sqlite {
            continue;
        }
        let reading = sql::read(&sql, dialect, &catalog);
        judged += usize::from(reading.read_only() && oracle.runs(&sql).is_ok());
        for problem in oracle.judge(&sql, &reading) {
            wrong.push_str(&format!("\n{group}\n    {sql}\n    {problem}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(judged > 100, "only {judged} cases reached the engine");
}

/// Benign statements that are refused, as a share of all benign ones.
#[test]
fn at_most_three_in_a_hundred_benign_statements_are_refused() {
    let catalog = catalog();
    let benign: Vec<_> = cases()
        .into_iter()
        .filter(|(_, group, ..)| group.contains("benign"))
        .collect();
    let refused: Vec<_> = benign
        .iter()
        .filter(|(dialect, _, sql, _)| sql::read(sql, *dialect, &catalog).refusal.is_some())
        .map(|(_, _, sql, _)| sql)
        .collect();
    assert!(benign.len() >= 100, "only {} benign cases", benign.len());
    assert!(
        refused.len() * 100 <= benign.len() * 3,
        "{} of {}: {refused:#?}",
        refused.len(),
        benign.len()
    );
}
