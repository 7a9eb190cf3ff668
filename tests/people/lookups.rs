//! Look-ups by one exact value, end to end: the right row, masked, within a budget, and nothing else.
//! Knows nothing of how statements are read.

use aegis_tests::policies::{read, root};
use aegis_tests::{Client, House};
use serde_json::{Value, json};

const SCHEMA: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, email TEXT COLLATE NOCASE, phone CHAR(20) COLLATE RTRIM, city TEXT,
      badge INTEGER, salary INTEGER, team TEXT);
    CREATE INDEX by_email ON people (email);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, person INTEGER, text TEXT);
    INSERT INTO people VALUES (1, 'Ann', 'ann@x.example', '+1 212 555 0143', 'Bern', 17, 4001, 'a'),
      (2, 'Ben', 'Ben@x.example', '+1 212 555 0144 ', 'Bern', 18, 4002, 'a'), (3, 'Cleo', x'636C656F', '555', 'Chur', 19, 4004, 'b'),
      (4, 'Dan', 'dan@x.example' || char(0) || 'x', NULL, 'Chur', NULL, 4008, 'b'), (5, 'Eve', NULL, NULL, 'Chur', NULL, 4016, 'b');";

fn house(limits: &str) -> House {
    let cases = root().join("tests/cases/policy");
    let rules = format!(
        "[[grant]]\nid = \"reads\"\nprincipal = \"*\"\ncapabilities = [\"db:read\", \"db:write\"]\n\
         [[block]]\nid = \"no-oracle\"\ncapability = \"pii:filter\"\nbecause = \"a condition tells\"\nfix = \"leave it out\"\n\
         [[transform]]\nid = \"masks\"\nlabel = \"*\"\nmask = {{ default = \"redact\", \"pii.email\" = \"token\", \"pii.phone\" = \"keep-last-4\" }}\n\
         [[lookup]]\nid = \"find\"\nprincipal = \"analyst-agent\"\nlabel = [\"pii.*\", \"hr.badge\"]\nbudget = {limits}\n"
    );
    House::new(SCHEMA, &read(&cases.join("manifests/people.toml")), &rules)
}

const MANY: &str = "{ calls = 100, window_s = 3600 }";
const THREE: &str = "{ calls = 3, window_s = 86400 }";

fn rows(agent: &mut Client, sql: &str) -> Value {
    agent.done("postgres__query", &json!({ "sql": sql }))["rows"].clone()
}

#[test]
fn the_row_is_found_and_its_labelled_columns_stay_masked() {
    let house = house(MANY);
    let mut agent = house.agent();
    let by =
        |value: &str| format!("SELECT id, name, phone, city FROM people WHERE email = '{value}'");
    let ann = json!([{ "id": 1, "name": "<PERSON>", "phone": "****0143", "city": "Bern" }]);
    assert_eq!(rows(&mut agent, &by("ann@x.example")), ann);
    let bound = json!({ "sql": "SELECT city, id FROM people WHERE city = ? AND email = ?", "params": ["Bern", "ann@x.example"] });
    let found = agent.done("postgres__query", &bound);
    assert_eq!(found["rows"], json!([{ "city": "Bern", "id": 1 }]));
    // The column itself leaves as the token that it has everywhere.
    let all = rows(&mut agent, "SELECT email FROM people WHERE id = 1");
    let own = rows(
        &mut agent,
        "SELECT email, upper(email) AS e FROM people WHERE email = 'ann@x.example'",
    );
    assert_eq!(own[0]["email"], all[0]["email"]);
    assert!(
        own[0]["email"]
            .as_str()
            .unwrap()
            .starts_with("<EMAIL_ADDRESS:"),
        "{own}"
    );
    assert_eq!(own[0]["e"], json!("<EMAIL_ADDRESS>"));
    let counted =
        "SELECT count(*) AS n FROM people WHERE 'ann@x.example' = email AND city = 'Chur'";
    assert_eq!(rows(&mut agent, counted), json!([{ "n": 0 }]));
    agent.finish();
    assert!(!house.log().contains("ann@x"));
}

#[test]
fn a_value_is_compared_as_it_is_stored() {
    let house = house(MANY);
    let mut agent = house.agent();
    let none = json!([]);
    let mut found = |column: &str, value: Value| {
        let sql = format!("SELECT id FROM people WHERE {column} = ?");
        agent.done("postgres__query", &json!({ "sql": sql, "params": [value] }))["rows"].clone()
    };
    // Another case, the column's own collation, a part, a pattern, trailing spaces, bytes that are no text.
    for value in [
        "ANN@x.example",
        "ben@x.example",
        "ann@x.exampl",
        "%",
        "ann@x.example ",
        "cleo",
        "dan@x.example",
        "",
    ] {
        assert_eq!(found("email", json!(value)), none, "{value}");
    }
    assert_eq!(found("email", json!("Ben@x.example")), json!([{ "id": 2 }]));
    assert_eq!(
        found("phone", json!("+1 212 555 0144 ")),
        json!([{ "id": 2 }])
    );
    for value in ["+1 212 555 0144", "+1 212 555 0143 ", "555  "] {
        assert_eq!(found("phone", json!(value)), none, "{value}");
    }
    // A column of numbers takes a text for the number that it is, as the engine does.
    assert_eq!(found("badge", json!(17)), json!([{ "id": 1 }]));
    assert_eq!(found("badge", json!("17")), json!([{ "id": 1 }]));
    assert_eq!(found("badge", json!(17.5)), none);
    assert_eq!(found("email", json!(5)), none);
    agent.finish();
}

#[test]
fn what_is_no_look_up_is_told_how_to_be_one() {
    let house = house(THREE);
    let mut agent = house.agent();
    for sql in [
        "SELECT id FROM people WHERE email LIKE 'ann%'",
        "SELECT id FROM people WHERE email = 'a' AND phone > '5'",
    ] {
        let answer = agent.call("postgres__query", &json!({ "sql": sql }));
        let text = answer.to_string();
        assert!(
            text.contains("no-oracle") && text.contains("is permitted 3 times in 86400 seconds"),
            "{text}"
        );
    }
    let answer = agent.call(
        "postgres__query",
        &json!({ "sql": "SELECT id FROM people WHERE salary = 4001" }),
    );
    assert!(answer.to_string().contains("hr:filter"), "{answer}");
    agent.finish();
}

#[test]
fn found_empty_and_failed_look_ups_cost_alike_over_restarts() {
    let house = house(THREE);
    let by =
        |value: &str| json!({ "sql": format!("SELECT id FROM people WHERE email = '{value}'") });
    let mut agent = house.agent();
    assert_eq!(
        agent.done("postgres__query", &by("ann@x.example"))["row_count"],
        json!(1)
    );
    assert_eq!(
        agent.done("postgres__query", &by("nobody"))["row_count"],
        json!(0)
    );
    agent.kill();
    let mut agent = house.agent();
    // The engine fails on it, after it was sent.
    let fails = json!({ "sql": "SELECT abs(-9223372036854775807 - id) AS x FROM people WHERE email = 'ann@x.example'" });
    assert!(
        agent
            .call("postgres__query", &fails)
            .to_string()
            .contains("isError\":true")
    );
    assert_eq!(
        agent.denied("postgres__query", &by("ann@x.example")),
        "find"
    );
    agent.finish();
    let mut agent = house.agent();
    assert_eq!(
        agent.denied("postgres__query", &by("ann@x.example")),
        "find"
    );
    // Another label has a budget of its own; what looks nothing up goes on.
    assert_eq!(
        rows(&mut agent, "SELECT id FROM people WHERE badge = 17"),
        json!([{ "id": 1 }])
    );
    assert_eq!(
        rows(&mut agent, "SELECT count(*) AS n FROM people"),
        json!([{ "n": 5 }])
    );
    agent.finish();
    house.replays(7);
}

#[test]
fn of_thirty_at_once_three_pass() {
    let house = house(THREE);
    let mut agent = house.agent();
    let ids: Vec<u64> = (0..30)
        .map(|_| {
            let arguments = json!({ "sql": "SELECT id FROM people WHERE email = 'ann@x.example'" });
            let call = json!({ "name": "postgres__query", "arguments": arguments });
            agent.post("tools/call", &call)
        })
        .collect();
    let (mut passed, mut denied) = (0, 0);
    for _ in ids {
        let answer = agent.receive().expect("an answer").to_string();
        passed += usize::from(answer.contains("row_count"));
        denied += usize::from(answer.contains("used up"));
    }
    assert_eq!((passed, denied), (3, 27));
    agent.finish();
}

/// What `aegis explain` says of a call.
fn explained(house: &House, request: &Value) -> Value {
    use std::io::Write;
    use std::process::{Command, Stdio};

    let mut child = Command::new(aegis_tests::aegis())
        .args(["explain", "--jsonl", "--config"])
        .arg(house.path("aegis.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("aegis explain");
    let mut input = child.stdin.take().expect("an input");
    writeln!(input, "{request}").expect("a line");
    drop(input);
    let output = child.wait_with_output().expect("an answer");
    assert_eq!(output.status.code(), Some(0));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn explain_says_what_a_look_up_costs_and_what_is_left() {
    let house = house(THREE);
    let sql = "SELECT id FROM people WHERE email = 'ann@x.example'";
    let request = json!({ "id": 1, "tool": "postgres__query", "arguments": { "sql": sql } });
    let cost = |left: u64| json!([{ "budget": "find/pii.email", "calls": 1, "of": 3, "window_s": 86400, "left": left }]);
    // Before any kernel ran, while one runs, and after.
    assert_eq!(explained(&house, &request)["costs"], cost(2));
    let mut agent = house.agent();
    agent.done("postgres__query", &json!({ "sql": sql }));
    assert_eq!(explained(&house, &request)["costs"], cost(1));
    agent.done("postgres__query", &json!({ "sql": sql }));
    agent.done("postgres__query", &json!({ "sql": sql }));
    agent.finish();
    let told = explained(&house, &request);
    assert_eq!(
        (&told["decision"], &told["rule"]),
        (&json!("deny"), &json!("find"))
    );
    // Asking what would be costs nothing, and another principal has a budget of its own.
    assert_eq!(explained(&house, &request), told);
    let free = json!({ "id": 2, "tool": "postgres__query", "arguments": { "sql": "SELECT id FROM people" } });
    assert_eq!(explained(&house, &free)["costs"], json!([]));
}

/// The engine itself is the judge: a look-up answers as the condition would on the stored values, compared byte by byte.
#[test]
fn a_look_up_answers_as_the_engine_would_for_that_value() {
    let house = house("{ calls = 100000, window_s = 3600 }");
    let database = rusqlite::Connection::open(house.path("data.db")).expect("the database");
    let mut agent = house.agent();
    let texts = [
        "ann@x.example",
        "Ben@x.example",
        "+1 212 555 0144 ",
        "555",
        "cleo",
        "17",
        "%",
        "",
    ];
    let mut values: Vec<Value> = [json!(17), json!(18), json!(-1), json!(17.0), json!(0)].into();
    for text in texts {
        let more = [text.to_uppercase(), format!("{text} ")];
        values.push(json!(text));
        values.extend(more.map(Value::from));
    }
    let (mut found, mut nothing) = (0, 0);
    for column in ["email", "phone", "badge"] {
        for value in &values {
            for shape in [
                "SELECT id FROM people WHERE {c} = ?1 ORDER BY id",
                "SELECT count(*) AS id FROM people AS p WHERE city = 'Bern' AND (?1 = p.{c})",
            ] {
                let sql = shape.replace("{c}", column);
                let call = json!({ "sql": sql, "params": [value] });
                let answer = agent.call("postgres__query", &call);
                let content = &answer["structuredContent"];
                assert_eq!(answer["isError"], json!(false), "{sql} {value}: {answer}");
                let ids: Vec<i64> = (content["rows"].as_array().expect("rows").iter())
                    .map(|row| row["id"].as_i64().expect("a number"))
                    .collect();
                let raw = sql
                    .replace("= ?1", "COLLATE BINARY = ?1")
                    .replace("?1 = p.", "?1 COLLATE BINARY = p.");
                let mut statement = database.prepare(&raw).expect("SQL");
                let bound = match value {
                    Value::String(text) => rusqlite::types::Value::Text(text.clone()),
                    number => match number.as_i64() {
                        Some(integer) => rusqlite::types::Value::Integer(integer),
                        None => rusqlite::types::Value::Real(number.as_f64().expect("a number")),
                    },
                };
                let truth = statement
                    .query_map([bound], |row| row.get(0))
                    .expect("rows");
                let truth: Vec<i64> = truth.map(|id| id.expect("an id")).collect();
                assert_eq!(ids, truth, "{sql} {value}");
                match ids.as_slice() {
                    [] | [0] => nothing += 1,
                    _ => found += 1,
                }
            }
        }
    }
    assert!(found >= 12 && nothing >= 80, "{found} found, {nothing} not");
    agent.finish();
}
