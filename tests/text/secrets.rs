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

/// Every spelling that the canary's downstream knows, alone, in a sentence, and over two texts.
#[test]
fn every_spelling_of_every_sort_of_secret_is_found() {
    let sorts = [
        "tok_7f3a91c2d4e5f6a7b8c9",
        "k7#Qz!",
        "pä\"ss'w\\ord/+=%41 <&> $x",
        "postgres://app:p%40ss%2Fw0rd-canary@db.internal:5432/app?sslmode=require",
        "481516234213370042",
        "пароль-ключ-密码-🔑",
        "correct horse staple canary",
        "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n+/7f3a==\n-----END KEY-----",
    ];
    let profile = Profile::parse("default = \"redact\"").unwrap();
    let mut problems = Vec::new();
    for secret in sorts {
        let secrets = Secrets::new([secret]).unwrap();
        let scan = Scan {
            profile: &profile,
            secrets: &secrets,
            scope_key: &SCOPE,
        };
        let masked = |value: Json| mask_json(&scan, value).map(|(masked, _)| masked.to_string());
        for (how, _) in aegis_tests::SPELLINGS {
            let said = aegis_tests::spelled(how, secret);
            let sentence = format!("could not connect with {said} at all");
            let middle = said.char_indices().nth(said.chars().count() / 2).unwrap().0;
            let (half, rest) = said.split_at(middle);
            let block = |text: &str| {
                Json::object([("type", Json::from("text")), ("text", Json::from(text))])
            };
            let two = Json::Array(vec![block(half), block(rest)]);
            for (place, value) in [
                ("alone", Json::from(said.as_str())),
                ("in a sentence", Json::from(sentence)),
                ("in two", two),
                ("as a key", Json::object([(said.as_str(), Json::Null)])),
            ] {
                // What cannot be masked is withheld.
                let left = masked(value.clone()).unwrap_or_default();
                let whole = Json::from(said.as_str()).to_string();
                let whole = &whole[1..whole.len() - 1];
                if left.contains(whole) || left == value.to_string() {
                    problems.push(format!("{secret:?} {how} {place}: {left}"));
                }
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} found\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn what_only_looks_like_a_secret_stays() {
    let secrets = Secrets::new([
        "correct horse staple canary",
        "k7#Qz!",
        "481516234213370042",
    ])
    .unwrap();
    let profile = Profile::parse("default = \"redact\"").unwrap();
    let scan = Scan {
        profile: &profile,
        secrets: &secrets,
        scope_key: &SCOPE,
    };
    for text in [
        "the correct horse eats staple food",
        "k7 and Qz are rows of the table",
        "numbers 4 8 15 16 23 42",
        "a canary sings to a horse",
    ] {
        let masked = mask_json(&scan, Json::from(text)).unwrap().0;
        assert_eq!(masked, Json::from(text));
    }
}
