//! A thousand calls over eight downstreams, good, failing, late, cancelled and begun anew: nothing of them is left.
//! Knows nothing of what the calls are for.

use std::fs;
use std::time::{Duration, Instant};

use aegis_tests::Client;
use aegis_tests::processes::{descendants_of, gone};
use serde_json::json;

use crate::kit::{House, call, post};

/// What each of them does with every fifth call.
const MANNERS: [&str; 8] = [
    "", "exit", "hang", "garbage", "bequeath", "stderr", "close", "wrong-id",
];

fn house() -> House {
    let mut house = House::new();
    for (at, manner) in MANNERS.iter().enumerate() {
        let moment = if manner.is_empty() { "never" } else { "call" };
        house = house.unruly(&format!("h{at}"), moment, manner, "timeout_ms = 1000");
    }
    house
}

/// What a kernel holds: descriptors, and processes below it.
fn held(kernel: &mut Client) -> (usize, usize) {
    for at in 0..MANNERS.len() {
        let in_time = patience();
        while call(kernel, &format!("h{at}__echo")) != "ok" {
            assert!(in_time(), "h{at} does not come back");
        }
    }
    let process = kernel.process();
    let open = fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count);
    (open, descendants_of(process).len())
}

fn patience() -> impl Fn() -> bool {
    let end = Instant::now() + Duration::from_secs(60);
    move || Instant::now() < end
}

fn calls(kernel: &mut Client, count: usize) {
    let mut waiting = 0;
    for at in 0..count {
        let tool = if at / MANNERS.len() % 5 == 4 {
            "go"
        } else {
            "echo"
        };
        let id = post(kernel, &format!("h{}__{tool}", at % MANNERS.len()));
        waiting += 1;
        // Some of those that hang are given up by the agent: they have no answer.
        if tool == "go" && at % MANNERS.len() == 2 && at % 3 == 0 {
            let gone = json!({ "requestId": id });
            kernel.send(
                &json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": gone })
                    .to_string(),
            );
            waiting -= 1;
        }
        if waiting >= 24 {
            kernel.receive().expect("the kernel lives");
            waiting -= 1;
        }
    }
    for _ in 0..waiting {
        kernel.receive().expect("the kernel lives");
    }
    kernel.heard.clear();
}

#[test]
fn a_thousand_calls_leave_no_child_no_descriptor_and_no_file() {
    for killed in [false, true] {
        let house = house();
        let mut kernel = house.start();
        calls(&mut kernel, 80);
        let before = held(&mut kernel);
        assert_eq!(before.1, 2 * MANNERS.len(), "a keeper and a server each");
        calls(&mut kernel, if killed { 200 } else { 1_000 });
        // What was given up ends within its grace.
        let in_time = patience();
        loop {
            let after = held(&mut kernel);
            if after == before {
                break;
            }
            assert!(in_time(), "{before:?} before, {after:?} after");
        }
        let all = descendants_of(kernel.process());
        if killed {
            kernel.kill();
        } else {
            assert_eq!(kernel.finish(), Some(0));
            assert!(house.ends().len() >= 1_000);
        }
        gone(&all);
        let files: Vec<_> = fs::read_dir(house.path("tmp")).unwrap().collect();
        assert!(files.is_empty(), "{files:?}");
    }
}
