//! Sums of measures: over many, within a budget, over restarts, and never without the engine's count.
//! Knows nothing of how rows are counted.

use aegis_tests::policies::{read, root};
use aegis_tests::{Client, House};
use serde_json::{Value, json};

const SCHEMA: &str = "
    CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, email TEXT, dept TEXT, salary INTEGER, bonus INTEGER);
    INSERT INTO staff VALUES (1, 'Ann', 'ann@x.example', 'a', 4001, 1), (2, 'Ben', 'b@x.example', 'a', 4002, 1),
      (3, 'Cleo', 'c@x.example', 'a', 4004, 1), (4, 'Dan', 'd@x.example', 'a', 4008, 1), (5, 'Eve', 'e@x.example', 'a', 4016, 1),
      (6, 'Fay', 'f@x.example', 'b', 4032, 1), (7, 'Gus', 'g@x.example', 'b', 4064, 1);";

pub(crate) fn house() -> House {
    let cases = root().join("tests/cases/policy");
    House::new(
        SCHEMA,
        &read(&cases.join("manifests/staff.toml")),
        &read(&cases.join("rules/staff.toml")),
    )
}

fn rows(agent: &mut Client, sql: &str) -> Value {
    agent.done("postgres__query", &json!({ "sql": sql }))["rows"].clone()
}

#[test]
fn sums_of_many_leave_and_sums_of_few_do_not() {
    let house = house();
    let mut agent = house.agent();
    let grouped = "SELECT dept, sum(salary) AS s FROM staff GROUP BY dept ORDER BY dept";
    assert_eq!(
        rows(&mut agent, grouped),
        json!([{ "dept": "a", "s": 20_031 }, { "dept": "b", "s": null }])
    );
    let all = "SELECT sum(salary) AS s, (SELECT 1) AS one, count(*) AS n FROM staff";
    assert_eq!(
        rows(&mut agent, all),
        json!([{ "s": 28_127, "one": 1, "n": 7 }])
    );
    let masked = "SELECT sum(bonus) AS s, salary FROM staff WHERE id = 7";
    assert_eq!(
        rows(&mut agent, masked),
        json!([{ "s": "<BONUS>", "salary": "<SALARY>" }])
    );
    agent.finish();
    // As a value: hashes hold any four digits by chance, and a call may take 4064 µs.
    let log = house.log().replace("\"dur_us\":4064", "");
    let words = log.split(|c: char| !c.is_ascii_alphanumeric());
    assert!(!words.clone().any(|word| word == "4064") && words.count() > 100);
}

#[test]
fn a_budget_ends_sums_over_restarts() {
    let house = house();
    let sum = json!({ "sql": "SELECT sum(salary) AS s FROM staff" });
    for run in 0..3 {
        let mut agent = house.agent();
        let answer = agent.done("postgres__query", &sum);
        assert_eq!(answer["rows"][0]["s"], json!(28_127), "{run}");
        if run == 1 {
            agent.kill();
        }
    }
    let mut agent = house.agent();
    assert_eq!(agent.denied("postgres__query", &sum), "salaries");
    // What costs nothing goes on.
    let count = json!({ "sql": "SELECT count(*) AS n FROM staff" });
    assert_eq!(
        agent.done("postgres__query", &count)["rows"][0]["n"],
        json!(7)
    );
    agent.finish();
    assert!(house.log().contains("\"rule\":\"salaries\""));
    // Each of these decisions is made again from its record, sums, budget and all.
    house.replays(5);
}
