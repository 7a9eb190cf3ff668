//! Labels go with values: into copies, under other names, over restarts, and are never lost without a word.
//! Knows nothing of how they are kept.

use std::fs;
use std::process::Stdio;

use aegis_tests::House;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::kit;

/// What no answer and no record may hold.
const RAW: [&str; 4] = ["ann@", "ben@", "555 01", "x.exam"];

/// Writes that take an address or a number elsewhere, what reads the copy, and whether the copy is there.
const COPIES: [(&str, &str, &str); 13] = [
    (
        "INSERT INTO plain (id, note) SELECT id + 10, email FROM people",
        "SELECT note FROM plain",
        "SELECT count(*) FROM plain WHERE note LIKE '%@%'",
    ),
    (
        "INSERT INTO plain SELECT id + 10, 'x', upper(email) FROM people",
        "SELECT lower(other) AS o, length(other) AS l FROM plain WHERE id > 10",
        "SELECT count(*) FROM plain WHERE other LIKE '%@%'",
    ),
    (
        "UPDATE plain SET note = (SELECT email FROM people WHERE people.id = plain.id) WHERE id = 1",
        "SELECT group_concat(note) AS n FROM plain",
        "SELECT count(*) FROM plain WHERE note LIKE '%@%'",
    ),
    (
        "UPDATE plain SET note = people.email FROM people WHERE people.id = plain.id AND plain.id = 1",
        "SELECT substr(note, 1, 3) AS n FROM plain WHERE id = 1",
        "SELECT count(*) FROM plain WHERE note LIKE '%@%'",
    ),
    (
        "INSERT INTO plain (id, note) SELECT id, contact FROM contacts WHERE true ON CONFLICT (id) DO UPDATE SET other = excluded.note",
        "SELECT other FROM plain",
        "SELECT count(*) FROM plain WHERE other LIKE '%@%'",
    ),
    (
        "CREATE TABLE fresh AS SELECT id, email FROM people",
        "SELECT email FROM fresh",
        "SELECT count(*) FROM fresh WHERE email LIKE '%@%'",
    ),
    (
        "CREATE TABLE fresh AS SELECT id, lower(email) AS text FROM people",
        "SELECT text FROM fresh",
        "SELECT count(*) FROM fresh WHERE text LIKE '%@%'",
    ),
    (
        "CREATE TABLE fresh AS SELECT city, email AS city FROM people",
        "SELECT * FROM fresh",
        "SELECT count(*) FROM fresh WHERE \"city:1\" LIKE '%@%'",
    ),
    (
        "CREATE TABLE fresh AS SELECT id, rtrim(email) FROM people",
        "SELECT * FROM fresh",
        "SELECT count(*) FROM fresh",
    ),
    (
        "ALTER TABLE people RENAME TO folk",
        "SELECT * FROM folk",
        "SELECT count(*) FROM folk WHERE email LIKE '%@%'",
    ),
    (
        "ALTER TABLE people RENAME COLUMN email TO harmless",
        "SELECT * FROM people",
        "SELECT count(*) FROM people WHERE harmless LIKE '%@%'",
    ),
    (
        "CREATE VIEW letters AS SELECT 'to ' || email AS line FROM people",
        "SELECT line FROM letters",
        "SELECT count(*) FROM letters WHERE line LIKE '%@%'",
    ),
    (
        "INSERT INTO plain (id, note) SELECT id + 10, email FROM people RETURNING note",
        "SELECT note FROM plain",
        "SELECT count(*) FROM plain WHERE note LIKE '%@%'",
    ),
];

fn assert_clean(found: &Value, what: &str) {
    let text = found.to_string();
    for raw in RAW {
        assert!(!text.to_lowercase().contains(raw), "{what}: {text}");
    }
}

#[test]
fn a_permitted_copy_is_masked_as_its_origin_over_restarts() {
    for (write, read, there) in COPIES {
        let house = kit::house();
        let mut agent = house.agent();
        assert_clean(&kit::run(&mut agent, write), write);
        assert!(house.number(there) > 0, "{write}");
        let first = kit::rows(&mut agent, read);
        assert_clean(&first, write);
        assert!(
            first.as_array().is_some_and(|rows| !rows.is_empty()),
            "{write}"
        );
        agent.finish();
        let mut agent = house.agent();
        let again = kit::rows(&mut agent, read);
        assert_clean(&again, write);
        agent.finish();
        let log = house.log();
        for raw in RAW {
            assert!(!log.contains(raw), "{write}");
        }
        if !write.starts_with("INSERT") && !write.starts_with("CREATE") {
            let verified = kit::command(&house, &["audit", "verify", ".aegis/audit"]);
            assert_eq!(verified.0, 0, "{write}");
            let replayed = kit::command(&house, &["replay", "--log", ".aegis/audit"]);
            assert_eq!(replayed.0, 0, "{write}");
        }
    }
}

#[test]
fn a_copy_of_a_copy_carries_every_label_and_a_condition_on_it_is_one_on_the_origin() {
    let house = kit::house();
    let mut agent = house.agent();
    kit::run(
        &mut agent,
        "INSERT INTO plain (id, note) SELECT id + 10, phone FROM people",
    );
    kit::run(
        &mut agent,
        "UPDATE plain SET note = (SELECT email FROM people WHERE id = 1) WHERE id = 1",
    );
    kit::run(
        &mut agent,
        "CREATE TABLE third AS SELECT note AS n FROM plain",
    );
    kit::run(&mut agent, "ALTER TABLE third RENAME COLUMN n TO m");
    kit::run(&mut agent, "ALTER TABLE third RENAME TO fourth");
    kit::run(&mut agent, "ALTER TABLE fourth RENAME COLUMN m TO k");
    assert_clean(&kit::rows(&mut agent, "SELECT k FROM fourth"), "fourth");
    let oracle = "SELECT count(*) AS c FROM fourth WHERE k = 'ann@x.example'";
    assert_eq!(kit::refused(&mut agent, oracle), "no-oracle");
    agent.finish();
    let loads = kit::records(&house, &["catalog.load"]);
    let last = kit::catalog(&house, &loads.last().expect("a record")["catalog"]);
    let tables = last["tables"].as_array().expect("tables");
    let fourth = tables.iter().find(|table| table["name"] == "fourth");
    assert_eq!(
        fourth.expect("a table")["columns"][0]["labels"],
        json!(["pii.email", "pii.phone"])
    );
}

#[test]
fn the_log_shows_where_labels_went_before_the_copy_was_made() {
    let house = kit::house();
    let mut agent = house.agent();
    kit::run(
        &mut agent,
        "INSERT INTO plain (id, note) SELECT id + 10, email FROM people",
    );
    agent.finish();
    let kinds = ["intent", "catalog.load", "outcome"];
    let found = kit::records(&house, &kinds);
    let order: Vec<&str> = found
        .iter()
        .filter_map(|record| record["kind"].as_str())
        .collect();
    assert_eq!(order, ["catalog.load", "intent", "catalog.load", "outcome"]);
    assert_eq!(found[1]["catalog"], found[0]["catalog"]);
    let facts = found[1]["facts"].to_string();
    assert!(
        facts.contains(r#""kind":"launders","subject":"pii.email""#),
        "{facts}"
    );
    assert_eq!(found[2]["cause"], "copied");
    let text = kit::catalog(&house, &found[2]["catalog"]);
    assert_eq!(
        text["copies"],
        json!([{ "column": "note", "label": "pii.email", "table": "plain" }])
    );
}

/// Whether a copy works must not tell of what is copied: what could fail by it is a condition on it.
#[test]
fn a_copy_that_computes_is_a_condition() {
    let house = kit::house();
    let mut agent = house.agent();
    for sql in [
        "INSERT INTO plain (id, note) SELECT 10, CASE WHEN email LIKE 'a%' THEN abs(-9223372036854775807 - 1) ELSE email END FROM people",
        "INSERT INTO plain (id, note) SELECT 10, json(email) FROM people WHERE id = 1",
        "INSERT INTO plain (id, note) SELECT 10, coalesce(nullif(email, 'ann@x.example'), abs(-9223372036854775807 - 1)) FROM people WHERE id = 1",
        "INSERT INTO plain (id, note, other) SELECT 10, email, substr(email, 1, 1) = 'a' AND abs(-9223372036854775807 - 1) FROM people WHERE id = 1",
        "INSERT INTO plain (id, note) SELECT 10, replace(email, '@', ?) FROM people WHERE id = 1",
        "UPDATE plain SET note = (SELECT 'x' || email FROM people WHERE people.id = plain.id) WHERE id = 1",
        "CREATE TABLE fresh AS SELECT id, 'to ' || email AS line FROM people",
        "CREATE TABLE fresh AS SELECT sum(email) AS s FROM people",
        "WITH x AS (SELECT id + 10 AS id, email ->> '$' AS e FROM people) INSERT INTO plain (id, note) SELECT id, e FROM x",
    ] {
        let params: &[&str] = if sql.contains('?') { &["y"] } else { &[] };
        let call = json!({ "sql": sql, "params": params });
        assert_eq!(
            agent.denied("postgres__execute", &call),
            "no-oracle",
            "{sql}"
        );
    }
    kit::run(
        &mut agent,
        "INSERT INTO plain (id, note, other) SELECT id + 10, upper(email), lower(rtrim(email)) FROM people",
    );
    assert_eq!(house.number("SELECT count(*) FROM plain"), 4);
    agent.finish();
}

#[test]
fn what_is_made_anew_under_the_name_carries_the_label_too() {
    let house = kit::house();
    let mut agent = house.agent();
    kit::run(
        &mut agent,
        "INSERT INTO plain (id, note) SELECT id + 10, email FROM people",
    );
    kit::run(&mut agent, "DROP TABLE plain");
    kit::run(
        &mut agent,
        "CREATE TABLE plain (id INTEGER PRIMARY KEY, note TEXT)",
    );
    kit::run(&mut agent, "INSERT INTO plain VALUES (1, 'open')");
    let masked = kit::rows(&mut agent, "SELECT note FROM plain");
    assert_ne!(masked, json!([{ "note": "open" }]));
    // Not certain which column it was: each of them.
    kit::run(&mut agent, "DROP TABLE plain");
    kit::run(
        &mut agent,
        "CREATE TABLE plain (number INTEGER PRIMARY KEY, text TEXT)",
    );
    // So does the key, and who gives one asks whether it is there; a row that is numbered asks nothing.
    let given = json!({ "sql": "INSERT INTO plain VALUES (1, 'open')" });
    assert_eq!(agent.denied("postgres__execute", &given), "no-oracle");
    kit::run(&mut agent, "INSERT INTO plain (text) VALUES ('open')");
    let masked = kit::rows(&mut agent, "SELECT text FROM plain");
    assert_ne!(masked, json!([{ "text": "open" }]));
    agent.finish();
}

#[test]
fn other_names_given_by_somebody_else_shed_no_label() {
    for (change, read) in [
        (
            "ALTER TABLE plain RENAME COLUMN note TO open",
            "SELECT open FROM plain WHERE id > 10",
        ),
        (
            "ALTER TABLE plain RENAME TO open",
            "SELECT note FROM open WHERE id > 10",
        ),
        (
            "ALTER TABLE people RENAME TO open",
            "SELECT email, phone FROM open",
        ),
        (
            "CREATE TABLE open AS SELECT email, phone FROM people; DROP TABLE people",
            "SELECT * FROM open",
        ),
    ] {
        for restarted in [false, true] {
            let house = kit::house();
            house.run("DROP VIEW contacts");
            let mut agent = house.agent();
            kit::run(
                &mut agent,
                "INSERT INTO plain (id, note) SELECT id + 10, email FROM people",
            );
            if restarted {
                agent.finish();
                house.run(change);
                agent = house.agent();
            } else {
                house.run(change);
                assert_eq!(
                    kit::refused(&mut agent, "SELECT 1"),
                    "kernel.schema-changed"
                );
            }
            assert!(house.number(&read.replace("SELECT", "SELECT 1,")) > 0);
            assert_clean(
                &agent.call("postgres__query", &json!({ "sql": read })),
                change,
            );
            agent.finish();
        }
    }
}

/// A question that is under way for a good while, and reads a copy's place in the same snapshot.
const LONG: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000) \
     SELECT count(*) AS n, (SELECT note FROM plain WHERE id = 1) AS note FROM c";

#[test]
fn what_is_under_way_while_labels_move_is_withheld() {
    let house = kit::house();
    let mut agent = house.agent();
    let call = |tool: &str, sql: &str| json!({ "name": tool, "arguments": { "sql": sql } });
    let question = agent.post("tools/call", &call("postgres__query", LONG));
    // Judged, and on its way: only then is the copy asked for.
    while kit::records(&house, &["intent"]).is_empty() {
        std::thread::yield_now();
    }
    let copy = "UPDATE plain SET note = (SELECT email FROM people WHERE id = 1) WHERE id = 1";
    agent.post("tools/call", &call("postgres__execute", copy));
    let answer = loop {
        let message = agent.receive().expect("an answer");
        if message["id"] == json!(question) {
            break message;
        }
    };
    let told = &answer["result"]["structuredContent"];
    assert_eq!(told["rule"], "kernel.labels-changed", "{answer}");
    let again = kit::rows(&mut agent, "SELECT note FROM plain WHERE id = 1");
    assert_ne!(again, json!([{ "note": "one" }]));
    // A table that nothing was copied into is read as ever.
    kit::rows(&mut agent, "SELECT city FROM people");
    agent.finish();
}

#[test]
fn a_copy_needs_a_grant_of_its_own() {
    let policy = include_str!("policy.toml").replace(", \"pii:launder\"", "");
    let house = House::new(kit::SCHEMA, include_str!("manifest.toml"), &policy);
    let mut agent = house.agent();
    for (write, _, _) in COPIES {
        if write.starts_with("CREATE VIEW") {
            continue; // A view is no copy: what it shows is computed when it is asked.
        }
        let rule = agent.denied("postgres__execute", &json!({ "sql": write }));
        assert!(
            rule.starts_with("kernel.") || rule == "all",
            "{write}: {rule}"
        );
    }
    agent.finish();
    assert_eq!(
        house.number("SELECT count(*) FROM plain WHERE note LIKE '%@%'"),
        0
    );
    let loads = kit::records(&house, &["catalog.load"]);
    assert_eq!(loads.len(), 1);
}

/// Starts the kernel with nobody to talk to: its code and what it said.
fn serve(house: &House) -> (i32, String) {
    let mut command = std::process::Command::new(aegis_tests::aegis());
    command
        .args(["serve", "--config"])
        .arg(house.path("aegis.toml"));
    let output = command.stdin(Stdio::null()).output().expect("aegis starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap_or(-1), said)
}

#[test]
fn a_state_that_lost_a_label_is_not_gone_on_with() {
    let house = kit::house();
    let mut agent = house.agent();
    kit::run(
        &mut agent,
        "INSERT INTO plain (id, note) SELECT id + 10, email FROM people",
    );
    agent.finish();
    let path = house.path(".aegis/state.db");
    let forget_journal = || {
        for name in ["state.db-wal", "state.db-shm"] {
            let _gone = fs::remove_file(house.path(".aegis").join(name));
        }
    };
    let settled = Connection::open(&path).expect("the state");
    settled
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("a checkpoint");
    drop(settled);
    let whole = fs::read(&path).expect("the state");
    for edit in [
        "DELETE FROM notes",
        "DELETE FROM notes WHERE kind = 'copy'",
        "UPDATE notes SET attribute = 'other' WHERE kind = 'copy'",
        "UPDATE notes SET label = 'pii.none' WHERE kind = 'copy'",
        "UPDATE notes SET kind = 'table' WHERE kind = 'copy'",
        "UPDATE notes SET from_place = 'plain' WHERE kind = 'copy'",
        "UPDATE notes SET server = 's3'",
        "DELETE FROM notes; PRAGMA user_version = 2",
        "DROP TABLE notes; PRAGMA user_version = 2",
    ] {
        let state = Connection::open(&path).expect("the state");
        state.execute_batch(edit).expect(edit);
        drop(state);
        let (code, said) = serve(&house);
        assert_ne!(code, 0, "{edit}");
        assert!(said.contains("state"), "{edit}: {said}");
        forget_journal();
        fs::write(&path, &whole).expect("the state");
    }
    assert_eq!(serve(&house).0, 0);
    fs::remove_file(&path).expect("the state");
    forget_journal();
    let (code, said) = serve(&house);
    assert_ne!(code, 0);
    assert!(said.contains("labels"), "{said}");
}
