//! Random policies as operators could write them: every kind of rule, every question, every check.
//! Knows nothing of what they say to a call.

use aegis_core::policy::{self, Declared, Policy};

use super::conditions::{ARGUMENTS, checks, when};
use super::dice::Dice;
use super::world::MANIFESTS;

pub const CAPABILITIES: [&str; 15] = [
    "*",
    "db:*",
    "db:read",
    "db:write",
    "db:drop",
    "db:create",
    "object:*",
    "object:write",
    "gold:*",
    "gold:write",
    "pii:*",
    "pii:filter",
    "medallion:*",
    "medallion:promote",
    "stats:read",
];
pub const TOOLS: [&str; 9] = [
    "*",
    "postgres__*",
    "postgres__query",
    "postgres__execute",
    "s3__*",
    "s3__put_object",
    "stats__*",
    "stats__cells",
    "medallion__promote",
];
pub const PEOPLE: [&str; 5] = ["a", "b", "c", "nobody", "*"];
pub const ROLES: [&str; 3] = ["reader", "clerk", "auditor"];
pub const LABELS: [&str; 7] = [
    "*",
    "pii.*",
    "pii.email",
    "pii.phone",
    "pii.ssn",
    "hr.*",
    "hr.salary",
];
const MASKS: [&str; 14] = [
    "search",
    "keep-last-1",
    "keep-last-4",
    "date-shift-7",
    "date-shift-90",
    "generalise",
    "generalise-prefix-3",
    "generalise-month",
    "generalise-band-10",
    "token",
    "hash",
    "redact",
    "drop",
    "withhold",
];
const WORDS: &str = "because = \"b\"\nfix = \"f\"\n";

pub fn list(items: &[&&str]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

/// Whom a rule is for.
fn who(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => format!("roles = {}\n", list(&dice.some(&ROLES, 1, 2))),
        1 => format!("principal = \"a\"\nrole = \"{}\"\n", dice.one(&ROLES)),
        _ => format!("principals = {}\n", list(&dice.some(&PEOPLE, 1, 3))),
    }
}

const FILLING: [&str; 3] = [
    "window_s = 60",
    "window_s = 3600",
    "refill = { amount = 2, every_s = 60 }",
];

/// One rule as TOML.
fn rule(dice: &mut Dice, id: usize) -> String {
    let head = |kind: &str| format!("[[{kind}]]\nid = \"r{id}\"\n");
    let mode = if dice.once_in(5) {
        "mode = \"shadow\"\n"
    } else {
        ""
    };
    match dice.below(14) {
        0 => format!("{}principal = \"*\"\ncapabilities = \"*\"\n", head("grant")),
        1..=3 => grant(dice, &head("grant")),
        4 => format!(
            "{}capability = {}\n{WORDS}{mode}{}",
            head("block"),
            list(&dice.some(&CAPABILITIES[1..], 1, 3)),
            when(dice, true, true)
        ),
        5 | 6 => {
            let argument = *dice.one(&ARGUMENTS);
            let check = match dice.below(6) {
                0 => "presence = \"forbidden\"".to_owned(),
                1 => "presence = \"required\"".to_owned(),
                2 => format!("presence = \"optional\"\n{}", checks(dice, argument, false)),
                _ => checks(dice, argument, false),
            };
            format!(
                "{}tool = {}\nargument = \"{argument}\"\n{check}\n{WORDS}{mode}{}",
                head("argument"),
                list(&dice.some(&TOOLS, 1, 2)),
                when(dice, true, true)
            )
        }
        7 => format!(
            "{}capability = \"medallion:promote\"\nreceipt = {{ kind = \"silver_validation\", of = \"dataset\", fresh_s = {}, single_use = {}, scope = \"{}\" }}\n{WORDS}{mode}{}",
            head("require"),
            dice.one(&[0, 60, 9_000]),
            dice.once_in(2),
            dice.one(&["run", "principal", "shared"]),
            when(dice, true, true)
        ),
        8 | 9 => sold(dice, &head),
        10 => format!(
            "{}tool = \"stats__*\"\ncount = \"n\"\nby = [\"region\"]\nk = {}\n{mode}{}",
            head("small_groups"),
            3 + dice.below(9),
            when(dice, true, true)
        ),
        11 => budget(dice, &head("budget")),
        _ => transform(dice, &head("transform"), mode),
    }
}

fn grant(dice: &mut Dice, head: &str) -> String {
    if dice.once_in(3) {
        let all = [
            "postgres:orders",
            "postgres:staging_*",
            "postgres:customers",
            "postgres:*",
            "s3:silver/*",
            "s3:bronze/a",
        ];
        let resources = list(&dice.some(&all, 1, 3));
        format!(
            "{}{}capabilities = [\"db:*\", \"object:*\"]\nresources = {resources}\n{}",
            head,
            who(dice),
            when(dice, false, true)
        )
    } else {
        let tools = if dice.once_in(3) {
            format!("tools = {}\n", list(&dice.some(&TOOLS, 1, 3)))
        } else {
            String::new()
        };
        let capabilities = list(&dice.some(&CAPABILITIES, 1, 4));
        format!(
            "{}{}capabilities = {capabilities}\n{tools}{}",
            head,
            who(dice),
            when(dice, false, true)
        )
    }
}

/// A rule that grants on terms.
fn sold(dice: &mut Dice, head: &dyn Fn(&str) -> String) -> String {
    match dice.once_in(2) {
        true => format!(
            "{}{}label = {}\nbudget = {{ calls = {}, window_s = 3600 }}\n{}",
            head("lookup"),
            who(dice),
            list(&dice.some(&LABELS[..5], 1, 2)),
            1 + dice.below(3),
            when(dice, false, false)
        ),
        false => format!(
            "{}{}label = {}\nrows_min = {}\nshare_max = {}\nbudget = {{ calls = {}, window_s = 3600 }}\n{}",
            head("measure"),
            who(dice),
            list(&dice.some(&LABELS[5..], 1, 1)),
            3 + dice.below(4),
            50 + dice.below(40),
            1 + dice.below(3),
            when(dice, false, false)
        ),
    }
}

fn budget(dice: &mut Dice, head: &str) -> String {
    let unit = match dice.below(5) {
        0 => format!(
            "values = {}\nof = \"{}\"\nwindow_s = 3600\n",
            1 + dice.below(3),
            dice.one(&["tags", "limit", "key"])
        ),
        n => format!(
            "{} = {}\n{}\n",
            ["calls", "calls", "rows", "bytes"][n - 1],
            1 + dice.below(6),
            dice.one(&FILLING)
        ),
    };
    let tool = if dice.once_in(3) {
        format!("tool = {}\n", list(&dice.some(&TOOLS, 1, 2)))
    } else {
        String::new()
    };
    let capability = if dice.once_in(3) {
        format!(
            "capability = {}\n",
            list(&dice.some(&CAPABILITIES[1..], 1, 2))
        )
    } else {
        String::new()
    };
    let downstream = if dice.once_in(4) {
        format!(
            "downstream = {}\n",
            list(&dice.some(&["postgres", "s3", "stats"], 1, 2))
        )
    } else {
        String::new()
    };
    let per = *dice.one(&[
        "",
        "",
        "per = \"everyone\"\n",
        "per = [\"principal\", \"tool\"]\n",
        "per = [\"everyone\", \"capability\", \"downstream\"]\n",
    ]);
    let failed = if unit.starts_with("calls") && dice.once_in(3) {
        "failed = \"return\"\n"
    } else {
        ""
    };
    let who = if dice.once_in(2) {
        who(dice)
    } else {
        String::new()
    };
    format!(
        "{head}{who}{unit}{tool}{capability}{downstream}{per}{failed}{}",
        when(dice, true, true)
    )
}

fn transform(dice: &mut Dice, head: &str, mode: &str) -> String {
    match dice.below(4) {
        0 => {
            let caps = list(&dice.some(&["row_max = 5", "byte_max = 900", "change_max = 3"], 1, 3));
            let caps = caps.replace(['[', ']', '"'], "").replace(", ", "\n");
            format!("{head}{caps}\n{mode}{}", when(dice, true, true))
        }
        1 => {
            let detect = dice.one(&[
                "\"standard\"",
                "\"strict\"",
                "{ profile = \"standard\", CREDIT_CARD = \"keep-last-4\" }",
                "{ profile = \"strict\", PHONE_NUMBER = \"off\" }",
            ]);
            format!("{head}detect = {detect}\n{mode}{}", when(dice, true, true))
        }
        2 => {
            let fields = dice.one(&[
                "drop = [\"notes\", \"/rows/tax\"]",
                "rename = { owner = \"holder\" }",
                "rename = { \"/rows/owner\" = \"keeper\" }\ndrop = \"etag\"",
                "rename = { owner = \"keeper\", tag = \"etag\" }",
            ]);
            format!(
                "{head}tool = {}\n{fields}\n{mode}{}",
                list(&dice.some(&TOOLS, 1, 2)),
                when(dice, true, true)
            )
        }
        _ => {
            let subject = if dice.once_in(3) {
                "subject = \"customers.id\"\n"
            } else {
                ""
            };
            let listed = if dice.once_in(2) {
                format!(", \"pii.email\" = \"{}\"", dice.one(&MASKS))
            } else {
                String::new()
            };
            let labels = match listed.is_empty() {
                true => list(&dice.some(&LABELS, 1, 2)),
                false => "\"pii.*\"".to_owned(),
            };
            format!(
                "{head}label = {labels}\nmask = {{ default = \"{}\"{listed} }}\n{subject}{mode}{}",
                dice.one(&MASKS),
                when(dice, false, true)
            )
        }
    }
}

/// Who there is: roles with inheritance, an attribute that somebody lacks.
fn people() -> Vec<Declared> {
    let text = "[[role]]\nname = \"reader\"\n[[role]]\nname = \"clerk\"\nincludes = [\"reader\"]\n[[role]]\nname = \"auditor\"\nincludes = [\"clerk\"]\n\
                [[principal]]\nname = \"a\"\nroles = [\"clerk\"]\nattributes = { team = \"risk\" }\n\
                [[principal]]\nname = \"b\"\nroles = [\"auditor\"]\nattributes = { team = \"audit\" }\n\
                [[principal]]\nname = \"c\"\nroles = [\"reader\"]\n[[grant]]\nid = \"zz-nobody\"\nprincipal = \"nobody\"\ncapabilities = \"*\"\n";
    policy::parse(text, "people").expect("people")
}

/// A random policy that loads: rules that cannot stand beside the others are left out.
pub fn random(dice: &mut Dice) -> (Policy, Vec<Declared>) {
    let (mut declared, mut each) = (people(), Vec::new());
    if !dice.once_in(3) {
        let all = "[[grant]]\nid = \"all\"\nprincipal = \"*\"\ncapabilities = \"*\"\n";
        each.extend(policy::parse(all, "all"));
    }
    for id in 0..1 + dice.below(9) {
        each.extend(policy::parse(&rule(dice, id), "random"));
    }
    let together = [declared.clone(), each.concat()].concat();
    if let Ok(policy) = Policy::new(together.clone(), &MANIFESTS) {
        return (policy, together);
    }
    for more in each {
        let together = [declared.clone(), more].concat();
        if Policy::new(together.clone(), &MANIFESTS).is_ok() {
            declared = together;
        }
    }
    let policy = Policy::new(declared.clone(), &MANIFESTS).expect("rules that hold");
    (policy, declared)
}

/// How many of so many rules could not be read or did not hold: the laws say something only of those that do.
pub fn left_out(seed: u64, count: usize) -> (usize, Vec<String>) {
    let mut dice = Dice::new(seed);
    let mut out = Vec::new();
    for id in 0..count {
        let text = rule(&mut dice, id);
        let held = policy::parse(&text, "random")
            .and_then(|more| Policy::new([people(), more].concat(), &MANIFESTS));
        if let Err(found) = held {
            out.push(format!("{text}{}", found[0].message));
        }
    }
    (out.len(), out)
}
