//! The demo's world in a temporary folder, as `aegis demo --prepare` builds it.
//! Knows nothing of what a test does in it.

use std::path::PathBuf;
use std::process::Command;

use rusqlite::Connection;
use serde_json::Value;

/// The `aegis` binary that was built beside the tests.
///
/// # Panics
/// Where it was not built.
#[must_use]
pub fn aegis() -> PathBuf {
    let mut folder = std::env::current_exe().expect("a running test");
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    let program = folder.join("aegis-under-test");
    assert!(
        program.exists(),
        "{} is missing: run `cargo test --workspace`",
        program.display()
    );
    program
}

/// A prepared world that goes with its value.
pub struct TempWorld {
    folder: tempfile::TempDir,
}

impl TempWorld {
    /// Builds it.
    ///
    /// # Panics
    /// Where `demo --prepare` fails.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let output = Command::new(aegis())
            .args(["demo", "--prepare"])
            .arg(folder.path())
            .output()
            .expect("aegis demo starts");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Self { folder }
    }

    /// A path inside.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The configuration with the policy on.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.path("aegis.toml")
    }

    /// One number from the database itself.
    ///
    /// # Panics
    /// Where the statement fails.
    #[must_use]
    pub fn number(&self, sql: &str) -> i64 {
        let database = Connection::open(self.path("world/customers.db")).expect("the database");
        database
            .query_row(sql, [], |row| row.get(0))
            .unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// One text from the database itself.
    ///
    /// # Panics
    /// Where the statement fails.
    #[must_use]
    pub fn text(&self, sql: &str) -> String {
        let database = Connection::open(self.path("world/customers.db")).expect("the database");
        database
            .query_row(sql, [], |row| row.get(0))
            .unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// Runs the command line and returns its exit code and both outputs.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = Command::new(aegis())
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .expect("aegis starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code().unwrap_or(-1),
            text(&output.stdout),
            text(&output.stderr),
        )
    }

    /// `audit verify --json` of the log; exit code and report.
    #[must_use]
    pub fn verify(&self) -> (i32, Value) {
        let (code, output, _) = self.run(&["audit", "verify", "--json", ".aegis/audit"]);
        (code, serde_json::from_str(&output).unwrap_or(Value::Null))
    }
}

impl Default for TempWorld {
    fn default() -> Self {
        Self::new()
    }
}
