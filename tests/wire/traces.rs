//! Whole conversations in both eras, word for word, as text.
//! Knows nothing of why an answer is what it is.
//!
//! `>` is said by the agent, `<` is heard. `BLESS=1` writes what was heard; read the diff before you commit it.

use std::path::Path;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt};

use crate::agent::Agent;

async fn retell(name: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("traces")
        .join(name);
    let told = std::fs::read_to_string(&file).unwrap();
    let (mut input, output, _) = Agent::connect().split();
    let mut heard = output.lines();
    let mut retold = String::new();
    for line in told.lines() {
        if line.starts_with("< ") {
            continue;
        }
        retold.push_str(line);
        retold.push('\n');
        let Some(said) = line.strip_prefix("> ") else {
            continue;
        };
        input.write_all(said.as_bytes()).await.unwrap();
        input.write_all(b"\n").await.unwrap();
        let silent = said.contains("\"method\":\"notifications/");
        if !silent {
            let answer = heard.next_line().await.unwrap().unwrap();
            retold.push_str(&format!("< {answer}\n"));
        }
    }
    drop(input);
    assert_eq!(heard.next_line().await.unwrap(), None, "said unasked");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &retold).unwrap();
    }
    assert_eq!(retold, told, "{name} differs; BLESS=1 writes it anew");
}

#[tokio::test]
async fn legacy() {
    retell("north_legacy.txt").await;
}

#[tokio::test]
async fn modern() {
    retell("north_modern.txt").await;
}
