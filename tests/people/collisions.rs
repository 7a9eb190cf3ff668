//! What the rules of tables tell of labelled values when a write meets them: nothing, or one guess within a budget.
//! Knows nothing of how constraints are found.

use std::collections::BTreeSet;
use std::path::PathBuf;

use aegis_core::inspect::sql::{self, Dialect};
use aegis_core::manifest::catalog_file;
use aegis_tests::policies::{read, root};
use aegis_tests::{Client, House};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};

const LABELS: [(&str, &str); 12] = [
    ("swaps.tag", "pii.tag"),
    ("badges.serial", "pii.serial"),
    ("people.email", "pii.email"),
    ("people.phone", "pii.phone"),
    ("people.salary", "hr.salary"),
    ("logins.who", "pii.login"),
    ("patients.clinic", "pii.clinic"),
    ("members.card", "pii.card"),
    ("words.word", "pii.word"),
    ("moods.mood", "pii.mood"),
    ("computed.raw", "pii.raw"),
    ("keyed.mail", "pii.mail"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statements {
    guess: Vec<String>,
    denied: Vec<String>,
    runs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    catalog: String,
    case: Vec<Fact>,
}

/// Sets are words separated by spaces. What is guessed is in predicates.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    dialect: Option<String>,
    sql: String,
    #[serde(default)]
    constrained: String,
    #[serde(default)]
    guessed: String,
    #[serde(default)]
    pred: String,
}

fn folder() -> PathBuf {
    root().join("tests/cases/collisions")
}

fn statements() -> Statements {
    toml::from_str(&read(&folder().join("statements.toml"))).expect("statements")
}

/// A world filled in one of two ways.
struct World {
    house: House,
    fill: String,
}

impl World {
    fn new(fill: &str, rules: &str) -> Self {
        let people = read(&root().join("tests/cases/policy/manifests/people.toml"));
        let (tools, _) = people.split_once("[[table]]").expect("tools");
        let labels = LABELS
            .map(|(column, label)| format!("[label.\"{column}\"]\nis = \"{label}\"\n"))
            .concat();
        let policy = format!(
            "[[grant]]\nid = \"works\"\nprincipal = \"*\"\ncapabilities = [\"db:*\", \"pii:launder\", \"hr:launder\"]\n\
             [[block]]\nid = \"no-oracle\"\ncapability = [\"pii:filter\", \"hr:filter\"]\nbecause = \"it tells\"\nfix = \"leave it out\"\n\
             [[transform]]\nid = \"masks\"\nlabel = \"*\"\nmask = {{ default = \"redact\" }}\n{rules}"
        );
        let schema = read(&folder().join("world.sql"));
        let fill = read(&folder().join(fill));
        let house = House::new(&schema, &format!("{tools}{labels}"), &policy);
        house.run(&fill);
        Self { house, fill }
    }

    /// Puts every row back, behind the kernel's back.
    fn restore(&self) {
        let tables = [
            "passes", "members", "teams", "patients", "clinics", "logins", "people", "regions",
            "words", "badges", "swaps", "moods", "computed", "keyed", "plain",
        ];
        let empty = tables.map(|table| format!("DELETE FROM {table};")).concat();
        self.house.run(&format!(
            "PRAGMA foreign_keys = off; PRAGMA synchronous = off; BEGIN; {empty} {} COMMIT",
            self.fill
        ));
    }
}

/// The answer without what names the record in the log.
fn answer(agent: &mut Client, sql: &str) -> Value {
    let mut answer = agent.call("postgres__execute", &json!({ "sql": sql }));
    answer.as_object_mut().expect("an object").remove("_meta");
    answer
}

fn rule(answer: &Value) -> Option<&str> {
    let content = &answer["structuredContent"];
    (content["decision"] == "deny").then(|| content["rule"].as_str().expect("a rule"))
}

/// Runs a statement to its end; how many rows come back.
pub(crate) fn rows_back(database: &Connection, sql: &str) -> rusqlite::Result<usize> {
    let mut statement = database.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut count = 0_usize;
    while rows.next()?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// What the engine alone would tell: whether it works, and how many rows change and come back.
fn engine(fill: &str, sql: &str) -> String {
    let database = Connection::open_in_memory().expect("a database");
    for text in [
        "PRAGMA foreign_keys = on",
        &read(&folder().join("world.sql")),
        &read(&folder().join(fill)),
    ] {
        database.execute_batch(text).expect("a world");
    }
    let before = database.total_changes();
    let rows = rows_back(&database, sql).map_err(|_| "fails");
    let left = |table| {
        let count = format!("SELECT count(*) FROM {table}");
        let rows: i64 = database
            .query_row(&count, [], |row| row.get(0))
            .expect("a count");
        rows
    };
    let lefts = ["people", "members", "clinics", "badges", "swaps"].map(left);
    format!("{rows:?} {} {lefts:?}", database.total_changes() - before)
}

#[test]
fn rules_of_tables_are_facts_in_both_dialects() {
    let facts: Facts = toml::from_str(&read(&folder().join("facts.toml"))).expect("facts");
    let catalog = catalog_file::parse(&facts.catalog).expect("a catalogue");
    let mut wrong = Vec::new();
    for case in &facts.case {
        for spoken in ["sqlite", "postgres"] {
            if case.dialect.as_ref().is_some_and(|only| only != spoken) {
                continue;
            }
            let dialect = Dialect::parse(spoken).expect("a dialect");
            let reading = sql::read(&case.sql, dialect, &catalog);
            let told = [
                words(&reading.constrained),
                words(&reading.guessed),
                words(&reading.predicate_labels),
                reading
                    .refusal
                    .map_or_else(String::new, |why| why.rule.to_owned()),
            ];
            let pred = [&case.pred, &case.guessed]
                .into_iter()
                .find(|pred| !pred.is_empty());
            let pred = pred.cloned().unwrap_or_default();
            let wanted = [
                case.constrained.clone(),
                case.guessed.clone(),
                pred,
                String::new(),
            ];
            if told != wanted {
                wrong.push(format!("{spoken}: {}\n  {told:?}\n  {wanted:?}", case.sql));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn words<T: ToString>(set: &BTreeSet<T>) -> String {
    let words: Vec<String> = set.iter().map(ToString::to_string).collect();
    words.join(" ")
}

const LOOKUPS: &str = "[[lookup]]\nid = \"find\"\nprincipal = \"analyst-agent\"\nlabel = \"pii.*\"\nbudget = { calls = 3, window_s = 86400 }\n";

#[test]
fn a_look_up_rule_permits_one_guess_at_the_price_of_a_look_up() {
    let world = World::new("one.sql", LOOKUPS);
    let mut agent = world.house.agent();
    let insert = |id: u64, email: &str| json!({ "sql": "INSERT INTO people (id, email) VALUES (?, ?)", "params": [id, email] });
    let tool = "postgres__execute";
    assert_eq!(
        agent.done(tool, &insert(7, "new@x.example"))["rows_affected"],
        1
    );
    let taken = agent.call(tool, &insert(8, "ann@x.example"));
    assert_eq!(taken["structuredContent"]["code"], "constraint", "{taken}");
    agent.kill();
    let mut agent = world.house.agent();
    let login = json!({ "sql": "INSERT INTO logins (who) VALUES ('new@x.example')" });
    assert_eq!(agent.done(tool, &login)["rows_affected"], 1);
    // Guesses and look-ups share one budget, over restarts.
    assert_eq!(agent.denied(tool, &insert(9, "ben@x.example")), "find");
    let read = json!({ "sql": "SELECT id FROM people WHERE email = 'ben@x.example'" });
    assert_eq!(agent.denied("postgres__query", &read), "find");
    // What asks nothing of labelled values goes on, and other labels have budgets of their own.
    let silent = json!({ "sql": "INSERT INTO people (city) VALUES ('Rome')" });
    assert_eq!(agent.done(tool, &silent)["rows_affected"], 1);
    let card = json!({ "sql": "INSERT INTO passes VALUES (7, 'c-1')" });
    assert_eq!(agent.done(tool, &card)["rows_affected"], 1);
    agent.finish();
    world.house.replays(7);
}

#[test]
fn every_guess_is_permitted_by_a_look_up_rule_and_nothing_else_is() {
    let many = LOOKUPS.replace("calls = 3", "calls = 1000");
    let world = World::new("one.sql", &many);
    let mut agent = world.house.agent();
    let all = statements();
    for sql in &all.guess {
        let told = answer(&mut agent, sql);
        assert_eq!(rule(&told), None, "{sql}: {told}");
        let code = &told["structuredContent"]["code"];
        assert!(
            told["isError"] == false || code == "constraint",
            "{sql}: {told}"
        );
        world.restore();
    }
    for sql in &all.denied {
        let told = answer(&mut agent, sql);
        assert_eq!(rule(&told), Some("no-oracle"), "{sql}: {told}");
        let fix = told["structuredContent"]["fix"].as_str().expect("a fix");
        let definition = sql.starts_with("CREATE") || sql.starts_with("ALTER");
        let flows = sql.contains("CASE WHEN email");
        assert!(
            definition || flows || fix.contains("UNIQUE column"),
            "{sql}: {fix}"
        );
    }
    agent.finish();
}

#[test]
fn two_worlds_that_differ_in_labelled_values_alone_answer_every_write_alike() {
    let all = statements();
    let (one, other) = (World::new("one.sql", ""), World::new("other.sql", ""));
    let (mut here, mut there) = (one.house.agent(), other.house.agent());
    let mut telling = 0;
    for (sql, denied) in (all.guess.iter().chain(&all.denied))
        .map(|sql| (sql, true))
        .chain(all.runs.iter().map(|sql| (sql, false)))
    {
        let answers = (answer(&mut here, sql), answer(&mut there, sql));
        assert_eq!(answers.0, answers.1, "{sql}");
        let expected = denied.then_some("no-oracle");
        assert_eq!(rule(&answers.0), expected, "{sql}: {}", answers.0);
        let differs = engine("one.sql", sql) != engine("other.sql", sql);
        telling += usize::from(differs);
        assert!(denied || !differs, "the engine tells worlds apart by {sql}");
        if !denied {
            one.restore();
            other.restore();
        }
    }
    // Most of what is denied does tell: else this test would hold whatever the kernel did.
    assert!(
        telling >= 40,
        "only {telling} statements tell the worlds apart"
    );
    here.finish();
    there.finish();
    one.house.replays(
        u64::try_from(all.guess.len() + all.denied.len() + all.runs.len()).expect("a count"),
    );
}
