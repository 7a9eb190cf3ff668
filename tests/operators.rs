//! Operators end to end: through the engine's wall, the kernel's masks and the detectors.
//! Knows nothing of the kernel's insides.

use aegis_tests::{Client, TempWorld};
use serde_json::{Value, json};

/// The demo's world with another mask and detector line in its invariants.
fn world(mask: &str, detect: &str) -> TempWorld {
    let world = TempWorld::new();
    let path = world.path("policies/invariants.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let changed: String = text
        .lines()
        .map(|line| match line {
            _ if line.starts_with("mask =") => format!("{mask}\n"),
            _ if line.starts_with("detect =") => format!("{detect}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    std::fs::write(&path, changed).unwrap();
    world
}

fn rows(agent: &mut Client, sql: &str) -> Vec<Value> {
    let page = agent.done("postgres__query", &json!({ "sql": sql }));
    page["rows"].as_array().unwrap().clone()
}

#[test]
fn the_wall_lets_each_operator_leave_its_part_of_a_bare_column_alone() {
    let mask = "mask = { default = \"redact\", \"pii.phone\" = \"keep-last-2\", \"pii.email\" = \"hash\", \"pii.ssn\" = \"generalise-prefix-3\", \"pii.name\" = \"token\" }";
    let world = world(mask, "detect = \"standard\"");
    let real = |column: &str| world.text(&format!("SELECT {column} FROM customers WHERE id = 1"));
    let mut agent = Client::start(&world.config());
    let row = rows(
        &mut agent,
        "SELECT id, name, email, phone, ssn FROM customers WHERE id = 1",
    )
    .remove(0);
    let text = |column: &str| row[column].as_str().unwrap().to_owned();
    let digits: String = real("phone").chars().filter(char::is_ascii_digit).collect();
    assert_eq!(
        text("phone"),
        format!("****{}", &digits[digits.len() - 2..])
    );
    assert!(text("email").starts_with("<EMAIL_ADDRESS#"), "{row}");
    let ssn: String = real("ssn").chars().filter(char::is_ascii_digit).collect();
    assert_eq!(text("ssn"), format!("{}**", &ssn[..3]));
    assert!(text("name").starts_with("<PERSON:"), "{row}");
    for sql in [
        "SELECT substr(phone, -4) AS x FROM customers WHERE id = 1",
        "SELECT phone || '' AS x FROM customers WHERE id = 1",
        "SELECT upper(ssn) AS x FROM customers WHERE id = 1",
        "SELECT max(email) AS x FROM customers",
    ] {
        let x = rows(&mut agent, sql).remove(0)["x"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            ["<PHONE_NUMBER>", "<US_SSN>", "<EMAIL_ADDRESS>"].contains(&x.as_str()),
            "{sql}: {x}"
        );
    }
    let alike = rows(
        &mut agent,
        "SELECT a.email AS a, b.email AS b FROM customers a JOIN customers b ON a.id = b.id WHERE a.id = 1",
    );
    assert_eq!(alike[0]["a"], alike[0]["b"]);
    agent.finish();
    let heard = agent.heard.join("");
    for column in ["name", "email", "phone", "ssn"] {
        assert!(!heard.contains(&real(column)), "{column}");
    }
    assert_eq!(world.verify().0, 0);
}

#[test]
fn a_rule_chooses_operators_by_type_and_the_log_says_where() {
    let detect =
        "detect = { profile = \"financial\", EMAIL_ADDRESS = \"redact\", PHONE_NUMBER = \"off\" }";
    let world = world("mask = { default = \"redact\" }", detect);
    let note = "card 4111 1111 1111 1111, jane.roe@example.com, call +1 202-555-0147";
    std::fs::write(world.path("world/bucket/silver/note.txt"), note).unwrap();
    let mut agent = Client::start(&world.config());
    let read = agent
        .call("s3__get_object", &json!({ "key": "silver/note.txt" }))
        .to_string();
    assert!(
        read.contains("card ****1111, <EMAIL_ADDRESS>, call +1 202-555-0147"),
        "{read}"
    );
    agent.finish();
    let (_, shown, _) = world.run(&["audit", "show", "--json", ".aegis/audit"]);
    let log = std::fs::read_dir(world.path(".aegis/audit")).unwrap();
    let text: String = log
        .filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok())
        .collect();
    assert!(text.contains(r#""pointer":"/structuredContent/"#), "{text}");
    assert!(!text.contains("jane.roe") && !shown.contains("jane.roe"));
    assert!(text.contains(r#""detect":"financial""#));
}

#[test]
fn a_type_or_profile_that_there_is_none_of_is_refused_at_its_place() {
    for (detect, said) in [
        (
            "detect = { profile = \"standard\", EMAIL = \"redact\" }",
            "`EMAIL` is no type that can be found",
        ),
        (
            "detect = { profile = \"standard\", EMAIL_ADDRESS = \"blur\" }",
            "`blur` is no mask",
        ),
        (
            "detect = { EMAIL_ADDRESS = \"redact\" }",
            "`detect` lacks `profile`",
        ),
        ("detect = \"hr\"", "no profile `hr`"),
    ] {
        let world = world("mask = { default = \"redact\" }", detect);
        let (code, _, err) = world.run(&["check"]);
        assert_eq!(code, 2, "{detect}");
        assert!(
            err.contains(said) && err.contains("invariants.toml:"),
            "{err}"
        );
    }
    let world = world("mask = { default = \"redact\" }", "detect = \"hr\"");
    let config = std::fs::read_to_string(world.config()).unwrap();
    std::fs::write(
        world.config(),
        format!(
            "{config}\n[masking]\ntokens = \"principal\"\n[masking.profiles]\nhr = \"hr.toml\"\n"
        ),
    )
    .unwrap();
    let own = "[[detector]]\ntype = \"BADGE\"\npattern = \"B-[0-9]{4}\"\nmask = \"redact\"\nmatches = [\"B-1234\"]\nrejects = [\"B-1\"]\n";
    std::fs::write(world.path("hr.toml"), format!("{own}colour = 1\n")).unwrap();
    let (code, _, err) = world.run(&["check"]);
    assert!(
        code == 2 && err.contains("hr.toml:7:1") && err.contains("unknown key `colour`"),
        "{err}"
    );
    std::fs::write(world.path("hr.toml"), own).unwrap();
    std::fs::write(world.path("world/bucket/silver/note.txt"), "lost B-1234").unwrap();
    let tokens: Vec<String> = (0..2)
        .map(|_| {
            let mut agent = Client::start(&world.config());
            let read = agent
                .call("s3__get_object", &json!({ "key": "silver/note.txt" }))
                .to_string();
            assert!(read.contains("lost <BADGE>"), "{read}");
            agent.finish();
            read
        })
        .collect();
    assert_eq!(tokens.len(), 2);
}
