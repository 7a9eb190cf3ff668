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
