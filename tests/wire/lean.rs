//! What one call costs before anything is done: the size of what awaits, and readings that are saved.
//! Knows nothing of times.

use aegis_core::call::{ArgumentFault, Arguments, Call};
use aegis_core::json::{self, Json, JsonRules};
use aegis_core::limits;
use aegis_host::lifecycle::Kernel;
use aegis_host::wish::Wish;

/// Bytes of what awaits the end of a call: it is moved as a whole when its task begins. It was 110,000 once.
const CALL_BYTES_MAX: usize = 2 * 1024;

fn awaiting<'a, F: Future>(_: fn(&'a Kernel, Call, Wish) -> F) -> usize {
    size_of::<F>()
}

#[test]
fn what_awaits_a_call_is_small() {
    let bytes = awaiting(Kernel::mediate);
    assert!(bytes <= CALL_BYTES_MAX, "{bytes} bytes");
}

/// Lenient enough for everything that arguments may not hold.
const ANY: JsonRules = JsonRules {
    bytes_max: usize::MAX,
    depth_max: 100,
    values_max: usize::MAX,
    case_variants: true,
    nul: true,
};

fn nested(depth: usize) -> String {
    format!(
        r#"{{"a":{}1{}}}"#,
        "[".repeat(depth - 1),
        "]".repeat(depth - 1)
    )
}

fn wide(keys: usize, last: &str) -> String {
    let members: Vec<String> = (0..keys).map(|at| format!("\"k{at}\":{at}")).collect();
    format!("{{{},\"{last}\":0}}", members.join(","))
}

/// What was read under the bounds of a message is taken as arguments exactly where reading it once more would.
#[test]
fn arguments_are_taken_as_they_would_be_read_again() {
    let long = "x".repeat(limits::ARGUMENT_BYTES_MAX);
    let texts = [
        r#"{}"#.to_owned(),
        r#"{"b":1,"a":[true,null,-0.0,1e400,12345678901234567890123],"c":{"d":"é\u2028\""}}"#
            .to_owned(),
        r#"{"a":"x\u0000y"}"#.to_owned(),
        r#"{"a\u0000":1}"#.to_owned(),
        r#"{"a":1,"A":2}"#.to_owned(),
        r#"{"in":[{"key":1,"KEY":2}]}"#.to_owned(),
        r#"{"s":1,"ſ":2}"#.to_owned(),
        r#"{"ſ":1,"S":2}"#.to_owned(),
        r#"{"k":1,"K":2}"#.to_owned(),
        r#"{"é":1,"É":2,"x":3}"#.to_owned(),
        r#"{"straße":1,"STRASSE":2}"#.to_owned(),
        r#"{"é":1,"x":2,"X":3}"#.to_owned(),
        wide(22, "K3"),
        wide(23, "K3"),
        wide(24, "K3"),
        wide(25, "K24"),
        wide(40, "ſ"),
        wide(40, "new"),
        nested(limits::ARGUMENT_DEPTH_MAX - 1),
        nested(limits::ARGUMENT_DEPTH_MAX),
        nested(limits::ARGUMENT_DEPTH_MAX + 1),
        nested(limits::ARGUMENT_DEPTH_MAX + 2),
        format!(r#"{{"a":"{}"}}"#, &long[8..]),
        format!(r#"{{"a":"{}"}}"#, &long[7..]),
        format!(r#"{{"a":"{}\n"}}"#, &long[9..]),
        format!(r#"{{"a":"{}\u0001"}}"#, &long[14..]),
        format!(r#"{{"a":"{}\u0001"}}"#, &long[13..]),
        "[]".to_owned(),
        "7".to_owned(),
        "\"\\u0000\"".to_owned(),
    ];
    for text in texts {
        let value = json::parse(text.as_bytes(), &ANY).unwrap();
        let again = Arguments::parse(value.to_string().as_bytes());
        same(&text, Arguments::from_json(&value), again.clone());
        same(&text, Arguments::take(value), again);
    }
}

fn same(
    text: &str,
    taken: Result<Arguments, ArgumentFault>,
    read: Result<Arguments, ArgumentFault>,
) {
    let text = &text[..text.len().min(60)];
    match (taken, read) {
        (Ok(taken), Ok(read)) => {
            assert_eq!(format!("{taken:?}"), format!("{read:?}"), "{text}");
        }
        (Err(taken), Err(read)) => assert_eq!(taken, read, "{text}"),
        (taken, read) => panic!("{text}: {taken:?}, {read:?}"),
    }
}

#[test]
fn texts_are_written_alike_by_all_ways() {
    let text = r#"{"b":[1,{"z":null,"a":"\""}],"a":{"é":1.50,"e":"\u0001"},"":[]}"#;
    let value = json::parse(text.as_bytes(), &ANY).unwrap();
    assert_eq!(value.to_text(), text);
    assert_eq!(value.to_string(), text);
    assert_eq!(value.written_len(), text.len());
    let Json::Object(object) = &value else {
        panic!("an object");
    };
    assert_eq!(object.to_text(), text);
    assert_eq!(
        value.to_canonical(),
        r#"{"":[],"a":{"e":"\u0001","é":1.50},"b":[1,{"a":"\"","z":null}]}"#
    );
}

/// A downstream's answer may hold hundreds of thousands of members; to look for each among all would take hours.
#[test]
fn many_members_are_brought_together_as_few_are() {
    let key = |at: u32| format!("k{}", at % 200_000);
    let pairs = (0..300_000_u32).map(|at| (key(at), Json::from(u64::from(at))));
    let object: json::Object = pairs.collect();
    assert_eq!(object.len(), 200_000);
    let mut expected = (0..200_000_u32).map(|at| if at < 100_000 { at + 200_000 } else { at });
    for ((at, (name, value)), number) in (0..).zip(object.iter()).zip(&mut expected) {
        assert_eq!(name, key(at));
        assert_eq!(*value, Json::from(u64::from(number)));
    }
    assert_eq!(expected.next(), None);
}
