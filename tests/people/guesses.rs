//! Random writes over tables with rules: what two worlds that differ in labelled values answer differently, the kernel calls a condition.
//! Knows nothing of policies: it holds facts against the engine.

use std::collections::BTreeMap;

use aegis_core::inspect::sql::{self, Dialect};
use aegis_core::manifest::{Catalog, catalog_file};
use aegis_tests::policies::{read, root};
use rusqlite::Connection;

use crate::collisions::rows_back;

/// A column, and values for it.
type Column = (&'static str, &'static [&'static str]);

/// Columns of each table, and values of both worlds that may meet what is there.
const TABLES: [(&str, &[Column]); 11] = [
    (
        "regions",
        &[("code", &["'n'", "'s'", "'w'"]), ("title", &["'x'"])],
    ),
    (
        "people",
        &[
            ("id", &["1", "2", "9"]),
            (
                "email",
                &["'ann@x.example'", "'eve@x.example'", "'new@x.example'"],
            ),
            ("phone", &["'555-0101'", "'555-0109'", "'555-7777'"]),
            ("region", &["'n'", "'s'"]),
            ("salary", &["50", "95"]),
            ("bound", &["50", "95"]),
            ("city", &["'Rome'"]),
        ],
    ),
    (
        "logins",
        &[
            ("id", &["1", "9"]),
            ("who", &["'ann@x.example'", "'eve@x.example'"]),
            ("at", &["'now'"]),
        ],
    ),
    ("clinics", &[("id", &["1", "2", "9"]), ("title", &["'x'"])]),
    (
        "patients",
        &[
            ("id", &["1", "9"]),
            ("clinic", &["1", "2", "9"]),
            ("note", &["'x'"]),
        ],
    ),
    ("teams", &[("id", &["1", "2", "9"]), ("title", &["'x'"])]),
    (
        "members",
        &[
            ("id", &["1", "2", "9"]),
            ("team", &["1", "2"]),
            ("card", &["'c-1'", "'c-8'", "'c-5'"]),
        ],
    ),
    (
        "passes",
        &[("id", &["1", "9"]), ("card", &["'c-1'", "'c-8'"])],
    ),
    (
        "badges",
        &[
            ("id", &["1", "2", "9"]),
            ("serial", &["'s-1'", "'s-8'", "'s-5'"]),
        ],
    ),
    (
        "keyed",
        &[
            ("mail", &["'ann@x.example'", "'eve@x.example'"]),
            ("n", &["1", "2"]),
        ],
    ),
    (
        "plain",
        &[
            ("id", &["1", "9"]),
            ("code", &["'p'", "'q'"]),
            ("note", &["'x'"]),
            ("person", &["1", "2", "9"]),
        ],
    ),
];

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(sides).expect("sides")).expect("a side")
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.roll(of.len())]
    }

    /// A value for a column: most often plain.
    fn value(&mut self, of: &[&str]) -> String {
        let plain = self.one(of);
        match self.roll(10) {
            0 => "NULL".to_owned(),
            1 => format!("lower({plain})"),
            2 => format!("(SELECT {plain})"),
            3 => format!("CASE WHEN 1 THEN {plain} END"),
            _ => plain.to_owned(),
        }
    }

    fn statement(&mut self) -> String {
        let (table, columns) = TABLES[self.roll(TABLES.len())];
        let key = columns[0];
        let given: Vec<_> = columns.iter().filter(|_| self.roll(3) > 0).collect();
        let given = if given.is_empty() {
            vec![&columns[0]]
        } else {
            given
        };
        let or = self.one(&[
            "",
            "",
            "",
            " OR IGNORE",
            " OR REPLACE",
            " OR FAIL",
            " OR ROLLBACK",
        ]);
        let or = if or == " OR ROLLBACK" { "" } else { or };
        let tail = self.one(&["", "", " RETURNING 1"]);
        let keyed = match self.roll(4) {
            0 => String::new(),
            1 => format!(
                " WHERE {} IN ({}, {})",
                key.0,
                self.one(key.1),
                self.one(key.1)
            ),
            _ => format!(" WHERE {} = {}", key.0, self.one(key.1)),
        };
        let set = |dice: &mut Self| {
            let one = |(name, of): &&Column| format!("{name} = {}", dice.value(of));
            given.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        match self.roll(8) {
            0 => format!("DELETE FROM {table}{keyed}{tail}"),
            1..=3 => format!("UPDATE{or} {table} SET {}{keyed}{tail}", set(self)),
            kind => {
                let names: Vec<&str> = given.iter().map(|(name, _)| *name).collect();
                let row = |dice: &mut Self| {
                    let values: Vec<String> = given.iter().map(|(_, of)| dice.value(of)).collect();
                    values.join(", ")
                };
                let rows = match kind {
                    4 => format!("SELECT {}", row(self)),
                    5 => format!("VALUES ({}), ({})", row(self), row(self)),
                    _ => format!("VALUES ({})", row(self)),
                };
                let conflict = match self.roll(6) {
                    0 if kind != 4 => " ON CONFLICT DO NOTHING".to_owned(),
                    1 if kind != 4 => format!(" ON CONFLICT DO UPDATE SET {}", set(self)),
                    _ => String::new(),
                };
                format!(
                    "INSERT{or} INTO {table} ({}) {rows}{conflict}{tail}",
                    names.join(", ")
                )
            }
        }
    }
}

fn world(fill: &str) -> Connection {
    let folder = root().join("tests/cases/collisions");
    let database = Connection::open_in_memory().expect("a database");
    for text in [
        "PRAGMA foreign_keys = on",
        &read(&folder.join("world.sql")),
        &read(&folder.join(fill)),
    ] {
        database.execute_batch(text).expect("a world");
    }
    database
}

/// What the agent would see of it, labelled columns aside: whether it works, rows changed and returned, rows left.
fn outcome(database: &Connection, sql: &str) -> String {
    database
        .execute_batch("SAVEPOINT asked")
        .expect("a savepoint");
    let before = database.total_changes();
    let rows = rows_back(database, sql).map_err(|error| error.sqlite_error_code());
    let changed = database.total_changes() - before;
    let count = |(table, _): &(&str, _)| {
        let sql = format!("SELECT count(*) FROM {table}");
        let left: i64 = database
            .query_row(&sql, [], |row| row.get(0))
            .expect("a count");
        left
    };
    let left: Vec<i64> = TABLES.iter().map(count).collect();
    // What is seen later counts as well: columns without a label.
    let sql = "SELECT group_concat(id || city || coalesce(region, '') || coalesce(bound, ''), ';' ORDER BY id) FROM people";
    let seen: Option<String> = database
        .query_row(sql, [], |row| row.get(0))
        .expect("a text");
    let undone = database.execute_batch("ROLLBACK TO asked; RELEASE asked");
    undone.expect("undone");
    format!("{rows:?} {changed} {left:?} {seen:?}")
}

fn tell_apart(seed: u64, statements: usize) -> BTreeMap<&'static str, usize> {
    let folder = root().join("tests/cases/collisions");
    let catalog: Catalog =
        catalog_file::parse(&read(&folder.join("catalog.toml"))).expect("a catalogue");
    let (one, other) = (world("one.sql"), world("other.sql"));
    let mut dice = Dice(seed);
    let mut counts = BTreeMap::new();
    for _ in 0..statements {
        let sql = dice.statement();
        let reading = sql::read(&sql, Dialect::Sqlite, &catalog);
        if reading.refusal.is_some() {
            *counts.entry("refused").or_default() += 1;
            continue;
        }
        let differs = outcome(&one, &sql) != outcome(&other, &sql);
        let condition = !reading.predicate_labels.is_empty();
        assert!(
            condition || !differs,
            "seed {seed}: the worlds answer differently, and nothing is a condition: {sql}"
        );
        let kind = match (differs, condition, reading.guessed.is_empty()) {
            (true, _, false) => "told by a guess",
            (true, ..) => "told",
            (false, true, _) => "perhaps",
            (false, false, _) => "free",
        };
        *counts.entry(kind).or_default() += 1;
    }
    counts
}

#[test]
fn what_tells_worlds_apart_is_a_condition() {
    let counts = tell_apart(1, 2_000);
    let at_least = |kind: &str, least: usize| {
        assert!(
            counts.get(kind).is_some_and(|count| *count >= least),
            "{counts:?}"
        );
    };
    at_least("told", 60);
    at_least("told by a guess", 30);
    at_least("free", 300);
}

/// `AEGIS_WRITES=1000000 cargo test -p aegis-tests --test people many_writes -- --ignored`
#[test]
#[ignore = "as long as one likes"]
fn many_writes_that_tell_worlds_apart_are_conditions() {
    let statements = std::env::var("AEGIS_WRITES")
        .ok()
        .and_then(|text| text.parse().ok());
    println!("{:?}", tell_apart(7, statements.unwrap_or(200_000)));
}
