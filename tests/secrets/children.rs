//! Who is given which secret: each downstream its own, programs that print one nothing but what they need.
//! Knows nothing of what is said over the wire.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use aegis_tests::{Client, aegis};

use super::kit::{PHRASE, Place, run, said};

/// Variables of the kernel that are nobody's secret by its configuration, and yet none of anybody's business.
const DECOYS: &[(&str, &str)] = &[
    ("AWS_SECRET_ACCESS_KEY", "decoy-of-the-cloud"),
    ("GITHUB_TOKEN", "decoy-of-the-forge"),
    ("HTTPS_PROXY", "http://user:decoy-of-the-proxy@proxy"),
];
/// Downstream, reference, value.
const CHILDREN: &[(&str, &str, &str)] = &[
    ("a", "env:KERNEL_A", "secret-of-a"),
    ("b", "file:b.secret", "secret-of-b"),
    ("c", "store:c", "secret-of-c"),
    ("d", "command:./d.sh one two", "secret-of-d"),
];

fn house() -> Place {
    let place = Place::with(&[("c", "secret-of-c"), ("unused", "secret-of-nobody")]);
    place.private("b.secret", "secret-of-b\n");
    place.write(
        "d.sh",
        "#!/bin/sh\nenv > d.command\necho \"$@\" >> d.command\necho secret-of-d\necho secret-of-d >&2\n",
    );
    let mut config =
        "[kernel]\nprincipal = \"agent\"\npolicies = [\"policy.toml\"]\n[audit]\ndir = \"audit\"\n\
        [secrets]\nstore = \"store.json\"\nkey = \"file:phrase\"\ncommand_env = [\"NAMED\"]\n"
            .to_owned();
    let parrot = aegis().with_file_name("aegis-parrot");
    for (name, reference, _) in CHILDREN {
        let reference = reference.replace("./", &format!("{}/", place.folder().display()));
        config.push_str(&format!(
            "[south.{name}]\nmanifest = \"{name}.toml\"\ncommand = [{:?}]\nsecrets = {{ SECRET = {reference:?} }}\n\
             env = {{ REPORT = \"{name}.report\" }}\n",
            parrot.display().to_string()
        ));
        let manifest = format!(
            "server = \"{name}\"\n[tool.say]\ndescription = \"says\"\ncapabilities = [\"h:say\"]\n"
        );
        place.write(&format!("{name}.toml"), &manifest);
    }
    place.write("aegis.toml", &config);
    let grant = "[[grant]]\nid = \"all\"\nprincipal = \"agent\"\ncapabilities = [\"h:say\"]\n";
    place.write("policy.toml", grant);
    executable(&place, "d.sh");
    place
}

fn executable(place: &Place, name: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(place.path(name), mode).unwrap();
}

fn serve(place: &Place) -> Command {
    let mut kernel = Command::new(aegis());
    kernel
        .args(["serve", "--config", "aegis.toml"])
        .current_dir(place.folder())
        .envs(DECOYS.iter().copied())
        .env("KERNEL_A", "secret-of-a")
        .env("NAMED", "named for programs");
    kernel
}

#[test]
fn each_child_has_its_own_secret_and_no_other() {
    let place = house();
    let mut client = Client::run_telling(serve(&place), Stdio::null()).hello();
    assert_eq!(client.finish(), Some(0));
    for (name, _, own) in CHILDREN {
        let report = std::fs::read_to_string(place.path(&format!("{name}.report"))).unwrap();
        let variables: BTreeSet<&str> = report
            .lines()
            .filter_map(|line| line.split_once('=').map(|(name, _)| name))
            .collect();
        assert_eq!(
            variables,
            BTreeSet::from(["PATH", "REPORT", "SECRET"]),
            "{name}"
        );
        assert!(
            report.contains(&format!("SECRET={own}\n")),
            "{name}: {report}"
        );
        nothing_else(&report, own);
    }
}

#[test]
fn a_program_that_prints_a_secret_sees_no_other() {
    let place = house();
    let mut client = Client::run_telling(serve(&place), Stdio::null()).hello();
    assert_eq!(client.finish(), Some(0));
    let report = std::fs::read_to_string(place.path("d.command")).unwrap();
    nothing_else(&report, "");
    assert!(report.contains("NAMED=named for programs\n"), "{report}");
    assert!(report.contains("PATH="), "{report}");
    assert!(report.ends_with("one two\n"), "{report}");
    assert!(
        !report.contains("KERNEL_A") && !report.contains("GITHUB_TOKEN"),
        "{report}"
    );
    // It ran once for the start, though its secret is looked at more than once.
    assert_eq!(report.matches("one two").count(), 1);
}

fn nothing_else(report: &str, own: &str) {
    let others = CHILDREN
        .iter()
        .map(|(_, _, value)| *value)
        .filter(|value| *value != own);
    let decoys = DECOYS.iter().map(|(_, value)| *value);
    for foreign in others.chain(decoys).chain([PHRASE, "secret-of-nobody"]) {
        assert!(!report.contains(foreign), "{foreign} in {report}");
    }
}

#[test]
fn a_downstream_does_not_get_at_the_file_of_anothers_secret() {
    let place = house();
    std::fs::create_dir(place.path("private")).unwrap();
    place.private("private/b.secret", "secret-of-b");
    std::fs::create_dir(place.path("keys")).unwrap();
    place.private("keys/phrase", PHRASE);
    let text = std::fs::read_to_string(place.path("aegis.toml")).unwrap();
    let text = text.replace("file:b.secret", "file:private/b.secret");
    for (what, reached) in [
        (
            "env = { REPORT = \"a.report\", ROOT = \"private\" }",
            "private/b.secret",
        ),
        (
            "env = { REPORT = \"a.report\", ROOT = \"keys\" }",
            "keys/phrase",
        ),
        (
            "env = { REPORT = \"a.report\", ROOT = \"store.json\" }",
            "store.json",
        ),
    ] {
        let text = text.replace("file:phrase", "file:keys/phrase");
        place.write(
            "aegis.toml",
            &text.replace("env = { REPORT = \"a.report\" }", what),
        );
        let mut check = Command::new(aegis());
        check.args(["check"]).current_dir(place.folder());
        let output = run(check, "");
        assert_eq!(output.status.code(), Some(2), "{what}: {}", said(&output));
        let told = said(&output);
        assert!(
            told.contains("`[south.a]` reaches") && told.contains(reached),
            "{told}"
        );
    }
}
