//! Signed logs under attack: class and exit code, with a key and without, with an anchor kept elsewhere and without.
//! Knows nothing of how the kernel signs.

use std::fs;
use std::process::Command;

use aegis_core::audit::{Checkpoint, Frontier, History, KeyUse, Leaf, Note, Tombstone};
use serde_json::Value;

use super::attacks::Lines;
use super::kit;
use super::signing::{
    BELOW, NAME, OK, ROOT, Signed, both, checkpoint, expect, log_of, public, root_key, sign,
    sign_log, witness_key,
};

#[tokio::test]
async fn an_untouched_signed_log_verifies_to_each_level_that_is_covered() {
    let signed = Signed::new().await;
    expect("untouched", &signed, [OK; 4]);
    let (key, new) = (root_key(), signed.anchor("new"));
    let audit = signed.audit();
    let required = |level, more: &[&str]| {
        let mut all = vec!["--require", level, "--key", key.as_str()];
        all.extend(more);
        both(&audit, &all).1
    };
    assert_eq!(required("anchored", &[]), 3);
    assert_eq!(required("anchored", &["--anchor", &new]), 0);
    assert_eq!(
        required("anchored", &["--anchor", &signed.anchor("old")]),
        3
    );
    assert_eq!(
        required(
            "anchored",
            &["--anchor", &signed.anchor("old"), "--tail", "100"]
        ),
        0
    );
    assert_eq!(required("witnessed", &["--anchor", &new]), 3);
    assert_eq!(
        both(&audit, &["--require", "signed"]).1,
        3,
        "no key: nothing is signed"
    );
}

#[tokio::test]
async fn keys_beside_the_log_are_not_believed_and_a_wrong_key_is_said() {
    let signed = Signed::new().await;
    let audit = signed.audit();
    let other = public(ROOT, KeyUse::Note, 2).to_string();
    assert_eq!(both(&audit, &["--key", &other]), ("UNKNOWN_KEY".into(), 1));
    let origin = Checkpoint::origin(NAME, log_of(&signed.lines)).unwrap();
    let epoch = public(&origin, KeyUse::Note, 10).to_string();
    assert_eq!(both(&audit, &["--key", &epoch]).1, 0);
    // An attacker's whole set: records, key, certificate by an own root.
    let forged = checkpoint(&signed.lines, signed.lines.0.len(), 66);
    fs::write(audit.join("checkpoint"), forged.to_string()).unwrap();
    fs::write(audit.join("checkpoints.log"), History::entry(&forged)).unwrap();
    assert_eq!(
        both(&audit, &["--key", &root_key()]),
        ("UNKNOWN_KEY".into(), 1)
    );
    // No checkpoint at all: not signed.
    fs::remove_file(audit.join("checkpoint")).unwrap();
    fs::remove_file(audit.join("checkpoints.log")).unwrap();
    assert_eq!(both(&audit, &["--key", &root_key()]), (BELOW.0.into(), 3));
}

#[tokio::test]
async fn edits_are_caught_and_so_are_those_that_write_the_chain_anew() {
    let mut signed = Signed::new().await;
    let edit = |lines: &mut Lines| {
        let at = lines
            .0
            .iter()
            .position(|l| l.contains("\"len\":4"))
            .unwrap();
        lines.0[at] = lines.0[at].replacen("\"len\":4", "\"len\":5", 1);
        at
    };
    let original = signed.lines.0.clone();
    edit(&mut signed.lines);
    signed.write(&signed.lines);
    expect("edit", &signed, [("EDIT", 1); 4]);
    signed.lines.0.clone_from(&original);
    let at = edit(&mut signed.lines);
    signed.lines.rechain(at);
    signed.write(&signed.lines);
    expect("edit and rechain", &signed, [("EDIT", 1); 4]);
    signed.lines.0.clone_from(&original);
    signed.lines.0.remove(20);
    signed.write(&signed.lines);
    expect("delete in the middle", &signed, [("GAP", 1); 4]);
    signed.lines.0.clone_from(&original);
    signed.lines.0.swap(20, 21);
    signed.write(&signed.lines);
    expect("swap", &signed, [("REORDER", 1); 4]);
    signed.lines.0.clone_from(&original);
    signed.lines.0.drain(..8);
    signed.write(&signed.lines);
    expect("delete the first", &signed, [("GAP", 1); 4]);
    let other = Signed::new().await;
    signed.lines.0.clone_from(&original);
    signed.lines.0[20].clone_from(&other.lines.0[20]);
    signed.write(&signed.lines);
    expect("a record of another log", &signed, [("SPLICE", 1); 4]);
    signed.write(&other.lines);
    expect(
        "the whole log of another kernel",
        &signed,
        [("SPLICE", 1); 4],
    );
}

#[tokio::test]
async fn cut_ends_are_caught_up_to_the_newest_anchor() {
    let mut signed = Signed::new().await;
    let full = signed.lines.0.clone();
    let at = |lines: &Lines, from: usize| {
        let ends = |line: &String| line.contains("\"kind\":\"outcome\"");
        from + lines.0[from..].iter().position(ends).unwrap() + 1
    };
    let cut = at(&signed.lines, 57);
    signed.lines.0.truncate(cut);
    signed.write(&signed.lines);
    expect("the end cut off", &signed, [("TRUNCATED", 1); 4]);
    // And the checkpoints that would tell: what is left is an older, genuine log.
    sign_log(&signed.audit(), &signed.lines, &[32, 56]);
    expect(
        "the newest checkpoint gone too",
        &signed,
        [OK, BELOW, BELOW, ("TRUNCATED", 1)],
    );
    let cut = at(&signed.lines, 33);
    signed.lines.0.truncate(cut);
    signed.write(&signed.lines);
    sign_log(&signed.audit(), &signed.lines, &[32]);
    expect(
        "back to before the old anchor",
        &signed,
        [OK, BELOW, ("TRUNCATED", 1), ("TRUNCATED", 1)],
    );
    // A whole folder put back to an older copy, closed and signed.
    signed.lines.0 = full;
    fs::write(signed.audit().join("00000000000000000000.jsonl"), "").unwrap();
    expect("everything", &signed, [("TRUNCATED", 1); 4]);
}

#[tokio::test]
async fn a_stolen_key_forks_and_the_fork_is_a_proof() {
    for (from, expected) in [
        (40, [OK, OK, ("FORK", 1), ("FORK", 1)]),
        (60, [OK, OK, OK, ("FORK", 1)]),
    ] {
        let mut signed = Signed::new().await;
        let ahead = signed.lines.0[from..]
            .iter()
            .position(|l| l.contains("\"dur_us\":"));
        let at = from + ahead.unwrap();
        signed.lines.0[at] = signed.lines.0[at].replacen("\"dur_us\":", "\"dur_us\":9", 1);
        signed.lines.rechain(at);
        signed.write(&signed.lines);
        let size = signed.lines.0.len();
        sign_log(&signed.audit(), &signed.lines, &[32, 56, size]);
        expect("a fork signed with the stolen key", &signed, expected);
        let new = signed.anchor("new");
        let arguments = ["--key", &root_key(), "--anchor", &new];
        let (_, report) = kit::verify(signed.folder.path(), &arguments);
        let pair = report["equivocation"].as_array().unwrap();
        let origin = Checkpoint::origin(NAME, log_of(&signed.lines)).unwrap();
        let key = public(&origin, KeyUse::Note, 10);
        for note in pair {
            let note = Note::parse(note.as_str().unwrap().as_bytes()).unwrap();
            assert_ne!(note.signed_by(&key), aegis_core::audit::Signed::No);
        }
        assert_ne!(pair[0], pair[1]);
    }
}

#[tokio::test]
async fn an_unsigned_end_is_below_and_said() {
    let signed = Signed::new().await;
    sign_log(&signed.audit(), &signed.lines, &[32, 56]);
    let key = root_key();
    assert_eq!(both(&signed.audit(), &["--key", &key]), (BELOW.0.into(), 3));
    assert_eq!(
        both(&signed.audit(), &["--key", &key, "--tail", "100"]).1,
        0
    );
    let (_, report) = kit::verify(signed.folder.path(), &["--key", &key]);
    let unsigned = signed.lines.0.len() - 56;
    assert_eq!(report["unsigned"], unsigned);
    assert!(
        report["not_proven"]
            .to_string()
            .contains(&format!("no signature covers the {unsigned} records"))
    );
}

#[tokio::test]
async fn forged_signatures_and_disorder_in_the_history() {
    let signed = Signed::new().await;
    let key = root_key();
    let history = fs::read_to_string(signed.audit().join("checkpoints.log")).unwrap();
    let put = |text: String| {
        fs::write(signed.audit().join("checkpoints.log"), text).unwrap();
        both(&signed.audit(), &["--key", &key])
    };
    let forged = history.replacen("\n32\n", "\n31\n", 1);
    assert_eq!(put(forged), ("BAD_SIG".into(), 1));
    assert_eq!(put(format!("{history}{history}")), ("REORDER".into(), 1));
    assert_eq!(put(format!("x\n\n{history}")), ("MALFORMED".into(), 1));
    let torn = put(format!("{history}kernel.example"));
    assert_eq!(torn, (OK.0.into(), 0), "half a note is what a crash leaves");
    assert_eq!(put(history), (OK.0.into(), 0));
}

#[tokio::test]
async fn witnesses_are_counted_and_their_quorum_is_a_level() {
    let signed = Signed::new().await;
    let mut note = checkpoint(&signed.lines, signed.lines.0.len(), 10);
    sign(&mut note, "w.example/1", KeyUse::Cosignature, 21);
    fs::write(signed.audit().join("cosigned"), note.to_string()).unwrap();
    let (key, one, two) = (root_key(), witness_key(21), witness_key(22));
    let with = |more: &[&str]| {
        let mut all = vec!["--key", key.as_str(), "--require", "witnessed"];
        all.extend(more);
        both(&signed.audit(), &all).1
    };
    assert_eq!(with(&["--witness", &one]), 0);
    assert_eq!(with(&["--witness", &two]), 3);
    assert_eq!(with(&["--witness", &one, "--witness", &two]), 3);
    assert_eq!(
        with(&["--witness", &one, "--witness", &two, "--quorum", "1"]),
        0
    );
    assert_eq!(with(&[]), 3);
}

#[tokio::test]
async fn tiles_are_compared_and_resuming_judges_only_what_is_new() {
    let signed = Signed::new().await;
    let tiles = signed.audit().join("00000000000000000000.tiles");
    let good = fs::read(&tiles).unwrap();
    let mut bad = good.clone();
    bad[32 * 9 + 3] ^= 1;
    fs::write(&tiles, bad).unwrap();
    assert_eq!(both(&signed.audit(), &[]), ("TILES".into(), 1));
    let mut longer = good.clone();
    longer.extend([7; 32]);
    fs::write(&tiles, longer).unwrap();
    assert_eq!(both(&signed.audit(), &[]), ("TRUNCATED".into(), 1));
    fs::write(&tiles, &good[..40]).unwrap();
    assert_eq!(both(&signed.audit(), &[]).1, 0, "tiles may be behind");
    let mut tree = Frontier::default();
    signed.lines.0[..50]
        .iter()
        .for_each(|l| tree.push(Leaf::of_line(l.as_bytes())));
    let root = tree.root().to_string();
    assert_eq!(
        both(&signed.audit(), &["--from-size", "50", "--root", &root]).1,
        0
    );
    assert_eq!(
        both(&signed.audit(), &["--from-size", "49", "--root", &root]),
        ("EDIT".into(), 1)
    );
    assert_eq!(
        both(&signed.audit(), &["--from-size", "900", "--root", &root]),
        ("TRUNCATED".into(), 1)
    );
}

#[tokio::test]
async fn an_unauthorised_tombstone_is_a_violation() {
    let mut signed = Signed::new().await;
    let leaf = Leaf::of_line(signed.lines.0[20].as_bytes());
    let stone = Tombstone {
        auth: 40,
        leaf,
        seq: 20,
    };
    signed.lines.0[20] = stone.line();
    signed.write(&signed.lines);
    expect(
        "no record authorises it",
        &signed,
        [("UNAUTH_REDACTION", 1); 4],
    );
    let early = Tombstone { auth: 3, ..stone };
    signed.lines.0[20] = early.line();
    signed.write(&signed.lines);
    expect("an earlier record", &signed, [("UNAUTH_REDACTION", 1); 4]);
}

#[tokio::test]
async fn links_and_pipes_in_the_folder_are_not_followed() {
    let signed = Signed::new().await;
    let audit = signed.audit();
    for name in [
        "checkpoint",
        "checkpoints.log",
        "head",
        "00000000000000000000.jsonl",
        "00000000000000000000.tiles",
    ] {
        let path = audit.join(name);
        let aside = signed.kept.path().join("aside");
        fs::rename(&path, &aside).unwrap();
        std::os::unix::fs::symlink(&aside, &path).unwrap();
        assert_eq!(both(&audit, &[]).1, 5, "{name} is a link");
        fs::remove_file(&path).unwrap();
        assert!(
            Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(both(&audit, &[]).1, 5, "{name} is a pipe");
        fs::remove_file(&path).unwrap();
        fs::rename(&aside, &path).unwrap();
    }
    assert_eq!(both(&audit, &[]).1, 0);
}

#[tokio::test]
async fn a_proof_of_one_record_needs_no_log_and_believes_no_key_in_it() {
    let signed = Signed::new().await;
    let audit = signed.audit();
    let dir = audit.to_str().unwrap();
    let file = signed.anchor("a.tlog-proof");
    assert_eq!(kit::aegis(&["prove", "20", dir, "-o", &file]).0, 0);
    let key = root_key();
    let (code, text) = kit::aegis(&["check-proof", &file, "--key", &key, "--json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (code, report["record"].as_str().unwrap()),
        (0, signed.lines.0[20].as_str())
    );
    let good = fs::read_to_string(&file).unwrap();
    let judged = |text: &str| {
        fs::write(&file, text).unwrap();
        kit::aegis(&["check-proof", &file, "--key", &key]).0
    };
    let other = public(ROOT, KeyUse::Note, 2).to_string();
    assert_eq!(kit::aegis(&["check-proof", &file, "--key", &other]).0, 1);
    assert_eq!(judged(&good.replacen("index 20", "index 21", 1)), 1);
    assert_eq!(judged(&good.replacen("index 20", "index 99999", 1)), 1);
    let at = good.find("\nindex 20\n").unwrap() + 10;
    let hash = good[at..].lines().next().unwrap();
    assert_eq!(
        judged(&good.replacen(hash, &format!("{hash}\n{hash}"), 1)),
        1,
        "one hash too many"
    );
    assert_eq!(
        judged(&good.replacen(&format!("{hash}\n"), "", 1)),
        1,
        "one hash too few"
    );
    for position in (0..good.len()).step_by(97) {
        let mut bytes = good.clone().into_bytes();
        bytes[position] ^= 1;
        if let Ok(text) = String::from_utf8(bytes) {
            let proven = judged(&text) == 0;
            // The certificate in the extra data may lose what nothing depends on; the record may not.
            let (_, json) = kit::aegis(&["check-proof", &file, "--key", &key, "--json"]);
            assert!(
                !proven || json.contains("PROVEN\"") && json.contains("\"seq\":20"),
                "byte {position}"
            );
        }
    }
    assert_eq!(judged(""), 1);
    assert_eq!(judged(&good), 0);
    assert_eq!(kit::aegis(&["prove", "99999", dir]).0, 1);
}

#[test]
fn the_small_verifier_tells_its_options_to_who_asks() {
    for asked in [&["--help"][..], &["-h"], &["somewhere", "--help"]] {
        let told = Command::new(env!("CARGO_BIN_EXE_aegis-verify-under-test"))
            .args(asked)
            .output()
            .unwrap();
        assert_eq!(told.status.code(), Some(0), "{asked:?}");
        let text = String::from_utf8(told.stdout).unwrap();
        assert!(text.contains("--require parsed|chained|signed"), "{text}");
        assert!(told.stderr.is_empty());
    }
}

#[test]
fn the_small_verifier_is_built_without_the_kernel() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "-p",
            "aegis-verify",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(aegis_tests::root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(
        names.contains(&"aegis-core") && names.contains(&"ed25519-dalek"),
        "{tree}"
    );
    for heavy in [
        "tokio",
        "rmcp",
        "sqlparser",
        "regex",
        "rusqlite",
        "clap",
        "toml",
        "url",
        "aegis-host",
    ] {
        assert!(!names.contains(&heavy), "{heavy}");
    }
}
