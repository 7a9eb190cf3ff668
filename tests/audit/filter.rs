//! The filter language: what it means, and what it says to a text that it does not read.
//! Knows nothing of other filters.

use std::process::Command;

use proptest::prelude::*;

use super::kit;

#[tokio::test]
async fn filters_mean_what_they_say() {
    let folder = kit::closed(12, u64::MAX).await;
    let dir = folder.path().join("audit");
    let dir = dir.to_str().unwrap();
    let count = |filter: &str| {
        let (code, text) = kit::aegis(&["query", dir, "-o", "jsonl", "--where", filter]);
        assert_eq!(code, i32::from(text.is_empty()), "{filter}: {text}");
        text.lines().count()
    };
    for (filter, expected) in [
        ("decision == \"deny\"", 3),
        ("decision != \"deny\"", 12),
        ("!(decision == \"deny\")", 12),
        ("decision == \"deny\" && tool ~ \"postgres__*\"", 3),
        ("tool ~ \"*__exe*te\"", 3),
        ("tool !~ \"*__exe*te\"", 12),
        ("rule ~ \"no-*\" || status == \"ok\"", 15),
        ("rule == \"no-destructive-ops\" && dur_us > 1000", 0),
        ("dur_us >= 1006", 6),
        ("dur_us < 1002 && status == \"ok\"", 2),
        ("seq > 100000", 0),
        ("effect == \"read\"", 12),
        ("ts > \"2020\" && ts < \"9999\"", 15),
        ("status == \"ok\" && (dur_us == 1000 || dur_us == 1001)", 2),
    ] {
        assert_eq!(count(filter), expected, "{filter}");
    }
    let (_, table) = kit::aegis(&["query", dir, "-o", "csv", "--where", "decision == \"deny\""]);
    assert_eq!(table.lines().count(), 4);
}

fn refused(filter: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_aegis-under-test"))
        .args(["audit", "query", "no-such-folder", "--where", filter])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{filter}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_text_that_is_no_filter_is_shown_with_a_caret() {
    for (filter, column, what) in [
        ("tool = \"x\"", 6, "expected `==`"),
        ("toll == \"x\"", 1, "expected a field"),
        ("tool == x", 9, "expected a text"),
        ("tool == \"x", 10, "the text has no end"),
        ("dur_us ~ 3", 8, "a number has no pattern"),
        ("dur_us > \"3\"", 10, "expected a whole number"),
        ("(tool == \"x\"", 13, "expected `)`"),
        ("tool == \"x\" tool", 13, "expected `&&`"),
        ("", 1, "expected a field"),
    ] {
        let said = refused(filter);
        assert!(
            said.contains(&format!("character {column}: {what}")),
            "{filter}: {said}"
        );
        assert!(said.lines().last().unwrap().ends_with('^'));
    }
    let deep = format!("{}tool == \"x\"", "(".repeat(2_000));
    assert!(refused(&deep).contains("too deep"));
    let nots = format!("{}tool == \"x\"", "!".repeat(2_000));
    assert!(refused(&nots).contains("too deep"));
    assert!(refused(&"x".repeat(5_000)).contains("longer than"));
    assert!(!refused("tool == \u{1b}[2J").contains('\u{1b}'));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// No text makes the reader of filters fail otherwise than by saying so.
    #[test]
    fn no_text_breaks_the_reader(text in "[a-z_ \"\\\\&|!()<>=~0-9é*]{1,60}") {
        let output = Command::new(env!("CARGO_BIN_EXE_aegis-under-test"))
            .args(["audit", "query", "no-such-folder", &format!("--where={text}")])
            .output()
            .unwrap();
        prop_assert!(matches!(output.status.code(), Some(2 | 5)));
    }
}
