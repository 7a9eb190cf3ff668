//! Each downstream's calls have room of their own: beside each other, in bytes, and beside those of other downstreams.
//! Knows nothing of how room is kept.

use serde_json::json;

use crate::kit::{House, call, post, word};

#[test]
fn so_many_calls_are_carried_out_at_once_and_the_next_wait() {
    for (lines, beside) in [("", true), ("in_flight = 1\n", false)] {
        let lines = format!("{lines}timeout_ms = 1500");
        let house = House::new().unruly("h", "call", "hang", &lines);
        let mut kernel = house.start();
        let go = post(&mut kernel, "h__go");
        let mut seen = Vec::new();
        let mut ended = false;
        while !ended {
            let echo = post(&mut kernel, "h__echo");
            // The one that hangs comes to its end before or after the one that asks how many hang.
            loop {
                let answer = kernel.receive().expect("the kernel lives");
                if answer["id"] == json!(go) {
                    assert_eq!(word(&answer["result"]), "downstream-timeout");
                    ended = true;
                } else if answer["id"] == json!(echo) {
                    let busy = word(&answer["result"]) == "kernel.server-busy";
                    assert!(!busy || !beside, "{answer}");
                    let content = &answer["result"]["structuredContent"];
                    seen.extend(content["hanging"].as_u64());
                    break;
                }
            }
        }
        assert_eq!(seen.contains(&1), beside, "{lines}: {seen:?}");
        // Many at once wait for each other, and none is lost.
        let ids: Vec<u64> = (0..20).map(|_| post(&mut kernel, "h__echo")).collect();
        for _ in &ids {
            let answer = kernel.receive().expect("the kernel lives");
            assert_eq!(word(&answer["result"]), "ok");
        }
        assert_eq!(kernel.finish(), Some(0));
        house.ends();
    }
}

#[test]
fn a_downstream_that_hangs_leaves_places_to_others() {
    let house = House::new()
        .unruly("slow", "call", "hang", "timeout_ms = 8000")
        .unruly("quick", "never", "", "timeout_ms = 20000");
    let mut kernel = house.start();
    // More than one connection's places: those at the end are read once those in front are sent away.
    let slow: Vec<u64> = (0..100).map(|_| post(&mut kernel, "slow__go")).collect();
    let quick = post(&mut kernel, "quick__echo");
    let mut words = Vec::new();
    let mut before_quick = None;
    while before_quick.is_none() || words.len() < slow.len() {
        let answer = kernel.receive().expect("the kernel lives");
        if answer["id"] == json!(quick) {
            assert_eq!(word(&answer["result"]), "ok");
            before_quick = Some(words.clone());
        } else {
            words.push(word(&answer["result"]));
        }
    }
    let busy = "kernel.server-busy";
    let before_quick = before_quick.unwrap();
    assert!(
        !before_quick.is_empty() && before_quick.iter().all(|word| word == busy),
        "{before_quick:?}"
    );
    // 64 have or wait for a slot; the others are told that nothing moves, long before that is proven by time-outs.
    assert_eq!(
        words.iter().filter(|word| *word == busy).count(),
        36,
        "{words:?}"
    );
    let known = [
        busy,
        "downstream-timeout",
        "downstream-crashed",
        "kernel.circuit-open",
        "downstream-unavailable",
    ];
    assert!(
        words.iter().all(|word| known.contains(&word.as_str())),
        "{words:?}"
    );
    assert_eq!(kernel.finish(), Some(0));
    house.ends();
}

#[test]
fn any_number_of_calls_may_be_sent_at_once_to_a_server_that_answers() {
    for lines in ["", "in_flight = 1\n"] {
        let house = House::new().unruly("h", "never", "", lines);
        let mut kernel = house.start();
        let ids: Vec<u64> = (0..500).map(|_| post(&mut kernel, "h__echo")).collect();
        for _ in &ids {
            let answer = kernel.receive().expect("the kernel lives");
            assert_eq!(word(&answer["result"]), "ok", "{lines}");
        }
        assert_eq!(kernel.finish(), Some(0));
        assert_eq!(house.ends().len(), 500);
    }
}

#[test]
fn an_answer_is_no_longer_than_the_configuration_lets_it_be() {
    let wanted: Vec<String> = (0..300).map(|at| format!("x:{at:08}")).collect();
    let env = format!("env = {{ REACH = \"{}\" }}\n", wanted.join(" "));
    for (bytes, expected) in [(2_048, "downstream-too-large"), (65_536, "ok")] {
        let lines = format!("{env}response_bytes = {bytes}");
        let house = House::new().unruly("h", "never", "", &lines);
        let mut kernel = house.start();
        assert_eq!(call(&mut kernel, "h__reach"), expected);
        assert_eq!(call(&mut kernel, "h__echo"), "ok");
        assert_eq!(kernel.finish(), Some(0));
        house.ends();
    }
}
