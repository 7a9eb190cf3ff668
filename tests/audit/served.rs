//! Anchors and witnesses of kernels that serve, from the configuration to what an auditor is shown.
//! Knows nothing of how any of them works.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use aegis_tests::{Client, TempWorld, aegis};
use serde_json::{Value, json};

const QUERY: &str = "postgres__query";

/// A demo's world that signs, with a root key and whatever an anchor takes on another machine.
struct World {
    world: TempWorld,
    away: tempfile::TempDir,
    root: String,
}

impl World {
    /// `audit` goes into the section of the log, `anchors` behind everything; `AWAY` is the other machine.
    fn new(audit: &str, anchors: &str) -> Self {
        let world = TempWorld::new();
        let away = tempfile::tempdir().unwrap();
        let root = away.path().join("root.key");
        let name = ["--name", "kernel.example", "--root", root.to_str().unwrap()];
        let (code, said, why) = world.run(&[&["audit", "keys", "init"], &name[..]].concat());
        assert_eq!(code, 0, "{why}");
        let root = said.lines().find_map(|line| line.strip_prefix("root"));
        let root = root.unwrap().trim().to_owned();
        let world = Self { world, away, root };
        world.configure(audit, anchors);
        world
    }

    fn configure(&self, audit: &str, anchors: &str) {
        let config = fs::read_to_string(self.world.config()).unwrap();
        let with = config.replacen("[audit]\n", &format!("[audit]\n{audit}"), 1);
        let anchors = anchors.replace("AWAY", self.away.path().to_str().unwrap());
        fs::write(self.world.config(), format!("{with}\n{anchors}")).unwrap();
    }

    fn agent(&self) -> Client {
        Client::start(&self.world.config())
    }

    fn records(&self) -> Vec<Value> {
        let path = self.world.path(".aegis/audit/00000000000000000000.jsonl");
        let text = fs::read_to_string(path).unwrap();
        let whole = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        whole.collect()
    }

    fn verify(&self, more: &[&str]) -> (i32, Value) {
        let command = [
            "audit",
            "verify",
            "--json",
            ".aegis/audit",
            "--key",
            &self.root,
        ];
        let (code, text, _) = self.world.run(&[&command[..], more].concat());
        (code, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

/// `aegis witness serve`, ended with its value.
struct Witness {
    child: Child,
    url: String,
    key: String,
}

impl Witness {
    fn start(dir: PathBuf, log_key: &str) -> Self {
        let init = Command::new(aegis())
            .args(["witness", "init"])
            .arg(&dir)
            .args(["--name", "w.example/1"])
            .output()
            .unwrap();
        assert!(init.status.success());
        let key = String::from_utf8(init.stdout).unwrap().trim().to_owned();
        fs::write(dir.join("logs"), format!("{log_key}\n")).unwrap();
        let mut child = Command::new(aegis())
            .args(["witness", "serve"])
            .arg(&dir)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut said).unwrap();
        let url = said.split_once(" at ").unwrap().1.trim().to_owned();
        Self { child, url, key }
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn query() -> Value {
    json!({ "sql": "SELECT id, country FROM customers WHERE id = 3" })
}

/// An anchor's command that fails until there is a file `works`, and then keeps what it is shown.
const FAILING: &str = "[[audit.anchor]]\nname = \"away\"\nevery = \"1s\"\ncommand = [\"/bin/sh\", \"-c\", \"cat > AWAY/new; test -e AWAY/works && mv AWAY/new AWAY/taken\"]\n";

#[test]
fn a_kernel_that_serves_is_witnessed_by_another_machine_to_its_last_record() {
    let world = World::new("", "");
    let shown = world.world.run(&["audit", "keys", "show", "--json"]).1;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let log_key = shown["vkey"].as_str().unwrap().to_owned();
    let witness = Witness::start(world.away.path().join("witness"), &log_key);
    fs::write(world.away.path().join("witness.vkey"), &witness.key).unwrap();
    let command = format!(
        "[[audit.anchor]]\nname = \"witness\"\nevery = \"1s\"\ncommand = [\"aegis\", \"audit\", \"cosign\", \".aegis/audit\", \"--witness\", \"{}\", \"--key\", \"AWAY/witness.vkey\"]\n[audit.checkpoints]\nrecords = 1\n",
        witness.url
    );
    world.configure("required_within = \"10m\"\n", &command);
    let mut agent = world.agent();
    agent.done(QUERY, &query());
    agent.denied(
        "postgres__execute",
        &json!({ "sql": "DROP TABLE customers" }),
    );
    assert_eq!(agent.finish(), Some(0));
    let anchors = |records: &[Value]| -> Vec<Value> {
        let of = records.iter().filter(|record| record["kind"] == "anchor");
        of.cloned().collect()
    };
    let heard = anchors(&world.records());
    assert!(
        !heard.is_empty() && heard.iter().all(|one| one["cause"].is_null()),
        "{heard:?}"
    );
    let witnessed = ["--witness", &witness.key, "--require", "witnessed"];
    let (code, report) = world.verify(&witnessed);
    assert_eq!(
        (code, &report["level"]),
        (0, &json!("witnessed")),
        "{report}"
    );
    // The same folder, put back and gone on with: the witness is no accomplice.
    let (audit, copy) = (
        world.world.path(".aegis/audit"),
        world.away.path().join("copy"),
    );
    let cp = |from: &PathBuf, to: &PathBuf| {
        let _ = fs::remove_dir_all(to);
        let copied = Command::new("cp").arg("-a").arg(from).arg(to).status();
        assert!(copied.unwrap().success());
    };
    let state = world.world.path(".aegis");
    cp(&state, &copy);
    for word in ["one", "other"] {
        cp(&copy, &state);
        let mut agent = world.agent();
        agent.done(
            QUERY,
            &json!({ "sql": format!("SELECT id FROM customers WHERE country = '{word}' AND id = 3") }),
        );
        assert_eq!(agent.finish(), Some(0));
        assert!(audit.join("cosigned").exists());
        let expected = if word == "one" { 0 } else { 3 };
        let (code, report) = world.verify(&witnessed);
        assert_eq!(code, expected, "{word}: {report}");
    }
}

#[test]
fn calls_are_refused_by_name_while_an_anchor_is_overdue_and_pass_again_once_one_works() {
    let world = World::new("required_within = \"10m\"\n", FAILING);
    let works = world.away.path().join("works");
    fs::write(&works, "").unwrap();
    let mut agent = world.agent();
    agent.done(QUERY, &query());
    assert_eq!(agent.finish(), Some(0));
    // What was anchored last was so long ago, and not all of the log: time passes by a file of the kernel's own.
    fs::remove_file(&works).unwrap();
    let keys = fs::read_dir(world.world.path(".aegis/keys/sign")).unwrap();
    let anchored = keys.map(|key| key.unwrap().path().join("anchored"));
    let anchored: Vec<PathBuf> = anchored.collect();
    assert_eq!(anchored.len(), 1);
    fs::write(&anchored[0], "{\"at_ms\":1795860800000,\"size\":1}").unwrap();
    let mut agent = world.agent();
    for _ in 0..3 {
        assert_eq!(agent.denied(QUERY, &query()), "kernel.anchor-overdue");
    }
    // What the rules deny is denied by them: nothing would be sent anyway.
    let drop = json!({ "sql": "DROP TABLE customers" });
    assert_eq!(
        agent.denied("postgres__execute", &drop),
        "no-destructive-ops"
    );
    fs::write(&works, "").unwrap();
    let mut passed = false;
    for _ in 0..1_000 {
        let answer = agent.call(QUERY, &query());
        passed = answer["isError"] != json!(true);
        if passed {
            break;
        }
        assert_eq!(answer["structuredContent"]["rule"], "kernel.anchor-overdue");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(passed, "it was never let through again");
    assert_eq!(agent.finish(), Some(0));
    let records = world.records();
    let overdue = |record: &&Value| record["rules"][0]["rule"] == "kernel.anchor-overdue";
    assert!(records.iter().filter(overdue).count() >= 3);
    let failed = |record: &&Value| record["kind"] == "anchor" && record["cause"] == "exit 1";
    assert!(records.iter().any(|record| failed(&record)));
    let taken = world.away.path().join("taken");
    let (code, report) =
        world.verify(&["--anchor", taken.to_str().unwrap(), "--require", "anchored"]);
    assert_eq!(code, 0, "{report}");
}
