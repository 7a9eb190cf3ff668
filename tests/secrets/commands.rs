//! `aegis secrets`, command by command: what it does, says, and refuses by name.
//! Knows nothing of damage.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::kit::{ODD, PHRASE, Place, run, said};

#[test]
fn secrets_are_set_listed_changed_and_removed_and_never_shown() {
    let place = Place::new();
    let first = place.secrets(&["set", "db-url"], &format!("{ODD}\n"));
    assert!(said(&first).contains("set: db-url"), "{}", said(&first));
    assert!(said(&first).contains("`store:db-url`"), "{}", said(&first));
    let second = place.secrets(&["set", "api.token", "--json"], "another value");
    let second: serde_json::Value = serde_json::from_slice(&second.stdout).unwrap();
    assert_eq!(second["set"], "api.token");
    assert_eq!(second["secrets"], 2);
    assert_eq!(second["made"], false);
    let changed = place.secrets(&["set", "db-url"], "yet another");
    assert!(said(&changed).contains("changed: db-url"));
    assert_eq!(place.names(), ["api.token", "db-url"]);
    let listed = place.secrets(&["list"], "");
    assert!(said(&listed).contains("every byte as it was written"));
    let removed = place.secrets(&["remove", "db-url"], "");
    assert!(said(&removed).contains("removed: db-url"));
    assert_eq!(place.names(), ["api.token"]);
    let on_disk = std::fs::read_to_string(place.path("store.json")).unwrap();
    for output in [first, changed, listed, removed] {
        for value in [ODD, "another value", "yet another", PHRASE] {
            assert!(!said(&output).contains(value), "{output:?}");
            assert!(!on_disk.contains(value), "{on_disk}");
        }
    }
    let mode = |name: &str| {
        let found = std::fs::metadata(place.path(name)).unwrap();
        found.permissions().mode() & 0o777
    };
    assert_eq!(
        (mode("store.json"), mode("store.json.lock")),
        (0o600, 0o600)
    );
}

#[test]
fn after_a_rotation_the_old_passphrase_opens_nothing() {
    let place = Place::with(&[("one", ODD), ("two", "second value")]);
    let before = place.store();
    let rotated = place.secrets(&["rotate", "--new-key", "stdin"], "a new passphrase\n");
    assert!(rotated.status.success(), "{}", said(&rotated));
    let after = place.store();
    for part in ["id", "check", "seal", "kdf"] {
        assert_ne!(before[part], after[part], "{part}");
    }
    assert_ne!(before["secrets"][0]["value"], after["secrets"][0]["value"]);
    assert_eq!(before["secrets"][0]["set_s"], after["secrets"][0]["set_s"]);
    let (code, said) = place.list();
    assert_eq!((code, &said["code"]), (Some(2), &json!("wrong-passphrase")));
    place.private("phrase", "a new passphrase");
    assert_eq!(place.names(), ["one", "two"]);
    // The same one again is no rotation.
    let again = place.secrets(&["rotate", "--new-key", "file:phrase", "--json"], "");
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(place.store(), after);
}

#[test]
fn passphrase_and_value_may_come_on_one_input() {
    let place = Place::new();
    let mut command = place.command(&["set", "one", "--store", "store.json", "--key", "stdin"]);
    let output = run(command, &format!("{PHRASE}\nthe value\nof two lines\n"));
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(place.names(), ["one"]);
    // Both passphrases of a rotation, too.
    command = place.command(&["rotate", "--store", "store.json", "--key", "stdin"]);
    command.args(["--new-key", "stdin"]);
    let output = run(command, &format!("{PHRASE}\na new passphrase\n"));
    assert!(output.status.success(), "{}", said(&output));
}

/// Words, input, exit code, and what is said.
const REFUSED: &[(&[&str], &str, i32, &str)] = &[
    (
        &["set", "x", "the-value"],
        "",
        2,
        "never given on the command line",
    ),
    (&["set", "-x-"], "", 2, "unexpected argument"),
    (&["set", "../x"], "a value", 2, "no name of a secret"),
    (&["set", "a b"], "a value", 2, "no name of a secret"),
    (&["set", ""], "a value", 2, "no name of a secret"),
    (&["set", "x"], "", 2, "is empty"),
    (&["set", "x"], "\n", 2, "is empty"),
    (&["set", "x"], "short", 2, "shorter than"),
    (&["set", "x"], "nul\0nul", 2, "without NUL"),
    (&["remove", "x"], "", 1, "holds no secret `x`"),
    (
        &["rotate", "--new-key", "stdin"],
        "too short\n",
        2,
        "shorter than 12 bytes",
    ),
    (&["rotate", "--new-key", "stdin"], "", 2, "is empty"),
    (
        &["rotate", "--new-key", "a literal passphrase"],
        "",
        2,
        "no place of a passphrase",
    ),
    (
        &["rotate", "--new-key", "store:x"],
        "",
        2,
        "no place of a passphrase",
    ),
    (
        &["rotate", "--new-key", "env:AEGIS_NO_SUCH"],
        "",
        2,
        "is not set",
    ),
    (
        &["rotate", "--new-key", "file:open"],
        "",
        2,
        "open to others",
    ),
    (&["new-key", "phrase"], "", 2, "cannot be made"),
];

#[test]
fn what_is_refused_is_named_and_changes_nothing() {
    let place = Place::with(&[("kept", "a kept value")]);
    place.write("open", "somebody else reads this");
    let before = place.store();
    for (words, input, code, expected) in REFUSED {
        let output = place.secrets(words, input);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(*code), "{words:?}: {told}");
        assert!(told.contains(expected), "{words:?}: {told}");
        assert!(!told.contains("a literal passphrase"), "{told}");
        assert_eq!(place.store(), before, "{words:?}");
    }
    let large = "x".repeat(70_000);
    let output = place.secrets(&["set", "large"], &large);
    assert!(said(&output).contains("larger than"), "{}", said(&output));
    assert_eq!(place.store(), before);
}

#[test]
fn a_value_as_an_argument_is_not_repeated() {
    let place = Place::new();
    for words in [
        &["set", "x", "hunter2-hunter2"][..],
        &["set", "x", "y", "hunter2-hunter2"],
    ] {
        let output = place.secrets(words, "");
        assert!(!said(&output).contains("hunter2"), "{}", said(&output));
    }
}

#[test]
fn without_a_terminal_or_a_place_nobody_is_asked() {
    let place = Place::with(&[("one", "first value")]);
    // A session of its own has no terminal to fall back on.
    let mut command = std::process::Command::new("setsid");
    command
        .arg(aegis_tests::aegis())
        .args(["secrets", "--store", "store.json", "set", "one"])
        .current_dir(place.folder());
    let output = run(command, "another value");
    assert_eq!(output.status.code(), Some(2));
    let told = said(&output);
    assert!(
        told.contains("no terminal") && told.contains("`--key`"),
        "{told}"
    );
    // A list without a passphrase says that it proves nothing.
    let output = run(
        place.command(&["list", "--json", "--store", "store.json"]),
        "",
    );
    let listed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listed["verified"], false);
    assert_eq!(listed["secrets"][0]["name"], "one");
}

#[test]
fn the_configuration_names_store_and_key() {
    let place = Place::new();
    let made = run(place.command(&["new-key", "keys/store.key"]), "");
    assert!(made.status.success(), "{}", said(&made));
    place.write(
        "aegis.toml",
        "[secrets]\nstore = \"kept/secrets.json\"\nkey = \"file:keys/store.key\"\n[kernel]\nunread = \"here\"\n",
    );
    for (words, input) in [
        (&["set", "one"][..], "first value"),
        (&["set", "two", "--config", "aegis.toml"], "second value"),
        (&["list"], ""),
    ] {
        let output = run(place.command(words), input);
        assert!(output.status.success(), "{}", said(&output));
    }
    assert!(place.path("kept/secrets.json").exists());
    // From elsewhere, paths are still those of the configuration's folder.
    let config = place.path("aegis.toml").display().to_string();
    let mut command = place.command(&["list", "--json", "--config", &config]);
    command.current_dir("/");
    let listed: serde_json::Value = serde_json::from_slice(&run(command, "").stdout).unwrap();
    assert_eq!(listed["secrets"].as_array().map(Vec::len), Some(2));
    let nowhere = Place::new();
    let output = run(nowhere.command(&["list"]), "");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("`--store`"), "{}", said(&output));
    place.write(
        "aegis.toml",
        "[secrets]\nkey = \"store:one\"\nkeys = \"x\"\n",
    );
    let output = run(place.command(&["list"]), "");
    assert_eq!(output.status.code(), Some(2));
    let told = said(&output);
    assert!(
        told.contains("lies in the store") && told.contains("unknown key"),
        "{told}"
    );
}
