//! Two that write at a time, one that is killed while it writes, and a disk that is full.
//! Knows nothing of what is written.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::kit::{Place, run, said};

#[test]
fn of_many_that_write_at_a_time_none_undoes_what_another_did() {
    let place = Place::with(&[("first", "a first value")]);
    let names: Vec<String> = (0..8).map(|n| format!("n{n}")).collect();
    let done: Vec<(String, bool)> = std::thread::scope(|scope| {
        let threads: Vec<_> = names
            .iter()
            .map(|name| {
                let place = &place;
                scope.spawn(move || {
                    let output = place.secrets(&["set", name, "--json"], "its own value");
                    let held = said(&output).contains("\"held\"");
                    assert!(output.status.success() || held, "{}", said(&output));
                    (name.clone(), output.status.success())
                })
            })
            .collect();
        threads.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut expected: Vec<String> = done
        .into_iter()
        .filter(|(_, set)| *set)
        .map(|(n, _)| n)
        .collect();
    assert!(!expected.is_empty());
    expected.insert(0, "first".to_owned());
    expected.sort();
    assert_eq!(place.names(), expected);
}

#[test]
fn a_kill_while_it_writes_leaves_the_old_store_or_the_new_one() {
    let place = Place::with(&[("kept", "a kept value")]);
    let large = "x".repeat(60_000);
    let (mut caught, mut whole) = (0, 0);
    for round in 0..12 {
        let name = format!("n{round}");
        let mut command = place.command(&["set", &name, "--store", "store.json"]);
        let mut child = command
            .args(["--key", "file:phrase"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(large.as_bytes())
            .unwrap();
        // Killed as soon as the draft of the new file is there.
        let draft = place.path(".store.json.new");
        let patience = Instant::now() + Duration::from_secs(60);
        let ended = loop {
            if draft.exists() {
                break false;
            }
            if child.try_wait().unwrap().is_some() {
                break true;
            }
            assert!(Instant::now() < patience);
        };
        child.kill().unwrap();
        child.wait().unwrap();
        let names = place.names();
        assert!(names.contains(&"kept".to_owned()), "{names:?}");
        caught += usize::from(!ended);
        whole += usize::from(names.contains(&name));
    }
    assert!(caught > 0 && whole <= 12, "no write was met");
    // A draft that was left behind is in nobody's way.
    place.set("after", "a value after all");
    assert!(place.names().contains(&"after".to_owned()));
    assert!(!place.path(".store.json.new").exists());
}

#[test]
fn a_full_disk_leaves_the_store_as_it_was() {
    let place = Place::with(&[("kept", "a kept value")]);
    let before = place.store();
    let mut command = Command::new("sh");
    let program = aegis_tests::aegis();
    let line = "trap '' XFSZ; ulimit -f 8; exec \"$0\" secrets set large --store store.json --key file:phrase";
    command
        .args(["-c", line])
        .arg(program)
        .current_dir(place.folder());
    let output = run(command, &"x".repeat(60_000));
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let told = said(&output);
    assert!(
        told.contains("cannot be written") && told.contains("untouched"),
        "{told}"
    );
    assert_eq!(place.store(), before);
    assert_eq!(place.names(), ["kept"]);
}
