//! A log that the kernel signed, for tests to attack, and every verifier that must agree on it.
//! Knows nothing of how the kernel signs: what an attacker signs with a stolen key is made here, by the published formats.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use aegis_core::audit::{
    Checkpoint, EpochCertificate, Frontier, History, Id, KeyUse, Leaf, Note, NoteSignature, Signer,
    SigningKey, Tombstone, VerifierKey,
};
use aegis_host::clock::Clock;
use aegis_host::journal::{Checkpointing, JournalFault, Log, Signing, SigningKeys};
use serde_json::Value;

use super::attacks::Lines;
use super::kit;

pub(super) const ROOT: &str = "acme.example/aegis-root";
pub(super) const NAME: &str = "kernel.example";

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(super) fn public(name: &str, usage: KeyUse, seed: u8) -> VerifierKey {
    VerifierKey::new(name, usage, key(seed).verifying_key().as_bytes()).unwrap()
}

/// The root key that auditors hold.
pub(super) fn root_key() -> String {
    public(ROOT, KeyUse::Note, 1).to_string()
}

pub(super) fn witness_key(seed: u8) -> String {
    public("w.example/1", KeyUse::Cosignature, seed).to_string()
}

pub(super) fn sign(note: &mut Note, name: &str, usage: KeyUse, seed: u8) {
    let key = key(seed);
    let line = Signer::new(name, usage, &key)
        .unwrap()
        .sign(note, 1_795_200_000);
    note.add(line);
}

fn base64(bytes: &[u8]) -> String {
    // A signature line is base64 of an id and bytes: what the published form encodes, this encodes.
    let line = NoteSignature {
        name: "x".into(),
        id: u32::from_be_bytes(bytes[..4].try_into().unwrap()),
        bytes: bytes[4..].to_vec(),
    };
    line.to_string().rsplit(' ').next().unwrap().to_owned()
}

pub(super) fn log_of(lines: &Lines) -> Id {
    let first: Value = serde_json::from_str(&lines.0[0]).unwrap();
    Id::parse(first["log"].as_str().unwrap()).unwrap()
}

/// The checkpoint over the first `size` lines, signed by the key `seed`.
pub(super) fn checkpoint(lines: &Lines, size: usize, seed: u8) -> Note {
    let mut tree = Frontier::default();
    for line in &lines.0[..size] {
        let stone = Tombstone::parse(line.as_bytes()).map(|stone| stone.leaf);
        tree.push(stone.unwrap_or_else(|| Leaf::of_line(line.as_bytes())));
    }
    let origin = Checkpoint::origin(NAME, log_of(lines)).unwrap();
    let mut note = Checkpoint {
        origin: origin.clone(),
        size: size as u64,
        root: tree.root(),
        extensions: Vec::new(),
    }
    .note();
    sign(&mut note, &origin, KeyUse::Note, seed);
    note
}

/// Checkpoints of these sizes, the certificate of epoch 0, tiles.
pub(super) fn sign_log(audit: &Path, lines: &Lines, sizes: &[usize]) {
    let notes: Vec<Note> = sizes
        .iter()
        .map(|size| checkpoint(lines, *size, 10))
        .collect();
    let history: String = notes.iter().map(History::entry).collect();
    fs::write(audit.join("checkpoints.log"), history).unwrap();
    if let Some(last) = notes.last() {
        fs::write(audit.join("checkpoint"), last.to_string()).unwrap();
    }
    let origin = Checkpoint::origin(NAME, log_of(lines)).unwrap();
    let mut certificate = EpochCertificate {
        key: public(&origin, KeyUse::Note, 10),
        origin,
        epoch: 0,
        from: 0,
        since_s: 1_795_176_000,
        previous: None,
    }
    .note();
    sign(&mut certificate, ROOT, KeyUse::Note, 1);
    fs::create_dir_all(audit.join("keys")).unwrap();
    fs::write(audit.join("keys/0.cert"), certificate.to_string()).unwrap();
    let leaves: Vec<u8> = lines
        .0
        .iter()
        .flat_map(|line| *Leaf::of_line(line.as_bytes()).as_bytes())
        .collect();
    fs::write(audit.join("00000000000000000000.tiles"), leaves).unwrap();
}

/// A signed log of 64 records and more, with the kernel's checkpoints at 32, 56 and its end among others.
pub(super) struct Signed {
    pub(super) folder: tempfile::TempDir,
    pub(super) lines: Lines,
    pub(super) kept: tempfile::TempDir,
}

/// Where the configuration of [`house`] keeps keys.
pub(super) fn keys_of(folder: &Path) -> SigningKeys {
    SigningKeys::of(&folder.join("state/keys"), &folder.join("audit")).unwrap()
}

/// A folder with a configuration whose log is `audit` and whose state is `state`.
pub(super) fn house() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = "[audit]\ndir = \"audit\"\n[kernel]\nstate = \"state/state.db\"\n";
    fs::write(folder.path().join("aegis.toml"), config).unwrap();
    folder
}

/// Runs `aegis audit keys …` for a house.
pub(super) fn keys(folder: &Path, action: &str, more: &[&str]) -> (i32, String) {
    let config = folder.join("aegis.toml");
    let mut arguments = vec!["keys", action, "--config", config.to_str().unwrap()];
    arguments.extend(more);
    kit::aegis(&arguments)
}

/// A private key as the kernel keeps it, from a seed that the test knows: a thief has it.
pub(super) fn write_key(path: &Path, name: &str, seed: u8) {
    let public = public(name, KeyUse::Note, seed);
    let mut bytes = vec![1];
    bytes.extend([seed; 32]);
    let encoded = base64(&bytes);
    let text = format!("PRIVATE+KEY+{name}+{:08x}+{encoded}\n", public.id());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A house whose log is signed by the key of the seed 10, certified by the root of the seed 1 in `root`.
pub(super) async fn signed_house(root: &Path) -> tempfile::TempDir {
    let folder = house();
    let log = kit::start(kit::options(folder.path())).unwrap();
    let origin = Checkpoint::origin(NAME, log.id()).unwrap();
    log.close().await;
    write_key(&keys_of(folder.path()).dir().join("0.key"), &origin, 10);
    write_key(root, ROOT, 1);
    let root = root.to_str().unwrap();
    let (code, said) = keys(folder.path(), "init", &["--name", NAME, "--root", root]);
    assert_eq!(code, 0, "{said}");
    folder
}

/// How the kernel signs these logs: only when it is told to, and at the end.
pub(super) fn signing(folder: &Path) -> Signing {
    Signing {
        keys: Some(keys_of(folder)),
        checkpointing: Checkpointing {
            required: true,
            every_ms: u64::MAX,
            every_records: u64::MAX,
            ..Checkpointing::default()
        },
        hold: false,
    }
}

pub(super) fn start_signed(folder: &Path) -> Result<Log, JournalFault> {
    Log::start_signed(kit::options(folder), Clock::start(), signing(folder))
}

impl Signed {
    pub(super) async fn new() -> Self {
        let kept = tempfile::tempdir().unwrap();
        let folder = signed_house(&kept.path().join("root.key")).await;
        let log = start_signed(folder.path()).unwrap();
        let begun = log.signed();
        for n in 0..27 {
            let debt = log.begin(kit::intent(n)).await.unwrap();
            let written = debt.pay(kit::outcome(n)).await.unwrap();
            if let 31 | 55 = written.seq {
                assert!(log.checkpoint().await);
                assert_eq!(log.signed(), written.seq + 1);
            }
            if n % 4 == 0 {
                log.append(kit::denial(1_000 + n)).await.unwrap();
            }
        }
        assert!(
            begun < 32 && log.signed() == 56,
            "{begun}, {}",
            log.signed()
        );
        log.close().await;
        let signed = Self {
            lines: Lines::of(folder.path()),
            folder,
            kept,
        };
        signed.keep("old", 56);
        signed.keep("new", signed.lines.0.len());
        let newest = fs::read_to_string(signed.audit().join("checkpoint")).unwrap();
        assert_eq!(fs::read_to_string(signed.anchor("new")).unwrap(), newest);
        signed
    }

    pub(super) fn audit(&self) -> PathBuf {
        self.folder.path().join("audit")
    }

    pub(super) fn keep(&self, name: &str, size: usize) {
        let note = checkpoint(&self.lines, size, 10);
        fs::write(self.kept.path().join(name), note.to_string()).unwrap();
    }

    pub(super) fn anchor(&self, name: &str) -> String {
        self.kept.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes lines in place of those that are there; the head goes, since an attacker can make it.
    pub(super) fn write(&self, lines: &Lines) {
        fs::remove_file(self.audit().join("head")).ok();
        fs::remove_file(self.audit().join("00000000000000000000.tiles")).ok();
        lines.write(self.folder.path());
    }

    /// Class and exit code with nothing, the key, the key and the older anchor, the key and the newer one.
    pub(super) fn outcomes(&self) -> [(String, i32); 4] {
        let key = root_key();
        let (old, new) = (self.anchor("old"), self.anchor("new"));
        let all: [&[&str]; 4] = [
            &[],
            &["--key", &key],
            &["--key", &key, "--anchor", &old],
            &["--key", &key, "--anchor", &new],
        ];
        all.map(|more| both(&self.audit(), more))
    }
}

/// Class and exit code, by `aegis audit verify` and by every other verifier, which must agree.
pub(super) fn both(audit: &Path, more: &[&str]) -> (String, i32) {
    let dir = audit.to_str().unwrap();
    let mut arguments = vec!["verify", "--json", dir];
    arguments.extend(more);
    let (code, text) = kit::aegis(&arguments);
    let report: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    let first = (kit::class(&report), code);
    let alone = Command::new(env!("CARGO_BIN_EXE_aegis-verify-under-test"))
        .args(["--json", dir])
        .args(more)
        .output()
        .unwrap();
    assert_eq!(
        text.into_bytes(),
        alone.stdout,
        "aegis-verify says something else"
    );
    assert_eq!(Some(code), alone.status.code());
    let mut arguments = vec![dir];
    arguments.extend(more);
    super::second::agrees(&arguments, code, &report);
    first
}

pub(super) fn expect(what: &str, signed: &Signed, expected: [(&str, i32); 4]) {
    let found = signed.outcomes();
    let expected = expected.map(|(class, code)| (class.to_owned(), code));
    assert_eq!(found, expected, "{what}");
}

pub(super) const OK: (&str, i32) = ("VERIFIED", 0);
pub(super) const BELOW: (&str, i32) = ("BELOW THE REQUIRED LEVEL", 3);
