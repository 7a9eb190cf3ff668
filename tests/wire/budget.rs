//! What is in flight is bounded, in number and in bytes, and nothing is lost by it.
//! Knows nothing of ids.

use std::sync::atomic::Ordering::SeqCst;

use aegis_core::limits::{IN_FLIGHT_BYTES_MAX, IN_FLIGHT_CALLS_MAX};
use tokio::io::AsyncWriteExt;

use crate::agent::{Agent, hear_all};

/// Says all calls at once, lets each run once the kernel has begun as many as it will, and counts the answers.
async fn pipeline(calls: usize, padding: usize, at_once: usize) {
    let (mut input, output, stub) = Agent::open().await.split();
    let padding = "x".repeat(padding);
    let said = tokio::spawn(async move {
        for id in 0..calls {
            let line = padded(id, &padding);
            input.write_all(line.as_bytes()).await.unwrap();
        }
    });
    let heard = tokio::spawn(hear_all(output));
    stub.until_begun(at_once).await;
    for ended in 0..calls {
        stub.gate.add_permits(1);
        stub.until_ended(ended + 1).await;
    }
    said.await.unwrap();
    let text = heard.await.unwrap();
    assert_eq!(text.lines().count(), calls);
    let peak = stub.peak.load(SeqCst);
    assert_eq!(peak, at_once, "the most calls at once");
    for id in 0..calls {
        let head = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\"");
        let answers = text.lines().filter(|line| line.starts_with(&head)).count();
        assert_eq!(answers, 1, "answers to {id}");
    }
}

/// A call whose padding is nobody's argument, so that no other bound is reached first.
fn padded(id: usize, padding: &str) -> String {
    format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\",\"params\":{{\"name\":\"gate__wait\",\
         \"arguments\":{{}},\"_meta\":{{\"x\":\"{padding}\"}}}}}}\n"
    )
}

#[tokio::test]
async fn calls_are_bounded_in_number() {
    pipeline(2_000, 10, IN_FLIGHT_CALLS_MAX).await;
}

#[tokio::test]
async fn calls_are_bounded_in_bytes() {
    let padding = 1024 * 1024;
    let line = padded(0, "").len() + padding;
    pipeline(40, padding, IN_FLIGHT_BYTES_MAX / line).await;
}

#[tokio::test]
async fn an_agent_that_does_not_listen_does_not_grow_the_kernel() {
    // Megabytes of answers to rubbish, and nobody reads: the kernel must stop reading, not store.
    let mut agent = Agent::open().await;
    let rubbish = "x\n".repeat(256 * 1024);
    let stub = agent.stub.clone();
    let says = agent.say_bytes(rubbish.as_bytes());
    tokio::select! {
        biased;
        () = says => panic!("the kernel read on"),
        () = settle(&stub) => {}
    }
    assert!(stub.refused().len() < 2_000);
}

/// Returns when the kernel notes nothing new however often it may run.
async fn settle(stub: &crate::stub::Stub) {
    let mut seen = 0;
    let mut quiet = 0;
    while quiet < 1_000 {
        tokio::task::yield_now().await;
        let now = stub.refused().len();
        quiet = if now == seen { quiet + 1 } else { 0 };
        seen = now;
    }
}
