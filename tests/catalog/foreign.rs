//! Another process changes the tables between the kernel's reading of them and the statement.
//! Knows nothing of labels that copies carry.

use serde_json::json;

use super::kit;

/// What is done behind the kernel's back, a statement that was judged before it, and its rows once it is judged anew.
#[test]
fn a_statement_never_runs_on_tables_other_than_it_was_judged_by() {
    for (change, sql, after) in [
        (
            "ALTER TABLE plain ADD COLUMN extra TEXT DEFAULT 'x'",
            "SELECT * FROM plain WHERE id = 1",
            Some(json!([{ "id": 1, "note": "one", "other": "uno", "extra": "x" }])),
        ),
        (
            "ALTER TABLE plain RENAME TO plainer",
            "SELECT id FROM plain WHERE id = 1",
            None,
        ),
        (
            "DROP VIEW contacts; CREATE VIEW contacts AS SELECT id, note AS contact FROM plain",
            "SELECT contact FROM contacts WHERE id = 1",
            Some(json!([{ "contact": "one" }])),
        ),
        (
            // The other way: what looked harmless is an address now.
            "ALTER TABLE plain RENAME TO old; CREATE VIEW plain AS SELECT id, email AS note FROM people",
            "SELECT note FROM plain WHERE id = 1",
            Some(json!("masked")),
        ),
        (
            "CREATE TRIGGER copy AFTER INSERT ON plain BEGIN UPDATE people SET notes = email; END",
            "SELECT other FROM plain WHERE id = 2",
            Some(json!([{ "other": "due" }])),
        ),
    ] {
        let house = kit::house();
        let mut agent = house.agent();
        kit::rows(&mut agent, "SELECT id FROM plain");
        house.run(change);
        assert_eq!(
            kit::refused(&mut agent, sql),
            "kernel.schema-changed",
            "{change}"
        );
        match after {
            None => assert_eq!(
                kit::refused(&mut agent, sql),
                "sql.unknown-table",
                "{change}"
            ),
            Some(rows) if rows == "masked" => {
                let found = kit::rows(&mut agent, sql);
                let note = found[0]["note"].as_str().expect("a text");
                assert!(!note.contains("ann@"), "{found}");
            }
            Some(rows) => assert_eq!(kit::rows(&mut agent, sql), rows, "{change}"),
        }
        agent.finish();
        let loads = kit::records(&house, &["catalog.load"]);
        assert_eq!(
            loads.last().expect("a record")["cause"],
            "changed",
            "{change}"
        );
        assert_eq!(
            kit::command(&house, &["audit", "verify", ".aegis/audit"]).0,
            0
        );
        assert!(!house.log().contains("ann@"), "{change}");
    }
}

#[test]
fn a_write_is_not_executed_either() {
    let house = kit::house();
    let mut agent = house.agent();
    house.run("CREATE INDEX by_note ON plain (note)");
    let sql = json!({ "sql": "UPDATE plain SET note = 'new' WHERE id = 1" });
    assert_eq!(
        agent.denied("postgres__execute", &sql),
        "kernel.schema-changed"
    );
    assert_eq!(
        house.number("SELECT count(*) FROM plain WHERE note = 'new'"),
        0
    );
    agent.done("postgres__execute", &sql);
    assert_eq!(
        house.number("SELECT count(*) FROM plain WHERE note = 'new'"),
        1
    );
    agent.finish();
    let ends = kit::records(&house, &["outcome"]);
    assert_eq!(ends[0]["status"], "denied");
    assert_eq!(ends[0]["rules"][0]["rule"], "kernel.schema-changed");
}

#[test]
fn the_number_that_sqlite_counts_changes_with_is_not_what_is_compared() {
    let house = kit::house();
    let mut agent = house.agent();
    kit::rows(&mut agent, "SELECT id FROM plain");
    let version = house.number("PRAGMA schema_version");
    house.run("ALTER TABLE plain RENAME COLUMN other TO else_where");
    house.run(&format!("PRAGMA schema_version = {version}"));
    assert_eq!(house.number("PRAGMA schema_version"), version);
    let sql = "SELECT id FROM plain";
    assert_eq!(kit::refused(&mut agent, sql), "kernel.schema-changed");
    kit::rows(&mut agent, sql);
    agent.finish();
}

#[test]
fn rows_that_change_are_no_other_schema() {
    let house = kit::house();
    let mut agent = house.agent();
    house.run(
        "INSERT INTO plain VALUES (3, 'three', 'tre'); DELETE FROM people WHERE id = 2; VACUUM;",
    );
    assert_eq!(
        kit::rows(&mut agent, "SELECT note FROM plain WHERE id = 3"),
        json!([{ "note": "three" }])
    );
    agent.finish();
}
