//! Masks of every kind, tokens that come back, look-ups and sums, through the kernel and the engine's wall.
//! Knows nothing of how masks are made.

use aegis_tests::Client;
use serde_json::{Value, json};

use crate::house::{House, rows, sql};

fn cell(agent: &mut Client, text: &str) -> String {
    let rows = rows(agent, text);
    let cell = rows[0]["x"].as_str();
    cell.unwrap_or_else(|| panic!("{text}: {rows}")).to_owned()
}

/// The masks that the kernel makes from the raw value need the engine to tell it: what leaves is the same as on SQLite.
#[test]
fn each_operator_leaves_its_part_of_a_bare_column_alone() {
    let Some(house) = House::new("each_operator_leaves_its_part_of_a_bare_column_alone") else {
        return;
    };
    house.edit("policies/invariants.toml", |text| {
        let line = |line: &str| match line.starts_with("mask =") {
            true => "mask = { default = \"redact\", \"pii.phone\" = \"keep-last-2\", \"pii.email\" = \"hash\", \"pii.ssn\" = \"generalise-prefix-3\", \"pii.name\" = \"token\", \"pii.notes\" = \"search\" }\n".to_owned(),
            false => format!("{line}\n"),
        };
        text.lines().map(line).collect()
    });
    let mut agent = house.agent();
    let row = rows(
        &mut agent,
        "SELECT name, email, phone, ssn, notes FROM customers WHERE id = 1",
    )
    .as_array()
    .unwrap()[0]
        .clone();
    let text = |column: &str| row[column].as_str().unwrap_or_default().to_owned();
    assert_eq!(text("phone"), "****43", "{row}");
    assert!(text("email").starts_with("<EMAIL_ADDRESS#"), "{row}");
    assert_eq!(text("ssn"), "078**", "{row}");
    assert!(text("name").starts_with("<PERSON:"), "{row}");
    assert_eq!(text("notes"), "likes tea", "{row}");
    // Inside expressions there is the token alone.
    for expression in [
        "right(phone, 4)",
        "phone || ''",
        "upper(ssn)",
        "replace(email, '@', ' at ')",
    ] {
        let x = cell(
            &mut agent,
            &format!("SELECT {expression} AS x FROM customers WHERE id = 1"),
        );
        let raw = ["0143", "078", "corp", "CORP", "ann"];
        assert!(!raw.iter().any(|raw| x.contains(raw)), "{expression}: {x}");
    }
    agent.finish();
    house.verify();
}

/// A token is what the agent has in place of a value; where a manifest says so it may be written back, and is the value again.
#[test]
fn a_token_comes_back_as_the_value_that_it_stands_for() {
    let Some(house) = House::new("a_token_comes_back_as_the_value_that_it_stands_for") else {
        return;
    };
    house.edit("manifests/postgres.toml", |text| {
        let before = "kind = \"sql-params\"\nrequired = false\n";
        let with = format!("{before}restores = [\"pii.email\"]\n");
        let (head, tail) = text.split_once("[tool.execute]").unwrap();
        format!("{head}[tool.execute]{}", tail.replacen(before, &with, 1))
    });
    house.edit("policies/analyst.toml", |text| {
        format!("{text}\n[[grant]]\nid = \"back\"\nprincipal = \"analyst-agent\"\ncapabilities = [\"mask:restore\"]\n")
    });
    let mut agent = house.agent();
    let token = cell(&mut agent, "SELECT email AS x FROM customers WHERE id = 1");
    assert!(token.starts_with("<EMAIL_ADDRESS:"), "{token}");
    let write =
        json!({ "sql": "UPDATE customers SET email = $2 WHERE id = $1", "params": [2, token] });
    let done = agent.call("postgres__execute", &write);
    assert_ne!(done["isError"], json!(true), "{done}");
    assert_eq!(
        house.text("SELECT email FROM customers WHERE id = 2"),
        "ann.lee@Corp.example"
    );
    // A number that stands twice would carry the value to another place, too.
    for text in [
        "UPDATE customers SET email = $1 WHERE id = 2 AND country = $1",
        "UPDATE customers SET country = $1 WHERE id = 2",
        "UPDATE customers SET email = $1, country = $1 WHERE id = 2",
    ] {
        let elsewhere = json!({ "sql": text, "params": [token] });
        assert_eq!(
            agent.denied("postgres__execute", &elsewhere),
            "kernel.masked-value",
            "{text}"
        );
    }
    let forged = json!({ "sql": "UPDATE customers SET email = $1 WHERE id = 2", "params": ["<EMAIL_ADDRESS:aaaaaaaaaaaaaaaa>"] });
    agent.denied("postgres__execute", &forged);
    agent.finish();
    house.verify();
}

#[test]
fn rows_are_looked_up_by_one_value_and_sums_are_told_over_many() {
    let more = "CREATE TABLE staff (id integer PRIMARY KEY, dept text, salary numeric(10, 2), bonus integer);
        INSERT INTO staff SELECT i, CASE WHEN i < 7 THEN 'a' ELSE 'b' END, 4000 + i, 1 FROM generate_series(1, 8) AS i;";
    let Some(house) = House::with(
        "rows_are_looked_up_by_one_value_and_sums_are_told_over_many",
        more,
    ) else {
        return;
    };
    house.edit("manifests/postgres.toml", |text| {
        format!("{text}\n[[table]]\nname = \"staff\"\ncolumns = [\"id\", \"dept\", \"salary\", \"bonus\"]\nkey = [\"id\"]\n[label.\"staff.salary\"]\nis = \"hr.salary\"\nmeasure = true\n").replace(
            "\"pii:filter\", \"pii:launder\"]",
            "\"pii:filter\", \"pii:launder\", \"pii:lookup\"]",
        )
    });
    house.edit("policies/analyst.toml", |text| {
        format!(
            "{text}\n[[lookup]]\nid = \"find\"\nprincipal = \"analyst-agent\"\nlabel = [\"pii.email\"]\nbudget = {{ calls = 9, window_s = 3600 }}\n\
             [[measure]]\nid = \"payroll\"\nprincipal = \"analyst-agent\"\nlabel = \"hr.*\"\nrows_min = 5\nbudget = {{ calls = 9, window_s = 3600 }}\n\
             [[transform]]\nid = \"pay\"\nlabel = \"hr.*\"\nmask = {{ default = \"redact\" }}\n"
        )
    });
    let mut agent = house.agent();
    let found = json!({ "sql": "SELECT id, country FROM customers WHERE email = $1", "params": ["ben@corp.example"] });
    assert_eq!(
        agent.done("postgres__query", &found)["rows"],
        json!([{ "id": 2, "country": "DE" }])
    );
    let none = sql("SELECT id FROM customers WHERE email = 'BEN@corp.example'");
    assert_eq!(agent.done("postgres__query", &none)["rows"], json!([]));
    let guess = sql("SELECT id FROM customers WHERE email LIKE 'b%'");
    assert_eq!(agent.denied("postgres__query", &guess), "pii-no-oracle");
    let sums = rows(
        &mut agent,
        "SELECT dept, sum(salary) AS s FROM staff GROUP BY dept ORDER BY dept",
    );
    assert_eq!(
        sums,
        json!([{ "dept": "a", "s": "24021.00" }, { "dept": "b", "s": null }])
    );
    let bare: Value = rows(&mut agent, "SELECT salary FROM staff WHERE id = 1");
    assert!(!bare.to_string().contains("4001"), "{bare}");
    agent.finish();
    house.verify();
}
