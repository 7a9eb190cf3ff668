//! The operators: what is left of a value under each.
//! Knows nothing of detection.

use aegis_core::egress::{CannotMask, Profile, Scan, ScopeKey, Secrets, mask_json, mask_value};
use aegis_core::json::Json;
use aegis_core::policy::Operator;
use sha2::{Digest, Sha256};

use super::case::SCOPE;

fn cell(operator: Operator, label: &str, value: impl Into<Json>) -> Json {
    mask_value(operator, label, &value.into(), &SCOPE).unwrap()
}

#[test]
fn each_operator_leaves_what_it_says() {
    let text = |json: Json| json.as_str().unwrap().to_owned();
    assert_eq!(
        cell(Operator::Redact, "pii.ssn", "536-22-8726"),
        Json::from("<US_SSN>")
    );
    assert_eq!(
        cell(Operator::KEEP_LAST_4, "pii.phone", "+1 202-555-0147"),
        Json::from("****0147")
    );
    assert_eq!(
        cell(Operator::KEEP_LAST_4, "pii.phone", "0147"),
        Json::from("<PHONE_NUMBER>")
    );
    assert_eq!(
        cell(Operator::Drop, "pii.email", "jane@example.com"),
        Json::Null
    );
    let token = text(cell(Operator::Token, "pii.email", "jane@example.com"));
    assert!(
        token.starts_with("<EMAIL_ADDRESS:") && token.len() == 32,
        "{token}"
    );
    let hash = text(cell(Operator::Hash, "pii.email", "jane@example.com"));
    assert!(
        hash.starts_with("<EMAIL_ADDRESS#") && hash.len() == 48,
        "{hash}"
    );
    let withheld = mask_value(Operator::Withhold, "pii.email", &Json::from("x"), &SCOPE);
    assert!(matches!(withheld, Err(CannotMask::Withheld(_))));
}

#[test]
fn tokens_join_spellings_and_tell_types_and_scopes_apart() {
    let token = |label, value: &str| cell(Operator::Token, label, value);
    assert_eq!(
        token("pii.phone", "+1 202-555-0147"),
        token("pii.phone", "12025550147")
    );
    assert_eq!(
        token("pii.email", "jane@EXAMPLE.com"),
        token("pii.email", "jane@example.com")
    );
    assert_eq!(
        token("pii.ssn", "536-22-8726"),
        cell(Operator::Token, "pii.ssn", 536_228_726_i64)
    );
    assert_ne!(
        token("pii.email", "Jane@example.com"),
        token("pii.email", "jane@example.com")
    );
    assert_ne!(
        token("pii.ssn", "536228726"),
        token("pii.phone", "536228726")
    );
    let other = mask_value(
        Operator::Token,
        "pii.ssn",
        &Json::from("536228726"),
        &ScopeKey::new(&[8; 32]),
    )
    .unwrap();
    assert_ne!(token("pii.ssn", "536228726"), other);
}

/// HMAC (RFC 2104) written out, for keys shorter than a block.
fn hmac(key: &[u8; 32], message: &[u8]) -> Vec<u8> {
    let padded = |pad: u8| -> Vec<u8> {
        let key = key.iter().copied().chain([0; 32]);
        key.map(|byte| byte ^ pad).collect()
    };
    let inner = Sha256::digest([&padded(0x36), message].concat());
    Sha256::digest([&padded(0x5c), inner.as_slice()].concat()).to_vec()
}

#[test]
fn digests_are_those_of_the_standard_for_values_of_every_length() {
    for bytes in 1..300 {
        let value = "k".repeat(bytes);
        let hash = cell(Operator::Hash, "hr.nick", value.as_str());
        let digest = hmac(&[7; 32], format!("NICK\x1f{value}").as_bytes());
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, Json::from(format!("<NICK#{}>", &hex[..32])));
    }
}

#[test]
fn a_value_has_its_token_however_often_and_beside_whatever_it_stands() {
    let scan = Scan {
        profile: &Profile::standard(),
        secrets: &Secrets::none(),
        scope_key: &SCOPE,
    };
    let mail = |at: usize| format!("jane.{}@example.com", "abcdefg".as_bytes()[at % 7]);
    // Each twice in a row, then in turns, then twice in a row again.
    let order = |at: usize| if !(20..=40).contains(&at) { at / 2 } else { at };
    let values: Vec<String> = (0..60).map(|at| mail(order(at))).collect();
    let list = Json::Array(
        values
            .iter()
            .map(|value| Json::from(value.as_str()))
            .collect(),
    );
    let (masked, _) = mask_json(&scan, list).unwrap();
    for (value, masked) in values.iter().zip(masked.as_array().unwrap()) {
        assert_eq!(*masked, cell(Operator::Token, "pii.email", value.as_str()));
    }
}

#[test]
fn labels_without_a_type_name_themselves_and_masks_stay() {
    assert_eq!(
        cell(Operator::Redact, "hr.salary", 5000_i64),
        Json::from("<SALARY>")
    );
    assert_eq!(
        cell(Operator::Redact, "pii.2nd-name", "x"),
        Json::from("<LABEL_2ND_NAME>")
    );
    assert_eq!(cell(Operator::Token, "pii.email", Json::Null), Json::Null);
    let once = cell(Operator::Token, "pii.email", "jane@example.com");
    assert_eq!(cell(Operator::Token, "pii.email", once.clone()), once);
    assert_eq!(
        cell(Operator::Redact, "pii.ssn", "<US_SSN>"),
        Json::from("<US_SSN>")
    );
}

#[test]
fn what_only_looks_like_a_mask_is_none() {
    for fake in [
        "<CARD_4111111111111111>",
        "<X:4111111111111111>",
        "<US_SSN:536-22-8726>",
        "****4111111111111111",
    ] {
        let (masked, findings) = super::case::mask(Json::from(fake));
        assert!(!findings.is_empty(), "{fake} passed");
        assert!(!masked.to_string().contains("1111111111") && !masked.to_string().contains("8726"));
    }
}

fn under(profile: &str, value: Json) -> Result<Json, CannotMask> {
    let profile = Profile::parse(profile).unwrap();
    let scan = Scan {
        profile: &profile,
        secrets: &Secrets::none(),
        scope_key: &SCOPE,
    };
    mask_json(&scan, value).map(|(masked, _)| masked)
}

#[test]
fn a_profile_chooses_types_and_operators() {
    let mail = || Json::from("write jane@example.com");
    let off = under("[mask]\nEMAIL_ADDRESS = \"off\"", mail()).unwrap();
    assert_eq!(off, mail());
    let redacted = under("default = \"redact\"", mail()).unwrap();
    assert_eq!(redacted, Json::from("write <EMAIL_ADDRESS>"));
    let withheld = under("[mask]\nEMAIL_ADDRESS = \"withhold\"", mail());
    assert_eq!(withheld, Err(CannotMask::Withheld("EMAIL_ADDRESS")));
    let dropped = under(
        "[mask]\nEMAIL_ADDRESS = \"drop\"",
        Json::from("jane@example.com"),
    )
    .unwrap();
    assert_eq!(dropped, Json::Null);
    let strict = under("base = \"strict\"", mail()).unwrap();
    assert_eq!(strict, Json::from("write <EMAIL_ADDRESS>"));
}

#[test]
fn a_profile_is_read_strictly() {
    for wrong in [
        "base = \"lax\"",
        "colour = 1",
        "default = \"blur\"",
        "[mask]\nEMAIL = \"redact\"",
        "[mask]\nEMAIL_ADDRESS = \"blur\"",
        "[mask]\nSECRET = \"off\"",
        "[mask]\nPERSON = \"off\"\nPERSON = \"redact\"",
    ] {
        assert!(Profile::parse(wrong).is_err(), "{wrong}");
    }
}
