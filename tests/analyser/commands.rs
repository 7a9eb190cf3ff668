//! `aegis mask` and `aegis inspect text` past an analyser: what is asked, what is written, and what is not.
//! Knows nothing of the kernel's insides.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::fake::{Fake, Manner};

/// Runs a command with an analyser: its code, what it wrote, what it said.
fn run(fake: &Fake, more: &str, arguments: &[&str], input: &str) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("aegis.toml");
    let text = format!("[masking.analyser]\nurl = \"{}\"\n{more}", fake.url());
    std::fs::write(&config, text).unwrap();
    let mut child = Command::new(aegis_tests::aegis())
        .args(arguments)
        .args(["--profile", "strict", "--analyser"])
        .arg(&config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn people() -> Fake {
    Fake::new(Manner::Finds(vec![
        ("Zoë Hopper", "PERSON"),
        ("Arlington", "LOCATION"),
    ]))
}

#[test]
fn names_in_prose_are_masked_in_every_format_and_nothing_else_is_touched() {
    for (format, input, left) in [
        (
            "text",
            "mail jane@example.com to Zoë Hopper\r\n in Arlington.\n",
            "mail <EMAIL_ADDRESS> to <PERSON>\r\n in <LOCATION>.\n",
        ),
        (
            "json",
            "{ \"n\": 1.50, \"t\": \"é jane@example.com \\u005a\\u006f\\u00eb Hopper\\n\" }",
            "{ \"n\": 1.50, \"t\": \"é <EMAIL_ADDRESS> <PERSON>\\n\" }",
        ),
        (
            "jsonl",
            "{\"t\":\"Zoë Hopper\"}\n\nplain Arlington",
            "{\"t\":\"<PERSON>\"}\n\nplain <LOCATION>",
        ),
        (
            "csv",
            "id,note\n1,\"by Zoë Hopper, today\"\n",
            "id,note\n1,\"by <PERSON>, today\"\n",
        ),
    ] {
        let fake = people();
        let (code, out, err) = run(&fake, "", &["mask", "--format", format], input);
        assert_eq!((code, out.as_str()), (0, left), "{format}: {err}");
        let asked = Value::Array(fake.heard()).to_string();
        assert!(!asked.contains("jane@"), "{format}: {asked}");
    }
}

#[test]
fn findings_of_an_analyser_stand_where_the_value_was_given() {
    let fake = people();
    let line = json!({ "id": 1, "json": { "a": ["ü 4111 1111 1111 1111, Zoë Hopper, jane@example.com, Arlington"] } });
    let (code, out, err) = run(
        &fake,
        "",
        &["inspect", "text", "--jsonl"],
        &format!("{line}\n"),
    );
    assert_eq!(code, 0, "{err}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    let text = line["json"]["a"][0].as_str().unwrap();
    let mut found = Vec::new();
    for one in answer["findings"].as_array().unwrap() {
        let at = |key: &str| usize::try_from(one[key].as_u64().unwrap()).unwrap();
        assert_eq!(one["pointer"], "/a/0");
        found.push((&text[at("start")..at("end")], one.get("source").is_some()));
    }
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("4111 1111 1111 1111", false),
            ("Arlington", true),
            ("Zoë Hopper", true),
            ("jane@example.com", false)
        ]
    );
    assert_eq!(
        answer["masked"]["a"][0],
        "ü <CREDIT_CARD>, <PERSON>, <EMAIL_ADDRESS>, <LOCATION>"
    );
}

#[test]
fn without_its_word_nothing_is_written() {
    for (manner, code) in [
        (Manner::Silent, "kernel.analyser-unavailable"),
        (Manner::Bytes(Vec::new()), "kernel.analyser-unavailable"),
        (Manner::Says("{}".to_owned()), "kernel.analyser-unreadable"),
        (
            Manner::Says(
                "[{\"entity_type\":\"PERSON\",\"start\":0,\"end\":999,\"score\":1}]".to_owned(),
            ),
            "kernel.analyser-unreadable",
        ),
    ] {
        let fake = Fake::new(manner);
        let more = "timeout_ms = 300\n";
        for format in ["text", "json", "jsonl", "csv"] {
            let (exit, out, err) = run(&fake, more, &["mask", "--format", format], "\"a word\"");
            assert_eq!((exit, out.as_str()), (1, ""), "{format}: {err}");
            assert!(err.contains(code), "{format}: {err}");
        }
        let line = "{\"id\":1,\"text\":\"a word\"}\n";
        let (_, out, _) = run(&fake, more, &["inspect", "text"], line);
        let answer: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            (&answer["masked"], &answer["withheld"]),
            (&Value::Null, &json!(code))
        );
    }
}

#[test]
fn a_configuration_without_an_analyser_is_no_answer() {
    let (code, _, err) = run(&people(), "colour = 1\n", &["mask"], "x");
    assert_eq!(code, 2);
    assert!(err.contains("colour"), "{err}");
}
