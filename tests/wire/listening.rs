//! On a pipe: who is told that tools have changed, in either era, and until when.
//! Knows nothing of why tools change.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt};

use crate::agent::{Agent, META};

fn listen(id: &str) -> String {
    format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"subscriptions/listen\",\"params\":{{\"notifications\":{{\"toolsListChanged\":true}},{META}}}}}\n"
    )
}

#[tokio::test]
async fn in_the_newer_era_each_subscription_is_told_until_it_is_cancelled_and_ends_with_a_result() {
    let (mut input, output, stub) = Agent::connect().split();
    let mut lines = output.lines();
    let mut heard = Vec::new();
    let mut ids = Vec::new();
    for id in ["7", "\"eight\""] {
        input.write_all(listen(id).as_bytes()).await.unwrap();
        heard.push(lines.next_line().await.unwrap().unwrap());
        ids.push(format!(
            r#"{{"io.modelcontextprotocol/subscriptionId":{id}}}"#
        ));
    }
    for (line, id) in heard.iter().zip(&ids) {
        assert!(
            line.contains("notifications/subscriptions/acknowledged"),
            "{line}"
        );
        assert!(line.contains(id), "{line}");
    }
    stub.change();
    let mut told = Vec::new();
    for _ in 0..2 {
        told.push(lines.next_line().await.unwrap().unwrap());
    }
    told.sort();
    for id in &ids {
        let all = format!(
            r#"{{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{{"_meta":{id}}}}}"#
        );
        assert!(told.contains(&all), "{told:?}");
    }
    // The id stays taken until the subscription has ended: then there is none any more.
    let cancel = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":7}}\n";
    input.write_all(cancel.as_bytes()).await.unwrap();
    loop {
        let again = listen("7").replace("true", "false");
        input.write_all(again.as_bytes()).await.unwrap();
        let line = lines.next_line().await.unwrap().unwrap();
        if line.contains("acknowledged") {
            break;
        }
        assert!(line.contains("wire.id-in-use"), "{line}");
    }
    stub.change();
    let line = lines.next_line().await.unwrap().unwrap();
    assert!(
        line.contains("list_changed") && line.contains(&ids[1]),
        "{line}"
    );
    drop(input);
    let mut ends = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        assert!(line.contains(r#""resultType":"complete""#), "{line}");
        ends.push(line);
    }
    assert_eq!(ends.len(), 2, "{ends:?}");
}

/// Whoever did not shake hands hears of changes where it has asked for them, and nowhere else.
#[tokio::test]
async fn in_the_newer_era_nobody_is_told_who_has_not_asked() {
    let (mut input, output, stub) = Agent::connect().split();
    let mut lines = output.lines();
    let call = |id: u64| {
        format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\",\"params\":{{\"name\":\"echo__say\",\"arguments\":{{}},{META}}}}}\n"
        )
    };
    let ready = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n";
    let begun = [&call(1), ready, &call(2)].concat();
    input.write_all(begun.as_bytes()).await.unwrap();
    for _ in 0..2 {
        let line = lines.next_line().await.unwrap().unwrap();
        assert!(line.contains(r#""resultType":"complete""#), "{line}");
    }
    stub.change();
    input.write_all(call(3).as_bytes()).await.unwrap();
    drop(input);
    let mut rest = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        rest.push(line);
    }
    assert!(rest.len() == 1 && rest[0].contains("\"id\":3"), "{rest:?}");
}
