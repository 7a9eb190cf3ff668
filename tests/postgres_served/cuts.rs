//! The connection to the server is cut at chosen messages: every call ends in a named outcome, the log says which, the next one works.
//! Knows nothing of how the downstream speaks the protocol, beyond where its statements begin and end.

use serde_json::{Value, json};

use crate::house::{House, failure, rows, sql};
use crate::proxy::{Cut, From, Proxy, Wait};

/// A cut in a call: where, what is called, whether the agent is told that it may have happened (else it succeeds), and how many
/// rows are there afterwards of those that it would have made.
struct Case {
    name: &'static str,
    wait: Wait,
    writes: bool,
    maybe: bool,
    made: Option<i64>,
}

fn wait(from: From, kind: u8, holds: &'static str, nth: usize, cut: Cut) -> Wait {
    Wait {
        from,
        kind,
        holds,
        nth,
        cut,
    }
}

/// Cuts in calls that read.
fn of_readers() -> Vec<Case> {
    let cases = [
        // A kept connection that died: nothing was sent, and another one is taken.
        (
            "before the first word of a reader",
            wait(From::Tools, b'Q', "BEGIN", 1, Cut::Before),
            false,
            None,
        ),
        (
            "at the statement of a reader",
            wait(From::Tools, b'P', "generate_series", 1, Cut::Before),
            true,
            None,
        ),
        (
            "at the plan of a reader",
            wait(From::Tools, b'P', "EXPLAIN", 1, Cut::After),
            true,
            None,
        ),
        (
            "in the middle of its rows",
            wait(From::Server, b'D', "padding", 300, Cut::Before),
            true,
            None,
        ),
        (
            "in the middle of one row",
            wait(From::Server, b'D', "padding", 300, Cut::Within),
            true,
            None,
        ),
        (
            "by a row of no meaning",
            wait(From::Server, b'D', "padding", 300, Cut::Garbled),
            true,
            None,
        ),
    ];
    let cases = cases.into_iter().map(|(name, wait, maybe, made)| Case {
        name,
        wait,
        writes: false,
        maybe,
        made,
    });
    cases.collect()
}

/// Cuts in calls that write.
fn of_writers() -> Vec<Case> {
    let cases = [
        (
            "before the first word of a writer",
            wait(From::Tools, b'Q', "BEGIN", 1, Cut::Before),
            false,
            Some(1),
        ),
        (
            "at the statement of a writer",
            wait(From::Tools, b'P', "INSERT", 1, Cut::Before),
            true,
            Some(0),
        ),
        (
            "behind the statement of a writer",
            wait(From::Server, b'C', "INSERT", 1, Cut::Before),
            true,
            Some(0),
        ),
        (
            "before COMMIT",
            wait(From::Tools, b'Q', "COMMIT", 1, Cut::Before),
            true,
            Some(0),
        ),
        (
            "within COMMIT",
            wait(From::Tools, b'Q', "COMMIT", 1, Cut::Within),
            true,
            Some(0),
        ),
        (
            "at the word that it was committed",
            wait(From::Server, b'C', "COMMIT", 1, Cut::Before),
            true,
            Some(1),
        ),
        (
            "by a word of no meaning behind COMMIT",
            wait(From::Server, b'C', "COMMIT", 1, Cut::Garbled),
            true,
            Some(1),
        ),
    ];
    let cases = cases.into_iter().map(|(name, wait, maybe, made)| Case {
        name,
        wait,
        writes: true,
        maybe,
        made,
    });
    cases.collect()
}

#[test]
fn a_connection_that_is_cut_anywhere_ends_in_a_named_outcome_and_the_next_call_works() {
    let name = "a_connection_that_is_cut_anywhere_ends_in_a_named_outcome_and_the_next_call_works";
    let Some(house) = House::new(name) else {
        return;
    };
    let proxy = Proxy::before(house.server().socket_folder());
    house.serve(proxy.folder(), 5432);
    let mut agent = house.agent();
    let probe = |agent: &mut aegis_tests::Client| {
        let found = rows(agent, "SELECT id FROM orders WHERE id = 10");
        assert_eq!(found, json!([{ "id": 10 }]));
    };
    probe(&mut agent);
    let mut maybes = 0;
    for (at, case) in of_readers().into_iter().chain(of_writers()).enumerate() {
        let id = 1_000 + at;
        let (tool, text) = match case.writes {
            true => (
                "postgres__execute",
                format!("INSERT INTO staging_tmp (id, x) VALUES ({id}, 'x')"),
            ),
            false => (
                "postgres__query",
                "SELECT n, 'padding' AS p FROM generate_series(1, 900) AS t(n)".to_owned(),
            ),
        };
        proxy.cut_at(case.wait);
        let answer: Value = json!({ "result": agent.call(tool, &sql(&text)) });
        assert!(proxy.has_cut(), "{}: nothing was cut: {answer}", case.name);
        match case.maybe {
            true => {
                let said = failure(&answer);
                assert_eq!(
                    said,
                    ("downstream-crashed".to_owned(), "maybe".to_owned()),
                    "{}",
                    case.name
                );
                maybes += 1;
            }
            false => assert_ne!(
                answer["result"]["isError"],
                json!(true),
                "{}: {answer}",
                case.name
            ),
        }
        probe(&mut agent);
        if let Some(made) = case.made {
            let count = format!("SELECT count(*) FROM staging_tmp WHERE id = {id}");
            assert_eq!(house.number(&count), made, "{}", case.name);
        }
    }
    assert_eq!(agent.finish(), Some(0));
    let told = house.outcomes();
    let lost = told.iter().filter(|outcome| outcome["sent"] == "maybe");
    assert_eq!(lost.count(), maybes, "{told:?}");
    house.verify();
    let open = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'aegis' AND datname = current_database() AND state LIKE 'idle in%'";
    assert_eq!(house.number(open), 0);
}
