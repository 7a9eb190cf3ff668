//! Families of statements: refused, unless a manifest opens them and a policy grants what they become.
//! Knows nothing of what they describe.

use aegis_core::manifest;
use aegis_tests::House;
use serde_json::json;

use super::kit;

const OPENED: &str = "dialect = \"sqlite\"\nfamilies = [\"sql:pragma\"]";

fn house(opened: bool, granted: bool) -> House {
    let mut manifest = include_str!("manifest.toml").to_owned();
    if opened {
        manifest = manifest
            .replacen("dialect = \"sqlite\"", OPENED, 1)
            .replace(
                "\"pii:launder\"]\nwall",
                "\"pii:launder\", \"sql:pragma\"]\nwall",
            );
    }
    let mut policy = include_str!("policy.toml").to_owned();
    if granted {
        policy = policy.replace("\"pii:launder\"]", "\"pii:launder\", \"sql:pragma\"]");
    }
    House::new(kit::SCHEMA, &manifest, &policy)
}

#[test]
fn a_pragma_needs_a_manifest_that_opens_it_and_a_grant() {
    let sql = "PRAGMA table_info(people)";
    let shut = house(false, false);
    let mut agent = shut.agent();
    assert!(kit::refused(&mut agent, sql).starts_with("sql."));
    agent.finish();
    let house_without = house(true, false);
    let mut agent = house_without.agent();
    assert_eq!(kit::refused(&mut agent, sql), "kernel.not-granted");
    agent.finish();

    let opened = house(true, true);
    let mut agent = opened.agent();
    for (sql, count) in [
        ("PRAGMA table_info(people)", 5),
        ("pragma Table_Info( \"people\" );", 5),
        ("PRAGMA table_xinfo('plain')", 3),
        ("PRAGMA foreign_key_list(plain)", 0),
        ("PRAGMA index_list(plain)", 0),
    ] {
        let found = kit::rows(&mut agent, sql);
        assert_eq!(
            found.as_array().map(Vec::len),
            Some(count),
            "{sql}: {found}"
        );
    }
    for sql in [
        "PRAGMA table_info(nowhere)",
        "PRAGMA table_info(sqlite_schema)",
        "PRAGMA table_info(people); DROP TABLE plain",
        "PRAGMA table_info(people) -- x",
        "PRAGMA main.table_info(people)",
        "PRAGMA table_info",
        "PRAGMA table_info = people",
        "PRAGMA writable_schema(1)",
        "PRAGMA writable_schema = 1",
        "PRAGMA user_version = 7",
        "PRAGMA database_list",
        "PRAGMA table_list",
        "PRAGMA journal_mode(DELETE)",
        "PRAGMA table_info(people) UNION SELECT 1",
        "SELECT * FROM pragma_table_info('people')",
    ] {
        assert!(kit::refused(&mut agent, sql).starts_with("sql."), "{sql}");
    }
    let write = json!({ "sql": "PRAGMA table_info(people)" });
    assert!(
        agent
            .denied("postgres__execute", &write)
            .starts_with("sql.")
    );
    agent.finish();
    let facts = kit::records(&opened, &["intent"])[0]["facts"].to_string();
    assert!(
        facts.contains(r#""kind":"opens","subject":"pragma""#),
        "{facts}"
    );
    assert_eq!(
        kit::command(&opened, &["replay", "--log", ".aegis/audit"]).0,
        0
    );
}

#[test]
fn what_cannot_be_read_soundly_cannot_be_opened() {
    let opening = |word: &str| {
        let families = format!("dialect = \"sqlite\"\nfamilies = [\"{word}\"]");
        let text = include_str!("manifest.toml").replacen("dialect = \"sqlite\"", &families, 1);
        manifest::parse(&text, "manifest.toml").map(|_| ())
    };
    assert!(opening("sql:pragma").is_ok());
    for (word, why) in aegis_core::inspect::sql::NEVER {
        let problems = opening(word).expect_err(word);
        assert!(problems[0].message.contains(why), "{word}: {problems:?}");
    }
    let problems = opening("sql:pragmas").expect_err("a typing error");
    assert!(problems[0].fix.contains("sql:pragma"), "{problems:?}");
}
