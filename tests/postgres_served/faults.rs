//! The server itself is killed, restarted, locked and changed in the middle of calls: named outcomes, a log that verifies, a kernel that goes on.
//! Knows nothing of how the downstream notices.

use aegis_tests::Client;
use serde_json::{Value, json};

use crate::house::{House, failure, rows, sql};

/// Longer than any test.
const LONG: &str = "SELECT count(*) AS n FROM generate_series(1, 1000000) AS a(x), generate_series(1, 1000000) AS b(y)";
/// The same in the middle of a write.
const LONG_WRITE: &str = "INSERT INTO staging_tmp (id, x) SELECT 77, 'x' FROM generate_series(1, 1000000) AS a(x), generate_series(1, 1000000) AS b(y) HAVING count(*) > 0";

fn probe(agent: &mut Client) {
    let found = rows(agent, "SELECT id FROM orders WHERE id = 10");
    assert_eq!(found, json!([{ "id": 10 }]));
}

/// Begins a call and waits until the server is in the middle of it; the process that it runs in, and the call's number.
fn begun(house: &House, agent: &mut Client, tool: &str, text: &str) -> (i64, u64) {
    let call = json!({ "name": tool, "arguments": sql(text) });
    let id = agent.post("tools/call", &call);
    let running = "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE usename = 'aegis' AND datname = current_database() \
        AND state = 'active' AND query LIKE '%generate_series%' AND query NOT LIKE 'EXPLAIN%'";
    let found = (0..3_000).find_map(|_| match house.number(running) {
        0 => None,
        pid => Some(pid),
    });
    (found.expect("nobody is in the statement"), id)
}

fn answer(agent: &mut Client, id: u64) -> Value {
    loop {
        let message = agent.receive().expect("an answer");
        if message["id"] == json!(id) {
            return message;
        }
    }
}

fn lost() -> (String, String) {
    ("downstream-crashed".to_owned(), "maybe".to_owned())
}

/// As the kernel of the system does when memory is short. The server ends all sessions then and recovers from its log.
#[test]
fn a_server_process_that_is_killed_in_a_call_is_an_honest_failure() {
    let name = "a_server_process_that_is_killed_in_a_call_is_an_honest_failure";
    let Some(house) = House::own(name) else {
        return;
    };
    let mut agent = house.agent();
    probe(&mut agent);
    for (tool, text) in [("postgres__query", LONG), ("postgres__execute", LONG_WRITE)] {
        let (process, id) = begun(&house, &mut agent, tool, text);
        house.server().signal(process, "KILL");
        assert_eq!(failure(&answer(&mut agent, id)), lost(), "{tool}");
        house.server().await_recovery();
        probe(&mut agent);
    }
    assert_eq!(house.number("SELECT count(*) FROM staging_tmp"), 0);
    assert_eq!(agent.finish(), Some(0));
    house.verify();
}

#[test]
fn a_server_that_is_killed_or_restarted_in_a_call_is_named_until_it_is_back() {
    let name = "a_server_that_is_killed_or_restarted_in_a_call_is_named_until_it_is_back";
    let Some(mut house) = House::own(name) else {
        return;
    };
    let mut agent = house.agent();
    probe(&mut agent);
    // `INT` is what `pg_ctl restart` sends, `QUIT` a shutdown without a farewell, `KILL` the end of everything.
    for signal in ["INT", "QUIT", "KILL"] {
        let (_, id) = begun(&house, &mut agent, "postgres__execute", LONG_WRITE);
        house.own_server().stop(signal);
        assert_eq!(failure(&answer(&mut agent, id)), lost(), "{signal}");
        let gone = agent.call("postgres__query", &sql("SELECT id FROM orders"));
        assert_eq!(gone["isError"], json!(true), "{gone}");
        let said = gone["structuredContent"]["code"].clone();
        assert_eq!(said, "unreachable", "{signal}: {gone}");
        house.own_server().revive();
        probe(&mut agent);
        assert_eq!(house.number("SELECT count(*) FROM staging_tmp"), 0);
    }
    assert_eq!(agent.finish(), Some(0));
    house.verify();
}

#[test]
fn statements_that_wait_or_take_too_long_end_by_name_and_change_nothing() {
    let name = "statements_that_wait_or_take_too_long_end_by_name_and_change_nothing";
    let Some(house) = House::new(name) else {
        return;
    };
    house.edit("aegis.toml", |text| {
        text.replace(
            "[south.postgres]\n",
            "[south.postgres]\ntimeout_ms = 4000\n",
        )
    });
    let mut agent = house.agent();
    probe(&mut agent);
    for (tool, text) in [("postgres__query", LONG), ("postgres__execute", LONG_WRITE)] {
        let late = agent.call(tool, &sql(text));
        assert_eq!(late["structuredContent"]["code"], "timeout", "{late}");
        probe(&mut agent);
    }
    // Somebody else holds the table for longer than a statement waits for it.
    let mut other = house.server().connect(&house.database);
    other
        .batch_execute("BEGIN; LOCK TABLE orders, staging_tmp IN ACCESS EXCLUSIVE MODE")
        .unwrap();
    for (tool, text) in [
        ("postgres__query", "SELECT id FROM orders"),
        (
            "postgres__execute",
            "INSERT INTO staging_tmp (id, x) VALUES (78, 'x')",
        ),
    ] {
        let busy = agent.call(tool, &sql(text));
        assert_eq!(busy["structuredContent"]["code"], "busy", "{busy}");
    }
    other.batch_execute("ROLLBACK").unwrap();
    probe(&mut agent);
    assert_eq!(house.number("SELECT count(*) FROM staging_tmp"), 0);
    let open = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'aegis' AND datname = current_database() AND state <> 'idle'";
    assert_eq!(house.number(open), 0);
    assert_eq!(agent.finish(), Some(0));
    house.verify();
}

/// What would let a statement mean other than it was judged by: the kernel reads the schema anew and judges again, or says so.
#[test]
fn a_schema_that_changes_beneath_a_session_lets_no_labelled_value_out() {
    let name = "a_schema_that_changes_beneath_a_session_lets_no_labelled_value_out";
    let tricks = [
        // A view that everybody knows shows another column now.
        (
            "CREATE OR REPLACE VIEW customer_contacts AS SELECT id, email AS name, email AS contact FROM customers",
            "SELECT name FROM customer_contacts WHERE id = 1",
        ),
        // A labelled column goes by another name.
        (
            "ALTER TABLE customers RENAME email TO city",
            "SELECT city FROM customers WHERE id = 1",
        ),
        // A table of another schema, and one that stands in front of the engine's own.
        (
            "CREATE SCHEMA first; CREATE TABLE first.orders AS SELECT id, email AS status FROM customers; ALTER ROLE aegis SET search_path = first, public",
            "SELECT status FROM orders",
        ),
        (
            "ALTER DATABASE CURRENT SET search_path = first, public",
            "SELECT status FROM orders",
        ),
        // A function of everybody's with a name of the engine's.
        (
            "CREATE FUNCTION public.upper(text) RETURNS text LANGUAGE sql AS 'SELECT email FROM public.customers LIMIT 1'",
            "SELECT upper(status) AS x FROM orders",
        ),
        // The labelled values move into a column that carries no label.
        (
            "ALTER TABLE orders ADD COLUMN extra text; UPDATE orders SET extra = (SELECT ssn FROM customers WHERE customers.id = customer_id)",
            "SELECT status FROM orders",
        ),
    ];
    for (change, text) in tricks {
        let Some(house) = House::new(name) else {
            return;
        };
        let change = change.replace("DATABASE CURRENT", &format!("DATABASE {}", house.database));
        let mut agent = house.agent();
        probe(&mut agent);
        let before = agent.call("postgres__query", &sql(text));
        if change.starts_with("ALTER DATABASE") {
            house.run("CREATE SCHEMA first; CREATE TABLE first.orders AS SELECT id, email AS status FROM customers");
        }
        house.run(&change);
        for _ in 0..2 {
            let answer = agent.call("postgres__query", &sql(text)).to_string();
            for value in ["ann.lee", "ben@corp", "078-05", "219-09"] {
                assert!(!answer.to_lowercase().contains(value), "{change}: {answer}");
            }
        }
        assert!(before.is_object());
        agent.finish();
        house.run("ALTER ROLE aegis RESET search_path");
        house.verify();
    }
}
