//! Rules that are exchanged while a kernel runs: one epoch a call, the log first, and a bad file changes nothing; and
//! kernels side by side.
//! Knows nothing of the kernel's insides.

use std::fs;
use std::process::{Command, Stdio};

use aegis_tests::policies::{read, root};
use aegis_tests::{Client, House};
use serde_json::{Value, json};

const SCHEMA: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, city TEXT, badge INTEGER, salary INTEGER, team TEXT);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, person INTEGER, text TEXT);
    INSERT INTO notes VALUES (1, 1, 'a');";
const READS: &str = "[[grant]]\nid = \"reads\"\nprincipal = \"*\"\ncapabilities = [\"db:read\"]\n";
const WRITES: &str =
    "[[grant]]\nid = \"writes\"\nprincipal = \"*\"\ncapabilities = [\"db:write\"]\n";

fn house(watch_ms: u64) -> House {
    let manifest = read(&root().join("tests/cases/policy/manifests/people.toml"));
    let house = House::new(SCHEMA, &manifest, &format!("{READS}{WRITES}"));
    let file = house.path("aegis.toml");
    let text = read(&file);
    let kernel = format!("[kernel]\nwatch_ms = {watch_ms}\n");
    fs::write(file, text.replacen("[kernel]\n", &kernel, 1)).expect("a configuration");
    house
}

fn write(house: &House, rules: &str) {
    fs::write(house.path("policy.toml"), rules).expect("a policy");
}

fn hang_up(agent: &Client) {
    let asked = Command::new("kill")
        .args(["-HUP", &agent.process().to_string()])
        .status();
    assert!(asked.expect("kill").success());
}

/// The next message, which is that the tools have changed.
fn changed(agent: &mut Client) {
    let told = agent.receive().expect("a message");
    assert_eq!(
        told,
        json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed" })
    );
}

fn insert(id: u64) -> Value {
    json!({ "sql": format!("INSERT INTO notes (id, person) VALUES ({id}, 1)") })
}

fn records(house: &House) -> Vec<Value> {
    let log = house.log();
    let lines = log.lines().filter(|line| line.starts_with('{'));
    let mut records: Vec<Value> = lines
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    records.sort_by_key(|record| record["seq"].as_u64());
    records
}

/// Every intent is of the old rules, which permit what the new ones do not, and stands before the record of the new ones.
fn no_permit_after_the_exchange(records: &[Value]) {
    let of = |kind: &'static str| records.iter().filter(move |r| r["kind"] == json!(kind));
    let loads: Vec<&Value> = of("policy.load").collect();
    assert_eq!(loads.len(), 2, "one at the start, one at the exchange");
    let (old, new) = (&loads[0]["epoch"], &loads[1]["epoch"]);
    assert_ne!(old, new);
    for intent in of("intent") {
        assert_eq!(
            &intent["epoch"], old,
            "the new rules permit no write: {intent}"
        );
        let before = intent["seq"].as_u64() < loads[1]["seq"].as_u64();
        assert!(
            before,
            "permitted after the record of the exchange: {intent}"
        );
    }
}

#[test]
fn under_64_calls_in_flight_no_call_is_judged_by_two_epochs_and_none_passes_after_the_record() {
    let house = house(0);
    let mut agent = house.agent();
    write(&house, READS);
    let post = |agent: &mut Client, ids: std::ops::Range<u64>| {
        for id in ids {
            let call = json!({ "name": "postgres__execute", "arguments": insert(id) });
            agent.post("tools/call", &call);
        }
    };
    post(&mut agent, 100..132);
    hang_up(&agent);
    post(&mut agent, 132..164);
    let (mut answers, mut announced, mut done) = (0, 0, 0);
    while answers < 64 || announced < 1 {
        let told = agent.receive().expect("a message");
        match told["id"].is_null() {
            true => announced += 1,
            false => {
                answers += 1;
                done += i64::from(told["result"]["isError"] == json!(false));
            }
        }
    }
    let last = agent.call("postgres__execute", &insert(999));
    assert_eq!(
        last["structuredContent"]["rule"],
        json!("kernel.unknown-tool"),
        "{last}"
    );
    agent.finish();

    let records = records(&house);
    no_permit_after_the_exchange(&records);
    assert_eq!(
        house.number("SELECT count(*) FROM notes WHERE id >= 100"),
        done
    );
    // Each of the 65 calls has one end: an outcome of its intent, or a decision.
    let ends = records
        .iter()
        .filter(|r| r["kind"] == json!("outcome") || r["kind"] == json!("decision"));
    assert_eq!(ends.count(), 65);
    let verified = Command::new(aegis_tests::aegis())
        .args(["audit", "verify"])
        .arg(house.path(".aegis/audit"))
        .output()
        .expect("a verifier");
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
}

#[test]
fn a_bad_file_keeps_the_rules_and_says_so_with_its_place() {
    let house = house(0);
    let told = house.path("stderr");
    let mut kernel = Command::new(aegis_tests::aegis());
    kernel
        .args(["serve", "--config"])
        .arg(house.path("aegis.toml"));
    let errors = fs::File::create(&told).expect("a file");
    let mut agent = Client::run_telling(kernel, Stdio::from(errors)).hello();
    agent.done("postgres__execute", &insert(1_000));
    let said = |wanted: &str| {
        while !read(&told).contains(wanted) {
            std::thread::yield_now();
        }
    };
    write(
        &house,
        &format!(
            "{READS}[[block]]\nid = \"b\"\ncapability = \"db:dorp\"\nbecause = \"b\"\nfix = \"f\"\n"
        ),
    );
    hang_up(&agent);
    said("NOT taken over");
    let errors = read(&told);
    assert!(
        errors.contains("did you mean `db:drop`") && errors.contains("policy.toml:7"),
        "{errors}"
    );
    agent.done("postgres__execute", &insert(1_001));
    // A manifest is for the start alone.
    let manifest = read(&house.path("manifest.toml"));
    write(&house, READS);
    fs::write(
        house.path("manifest.toml"),
        format!("{manifest}\n[label.\"notes.text\"]\nis = \"pii.text\"\n"),
    )
    .expect("a manifest");
    hang_up(&agent);
    said("the manifest `postgres` is another one");
    agent.done("postgres__execute", &insert(1_002));
    fs::write(house.path("manifest.toml"), manifest).expect("a manifest");
    hang_up(&agent);
    changed(&mut agent);
    assert_eq!(
        agent.denied("postgres__execute", &insert(1_003)),
        "kernel.unknown-tool"
    );
    // The same again is no exchange.
    hang_up(&agent);
    said("the rules in force are those of the files");
    agent.finish();
    let log = house.log();
    assert_eq!(log.matches("\"kind\":\"policy.load\"").count(), 2);
    assert!(log.contains("\"policy.kept\""), "{log}");
}

#[test]
fn a_kernel_goes_on_when_nobody_reads_what_it_tells() {
    let house = house(0);
    let mut kernel = Command::new(aegis_tests::aegis());
    kernel
        .args(["serve", "--config"])
        .arg(house.path("aegis.toml"));
    let (reads, writes) = std::io::pipe().expect("a pipe");
    drop(reads);
    let mut agent = Client::run_telling(kernel, Stdio::from(writes)).hello();
    // Each exchange is told.
    for rules in [READS.to_owned(), format!("{READS}{WRITES}")] {
        write(&house, &rules);
        hang_up(&agent);
        changed(&mut agent);
    }
    agent.done("postgres__query", &json!({ "sql": "SELECT id FROM notes" }));
    assert_eq!(agent.finish(), Some(0));
}

#[test]
fn a_file_that_changes_is_taken_over_unasked() {
    let house = house(20);
    let mut agent = house.agent();
    let listed = |agent: &mut Client| {
        let answer = agent.request("tools/list", &json!({}));
        let tools = answer["result"]["tools"].as_array().expect("tools").clone();
        tools
            .iter()
            .map(|tool| tool["name"].as_str().expect("a name").to_owned())
            .collect::<Vec<_>>()
    };
    assert!(listed(&mut agent).contains(&"postgres__execute".to_owned()));
    write(&house, READS);
    changed(&mut agent);
    assert!(!listed(&mut agent).contains(&"postgres__execute".to_owned()));
    // As editors do it: another file in its place.
    fs::write(house.path("new"), format!("{READS}{WRITES}")).expect("a file");
    fs::rename(house.path("new"), house.path("policy.toml")).expect("a rename");
    changed(&mut agent);
    // A run that goes on gains nothing by it.
    assert!(!listed(&mut agent).contains(&"postgres__execute".to_owned()));
    agent.finish();
    let mut other = house.agent();
    assert!(listed(&mut other).contains(&"postgres__execute".to_owned()));
    other.finish();
}

#[test]
fn whoever_waits_for_its_turn_is_not_sent_under_rules_that_are_gone() {
    let house = house(0);
    let file = house.path("aegis.toml");
    let queue = "[south.postgres.queue]\ndelay_ms = 300\npending_max = 5\n";
    fs::write(&file, format!("{}{queue}", read(&file))).expect("a configuration");
    let mut agent = house.agent();
    agent.done("postgres__execute", &insert(11));
    let waits = agent.post(
        "tools/call",
        &json!({ "name": "postgres__execute", "arguments": insert(12) }),
    );
    while house.log().matches("\"kind\":\"intent\"").count() < 2 {
        std::thread::yield_now();
    }
    write(&house, READS);
    hang_up(&agent);
    let (mut answer, mut announced) = (None, false);
    while answer.is_none() || !announced {
        let told = agent.receive().expect("a message");
        match told["id"] == json!(waits) {
            true => answer = Some(told),
            false => announced = true,
        }
    }
    let answer = answer.expect("an answer");
    let rule = &answer["result"]["structuredContent"]["rule"];
    // A machine that is slow enough sends it before it hears of the exchange.
    if *rule == json!("kernel.policy-changed") {
        assert_eq!(house.number("SELECT count(*) FROM notes WHERE id = 12"), 0);
    } else {
        assert_eq!(
            house.number("SELECT count(*) FROM notes WHERE id = 12"),
            1,
            "{answer}"
        );
    }
    agent.finish();
}

#[test]
fn a_downstream_that_reaches_the_kernels_files_is_refused() {
    let check = |house: &House| {
        let output = Command::new(aegis_tests::aegis())
            .args(["check", "--config"])
            .arg(house.path("aegis.toml"))
            .output()
            .expect("a check");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text)
    };
    let plain = house(0);
    assert_eq!(check(&plain).0, Some(0));
    for (line, by) in [
        ("env = { ROOT = \".\" }", "`ROOT`"),
        ("env = { ROOT = \"file:./../\" }", "`ROOT`"),
        ("env = { FILE = \"policy.toml\" }", "`FILE`"),
        ("env = { LINK = \"link\" }", "`LINK`"),
    ] {
        let house = house(0);
        std::os::unix::fs::symlink(house.path("."), house.path("link")).expect("a link");
        let file = house.path("aegis.toml");
        fs::write(&file, format!("{}{line}\n", read(&file))).expect("a configuration");
        let (code, text) = check(&house);
        assert_eq!(code, Some(2), "{line}: {text}");
        assert!(
            text.contains(by) && text.contains("reaches"),
            "{line}: {text}"
        );
        // Nor does it start.
        let served = Command::new(aegis_tests::aegis())
            .args(["serve", "--config"])
            .arg(&file)
            .stdin(Stdio::null())
            .output()
            .expect("a kernel");
        assert_eq!(served.status.code(), Some(2), "{line}");
    }
    // A secret that names the folder above is one that reaches it; it is read where the kernel starts.
    let folder = format!("file:{}", plain.path("").display());
    fs::write(plain.path("url"), folder).expect("a secret");
    assert_eq!(check(&plain).0, Some(0));
    let served = Command::new(aegis_tests::aegis())
        .args(["serve", "--config"])
        .arg(plain.path("aegis.toml"))
        .stdin(Stdio::null())
        .output()
        .expect("a kernel");
    assert_eq!(served.status.code(), Some(2));
    let text = String::from_utf8_lossy(&served.stderr);
    assert!(text.contains("`AEGIS_POSTGRES_URL`"), "{text}");
}

/// A kernel for one of several agents, with a configuration of this text.
fn beside(house: &House, name: &str, from: &str, to: &str) -> std::path::PathBuf {
    let text = read(&house.path("aegis.toml")).replace(from, to);
    fs::write(house.path(name), text).expect("a configuration");
    house.path(name)
}

fn as_principal(config: &std::path::Path, name: &str) -> Command {
    let mut kernel = Command::new(aegis_tests::aegis());
    kernel
        .args(["serve", "--principal", name, "--config"])
        .arg(config);
    kernel
}

#[test]
fn the_parent_process_names_the_principal_among_those_that_the_configuration_lets_it() {
    let house = house(0);
    let only = "[[grant]]\nid = \"reads\"\nprincipal = \"reporter\"\ncapabilities = [\"db:read\"]\n\
                [[grant]]\nid = \"writes\"\nprincipal = \"analyst-agent\"\ncapabilities = [\"db:*\"]\n";
    write(&house, only);
    let config = beside(
        &house,
        "several.toml",
        "principal =",
        "others = [\"reporter\"]\nprincipal =",
    );
    let mut agent = Client::run(as_principal(&config, "reporter")).hello();
    assert_eq!(
        agent.denied("postgres__execute", &insert(20)),
        "kernel.unknown-tool"
    );
    // Nothing that an agent says makes another of it.
    let told = json!({ "sql": "SELECT id FROM notes", "principal": "analyst-agent" });
    agent.denied("postgres__query", &told);
    agent.finish();
    assert!(house.log().contains("\"principal\":\"reporter\""));
    assert!(!house.log().contains("\"principal\":\"analyst-agent\""));
    for (config, name) in [
        (&config, "someone"),
        (&house.path("aegis.toml"), "reporter"),
        (&config, ""),
    ] {
        let served = as_principal(config, name)
            .stdin(Stdio::null())
            .output()
            .expect("a kernel");
        assert_eq!(served.status.code(), Some(2), "{name}");
        let text = String::from_utf8_lossy(&served.stderr);
        assert!(text.contains("does not let"), "{text}");
    }
}

#[test]
fn kernels_side_by_side_have_a_state_and_a_log_of_their_own() {
    let house = house(0);
    let mut one = house.agent();
    let own = ("\".aegis/", "\".other/");
    let other = beside(&house, "other.toml", own.0, own.1);
    let mut two = Client::start(&other);
    one.done("postgres__execute", &insert(30));
    two.done("postgres__execute", &insert(31));
    // A third finds the state or the log of the first held, and does not start.
    for (name, from, to) in [
        ("state.toml", "\".aegis/state.db\"", "\".third/state.db\""),
        ("log.toml", "\".aegis/audit\"", "\".third/audit\""),
    ] {
        let config = beside(&house, name, from, to);
        let mut third = Command::new(aegis_tests::aegis());
        let third = third
            .args(["serve", "--config"])
            .arg(config)
            .stdin(Stdio::null())
            .output();
        let third = third.expect("a kernel");
        assert_eq!(third.status.code(), Some(2), "{name}: {third:?}");
    }
    one.done("postgres__execute", &insert(32));
    two.done("postgres__execute", &insert(33));
    assert_eq!((one.finish(), two.finish()), (Some(0), Some(0)));
}
