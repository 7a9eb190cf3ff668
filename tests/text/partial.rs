//! Operators that leave a part of a value: what stays, in which order they are strict, what is found again.
//! Knows nothing of policies.

use aegis_core::egress::{CannotMask, Profile, Scan, ScopeKey, Secrets, mask_json, mask_value};
use aegis_core::json::Json;
use aegis_core::policy::Operator;

use super::case::SCOPE;

fn cell(word: &str, label: &str, value: &str) -> String {
    let operator = Operator::parse(word).unwrap_or_else(|| panic!("`{word}` is no operator"));
    let masked = mask_value(operator, label, &Json::from(value), &SCOPE).unwrap();
    masked.as_str().unwrap_or("null").to_owned()
}

/// Operator, label, value, what is left.
const CELLS: [(&str, &str, &str, &str); 45] = [
    ("keep-last-4", "pii.card", "4111 1111 1111 1234", "****1234"),
    ("keep-last-2", "pii.phone", "+1 202-555-0147", "****47"),
    (
        "keep-last-6",
        "pii.iban",
        "DE89 3704 0044 0532 0130 00",
        "****013000",
    ),
    ("keep-last-6", "pii.phone", "02025550147", "<PHONE_NUMBER>"),
    ("keep-last-1", "pii.pin", "1234", "<PIN>"),
    ("keep-last-1", "pii.pin", "12345", "****5"),
    ("generalise-year", "pii.dob", "1984-03-02", "1984"),
    ("generalise-month", "pii.dob", "1984-03-02", "1984-03"),
    ("generalise-month", "pii.dob", "02.03.1984", "1984-03"),
    ("generalise-month", "pii.dob", "03/02/1984", "1984-03"),
    ("generalise-month", "pii.dob", "31/12/1984", "1984-12"),
    (
        "generalise-month",
        "pii.dob",
        "1984-03-02T10:20:30Z",
        "1984-03",
    ),
    ("generalise-month", "pii.dob", "1984-03", "1984-03"),
    ("generalise-month", "pii.dob", "1984", "1984"),
    ("generalise-year", "pii.dob", "1984-03", "1984"),
    (
        "generalise-year",
        "pii.dob",
        "30/02/1984",
        "<DATE_OF_BIRTH>",
    ),
    (
        "generalise-year",
        "pii.dob",
        "second of March",
        "<DATE_OF_BIRTH>",
    ),
    (
        "generalise-year",
        "pii.dob",
        "1984-13-02",
        "<DATE_OF_BIRTH>",
    ),
    ("generalise-band-10", "hr.age", "37", "30-39"),
    ("generalise-band-10", "hr.age", "40", "40-49"),
    ("generalise-band-10", "hr.age", "30-39", "30-39"),
    ("generalise-band-10", "hr.age", "31-40", "<AGE>"),
    ("generalise-band-10", "hr.age", "30-49", "<AGE>"),
    ("generalise-band-1000", "hr.salary", "5,234.90", "5000-5999"),
    ("generalise-band-1000", "hr.salary", "-1", "-1000--1"),
    ("generalise-band-10", "hr.salary", "-0.5", "-10--1"),
    ("generalise-band-10", "hr.salary", "1e9", "<SALARY>"),
    ("generalise-band-10", "hr.salary", "", "<SALARY>"),
    (
        "generalise-network",
        "pii.ip",
        "192.168.7.44",
        "192.168.7.0/24",
    ),
    (
        "generalise-network",
        "pii.ip",
        "2001:db8:1:2::9",
        "2001:db8:1::/48",
    ),
    (
        "generalise-network",
        "pii.ip",
        "192.168.7.0/24",
        "192.168.7.0/24",
    ),
    (
        "generalise-network",
        "pii.ip",
        "192.168.7.4/30",
        "<IP_ADDRESS>",
    ),
    ("generalise-network", "pii.ip", "host-7", "<IP_ADDRESS>"),
    ("generalise-prefix-3", "pii.postcode", "SW1A 2AA", "SW1**"),
    ("generalise-prefix-3", "pii.postcode", "94110", "941**"),
    ("generalise-prefix-3", "pii.postcode", "941**", "941**"),
    ("generalise-prefix-3", "pii.postcode", "9411", "<POSTCODE>"),
    (
        "generalise-prefix-3",
        "pii.postcode",
        "jane@example.com",
        "<POSTCODE>",
    ),
    ("generalise", "pii.postal-code", "94110", "941**"),
    ("generalise", "pii.ip", "192.168.7.44", "192.168.7.0/24"),
    ("generalise", "pii.dob", "1984-03-02", "1984-03"),
    ("generalise", "hr.salary", "5234", "5000-5999"),
    ("generalise", "hr.salary", "37", "30-39"),
    (
        "generalise",
        "pii.email",
        "jane@example.com",
        "<EMAIL_ADDRESS>",
    ),
    (
        "generalise",
        "pii.card",
        "4111111111111111",
        "<CREDIT_CARD>",
    ),
];

#[test]
fn each_operator_leaves_exactly_its_part() {
    for (word, label, value, left) in CELLS {
        assert_eq!(cell(word, label, value), left, "{word} of {value}");
    }
}

#[test]
fn what_is_coarse_already_stays() {
    for (word, label, _, left) in CELLS {
        assert_eq!(cell(word, label, left), left, "{word} again over {left}");
    }
}

#[test]
fn dates_move_by_one_number_of_days_and_keep_their_form() {
    let moved = |date: &str| cell("date-shift-30", "pii.dob", date);
    let first = moved("1984-03-02");
    assert_ne!(first, "1984-03-02");
    assert_eq!(first.len(), 10);
    assert_eq!(moved("1984-03-02"), first, "the same within a scope");
    // The distance of two dates survives; so does the form.
    let day = |text: &str| text[8..].parse::<i64>().unwrap();
    let (a, b) = (moved("2001-05-15"), moved("2001-05-16"));
    assert!((day(&b) - day(&a) == 1) || day(&b) == 1, "{a} {b}");
    assert_eq!(moved("2001-05-15T10:20:30Z"), format!("{a}T10:20:30Z"));
    let dotted = moved("15.05.2001");
    assert_eq!(&dotted[6..], &a[..4]);
    assert_eq!(
        format!("{}-{}-{}", &dotted[6..], &dotted[3..5], &dotted[..2]),
        a
    );
    assert_eq!(moved("soon"), "<DATE_OF_BIRTH>");
    let other = mask_value(
        Operator::DateShift(3650),
        "pii.dob",
        &Json::from("1984-03-02"),
        &ScopeKey::new(&[9; 32]),
    );
    assert_ne!(
        other,
        Ok(Json::from(cell("date-shift-3650", "pii.dob", "1984-03-02")))
    );
}

#[test]
fn a_shift_is_within_its_days_and_never_none() {
    let days = |scope: u8, within: u16| {
        let base = Json::from("2000-06-15");
        let masked = mask_value(
            Operator::DateShift(within),
            "pii.dob",
            &base,
            &ScopeKey::new(&[scope; 32]),
        );
        let text = masked.unwrap().as_str().unwrap().to_owned();
        let (month, day): (i64, i64) = (text[5..7].parse().unwrap(), text[8..].parse().unwrap());
        // Five days around the middle of June stay in June.
        assert_eq!((month, &text[..4]), (6, "2000"), "{text}");
        day - 15
    };
    let all: std::collections::BTreeSet<i64> = (0..=255).map(|scope| days(scope, 5)).collect();
    assert!(all.iter().all(|by| (1..=5).contains(&by.abs())), "{all:?}");
    assert_eq!(all.len(), 10, "both directions and every distance: {all:?}");
}

fn operators() -> Vec<Operator> {
    let mut words: Vec<String> = Operator::WORDS.map(str::to_owned).into();
    for n in 1..=6 {
        words.push(format!("keep-last-{n}"));
        words.push(format!("generalise-prefix-{n}"));
    }
    for n in [1, 7, 365, 3650] {
        words.push(format!("date-shift-{n}"));
        words.push(format!("generalise-band-{n}"));
    }
    let mut all: Vec<Operator> = words
        .iter()
        .filter_map(|word| Operator::parse(word))
        .collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn strictness_is_a_total_order_and_words_read_back() {
    let all = operators();
    assert!(all.len() > 25);
    let mut ranks: Vec<u64> = all.iter().map(|one| one.strictness()).collect();
    ranks.sort_unstable();
    ranks.dedup();
    assert_eq!(ranks.len(), all.len(), "two operators are equally strict");
    for one in &all {
        assert_eq!(Operator::parse(&one.word()), Some(*one));
        for other in &all {
            assert_eq!(one.or_stricter(*other), other.or_stricter(*one));
        }
        let computed = one.on_computed();
        assert!(computed.strictness() >= one.strictness() && !computed.keeps_a_part());
    }
    let order = [
        "keep-last-6",
        "keep-last-4",
        "keep-last-1",
        "date-shift-1",
        "date-shift-30",
        "generalise",
        "generalise-prefix-3",
        "generalise-prefix-2",
        "generalise-network",
        "generalise-month",
        "generalise-year",
        "generalise-band-10",
        "generalise-band-100",
        "token",
        "hash",
        "redact",
        "drop",
        "withhold",
    ];
    let ranks = order.map(|word| Operator::parse(word).unwrap().strictness());
    assert!(ranks.is_sorted(), "{ranks:?}");
}

#[test]
fn words_that_are_no_operators() {
    for word in [
        "off",
        "keep-last-0",
        "keep-last-7",
        "keep-last-04",
        "keep-last-+4",
        "keep-last-",
        "date-shift-0",
        "date-shift-3651",
        "generalise-band-0",
        "generalise-band-4294967296",
        "generalise-prefix-9",
        "generalise-",
        "Token",
        "token ",
        "",
    ] {
        assert_eq!(Operator::parse(word), None, "{word:?}");
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

/// What is left of a value that was found in a text stands inside a mark, so that it is found only once.
#[test]
fn in_a_text_a_part_stands_in_a_mark_and_is_a_fixed_point() {
    let profile = "[mask]\nDATE_OF_BIRTH = \"generalise-year\"\nIP_ADDRESS = \"generalise-network\"\n\
                   CREDIT_CARD = \"keep-last-4\"\nUS_SSN = \"generalise\"\nPHONE_NUMBER = \"keep-last-2\"";
    for (text, left) in [
        (
            "born on 1984-03-02, she",
            "born on <DATE_OF_BIRTH~1984>, she",
        ),
        (
            "from 81.2.69.142 today",
            "from <IP_ADDRESS~81.2.69.0/24> today",
        ),
        ("card 4111 1111 1111 1111.", "card ****1111."),
        ("ssn 536-22-8726", "ssn <US_SSN>"),
        ("call +1 202-555-0147", "call ****47"),
    ] {
        let masked = under(profile, Json::from(text)).unwrap();
        assert_eq!(masked, Json::from(left));
        assert_eq!(under(profile, masked.clone()).unwrap(), masked, "again");
    }
    let shifted = under(
        "[mask]\nDATE_OF_BIRTH = \"date-shift-9\"",
        Json::from("dob: 1984-03-15"),
    )
    .unwrap();
    let text = shifted.as_str().unwrap();
    assert!(text.starts_with("dob: <DATE_OF_BIRTH~1984-03-"), "{text}");
    assert_eq!(
        under("[mask]\nDATE_OF_BIRTH = \"date-shift-9\"", shifted.clone()),
        Ok(shifted)
    );
}

#[test]
fn what_only_looks_like_a_part_in_a_mark_is_searched() {
    for fake in [
        "<US_SSN~536-22-8726>",
        "<CREDIT_CARD~4111111111111111>",
        "<IP_ADDRESS~81.2.69.142>",
        "<NOTHING~4111111111111111>",
        "<PERSON~jane@example.com>",
        "<CREDIT_CARD~4111111111111111-4111111111111111>",
    ] {
        let (masked, findings) = super::case::mask(Json::from(fake));
        assert!(!findings.is_empty(), "{fake} passed as {masked}");
    }
}

#[test]
fn shipped_profiles_mask_as_they_say() {
    let person = || {
        Json::from(
            "ssn 536-22-8726, born 1984-03-02, card 4111 1111 1111 1111, IBAN DE89370400440532013000",
        )
    };
    let health = under("base = \"health\"", person()).unwrap();
    let text = health.as_str().unwrap();
    assert!(
        text.contains("<US_SSN>") && text.contains("<CREDIT_CARD:"),
        "{text}"
    );
    let financial = under("base = \"financial\"", person()).unwrap();
    let text = financial.as_str().unwrap();
    assert!(
        text.contains("****1111") && text.contains("<IBAN_CODE>"),
        "{text}"
    );
    assert!(text.contains("<US_SSN:"), "{text}");
    let strict = under("base = \"strict\"", person()).unwrap();
    let text = strict.as_str().unwrap();
    assert!(
        !text.contains(':') && text.contains("<CREDIT_CARD>"),
        "{text}"
    );
}
