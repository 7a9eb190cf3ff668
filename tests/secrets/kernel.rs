//! Kernels that take secrets from the store, and what stops them by name.
//! Knows nothing of how the store is changed.

use std::process::Command;

use aegis_tests::{Client, aegis, before_hostile};
use serde_json::json;

use super::kit::{Place, run, said};

const MANIFEST: &str =
    "server = \"h\"\n[tool.note]\ndescription = \"takes notes\"\ncapabilities = [\"h:say\"]\n";

/// A configuration with one downstream, which writes the environment that it is given into a file.
fn before(place: &Place, secrets: &str, south: &str) {
    before_hostile(place.folder(), MANIFEST, "legacy");
    let path = place.path("aegis.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{config}{south}\n{secrets}")).unwrap();
}

/// The value that a child is given for a reference.
pub(crate) fn given(place: &Place, secrets: &str, reference: &str) -> String {
    place.write("h.sh", "env > given.env; exec sleep 1000\n");
    before(place, secrets, "");
    let path = place.path("aegis.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let (head, _) = config.split_once("command = ").unwrap();
    let south = format!(
        "command = [\"sh\", \"h.sh\"]\ntimeout_ms = 50\nsecrets = {{ GIVEN = {reference:?} }}\n{secrets}"
    );
    std::fs::write(&path, format!("{head}{south}")).unwrap();
    let kernel = Command::new(aegis())
        .args(["serve", "--config"])
        .arg(&path)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let environment =
        std::fs::read_to_string(place.path("given.env")).unwrap_or_else(|_| panic!("{kernel:?}"));
    let found = environment
        .lines()
        .find_map(|line| line.strip_prefix("GIVEN="));
    found.unwrap_or_else(|| panic!("{environment}")).to_owned()
}

const SECRETS: &str = "[secrets]\nstore = \"store.json\"\nkey = \"file:phrase\"\n";

#[test]
fn a_child_is_given_what_was_set() {
    let value = "pä\"ss'w\\ord $HOME +/= %41";
    let place = Place::with(&[("db-url", value), ("other", "another value")]);
    assert_eq!(given(&place, SECRETS, "store:db-url"), value);
    // The passphrase may come from a program.
    let program = SECRETS.replace("file:phrase", "command:cat phrase");
    let printed = place.path("phrase").display().to_string();
    let program = program.replace("cat phrase", &format!("cat {printed}"));
    assert_eq!(given(&place, &program, "store:other"), "another value");
}

#[test]
fn a_kernel_works_with_the_store_as_it_was_at_its_start() {
    let place = Place::with(&[("one", "first value")]);
    before(&place, SECRETS, "secrets = { CANARY = \"store:one\" }");
    let mut client = Client::start(&place.path("aegis.toml"));
    place.set("one", "second value");
    assert_eq!(client.call("h__note", &json!({}))["isError"], json!(false));
    assert_eq!(client.finish(), Some(0));
}

/// `[secrets]`, the reference, `check`'s exit code, what `check` and `serve` say.
const STOPPED: &[(&str, &str, i32, &str, &str)] = &[
    (
        SECRETS,
        "store:two",
        2,
        "holds no such name",
        "holds no secret `two`",
    ),
    (
        "",
        "store:one",
        2,
        "nothing says what opens it",
        "nothing says what opens it",
    ),
    (
        "[secrets]\nstore = \"elsewhere.json\"\nkey = \"file:phrase\"\n",
        "store:one",
        0,
        "not here",
        "`aegis secrets set NAME` makes it",
    ),
    (
        "[secrets]\nstore = \"phrase\"\nkey = \"file:phrase\"\n",
        "store:one",
        2,
        "cannot be read",
        "no store of secrets that can be read",
    ),
    (
        "[secrets]\nstore = \"store.json\"\nkey = \"file:wrong\"\n",
        "store:one",
        0,
        "",
        "does not open",
    ),
    (
        "[secrets]\nstore = \"store.json\"\nkey = \"env:AEGIS_NO_SUCH\"\n",
        "store:one",
        0,
        "",
        "is not set",
    ),
    (
        "[secrets]\nstore = \"store.json\"\nkey = \"command:false\"\n",
        "store:one",
        0,
        "",
        "`false` gave nothing",
    ),
    (
        "[secrets]\nkey = \"a literal passphrase\"\n",
        "store:one",
        2,
        "is not a reference",
        "is not a reference",
    ),
    (
        "[secrets]\ncommand_timeout_ms = 0\n",
        "env:HOME",
        2,
        "not within 1",
        "not within 1",
    ),
    (
        "[secrets]\ncommand_env = [\"A-B\"]\n",
        "env:HOME",
        2,
        "a variable's name",
        "a variable's name",
    ),
    (
        "[secrets]\ncommand_env = [\"HOME\"]\n",
        "env:HOME",
        2,
        "`command_env` shows `HOME`",
        "`command_env` shows `HOME`",
    ),
    (
        SECRETS,
        "store:../one",
        2,
        "is not a reference",
        "is not a reference",
    ),
    (
        SECRETS,
        "command:sh -c 'echo x'",
        2,
        "is not a reference",
        "is not a reference",
    ),
    (
        SECRETS,
        "command:",
        2,
        "is not a reference",
        "is not a reference",
    ),
    (
        SECRETS,
        "command:printf $X",
        2,
        "is not a reference",
        "is not a reference",
    ),
];

#[test]
fn what_is_missing_or_wrong_is_told_by_check_and_stops_the_start() {
    let place = Place::with(&[("one", "first value")]);
    place.private("wrong", "another passphrase");
    for (secrets, reference, code, checked, served) in STOPPED {
        before(
            &place,
            secrets,
            &format!("secrets = {{ CANARY = {reference:?} }}"),
        );
        let aegis = |word: &str| {
            let mut command = Command::new(aegis());
            command
                .args([word, "--config", "aegis.toml"])
                .current_dir(place.folder());
            run(command, "")
        };
        let check = aegis("check");
        let told = said(&check);
        assert_eq!(
            check.status.code(),
            Some(*code),
            "{secrets}{reference}: {told}"
        );
        assert!(told.contains(checked), "{secrets}{reference}: {told}");
        let serve = aegis("serve");
        assert_eq!(serve.status.code(), Some(2), "{secrets}{reference}");
        for told in [said(&serve), told] {
            assert!(
                !told.contains("first value") && !told.contains("correct horse"),
                "{told}"
            );
            assert!(!told.contains("literal passphrase"), "{told}");
        }
        assert!(
            said(&serve).contains(served),
            "{secrets}{reference}: {}",
            said(&serve)
        );
    }
}

#[test]
fn a_name_of_the_store_is_for_one_place() {
    let place = Place::with(&[("one", "first value")]);
    before(
        &place,
        SECRETS,
        "secrets = { A = \"store:one\", B = \"store:one\" }",
    );
    let mut command = Command::new(aegis());
    command
        .args(["check", "--config"])
        .arg(place.path("aegis.toml"));
    let output = run(command, "");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("`store:one` is for"),
        "{}",
        said(&output)
    );
}
