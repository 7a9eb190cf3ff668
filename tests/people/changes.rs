//! A write that changes more rows than a rule lets it: undone, and the agent is told by how much where that tells no secret.
//! Knows nothing of how rows are counted.

use aegis_tests::House;
use aegis_tests::policies::{read, root};
use serde_json::{Value, json};

const SCHEMA: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES people (id) ON DELETE CASCADE, email TEXT);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, chapter INTEGER REFERENCES notes (id) ON DELETE CASCADE);
    INSERT INTO people VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 1, 'c'), (4, NULL, 'd');
    INSERT INTO notes VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 1), (4, 'd', NULL), (5, 'e', NULL);";

fn house(change_max: &str) -> House {
    let people = read(&root().join("tests/cases/policy/manifests/people.toml"));
    let (tools, _) = people.split_once("[[table]]").expect("tools");
    let rules = format!(
        "[[grant]]\nid = \"works\"\nprincipal = \"*\"\ncapabilities = [\"db:*\", \"pii:filter\"]\n\
         [[transform]]\nid = \"masks\"\nlabel = \"*\"\nmask = {{ default = \"redact\" }}\n{change_max}\n"
    );
    let labels = "[label.\"people.boss\"]\nis = \"pii.boss\"\n[label.\"people.email\"]\nis = \"pii.email\"\n";
    House::new(SCHEMA, &format!("{tools}{labels}"), &rules)
}

fn told(house: &House, sql: &str) -> Value {
    let mut agent = house.agent();
    let answer = agent.call("postgres__execute", &json!({ "sql": sql }));
    agent.finish();
    assert_eq!(answer["isError"], true, "{sql}: {answer}");
    // The text says the same.
    let text = answer["content"][0]["text"].as_str().expect("a text");
    let text: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(text, answer["structuredContent"]);
    text
}

#[test]
fn the_agent_is_told_how_many_rows_it_would_have_changed_and_the_limit() {
    let house = house("change_max = 2");
    for (sql, rows) in [
        ("UPDATE notes SET text = 'x'", 5),
        ("DELETE FROM notes WHERE id IN (1, 4, 5)", 5),
        ("INSERT INTO notes (text) SELECT text FROM notes", 5),
        ("UPDATE notes SET text = 'x' WHERE id IN (2, 3, 4)", 3),
        // What follows from it is counted too.
        ("DELETE FROM notes WHERE id = 1", 3),
    ] {
        let told = told(&house, sql);
        assert_eq!(told["code"], "too-many-rows", "{sql}: {told}");
        assert_eq!(
            (&told["rows"], &told["limit"]),
            (&json!(rows), &json!(2)),
            "{sql}"
        );
        let reason =
            format!("it would have changed {rows} rows; the limit is 2; nothing was changed");
        assert_eq!(told["reason"], reason, "{sql}");
        assert!(
            told["fix"]
                .as_str()
                .is_some_and(|fix| fix.contains("change_max"))
        );
        assert_eq!(house.number("SELECT count(*) FROM notes"), 5, "{sql}");
        assert_eq!(
            house.number("SELECT count(*) FROM notes WHERE text = 'x'"),
            0,
            "{sql}"
        );
    }
    let mut agent = house.agent();
    let small = json!({ "sql": "UPDATE notes SET text = 'x' WHERE id IN (4, 5)" });
    assert_eq!(agent.done("postgres__execute", &small)["rows_affected"], 2);
    agent.finish();
}

#[test]
fn the_number_is_not_told_where_labelled_data_decides_it() {
    let house = house("change_max = 2");
    let sql = "DELETE FROM people WHERE id = 1";
    let told = told(&house, sql);
    assert_eq!(told["code"], "too-many-rows", "{told}");
    assert_eq!(told.get("rows"), None, "{told}");
    assert_eq!(
        told["reason"],
        "it would have changed more rows than allowed; the limit is 2; nothing was changed"
    );
    assert_eq!(house.number("SELECT count(*) FROM people"), 4);
    // Another number of the people behind it, the same answer.
    house.run("INSERT INTO people VALUES (5, 1, 'e'), (6, 1, 'f')");
    let mut agent = house.agent();
    let again = agent.call("postgres__execute", &json!({ "sql": sql }));
    assert_eq!(again["structuredContent"], told);
    agent.finish();
}

#[test]
fn without_a_rule_the_server_has_a_limit_of_its_own() {
    let house = house("");
    let rows =
        "INSERT INTO notes (text) SELECT a.text FROM notes a, notes b, notes c, notes d, notes e";
    let told = told(&house, rows);
    assert_eq!(told["code"], "too-many-rows", "{told}");
    assert_eq!(
        (&told["rows"], told.get("limit")),
        (&json!(3125), None),
        "{told}"
    );
    assert_eq!(house.number("SELECT count(*) FROM notes"), 5);
}
