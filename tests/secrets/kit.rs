//! A folder with a store of secrets, and the command line over it.
//! Knows nothing of what a test does with it.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use aegis_tests::aegis;
use serde_json::Value;

/// A passphrase as people make them.
pub(crate) const PHRASE: &str = "correct horse battery";
/// What shells, JSON and terminals would break.
pub(crate) const ODD: &str = "pä\"ss'w\\ord $HOME `x` +/= %41";

/// A store's folder.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// An empty one, with a passphrase in a file.
    pub(crate) fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        place.private("phrase", PHRASE);
        place
    }

    /// With these secrets in the store.
    pub(crate) fn with(secrets: &[(&str, &str)]) -> Self {
        let place = Self::new();
        for (name, value) in secrets {
            place.set(name, value);
        }
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn private(&self, name: &str, text: &str) {
        self.write(name, text);
        let owner = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(self.path(name), owner).unwrap();
    }

    /// `aegis secrets`, on this store, with these words and this input.
    pub(crate) fn secrets(&self, words: &[&str], input: &str) -> Output {
        let mut command = self.command(words);
        command.args(["--store", "store.json", "--key", "file:phrase"]);
        run(command, input)
    }

    /// `aegis secrets` in this folder, and nothing more.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(aegis());
        command
            .arg("secrets")
            .args(words)
            .current_dir(self.folder.path());
        command
    }

    /// Sets one, which must go well.
    pub(crate) fn set(&self, name: &str, value: &str) {
        let output = self.secrets(&["set", name], value);
        assert!(output.status.success(), "{output:?}");
    }

    /// What the list says as JSON, and its exit code.
    pub(crate) fn list(&self) -> (Option<i32>, Value) {
        let output = self.secrets(&["list", "--json"], "");
        let said = serde_json::from_slice(&output.stdout);
        let said = said.unwrap_or_else(|_| panic!("{output:?}"));
        (output.status.code(), said)
    }

    /// The names in the store, which must be proven.
    pub(crate) fn names(&self) -> Vec<String> {
        let (code, said) = self.list();
        assert_eq!((code, &said["verified"]), (Some(0), &Value::Bool(true)));
        let secrets = said["secrets"].as_array().unwrap();
        let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
        secrets.iter().map(name).collect()
    }

    /// The store as it lies there.
    pub(crate) fn store(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.path("store.json")).unwrap()).unwrap()
    }
}

/// Runs it to its end.
pub(crate) fn run(mut command: Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever refuses before it reads has closed the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Everything that was said.
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}
