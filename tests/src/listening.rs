//! A kernel that serves over HTTP, on a port that the system gave it.
//! Knows nothing of what is asked of it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The process; it ends with this value.
pub struct Listening {
    /// Where it listens on this machine.
    pub port: u16,
    process: Child,
}

impl Listening {
    /// `aegis serve --http`, not started yet.
    #[must_use]
    pub fn command(config: &Path) -> Command {
        let mut command = Command::new(crate::aegis());
        command
            .args(["serve", "--http", "--config"])
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts one and waits until it says where it listens.
    #[must_use]
    pub fn start(config: &Path) -> Self {
        let mut process = Self::command(config).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("it listens").unwrap();
            if let Some(url) = line.strip_prefix("aegis serve: listening on http://127.0.0.1:") {
                break url.trim_end_matches("/mcp").parse().unwrap();
            }
        };
        Self { port, process }
    }

    /// Tells it to end as a supervisor does; its exit code.
    #[must_use]
    pub fn end(mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(told.success());
        let code = self.process.wait().unwrap().code();
        let mut said = String::new();
        let mut stdout = self.process.stdout.take().unwrap();
        stdout.read_to_string(&mut said).unwrap();
        assert_eq!(said, "", "something was printed on standard output");
        code
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
