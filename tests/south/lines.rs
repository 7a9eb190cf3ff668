//! Each hostile line of a downstream has its outcome: passed over, taken for the answer, or the end of the connection.
//! Knows nothing of lines: they are data, in `corpus/south`.

use aegis_core::refusal::{FailureCode, Sent};
use aegis_tests::corpus;
use serde::Deserialize;

use super::kit::{Running, World, failure, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    line: Vec<Hostile>,
}

/// One line, said before the honest answer. `@ID` is the id of the call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hostile {
    name: String,
    #[serde(default)]
    say: String,
    #[serde(default)]
    hex: String,
    /// `ignored`: the honest answer arrives. `unreadable`: the call fails by that name and the child is
    /// replaced. Anything else is the result that arrives in place of the honest one.
    outcome: String,
}

fn lines() -> Vec<Hostile> {
    let files = corpus::<Corpus>("south").into_iter();
    files.flat_map(|(_, file)| file.line).collect()
}

impl Hostile {
    async fn run(&self, running: &Running, server: &str) -> Result<(), String> {
        let bytes: Vec<u8> = (0..self.hex.len() / 2)
            .map(|at| u8::from_str_radix(&self.hex[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let said = serde_json::json!({"line": self.say, "bytes": bytes}).to_string();
        let told = running.call(server, "before", &said).await;
        let honest = r#"{"content":[],"structuredContent":{"own":true},"isError":false}"#;
        let fits = match (self.outcome.as_str(), &told) {
            ("ignored", Ok(result)) => result.to_string() == honest,
            ("unreadable", Err(fault)) => *fault == failure(Sent::Maybe, FailureCode::Unreadable),
            (result, Ok(told)) => told.to_string() == json(result).to_string(),
            _ => false,
        };
        if !fits {
            return Err(format!("{told:?}, not {}", self.outcome));
        }
        // Whatever it was, the next call is answered, by this child or by the next one.
        let next = running.call(server, "before", "{}").await;
        // Strays are counted for each life of a child.
        let _ = running.call(server, "die", "{}").await;
        match next {
            Ok(next) if next.to_string() == honest => Ok(()),
            other => Err(format!("and then {other:?}")),
        }
    }
}

#[tokio::test]
async fn every_hostile_line_has_its_outcome() {
    let lines = lines();
    let mut faults = Vec::new();
    let world = World::new()
        .with("a", &["legacy"], 10_000)
        .with("b", &["modern"], 10_000);
    let running = world.start().await.unwrap();
    for (at, line) in lines.iter().enumerate() {
        // Framing is the same in both eras: they take turns.
        let server = if at % 2 == 0 { "a" } else { "b" };
        if let Err(fault) = line.run(&running, server).await {
            faults.push(format!("{} ({server}): {fault}", line.name));
        }
    }
    running.south.shutdown().await;
    assert!(lines.len() >= 150, "only {} lines", lines.len());
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
