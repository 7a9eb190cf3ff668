//! `kill -9` of the kernel, again and again: what was answered is in the log, and every intent has one end.
//! Knows nothing of how the log recovers.

use std::collections::BTreeMap;

use aegis_tests::{Client, TempWorld};
use serde_json::json;

use crate::kit::{insertion, outcomes_of, records};

const ROUNDS: u64 = 42;

#[test]
fn every_answered_call_outlives_kill_9() {
    let world = TempWorld::new();
    let mut next = 100_001;
    let mut posted: BTreeMap<u64, u64> = BTreeMap::new(); // length → id
    let mut answered = Vec::new();
    for round in 0..ROUNDS {
        if round % 7 == 6 {
            // In the middle of its start.
            let mut kernel = Client::start_silent(&world.config());
            if round % 2 == 0 {
                kernel.send(r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#);
            }
            kernel.kill();
            continue;
        }
        let mut kernel = Client::start(&world.config());
        let posts = 1 + round % 6;
        let mut lengths = BTreeMap::new();
        for _ in 0..posts {
            let (call, length) = insertion(next);
            posted.insert(length, next);
            lengths.insert(kernel.post("tools/call", &call), length);
            next += 1;
        }
        let wait_for = round % (posts + 1);
        for at in 0.. {
            if at == wait_for {
                kernel.kill();
            }
            // What stands in the pipe has been answered, too.
            let Some(answer) = kernel.receive() else {
                break;
            };
            assert_ne!(answer["result"]["isError"], json!(true), "{answer}");
            answered.push(lengths[&answer["id"].as_u64().unwrap()]);
        }
    }
    // The last start declares what the kills left behind.
    let mut kernel = Client::start(&world.config());
    assert_eq!(kernel.finish(), Some(0));
    let (code, report) = world.verify();
    assert_eq!(code, 0, "{report}");

    let ended = outcomes_of("postgres__execute", &records(&world));
    assert!(answered.len() > 20, "hardly any call was answered");
    for length in &answered {
        assert_eq!(ended.get(length).map(String::as_str), Some("ok"));
        let id = posted[length];
        assert_eq!(
            world.number(&format!("SELECT count(*) FROM staging_tmp WHERE id = {id}")),
            1,
            "an answered effect is lost"
        );
    }
    // And the other way: no effect without its intent.
    for (length, id) in &posted {
        let done = world.number(&format!("SELECT count(*) FROM staging_tmp WHERE id = {id}"));
        assert!(
            done == 0 || ended.contains_key(length),
            "row {id} was never an intent"
        );
    }
    assert!(
        ended.values().any(|status| status == "unknown"),
        "no kill met a call in flight: the test does not bite"
    );
}

#[test]
fn receipts_do_not_double_over_kill_9() {
    let world = TempWorld::new();
    let orders = json!({ "dataset": "orders" });
    let mut kernel = Client::start(&world.config());
    kernel.done("medallion__validate", &orders);
    kernel.kill();
    // The spending is durable before the promotion is: a kill in between loses the receipt, never doubles it.
    let promote = json!({ "name": "medallion__promote", "arguments": orders });
    let mut promoted = 0;
    for wait in [false, true, true] {
        let mut kernel = Client::start(&world.config());
        kernel.post("tools/call", &promote);
        if !wait {
            kernel.kill();
        }
        while let Some(answer) = kernel.receive() {
            promoted += u64::from(answer["result"]["isError"] == json!(false));
            kernel.kill();
        }
    }
    assert!(promoted <= 1, "one receipt promoted {promoted} times");
    let mut kernel = Client::start(&world.config());
    assert_eq!(
        kernel.denied("medallion__promote", &orders),
        "gold-needs-validation"
    );
    assert_eq!(kernel.finish(), Some(0));
    assert_eq!(world.verify().0, 0);
}

#[test]
fn a_closed_input_lets_what_is_in_flight_end() {
    let world = TempWorld::new();
    let mut kernel = Client::start(&world.config());
    let ids: Vec<_> = (100_001..100_011)
        .map(|id| kernel.post("tools/call", &insertion(id).0))
        .collect();
    assert_eq!(kernel.finish(), Some(0));
    for id in ids {
        let own = format!("\"id\":{id},");
        assert!(
            kernel.heard.iter().any(|line| line.contains(&own)),
            "{id} was not answered"
        );
    }
    assert_eq!(
        world.number("SELECT count(*) FROM staging_tmp WHERE id > 100000"),
        10
    );
    assert_eq!(outcomes_of("postgres__execute", &records(&world)).len(), 10);
    assert_eq!(world.verify().0, 0);
}
