//! The second verifier, `tools/verify.py`: another language and nothing of ours, and the same answers.
//! Knows nothing of what the answers ought to be.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use aegis_verify::{Arguments, Report};
use serde_json::Value;

use super::kit;
use super::signing::{Signed, root_key};

/// One process for all questions: starting Python takes longer than answering.
struct Python {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

fn python() -> Option<&'static Mutex<Python>> {
    static PYTHON: OnceLock<Option<Mutex<Python>>> = OnceLock::new();
    let start = || {
        let script = aegis_tests::root().join("tools/verify.py");
        let child = Command::new("python3")
            .arg(script)
            .arg("--batch")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = child else {
            assert!(
                std::env::var_os("CI").is_none(),
                "python3 is missing: the second verifier was not asked"
            );
            eprintln!("SKIPPED: python3 is missing: the second verifier was not asked");
            return None;
        };
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Some(Mutex::new(Python {
            child,
            input,
            output,
        }))
    };
    PYTHON.get_or_init(start).as_ref()
}

impl Python {
    fn ask(&mut self, arguments: &[&str]) -> Value {
        let question = serde_json::to_string(arguments).unwrap();
        writeln!(self.input, "{question}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| {
            panic!("{arguments:?}: {:?}", self.child.try_wait());
        })
    }
}

/// Holds the second verifier's report against ours: exit code, level, class, place, and how far it holds.
pub(super) fn agrees(arguments: &[&str], code: i32, report: &Value) {
    let Some(python) = python() else { return };
    let mut python = python
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let theirs = python.ask(arguments);
    drop(python);
    assert_eq!(theirs["exit"], code, "{arguments:?}\n{theirs}\n{report}");
    for pointer in [
        "/result",
        "/level",
        "/broken/class",
        "/broken/seq",
        "/broken/file",
        "/broken/offset",
        "/records",
        "/root",
        "/good",
        "/torn",
        "/removed",
        "/pruned",
    ] {
        let (ours, theirs_there) = (report.pointer(pointer), theirs.pointer(pointer));
        if code != 2 && code != 5 {
            assert_eq!(
                ours, theirs_there,
                "{pointer} {arguments:?}\n{theirs}\n{report}"
            );
        }
    }
}

/// Verifies here, without a process, and holds it against the second verifier.
fn verified(dir: &Path, more: &[&str]) -> i32 {
    let mut arguments = vec![dir.to_str().unwrap()];
    arguments.extend(more);
    let parsed = Arguments::parse(arguments.iter().map(Into::into)).unwrap();
    let (code, report) = match Report::of(&parsed.dir, &parsed.request) {
        Ok(report) => (i32::from(report.exit()), report.to_json()),
        Err(_) => (5, Value::Null),
    };
    agrees(&arguments, code, &report);
    code
}

/// `aegis audit verify`, with the second verifier asked too.
pub(super) fn verify(folder: &Path, more: &[&str]) -> (i32, Value) {
    let (code, report) = kit::verify(folder, more);
    let dir = folder.join("audit");
    let mut arguments = vec![dir.to_str().unwrap()];
    arguments.extend(more);
    agrees(&arguments, code, &report);
    (code, report)
}

#[tokio::test]
async fn the_second_verifier_agrees_on_flips_and_cuts() {
    let folder = kit::closed(40, 8_192).await;
    let dir = folder.path().join("audit");
    assert_eq!(verified(&dir, &[]), 0);
    for (at, file) in kit::segments(folder.path()).iter().enumerate() {
        let bytes = fs::read(file).unwrap();
        for position in (at..bytes.len()).step_by(5_003) {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1 << (position % 7);
            let mut nul = bytes[..position].to_vec();
            nul.resize(bytes.len(), 0);
            for change in [flipped, bytes[..position].to_vec(), nul] {
                fs::write(file, change).unwrap();
                verified(&dir, &[]);
            }
        }
        fs::remove_file(file).unwrap();
        verified(&dir, &[]);
        fs::write(file, bytes).unwrap();
    }
    let head = dir.join("head");
    let bytes = fs::read(&head).unwrap();
    for position in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[position] ^= 2;
        fs::write(&head, flipped).unwrap();
        verified(&dir, &[]);
    }
    let listed = format!("[{}]", String::from_utf8(bytes).unwrap().trim());
    fs::write(&head, listed).unwrap();
    assert_eq!(verified(&dir, &[]), 1);
}

#[tokio::test]
async fn the_second_verifier_agrees_on_changed_notes_and_keys() {
    let signed = Signed::new().await;
    let (key, old, audit) = (root_key(), signed.anchor("old"), signed.audit());
    let more = ["--key", key.as_str(), "--anchor", old.as_str()];
    assert_eq!(verified(&audit, &more), 0);
    for name in [
        "checkpoints.log",
        "checkpoint",
        "keys/0.cert",
        "00000000000000000000.tiles",
    ] {
        let path = audit.join(name);
        let bytes = fs::read(&path).unwrap();
        for position in (0..bytes.len()).step_by(149) {
            let mut flipped = bytes.clone();
            flipped[position] ^= 4;
            for change in [flipped, bytes[..position].to_vec()] {
                fs::write(&path, change).unwrap();
                verified(&audit, &more);
            }
        }
        fs::write(&path, bytes).unwrap();
    }
}

/// What no kernel of these tests writes: every kind with every member, each alone in a log, changed here and there.
#[tokio::test]
async fn the_second_verifier_reads_lines_alike() {
    let folder = kit::closed(1, u64::MAX).await;
    let dir = folder.path().join("audit");
    let file = kit::segments(folder.path()).remove(0);
    for name in ["head", "00000000000000000000.tiles"] {
        fs::remove_file(dir.join(name)).unwrap();
    }
    for line in super::plain::lines() {
        let line = line.into_bytes();
        for (turn, put) in b"\"\\{},:0z".iter().cycle().enumerate().take(6) {
            let mut changed = line.clone();
            let at = turn * 7_919 % line.len();
            if turn > 0 {
                changed[at] = *put;
            }
            changed.push(b'\n');
            fs::write(&file, changed).unwrap();
            verified(&dir, &[]);
        }
    }
}

/// The script's table of members is the one in the documentation, and nothing else is behind it.
#[test]
fn the_second_verifier_is_written_from_the_documentation() {
    let root = aegis_tests::root();
    let docs = fs::read_to_string(root.join("docs/AUDIT.md")).unwrap();
    let script = fs::read_to_string(root.join("tools/verify.py")).unwrap();
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from).unwrap().1;
        rest.split_once(to).unwrap().0.trim().to_owned()
    };
    let table = between(&script, "GRAMMAR = \"\"\"\n", "\"\"\"");
    let section = between(&docs, "### The members, one by one", "## ");
    assert_eq!(table, between(&section, "```text\n", "```"));
    let imports: Vec<&str> = script
        .lines()
        .filter(|line| line.starts_with("import ") || line.starts_with("from "))
        .collect();
    let standard = [
        "base64",
        "collections",
        "fcntl",
        "functools",
        "hashlib",
        "io",
        "json",
        "os",
        "re",
        "stat",
        "sys",
        "unicodedata",
    ];
    let expected: Vec<String> = standard
        .iter()
        .map(|name| format!("import {name}"))
        .collect();
    assert_eq!(imports, expected);
}
