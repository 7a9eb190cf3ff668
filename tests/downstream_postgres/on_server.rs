//! What only a server can do: go away, come back, be set up badly, hold more than fits; and publication on it.
//! Knows nothing of how the server of tools keeps its promises.

use aegis_downstreams::ServeError;
use aegis_downstreams::postgres::{self, GrantMode, PostgresOptions};
use aegis_tests::PostgresServer;
use rmcp::model::CallToolResult;
use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};

use crate::server::ServerWorld;
use crate::world::{Client, answer, call, code, connected};

/// A world, a client of it, and what they run on. The client of the superuser cannot live within an asynchronous test.
struct Stage {
    runtime: tokio::runtime::Runtime,
    client: Client,
    world: ServerWorld,
}

impl Stage {
    fn new(test: &str) -> Option<Self> {
        Self::prepared(test, "")
    }

    fn prepared(test: &str, sql: &str) -> Option<Self> {
        let world = ServerWorld::new(test)?;
        world.run(sql);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let lifecycle = ClientLifecycleMode::Initialize;
        let client = runtime.block_on(world.client(GrantMode::Required, lifecycle));
        Some(Self {
            runtime,
            client,
            world,
        })
    }

    fn call(&self, tool: &str, arguments: Value, grant: Option<&Value>) -> CallToolResult {
        self.runtime
            .block_on(call(&self.client, tool, arguments, grant))
    }

    fn query(&self, sql: &str, grant: &Value) -> CallToolResult {
        self.call("query", json!({ "sql": sql }), Some(grant))
    }

    fn digest(&self, table: &str) -> String {
        let exported = self.call("export_table", json!({ "table": table }), None);
        answer(&exported)["sha256"].as_str().unwrap().to_owned()
    }

    fn publish(&self, target: &str, sha256: &str) -> CallToolResult {
        let arguments = json!({ "source": "silver", "target": target, "sha256": sha256 });
        self.call("publish_table", arguments, None)
    }

    /// Ends the sessions of the login role, those in a statement or all; how many there were.
    fn terminate(&self, which: &str) -> i64 {
        self.world.number(&format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'aegis' AND datname = current_database() AND {which}"
        ))
    }
}

fn reads() -> Value {
    json!({ "reads": ["orders"], "functions": "*", "time_ms": 20000 })
}

/// Longer than any test.
const LONG: &str =
    "SELECT count(*) AS n FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b";

#[test]
fn publication_on_a_server_is_exactly_what_was_named() {
    let name = "publication_on_a_server_is_exactly_what_was_named";
    let Some(stage) = Stage::new(name) else {
        return;
    };
    let named = stage.digest("silver");
    assert_eq!(answer(&stage.publish("gold", &named))["created"], false);
    assert_eq!(stage.digest("gold"), named);
    assert_eq!(answer(&stage.publish("gold_new", &named))["created"], true);
    assert_eq!(stage.digest("gold_new"), named);
    stage
        .world
        .run("UPDATE silver SET v = 'sneaky' WHERE id = 2");
    let late = code(&stage.publish("gold", &named));
    assert_eq!(late.as_deref(), Some("content-changed"));
    assert_eq!(stage.digest("gold"), named, "nothing was changed");
    let now = stage.digest("silver");
    for target in ["silver", "", "pg_x", "x\"; DROP TABLE gold; --", "paid"] {
        let refused = code(&stage.publish(target, &now));
        assert_eq!(refused.as_deref(), Some("bad-argument"), "{target}");
    }
}

#[test]
fn publication_on_a_server_changes_nothing_beside() {
    let name = "publication_on_a_server_changes_nothing_beside";
    let prepared = "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES ('x'); RETURN NULL; END $$;
        CREATE TABLE spoiled (LIKE gold INCLUDING ALL);
        CREATE TRIGGER spoil AFTER INSERT ON spoiled FOR EACH ROW EXECUTE FUNCTION spoil();
        CREATE TABLE parent (LIKE gold INCLUDING ALL); INSERT INTO parent VALUES (1, 'x', 0.0);
        CREATE TABLE child (id integer REFERENCES parent(id) ON DELETE CASCADE); INSERT INTO child VALUES (1);
        CREATE TABLE lossy (id integer PRIMARY KEY, v text NOT NULL, w text);
        GRANT SELECT, INSERT, UPDATE, DELETE ON spoiled, parent, child, lossy TO aegis";
    let Some(stage) = Stage::prepared(name, prepared) else {
        return;
    };
    let named = stage.digest("silver");
    for target in ["spoiled", "parent", "lossy"] {
        let refused = code(&stage.publish(target, &named));
        assert_eq!(refused.as_deref(), Some("constraint"), "{target}");
    }
    assert_eq!(stage.world.number("SELECT count(*) FROM audit"), 0);
    assert_eq!(stage.world.number("SELECT count(*) FROM child"), 1);
}

#[test]
fn a_connection_that_is_lost_says_so_and_the_next_call_connects_anew() {
    let name = "a_connection_that_is_lost_says_so_and_the_next_call_connects_anew";
    let Some(stage) = Stage::new(name) else {
        return;
    };
    let lost = std::thread::scope(|scope| {
        let killer = scope.spawn(|| {
            let running = "state = 'active' AND query LIKE '%generate_series%'";
            (0..2_000).any(|_| stage.terminate(running) > 0)
        });
        let lost = stage.query(LONG, &reads());
        assert!(killer.join().unwrap(), "nobody was in a statement");
        lost
    });
    assert_eq!(code(&lost).as_deref(), Some("connection-lost"));
    let next = stage.query("SELECT id FROM orders WHERE id = 10", &reads());
    assert_eq!(answer(&next)["rows"], json!([{ "id": 10 }]));
    assert!(stage.terminate("state = 'idle'") > 0);
    let next = stage.query("SELECT id FROM orders WHERE id = 10", &reads());
    assert_eq!(answer(&next)["rows"], json!([{ "id": 10 }]));
}

#[test]
fn a_session_forgets_everything_between_calls() {
    let name = "a_session_forgets_everything_between_calls";
    let Some(stage) = Stage::new(name) else {
        return;
    };
    let masked = json!({ "customers.email": { "op": "token", "type": "EMAIL_ADDRESS" } });
    let key = "0".repeat(64);
    let grant =
        json!({ "reads": ["customers"], "functions": "*", "masked": masked, "token_key": key });
    answer(&stage.query("SELECT email FROM customers", &grant));
    let left = "SELECT count(*) FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg_temp%')";
    assert_eq!(stage.world.number(left), 0, "temporary objects are left");
    let other = json!({ "reads": ["orders"], "functions": "*" });
    let outcome = code(&stage.query("SELECT email FROM customers", &other));
    assert_eq!(outcome.as_deref(), Some("not-permitted"));
    // One connection served all: nothing was opened anew.
    assert_eq!(stage.terminate("true"), 1);
}

/// Each would let a statement past the wall, so a database that has it is not served.
#[test]
fn a_database_that_is_not_set_up_is_not_served() {
    let name = "a_database_that_is_not_set_up_is_not_served";
    for (gap, mend) in [
        (
            "GRANT SELECT ON secrets TO PUBLIC",
            "REVOKE ALL ON secrets FROM PUBLIC",
        ),
        (
            "GRANT SELECT (id) ON secrets TO aegis_wall",
            "REVOKE ALL (id) ON secrets FROM aegis_wall",
        ),
        (
            "GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO PUBLIC",
            "REVOKE EXECUTE ON FUNCTION set_config(text, text, boolean) FROM PUBLIC",
        ),
        (
            "CREATE FUNCTION leak() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT email FROM customers LIMIT 1'",
            "DROP FUNCTION leak()",
        ),
    ] {
        let Some(world) = ServerWorld::new(name) else {
            return;
        };
        let outcome = || {
            let options = PostgresOptions {
                url: world.url(),
                grant: GrantMode::Required,
            };
            postgres::handler(&options).map(|_| ())
        };
        assert_eq!(outcome(), Ok(()));
        world.run(gap);
        assert!(matches!(outcome(), Err(ServeError::Wall(_))), "{gap}");
        world.run(mend);
        assert_eq!(outcome(), Ok(()));
    }
}

/// More than is asked for is not sent: the engine would take minutes to make it all.
#[test]
fn a_result_is_taken_no_further_than_its_caps() {
    let name = "a_result_is_taken_no_further_than_its_caps";
    let Some(stage) = Stage::new(name) else {
        return;
    };
    let capped = json!({ "reads": ["orders"], "functions": "*", "row_max": 1000, "time_ms": 4000 });
    let sql = "SELECT a, repeat('x', 100) AS x FROM generate_series(1, 1000000000) AS a";
    // A function scan is made whole before its first row, a join is not.
    let sql = format!(
        "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) {}",
        sql.replace("generate_series(1, 1000000000) AS a", "n")
    );
    let page = answer(&stage.query(&sql, &capped));
    assert_eq!(
        (page["row_count"].as_u64(), page["truncated"].as_bool()),
        (Some(1000), Some(true))
    );
}

/// Values come exactly, and what is unknown as the engine's own text.
#[test]
fn values_of_every_type_come_exactly() {
    let name = "values_of_every_type_come_exactly";
    let Some(stage) = Stage::prepared(name, "CREATE TYPE mood AS ENUM ('fine')") else {
        return;
    };
    let sql = "SELECT 123456789012345678901234567890.1230::numeric AS n, ARRAY[1, NULL, 3] AS a, '{\"b\": 1.10}'::json AS j, \
        '00000000-0000-0000-0000-0000000000ff'::uuid AS u, '2026-02-03 04:05:06.789+02'::timestamptz AS t, \
        'fine'::mood AS m, '1 day 2 hours'::interval AS i, true AS f, '\\x00ff'::bytea AS y, '-Infinity'::float8 AS r";
    let rows = answer(&stage.query(sql, &reads()))["rows"].clone();
    let wanted = json!([{
        "n": "123456789012345678901234567890.1230", "a": "{1,NULL,3}", "j": "{\"b\": 1.10}",
        "u": "00000000-0000-0000-0000-0000000000ff", "t": "2026-02-03 02:05:06.789+00",
        "m": "fine", "i": "P1DT2H", "f": true, "y": { "base64": "AP8=" }, "r": { "real": "-inf" },
    }]);
    assert_eq!(rows, wanted);
}

/// What the kernel sends along: the schema that it judged by. Views before the tables are no other schema.
#[test]
fn the_schema_of_a_server_is_the_one_that_was_told_until_it_changes() {
    let name = "the_schema_of_a_server_is_the_one_that_was_told_until_it_changes";
    let Some(stage) = Stage::new(name) else {
        return;
    };
    let told = answer(&stage.call("describe_catalog", json!({}), None));
    assert_eq!(told["dialect"], "postgres");
    let masked = json!({ "customers.email": { "op": "redact", "type": "EMAIL_ADDRESS" } });
    let grant = json!({
        "reads": ["customers", "contacts", "orders"], "writes": ["customers", "orders"],
        "functions": "*", "masked": masked, "schema": told["schema"],
    });
    let read = || {
        stage.query(
            "SELECT c.shout FROM contacts c JOIN orders o ON o.customer_id = c.id",
            &grant,
        )
    };
    let write = || {
        let sql = json!({ "sql": "UPDATE customers SET email = 'x' || id WHERE id = 1" });
        stage.call("execute", sql, Some(&grant))
    };
    assert_eq!(code(&read()), None);
    assert_eq!(code(&write()), None);
    stage.world.run("ALTER TABLE orders ADD COLUMN note text");
    assert_eq!(code(&read()).as_deref(), Some("schema-changed"));
    assert_eq!(code(&write()).as_deref(), Some("schema-changed"));
}

/// The engine's report for the kernel: tables and columns behind views, functions, and what a cascade writes.
#[test]
fn a_server_reports_what_a_statement_used() {
    let name = "a_server_reports_what_a_statement_used";
    let Some(stage) = Stage::new(name) else {
        return;
    };
    let masked = json!({ "customers.email": { "op": "redact", "type": "EMAIL_ADDRESS" } });
    let tables = ["customers", "orders", "contacts", "paid"];
    let grant = json!({ "reads": tables, "writes": tables, "functions": "*", "masked": masked });
    let report = |tool: &str, sql: &str| {
        let result = stage.call(tool, json!({ "sql": sql }), Some(&grant));
        assert_eq!(code(&result), None, "{sql}");
        serde_json::to_value(&result.meta.unwrap()["aegis/engine"]).unwrap()
    };
    let joined = report(
        "query",
        "SELECT abs(c.id) AS n, o.status FROM customers c, orders o WHERE o.customer_id = c.id",
    );
    assert_eq!(
        joined["reads"],
        json!([
            "customers",
            "customers.id",
            "orders",
            "orders.customer_id",
            "orders.status"
        ])
    );
    assert_eq!(joined["functions"], json!(["abs"]));
    let viewed = report("query", "SELECT total FROM paid");
    assert_eq!(
        viewed["reads"],
        json!(["orders", "orders.amount", "orders.status", "paid.total"])
    );
    let deleted = report("execute", "DELETE FROM customers WHERE id = 1");
    assert_eq!(deleted["writes"], json!(["customers", "orders"]));
}

/// As an administrator ends it, or a shutdown does.
#[test]
fn a_write_whose_session_is_ended_in_the_middle_has_not_written() {
    let name = "a_write_whose_session_is_ended_in_the_middle_has_not_written";
    let Some(server) = PostgresServer::own(name) else {
        return;
    };
    let mut client = server.connect("postgres");
    client.batch_execute("CREATE TABLE t (id integer PRIMARY KEY, x text); INSERT INTO t VALUES (1, 'a'); CREATE ROLE plain LOGIN; GRANT ALL ON t TO plain").unwrap();
    let folder = server.socket_folder().display();
    let url = format!("postgres://plain@/postgres?host={folder}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let tools = runtime.block_on(connected(
        url,
        GrantMode::Open,
        ClientLifecycleMode::Initialize,
    ));
    let slow = format!(
        "UPDATE t SET x = 'b' WHERE id = 1 AND ({}) > 0",
        LONG.replace(" AS n", "")
    );
    let lost = std::thread::scope(|scope| {
        let killer = scope.spawn(move || {
            let running = "SELECT pid FROM pg_stat_activity WHERE usename = 'plain' AND state = 'active' AND query LIKE '%generate_series%'";
            let found = (0..5_000).find_map(|_| client.query_opt(running, &[]).unwrap());
            let pid: i32 = found.expect("nobody was in a statement").get(0);
            let ended = client.query_one("SELECT pg_terminate_backend($1)", &[&pid]);
            ended.unwrap().get::<_, bool>(0)
        });
        let lost = runtime.block_on(call(&tools, "execute", json!({ "sql": slow }), None));
        assert!(killer.join().unwrap());
        lost
    });
    assert_eq!(code(&lost).as_deref(), Some("connection-lost"));
    let sql = json!({ "sql": "SELECT x FROM t" });
    let result = runtime.block_on(call(&tools, "query", sql, None));
    let rows = answer(&result)["rows"].clone();
    assert_eq!(rows, json!([{ "x": "a" }]));
}
