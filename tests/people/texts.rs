//! Free text under the mask `search`: the column itself is searched, what is computed from it is masked whole.
//! Knows nothing of what detectors find.

use aegis_tests::policies::{read, root};
use aegis_tests::{Client, House};
use serde_json::{Value, json};

const SCHEMA: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, phone TEXT, city TEXT, notes TEXT);
    CREATE TABLE plain (id INTEGER PRIMARY KEY, note TEXT, other TEXT);
    CREATE VIEW letters AS SELECT id, notes AS text, upper(notes) AS loud FROM people;
    INSERT INTO people VALUES (1, 'ann@x.example', '+1 555 0100', 'Bern', 'likes tea; write to ann@x.example soon'),
      (2, 'ben@x.example', '+1 555 0101', 'Rome', 'likes rain'), (3, NULL, NULL, 'Rome', NULL), (4, NULL, NULL, 'Rome', '7');";

fn house(change: impl Fn(String) -> String) -> House {
    let cases = root().join("tests/catalog");
    let manifest = format!(
        "{}\n[label.\"people.notes\"]\nis = \"pii.notes\"\n",
        read(&cases.join("manifest.toml"))
    );
    let policy = read(&cases.join("policy.toml")).replace(
        "\"pii.email\" = \"token\" }",
        "\"pii.email\" = \"token\", \"pii.notes\" = \"search\" }",
    );
    House::new(SCHEMA, &manifest, &change(policy))
}

fn rows(agent: &mut Client, sql: &str) -> Value {
    agent.done("postgres__query", &json!({ "sql": sql }))["rows"].clone()
}

#[test]
fn the_text_itself_leaves_searched() {
    let unchanged = |policy: String| policy;
    let detecting =
        |policy: String| format!("{policy}\n[[transform]]\nid = \"look\"\ndetect = \"standard\"\n");
    for house in [house(unchanged), house(detecting)] {
        let mut agent = house.agent();
        for sql in [
            "SELECT id, notes FROM people ORDER BY id",
            "SELECT p.id, p.notes AS n FROM people AS p ORDER BY 1",
            "SELECT id, text FROM letters ORDER BY id",
            "WITH w AS (SELECT id, notes FROM people) SELECT * FROM w ORDER BY id",
        ] {
            let found = rows(&mut agent, sql);
            let text = |at: usize| {
                let row = found[at].as_object().expect("a row");
                row.values().nth(1).cloned().expect("a text")
            };
            let first = text(0).as_str().expect("a text").to_owned();
            assert!(
                first.starts_with("likes tea; write to <EMAIL_ADDRESS"),
                "{sql}: {first}"
            );
            assert!(first.ends_with("> soon"), "{sql}: {first}");
            assert_eq!(text(1), "likes rain", "{sql}");
            assert_eq!(text(2), Value::Null, "{sql}");
            assert_eq!(text(3), "7", "{sql}");
        }
        agent.finish();
    }
}

/// Everything that is computed from the text.
const COMPUTED: [&str; 12] = [
    "SELECT substr(notes, 21, 4) AS a, substr(notes, 25, 9) AS b FROM people WHERE id = 1",
    "SELECT replace(notes, '@', ' at ') AS a FROM people WHERE id = 1",
    "SELECT notes || '' AS a FROM people WHERE id = 1",
    "SELECT group_concat(notes, '|') AS a FROM people",
    "SELECT max(notes) AS a FROM people",
    "SELECT hex(notes) AS a FROM people WHERE id = 1",
    "SELECT instr(notes, 'ann') AS a, length(notes) AS b FROM people WHERE id = 1",
    "SELECT CASE WHEN notes LIKE '%ann%' THEN 1 ELSE 0 END AS a FROM people WHERE id = 1",
    "SELECT json_object('n', notes) AS a FROM people WHERE id = 1",
    "SELECT loud AS a FROM letters WHERE id = 1",
    "SELECT notes AS a FROM people UNION ALL SELECT email FROM people",
    "SELECT (SELECT substr(notes, 21, 4) FROM people WHERE id = 1) AS a",
];

fn computes_nothing(agent: &mut Client) {
    for sql in COMPUTED {
        let found = rows(agent, sql);
        for row in found.as_array().expect("rows") {
            for value in row.as_object().expect("a row").values() {
                let masked =
                    value == "<NOTES>" || (value == "<EMAIL_ADDRESS>" && sql.contains("UNION"));
                assert!(masked, "{sql}: {found}");
            }
        }
    }
    for sql in [
        "SELECT id FROM people WHERE notes LIKE '%ann%'",
        "SELECT id FROM people ORDER BY notes",
        "SELECT count(*) AS n FROM people GROUP BY substr(notes, 1, 1)",
        "SELECT DISTINCT notes FROM people",
    ] {
        assert_eq!(
            agent.denied("postgres__query", &json!({ "sql": sql })),
            "no-oracle",
            "{sql}"
        );
    }
}

#[test]
fn nothing_computed_from_it_leaves() {
    let house = house(|policy| policy);
    let mut agent = house.agent();
    computes_nothing(&mut agent);
    // A copy of the text is a text; what an address was copied into is none any more.
    agent.done(
        "postgres__execute",
        &json!({ "sql": "INSERT INTO plain (id, note) SELECT id, notes FROM people" }),
    );
    let copied = rows(&mut agent, "SELECT note FROM plain WHERE id = 2");
    assert_eq!(copied, json!([{ "note": "likes rain" }]));
    assert_eq!(
        rows(
            &mut agent,
            "SELECT substr(note, 1, 5) AS n FROM plain WHERE id = 2"
        ),
        json!([{ "n": "<NOTES>" }])
    );
    agent.done("postgres__execute", &json!({ "sql": "INSERT INTO plain (id, note) SELECT id + 10, email FROM people WHERE id < 3" }));
    let mixed = rows(&mut agent, "SELECT note FROM plain WHERE id = 2").to_string();
    assert!(!mixed.contains("rain"), "{mixed}");
    agent.finish();
    assert!(!house.log().contains("ann@"));
}

#[test]
fn the_engine_sees_tokens_alone() {
    // Even where a policy lets conditions pass, what they are about is masked.
    let house = house(|policy| {
        policy
            .replace("\"pii:launder\"]", "\"pii:launder\", \"pii:filter\"]")
            .replace(
                "capability = [\"pii:filter\"]",
                "capability = [\"db:truncate\"]",
            )
    });
    let mut agent = house.agent();
    for sql in [
        "SELECT count(*) AS n FROM people WHERE notes LIKE '%ann%'",
        "SELECT count(*) AS n FROM people WHERE notes = 'likes rain'",
        "SELECT count(*) AS n FROM people WHERE instr(notes, 'rain') > 0",
        "SELECT count(*) AS n FROM people AS a JOIN (SELECT 'likes rain' AS notes) USING (notes)",
    ] {
        assert_eq!(rows(&mut agent, sql), json!([{ "n": 0 }]), "{sql}");
    }
    agent.finish();
}

/// The kernel alone, in front of a server that shows everything as it is.
#[test]
fn the_masks_hold_without_a_wall() {
    let house = house(|policy| policy);
    for (name, with, without) in [
        ("manifest.toml", "wall = true", "wall = false"),
        (
            "aegis.toml",
            "\"downstream\", \"postgres\"",
            "\"downstream\", \"postgres\", \"--open\"",
        ),
    ] {
        let text = std::fs::read_to_string(house.path(name)).expect("a file");
        assert!(text.contains(with), "{text}");
        std::fs::write(house.path(name), text.replace(with, without)).expect("a file");
    }
    let mut agent = house.agent();
    computes_nothing(&mut agent);
    for sql in [
        "SELECT notes FROM people WHERE id = 1",
        "SELECT text FROM letters WHERE id = 1",
        "SELECT n FROM (SELECT notes AS n FROM people WHERE id = 1)",
    ] {
        let found = rows(&mut agent, sql).to_string();
        assert!(
            found.contains("likes tea; write to <EMAIL_ADDRESS") && !found.contains("ann@"),
            "{sql}: {found}"
        );
    }
    let masked = rows(&mut agent, "SELECT email, phone FROM people WHERE id = 1").to_string();
    assert!(
        !masked.contains("ann@") && !masked.contains("0100"),
        "{masked}"
    );
    agent.finish();
    assert!(!house.log().contains("ann@"));
}
