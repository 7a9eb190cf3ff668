//! Tool definitions against their pins, at the start, after a restart and after a change in between.
//! Knows nothing of manifests as text.

use aegis_core::manifest::System;
use aegis_core::refusal::{FailureCode, Sent};

use super::kit::{World, failure};

fn pinned(pins: &[(&str, &str)]) -> System {
    System {
        server: "h".into(),
        pins: pins
            .iter()
            .map(|(tool, pin)| ((*tool).to_owned(), (*pin).to_owned()))
            .collect(),
        ..System::default()
    }
}

#[tokio::test]
async fn pages_are_read_to_their_end_and_every_definition_has_a_digest() {
    let running = World::new()
        .with("h", &["paged"], 5_000)
        .start()
        .await
        .unwrap();
    let definitions = running.south.definitions(&running.errand).await;
    let tools: Vec<_> = definitions["h"].keys().map(String::as_str).collect();
    assert_eq!(tools, ["echo", "env"]);
    // SHA-256 of {"annotations":null,"description":"first","inputSchema":{"type":"object"},"name":"echo","outputSchema":null}
    use sha2::Digest as _;
    let canonical = r#"{"annotations":null,"description":"first","inputSchema":{"type":"object"},"name":"echo","outputSchema":null}"#;
    let expected: String = sha2::Sha256::digest(canonical)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(definitions["h"]["echo"].digest(), expected);
    running.south.shutdown().await;
}

#[tokio::test]
async fn a_definition_that_changes_over_a_restart_is_not_called() {
    let world = World::new();
    let state = world.dir.path().join("lives").display().to_string();
    let mode = ["changing", state.as_str()];
    let mut world = world.with("h", &mode, 5_000);

    let first = world.start().await.unwrap();
    let pin = first.south.definitions(&first.errand).await["h"]["echo"].digest();
    first.south.shutdown().await;
    std::fs::write(&state, "").unwrap();

    world.systems = vec![pinned(&[("echo", &pin)])];
    let running = world.start().await.unwrap();
    running.call("h", "echo", "{}").await.unwrap();
    running.call("h", "die", "{}").await.unwrap_err();
    let got = running.call("h", "echo", "{}").await;
    assert_eq!(got, Err(failure(Sent::No, FailureCode::Unavailable)));
    running.south.shutdown().await;

    let again = world.start().await.unwrap();
    let codes: Vec<_> = again.south.warnings().iter().map(|w| w.code()).collect();
    assert!(
        codes.is_empty(),
        "an undeclared tool is no warning: {codes:?}"
    );
    again.south.shutdown().await;
}

#[tokio::test]
async fn a_change_that_is_announced_is_looked_at_before_the_next_call() {
    let world = World::new();
    let state = world.dir.path().join("lives").display().to_string();
    let mut world = world.with("h", &["changing", &state], 5_000);
    let first = world.start().await.unwrap();
    let pin = first.south.definitions(&first.errand).await["h"]["echo"].digest();
    first.south.shutdown().await;
    std::fs::write(&state, "").unwrap();

    world.systems = vec![pinned(&[("echo", &pin)])];
    let running = world.start().await.unwrap();
    running.call("h", "echo", "{}").await.unwrap();
    running.call("h", "announce", "{}").await.unwrap();
    let got = running.call("h", "echo", "{}").await;
    assert_eq!(got, Err(failure(Sent::No, FailureCode::Unavailable)));
    running.south.shutdown().await;
}
