//! Each manner of going wrong at each moment has its name, within its time, in the answer as in the log.
//! Knows nothing of how downstreams do it; `aegis-unruly` plays it.

use std::collections::BTreeMap;

use aegis_tests::processes::{descendants_of, gone};
use serde_json::{Value, json};

use crate::kit::{House, call, post, word};

/// Moment, manner, and how a call of it ends.
const CASES: &[(&str, &str, &str)] = &[
    ("start", "exit", "downstream-unavailable"),
    ("start", "deaf", "downstream-unavailable"),
    ("start", "close", "downstream-unavailable"),
    ("start", "half", "downstream-unavailable"),
    ("start", "flood", "downstream-unavailable"),
    ("start", "garbage", "downstream-unavailable"),
    ("start", "bequeath", "downstream-unavailable"),
    ("start", "unasked", "ok"),
    ("start", "unasked-much", "downstream-unavailable"),
    ("discover", "exit", "downstream-unavailable"),
    ("discover", "deaf", "downstream-unavailable"),
    ("discover", "garbage", "downstream-unavailable"),
    ("initialize", "exit", "downstream-unavailable"),
    ("initialize", "hang", "downstream-unavailable"),
    ("initialize", "deaf", "downstream-unavailable"),
    ("initialize", "half", "downstream-unavailable"),
    ("initialize", "close", "downstream-unavailable"),
    ("initialize", "garbage", "downstream-unavailable"),
    ("initialize", "wrong-id", "downstream-unavailable"),
    ("initialize", "chatter", "downstream-unavailable"),
    ("list", "exit", "downstream-unavailable"),
    ("list", "hang", "downstream-unavailable"),
    ("list", "deaf", "downstream-unavailable"),
    ("list", "close", "downstream-unavailable"),
    ("list", "garbage", "downstream-unavailable"),
    ("list", "wrong-id", "downstream-unavailable"),
    ("list", "oversized", "downstream-unavailable"),
    ("list", "bequeath", "downstream-unavailable"),
    ("call", "exit", "downstream-crashed"),
    ("call", "hang", "downstream-timeout"),
    ("call", "deaf", "downstream-timeout"),
    ("call", "half", "downstream-"),
    ("call", "close", "downstream-crashed"),
    ("call", "flood", "downstream-too-large"),
    ("call", "chatter", "downstream-timeout"),
    ("call", "stderr", "ok"),
    ("call", "garbage", "downstream-unreadable"),
    ("call", "wrong-id", "downstream-timeout"),
    ("call", "oversized", "downstream-too-large"),
    ("call", "bequeath", "downstream-crashed"),
    ("call", "unasked", "downstream-timeout"),
    ("call", "unasked-much", "downstream-unreadable"),
];

#[test]
fn each_manner_at_each_moment_has_its_name_and_leaves_nothing() {
    let mut house = House::new().unruly("good", "never", "", "timeout_ms = 20000");
    for (at, (moment, manner, expected)) in CASES.iter().enumerate() {
        // What never serves has four times its time to start; what serves must not be late on a busy machine.
        let serves = *moment == "call" || *expected == "ok";
        let lines = if serves {
            "timeout_ms = 8000"
        } else {
            "timeout_ms = 1000"
        };
        house = house.unruly(&format!("u{at}"), moment, manner, lines);
    }
    let mut kernel = house.start();
    let mut waiting = BTreeMap::new();
    for at in 0..CASES.len() {
        waiting.insert(post(&mut kernel, &format!("u{at}__go")), at);
    }
    // While they all hang, another one answers at once.
    let good = post(&mut kernel, "good__echo");
    let mut answered: BTreeMap<usize, Value> = BTreeMap::new();
    let mut good_after = None;
    while !waiting.is_empty() || good_after.is_none() {
        let answer = kernel.receive().expect("the kernel lives");
        let id = answer["id"].as_u64().unwrap();
        if id == good {
            assert_eq!(word(&answer["result"]), "ok");
            good_after = Some(answered.len());
        } else {
            let at = waiting.remove(&id).expect("one answer each");
            answered.insert(at, answer["result"].clone());
        }
    }
    assert!(good_after < Some(CASES.len()), "{good_after:?}");
    let mut wrong = Vec::new();
    for (at, (moment, manner, expected)) in CASES.iter().enumerate() {
        let got = word(&answered[&at]);
        let sent = &answered[&at]["structuredContent"]["sent"];
        let honest = match *expected {
            "ok" => sent.is_null(),
            "downstream-unavailable" => sent == "no",
            _ => sent == "maybe",
        };
        if !got.starts_with(expected) || !honest {
            wrong.push(format!(
                "{moment} {manner}: {got}, sent {sent}, not {expected}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert_eq!(call(&mut kernel, "good__echo"), "ok");
    let all = descendants_of(kernel.process());
    assert_eq!(kernel.finish(), Some(0));
    gone(&all);
    in_the_log(&house, &answered);
}

/// The log says of each of them what the agent was told.
fn in_the_log(house: &House, answered: &BTreeMap<usize, Value>) {
    let ends = house.ends();
    for (at, answer) in answered {
        let tool = format!("u{at}__go");
        let mut own = ends.iter().filter(|(name, _)| *name == tool);
        let (_, end) = own.next().expect("its end");
        assert!(own.next().is_none(), "{tool}: two calls");
        let (moment, manner, expected) = CASES[*at];
        let (status, sent) = match expected {
            "ok" => ("ok", json!("maybe")),
            "downstream-unavailable" => ("failed", json!("no")),
            _ => ("unknown", json!("maybe")),
        };
        assert_eq!(end["status"], status, "{moment} {manner}: {end} {answer}");
        if expected != "ok" {
            assert_eq!(end["sent"], sent, "{moment} {manner}: {end}");
        }
    }
}
