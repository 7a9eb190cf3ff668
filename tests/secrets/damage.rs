//! A store that somebody without its passphrase wrote in, that is damaged, or that asks for too much.
//! Knows nothing of the commands but that all of them open it alike.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::kit::{Place, said};

type Change = fn(&mut Value);

/// What is changed, and what the store is then called.
const CHANGES: &[(&str, Change, &str)] = &[
    ("values exchanged", |store| swap(store, "value"), "damaged"),
    ("names exchanged", |store| swap(store, "name"), "damaged"),
    (
        // Two secrets set within one second bear the same.
        "a time changed",
        |store| {
            let time = store["secrets"][0]["set_s"].as_u64().unwrap();
            store["secrets"][0]["set_s"] = json!(time + 1);
        },
        "damaged",
    ),
    (
        "order",
        |store| store["secrets"].as_array_mut().unwrap().reverse(),
        "damaged",
    ),
    (
        "a secret taken out",
        |store| drop(store["secrets"].as_array_mut().unwrap().remove(0)),
        "damaged",
    ),
    (
        "a name changed",
        |store| store["secrets"][0]["name"] = json!("other"),
        "damaged",
    ),
    (
        "generation",
        |store| store["generation"] = json!(1),
        "damaged",
    ),
    (
        "value cut",
        |store| store["secrets"][0]["value"] = json!("AAAA"),
        "damaged",
    ),
    (
        "value no base64",
        |store| store["secrets"][0]["value"] = json!("*"),
        "damaged",
    ),
    ("seal", |store| store["seal"] = json!(""), "damaged"),
    (
        "check",
        |store| store["check"] = json!(""),
        "wrong-passphrase",
    ),
    ("id", |store| store["id"] = json!("00"), "wrong-passphrase"),
    (
        "salt",
        |store| store["kdf"]["salt"] = json!("AAAAAAAAAAAAAAAAAAAAAA=="),
        "wrong-passphrase",
    ),
    (
        "cheaper",
        |store| store["kdf"]["memory_kib"] = json!(8192),
        "wrong-passphrase",
    ),
    (
        "fewer passes",
        |store| store["kdf"]["passes"] = json!(1),
        "wrong-passphrase",
    ),
    (
        "all memory",
        |store| store["kdf"]["memory_kib"] = json!(u32::MAX),
        "unreadable",
    ),
    (
        "more memory than is borne",
        |store| store["kdf"]["memory_kib"] = json!(262_145),
        "unreadable",
    ),
    (
        "no memory",
        |store| store["kdf"]["memory_kib"] = json!(8),
        "unreadable",
    ),
    (
        "no end",
        |store| store["kdf"]["passes"] = json!(u32::MAX),
        "unreadable",
    ),
    (
        "many lanes",
        |store| store["kdf"]["lanes"] = json!(16_000_000),
        "unreadable",
    ),
    (
        "another derivation",
        |store| store["kdf"]["name"] = json!("argon2d"),
        "unreadable",
    ),
    (
        "salt cut",
        |store| store["kdf"]["salt"] = json!("AA=="),
        "unreadable",
    ),
    (
        "another version",
        |store| store["aegis"] = json!("secret-store/2"),
        "unreadable",
    ),
    (
        "unknown key",
        |store| store["more"] = json!(1),
        "unreadable",
    ),
    (
        "a name twice",
        |store| store["secrets"][1] = store["secrets"][0].clone(),
        "unreadable",
    ),
    (
        "a hostile name",
        |store| store["secrets"][0]["name"] = json!("\u{1b}[2J"),
        "unreadable",
    ),
    (
        "no list",
        |store| store["secrets"] = json!({}),
        "unreadable",
    ),
    (
        "negative",
        |store| store["generation"] = json!(-1),
        "unreadable",
    ),
];

fn swap(store: &mut Value, part: &str) {
    let first = store["secrets"][0][part].clone();
    let second = store["secrets"][1][part].clone();
    store["secrets"][0][part] = second;
    store["secrets"][1][part] = first;
}

#[test]
fn a_store_that_was_changed_is_named_and_nothing_of_it_is_used() {
    // Of the same length: what is exchanged would fit.
    let place = Place::with(&[("one", "value-of-one"), ("two", "value-of-two")]);
    let whole = place.store();
    for (what, change, expected) in CHANGES {
        let mut store = whole.clone();
        change(&mut store);
        assert_ne!(store, whole, "{what} changes nothing");
        place.private("store.json", &store.to_string());
        let (code, told) = place.list();
        assert_eq!(told["code"], *expected, "{what}: {told}");
        assert_eq!(
            code,
            Some(if *expected == "wrong-passphrase" {
                2
            } else {
                1
            }),
            "{what}"
        );
        // And nothing is written over it.
        let set = place.secrets(&["set", "three", "--json"], "a third value");
        assert_ne!(set.status.code(), Some(0), "{what}");
        assert_eq!(place.store(), store, "{what}");
    }
    place.private("store.json", &whole.to_string());
    assert_eq!(place.names(), ["one", "two"]);
}

#[test]
fn an_entry_of_an_older_time_does_not_come_back() {
    let place = Place::with(&[("one", "the old value")]);
    let old = place.store();
    place.set("one", "the new value");
    let mut store = place.store();
    store["secrets"] = old["secrets"].clone();
    place.private("store.json", &store.to_string());
    assert_eq!(place.list().1["code"], "damaged");
    store["seal"] = old["seal"].clone();
    place.private("store.json", &store.to_string());
    assert_eq!(place.list().1["code"], "damaged");
    // The whole old file is one that we wrote, and nothing in it can tell: docs/SECRETS.md says so.
    place.private("store.json", &old.to_string());
    assert_eq!(place.names(), ["one"]);
}

#[test]
fn a_secret_of_another_store_is_none_of_this_one() {
    let (place, other) = (
        Place::with(&[("one", "value-one")]),
        Place::with(&[("one", "value-two")]),
    );
    let mut store = place.store();
    store["secrets"] = other.store()["secrets"].clone();
    place.private("store.json", &store.to_string());
    assert_eq!(place.list().1["code"], "damaged");
}

#[test]
fn no_cut_file_is_a_store() {
    let place = Place::with(&[("one", "first value")]);
    let whole = std::fs::read_to_string(place.path("store.json")).unwrap();
    for length in (0..whole.len() - 1).step_by(37) {
        place.private("store.json", whole.get(..length).unwrap());
        let (code, told) = place.list();
        assert_eq!(
            (code, &told["code"]),
            (Some(1), &json!("unreadable")),
            "{length}"
        );
    }
    place.private("store.json", &"[".repeat(9 * 1024 * 1024));
    assert_eq!(place.list().1["code"], "unreadable");
}

#[test]
fn a_store_that_others_may_open_is_not_used() {
    let place = Place::with(&[("one", "first value")]);
    for mode in [0o640, 0o604, 0o660] {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(place.path("store.json"), mode).unwrap();
        let output = place.secrets(&["set", "two"], "second value");
        assert_eq!(output.status.code(), Some(2));
        assert!(
            said(&output).contains("open to others"),
            "{}",
            said(&output)
        );
    }
    std::fs::remove_file(place.path("store.json")).unwrap();
    std::fs::create_dir(place.path("store.json")).unwrap();
    let output = place.secrets(&["list"], "");
    assert!(
        said(&output).contains("not a regular file"),
        "{}",
        said(&output)
    );
}
