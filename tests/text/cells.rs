//! Rows of one column: a few telling cells among many that say nothing.
//! Knows nothing of what is found. Deterministic.

use super::dice::{Dice, KEYS, leaf, quoted};

/// Rows of one member, most of them of nothing: what goes over a column goes over what stands between.
pub fn column(dice: &mut Dice) -> String {
    let key = dice.pick(&KEYS);
    let few: Vec<&str> = (0..3).map(|_| dice.pick(&CELLS)).collect();
    let rows: Vec<String> = (0..8 + dice.roll(24))
        .map(|_| {
            let cell = match dice.roll(8) {
                0 => leaf(dice),
                1..4 => dice.pick(&few).to_owned(),
                _ => dice.pick(&IDLE_CELLS).to_owned(),
            };
            format!("{{{}:{}}}", quoted(key), quoted(&cell))
        })
        .collect();
    format!("[{}]", rows.join(","))
}

/// Cells that are found in one alone or in several together.
const CELLS: [&str; 18] = [
    "@",
    "jane@",
    "@example.com",
    "example.com",
    "jane.doe@example.com",
    "4111",
    "4111-",
    "1111 1111 1111",
    "-----BEGIN PRIVATE KEY-----",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    "-----END PRIVATE KEY-----",
    "44051401359",
    "02070803628",
    "+1 202-555-0147",
    "123-45-6789",
    "AKIA",
    "a long text of which the last is a word like jane@example",
    ".com and more of it",
];

/// Cells that are found in none.
const IDLE_CELLS: [&str; 8] = [
    "shipped",
    "jane",
    "open",
    "hall nine",
    "asked for a later delivery",
    "MIIEvQIBADANBgkqhkiGdwQBAQEFAASC",
    "2024-03-01T10:20:30Z",
    "1b4e28ba-2fa1-41d2-883f-0016d3cca427",
];

/// Cells of which another is made by other digits.
const DIGIT_CELLS: [&str; 22] = [
    "1",
    "20",
    "9.95",
    "SO-4471902",
    "AB-12345-XL",
    "hall 3",
    "2024-03-01T10:20:30Z",
    "2024-03-01 10:20:30",
    "2024-03-01",
    "4111 1111 1111 1111",
    "4111111111111111",
    "123-45-6789",
    "536 22 8726",
    "+1 202-555-0147",
    "+49 30 1234567",
    "jane.doe12@example.com",
    "DE44 5001 0517 5407 3249 31",
    "192.168.1.20",
    "call 555 and ask for 7",
    "AKIA2345",
    "R7-1209",
    "ey1234J",
];

/// The same text with other digits, or the very same.
fn other_digits(dice: &mut Dice, text: &str) -> String {
    let same = dice.roll(4) == 0;
    let digit = |dice: &mut Dice| char::from_digit(dice.roll(10) as u32, 10).unwrap();
    text.chars()
        .map(|c| match c.is_ascii_digit() && !same && dice.roll(3) > 0 {
            true => digit(dice),
            false => c,
        })
        .collect()
}

/// Rows of which each column has one text or two, in other digits from row to row.
pub fn alike(dice: &mut Dice) -> String {
    let columns: Vec<(&str, Vec<String>)> = (0..1 + dice.roll(5))
        .map(|_| {
            let texts = (0..1 + dice.roll(2)).map(|_| match dice.roll(6) {
                0 => leaf(dice),
                1 => dice.pick(&CELLS).to_owned(),
                2 => dice.pick(&IDLE_CELLS).to_owned(),
                _ => dice.pick(&DIGIT_CELLS).to_owned(),
            });
            let texts = texts.collect();
            (dice.pick(&KEYS), texts)
        })
        .collect();
    let rows: Vec<String> = (0..4 + dice.roll(14))
        .map(|_| {
            let mut keys = std::collections::BTreeSet::new();
            let members: Vec<String> = columns
                .iter()
                .filter(|(key, _)| keys.insert(*key))
                .map(|(key, texts)| {
                    let text = &texts[dice.roll(texts.len())];
                    let cell = other_digits(dice, text);
                    format!("{}:{}", quoted(key), quoted(&cell))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        })
        .collect();
    format!("[{}]", rows.join(","))
}
