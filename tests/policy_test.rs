//! `aegis policy test`: what it says of folders with a policy and cases, and that every policy that ships is tested whole.
//! Knows nothing of how rules are changed. `UPDATE=1` writes what is said anew.

use std::path::Path;
use std::process::Command;

use aegis_tests::policies as support;
use aegis_tests::{TempWorld, aegis};
use serde_json::Value;

fn run(world: &TempWorld, folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(aegis())
        .args(["policy", "test", "--config"])
        .arg(world.config())
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("aegis starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().unwrap_or(-1);
    (code, text(&output.stdout), text(&output.stderr))
}

/// Each folder holds `policy.toml`, `cases.toml` and what is said of them, the exit code first.
#[test]
fn folders_are_told_of_as_reviewed() {
    let world = TempWorld::new();
    let root = support::root().join("tests/policy_test");
    let mut folders: Vec<_> = std::fs::read_dir(root)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    assert!(folders.len() >= 7, "only {} folders", folders.len());
    let mut wrong = Vec::new();
    for folder in folders {
        let arguments = ["--policy", "policy.toml", "cases.toml", "--mutation"];
        let (code, out, err) = run(&world, &folder, &arguments);
        let said = format!("exit {code}\n{out}{err}");
        let file = folder.join("said.txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &said).expect("written");
        }
        if said != support::read(&file) {
            wrong.push(format!("{}:\n{said}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The policies that ship have cases beside them that notice every small change.
#[test]
fn what_ships_is_tested_whole() {
    let world = TempWorld::new();
    let root = support::root();
    for (policy, least) in [
        ("policies", 80),
        ("policies/samples/strict.toml", 60),
        ("policies/samples/development.toml", 70),
        ("policies/samples/financial.toml", 130),
    ] {
        let (code, out, err) = run(&world, &root, &["--policy", policy, "--mutation", "--json"]);
        let told: Value =
            serde_json::from_str(&out).unwrap_or_else(|why| panic!("{policy}: {why}: {out}{err}"));
        for what in ["failures", "lacking", "problems"] {
            assert_eq!(told[what], Value::Array(Vec::new()), "{policy}: {what}");
        }
        let mutation = &told["mutation"];
        assert_eq!(mutation["survivors"], Value::Array(Vec::new()), "{policy}");
        assert_eq!(
            (code, &mutation["beyond"]),
            (0, &Value::from(0)),
            "{policy}"
        );
        let noticed = mutation["noticed"].as_u64().expect("a number");
        assert!(noticed >= least, "{policy}: only {noticed} changes");
    }
}

/// Without `--mutation` cases and what rules need of them are looked at, and nothing else.
#[test]
fn without_mutation_rules_need_their_cases() {
    let world = TempWorld::new();
    let folder = support::root().join("tests/policy_test/lacking");
    let (code, out, _) = run(&world, &folder, &["--policy", "policy.toml", "cases.toml"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("policy.toml:7: rule `no-gold` lacks a denied case"),
        "{out}"
    );
    assert!(!out.contains("small changes"), "{out}");
    let (code, out, _) = run(
        &world,
        &folder,
        &["--policy", "policy.toml", "cases.toml", "--json"],
    );
    let told: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        (code, &told["ok"], &told["mutation"]),
        (1, &Value::Bool(false), &Value::Null)
    );
}

/// Cases are found beside the policy files of the configuration: the world that `aegis demo` prepares comes with its own,
/// which hold; without any, rules lack theirs.
#[test]
fn cases_stand_beside_policies() {
    let world = TempWorld::new();
    let (code, out, err) = run(&world, &world.path("."), &["--mutation"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("every rule has its cases"), "{out}");
    std::fs::remove_dir_all(world.path("policies/cases")).expect("a folder");
    let (code, out, _) = run(&world, &world.path("."), &[]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("0 of 0 cases hold, of 0 files"), "{out}");
    assert!(out.contains("rule `no-destructive-ops` lacks"), "{out}");
}
