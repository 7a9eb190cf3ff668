//! `aegis mask` on files and pipes: what is written, what is not, and how it ends.
//! Knows nothing of detectors' insides.

use std::io::{BufRead as _, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

fn run(arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut child = Command::new(aegis_tests::aegis())
        .arg("mask")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A kernel that stops early closes its end.
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn masked(arguments: &[&str], input: &str) -> String {
    let mut all = vec!["--profile", "strict"];
    all.extend(arguments);
    let (code, out, err) = run(&all, input.as_bytes());
    assert_eq!(code, 0, "{err}");
    out
}

#[test]
fn each_format_keeps_every_byte_that_is_no_value() {
    for (format, input, left) in [
        (
            "text",
            "mail jane@example.com,\r\n  bye\n",
            "mail <EMAIL_ADDRESS>,\r\n  bye\n",
        ),
        ("text", "", ""),
        (
            "json",
            "{ \"b\": 1.50,\n  \"card\": 4111111111111111 }\n",
            "{ \"b\": 1.50,\n  \"card\": \"<CREDIT_CARD>\" }\n",
        ),
        (
            "json",
            "[ {\"ssn\": \"536-22-8726\"} , 7 ]",
            "[ {\"ssn\": \"<US_SSN>\"} , 7 ]",
        ),
        (
            "jsonl",
            "{\"a\":\"jane@example.com\"}\n\n{\"dob\": \"1984-03-02\"}\nplain 4111 1111 1111 1111",
            "{\"a\":\"<EMAIL_ADDRESS>\"}\n\n{\"dob\": \"<DATE_OF_BIRTH>\"}\nplain <CREDIT_CARD>",
        ),
        (
            "csv",
            "id,date_of_birth,note\n1,1984-03-02,\"x, y\"\n2,1990-12-31,z\n",
            "id,date_of_birth,note\n1,<DATE_OF_BIRTH>,\"x, y\"\n2,<DATE_OF_BIRTH>,z\n",
        ),
    ] {
        assert_eq!(masked(&["--format", format], input), left, "{format}");
    }
    assert_eq!(
        masked(&[], "{\"a\":1}\n{\"dob\":\"1984-03-02\"}\n"),
        "{\"a\":1}\n{\"dob\":\"<DATE_OF_BIRTH>\"}\n"
    );
}

#[test]
fn a_value_is_found_wherever_the_windows_meet() {
    let key = format!(
        "-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n".repeat(40)
    );
    for (value, mask) in [
        ("jane.doe@example.com", "<EMAIL_ADDRESS>"),
        ("4111 1111 1111 1111", "<CREDIT_CARD>"),
        (key.as_str(), "<PRIVATE_KEY>"),
    ] {
        for size in [229_376_usize] {
            for back in [0, 7] {
                let before = "word ".repeat((size - back) / 5) + &"-".repeat((size - back) % 5);
                let input = format!("{before} {value} {}", "tail ".repeat(10_000));
                let out = masked(&["--format", "text"], &input);
                assert_eq!(
                    out,
                    input.replacen(value, mask, 1),
                    "{mask} at {size} - {back}"
                );
            }
        }
    }
}

#[test]
fn long_lists_and_tables_are_masked_in_parts_under_their_names() {
    let row = |n: usize| {
        format!("{{\"n\": {n}, \"birthday\": \"1984-03-02\", \"t\": \"a, [b] {{c}} \\\" x\"}}")
    };
    let list = (0..4_600).map(row).collect::<Vec<_>>().join(",\n ");
    let out = masked(&["--format", "json"], &format!("[{list}]\n"));
    assert_eq!(
        out,
        format!("[{list}]\n").replace("1984-03-02", "<DATE_OF_BIRTH>")
    );
    let table: String = (0..10_500)
        .map(|n| format!("{n},1984-03-02,\"line\nbreak\"\n"))
        .collect();
    let out = masked(&["--format", "csv"], &format!("n,birthday,t\n{table}"));
    assert_eq!(
        out,
        format!("n,birthday,t\n{table}").replace("1984-03-02", "<DATE_OF_BIRTH>")
    );
}

#[test]
fn check_writes_nothing_and_says_by_its_code() {
    let (code, out, _) = run(&["--check"], b"jane@example.com");
    assert_eq!((code, out.as_str()), (1, ""));
    let (code, out, _) = run(&["--check"], b"nothing here");
    assert_eq!((code, out.as_str()), (0, ""));
}

#[test]
fn the_report_says_type_place_and_number_and_no_value() {
    let report = |format: &str, input: &str| -> Value {
        let (code, _, err) = run(&["--format", format, "--report", "-"], input.as_bytes());
        assert_eq!(code, 0, "{err}");
        assert!(!err.contains("jane@") && !err.contains("Doe"), "{err}");
        serde_json::from_str(&err).unwrap()
    };
    let one = |kind: &str, pointer: &str, count: u64| json!({ "type": kind, "pointer": pointer, "count": count });
    let jsonl = "{\"who\":{\"email\":\"jane@example.com\"}}\n{\"who\":{\"email\":\"jane@example.org\"},\"l\":[\"jane@a.org\"]}\n";
    assert_eq!(
        report("jsonl", jsonl)["findings"],
        json!([
            one("EMAIL_ADDRESS", "/*/l/*", 1),
            one("EMAIL_ADDRESS", "/*/who/email", 2)
        ])
    );
    assert_eq!(
        report("csv", "id,email\n1,jane@example.com\n2,jane@a.org\n")["findings"],
        json!([one("EMAIL_ADDRESS", "/*/email", 2)])
    );
    assert_eq!(
        report("json", "{\"Jane Doe\":{\"m\":\"jane@example.com\"}}")["findings"],
        json!([one("EMAIL_ADDRESS", "/*/m", 1)])
    );
    assert_eq!(report("text", "jane@example.com")["bytes"], json!(16));
}

#[test]
fn what_cannot_be_masked_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out.txt");
    let path = target.to_str().unwrap();
    let (code, _, err) = run(
        &["--format", "text", "--output", path],
        b"ok \xff\xfe jane@example.com",
    );
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("not UTF-8 at byte 3"), "{err}");
    let long = format!("[\"{}\"]", "x".repeat(9 * 1024 * 1024));
    for format in ["json", "jsonl"] {
        let (code, out, err) = run(&["--format", format, "--output", path], long.as_bytes());
        assert_eq!((code, out.as_str()), (1, ""), "{format}: {err}");
        assert!(err.contains("egress.too-long"), "{err}");
    }
    let (code, _, err) = run(
        &["--format", "json", "--output", path],
        b"{\"a\": jane@example.com}",
    );
    assert_eq!(code, 2, "{err}");
    let withholds = folder.path().join("p.toml");
    std::fs::write(&withholds, "[mask]\nEMAIL_ADDRESS = \"withhold\"").unwrap();
    let profile = withholds.to_str().unwrap();
    let (code, out, _) = run(&["--profile", profile], b"jane@example.com");
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "a half file was left"
    );
    let (code, _, _) = run(&["--output", path], b"jane@example.com");
    assert_eq!(code, 0);
    assert!(
        std::fs::read_to_string(&target)
            .unwrap()
            .starts_with("<EMAIL_ADDRESS:")
    );
    let (code, _, err) = run(&["--profile", "lax"], b"");
    assert_eq!(code, 2);
    assert!(err.contains("standard, strict, financial, health"), "{err}");
}

#[test]
fn a_json_that_is_not_read_is_told_by_reason_place_and_way_out() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    // Refused far behind the first window: places are of the whole input, whatever it is cut into.
    let row = "{\"who\":\"jane@example.com\",\"n\":1},\n";
    let long = format!("[{}{{\"n\":1,\"n\":2}}]", row.repeat(12_000));
    let second = long.len() - 7;
    for (input, reason, at, instead) in [
        ("{\"a\":1,\"a\":2}", "for the second time", 7, "leave one"),
        (
            "{\"a\": jane@example.com}",
            "is not JSON at",
            6,
            "mend it there",
        ),
        ("", "", 0, ""),
        ("{\"a\":1} {\"b\":2}", "goes on after", 8, "--format jsonl"),
        ("[\"\\ud800 x\"]", "surrogate", 2, "both halves"),
        ("{\"a\":[1,2}", "is not JSON at", 9, "--format text"),
        (deep.as_str(), "nested deeper than", 65, "flatter"),
        (long.as_str(), "for the second time", second, "leave one"),
    ] {
        let (code, _, err) = run(&["--format", "json"], input.as_bytes());
        if reason.is_empty() {
            assert_eq!((code, err.as_str()), (0, ""));
            continue;
        }
        assert_eq!(code, 2, "{reason}: {err}");
        assert_eq!(err.lines().count(), 1, "{err}");
        let place = format!("byte {at};");
        for said in [reason, place.as_str(), instead] {
            assert!(err.contains(said), "`{said}` is not in: {err}");
        }
        assert!(!err.contains("jane"), "{err}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let line = "{\"id\":\"1\",\"text\":\"write to jane@example.com today\"}\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("big");
    // More than any pipe holds.
    std::fs::write(&file, line.repeat(60_000)).unwrap();
    for arguments in [
        &["mask", "--format", "text"][..],
        &["mask", "--format", "jsonl"],
        &["mask", "--format", "csv"],
        &["inspect", "text", "--jsonl"],
    ] {
        let mut child = Command::new(aegis_tests::aegis())
            .args(arguments)
            .stdin(std::fs::File::open(&file).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        reader.read_line(&mut first).unwrap();
        drop(reader);
        assert!(first.contains("EMAIL_ADDRESS"), "{first}");
        let ended = child.wait_with_output().unwrap();
        let told = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(
            (ended.status.code(), told.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}
