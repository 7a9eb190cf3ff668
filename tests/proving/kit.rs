//! A configuration over the shipped manifests with policies of a test's own, and `aegis` run on it.
//! Knows nothing of what a test asks.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use aegis_tests::{aegis, root};

/// A folder with a configuration.
pub struct Home {
    folder: tempfile::TempDir,
}

/// What a command said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Home {
    /// Over the shipped manifests, with these policies: paths in the repository, or texts.
    pub fn new(policies: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = Self { folder };
        let mut files = Vec::new();
        for (at, policy) in policies.iter().enumerate() {
            files.push(match policy.contains('\n') {
                true => home.write(&format!("policy{at}.toml"), policy),
                false => root().join(policy),
            });
        }
        home.configure("aegis.toml", &files);
        home
    }

    /// A further configuration beside the first.
    pub fn configure(&self, name: &str, policies: &[PathBuf]) -> PathBuf {
        let manifest = |name: &str| root().join("manifests").join(name);
        let policies: Vec<String> = policies
            .iter()
            .map(|path| format!("{:?}", path.display().to_string()))
            .collect();
        let south = |name: &str| {
            let path = manifest(&format!("{name}.toml"));
            format!(
                "[south.{name}]\nmanifest = {:?}\ncommand = [\"aegis\", \"downstream\", \"{name}\"]\n",
                path.display().to_string()
            )
        };
        let text = format!(
            "[kernel]\nprincipal = \"analyst-agent\"\npolicies = [{}]\nstate = \"state.db\"\nnative = [{:?}]\n[audit]\ndir = \"audit\"\n{}{}",
            policies.join(", "),
            manifest("medallion.toml").display().to_string(),
            south("postgres"),
            south("s3")
        );
        self.write(name, &text)
    }

    /// A file inside.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// A path inside.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `aegis …`, from this folder.
    pub fn run(&self, words: &[&str]) -> Said {
        self.run_with(words, "")
    }

    /// The same with something on standard input.
    pub fn run_with(&self, words: &[&str], input: &str) -> Said {
        let mut child = Command::new(aegis())
            .args(words)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("aegis starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("written");
        drop(stdin);
        let output = child.wait_with_output().expect("an end");
        Said {
            code: output.status.code().expect("a code"),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }
}
