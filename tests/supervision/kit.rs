//! A kernel before unruly downstreams, in a folder of its own.
//! Knows nothing of what is tested with it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aegis_tests::{Client, aegis};
use serde_json::{Value, json};

/// What every one of the downstreams here offers.
const TOOLS: [&str; 4] = ["go", "echo", "brood", "reach"];
const POLICY: &str = "[[grant]]\nid = \"all\"\nprincipal = \"agent\"\ncapabilities = [\"h:say\"]\n";

pub(crate) struct House {
    folder: tempfile::TempDir,
    config: String,
}

impl House {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("policy.toml"), POLICY).unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        let config = "[kernel]\nprincipal = \"agent\"\npolicies = [\"policy.toml\"]\nstate = \".aegis/state.db\"\n\
                      [audit]\ndir = \".aegis/audit\"\nsync = false\n";
        Self {
            folder,
            config: config.to_owned(),
        }
    }

    /// A downstream that goes wrong so, with further lines of its block.
    pub(crate) fn unruly(self, name: &str, moment: &str, manner: &str, lines: &str) -> Self {
        let program = aegis().with_file_name("aegis-unruly");
        let program = program.to_str().unwrap();
        self.with(name, &[program, moment, manner], lines)
    }

    /// Any downstream.
    pub(crate) fn with(mut self, name: &str, command: &[&str], lines: &str) -> Self {
        let mut manifest = format!("server = \"{name}\"\n");
        for tool in TOOLS {
            write!(
                manifest,
                "[tool.{tool}]\ndescription = \"t\"\ncapabilities = [\"h:say\"]\n"
            )
            .unwrap();
        }
        fs::write(self.path(&format!("{name}.toml")), manifest).unwrap();
        write!(
            self.config,
            "[south.{name}]\nmanifest = \"{name}.toml\"\ncommand = {command:?}\n{lines}\n"
        )
        .unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn config(&self) -> PathBuf {
        let file = self.path("aegis.toml");
        fs::write(&file, &self.config).unwrap();
        file
    }

    /// A kernel that tells what it tells in the file `told`, and whose temporary files would be in `tmp`.
    pub(crate) fn start(&self) -> Client {
        let mut kernel = Command::new(aegis());
        kernel.args(["serve", "--config"]).arg(self.config());
        kernel.env("TMPDIR", self.path("tmp"));
        let told = File::options()
            .create(true)
            .append(true)
            .open(self.path("told"));
        Client::run_telling(kernel, Stdio::from(told.unwrap())).hello()
    }

    /// What the kernel told an operator so far.
    pub(crate) fn told(&self) -> String {
        fs::read_to_string(self.path("told")).unwrap()
    }

    /// The log is whole, and every call in it has one end: the ends, as the log has them, by tool in the order of the calls.
    pub(crate) fn ends(&self) -> Vec<(String, Value)> {
        let verified = Command::new(aegis())
            .args(["audit", "verify"])
            .arg(self.path(".aegis/audit"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert_eq!(verified.status.code(), Some(0), "{said}");
        let mut calls: Vec<(String, String, Option<Value>)> = Vec::new();
        for record in records(&self.path(".aegis/audit")) {
            let call = record["call"].as_str().unwrap_or_default().to_owned();
            match record["kind"].as_str().unwrap() {
                "intent" => {
                    let tool = record["tool"].as_str().unwrap().to_owned();
                    calls.push((call, tool, None));
                }
                "outcome" => {
                    let mut open = calls.iter_mut().filter(|(id, ..)| *id == call);
                    let (_, _, end) = open.next().expect("an intent before its outcome");
                    assert!(end.replace(record).is_none(), "two ends of one call");
                }
                _ => {}
            }
        }
        let ended = |(_, tool, end): (String, String, Option<Value>)| (tool, end.expect("an end"));
        calls.into_iter().map(ended).collect()
    }
}

/// Every line of a log, oldest first.
fn records(dir: &Path) -> Vec<Value> {
    let files = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|kind| kind == "jsonl"))
        .collect();
    files.sort();
    let texts = files
        .into_iter()
        .map(|file| fs::read_to_string(file).unwrap());
    texts
        .flat_map(|text| {
            let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
            lines.collect::<Vec<Value>>()
        })
        .collect()
}

/// Asks for a tool without waiting.
pub(crate) fn post(kernel: &mut Client, tool: &str) -> u64 {
    let call = json!({ "name": tool, "arguments": {} });
    kernel.post("tools/call", &call)
}

/// How a call ended, in one word: `ok`, a failure's code, or the rule that denied it.
pub(crate) fn word(result: &Value) -> String {
    let said = &result["structuredContent"];
    let word = match said["decision"].as_str() {
        Some("fail") => &said["code"],
        Some("deny" | "withhold") => &said["rule"],
        _ => {
            return if result["isError"] == json!(true) {
                "error"
            } else {
                "ok"
            }
            .to_owned();
        }
    };
    assert!(said["fix"].is_string(), "{result}");
    word.as_str().unwrap().to_owned()
}

/// Calls a tool and says how that ended.
pub(crate) fn call(kernel: &mut Client, tool: &str) -> String {
    word(&kernel.call(tool, &json!({})))
}
