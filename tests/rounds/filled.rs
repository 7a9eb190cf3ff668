//! What is filled into a form is held against the bounds that the form states.
//! Knows nothing of who asks.

use serde_json::{Value, json};

use crate::asked::{World, again, ask, first, form, rule};

/// What a form says of its fields, and what is filled in: whether it goes south.
const FILLED: [(&str, &str, bool); 33] = [
    (
        r#"{"type":"string","minLength":3,"maxLength":5}"#,
        r#""abc""#,
        true,
    ),
    (
        r#"{"type":"string","minLength":3,"maxLength":5}"#,
        r#""äöüßé""#,
        true,
    ),
    (
        r#"{"type":"string","minLength":3,"maxLength":5}"#,
        r#""ab""#,
        false,
    ),
    (
        r#"{"type":"string","minLength":3,"maxLength":5}"#,
        r#""abcdef""#,
        false,
    ),
    (
        r#"{"type":"string","format":"email"}"#,
        r#""ann@example.org""#,
        true,
    ),
    (r#"{"type":"string","format":"email"}"#, r#""ann""#, false),
    (
        r#"{"type":"string","format":"email"}"#,
        r#""@example.org""#,
        false,
    ),
    (
        r#"{"type":"string","format":"email"}"#,
        r#""ann@example.org, bob@example.org""#,
        false,
    ),
    (
        r#"{"type":"string","format":"uri"}"#,
        r#""https://example.org/a?b""#,
        true,
    ),
    (r#"{"type":"string","format":"uri"}"#, r#""example""#, false),
    (
        r#"{"type":"string","format":"uri"}"#,
        r#""https://example.org/ a""#,
        false,
    ),
    (
        r#"{"type":"string","format":"date"}"#,
        r#""2024-02-29""#,
        true,
    ),
    (
        r#"{"type":"string","format":"date"}"#,
        r#""2023-02-29""#,
        false,
    ),
    (
        r#"{"type":"string","format":"date"}"#,
        r#""2024-02-29T10:00:00Z""#,
        false,
    ),
    (
        r#"{"type":"string","format":"date-time"}"#,
        r#""2024-02-29T10:00:00Z""#,
        true,
    ),
    (
        r#"{"type":"string","format":"date-time"}"#,
        r#""2024-02-29""#,
        false,
    ),
    (
        r#"{"type":"string","format":"date-time"}"#,
        r#""2024-02-29T25:00:00Z""#,
        false,
    ),
    (
        r#"{"type":"string","format":"of a later time"}"#,
        r#""x""#,
        true,
    ),
    (r#"{"type":"integer","minimum":1,"maximum":9}"#, "9", true),
    (r#"{"type":"integer","minimum":1,"maximum":9}"#, "10", false),
    (r#"{"type":"integer","minimum":1,"maximum":9}"#, "0", false),
    (
        r#"{"type":"integer","minimum":1,"maximum":9}"#,
        "5.5",
        false,
    ),
    (r#"{"type":"number","minimum":0.5}"#, "0.5", true),
    (r#"{"type":"number","minimum":0.5}"#, "0.1", false),
    (r#"{"type":"number","maximum":1e2}"#, "100.0001", false),
    (r#"{"type":"boolean"}"#, "true", true),
    (r#"{"type":"boolean"}"#, r#""true""#, false),
    (r#"{"type":"string","enum":["p","q"]}"#, r#""q""#, true),
    (r#"{"type":"string","enum":["p","q"]}"#, r#""r""#, false),
    (
        r#"{"type":"array","items":{"type":"string","enum":["p","q"]},"minItems":1,"maxItems":1}"#,
        r#"["p"]"#,
        true,
    ),
    (
        r#"{"type":"array","items":{"type":"string","enum":["p","q"]},"minItems":1,"maxItems":1}"#,
        r#"["p","q"]"#,
        false,
    ),
    (
        r#"{"type":"array","items":{"type":"string","enum":["p","q"]},"minItems":1,"maxItems":1}"#,
        "[]",
        false,
    ),
    (
        r#"{"type":"array","items":{"type":"string","enum":["p","q"]},"minItems":1,"maxItems":1}"#,
        r#"["r"]"#,
        false,
    ),
];

#[test]
fn an_answer_goes_south_where_it_keeps_the_bounds_of_its_form() {
    let world = World::new(false);
    let mut agent = world.agent();
    for (field, filled, fits) in FILLED {
        let asks = format!(
            r#"{{"resultType":"input_required","requestState":"s","inputRequests":{{"a":{{"method":"elicitation/create","params":{{"message":"Which?","requestedSchema":{{"type":"object","properties":{{"f":{field}}}}}}}}}}}}}"#
        );
        let asked = ask(&mut agent, &form(), first(&asks));
        let state = &asked["result"]["requestState"];
        assert!(state.is_string(), "{field}: {asked}");
        let filled: Value = serde_json::from_str(filled).unwrap();
        let responses = json!({"a": {"action": "accept", "content": {"f": filled}}});
        let answer = ask(&mut agent, &form(), again(first(&asks), state, &responses));
        let wanted = if fits { "" } else { "kernel.input-response" };
        assert_eq!(rule(&answer), wanted, "{field}: {filled}: {answer}");
    }
    assert_eq!(agent.finish(), Some(0));
}

/// A bound that cannot be read is none that could be kept.
#[test]
fn a_form_whose_bounds_cannot_be_read_is_not_shown() {
    let world = World::new(false);
    let mut agent = world.agent();
    for field in [
        r#"{"type":"string","minLength":"3"}"#,
        r#"{"type":"integer","minimum":"x"}"#,
        r#"{"type":"string","format":7}"#,
    ] {
        let asks = format!(
            r#"{{"resultType":"input_required","requestState":"s","inputRequests":{{"a":{{"method":"elicitation/create","params":{{"message":"Which?","requestedSchema":{{"type":"object","properties":{{"f":{field}}}}}}}}}}}}}"#
        );
        let asked = ask(&mut agent, &form(), first(&asks));
        assert_eq!(rule(&asked), "kernel.input-refused", "{field}: {asked}");
    }
    assert_eq!(agent.finish(), Some(0));
}
