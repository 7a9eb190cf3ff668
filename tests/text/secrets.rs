//! Known secrets never leave, in whatever spelling and over however many texts.
//! Knows nothing of other types.

use aegis_core::egress::{Profile, Scan, Secrets, SecretsFault, mask_json};
use aegis_core::json::Json;

use super::case::SCOPE;

const SECRET: &str = "dB/pass wörd+\"7\"";

fn masked(value: Json) -> String {
    let profile = Profile::parse("default = \"redact\"").unwrap();
    let secrets = Secrets::new([SECRET.as_bytes(), b"another-secret"]).unwrap();
    let scan = Scan {
        profile: &profile,
        secrets: &secrets,
        scope_key: &SCOPE,
    };
    mask_json(&scan, value).unwrap().0.to_string()
}

fn base64(bytes: &[u8], url_safe: bool) -> String {
    let letters = if url_safe {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    } else {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    };
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            out.push(char::from(letters[(word >> (18 - 6 * at) & 63) as usize]));
        }
    }
    out
}

#[test]
fn every_spelling_of_a_secret_is_found() {
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let quoted = Json::from(SECRET).to_string();
    let mut spellings = vec![
        SECRET.to_owned(),
        hex.to_uppercase(),
        hex,
        percent.to_lowercase(),
        percent,
        quoted[1..quoted.len() - 1].to_owned(),
        "dB%2Fpass%20w%C3%B6rd%2B%227%22".to_owned(),
        "dB%2Fpass+w%C3%B6rd%2B%227%22".to_owned(),
    ];
    for before in ["", "x", "xy"] {
        for url_safe in [false, true] {
            spellings.push(base64(format!("{before}{SECRET}zz").as_bytes(), url_safe));
        }
    }
    for spelling in spellings {
        let leaked = masked(Json::from(format!("error near {spelling} here")));
        assert!(leaked.contains("<SECRET>"), "{spelling} became {leaked}");
    }
}

#[test]
fn a_secret_split_over_texts_is_found() {
    let (one, two) = ("another", "-secret");
    let blocks =
        |text: &str| Json::object([("type", Json::from("text")), ("text", Json::from(text))]);
    for value in [
        Json::Array(vec![Json::from(one), Json::from(two)]),
        Json::object([("a", Json::from(one)), ("b", Json::from(two))]),
        Json::object([("content", Json::Array(vec![blocks(one), blocks(two)]))]),
        Json::object([
            ("a", Json::object([("x", Json::from("anoth"))])),
            ("b", Json::from("er-sec")),
            ("c", Json::from("ret")),
        ]),
    ] {
        let leaked = masked(value.clone());
        for part in ["another", "anoth", "-secret", "er-sec"] {
            assert!(!leaked.contains(part), "{value} became {leaked}");
        }
    }
}

#[test]
fn the_marker_is_constant_and_keys_are_searched() {
    assert_eq!(masked(Json::from("another-secret")), "\"<SECRET>\"");
    assert_eq!(masked(Json::from(SECRET)), "\"<SECRET>\"");
    let keyed = masked(Json::object([("another-secret", Json::Null)]));
    assert_eq!(keyed, "{\"<SECRET>\":null}");
}

#[test]
fn a_secret_too_short_to_tell_is_refused() {
    assert!(matches!(
        Secrets::new([b"abc"]),
        Err(SecretsFault::TooShort)
    ));
    assert!(matches!(Secrets::new([b""]), Err(SecretsFault::TooShort)));
}
