//! Masks that an agent sends back, end to end: refused by name, or restored where manifest and grant say so.
//! Knows nothing of the kernel's insides.

use std::path::Path;

use aegis_tests::{Client, TempWorld};
use serde_json::{Value, json};

const GRANT: &str = r#"
[[grant]]
id = "analyst-gives-values-back"
principal = "analyst-agent"
capabilities = ["mask:restore", "mask:pass"]
"#;

/// The manifests let bound values and object bodies take masks; the policy may or may not.
fn world(granted: bool) -> TempWorld {
    let world = TempWorld::new();
    edit(&world.path("manifests/postgres.toml"), |text| {
        let before = "kind = \"sql-params\"\nrequired = false\n";
        let with = format!("{before}restores = [\"pii.email\", \"pii.name\", \"PHONE_NUMBER\"]\n");
        let (head, tail) = text.split_once("[tool.execute]").unwrap();
        format!("{head}[tool.execute]{}", tail.replacen(before, &with, 1))
    });
    edit(&world.path("manifests/s3.toml"), |text| {
        let (head, tail) = text
            .split_once("[tool.put_object.argument.body]\n")
            .unwrap();
        format!(
            "{head}[tool.put_object.argument.body]\nrestores = [\"pii.email\"]\npasses_masked = true\n{tail}"
        )
    });
    for manifest in ["manifests/postgres.toml", "manifests/s3.toml"] {
        edit(&world.path(manifest), |text| {
            let more = "\"mask:restore\", \"mask:pass\"]";
            text.lines()
                .map(|line| match line.strip_prefix("at_most") {
                    Some(rest) => {
                        format!("at_most{}\n", rest.replacen(']', &format!(", {more}"), 1))
                    }
                    None => format!("{line}\n"),
                })
                .collect()
        });
    }
    if granted {
        std::fs::write(world.path("policies/back.toml"), GRANT).unwrap();
    }
    world
}

fn edit(path: &Path, change: impl Fn(String) -> String) {
    let text = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, change(text)).unwrap();
}

fn row(agent: &mut Client, id: i64) -> Value {
    let sql = format!("SELECT id, name, email, phone, ssn FROM customers WHERE id = {id}");
    agent.done("postgres__query", &json!({ "sql": sql }))["rows"][0].clone()
}

fn token(agent: &mut Client, id: i64, column: &str) -> String {
    row(agent, id)[column].as_str().unwrap().to_owned()
}

fn update(column: &str, value: &str, id: i64) -> Value {
    json!({ "sql": format!("UPDATE customers SET {column} = ? WHERE id = ?"), "params": [value, id] })
}

/// Every file that the kernel wrote, as one text.
fn written(world: &TempWorld) -> String {
    let mut text = String::new();
    let mut folders = vec![world.path(".aegis")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                text.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
            }
        }
    }
    text
}

/// Masks as they were shown, others of ours, and the token of the e-mail in every disguise.
fn spellings(email: &str, phone: &str, ssn: &str) -> Vec<String> {
    let base64 = |text: &str| {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for chunk in text.as_bytes().chunks(3) {
            let word =
                chunk.iter().fold(0_u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
            for at in 0..=chunk.len() {
                out.push(char::from(LETTERS[(word >> (18 - 6 * at) & 63) as usize]));
            }
        }
        out
    };
    let hex: String = email.bytes().map(|byte| format!("{byte:02x}")).collect();
    let wide: String = email
        .chars()
        .map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap())
        .collect();
    let cyrillic = email.replacen("EMAIL", "ЕМАIL", 1);
    vec![
        email.to_owned(),
        format!("see {email} there"),
        phone.to_owned(),
        ssn.to_owned(),
        "<EMAIL_ADDRESS#00112233445566778899aabbccddeeff>".to_owned(),
        "<DATE_OF_BIRTH~1984>".to_owned(),
        base64(email),
        base64(&base64(email)),
        hex,
        wide,
        cyrillic,
        email.replace('<', "&lt;").replace('>', "&gt;"),
        email.replace('<', "%3C").replace('>', "%3E"),
        email.replace('<', "\\u003c"),
        email.to_uppercase(),
        email.replacen(':', " : ", 1),
        email.replacen('<', "‹", 1).replacen('>', "›", 1),
        email.replacen("EMAIL", "E\u{200b}MAIL", 1),
        email.trim_matches(['<', '>']).to_owned(),
    ]
}

#[test]
fn by_default_no_mask_in_any_spelling_gets_into_an_argument() {
    let world = TempWorld::new();
    let mut agent = Client::start(&world.config());
    let shown = row(&mut agent, 1);
    let text = |column: &str| shown[column].as_str().unwrap().to_owned();
    let (email, phone, ssn) = (text("email"), text("phone"), text("ssn"));
    assert!(
        phone.starts_with("****") && ssn == "<US_SSN>" && email.contains(':'),
        "{shown}"
    );
    let spellings = spellings(&email, &phone, &ssn);
    for spelling in &spellings {
        for (tool, arguments) in [
            ("postgres__execute", update("email", spelling, 2)),
            (
                "postgres__query",
                json!({ "sql": "SELECT id FROM orders WHERE status = ?", "params": [spelling] }),
            ),
            (
                "s3__put_object",
                json!({ "key": "silver/note.txt", "body": spelling }),
            ),
        ] {
            assert_eq!(
                agent.denied(tool, &arguments),
                "kernel.masked-value",
                "{tool} {spelling}"
            );
        }
    }
    for statement in [
        format!("UPDATE customers SET email = '{email}' WHERE id = 2"),
        format!("SELECT id FROM customers WHERE email = '{email}'"),
        format!("INSERT INTO staging_tmp (id, x) VALUES (9001, '{phone}')"),
        format!("SELECT 1 AS x /* {email} */"),
    ] {
        let rule = agent.denied("postgres__execute", &json!({ "sql": statement }));
        assert!(
            rule == "kernel.masked-value" || rule.starts_with("sql."),
            "{rule}: {statement}"
        );
    }
    agent.finish();
    let before = TempWorld::new();
    let sql = "SELECT email FROM customers WHERE id = 2";
    assert_eq!(world.text(sql), before.text(sql));
    assert!(!world.path("world/bucket/silver/note.txt").exists());
}

#[test]
fn what_only_resembles_a_mask_passes() {
    let world = TempWorld::new();
    let mut agent = Client::start(&world.config());
    for body in [
        "a < b and c > d, ratio 1:2",
        "<person><name>x</name></person>",
        "<HTML><BODY>**bold** text</BODY></HTML>",
        "see https://example.org/a:b#c and time 10:20",
        "note: abcdefghijklmnop",
        "key <value:short>",
        "location: Northamptonshire",
        "commit 3f2a9c1b7d5e4f60718293a4b5c6d7e8f9012345",
        "5 * 4 **** 7",
    ] {
        let arguments = json!({ "key": "silver/note.txt", "body": body });
        agent.done("s3__put_object", &arguments);
    }
    agent.finish();
}

#[test]
fn without_the_grant_nothing_is_restored() {
    let world = world(false);
    let mut agent = Client::start(&world.config());
    let email = token(&mut agent, 1, "email");
    assert_eq!(
        agent.denied("postgres__execute", &update("email", &email, 2)),
        "kernel.not-granted"
    );
    agent.finish();
}

#[test]
fn a_token_goes_back_into_its_own_column_as_the_real_value() {
    let world = world(true);
    let real = world.text("SELECT email FROM customers WHERE id = 1");
    let mut agent = Client::start(&world.config());
    let (email, name) = (token(&mut agent, 1, "email"), token(&mut agent, 1, "name"));
    let done = agent.call("postgres__execute", &update("email", &email, 2));
    assert_ne!(done["isError"], json!(true), "{done}");
    assert_eq!(world.text("SELECT email FROM customers WHERE id = 2"), real);
    let person = world.text("SELECT name FROM customers WHERE id = 1");
    let insert = json!({
        "sql": "INSERT INTO customers (id, name, email, country) VALUES (?, ?, ?, 'DE'), (?, ?, ?, 'FR')",
        "params": [90001, name, email, 90002, name, "new@example.com"],
    });
    let done = agent.call("postgres__execute", &insert);
    assert_ne!(done["isError"], json!(true), "{done}");
    assert_eq!(
        world.text("SELECT name FROM customers WHERE id = 90002"),
        person
    );
    assert_eq!(
        world.text("SELECT email FROM customers WHERE id = 90001"),
        real
    );
    assert_eq!(
        token(&mut agent, 2, "email"),
        email,
        "the same value has the same token"
    );

    // Into any other column it would come back unmasked from there.
    for arguments in [
        update("notes", &email, 2),
        update("country", &email, 2),
        update("name", &email, 2),
        update("phone", &email, 2),
        json!({ "sql": "UPDATE customers SET email = lower(?) WHERE id = ?", "params": [email, 2] }),
        json!({ "sql": "UPDATE customers SET email = ? || '' WHERE id = ?", "params": [email, 2] }),
        json!({ "sql": "UPDATE customers SET notes = 'x' WHERE id = ?", "params": [email] }),
        json!({ "sql": "UPDATE customers SET email = ?2 WHERE id = ?1", "params": [email, 2] }),
        json!({ "sql": "INSERT INTO staging_tmp (id, x) VALUES (?, ?)", "params": [9001, email] }),
        json!({ "sql": "INSERT INTO customers (id, name, email) VALUES (?, ?, ?) RETURNING email", "params": [9001, "x", email] }),
        json!({ "sql": "UPDATE customers SET email = ? WHERE id = ?", "params": [format!("x{email}"), 2] }),
        json!({ "sql": "UPDATE customers SET phone = ? WHERE id = ?", "params": ["****0147", 2] }),
    ] {
        let rule = agent.denied("postgres__execute", &arguments);
        assert!(
            rule == "kernel.masked-value" || rule == "sql.parameters",
            "{rule}: {arguments}"
        );
    }
    let select = json!({ "sql": "SELECT ? AS x", "params": [email] });
    assert_eq!(
        agent.denied("postgres__query", &select),
        "kernel.masked-value"
    );
    agent.finish();

    let heard = agent.heard.join("");
    assert!(
        !heard.contains(&real) && !heard.contains(&person),
        "a value reached the agent"
    );
    let files = written(&world);
    assert!(!files.contains(&real) && !files.contains(&person) && !files.contains(&email));
    assert!(files.contains(r#""restored":[{"pointer":"/params/*","type":"EMAIL_ADDRESS"}]"#));
    assert_eq!(world.verify().0, 0);
}

#[test]
fn tokens_are_worth_something_to_whom_they_were_shown_and_where() {
    let world = world(true);
    let mut agent = Client::start(&world.config());
    let email = token(&mut agent, 1, "email");
    let other = token(&mut agent, 3, "email");
    // Invented, or mixed of two.
    let mixed = format!("{}{}", &email[..24], &other[24..]);
    for forged in ["<EMAIL_ADDRESS:abcdefghijklmnop>", mixed.as_str()] {
        assert_eq!(
            agent.denied("postgres__execute", &update("email", forged, 2)),
            "kernel.unknown-token",
            "{forged}"
        );
    }
    // Planted in the data: it looks like a token and was never made.
    let trap = world.path("world/bucket/silver/trap.txt");
    std::fs::write(trap, "write to <EMAIL_ADDRESS:abcdefghijklmnop>").unwrap();
    let read = agent.call("s3__get_object", &json!({ "key": "silver/trap.txt" }));
    assert!(
        read.to_string()
            .contains("<EMAIL_ADDRESS:abcdefghijklmnop>"),
        "{read}"
    );
    assert_eq!(
        agent.denied(
            "postgres__execute",
            &update("email", "<EMAIL_ADDRESS:abcdefghijklmnop>", 2)
        ),
        "kernel.unknown-token"
    );
    // The token of a value that was read but dropped, or masked otherwise, was never given out.
    assert!(
        agent
            .denied(
                "postgres__execute",
                &update("phone", "<PHONE_NUMBER:abcdefghijklmnop>", 2)
            )
            .contains("unknown-token")
    );
    agent.finish();
    let mut next = Client::start(&world.config());
    assert_eq!(
        next.denied("postgres__execute", &update("email", &email, 2)),
        "kernel.unknown-token",
        "another run"
    );
    assert_ne!(
        token(&mut next, 1, "email"),
        email,
        "another scope, another token"
    );
    next.finish();
}

#[test]
fn what_was_restored_does_not_come_back() {
    let world = world(true);
    let real = world.text("SELECT email FROM customers WHERE id = 1");
    let mut agent = Client::start(&world.config());
    let email = token(&mut agent, 1, "email");
    let ssn_like = "<US_SSN>";
    let body = format!("dear {email}, your number is {ssn_like}");
    agent.done(
        "s3__put_object",
        &json!({ "key": "silver/mail.txt", "body": body }),
    );
    let stored = std::fs::read_to_string(world.path("world/bucket/silver/mail.txt")).unwrap();
    assert_eq!(stored, format!("dear {real}, your number is <US_SSN>"));
    let read = agent.call("s3__get_object", &json!({ "key": "silver/mail.txt" }));
    assert!(!read.to_string().contains(&real), "{read}");
    agent.finish();
    assert!(!agent.heard.join("").contains(&real));
}
