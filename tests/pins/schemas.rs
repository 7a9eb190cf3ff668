//! Values against schemas, as written in a table.
//! Knows nothing of tools.

use aegis_core::json::{Json, parse};
use aegis_core::limits;
use aegis_core::schema::{Misfit, Schema};

fn json(text: &str) -> Json {
    parse(text.as_bytes(), &limits::RESPONSE_RULES).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn table() -> toml::Table {
    include_str!("schemas.toml").parse().unwrap()
}

#[test]
fn values_fit_or_fail_by_the_word_written_beside_them() {
    let mut judged = 0;
    for case in table()["case"].as_array().unwrap() {
        let text = case["schema"].as_str().unwrap();
        let schema = Schema::read(&json(text)).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        for (word, values) in case.as_table().unwrap() {
            let values = values.as_array().into_iter().flatten();
            let values = values.map(|value| value.as_str().unwrap());
            if word == "unchecked" {
                let unchecked: Vec<&str> = schema.unchecked().iter().map(String::as_str).collect();
                assert_eq!(unchecked, values.collect::<Vec<_>>(), "{text}");
                continue;
            }
            for value in values {
                let found = match schema.check(&json(value)) {
                    Ok(()) => "fits",
                    Err(Misfit::Word(word)) => word,
                    Err(Misfit::Work) => "work",
                };
                assert_eq!(found, word, "{value} against {text}");
                judged += 1;
            }
        }
    }
    assert!(judged > 120, "{judged}");
}

#[test]
fn what_cannot_be_judged_is_named_by_its_place() {
    for case in table()["refused"].as_array().unwrap() {
        let text = case["schema"].as_str().unwrap();
        let found = Schema::read(&json(text)).map(|_| ()).unwrap_err();
        let found: Vec<_> = found.iter().map(|one| one.pointer.as_str()).collect();
        let places = case["places"].as_array().unwrap();
        let places: Vec<_> = places.iter().map(|one| one.as_str().unwrap()).collect();
        assert_eq!(found, places, "{text}");
    }
}

#[test]
fn no_schema_and_no_value_takes_long() {
    // Many places, deep places, and choices within choices.
    let wide: String = (0..5_000).map(|at| format!(r#""p{at}":{{}},"#)).collect();
    let wide = format!(r#"{{"properties":{{{}}}}}"#, wide.trim_end_matches(','));
    assert!(Schema::read(&json(&wide)).is_err());

    let branches = (0..8)
        .map(|_| r##"{"items":{"$ref":"#"}}"##)
        .collect::<Vec<_>>();
    let schema = format!(r#"{{"oneOf":[{}]}}"#, branches.join(","));
    let schema = Schema::read(&json(&schema)).unwrap();
    let value = format!("{}{}", "[".repeat(40), "]".repeat(40));
    assert_eq!(schema.check(&json(&value)), Err(Misfit::Work));
}
