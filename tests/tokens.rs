//! Tokens and moved dates over principals, sessions and a vault that is full.
//! Knows nothing of the kernel's insides.

use std::collections::BTreeMap;

use aegis_core::call::{Arguments, Call};
use aegis_core::egress::{Pairs, TokenScope};
use aegis_core::inspect::{self, Examined, World};
use aegis_core::json::Json;
use aegis_core::limits;
use aegis_core::manifest::{self, Manifests};
use aegis_core::principal::{Principal, Proof};
use aegis_host::vault::Vault;
use aegis_tests::policies::{read, root};
use aegis_tests::{House, TempWorld};
use serde_json::{Value, json};

/// The token of one customer's address as a principal sees it in a session of its own.
fn seen(world: &TempWorld, principal: &str) -> String {
    let path = world.config();
    let text = std::fs::read_to_string(&path).unwrap();
    let named = |line: &str| match line.starts_with("principal") {
        true => format!("principal = \"{principal}\"\n"),
        false => format!("{line}\n"),
    };
    std::fs::write(&path, text.lines().map(named).collect::<String>()).unwrap();
    let mut agent = aegis_tests::Client::start(&path);
    let sql = json!({ "sql": "SELECT email FROM customers WHERE id = 1" });
    let token = agent.done("postgres__query", &sql)["rows"][0]["email"].clone();
    agent.finish();
    token.as_str().unwrap().to_owned()
}

#[test]
fn tokens_join_within_their_scope_over_sessions_and_principals_and_nowhere_else() {
    for (scope, sessions, principals) in [
        ("run", false, false),
        ("principal", true, false),
        ("shared", true, true),
    ] {
        let world = TempWorld::new();
        let policy = world.path("policies/analyst.toml");
        let text = std::fs::read_to_string(&policy).unwrap();
        let anyone = text.replace("principal = \"analyst-agent\"", "principal = \"*\"");
        assert_ne!(anyone, text);
        std::fs::write(&policy, anyone).unwrap();
        let config = std::fs::read_to_string(world.config()).unwrap();
        let masking = format!("{config}\n[masking]\ntokens = \"{scope}\"\n");
        std::fs::write(world.config(), masking).unwrap();
        let first = seen(&world, "analyst-agent");
        assert!(first.starts_with("<EMAIL_ADDRESS:"), "{first}");
        assert_eq!(seen(&world, "analyst-agent") == first, sessions, "{scope}");
        assert_eq!(seen(&world, "other-agent") == first, principals, "{scope}");
    }
}

const MANIFEST: &str = "server = \"x\"\n[tool.write]\ndescription = \"writes\"\ncapabilities = [\"x:write\"]\n\
                        [tool.write.argument.to]\nkind = \"string\"\ndescription = \"to\"\nrestores = [\"EMAIL_ADDRESS\"]\n";

/// The nth token, in the letters of tokens.
fn token(n: usize) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let body = (0..16).map(|at| char::from(LETTERS[n >> (2 * at).min(60) & 31]));
    format!("<EMAIL_ADDRESS:{}>", body.collect::<String>())
}

fn brings(principal: &str, run: &str, token: &str) -> Examined {
    let manifests = Manifests::new(vec![manifest::parse(MANIFEST, "x.toml").unwrap()]);
    let principal = Principal::assertion(principal, Proof::Hypothetical);
    let arguments = json!({ "to": token }).to_string();
    let arguments = Arguments::parse(arguments.as_bytes()).unwrap();
    let bound = manifests.bind(Call::new(principal, run, "x__write", arguments), |_, _| {
        true
    });
    let world = World {
        manifests: &manifests,
        catalogs: &BTreeMap::new(),
    };
    inspect::examine(bound.unwrap(), &world).unwrap()
}

fn pairs(range: std::ops::Range<usize>) -> Pairs {
    let pair = |n| (token(n), Json::from(format!("person{n}@example.com")));
    Pairs::read(&Json::object(range.map(pair)))
}

#[test]
fn a_token_that_a_full_vault_has_forgotten_is_refused_by_name() {
    let vault = Vault::new(TokenScope::Run);
    let restore = |principal: &str, run: &str, n: usize| {
        let restored = vault.restore(&brings(principal, run, &token(n)));
        restored
            .map(|_| ())
            .map_err(|denial| denial.first().rule.clone().into_owned())
    };
    let unknown = Err("kernel.unknown-token".to_owned());
    assert_eq!(restore("a", "r", 0), unknown, "never shown");
    let step = 256;
    vault.keep("a", "r", pairs(0..1));
    vault.keep("a", "r", pairs(1..step));
    assert_eq!(restore("a", "r", 0), Ok(()));
    assert_eq!(restore("b", "r", 0), unknown, "another principal");
    assert_eq!(restore("a", "s", 0), unknown, "another run");
    // Filled by anyone, the oldest go first, and what is left is what it was.
    let mut next = step;
    while next < limits::VAULT_TOKENS_MAX {
        vault.keep("b", "r", pairs(next..next + step));
        next += step;
    }
    assert_eq!(restore("a", "r", 0), Ok(()), "just full");
    vault.keep("b", "r", pairs(next..next + 1));
    assert_eq!(restore("a", "r", 0), unknown, "forgotten");
    assert_eq!(restore("a", "r", 1), Ok(()));
    assert_eq!(restore("b", "r", next), Ok(()));
    // Shown again, it is known again.
    vault.keep("a", "r", pairs(0..1));
    assert_eq!(restore("a", "r", 0), Ok(()));
    // What is too short to be kept from coming back is never given out.
    let short = Json::object([(token(9), Json::from("a@b.c"))]);
    vault.keep("c", "r", Pairs::read(&short));
    assert_eq!(restore("c", "r", 9), unknown);
}

const VISITS: &str = "
    CREATE TABLE visits (id INTEGER PRIMARY KEY, patient INTEGER, day TEXT, ward TEXT);
    INSERT INTO visits VALUES (1, 7, '2024-03-01', 'a'), (2, 7, '2024-03-11', 'a'), (3, 8, '2024-03-01', 'b'),
      (4, 9, '2024-03-01', 'b'), (5, 10, '2024-03-01', 'b'), (6, 11, '2024-03-01', 'b'), (7, 12, '2024-03-01', 'b');";
const RULES: &str = "[[grant]]\nid = \"reads\"\nprincipal = \"analyst-agent\"\ncapabilities = [\"db:read\"]\n\
    [[transform]]\nid = \"masks\"\nlabel = \"pii.*\"\nmask = { default = \"date-shift-30\" }\nsubject = \"visits.patient\"\n";

fn days(agent: &mut aegis_tests::Client, sql: &str) -> Vec<Value> {
    let answer = agent.done("postgres__query", &json!({ "sql": sql }));
    let rows = answer["rows"].as_array().unwrap();
    rows.iter().map(|row| row["day"].clone()).collect()
}

/// Days of a date since the first of January 2024, or before it.
fn number(day: &Value) -> i64 {
    const MONTHS: [i64; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let parts: Vec<i64> = day
        .as_str()
        .unwrap()
        .split('-')
        .map(|p| p.parse().unwrap())
        .collect();
    assert_eq!(parts[0], 2024, "{day}");
    let month = usize::try_from(parts[1]).unwrap();
    MONTHS[..month - 1].iter().sum::<i64>() + parts[2]
}

#[test]
fn dates_of_one_subject_move_together_through_the_engines_wall() {
    let manifest = read(&root().join("tests/cases/policy/manifests/staff.toml"));
    let (head, _) = manifest.split_once("[[table]]").unwrap();
    let manifest = format!(
        "{head}[[table]]\nname = \"visits\"\ncolumns = [\"id\", \"patient\", \"day\", \"ward\"]\nkey = [\"id\"]\n\
         [label.\"visits.day\"]\nis = \"pii.dob\"\n"
    )
    .replace("\"hr:filter\", ", "")
    .replace(", \"pii:lookup\"", "");
    let house = House::new(VISITS, &manifest, RULES);
    let mut agent = house.agent();
    let all = days(&mut agent, "SELECT patient, day FROM visits ORDER BY id");
    // The interval of one person stays, whatever it was moved by.
    assert_eq!(number(&all[1]) - number(&all[0]), 10, "{all:?}");
    let by: Vec<i64> = all[2..].iter().map(|day| number(day) - 61).collect();
    assert!(by.iter().all(|n| *n != 0 && n.abs() <= 30), "{by:?}");
    assert!(
        by.iter().any(|n| *n != by[0]),
        "five people by the same number: {by:?}"
    );
    // In another statement and another order each is moved by the same.
    let again = days(
        &mut agent,
        "SELECT day, id, patient FROM visits WHERE ward = 'a' ORDER BY id DESC",
    );
    assert_eq!(again, [all[1].clone(), all[0].clone()]);
    let aliased = days(
        &mut agent,
        "SELECT v.patient AS p, v.day AS day FROM visits v WHERE v.id = 3",
    );
    assert_eq!(aliased, [all[2].clone()]);
    // Whose it is must be in the row, as it is in the table.
    for sql in [
        "SELECT day FROM visits",
        "SELECT patient + 0 AS patient, day FROM visits",
        "SELECT id AS patient, day FROM visits",
    ] {
        let hidden = days(&mut agent, sql);
        assert!(
            hidden.iter().all(|day| day == "<DATE_OF_BIRTH>"),
            "{sql}: {hidden:?}"
        );
    }
    agent.finish();
    assert!(
        !agent.heard.join("").contains("2024-03-01\",\"ward"),
        "the true day"
    );
}
