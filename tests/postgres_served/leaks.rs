//! What a thousand calls, and ends of every kind, leave on the server: nothing.
//! Knows nothing of connections beyond what the server counts.

use std::process::Command;

use aegis_tests::Client;
use serde_json::json;

use crate::house::{House, rows, sql};

const SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'aegis' AND datname = current_database()";
const LEFT: &str = "SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname ~ '^pg_temp') \
    + (SELECT count(*) FROM pg_prepared_xacts) + (SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.usename = 'aegis' AND a.datname = current_database()) \
    + (SELECT count(*) FROM pg_stat_activity WHERE usename = 'aegis' AND datname = current_database() AND state <> 'idle')";
/// Roles, relations, functions and their rights.
const WORLD: &str = "SELECT (SELECT count(*) FROM pg_roles) * 1000000 + (SELECT count(*) FROM pg_proc) * 100 + (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace)";

/// Asks until the server says so: a session ends a moment after its other end.
fn soon(house: &House, question: &str, wanted: i64) {
    let found = (0..2_000)
        .map(|_| house.number(question))
        .find(|found| *found == wanted);
    assert_eq!(found, Some(wanted), "{question}");
}

#[test]
fn a_thousand_calls_leave_nothing_on_the_server() {
    let Some(house) = House::new("a_thousand_calls_leave_nothing_on_the_server") else {
        return;
    };
    let world = house.number(WORLD);
    let mut agent = house.agent();
    let texts = [
        (
            "postgres__query",
            "SELECT id, name, email, phone FROM customers ORDER BY id",
        ),
        (
            "postgres__execute",
            "UPDATE orders SET status = 'paid' WHERE id = 10",
        ),
        ("postgres__query", "SELECT 1 / (id - id) AS x FROM orders"),
        (
            "postgres__execute",
            "INSERT INTO orders VALUES (10, 1, 1, 'twice')",
        ),
        ("postgres__query", "SELECT contact FROM customer_contacts"),
    ];
    for round in 0..200 {
        for (tool, text) in texts {
            let call = json!({ "name": tool, "arguments": sql(text) });
            agent.post("tools/call", &call);
        }
        for _ in texts {
            agent.receive().expect("an answer");
        }
        if round == 100 {
            assert!(house.number(SESSIONS) <= 4);
        }
    }
    soon(&house, LEFT, 0);
    assert!((1..=4).contains(&house.number(SESSIONS)));
    assert_eq!(house.number(WORLD), world);
    assert_eq!(agent.finish(), Some(0));
    soon(&house, SESSIONS, 0);
    house.verify();
}

#[test]
fn a_kernel_or_downstream_that_is_killed_leaves_nothing_on_the_server() {
    let name = "a_kernel_or_downstream_that_is_killed_leaves_nothing_on_the_server";
    let Some(house) = House::new(name) else {
        return;
    };
    let world = house.number(WORLD);
    let running = format!("{SESSIONS} AND state = 'active' AND query LIKE 'INSERT%'");
    let slow = "INSERT INTO staging_tmp (id, x) SELECT 77, 'x' FROM generate_series(1, 1000000) AS a(x), generate_series(1, 20) AS b(y) HAVING count(*) > 0";
    let busy = |agent: &mut Client| {
        rows(agent, "SELECT id FROM orders");
        let call = json!({ "name": "postgres__execute", "arguments": sql(slow) });
        agent.post("tools/call", &call);
        soon(&house, &running, 1);
    };
    let mut agent = house.agent();
    busy(&mut agent);
    agent.kill();
    soon(&house, SESSIONS, 0);
    soon(&house, LEFT, 0);
    // The downstream alone: the kernel says so, starts another one, and goes on.
    let mut agent = house.agent();
    busy(&mut agent);
    let child = downstream(&agent);
    Command::new("kill").args(["-9", &child]).status().unwrap();
    let lost = agent.receive().expect("an answer");
    assert_eq!(
        lost["result"]["structuredContent"]["sent"], "maybe",
        "{lost}"
    );
    soon(&house, &running, 0);
    let back = (0..100).any(|_| {
        let answer = agent.call("postgres__query", &sql("SELECT id FROM orders"));
        answer["isError"] != json!(true)
    });
    assert!(back, "no other downstream was started");
    assert_eq!(agent.finish(), Some(0));
    soon(&house, SESSIONS, 0);
    soon(&house, LEFT, 0);
    assert_eq!(house.number(WORLD), world);
    house.verify();
}

/// The process of the server of tools that a kernel started.
fn downstream(agent: &Client) -> String {
    let mut pgrep = Command::new("pgrep");
    pgrep.args([
        "-P",
        &agent.process().to_string(),
        "-f",
        "downstream postgres",
    ]);
    let found = pgrep.output().unwrap();
    let child = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    assert!(!child.is_empty(), "no downstream was found");
    child
}

/// The most memory that a process ever held, in MiB.
fn peak(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.unwrap().trim().trim_end_matches(" kB").trim();
    kib.parse::<u64>().unwrap() / 1024
}

/// A gigabyte of rows, of which the answer takes what its caps let it: neither process holds more than a few portions.
#[test]
fn a_gigabyte_of_rows_is_taken_within_bounded_memory() {
    let name = "a_gigabyte_of_rows_is_taken_within_bounded_memory";
    let Some(house) = House::new(name) else {
        return;
    };
    let mut agent = house.agent();
    rows(&mut agent, "SELECT id FROM orders");
    let child = downstream(&agent);
    let before = (peak(&child), peak(&agent.process().to_string()));
    let all = "SELECT n, repeat('x', 1000) AS x FROM generate_series(1, 1000000) AS t(n)";
    for _ in 0..3 {
        let page = agent.done("postgres__query", &sql(all));
        assert_eq!(page["truncated"], json!(true));
    }
    let after = (peak(&child), peak(&agent.process().to_string()));
    assert!(
        after.0 < before.0 + 64 && after.1 < before.1 + 96,
        "{before:?} {after:?}"
    );
    // The portal is closed and the session is as new.
    soon(&house, LEFT, 0);
    assert_eq!(
        rows(&mut agent, "SELECT id FROM orders WHERE id = 10"),
        json!([{ "id": 10 }])
    );
    assert_eq!(agent.finish(), Some(0));
    house.verify();
}
