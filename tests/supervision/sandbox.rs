//! `sandbox = "strict"`: what a downstream may touch is what its block names, whatever it tries; where that cannot be held
//! whole, it is not started, by name.
//! Knows nothing of Landlock but its absence.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};

use aegis_tests::{Client, TempWorld, aegis};
use serde_json::{Value, json};

use crate::kit::{House, call};

/// Whether this system can hold anything; where it cannot, that is said aloud.
fn landlock(test: &str) -> bool {
    let house = House::new().unruly("h", "never", "", "sandbox = \"strict\"");
    let checked = check(&house.config(), true);
    let report: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let south = &report["south"][0];
    if south["landlock"].is_null() {
        eprintln!("SKIPPED {test}: {}", south["problem"]);
        return false;
    }
    assert!(south["landlock"].as_i64() >= Some(6), "{report}");
    true
}

fn check(config: &Path, json: bool) -> Output {
    let mut check = Command::new(aegis());
    check.args(["check", "--config"]).arg(config);
    if json {
        check.arg("--json");
    }
    check.output().unwrap()
}

/// A folder with something of everything, and what becomes of each attempt in a sandbox; without one, all of them succeed.
struct Attempts {
    house: House,
    /// Attempt, and whether the sandbox lets it pass.
    tried: Vec<(String, bool)>,
    lines: String,
    _open: (TcpListener, TcpListener, UnixListener),
}

fn attempts() -> Attempts {
    let house = House::new();
    let at = |name: &str| house.path(name).display().to_string();
    for folder in ["allowed", "out", "other"] {
        fs::create_dir(house.path(folder)).unwrap();
        fs::write(house.path(folder).join("file"), "x").unwrap();
        fs::copy("/bin/true", house.path(folder).join("program")).unwrap();
    }
    let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let (open, closed) = (listen(), listen());
    let free = port(&listen());
    let socket = UnixListener::bind(house.path("out/socket")).unwrap();
    let tried = vec![
        (format!("read:{}", at("allowed/file")), true),
        (format!("list:{}", at("allowed")), true),
        (format!("run:{}", at("allowed/program")), true),
        (format!("write:{}", at("allowed/file")), false),
        (format!("write:{}", at("allowed/new")), false),
        (format!("read:{}", at("out/file")), true),
        (format!("write:{}", at("out/file")), true),
        (format!("write:{}", at("out/new")), true),
        (format!("run:{}", at("out/program")), false),
        (format!("read:{}", at("other/file")), false),
        (format!("list:{}", at("other")), false),
        (format!("write:{}", at("other/file")), false),
        (format!("run:{}", at("other/program")), false),
        (format!("read:{}", at("allowed/../other/file")), false),
        (format!("read:{}", at("allowed/link")), false),
        (format!("read:{}", at("aegis.toml")), false),
        (format!("read:{}", at(".aegis/state.db")), false),
        (format!("list:{}", at(".aegis/audit")), false),
        ("list:/".to_owned(), false),
        ("list:/tmp".to_owned(), false),
        ("list:/etc".to_owned(), false),
        ("list:/proc".to_owned(), false),
        ("read:/etc/hosts".to_owned(), true),
        ("run:/bin/true".to_owned(), true),
        ("write:/dev/null".to_owned(), true),
        (format!("connect:127.0.0.1:{}", port(&open)), true),
        (format!("connect:127.0.0.1:{}", port(&closed)), false),
        (format!("listen:127.0.0.1:{free}"), true),
        ("listen:127.0.0.1:0".to_owned(), false),
        ("datagram:127.0.0.1:0".to_owned(), false),
        (format!("unix:{}", at("out/socket")), false),
        ("pair".to_owned(), true),
        (format!("signal:{}", std::process::id()), false),
    ];
    std::os::unix::fs::symlink("../other/file", house.path("allowed/link")).unwrap();
    let lines = format!(
        "sandbox = \"strict\"\nreach = {{ read = [\"allowed\"], write = [\"out\"], connect = [{}], listen = [{free}] }}\n",
        port(&open)
    );
    Attempts {
        house,
        tried,
        lines,
        _open: (open, closed, socket),
    }
}

fn said(kernel: &mut Client) -> BTreeMap<String, Value> {
    let result = kernel.call("h__reach", &json!({}));
    let said = result["structuredContent"].as_object().unwrap();
    said.clone().into_iter().collect()
}

#[test]
fn a_sandbox_holds_a_downstream_to_what_its_block_names() {
    if !landlock("a_sandbox_holds_a_downstream_to_what_its_block_names") {
        return;
    }
    for held in [true, false] {
        let Attempts {
            house,
            tried,
            lines,
            _open,
        } = attempts();
        let words: Vec<_> = tried.iter().map(|(word, _)| word.as_str()).collect();
        let env = format!("env = {{ REACH = \"{}\" }}\n", words.join(" "));
        let lines = if held { lines + &env } else { env };
        let house = house.unruly("h", "never", "", &lines);
        let mut kernel = house.start();
        let said = said(&mut kernel);
        let mut wrong = Vec::new();
        for (word, passes) in &tried {
            let got = said.get(word).and_then(Value::as_str).unwrap_or("nothing");
            let expected = if *passes || !held {
                "ok"
            } else {
                "PermissionDenied"
            };
            if got != expected {
                wrong.push(format!("{word}: {got}, not {expected}"));
            }
        }
        assert!(wrong.is_empty(), "held {held}:\n{}\n", wrong.join("\n"));
        assert_eq!(kernel.finish(), Some(0));
        let told = house
            .told()
            .contains("`h` is held in `sandbox = \"strict\"`");
        assert_eq!(told, held, "{}", house.told());
    }
}

#[test]
fn datagrams_are_for_who_asks_for_them() {
    if !landlock("datagrams_are_for_who_asks_for_them") {
        return;
    }
    let lines = "sandbox = \"strict\"\nreach = { datagrams = true }\nenv = { REACH = \"datagram:127.0.0.1:0 listen:127.0.0.1:0\" }\n";
    let house = House::new().unruly("h", "never", "", lines);
    let mut kernel = house.start();
    let said = said(&mut kernel);
    assert_eq!(said["datagram:127.0.0.1:0"], json!("ok"));
    assert_eq!(said["listen:127.0.0.1:0"], json!("PermissionDenied"));
    assert_eq!(kernel.finish(), Some(0));
}

#[test]
fn where_the_system_cannot_hold_it_the_downstream_is_not_started_by_name() {
    let house = House::new().unruly("h", "never", "", "sandbox = \"strict\"");
    let without = |arguments: &[&str]| {
        let unruly = aegis().with_file_name("aegis-unruly");
        let mut command = Command::new(unruly);
        command.arg("without-landlock").arg(aegis()).args(arguments);
        let output = command
            .arg("--config")
            .arg(house.config())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let (code, out, told) = without(&["serve"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(out.is_empty());
    for words in [
        "`[south.h]` cannot be held",
        "not started",
        "has no Landlock",
        "leave `sandbox` out",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let (code, out, _) = without(&["check"]);
    assert_eq!(code, Some(0));
    assert!(
        out.contains("south h: sandbox strict, NOT in force here"),
        "{out}"
    );
    let (_, out, _) = without(&["check", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let south = &report["south"][0];
    assert_eq!(south["sandbox"], json!("strict"));
    assert!(
        south["landlock"].is_null() && south["problem"].is_string(),
        "{out}"
    );
}

#[test]
fn what_is_to_be_reached_and_is_not_there_is_named() {
    if !landlock("what_is_to_be_reached_and_is_not_there_is_named") {
        return;
    }
    let lines = "sandbox = \"strict\"\nreach = { read = [\"nowhere\"] }\n";
    let house = House::new().unruly("h", "call", "exit", lines);
    let serve = || {
        let mut serve = Command::new(aegis());
        serve.args(["serve", "--config"]).arg(house.config());
        let ended = serve.stdin(std::process::Stdio::null()).output().unwrap();
        (
            ended.status.code(),
            String::from_utf8_lossy(&ended.stderr).into_owned(),
        )
    };
    let (code, told) = serve();
    assert_eq!(code, Some(2), "{told}");
    assert!(
        told.contains("`[south.h]`") && told.contains("nowhere"),
        "{told}"
    );
    let out = String::from_utf8(check(&house.config(), false).stdout).unwrap();
    assert!(
        out.contains("NOT in force here") && out.contains("nowhere"),
        "{out}"
    );
    // Gone while it ran: the next life is not begun without it.
    fs::create_dir(house.path("nowhere")).unwrap();
    let mut kernel = house.start();
    assert_eq!(call(&mut kernel, "h__echo"), "ok");
    fs::remove_dir(house.path("nowhere")).unwrap();
    assert_eq!(call(&mut kernel, "h__echo"), "ok");
    assert_eq!(call(&mut kernel, "h__go"), "downstream-crashed");
    for _ in 0..3 {
        assert_ne!(call(&mut kernel, "h__echo"), "ok");
    }
    fs::create_dir(house.path("nowhere")).unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while call(&mut kernel, "h__echo") != "ok" {
        assert!(std::time::Instant::now() < end);
    }
    assert_eq!(kernel.finish(), Some(0));
    assert!(
        house.told().contains("cannot be allowed"),
        "{}",
        house.told()
    );
}

#[test]
fn the_shipped_downstreams_work_in_a_sandbox() {
    if !landlock("the_shipped_downstreams_work_in_a_sandbox") {
        return;
    }
    let world = TempWorld::new();
    let text = fs::read_to_string(world.config()).unwrap();
    let held = |name: &str, reach: &str| {
        let block = format!("[south.{name}]\n");
        (
            block.clone(),
            format!("{block}sandbox = \"strict\"\nreach = {{ write = [{reach:?}] }}\n"),
        )
    };
    let (postgres, strict_postgres) = held("postgres", "world");
    let (s3, strict_s3) = held("s3", "world/bucket");
    assert!(text.contains(&postgres) && text.contains(&s3));
    let text = text
        .replace(&postgres, &strict_postgres)
        .replace(&s3, &strict_s3);
    fs::write(world.config(), text).unwrap();
    let (code, out, _) = world.run(&["check"]);
    assert_eq!(code, 0);
    for name in ["postgres", "s3"] {
        assert!(
            out.contains(&format!("south {name}: sandbox strict, in force")),
            "{out}"
        );
    }
    let mut kernel = Client::start(&world.config());
    let rows = kernel.done("postgres__query", &json!({ "sql": "SELECT 1 AS one" }));
    assert_eq!(rows["rows"], json!([{ "one": 1 }]));
    let insert = json!({ "sql": "INSERT INTO staging_tmp (id, x) VALUES (990001, 'held')" });
    kernel.done("postgres__execute", &insert);
    kernel.done("s3__list_objects", &json!({}));
    kernel.done(
        "s3__put_object",
        &json!({ "key": "staging/held.txt", "body": "held" }),
    );
    kernel.done("s3__get_object", &json!({ "key": "staging/held.txt" }));
    assert_eq!(kernel.finish(), Some(0));
    assert_eq!(
        world.number("SELECT count(*) FROM staging_tmp WHERE id = 990001"),
        1
    );
    assert_eq!(world.verify().0, 0);
}

#[test]
fn a_sandbox_may_not_reach_what_the_kernel_goes_by() {
    for reach in [".", ".aegis", "policy.toml"] {
        let lines = format!("sandbox = \"strict\"\nreach = {{ read = [{reach:?}] }}\n");
        let house = House::new().unruly("h", "never", "", &lines);
        fs::create_dir(house.path(".aegis")).unwrap();
        fs::write(house.path(".aegis/state.db"), "").unwrap();
        let checked = check(&house.config(), false);
        let told = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert_eq!(checked.status.code(), Some(2), "{reach}: {told}");
        assert!(told.contains("its `reach`"), "{reach}: {told}");
    }
}
