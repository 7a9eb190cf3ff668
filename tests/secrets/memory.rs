//! Processes that hold secrets are closed to other processes of the same user, and leave no core.
//! Knows nothing of which secrets they hold.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aegis_tests::aegis;

use super::kit::Place;

/// Somebody who is not root: of root's processes `/proc` tells nothing, since all in it is root's anyway.
const NOBODY: u32 = 65_534;

struct House {
    place: Place,
    program: PathBuf,
    user: u32,
}

impl House {
    fn new() -> Self {
        let place = Place::with(&[("one", "first value")]);
        let user = rustix::process::geteuid().as_raw();
        let user = if user == 0 { NOBODY } else { user };
        // Where that user can run it, whatever the folders above the build are.
        let program = place.path("program");
        std::fs::hard_link(aegis(), &program)
            .or_else(|_| std::fs::copy(aegis(), &program).map(drop))
            .unwrap();
        give(place.folder(), user);
        Self {
            place,
            program,
            user,
        }
    }

    fn start(&self, program: &Path, words: &[&str]) -> Running {
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(self.place.folder())
            .env("AEGIS_POSTGRES_URL", "sqlite:data.db")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if rustix::process::geteuid().is_root() {
            command.uid(self.user).gid(self.user);
        }
        Running(command.spawn().unwrap())
    }
}

/// The folder and what is in it; not the program, which is linked to a file of ours.
fn give(folder: &Path, user: u32) {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("program") {
            chown(path, Some(user), Some(user)).unwrap();
        }
    }
    chown(folder, Some(user), Some(user)).unwrap();
}

struct Running(Child);

impl Running {
    /// The owner of what `/proc` holds of it: its own user, and root once the system lets nobody else look.
    fn owner(&self) -> u32 {
        let place = format!("/proc/{}/environ", self.0.id());
        std::fs::metadata(place).unwrap().uid()
    }

    fn limits(&self) -> String {
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", self.0.id())).unwrap();
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        line.unwrap().to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn whoever_holds_a_secret_is_closed_to_its_own_user() {
    let house = House::new();
    house.place.write(
        "policy.toml",
        "[[grant]]\nid = \"g\"\nprincipal = \"agent\"\ncapabilities = \"h:say\"\n",
    );
    house.place.write(
        "h.toml",
        "server = \"h\"\n[tool.t]\ndescription = \"d\"\ncapabilities = \"h:say\"\n",
    );
    house.place.write(
        "aegis.toml",
        "[kernel]\nprincipal = \"agent\"\npolicies = [\"policy.toml\"]\n[secrets]\nstore = \"store.json\"\nkey = \"file:phrase\"\n\
         [south.h]\nmanifest = \"h.toml\"\ncommand = [\"sleep\", \"1000\"]\nsecrets = { ONE = \"store:one\" }\n",
    );
    // The judge itself: of a process that does nothing for it, the user is told.
    let open = house.start(Path::new("/bin/sleep"), &["1000"]);
    assert_eq!(open.owner(), house.user);
    for words in [
        &["serve"][..],
        &[
            "secrets",
            "--store",
            "store.json",
            "--key",
            "file:phrase",
            "set",
            "two",
        ],
        &["downstream", "postgres"],
    ] {
        let mut running = house.start(&house.program, words);
        let patience = Instant::now() + Duration::from_secs(60);
        while running.owner() != 0 {
            assert!(running.0.try_wait().unwrap().is_none(), "{words:?} ended");
            assert!(Instant::now() < patience, "{words:?} is open to its user");
            std::thread::yield_now();
        }
        let limits = running.limits();
        let bounds: Vec<&str> = limits.split_whitespace().skip(4).take(2).collect();
        assert_eq!(bounds, ["0", "0"], "{words:?}: {limits}");
    }
}
