//! An agent that says exactly what a test wants it to say.
//! Knows nothing of MCP.

use std::sync::Arc;

use aegis_core::json::Json;
use aegis_core::principal::{Principal, Proof};
use aegis_host::north::{self, NorthFault};
use tokio::io::{
    AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, duplex,
};
use tokio::task::JoinHandle;

use crate::stub::{Stub, read};

/// How much either pipe holds, in bytes: what the pipes of an operating system hold.
const PIPE_BYTES: usize = 64 * 1024;

pub(crate) const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":"open","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;
pub(crate) const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}"#;

/// One connection to a served stub.
pub(crate) struct Agent {
    pub(crate) stub: Arc<Stub>,
    lines: Lines<BufReader<DuplexStream>>,
    input: Option<DuplexStream>,
    served: JoinHandle<Result<(), NorthFault>>,
}

impl Agent {
    /// Connected, nothing said.
    pub(crate) fn connect() -> Self {
        let stub = Stub::new();
        let (input, served_input) = duplex(PIPE_BYTES);
        let (output, served_output) = duplex(PIPE_BYTES);
        let principal = Principal::assertion("tester", Proof::Configured);
        let served = tokio::spawn(north::serve(
            Arc::clone(&stub),
            principal,
            served_input,
            served_output,
        ));
        Self {
            stub,
            lines: BufReader::new(output).lines(),
            input: Some(input),
            served,
        }
    }

    /// Connected by handshake.
    pub(crate) async fn open() -> Self {
        let mut agent = Self::connect();
        agent.say(INITIALIZE).await;
        agent.hear().await;
        agent
            .say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
            .await;
        agent
    }

    /// Says one line.
    pub(crate) async fn say(&mut self, line: &str) {
        self.say_bytes(line.as_bytes()).await;
        self.say_bytes(b"\n").await;
    }

    /// Says bytes as they are; what the kernel does not want to hear any more is lost.
    pub(crate) async fn say_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("not yet hung up");
        let _ = input.write_all(bytes).await;
    }

    /// Says a call.
    pub(crate) async fn call(&mut self, id: &str, tool: &str, arguments: &str) {
        self.say(&call(id, tool, arguments)).await;
    }

    /// The next line.
    pub(crate) async fn hear(&mut self) -> Json {
        let line = self.lines.next_line().await.unwrap();
        read(&line.expect("a line"))
    }

    /// Closes the agent's side and hears the rest.
    pub(crate) async fn hang_up(mut self) -> (Arc<Stub>, Vec<Json>) {
        self.input = None;
        let mut rest = Vec::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            rest.push(read(&line));
        }
        self.served.await.unwrap().unwrap();
        (self.stub, rest)
    }

    /// Splits the agent into what it says and what it hears, to be driven at once.
    pub(crate) fn split(self) -> (DuplexStream, BufReader<DuplexStream>, Arc<Stub>) {
        (self.input.unwrap(), self.lines.into_inner(), self.stub)
    }
}

/// The text of a call.
pub(crate) fn call(id: &str, tool: &str, arguments: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
    )
}

/// Hears everything until the stream ends.
pub(crate) async fn hear_all(mut output: BufReader<DuplexStream>) -> String {
    let mut text = String::new();
    output.read_to_string(&mut text).await.unwrap();
    text
}
