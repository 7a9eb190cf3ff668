//! Detectors that operators add: what they find, and which are refused with place and fix.
//! Knows nothing of built-in types.

use aegis_core::egress::{Profile, Scan, Secrets, mask_json};
use aegis_core::limits::RESPONSE_RULES;

use super::case::SCOPE;

const PROFILE: &str = r#"
base = "nothing"
[[detector]]
type = "EMPLOYEE_ID"
pattern = "E-[0-9]{7}"
validator = "luhn"
mask = "redact"
matches = ["E-4111118"]
rejects = ["E-4111111", "E-41", "XE-4111118"]
[[detector]]
type = "PROJECT"
pattern = "(?i)[a-z]{4,12}"
tier = "context"
words = ["project", "code name"]
mask = "redact"
matches = ["bluebird"]
rejects = ["b1"]
[[detector]]
type = "LOYALTY_ID"
pattern = "LX[0-9]{4}"
tier = "off"
matches = ["LX1234"]
rejects = ["LX1"]
"#;

fn masked(profile: &str, json: &str) -> String {
    let profile = Profile::parse(profile).unwrap_or_else(|found| panic!("{found:#?}"));
    let scan = Scan {
        profile: &profile,
        secrets: &Secrets::none(),
        scope_key: &SCOPE,
    };
    let value = aegis_core::json::parse(json.as_bytes(), &RESPONSE_RULES).unwrap();
    let (masked, _) = mask_json(&scan, value).unwrap();
    let (again, findings) = mask_json(&scan, masked.clone()).unwrap();
    assert_eq!(
        (again, findings),
        (masked.clone(), Vec::new()),
        "a fixed point"
    );
    masked.to_string()
}

#[test]
fn own_types_are_found_by_pattern_check_digit_and_words() {
    for (json, left) in [
        (r#""badge E-4111118 lost""#, r#""badge <EMPLOYEE_ID> lost""#),
        (r#""badge E-4111111 lost""#, r#""badge E-4111111 lost""#),
        (
            r#""badge XE-4111118 E-41111180""#,
            r#""badge XE-4111118 E-41111180""#,
        ),
        (
            r#"{"project":"bluebird","colour":"bluebird"}"#,
            r#"{"project":"<PROJECT>","colour":"bluebird"}"#,
        ),
        (r#"{"codeName":"bluebird"}"#, r#"{"codeName":"<PROJECT>"}"#),
        (r#""LX1234""#, r#""LX1234""#),
        (r#""Ｅ-４１１１１１８""#, r#""<EMPLOYEE_ID>""#),
        (
            r#""RS00MTExMTE4 is RS00MTExMTE4IGJhZGdlIQ==""#,
            r#""<EMPLOYEE_ID> is <EMPLOYEE_ID>""#,
        ),
    ] {
        assert_eq!(masked(PROFILE, json), left, "{json}");
    }
    let on = format!("{PROFILE}\n[mask]\nLOYALTY_ID = \"redact\"\nPROJECT = \"off\"");
    assert_eq!(
        masked(&on, r#"{"project":"bluebird","x":"LX1234"}"#),
        r#"{"project":"bluebird","x":"<LOYALTY_ID>"}"#
    );
}

/// What is appended to a sound detector, and what is said: line, message, fix.
const WRONG: [(&str, &str, &str, &str); 12] = [
    (
        "type = \"lower\"\npattern = \"x\"",
        "3",
        "is not a type's name",
        "write a type",
    ),
    (
        "type = \"EMAIL_ADDRESS\"\npattern = \"x\"",
        "3",
        "is there already",
        "name of its own",
    ),
    (
        "type = \"AB\"\npattern = \"(\"",
        "4",
        "not a pattern",
        "linear-time",
    ),
    (
        "type = \"AB\"\npattern = \"x*\"",
        "4",
        "matches the empty text",
        "at least one",
    ),
    (
        "type = \"AB\"\npattern = \"(?=x)\"",
        "4",
        "not a pattern",
        "linear-time",
    ),
    (
        "type = \"AB\"\npattern = \"x{9999}{999}\"",
        "4",
        "not a pattern",
        "linear-time",
    ),
    (
        "type = \"AB\"\npattern = \"x\"\nvalidator = \"crc\"",
        "5",
        "is not one of",
        "write one of",
    ),
    (
        "type = \"AB\"\npattern = \"x\"\ntier = \"maybe\"",
        "5",
        "is not one of",
        "write one of",
    ),
    (
        "type = \"AB\"\npattern = \"x\"\ntier = \"context\"",
        "2",
        "without `words`",
        "add `words`",
    ),
    (
        "type = \"AB\"\npattern = \"xy\"\nmask = \"blur\"",
        "5",
        "is no mask",
        "use one of",
    ),
    (
        "type = \"AB\"\npattern = \"xy\"\ncolour = 1",
        "5",
        "unknown key `colour`",
        "",
    ),
    (
        "type = \"AB\"\npattern = \"zz\"",
        "7",
        "the example is not matched",
        "correct the pattern",
    ),
];

#[test]
fn a_wrong_detector_is_refused_with_its_place() {
    for (lines, line, message, fix) in WRONG {
        let sound = "matches = [\"xy\"]\nrejects = [\"q\"]";
        let space = "\n".repeat(4_usize.saturating_sub(lines.lines().count()));
        let text = format!("base = \"standard\"\n[[detector]]\n{lines}{space}\n{sound}\n");
        let found = Profile::read(&text, "own.toml").err().unwrap_or_default();
        let said = found.iter().any(|problem| {
            let (at, _) = problem.position(&text);
            (line == "7" || at.to_string() == line)
                && problem.message.contains(message)
                && problem.fix.contains(fix)
        });
        assert!(said, "{lines}: {found:#?}");
    }
    let rejected =
        "[[detector]]\ntype = \"AB\"\npattern = \"x+\"\nmatches = [\"xx\"]\nrejects = [\"a xx\"]";
    let found = Profile::parse(rejected).err().unwrap_or_default();
    assert!(
        found
            .iter()
            .any(|p| p.message.contains("is matched, though")),
        "{found:#?}"
    );
    let bare = Profile::parse("[[detector]]\ntype = \"AB\"\npattern = \"x\"")
        .err()
        .unwrap_or_default();
    assert_eq!(bare.len(), 2, "examples are required: {bare:#?}");
}

#[test]
fn there_is_room_for_sixteen() {
    let detector = |n: usize| {
        let letter = char::from(b'A' + u8::try_from(n).unwrap());
        format!(
            "[[detector]]\ntype = \"OWN_{letter}\"\npattern = \"own{n}\"\nmatches = [\"own{n}\"]\nrejects = [\"x\"]\n"
        )
    };
    let many = |n: usize| (0..n).map(detector).collect::<String>();
    assert!(Profile::parse(&many(16)).is_ok());
    let found = Profile::parse(&many(17)).err().unwrap_or_default();
    assert!(
        found.iter().any(|p| p.message.contains("more than 16")),
        "{found:#?}"
    );
}
