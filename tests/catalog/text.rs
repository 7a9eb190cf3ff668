//! The digest of a catalogue, and that each decision names the one that it was made with.
//! Knows nothing of where labels come from.

use std::fs;

use aegis_core::audit::{Leaf, quotable};
use aegis_core::manifest::{Catalog, Column, Copied, Label, Table, catalog_file};
use serde_json::json;

use super::kit;

fn text(catalog: &Catalog) -> String {
    let hash = |name: &str| Leaf::of_bytes(name.as_bytes()).to_string();
    catalog.text("postgres", quotable, hash)
}

fn parsed(toml: &str) -> Catalog {
    catalog_file::parse(toml).expect("a catalogue")
}

const PEOPLE: &str = "[[table]]\nname = \"people\"\ncolumns = [\"id\", \"email\"]\nkey = [\"id\"]\nlabels = { email = \"pii.email\" }\n";

#[test]
fn a_catalogue_has_one_text() {
    let orders = "[[table]]\nname = \"orders\"\ncolumns = [\"id\"]\n";
    let one = parsed(&format!("{PEOPLE}{orders}"));
    let other = parsed(&format!("{orders}{PEOPLE}"));
    assert_eq!(text(&one), text(&other));
    assert_eq!(
        text(&one),
        r#"{"catalog":1,"server":"postgres","tables":[{"columns":[{"name":"id"}],"name":"orders"},{"columns":[{"key":true,"name":"id"},{"labels":["pii.email"],"name":"email"}],"name":"people"}]}"#
    );
}

#[test]
fn whatever_a_decision_depends_on_changes_it() {
    let before = text(&parsed(PEOPLE));
    let mut changed = vec![
        parsed(&PEOPLE.replace("pii.email", "pii.mail")),
        parsed(&PEOPLE.replace("labels", "# ")),
        parsed(&PEOPLE.replace("key = ", "# ")),
        parsed(&PEOPLE.replace("\"id\", \"email\"", "\"email\", \"id\"")),
        parsed(&format!("{PEOPLE}measures = [\"email\"]\n")),
        parsed(&PEOPLE.replace("people", "folk")),
    ];
    let mut typed = parsed(PEOPLE);
    typed.insert(Table {
        name: "people".to_owned(),
        columns: vec![
            Column {
                key: true,
                declared_type: "TEXT".to_owned(),
                ..Column::named("id")
            },
            Column {
                label: Label::parse("pii.email"),
                ..Column::named("email")
            },
        ],
        view: None,
        constraints: Vec::new(),
    });
    let mut revised = parsed(PEOPLE);
    revised.revision = Some("1".to_owned());
    let label = Label::parse("pii.email").expect("a label");
    let copied = Copied::new("postgres", "people", "id", label);
    changed.extend([typed, revised, parsed(PEOPLE).carrying([copied])]);
    for (at, catalog) in changed.iter().enumerate() {
        assert_ne!(text(catalog), before, "{at}");
    }
}

#[test]
fn no_value_that_an_agent_wrote_stands_in_it() {
    for (view, shown) in [
        (
            "CREATE VIEW v AS SELECT id FROM people WHERE email = 'ann@x.example'",
            "CREATE VIEW v AS SELECT id FROM people WHERE email = ?",
        ),
        (
            "CREATE VIEW v AS SELECT 'it''s ann@x', 4111111111111111 + 1.5e3, a1 FROM people",
            "CREATE VIEW v AS SELECT ?, ? + ?, a1 FROM people",
        ),
        ("CREATE VIEW v AS SELECT 1 AS \"ann@x.example\"", "?"),
        ("CREATE VIEW v AS SELECT 1 AS x078051120", "?"),
        ("CREATE VIEW v AS SELECT id /* ann@x */ FROM people", "?"),
        ("CREATE VIEW v AS SELECT id -- ann@x", "?"),
        ("CREATE VIEW v AS SELECT $$ann@x$$", "?"),
        ("CREATE VIEW v AS SELECT E'\\'ann@x'", "?"),
        ("CREATE VIEW v AS SELECT 'ann@x", "?"),
        ("CREATE VIEW v AS SELECT [ann@x] FROM people", "?"),
        (
            "CREATE VIEW v AS SELECT [id], \"email\" FROM people",
            "CREATE VIEW v AS SELECT [id], \"email\" FROM people",
        ),
    ] {
        let mut catalog = Catalog::default();
        catalog.insert(Table {
            name: "v".to_owned(),
            columns: Vec::new(),
            view: Some(view.to_owned()),
            constraints: Vec::new(),
        });
        let found: serde_json::Value = serde_json::from_str(&text(&catalog)).expect("JSON");
        assert_eq!(found["tables"][0]["view"], shown, "{view}");
    }
    let mut catalog = Catalog::default();
    catalog.insert(Table {
        name: "ann@x.example".to_owned(),
        columns: vec![Column::named("078-05-1120")],
        view: None,
        constraints: Vec::new(),
    });
    let text = text(&catalog);
    assert!(!text.contains("ann@") && !text.contains("1120"), "{text}");
    assert!(text.contains("name_sha256"), "{text}");
}

#[test]
fn each_decision_names_the_catalogue_that_it_was_made_with() {
    let house = kit::house();
    let mut agent = house.agent();
    kit::rows(&mut agent, "SELECT id FROM plain");
    kit::refused(&mut agent, "SELECT id FROM people WHERE email = 'x'");
    kit::refused(&mut agent, "SELECT id FROM nowhere");
    kit::run(&mut agent, "CREATE TABLE fresh (id INTEGER PRIMARY KEY)");
    kit::rows(&mut agent, "SELECT id FROM fresh");
    agent.call("postgres__list_tables", &json!({}));
    agent.finish();

    let loads = kit::records(&house, &["catalog.load"]);
    let causes: Vec<_> = loads.iter().map(|load| load["cause"].clone()).collect();
    assert_eq!(causes, ["start", "defined"]);
    let (first, second) = (&loads[0]["catalog"], &loads[1]["catalog"]);
    assert_ne!(first, second);
    let calls = kit::records(&house, &["intent", "decision"]);
    let named: Vec<_> = calls.iter().map(|call| call["catalog"].clone()).collect();
    let none = serde_json::Value::Null;
    assert_eq!(
        named,
        [first, first, first, first, second, &none].map(Clone::clone)
    );

    let found = kit::catalog(&house, first);
    assert_eq!(found["tables"].as_array().map(Vec::len), Some(3));
    let email = &found["tables"][1]["columns"][1];
    assert_eq!(
        *email,
        json!({ "labels": ["pii.email"], "name": "email", "type": "TEXT" })
    );
    assert_eq!(
        found["tables"][0]["view"],
        "CREATE VIEW contacts AS SELECT id, email AS contact FROM people WHERE city <> ?"
    );
    assert_eq!(
        kit::catalog(&house, second)["tables"]
            .as_array()
            .map(Vec::len),
        Some(4)
    );
    for load in &loads {
        let name = load["catalog"].as_str().expect("a digest");
        let bytes = fs::read(house.path(".aegis/audit/catalogs").join(name)).expect("a text");
        assert_eq!(Leaf::of_bytes(&bytes).to_string(), name);
    }
    assert_eq!(
        kit::command(&house, &["audit", "verify", ".aegis/audit"]).0,
        0
    );
    assert_eq!(
        kit::command(&house, &["replay", "--log", ".aegis/audit"]).0,
        0
    );
}

#[test]
fn a_text_that_was_changed_or_lost_is_told() {
    let house = kit::house();
    let mut agent = house.agent();
    kit::rows(&mut agent, "SELECT id FROM plain");
    agent.finish();
    let loads = kit::records(&house, &["catalog.load"]);
    let second = &loads[0]["catalog"];
    // The log holds, and what it names cannot be looked up.
    let path = house
        .path(".aegis/audit/catalogs")
        .join(second.as_str().expect("a digest"));
    fs::write(&path, "{}").expect("a file");
    let (code, told) = kit::command(&house, &["replay", "--json", "--log", ".aegis/audit"]);
    assert_eq!(code, 1);
    assert!(
        told.contains("UNRESOLVED") && told.contains("catalogue"),
        "{told}"
    );
    fs::remove_file(&path).expect("a file");
    assert_eq!(
        kit::command(&house, &["replay", "--log", ".aegis/audit"]).0,
        1
    );
    assert_eq!(
        kit::command(&house, &["audit", "verify", ".aegis/audit"]).0,
        0
    );
}

#[test]
fn a_catalogue_is_read_once_a_start_and_recorded_once() {
    let house = kit::house();
    for _ in 0..2 {
        let mut agent = house.agent();
        kit::rows(&mut agent, "SELECT id FROM plain");
        agent.finish();
    }
    let loads = kit::records(&house, &["catalog.load"]);
    assert_eq!(loads.len(), 2);
    assert_eq!(loads[0]["catalog"], loads[1]["catalog"]);
    let folder = fs::read_dir(house.path(".aegis/audit/catalogs")).expect("a folder");
    assert_eq!(folder.count(), 1);
}
