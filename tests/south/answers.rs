//! Questions and answers pass exactly, in both eras.
//! Knows nothing of faults.

use aegis_core::refusal::{FailureCode, Sent};

use super::kit::{World, failure, json};

const ARGUMENTS: &str = r#"{"z":12345678901234567890123,"a":1.10,"Ä":"\u2028 \" \\ ","nested":{"b":[null,true],"a":{}}}"#;

#[tokio::test]
async fn arguments_arrive_as_they_were_judged_in_both_eras() {
    for (mode, stateless) in [("legacy", false), ("modern", true)] {
        let running = World::new()
            .with("h", &[mode], 5_000)
            .start()
            .await
            .unwrap();
        let result = running.call("h", "echo", ARGUMENTS).await.unwrap();
        let heard = result
            .get("structuredContent")
            .unwrap()
            .get("line")
            .unwrap();
        let line = json(heard.as_str().unwrap());
        let params = line.get("params").unwrap();
        assert_eq!(
            params.get("arguments").unwrap().to_string(),
            json(ARGUMENTS).to_string()
        );
        assert_eq!(params.get("name").unwrap().as_str(), Some("echo"));
        let meta = params.get("_meta").unwrap().as_object().unwrap();
        let mut keys: Vec<_> = meta.keys().collect();
        keys.sort_unstable();
        let hop = "io.modelcontextprotocol/";
        let own: Vec<_> = keys.iter().filter(|key| !key.starts_with(hop)).collect();
        assert_eq!(own, [&"aegis/grant"]);
        assert_eq!(keys.len() > 1, stateless, "{keys:?}");
        let grant = meta.get("aegis/grant").unwrap();
        assert_eq!(grant.get("reads"), Some(&json("\"*\"")));
        assert!(grant.get("token_key").is_none());
        running.south.shutdown().await;
    }
}

#[tokio::test]
async fn results_come_back_as_they_were_given_and_only_what_a_tool_may_say() {
    let running = World::new()
        .with("h", &["legacy"], 5_000)
        .start()
        .await
        .unwrap();
    let result = running.call("h", "exact", "{}").await.unwrap();
    let exact = r#"{"content":[{"type":"hologram","z":1,"a":12345678901234567890123}],"structuredContent":{"z":1.10,"a":12345678901234567890123},"isError":false}"#;
    assert_eq!(result.to_string(), exact);
    let bare = running.call("h", "bare", "{}").await;
    assert_eq!(bare, Err(failure(Sent::Maybe, FailureCode::Unreadable)));
    let error = running.call("h", "error", "{}").await.unwrap();
    let told = r#"{"content":[{"type":"text","text":"no such table"}],"isError":true}"#;
    assert_eq!(error.to_string(), told);
    running.south.shutdown().await;
}

#[tokio::test]
async fn calls_in_flight_get_their_own_answers() {
    let world = World::new()
        .with("a", &["legacy"], 10_000)
        .with("b", &["modern"], 10_000);
    let running = world.start().await.unwrap();
    let running = std::sync::Arc::new(running);
    let mut tasks = tokio::task::JoinSet::new();
    // As many as one server may have, and a few fewer.
    for at in 0..120 {
        let running = std::sync::Arc::clone(&running);
        tasks.spawn(async move {
            let server = if at % 2 == 0 { "a" } else { "b" };
            let result = running
                .call(server, "echo", &format!(r#"{{"at":{at}}}"#))
                .await
                .unwrap();
            let line = result
                .get("structuredContent")
                .unwrap()
                .get("line")
                .unwrap()
                .clone();
            let line = json(line.as_str().unwrap());
            let heard = line
                .get("params")
                .unwrap()
                .get("arguments")
                .unwrap()
                .to_string();
            assert_eq!(heard, format!(r#"{{"at":{at}}}"#));
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

#[tokio::test]
async fn a_server_may_ask_whether_we_live_and_nothing_else() {
    for era in ["legacy", "modern"] {
        let running = World::new().with("h", &[era], 5_000).start().await.unwrap();
        running.call("h", "ask", "{}").await.unwrap();
        let asked = running.says("h", "asked").await;
        let answers = asked.get("answers").unwrap().as_array().unwrap();
        let told: Vec<String> = answers
            .iter()
            .map(|answer| {
                let id = answer.get("id").unwrap().as_str().unwrap();
                let error = answer.get("error").and_then(|error| error.get("code"));
                format!(
                    "{id} {}",
                    error.map_or("fine".to_owned(), ToString::to_string)
                )
            })
            .collect();
        assert_eq!(
            told,
            ["q0 -32601", "q1 -32601", "q2 -32601", "q3 fine"],
            "{era}"
        );
        running.south.shutdown().await;
    }
}
