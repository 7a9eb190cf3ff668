//! A kernel that serves over HTTP, on a port that the system gave it.
//! Knows nothing of what is asked of it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

/// The process; it ends with this value.
pub struct Listening {
    /// Where it listens on this machine.
    pub port: u16,
    process: Child,
    errors: Option<JoinHandle<String>>,
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
        let mut before = String::new();
        let port = loop {
            let line = lines.next().expect("it listens").unwrap();
            before = before + &line + "\n";
            if let Some(url) = line.strip_prefix("aegis serve: listening on http://127.0.0.1:") {
                break url.trim_end_matches("/mcp").parse().unwrap();
            }
        };
        // Read to the end: a full pipe would hold it up.
        let errors = thread::spawn(move || {
            let rest = lines.map_while(Result::ok);
            rest.fold(before, |all, line| all + &line + "\n")
        });
        Self {
            port,
            process,
            errors: Some(errors),
        }
    }

    /// As [`Listening::end`], with all that it said on standard error.
    #[must_use]
    pub fn end_telling(mut self) -> (Option<i32>, String) {
        let errors = self.errors.take().unwrap();
        let code = self.end();
        (code, errors.join().unwrap())
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
