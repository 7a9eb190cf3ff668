//! Random conditions and checks.
//! Knows nothing of the rules that have them.

use super::dice::Dice;
use super::policies::{CAPABILITIES, LABELS, PEOPLE, ROLES, TOOLS, list};

pub fn checks(dice: &mut Dice, argument: &str, condition: bool) -> String {
    let options: &[&str] = match argument {
        "limit" | "other" => &[
            "min = 3",
            "max = 5",
            "equals = 4",
            "one_of = [2, 4, 6]",
            "type = \"integer\"",
            "min = 2\nmax = 7",
            "less_than = \"other\"",
            "at_most = \"limit\"",
            "same_as = \"other\"",
            "differs_from = \"limit\"",
        ],
        "flag" => &["equals = true", "type = \"boolean\"", "one_of = [false]"],
        "tags" => &[
            "length = { min = 1 }",
            "length = { max = 2 }",
            "type = \"array\"",
        ],
        "/tags/0" => &[
            "equals = \"x\"",
            "one_of = [\"x\", \"z\"]",
            "max = 3",
            "matches = \"[a-y]\"",
        ],
        "key" => &[
            "prefix = [\"silver\"]",
            "prefix = [\"silver/a\", \"bronze\"]",
            "glob = [\"silver/*\"]",
            "glob = [\"*/?\", \"gold/**\"]",
            "matches = \"[a-z/]+\"",
            "length = { max = 9 }",
        ],
        _ => &[
            "matches = \"n.*\"",
            "glob = [\"no*\"]",
            "equals = \"north\"",
            "one_of = [\"north\", \"south\"]",
            "length = { min = 3, max = 5 }",
            "type = \"string\"",
            "less_than = \"to\"",
            "same_as = \"to\"",
        ],
    };
    let usable: Vec<&str> = options
        .iter()
        .copied()
        .filter(|one| !condition || !one.starts_with("prefix"))
        .collect();
    dice.one(&usable).to_string()
}

pub const ARGUMENTS: [&str; 8] = [
    "limit", "other", "flag", "tags", "/tags/0", "key", "from", "to",
];

/// One question; `found` are those about what is found in a call.
fn question(dice: &mut Dice, found: bool, said: bool) -> String {
    let days = ["\"mon-fri\"", "\"thu\"", "\"sat\", \"sun\"", "\"fri-mon\""];
    match dice.below(if found { 10 } else { 7 }) {
        0 => format!("principal = {}", list(&dice.some(&PEOPLE[..3], 1, 2))),
        1 => format!("role = {}", list(&dice.some(&ROLES, 1, 2))),
        2 => format!(
            "attribute = {{ team = {} }}",
            dice.one(&["\"risk\"", "[\"risk\", \"audit\"]", "\"audit\""])
        ),
        3 => format!("tool = {}", list(&dice.some(&TOOLS, 1, 2))),
        4 => format!(
            "time = {{ days = [{}], zone = \"{}\" }}",
            dice.one(&days),
            dice.one(&["UTC", "+02:00", "-11:30"])
        ),
        5 => format!(
            "time = {{ from = \"{}\", to = \"{}\", zone = \"{}\" }}",
            dice.one(&["00:00", "06:30", "11:59"]),
            dice.one(&["12:00", "18:15", "24:00"]),
            dice.one(&["UTC", "-05:00"])
        ),
        6 if said => {
            let name = *dice.one(&ARGUMENTS);
            match dice.below(3) {
                0 => format!(
                    "argument = {{ name = \"{name}\", given = {} }}",
                    dice.once_in(2)
                ),
                _ => format!(
                    "argument = {{ name = \"{name}\", {} }}",
                    checks(dice, name, true).replace('\n', ", ")
                ),
            }
        }
        6 => "principal = \"a\"".to_owned(),
        7 => format!(
            "capability = {}",
            list(&dice.some(&CAPABILITIES[1..], 1, 2))
        ),
        8 => format!("label = {}", list(&dice.some(&LABELS, 1, 2))),
        _ => dice
            .one(&[
                "fact = { writes = \"staging_*\" }",
                "fact = { reads = [\"orders\", \"CUSTOMERS\"] }",
                "fact = { writes = { except = [\"orders\"] } }",
                "fact = { writes-path = \"silver/*\" }",
                "fact = { writes-path = { except = [\"silver/*\", \"bronze/a\"] } }",
                "fact = { filters = \"pii.email\", reads = \"*\" }",
                "fact = { looks-up = \"*\" }",
                "fact = { calls = \"replace\" }",
                "fact = { domain-write = \"gold\" }",
            ])
            .to_string(),
    }
}

/// One table of a condition; nothing that is found stands under `not`.
fn table(dice: &mut Dice, found: bool, said: bool, depth: usize) -> String {
    if depth == 0 || dice.once_in(2) {
        return question(dice, found, said);
    }
    let join = *dice.one(&["all", "any", "not"]);
    if join == "not" {
        return format!("not = {{ {} }}", table(dice, false, said, depth - 1));
    }
    let parts: Vec<String> = (0..1 + dice.below(3))
        .map(|_| format!("{{ {} }}", table(dice, found, said, depth - 1)))
        .collect();
    format!("{join} = [{}]", parts.join(", "))
}

pub fn when(dice: &mut Dice, found: bool, said: bool) -> String {
    match dice.once_in(3) {
        true => format!("when = {{ {} }}\n", table(dice, found, said, 3)),
        false => String::new(),
    }
}
