//! A blocking JSON-RPC client over the standard input and output of `aegis serve`.
//! Knows nothing of rmcp: what it sees is what is on the wire.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// One agent's connection to one kernel.
pub struct Client {
    /// The kernel's process.
    pub child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next_id: u64,
    /// Everything that was heard, line by line.
    pub heard: Vec<String>,
}

impl Client {
    /// Starts `aegis serve` and says hello in the legacy era.
    ///
    /// # Panics
    /// Where the kernel does not start or does not answer.
    #[must_use]
    pub fn start(config: &Path) -> Self {
        Self::start_silent(config).hello()
    }

    /// Says hello in the legacy era.
    ///
    /// # Panics
    /// Where the kernel does not answer.
    #[must_use]
    pub fn hello(mut self) -> Self {
        let client = &mut self;
        let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
        let answer = client.request("initialize", &hello);
        assert!(answer.get("result").is_some(), "no hello: {answer}");
        client
            .send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string());
        self
    }

    /// Starts `aegis serve` and says nothing.
    ///
    /// # Panics
    /// Where the kernel does not start.
    #[must_use]
    pub fn start_silent(config: &Path) -> Self {
        let mut kernel = Command::new(super::aegis());
        kernel.args(["serve", "--config"]).arg(config);
        Self::run(kernel)
    }

    /// Starts a command that becomes a kernel and says nothing.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn run(kernel: Command) -> Self {
        Self::run_telling(kernel, Stdio::inherit())
    }

    /// As [`Client::run`], with another place for its errors.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn run_telling(mut kernel: Command, errors: Stdio) -> Self {
        let mut child = kernel
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("aegis serve starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a piped stdout"));
        Self {
            child,
            input,
            output,
            next_id: 1,
            heard: Vec::new(),
        }
    }

    /// Sends one line as it is.
    ///
    /// # Panics
    /// Where the pipe is closed.
    pub fn send(&mut self, line: &str) {
        self.send_bytes(format!("{line}\n").as_bytes());
    }

    /// Sends bytes as they are.
    ///
    /// # Panics
    /// Where the pipe is closed.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("input is open");
        input
            .write_all(bytes)
            .and_then(|()| input.flush())
            .expect("the kernel reads");
    }

    /// The next line from the kernel; `None` where it closed its output.
    ///
    /// # Panics
    /// Where the line is not JSON.
    pub fn receive(&mut self) -> Option<Value> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line).expect("readable output");
        if read == 0 {
            return None;
        }
        let value = serde_json::from_str(&line)
            .unwrap_or_else(|e| panic!("stdout holds something else ({e}): {line}"));
        self.heard.push(line);
        Some(value)
    }

    /// Sends a request without waiting; its id.
    pub fn post(&mut self, method: &str, params: &Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.send(
            &json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string(),
        );
        id
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Panics
    /// Where the kernel goes away first.
    pub fn request(&mut self, method: &str, params: &Value) -> Value {
        let id = self.post(method, params);
        loop {
            let message = self.receive().expect("an answer");
            if message.get("id") == Some(&json!(id)) {
                return message;
            }
        }
    }

    /// Calls a tool and returns the MCP result.
    ///
    /// # Panics
    /// Where the answer is a protocol error.
    pub fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.request(
            "tools/call",
            &json!({ "name": tool, "arguments": arguments }),
        );
        answer
            .get("result")
            .cloned()
            .unwrap_or_else(|| panic!("{tool}: {answer}"))
    }

    /// Calls a tool that must be denied; the rule that denied it.
    ///
    /// # Panics
    /// Where it is not denied.
    pub fn denied(&mut self, tool: &str, arguments: &Value) -> String {
        let result = self.call(tool, arguments);
        let answer = &result["structuredContent"];
        assert_eq!(
            result["isError"],
            json!(true),
            "{tool} {arguments} was not denied: {result}"
        );
        assert_eq!(
            answer["decision"],
            json!("deny"),
            "{tool} {arguments}: {result}"
        );
        assert!(
            answer["reason"].is_string() && answer["phase"].is_string(),
            "{result}"
        );
        assert!(
            answer["fix"].as_str().is_some_and(|fix| !fix.is_empty()),
            "a denial without a fix: {result}"
        );
        answer["rule"].as_str().unwrap_or_default().to_owned()
    }

    /// Calls a tool that must succeed; its structured content.
    ///
    /// # Panics
    /// Where it fails.
    pub fn done(&mut self, tool: &str, arguments: &Value) -> Value {
        let result = self.call(tool, arguments);
        assert_ne!(
            result["isError"],
            json!(true),
            "{tool} {arguments}: {result}"
        );
        result["structuredContent"].clone()
    }

    /// The process that is the kernel.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Says nothing more; what is in flight is still answered.
    pub fn close(&mut self) {
        self.input = None;
    }

    /// Closes the input and waits for the kernel's end; its exit code.
    ///
    /// # Panics
    /// Where the process cannot be waited for.
    pub fn finish(&mut self) -> Option<i32> {
        self.input = None;
        while self.receive().is_some() {}
        self.child.wait().expect("the kernel ends").code()
    }

    /// Kills the kernel as `kill -9` does.
    ///
    /// # Panics
    /// Where the process cannot be waited for.
    pub fn kill(&mut self) {
        // A kernel that is already gone is as dead as one that is killed.
        let _ = self.child.kill();
        self.child.wait().expect("the kernel is reaped");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
