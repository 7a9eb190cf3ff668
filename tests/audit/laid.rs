//! Links, pipes and folders that somebody laid where the kernel keeps its own files: none is followed, none is waited for.
//! Knows nothing of what the files would hold.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Duration;

use aegis_host::journal::{Checkpointing, Journal, JournalOptions};
use aegis_host::rules::{RuleText, RuleTextKind};

use super::signing;

/// Whatever the kernel opens by its name below a house, there or not.
const NAMES: [&str; 17] = [
    "audit/LOCK",
    "audit/00000000000000000000.jsonl",
    "audit/00000000000000000000.tiles",
    "audit/ballast",
    "audit/checkpoint",
    "audit/checkpoint.new",
    "audit/checkpoints.log",
    "audit/head",
    "audit/.head.new",
    "audit/policies",
    "audit/policies/TEXT",
    "audit/policies/.TEXT.new",
    "audit/catalogs/TEXT",
    "audit/keys/0.cert",
    "state/keys/commit.lock",
    "HEAD.resume",
    "HEAD.head",
];
const TEXT: &str = "a policy";
const OUTSIDE: &str = "somebody else's";

#[derive(Clone, Copy, Debug)]
enum Laid {
    Link,
    Pipe,
    Folder,
}

fn lay(path: &Path, what: Laid, outside: &Path) {
    match path.is_dir() && !path.is_symlink() {
        true => fs::remove_dir_all(path).unwrap(),
        false => drop(fs::remove_file(path)),
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match what {
        Laid::Link => symlink(outside, path).unwrap(),
        Laid::Folder => fs::create_dir(path).unwrap(),
        Laid::Pipe => {
            let made = Command::new("mkfifo").arg(path).status();
            assert!(made.unwrap().success());
        }
    }
}

/// A kernel's start, its first records and its end, as far as they come; within half a minute.
fn lived(folder: PathBuf) -> bool {
    let (done, ended) = channel();
    std::thread::spawn(move || {
        let options = JournalOptions {
            dir: folder.join("audit"),
            sync: false,
            keys: folder.join("state/keys"),
        };
        let life = async {
            let signing = Checkpointing {
                required: true,
                ..Checkpointing::default()
            };
            let journal = Journal::start_signed(options, &signing).ok()?;
            let text = RuleText {
                kind: RuleTextKind::Policy,
                name: "p.toml".to_owned(),
                text: TEXT.to_owned(),
            };
            let loaded = journal.policy_loaded("epoch", &[text]).await;
            let copies = journal.knows_copies();
            let read = journal.catalog_loaded("postgres", "start", TEXT).await;
            let closed = journal.close().await;
            (loaded.is_ok() && copies.is_ok() && read.is_ok() && closed.is_ok()).then_some(())
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let _ = done.send(runtime.unwrap().block_on(life).is_some());
    });
    ended
        .recv_timeout(Duration::from_secs(30))
        .expect("it waits for a pipe")
}

#[tokio::test]
async fn no_link_is_followed_and_no_pipe_is_waited_for() {
    let kept = tempfile::tempdir().unwrap();
    let house = signing::signed_house(&kept.path().join("root.key")).await;
    let hash = aegis_core::audit::Leaf::of_bytes(TEXT.as_bytes()).to_string();
    assert!(lived(house.path().to_owned()));
    let template = kept.path().join("template");
    let copy = |from: &Path, to: &Path| {
        let _ = fs::remove_dir_all(to);
        let copied = Command::new("cp").arg("-a").arg(from).arg(to).status();
        assert!(copied.unwrap().success());
    };
    copy(house.path(), &template);
    let outside = kept.path().join("outside");
    let mut refused = 0;
    for name in NAMES {
        for what in [Laid::Link, Laid::Pipe, Laid::Folder] {
            copy(&template, house.path());
            fs::write(&outside, OUTSIDE).unwrap();
            let second = fs::read_dir(house.path().join("state")).unwrap();
            let second = second.map(|entry| entry.unwrap().path());
            let second = second.filter(|path| path.extension().is_some_and(|e| e == "head"));
            let second: Vec<PathBuf> = second.collect();
            let path = match name.strip_prefix("HEAD.") {
                Some(kind) => second[0].with_extension(kind),
                None => house.path().join(name.replace("TEXT", &hash)),
            };
            lay(&path, what, &outside);
            refused += usize::from(!lived(house.path().to_owned()));
            assert_eq!(
                fs::read_to_string(&outside).unwrap(),
                OUTSIDE,
                "{name} {what:?}"
            );
            let dir = house.path().join("audit");
            let verified = Command::new(aegis_tests::aegis())
                .args(["audit", "verify", "--json"])
                .arg(dir)
                .output()
                .unwrap();
            assert!(verified.status.code().is_some(), "{name} {what:?}");
        }
    }
    assert!(refused > 20, "{refused}");
}
