//! However a kernel ends, nothing that its downstreams have begotten lives on.
//! Knows nothing of MCP beyond a call.

use std::process::Command;

use aegis_tests::processes::{Process, children_of, descendants_of, gone};
use aegis_tests::{Client, aegis};

use crate::kit::{House, call};

fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.unwrap().success());
}

/// A kernel with downstreams that end by themselves, that nothing moves but SIGKILL, and that have grandchildren.
fn full() -> (House, Client, Vec<Process>) {
    let unruly = aegis().with_file_name("aegis-unruly");
    // Whoever ignores a signal has children that ignore it.
    let mule = format!(
        "trap '' TERM HUP INT QUIT; exec {} call deaf",
        unruly.display()
    );
    let house = House::new()
        .unruly("tame", "never", "", "")
        .unruly("wild", "never", "", "")
        .with("mule", &["sh", "-c", &mule], "timeout_ms = 1000");
    let mut kernel = house.start();
    assert_eq!(call(&mut kernel, "tame__echo"), "ok");
    assert_eq!(call(&mut kernel, "wild__brood"), "ok");
    assert_eq!(call(&mut kernel, "mule__brood"), "ok");
    // From here on it reads nothing, its closed input neither.
    assert_eq!(call(&mut kernel, "mule__go"), "downstream-timeout");
    let all = descendants_of(kernel.process());
    // Three keepers, three servers, and of two of them six in three generations at least.
    assert!(all.len() >= 12, "{all:?}");
    (house, kernel, all)
}

#[test]
fn a_kernel_that_ends_in_order_leaves_nothing() {
    let (_house, mut kernel, all) = full();
    assert_eq!(kernel.finish(), Some(0));
    // Nothing is left to be waited for: it was all reaped before the kernel's own end.
    let alive: Vec<_> = all.iter().filter(|one| lives(one)).collect();
    assert!(alive.is_empty(), "{alive:?}");
}

fn lives(process: &Process) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.0)).unwrap_or_default();
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let mut fields = rest.split_whitespace();
    let state = fields.next().unwrap_or("X");
    !"ZX".contains(state) && fields.nth(18) == Some(process.1.as_str())
}

#[test]
fn a_kernel_that_is_killed_leaves_nothing() {
    for name in ["-KILL", "-TERM", "-ABRT"] {
        let (_house, mut kernel, all) = full();
        signal(name, kernel.process());
        gone(&all);
        kernel.kill();
    }
}

#[test]
fn a_keeper_that_is_killed_takes_its_group_along_and_the_next_call_is_answered() {
    let house = House::new().unruly("tame", "never", "", "");
    let mut kernel = house.start();
    assert_eq!(call(&mut kernel, "tame__echo"), "ok");
    for _ in 0..3 {
        let keepers = children_of(kernel.process());
        assert_eq!(keepers.len(), 1, "{keepers:?}");
        let below = descendants_of(keepers[0].0);
        assert!(!below.is_empty());
        signal("-KILL", keepers[0].0);
        gone(&below);
        assert_eq!(call(&mut kernel, "tame__echo"), "ok");
    }
    assert_eq!(kernel.finish(), Some(0));
}

#[test]
fn orphans_of_a_downstream_are_reaped_while_it_lives() {
    let house = House::new().unruly("wild", "never", "", "");
    let mut kernel = house.start();
    assert_eq!(call(&mut kernel, "wild__brood"), "ok");
    let keeper = children_of(kernel.process())[0].0;
    let server = children_of(keeper).into_iter().find(|(pid, _)| {
        let words = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        words.contains("aegis-unruly")
    });
    // What the server let go of has its keeper for a parent.
    let server = server.unwrap().0;
    let let_go: Vec<_> = children_of(keeper)
        .into_iter()
        .filter(|(pid, _)| *pid != server)
        .collect();
    assert!(!let_go.is_empty());
    let_go.iter().for_each(|(pid, _)| signal("-KILL", *pid));
    gone(&let_go);
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while let_go
        .iter()
        .any(|(pid, _)| std::path::Path::new(&format!("/proc/{pid}")).exists())
    {
        assert!(std::time::Instant::now() < patience, "a zombie is left");
        std::thread::yield_now();
    }
    assert_eq!(call(&mut kernel, "wild__echo"), "ok");
    assert_eq!(kernel.finish(), Some(0));
}

#[test]
fn a_keeper_of_nobody_starts_nothing() {
    let own = std::process::id().to_string();
    let parent = children_of(std::process::id()); // of a number that is not its parent's
    let other = parent
        .first()
        .map_or("1".to_owned(), |(pid, _)| pid.to_string());
    for (of, code) in [(own.as_str(), 0), (other.as_str(), 127), ("1", 127)] {
        let mark = tempfile::tempdir().unwrap();
        let mark = mark.path().join("ran");
        let ended = Command::new(aegis())
            .args(["keep", "--of", of, "--run", "/usr/bin/env", "env", "touch"])
            .arg(&mark)
            .output()
            .unwrap();
        assert_eq!(ended.status.code(), Some(code), "{ended:?}");
        assert_eq!(mark.exists(), code == 0);
    }
}
