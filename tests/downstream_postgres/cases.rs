//! Cases as data: one call each, what must come back and what must be so afterwards.
//! Knows nothing of how the server keeps its promises.

use aegis_downstreams::postgres::GrantMode;
use rmcp::model::CallToolResult;
use rmcp::service::ClientLifecycleMode;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::server::ServerWorld;
use crate::world::{World, call, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    never: Vec<String>,
    grant: std::collections::BTreeMap<String, String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    #[serde(default = "query")]
    tool: String,
    grant: Option<String>,
    sql: Option<String>,
    params: Option<String>,
    more: Option<String>,
    /// Appends so many letters to the statement.
    repeat: Option<usize>,
    code: Option<Codes>,
    count: Option<u64>,
    answer: Option<String>,
    rows: Option<String>,
    content: Option<String>,
    truncated: Option<bool>,
    #[serde(default)]
    holds: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
    after: Option<After>,
    /// What is different on PostgreSQL, with the reason in a comment.
    postgres: Option<OnServer>,
}

/// A case that reads otherwise on PostgreSQL: other words, or another answer. What is absent is the same.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnServer {
    /// Why there is no such case.
    skip: Option<String>,
    sql: Option<String>,
    params: Option<String>,
    code: Option<Codes>,
    answer: Option<String>,
    rows: Option<String>,
    content: Option<String>,
    after: Option<After>,
    /// It succeeds, where the other engine refuses.
    succeeds: Option<bool>,
}

fn query() -> String {
    "query".to_owned()
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Codes {
    One(String),
    Any(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    sql: String,
    is: i64,
}

impl Case {
    /// The case as it is on PostgreSQL; `None` where there is none.
    fn on_server(mut self) -> Option<Self> {
        let Some(other) = self.postgres.take() else {
            return Some(self);
        };
        if other.skip.is_some() {
            return None;
        }
        let succeeds = other.succeeds == Some(true);
        if succeeds || other.rows.is_some() || other.answer.is_some() {
            (self.code, self.rows, self.answer) = (None, None, None);
        }
        if other.code.is_some() {
            (self.rows, self.answer, self.truncated, self.count) = (None, None, None, None);
        }
        if other.code.is_some() || other.rows.is_some() || other.answer.is_some() {
            self.holds.clear();
        }
        self.sql = other.sql.or(self.sql);
        self.params = other.params.or(self.params);
        self.code = other.code.or(self.code);
        self.rows = other.rows.or(self.rows);
        self.answer = other.answer.or(self.answer);
        self.content = other.content.or(self.content);
        self.after = other.after.or(self.after);
        Some(self)
    }

    fn arguments(&self) -> Value {
        let mut arguments = match &self.more {
            Some(more) => serde_json::from_str(more).unwrap(),
            None => Map::new(),
        };
        if let Some(sql) = &self.sql {
            let sql = format!("{sql}{}", "x".repeat(self.repeat.unwrap_or(0)));
            arguments.insert("sql".to_owned(), sql.into());
        }
        if let Some(params) = &self.params {
            arguments.insert("params".to_owned(), serde_json::from_str(params).unwrap());
        }
        Value::Object(arguments)
    }

    /// What is wrong with the answer.
    fn complaints(
        &self,
        result: &CallToolResult,
        number: impl Fn(&str) -> i64,
        never: &[String],
    ) -> Vec<String> {
        let mut complaints = Vec::new();
        let structured = result.structured_content.clone().unwrap_or_default();
        let text = result.content.first().and_then(|block| block.as_text());
        let text = text.map(|text| text.text.clone()).unwrap_or_default();
        let same = structured.to_string();
        if text != same && !text.contains("structuredContent") {
            complaints.push("text and structured content differ".to_owned());
        }
        let all = serde_json::to_string(result).unwrap();
        for word in self
            .holds
            .iter()
            .filter(|word| !all.contains(word.as_str()))
        {
            complaints.push(format!("`{word}` is missing"));
        }
        let masking = self
            .grant
            .as_ref()
            .is_some_and(|grant| grant.starts_with("masked"));
        for word in self.lacks.iter().chain(never.iter().filter(|_| masking)) {
            if all.contains(word.as_str()) {
                complaints.push(format!("`{word}` left"));
            }
        }
        let got = without_tokens(structured);
        let failed = result.is_error == Some(true);
        let code = got["code"].as_str().unwrap_or_default();
        match &self.code {
            Some(Codes::One(wanted)) if failed && code == wanted => {}
            Some(Codes::Any(wanted)) if failed && wanted.iter().any(|w| w == code) => {}
            None if !failed => {}
            _ => complaints.push(format!("unexpected outcome {got}")),
        }
        if self.count.is_some() && got["rows"].as_u64() != self.count {
            complaints.push(format!("unexpected count {got}"));
        }
        let wanted = [(&self.answer, &got), (&self.rows, &got["rows"])];
        for (wanted, got) in wanted {
            let Some(wanted) = wanted else { continue };
            // As texts, so that the order of keys counts.
            let wanted = serde_json::from_str::<Value>(wanted).unwrap().to_string();
            let got = got.to_string();
            if wanted != got {
                complaints.push(format!("got {got}"));
            }
        }
        if let Some(content) = &self.content
            && got["content"].as_str() != Some(content)
        {
            complaints.push(format!("got {got}"));
        }
        if self.truncated.is_some() && got["truncated"].as_bool() != self.truncated {
            complaints.push(format!("got truncated: {}", got["truncated"]));
        }
        if let Some(after) = &self.after {
            let found = number(&after.sql);
            if found != after.is {
                complaints.push(format!("afterwards `{}` is {found}", after.sql));
            }
        }
        complaints
    }
}

/// Tokens differ from column to column; their form does not.
fn without_tokens(value: Value) -> Value {
    let mut text = value.to_string();
    let mut from = 0;
    while let Some(at) = text[from..].find("<EMAIL_ADDRESS:") {
        let start = from + at + "<EMAIL_ADDRESS:".len();
        let Some(token) = text.get(start..start + 16) else {
            break;
        };
        let lower = |c: char| matches!(c, 'a'..='z' | '2'..='7');
        let upper = |c: char| matches!(c, 'A'..='Z' | '2'..='7');
        if token.chars().all(lower) {
            text.replace_range(start..start + 16, "TOKEN");
        } else if token.chars().all(upper) {
            text.replace_range(start..start + 16, "TOKENUP");
        }
        from = start;
    }
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn cases_hold() {
    assert!(hold("postgres.toml", "world.sql").await > 100);
}

#[tokio::test]
async fn a_look_up_shows_the_rows_of_one_value() {
    assert!(hold("lookups.toml", "world.sql").await > 30);
}

#[tokio::test]
async fn sums_tell_of_many_or_of_nobody() {
    assert!(hold("measures.toml", "measures.sql").await > 30);
}

/// Runs every case of a file; answers with how many there were.
async fn hold(file: &str, script: &str) -> usize {
    let text = std::fs::read_to_string(cases().join(file)).unwrap();
    let suite: Suite = toml::from_str(&text).unwrap();
    let mut complaints = Vec::new();
    let template = World::of(script);
    for case in &suite.case {
        let world = World {
            directory: tempfile::tempdir().unwrap(),
        };
        std::fs::copy(template.path(), world.path()).unwrap();
        let client = world
            .client(GrantMode::Required, ClientLifecycleMode::Initialize)
            .await;
        let grant = case.grant.as_ref().map(|name| {
            serde_json::from_str::<Value>(&suite.grant[name.as_str()]).expect("a grant is JSON")
        });
        let result = call(&client, &case.tool, case.arguments(), grant.as_ref()).await;
        for complaint in case.complaints(&result, |sql| world.number(sql), &suite.never) {
            complaints.push(format!("{}: {complaint}", case.id));
        }
        let mut left: Vec<_> = std::fs::read_dir(world.directory.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.retain(|name| name != "world.db");
        if !left.is_empty() {
            complaints.push(format!("{}: left {left:?} behind", case.id));
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    suite.case.len()
}

/// Beside a masked column rows come in the order of the table, not in that of an index on the column, which
/// the engine would walk as the smaller thing to read.
#[tokio::test]
async fn an_index_on_a_masked_column_orders_nothing() {
    let world = World::new();
    world.run("INSERT INTO customers (id, name, email) VALUES (4, 'Aaa', 'AAA@example.org')");
    let client = world
        .client(GrantMode::Required, ClientLifecycleMode::Initialize)
        .await;
    let masked =
        serde_json::json!({ "customers.email": { "op": "redact", "type": "EMAIL_ADDRESS" } });
    let ids = async |grant: Value| {
        let sql = serde_json::json!({ "sql": "SELECT id FROM customers" });
        let result = call(&client, "query", sql, Some(&grant)).await;
        let rows = result.structured_content.unwrap_or_default()["rows"].clone();
        let rows = rows.as_array().cloned().unwrap_or_default();
        rows.iter()
            .map(|row| row["id"].as_i64())
            .collect::<Vec<_>>()
    };
    let reads = serde_json::json!({ "reads": ["customers"], "functions": "*", "masked": masked });
    assert_eq!(ids(reads).await, [1, 2, 3, 4].map(Some));
    // Without the mask the index does show: the test can fail.
    let plain = serde_json::json!({ "reads": ["customers"], "functions": "*" });
    assert_eq!(ids(plain).await, [4, 1, 2, 3].map(Some));
}

#[test]
fn cases_hold_on_postgres() {
    hold_on_server("cases_hold_on_postgres", "postgres", "world", 100);
}

#[test]
fn a_look_up_shows_the_rows_of_one_value_on_postgres() {
    let name = "a_look_up_shows_the_rows_of_one_value_on_postgres";
    hold_on_server(name, "lookups", "world", 30);
}

#[test]
fn sums_tell_of_many_or_of_nobody_on_postgres() {
    let name = "sums_tell_of_many_or_of_nobody_on_postgres";
    hold_on_server(name, "measures", "measures", 40);
}

/// The same cases on PostgreSQL. Those that only read share a database.
fn hold_on_server(test: &str, file: &str, script: &str, at_least: usize) {
    let script = format!("{script}_postgres.sql");
    let Some(shared) = ServerWorld::of(test, &script) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let text = std::fs::read_to_string(cases().join(format!("{file}.toml"))).unwrap();
    let suite: Suite = toml::from_str(&text).unwrap();
    let initialize = || ClientLifecycleMode::Initialize;
    let client = runtime.block_on(shared.client(GrantMode::Required, initialize()));
    let only = std::env::var("AEGIS_CASE").ok();
    let mut complaints = Vec::new();
    let mut count = 0;
    for case in suite.case.into_iter().filter_map(Case::on_server) {
        if only
            .as_ref()
            .is_some_and(|only| !case.id.contains(only.as_str()))
        {
            continue;
        }
        // What is refused leaves the database as it was, which `after` looks at.
        let writes = case.tool == "execute" && case.code.is_none();
        let own = writes.then(|| ServerWorld::of(&case.id, &script).unwrap());
        let world = own.as_ref().unwrap_or(&shared);
        let grant = case.grant.as_ref().map(|name| {
            serde_json::from_str::<Value>(&suite.grant[name.as_str()]).expect("a grant is JSON")
        });
        let result = runtime.block_on(async {
            let client = match own {
                Some(_) => &world.client(GrantMode::Required, initialize()).await,
                None => &client,
            };
            call(client, &case.tool, case.arguments(), grant.as_ref()).await
        });
        for complaint in case.complaints(&result, |sql| world.number(sql), &suite.never) {
            complaints.push(format!("{}: {complaint}", case.id));
        }
        count += 1;
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    assert!(only.is_some() || count > at_least, "only {count} cases");
}
