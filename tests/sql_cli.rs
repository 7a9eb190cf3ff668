//! `aegis inspect sql` as a contract: one line of facts for each line of input, bad lines included.
//! Knows nothing of how facts are found.

use std::path::PathBuf;

use aegis_core::inspect::sql::Dialect;
use aegis_host::cli::inspect_sql;
use serde_json::{Value, json};

#[cfg(test)]
mod support {
    use super::*;

    pub(super) fn run(input: &[u8], jsonl: bool, explain: bool) -> (u8, String) {
        let catalog = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/sql/catalog.toml");
        let mut output = Vec::new();
        let code = inspect_sql::run(
            Dialect::Sqlite,
            &catalog,
            jsonl,
            explain,
            input,
            &mut output,
        );
        (code, String::from_utf8(output).unwrap())
    }

    pub(super) fn answers(input: &[u8]) -> Vec<Value> {
        let (code, output) = run(input, true, false);
        assert_eq!(code, 0);
        output
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

use support::{answers, run};

#[test]
fn a_line_is_answered_with_exactly_the_contract() {
    let found = answers(br#"{"id": "q-1", "sql": "SELECT count(*) AS n, upper(email) AS e FROM customers WHERE phone = 'x'"}"#);
    let expected = json!({
        "id": "q-1",
        "ok": true,
        "error": null,
        "kinds": ["select"],
        "reads": ["customers"],
        "read_columns": ["customers.email", "customers.phone"],
        "writes": [],
        "destructive": false,
        "functions": [{"name": "count", "allowed": true}, {"name": "upper", "allowed": true}],
        "outputs": [
            {"name": "n", "sources": [], "labels": []},
            {"name": "e", "sources": ["customers.email"], "labels": ["pii.email"]},
        ],
        "predicate_labels": ["pii.phone"],
        "lookup": {"column": "customers.phone", "labels": ["pii.phone"], "by": "a text"},
    });
    assert_eq!(found, [expected]);
}

#[test]
fn a_refusal_keeps_the_facts_that_were_found() {
    let found = answers(b"{\"id\": 7, \"sql\": \"SELECT 1; DROP TABLE customers\"}\n");
    assert_eq!(found[0]["id"], 7);
    assert_eq!(found[0]["ok"], false);
    assert_eq!(found[0]["kinds"], json!(["select", "drop"]));
    assert_eq!(found[0]["destructive"], true);
    assert_eq!(found[0]["writes"], json!(["customers"]));
    assert!(
        found[0]["error"]
            .as_str()
            .unwrap()
            .starts_with("sql.more-than-one-statement: ")
    );
}

#[test]
fn lines_that_are_no_questions_are_answered_too() {
    let mut input = b"{\"id\": 1, \"sql\": \"SELECT 1\"}\nnot json\n\n{\"id\": 2}\n{\"id\": 3, \"sql\": 4}\n[1]\n".to_vec();
    input.extend(b"{\"id\": 4, \"id\": 5, \"sql\": \"SELECT 1\"}\n\xff\xfe\n");
    input.extend(b"{\"id\": 6, \"sql\": \"");
    input.extend(vec![b'x'; 2 * 1024 * 1024]);
    input.extend(
        b"\"}\n{\"id\": 8, \"sql\": \"SELECT 1\\u0000\"}\n{\"id\": 9, \"sql\": \"SELECT 2\"}",
    );
    let found = answers(&input);
    let seen: Vec<(Value, Value)> = found
        .iter()
        .map(|line| (line["id"].clone(), line["ok"].clone()))
        .collect();
    let expected = json!([
        [1, true],
        [null, false],
        [2, false],
        [3, false],
        [null, false],
        [null, false],
        [null, false],
        [null, false],
        [8, false],
        [9, true]
    ]);
    assert_eq!(json!(seen), expected);
    assert!(
        found
            .iter()
            .all(|line| line["ok"] == true || line["error"].is_string())
    );
    assert!(
        found[8]["error"]
            .as_str()
            .unwrap()
            .starts_with("sql.control-character")
    );
}

#[test]
fn one_statement_without_jsonl_has_its_own_exit_code() {
    let (code, output) = run(b"SELECT id FROM customers", false, false);
    assert_eq!((code, output.lines().count()), (0, 1));
    let (code, output) = run(b"DROP TABLE a; DROP TABLE b", false, true);
    assert_eq!(code, 1);
    assert!(output.contains("sql.more-than-one-statement"), "{output}");
    let (code, output) = run(
        b"SELECT upper(email) AS e FROM v_contact, customers",
        false,
        true,
    );
    assert_eq!(code, 0);
    assert!(
        output.contains("customers.email") && output.contains("pii.email"),
        "{output}"
    );
}

#[test]
fn a_catalogue_that_cannot_be_read_is_a_configuration_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.toml");
    for text in [
        "[[table]]\nname = 'a'\ncolumns = ['x']\nsurprise = 1",
        "[[table]]\nname = 'a'\nname = 'b'\ncolumns = ['x']",
        "[[table]]\nname = 'a'",
        "[[table]]\nname = 'a'\ncolumns = ['x']\nlabels = { y = 'pii.email' }",
        "[[table]]\nname = 'a'\ncolumns = ['x']\nlabels = { x = 'PII' }",
        "[[table]]\nname = 'a'\ncolumns = ['x', 'X']",
        "[[table]]\nname = 'a'\ncolumns = ['x']\n[[table]]\nname = 'A'\ncolumns = ['x']",
        "[[table]]\nname = 'a'\ncolumns = ['x']\nmeasures = ['x']",
        "[[table]]\nname = 'a'\ncolumns = ['x']\nkey = ['y']",
        "not toml",
    ] {
        std::fs::write(&path, text).unwrap();
        let code = inspect_sql::run(Dialect::Sqlite, &path, true, false, &b""[..], Vec::new());
        assert_eq!(code, 2, "{text}");
    }
    let absent = folder.path().join("absent.toml");
    assert_eq!(
        inspect_sql::run(Dialect::Sqlite, &absent, true, false, &b""[..], Vec::new()),
        2
    );
}

#[test]
fn a_look_up_is_reported_with_its_column_and_what_gives_the_value() {
    let question = |sql: &str| json!({ "id": 1, "sql": sql }).to_string();
    let lookup = |sql: &str| answers(question(sql).as_bytes())[0]["lookup"].clone();
    let by = |column: &str, label: &str, by: &str| json!({ "column": column, "labels": [label], "by": by });
    for (sql, expected) in [
        (
            "SELECT id FROM customers WHERE email = 'ann@x.example'",
            by("customers.email", "pii.email", "a text"),
        ),
        (
            "SELECT * FROM contacts c WHERE 'x' = c.Email AND id > 4",
            by("contacts.email", "pii.email", "a text"),
        ),
        (
            "SELECT id FROM customers WHERE ssn = 5",
            by("customers.ssn", "pii.ssn", "a number"),
        ),
        (
            "SELECT id FROM customers WHERE country = ? AND phone = ?",
            by("customers.phone", "pii.phone", "parameter 2"),
        ),
    ] {
        assert_eq!(lookup(sql), expected, "{sql}");
        // The value itself is in no answer.
        let (_, tree) = run(sql.as_bytes(), false, true);
        let column = expected["column"].as_str().unwrap();
        assert!(
            tree.contains(&format!("looks rows up by {column} = ")) && !tree.contains("ann@x"),
            "{tree}"
        );
    }
}

#[test]
fn what_is_nearly_a_look_up_is_none() {
    let question = |sql: &str| json!({ "id": 1, "sql": sql }).to_string();
    let lookup = |sql: &str| answers(question(sql).as_bytes())[0]["lookup"].clone();
    for near in [
        "email = lower('x')",
        "email = name",
        "email = 'x' OR id = 1",
        "NOT email = 'x'",
        "NOT (email = 'x' AND id = 1)",
        "email = 'x' COLLATE NOCASE",
        "email COLLATE NOCASE = 'x'",
        "email IS 'x'",
        "email IN ('x')",
        "email LIKE 'x'",
        "email <> 'x'",
        "email || '' = 'x'",
        "+email = 'x'",
        "CAST(email AS TEXT) = 'x'",
        "email = 'a' || 'b'",
        "email = NULL",
        "email = -5",
        "email = (SELECT 'x')",
        "email = 'x' AND phone = 'y'",
        "email = 'x' AND email = 'y'",
        "email = 'x' AND name > 'a'",
        "(email = 'x') = 1",
        "(email, id) = ('x', 1)",
        "rowid = 1",
        "id = 1",
        "\"nobody\" = 'x'",
    ] {
        let sql = format!("SELECT id FROM customers WHERE {near}");
        assert_eq!(lookup(&sql), Value::Null, "{sql}");
    }
    for sql in [
        "SELECT DISTINCT id FROM customers WHERE email = 'x'",
        "SELECT id FROM customers WHERE email = 'x' ORDER BY name",
        "SELECT country, count(*) FROM customers WHERE email = 'x' GROUP BY country",
        "SELECT id FROM v_contact WHERE contact = 'x'",
        "SELECT id FROM (SELECT * FROM customers) WHERE email = 'x'",
        "SELECT c.id FROM customers c, orders o WHERE email = 'x'",
        "SELECT id FROM customers WHERE email = 'x' UNION SELECT 1",
        "DELETE FROM customers WHERE email = 'x'",
        "SELECT 'x' AS email FROM customers WHERE email = 'x'",
        "WITH customers AS (SELECT id, email FROM contacts) SELECT id FROM customers WHERE email = 'x'",
    ] {
        assert_eq!(lookup(sql), Value::Null, "{sql}");
    }
}

#[test]
fn rules_of_tables_are_read_from_the_catalogue_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("catalog.toml");
    let table = "[[table]]\nname = \"people\"\ncolumns = [\"id\", \"email\"]\nkey = [\"id\"]\nlabels = { email = \"pii.email\" }\n";
    let read = |rules: &str, sql: &str, explain: bool| {
        std::fs::write(&catalog, format!("{table}{rules}\n")).unwrap();
        let mut output = Vec::new();
        let input = sql.as_bytes();
        let code = inspect_sql::run(
            Dialect::Postgres,
            &catalog,
            false,
            explain,
            input,
            &mut output,
        );
        (code, String::from_utf8(output).unwrap())
    };
    let insert = "INSERT INTO people VALUES (1, 'x')";
    let (code, facts) = read("unique = [\"email\"]", insert, false);
    let facts: Value = serde_json::from_str(&facts).unwrap();
    assert_eq!(code, 0);
    assert_eq!(facts["predicate_labels"], json!(["pii.email"]));
    assert_eq!(facts["constrained_columns"], json!(["people.email"]));
    assert_eq!(facts["guessed_labels"], json!(["pii.email"]));
    let (_, tree) = read("unique = [\"email\"]", insert, true);
    assert!(
        tree.contains("rules of tables compare: people.email"),
        "{tree}"
    );
    let (_, facts) = read("", insert, false);
    assert!(!facts.contains("constrained") && facts.contains("\"predicate_labels\":[]"));
    for wrong in [
        "unique = [\"mail\"]",
        "unique = [\"\"]",
        "unique = \"email\"",
        "checks = [\"id,\"]",
        "references = [\"email\"]",
        "references = [\"email -> people\"]",
        "references = [\"email -> people(id, email)\"]",
        "references = [\"email -> people(id) always\"]",
        "references = [\"mail -> people(id)\"]",
    ] {
        assert_eq!(read(wrong, insert, false).0, 2, "{wrong}");
    }
}
