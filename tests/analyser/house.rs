//! The analyser in a whole kernel: names in notes, the log, and an analyser that fails.
//! Knows nothing of the kernel's insides.

use aegis_tests::House;
use aegis_tests::policies::{read, root};
use serde_json::json;

use super::fake::{Fake, Manner};

const SCHEMA: &str = "
    CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, email TEXT, dept TEXT, salary INTEGER, bonus INTEGER);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT);
    INSERT INTO staff VALUES (1, 'Grace Hopper', 'grace@navy.example', 'a', 4001, 1);
    INSERT INTO notes VALUES (1, 'Zo\u{EB} met Grace Hopper, mail zoe@navy.example, in Arlington'), (2, 'nothing');";
const RULE: &str =
    "[[transform]]\nid = \"prose\"\ndetect = \"standard\"\nanalyse = [\"postgres__query\"]\n";

fn house(fake: &Fake, more: &str) -> House {
    let cases = root().join("tests/cases/policy");
    let rules = format!("{}\n{RULE}", read(&cases.join("rules/staff.toml")));
    let manifest = read(&cases.join("manifests/staff.toml"));
    let house = House::new(SCHEMA, &manifest, &rules);
    let config = format!(
        "{}[masking.analyser]\nurl = \"{}\"\n{more}",
        read(&house.path("aegis.toml")),
        fake.url()
    );
    std::fs::write(house.path("aegis.toml"), config).unwrap();
    house
}

#[test]
fn names_in_prose_leave_masked_and_the_log_says_who_found_them() {
    let fake = Fake::new(Manner::Finds(vec![
        ("Zo\u{EB}", "PERSON"),
        ("Grace Hopper", "PERSON"),
        ("Arlington", "GPE"),
    ]));
    let house = house(
        &fake,
        "score_min = 0.4\n[masking.analyser.types]\nGPE = \"LOCATION\"\n",
    );
    let mut agent = house.agent();
    let sql = "SELECT n.note, s.name, s.email FROM notes n LEFT JOIN staff s ON n.id = s.id ORDER BY n.id";
    let answer = agent.done("postgres__query", &json!({ "sql": sql }));
    let note = answer["rows"][0]["note"].as_str().unwrap();
    assert!(note.starts_with("<PERSON:"), "{note}");
    assert_eq!(note.matches("<PERSON:").count(), 2, "{note}");
    assert!(
        note.contains("mail <EMAIL_ADDRESS:") && note.contains("<LOCATION:"),
        "{note}"
    );
    assert_eq!(answer["rows"][1]["note"], "nothing");
    agent.finish();
    let heard = agent.heard.join("");
    for value in ["Zo\u{EB}", "Grace", "Arlington", "navy.example"] {
        assert!(!heard.contains(value), "{value}");
    }
    // What is masked by label, or found by the kernel, was not sent on.
    let asked = serde_json::Value::Array(fake.heard()).to_string();
    assert!(!asked.contains("navy.example"), "{asked}");
    let names = asked.matches("Grace").count();
    assert_eq!(names, 1, "the note and not the labelled column: {asked}");
    let log = house.log();
    assert!(
        log.contains("\"source\":\"analyser\"") && log.contains("\"type\":\"PERSON\""),
        "{log}"
    );
    for value in ["Grace", "Arlington"] {
        assert!(!log.contains(value), "{value}");
    }
}

#[test]
fn an_analyser_that_fails_withholds_what_it_should_have_seen_and_nothing_else() {
    for (manner, rule) in [
        (Manner::Says("[{}]".into()), "kernel.analyser-unreadable"),
        (Manner::Bytes(Vec::new()), "kernel.analyser-unavailable"),
        (Manner::Silent, "kernel.analyser-unavailable"),
    ] {
        let fake = Fake::new(manner);
        let house = house(&fake, "timeout_ms = 200\n");
        let mut agent = house.agent();
        let sql = json!({ "sql": "SELECT note FROM notes" });
        let answer = agent.call("postgres__query", &sql);
        assert_eq!(answer["structuredContent"]["rule"], rule, "{answer}");
        assert!(!answer.to_string().contains("Hopper"), "{answer}");
        // No rule has it look at the list of tables.
        let tables = agent.done("postgres__list_tables", &json!({}));
        assert!(tables.to_string().contains("notes"), "{tables}");
        agent.finish();
        assert!(house.log().contains(rule));
    }
}
