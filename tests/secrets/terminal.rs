//! A person before a terminal: nothing that is typed is shown, and the terminal is left as it was.
//! Knows nothing of stores.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use super::kit::Place;

struct Typist {
    keys: File,
    terminal: File,
    child: Child,
}

impl Typist {
    fn before(place: &Place, words: &[&str]) -> Self {
        let pty: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&pty).unwrap();
        unlockpt(&pty).unwrap();
        let name = ptsname(&pty, Vec::new()).unwrap();
        let name = name.to_str().unwrap();
        let terminal = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name)
            .unwrap();
        let child = place
            .command(words)
            .args(["--store", "store.json"])
            .stdin(Stdio::from(terminal.try_clone().unwrap()))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            keys: File::from(pty),
            terminal,
            child,
        }
    }

    /// Types once the question stands there, when nothing is shown any more.
    fn types(&mut self, question: &str, keys: &str) {
        let mut asked = String::new();
        let said = self.child.stderr.as_mut().unwrap();
        while !asked.ends_with(": ") {
            let mut byte = [0];
            assert_eq!(said.read(&mut byte).unwrap(), 1, "ended after {asked}");
            asked.push(char::from(byte[0]));
        }
        assert!(asked.contains(question), "{asked}");
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// The exit code, and everything that appeared on the terminal or was said.
    fn ends(mut self) -> (Option<i32>, String) {
        let mut shown = String::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut shown)
            .unwrap();
        let mut told = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut told)
            .unwrap();
        let code = self.child.wait().unwrap().code();
        let modes = tcgetattr(&self.terminal).unwrap().local_modes;
        assert!(modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG));
        // What is echoed waits on the keyboard's side; a mark of ours ends it.
        self.terminal.write_all(b"<end>").unwrap();
        let mut screen = Vec::new();
        while !screen.ends_with(b"<end>") {
            let mut byte = [0];
            self.keys.read_exact(&mut byte).unwrap();
            screen.push(byte[0]);
        }
        (code, shown + &told + &String::from_utf8_lossy(&screen))
    }
}

#[test]
fn what_is_typed_is_not_shown_and_is_what_is_kept() {
    let place = Place::new();
    let mut typist = Typist::before(&place, &["set", "typed"]);
    typist.types("passphrase for the new store", "correct horse battery\r");
    typist.types("again", "correct horse battery\r");
    // A slip, taken back; and a letter of two bytes, taken back whole.
    typist.types("value of `typed`", "wrong\u{15}typed-valueé\u{7f}!\r");
    let (code, shown) = typist.ends();
    assert_eq!(code, Some(0), "{shown}");
    for hidden in ["correct", "typed-value", "wrong"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    assert_eq!(place.names(), ["typed"]);
    // The passphrase is the one that the file has; the value is what the kernel would give a child.
    let config = "[secrets]\nstore = \"store.json\"\nkey = \"file:phrase\"\n";
    assert_eq!(
        super::kernel::given(&place, config, "store:typed"),
        "typed-value!"
    );
}

#[test]
fn two_passphrases_that_differ_make_no_store() {
    let place = Place::new();
    let mut typist = Typist::before(&place, &["set", "typed"]);
    typist.types("passphrase", "correct horse battery\r");
    typist.types("again", "correct horse batterie\r");
    let (code, shown) = typist.ends();
    assert_eq!(code, Some(2));
    assert!(shown.contains("not the same"), "{shown}");
    assert!(!place.path("store.json").exists());
}

#[test]
fn whoever_gives_up_changes_nothing_and_keeps_the_terminal() {
    for key in ["\u{3}", "\u{4}", "half a passphrase\u{3}"] {
        let place = Place::new();
        let mut typist = Typist::before(&place, &["set", "typed"]);
        typist.types("passphrase", key);
        let (code, shown) = typist.ends();
        assert_eq!(code, Some(2));
        assert!(shown.contains("given up"), "{shown}");
        assert!(!place.path("store.json").exists());
    }
}
