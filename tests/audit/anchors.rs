//! Anchors: what they are shown, what becomes of their receipts, and what is refused while none takes anything.
//! Knows nothing of how long anything takes: time is set here.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicU64, Ordering};

use aegis_core::audit::{KeyUse, Note, Signed};
use aegis_host::clock::{Clock, Times};
use aegis_host::journal::{AnchorOptions, Anchoring, Checkpointing, JournalFault, Log, Signing};
use serde_json::Value;

use super::kit;
use super::signing::{both, public, root_key, sign, signed_house, signing};

const SECOND: u64 = 1_000_000_000;

/// Times that a test sets.
#[derive(Debug)]
struct Hand(AtomicU64);

impl Hand {
    fn new() -> &'static Self {
        Box::leak(Box::new(Self(AtomicU64::new(0))))
    }

    fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds * SECOND, Ordering::SeqCst);
    }
}

impl Times for Hand {
    fn wall_ns(&self) -> u64 {
        1_795_860_800 * SECOND + self.0.load(Ordering::SeqCst)
    }

    fn boot_ns(&self) -> u64 {
        SECOND + self.0.load(Ordering::SeqCst)
    }
}

struct House {
    folder: tempfile::TempDir,
    away: tempfile::TempDir,
    hand: &'static Hand,
}

impl House {
    async fn new() -> Self {
        let away = tempfile::tempdir().unwrap();
        let folder = signed_house(&away.path().join("root.key")).await;
        Self {
            folder,
            away,
            hand: Hand::new(),
        }
    }

    /// A command of this text, which runs in the folder `away`.
    fn anchor(&self, name: &str, script: &str) -> AnchorOptions {
        let path = self.away.path().join(name);
        // In its place in one step: another thread may be about to run it.
        let new = self.away.path().join(format!("{name}.new"));
        fs::write(&new, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&new, fs::Permissions::from_mode(0o700)).unwrap();
        fs::rename(&new, &path).unwrap();
        AnchorOptions {
            name: name.to_owned(),
            command: vec!["/bin/sh".into(), path.to_str().unwrap().into()],
            env: [("GREETING".to_owned(), "hello".to_owned())].into(),
            dir: self.away.path().to_owned(),
            timeout_ms: 20_000,
            every_ms: 0,
            witness: None,
        }
    }

    fn start(
        &self,
        anchors: Vec<AnchorOptions>,
        within_s: Option<u64>,
    ) -> Result<Log, JournalFault> {
        let signing = Signing {
            checkpointing: Checkpointing {
                anchoring: Anchoring {
                    anchors,
                    within_ms: within_s.map(|s| s * 1_000),
                },
                ..signing(self.folder.path()).checkpointing
            },
            ..signing(self.folder.path())
        };
        Log::start_signed(
            kit::options(self.folder.path()),
            Clock::of(self.hand),
            signing,
        )
    }

    /// The records of anchors, once there are so many.
    async fn heard(&self, log: &Log, count: usize) -> Vec<Value> {
        for _ in 0..2_000 {
            let all = kit::records(self.folder.path());
            let heard: Vec<Value> = all.into_iter().filter(|r| r["kind"] == "anchor").collect();
            if heard.len() >= count {
                return heard;
            }
            // A record more pushes those that wait behind it to the disk.
            log.append(kit::denial(7_000)).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("no {count} records of anchors");
    }

    fn audit(&self) -> std::path::PathBuf {
        self.folder.path().join("audit")
    }
}

#[tokio::test]
async fn an_anchor_gets_each_new_checkpoint_and_its_receipt_is_kept_and_recorded() {
    let house = House::new().await;
    let git = house.anchor("git", "cat > note; echo \"$GREETING from git\"; env > env");
    let quiet = house.anchor("quiet", "cat >> all");
    let log = house.start(vec![git, quiet], None).unwrap();
    kit::calls(&log, 0..3).await;
    assert!(log.checkpoint().await);
    let size = log.signed();
    let heard = house.heard(&log, 2).await;
    let by = |name: &str| heard.iter().find(|r| r["anchor"]["name"] == name).unwrap();
    assert_eq!(by("git")["anchor"]["size"], size);
    assert_eq!(by("quiet")["anchor"]["receipt"], Value::Null);
    let receipt = house.audit().join(format!("anchors/git/{size:020}"));
    assert_eq!(fs::read_to_string(&receipt).unwrap(), "hello from git\n");
    let sum = aegis_core::audit::Leaf::of_bytes(b"hello from git\n").to_string();
    assert_eq!(by("git")["anchor"]["receipt"], sum);
    // What it got is what lies in the folder; nothing of the kernel's environment came along.
    let shown = Note::parse(&fs::read(house.away.path().join("note")).unwrap()).unwrap();
    let history = fs::read_to_string(house.audit().join("checkpoints.log")).unwrap();
    assert!(history.contains(&shown.to_string()));
    let env = fs::read_to_string(house.away.path().join("env")).unwrap();
    assert!(!env.contains("CARGO"), "{env}");
    // Records of anchors alone are no news: they do not make anchors run for ever.
    log.close().await;
    let last = fs::read(house.away.path().join("note")).unwrap();
    assert_eq!(
        last,
        fs::read(house.audit().join("checkpoint")).unwrap(),
        "the last one too"
    );
    let kept = house.away.path().join("note");
    let anchored = [
        "--key",
        &root_key(),
        "--anchor",
        kept.to_str().unwrap(),
        "--require",
        "anchored",
    ];
    assert_eq!(both(&house.audit(), &anchored).1, 0);
}

#[tokio::test]
async fn while_no_anchor_takes_anything_calls_are_refused_until_one_does() {
    let house = House::new().await;
    let dead = || house.anchor("main", "cat > /dev/null; exit 3");
    let log = house.start(vec![dead()], Some(600)).unwrap();
    kit::calls(&log, 0..2).await;
    assert!(log.checkpoint().await);
    let failed = &house.heard(&log, 1).await[0];
    assert_eq!(failed["cause"], "exit 3");
    house.hand.pass(599);
    assert!(!log.anchor_is_overdue());
    house.hand.pass(2);
    assert!(log.anchor_is_overdue());
    // It works again; its pause is over.
    house.anchor("main", "cat > note");
    assert!(log.checkpoint().await);
    while log.anchor_is_overdue() {
        log.append(kit::denial(1)).await.unwrap();
        assert!(log.checkpoint().await);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    kit::calls(&log, 2..3).await;
    log.close().await;
    // What was anchored at the close is nothing to wait for, however long ago that was.
    house.hand.pass(10_000);
    let log = house.start(vec![dead()], Some(600)).unwrap();
    assert!(!log.anchor_is_overdue());
    kit::calls(&log, 3..4).await;
    log.close().await;
    // What was not is still waited for at the next start, which has no time of its own.
    house.hand.pass(601);
    let log = house.start(vec![dead()], Some(600)).unwrap();
    assert!(log.anchor_is_overdue());
    log.close().await;
}

#[tokio::test]
async fn an_anchor_that_must_cosign_and_does_not_took_nothing() {
    let house = House::new().await;
    let witness = |seed: u8| public("w.example/1", KeyUse::Cosignature, seed);
    let mut liar = house.anchor("liar", "cat > /dev/null; echo 'all is well'");
    liar.witness = Some(witness(21));
    let log = house.start(vec![liar], None).unwrap();
    kit::calls(&log, 0..1).await;
    assert!(log.checkpoint().await);
    assert_eq!(house.heard(&log, 1).await[0]["cause"], "no cosignature");
    log.close().await;
    assert!(!house.audit().join("cosigned").exists());
}

#[tokio::test]
async fn a_cosignature_lies_with_the_log_and_travels_with_proofs() {
    let house = House::new().await;
    let witness = |seed: u8| public("w.example/1", KeyUse::Cosignature, seed);
    // A witness signs what it is shown: here the test does so for it.
    let script = "cat > asked.new; mv asked.new asked; while [ ! -e answer ]; do sleep 0.02; done; cat answer";
    let mut honest = house.anchor("honest", script);
    honest.witness = Some(witness(21));
    let log = house.start(vec![honest], None).unwrap();
    kit::calls(&log, 0..1).await;
    assert!(log.checkpoint().await);
    let asked = house.away.path().join("asked");
    while !asked.exists() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let mut note = Note::parse(&fs::read(&asked).unwrap()).unwrap();
    for seed in [22, 21] {
        sign(&mut note, "w.example/1", KeyUse::Cosignature, seed);
    }
    let lines: Vec<String> = note.signatures()[1..]
        .iter()
        .map(ToString::to_string)
        .collect();
    let answer = house.away.path().join("answer");
    fs::write(house.away.path().join("answer.new"), lines.join("\n")).unwrap();
    fs::rename(house.away.path().join("answer.new"), answer).unwrap();
    let heard = house.heard(&log, 1).await;
    assert_eq!(heard[0]["cause"], Value::Null, "{heard:?}");
    log.close().await;
    let cosigned = fs::read(house.audit().join("cosigned")).unwrap();
    let cosigned = Note::parse(&cosigned).unwrap();
    assert!(matches!(
        cosigned.signed_by(&witness(21)),
        Signed::Yes(Some(_))
    ));
    assert_eq!(
        cosigned.signed_by(&witness(22)),
        Signed::No,
        "nobody knows that one"
    );
    let (root, witness) = (root_key(), witness(21).to_string());
    let witnessed = [
        "--key",
        &root,
        "--witness",
        &witness,
        "--require",
        "witnessed",
    ];
    assert_eq!(
        both(&house.audit(), &witnessed).1,
        3,
        "the end was not cosigned"
    );
    let with_tail = [&witnessed[..], &["--tail", "1000"]].concat();
    assert_eq!(both(&house.audit(), &with_tail).1, 0);
    // A record's proof carries who has seen its checkpoint.
    let file = house.away.path().join("proof");
    let file = file.to_str().unwrap();
    let dir = house.audit();
    assert_eq!(
        kit::aegis(&["prove", "5", dir.to_str().unwrap(), "-o", file]).0,
        0
    );
    let check = |key: &str| kit::aegis(&["check-proof", file, "--key", &root, "--witness", key]).0;
    assert_eq!(check(&witness), 0);
    assert_eq!(check(&super::signing::witness_key(22)), 1);
}

/// The log of a kernel is configured as the documentation says.
#[test]
fn anchors_are_configured_by_name_and_what_makes_no_sense_is_said() {
    let good = "required_within = \"10m\"\n[audit.checkpoints]\nseconds = 1\n[[audit.anchor]]\nname = \"git\"\ncommand = [\"git\", \"push\"]\nevery = \"1m\"\n";
    let problems = |text: &str| {
        let world = aegis_tests::TempWorld::new();
        let config = fs::read_to_string(world.config()).unwrap();
        let (first, rest) = text.split_at(text.find("[audit").unwrap());
        assert!(config.contains("[audit]\n"));
        let config = config.replacen("[audit]\n", &format!("[audit]\n{first}"), 1) + "\n" + rest;
        fs::write(world.config(), config).unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_aegis-under-test"))
            .args(["check", "--json", "--config"])
            .arg(world.config())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let said = problems(good);
    assert!(
        said.contains("\"anchors\":[\"git\"]") && said.contains("\"required\":true"),
        "{said}"
    );
    for (from, to) in [
        ("10m", "10"),
        ("10m", "30s"),
        ("\"git\"\n", "\"../git\"\n"),
        ("every = \"1m\"", "every = \"1m\"\nwitness = \"w\""),
        ("command = [\"git\", \"push\"]", "command = []"),
        ("seconds = 1", "seconds = 0"),
        (
            "[[audit.anchor]]\nname = \"git\"\ncommand = [\"git\", \"push\"]\nevery = \"1m\"\n",
            "",
        ),
    ] {
        let said = problems(&good.replace(from, to));
        assert!(said.contains("\"ok\":false"), "{to}: {said}");
    }
}
