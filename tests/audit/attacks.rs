//! What an attacker with the log's folder in hands can do, and what `verify` calls it.
//! Knows nothing of how it is found out.

use std::fs;
use std::path::Path;

use aegis_core::audit::Leaf;
use aegis_host::journal::HEAD;
use serde_json::Value;

use super::{kit, second};

const EDITED: &str = "postgres__execute";

/// A log as lines, to be tampered with; one file, head kept unless an attack removes it.
pub(super) struct Lines(pub(super) Vec<String>);

impl Lines {
    pub(super) fn of(folder: &Path) -> Self {
        let files = kit::segments(folder);
        assert_eq!(files.len(), 1);
        let text = fs::read_to_string(&files[0]).unwrap();
        Self(text.lines().map(str::to_owned).collect())
    }

    pub(super) fn write(&self, folder: &Path) {
        let text: String = self.0.iter().flat_map(|line| [line, "\n"]).collect();
        let file = kit::segments(folder).remove(0);
        fs::write(&file, text).unwrap();
        // Whoever writes lines anew makes their tiles anew too, or removes them.
        fs::remove_file(file.with_extension("tiles")).ok();
    }

    /// Numbers and links everything anew from `from` on, as whoever knows the format can.
    pub(super) fn rechain(&mut self, from: usize) {
        let mut prev = match from.checked_sub(1) {
            Some(before) => Leaf::of_line(self.0[before].as_bytes()),
            None => {
                let first: Value = serde_json::from_str(&self.0[0]).unwrap();
                Leaf::genesis(first["log"].as_str().unwrap())
            }
        };
        for (at, line) in self.0.iter_mut().enumerate().skip(from) {
            let mut record: Value = serde_json::from_str(line).unwrap();
            record["prev"] = prev.to_string().into();
            record["seq"] = at.into();
            *line = sorted(&record);
            prev = Leaf::of_line(line.as_bytes());
        }
    }
}

/// RFC 8785 order.
pub(super) fn sorted(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            let pairs: Vec<String> = names
                .into_iter()
                .map(|name| format!("{}:{}", Value::from(name.as_str()), sorted(&members[name])))
                .collect();
            format!("{{{}}}", pairs.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(sorted).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

/// One row: what was done, and what `verify` says and exits with.
async fn row(
    name: &str,
    attack: impl FnOnce(&Path, &mut Lines),
    expected: (&str, i32),
) -> tempfile::TempDir {
    let folder = kit::closed(24, u64::MAX).await;
    let mut lines = Lines::of(folder.path());
    attack(folder.path(), &mut lines);
    lines.write(folder.path());
    let (code, report) = second::verify(folder.path(), &[]);
    assert_eq!(
        (kit::class(&report).as_str(), code),
        expected,
        "{name}: {report}"
    );
    folder
}

fn drop_head(folder: &Path) {
    fs::remove_file(folder.join("audit").join(HEAD)).unwrap();
}

#[tokio::test]
async fn the_untouched_log_verifies() {
    row("nothing", |_, _| {}, ("VERIFIED", 0)).await;
    row("head gone", |folder, _| drop_head(folder), ("VERIFIED", 0)).await;
}

#[tokio::test]
async fn outsiders_are_caught_by_the_chain() {
    let edit = |_: &Path, lines: &mut Lines| {
        let at = lines.0.iter().position(|l| l.contains(EDITED)).unwrap();
        lines.0[at] = lines.0[at].replace(EDITED, "postgres__get_rows");
    };
    row("edit", edit, ("EDIT", 1)).await;
    row(
        "delete in the middle",
        |_, l| drop(l.0.remove(20)),
        ("GAP", 1),
    )
    .await;
    row("swap", |_, l| l.0.swap(20, 21), ("REORDER", 1)).await;
    row(
        "repeat",
        |_, l| l.0.insert(20, l.0[19].clone()),
        ("REORDER", 1),
    )
    .await;
    row("delete the first", |_, l| drop(l.0.drain(..5)), ("GAP", 1)).await;
    let spaced = |_: &Path, l: &mut Lines| l.0[9] = l.0[9].replacen(',', ", ", 1);
    row("same values, other bytes", spaced, ("MALFORMED", 1)).await;
    let twice = |_: &Path, l: &mut Lines| {
        l.0[9] = l.0[9].replacen(",\"v\":2", ",\"v\":2,\"v\":2", 1);
    };
    row("a member twice", twice, ("MALFORMED", 1)).await;
    let added = |_: &Path, l: &mut Lines| l.0[9] = l.0[9].replacen("\"v\":2", "\"v\":2,\"z\":0", 1);
    row("an unknown member", added, ("MALFORMED", 1)).await;
    row(
        "a blank line",
        |_, l| l.0.insert(9, String::new()),
        ("MALFORMED", 1),
    )
    .await;
    row(
        "carriage returns",
        |_, l| l.0[9].push('\r'),
        ("MALFORMED", 1),
    )
    .await;
}

#[tokio::test]
async fn a_record_of_another_log_is_a_splice() {
    let other = kit::closed(24, u64::MAX).await;
    let theirs = Lines::of(other.path());
    row(
        "one record",
        |_, l| l.0[20] = theirs.0[20].clone(),
        ("SPLICE", 1),
    )
    .await;
    let theirs = Lines::of(other.path());
    row(
        "the whole log, our head kept",
        |_, l| *l = theirs,
        ("SPLICE", 1),
    )
    .await;
}

#[tokio::test]
async fn a_missing_end_is_noticed_by_the_head() {
    row("the last record", |_, l| drop(l.0.pop()), ("TRUNCATED", 1)).await;
    row("the last third", |_, l| l.0.truncate(30), ("TRUNCATED", 1)).await;
    row("everything", |_, l| l.0.clear(), ("TRUNCATED", 1)).await;
    let folder = kit::closed(4, u64::MAX).await;
    fs::remove_file(&kit::segments(folder.path())[0]).unwrap();
    let (code, report) = second::verify(folder.path(), &[]);
    assert_eq!((kit::class(&report).as_str(), code), ("TRUNCATED", 1));
}

#[tokio::test]
async fn a_rewritten_chain_is_noticed_by_the_head_alone() {
    let edit = |lines: &mut Lines| {
        let at = lines.0.iter().position(|l| l.contains(EDITED)).unwrap();
        lines.0[at] = lines.0[at].replace(EDITED, "postgres__get_rows");
        lines.rechain(at);
    };
    row("edit and rechain", |_, l| edit(l), ("EDIT", 1)).await;
    let remove = |_: &Path, l: &mut Lines| {
        let at = l.0.iter().position(|l| l.contains(EDITED)).unwrap();
        l.0.remove(at);
        l.rechain(at);
    };
    row("remove and rechain", remove, ("TRUNCATED", 1)).await;
    // The head lies in the same folder: who rewrites both is not caught, and verify says so.
    let both = |folder: &Path, l: &mut Lines| {
        edit(l);
        drop_head(folder);
    };
    let folder = row("edit, rechain, head removed", both, ("VERIFIED", 0)).await;
    let (_, report) = second::verify(folder.path(), &[]);
    let doubts = report["not_proven"].to_string();
    assert!(
        doubts.contains("could have written all of it anew"),
        "{doubts}"
    );
    assert!(doubts.contains("the folder holds no head"), "{doubts}");
}

#[tokio::test]
async fn a_receipt_kept_elsewhere_catches_what_the_folder_cannot() {
    let kept = tempfile::tempdir().unwrap();
    let receipts = kept.path().join("receipts.jsonl");
    let path = receipts.to_str().unwrap();
    let keep = |folder: &Path, lines: &Lines, at: usize| {
        let record: Value = serde_json::from_str(&lines.0[at]).unwrap();
        let leaf = Leaf::of_line(lines.0[at].as_bytes());
        let text = format!(
            "{{\"log\":{},\"seq\":{at},\"leaf\":\"{leaf}\"}}\n",
            record["log"]
        );
        fs::write(&receipts, text).unwrap();
        drop_head(folder);
    };
    let folder = row("kept", |f, l| keep(f, l, 40), ("VERIFIED", 0)).await;
    let (code, report) = second::verify(folder.path(), &["--anchor", path]);
    assert_eq!((kit::class(&report).as_str(), code), ("VERIFIED", 0));
    let rechained = |f: &Path, l: &mut Lines| {
        keep(f, l, 40);
        let at = l.0.iter().position(|l| l.contains(EDITED)).unwrap();
        l.0[at] = l.0[at].replace(EDITED, "postgres__get_rows");
        l.rechain(at);
    };
    let folder = row("rechained", rechained, ("VERIFIED", 0)).await;
    let (code, report) = second::verify(folder.path(), &["--anchor", path]);
    assert_eq!((kit::class(&report).as_str(), code), ("EDIT", 1));
    let cut = |f: &Path, l: &mut Lines| {
        keep(f, l, 40);
        l.0.truncate(20);
    };
    let folder = row("rolled back", cut, ("VERIFIED", 0)).await;
    let (code, report) = second::verify(folder.path(), &["--anchor", path]);
    assert_eq!((kit::class(&report).as_str(), code), ("TRUNCATED", 1));
}

#[tokio::test]
async fn intents_and_ends_must_pair_even_where_the_chain_holds() {
    let at = |l: &Lines, word: &str| l.0.iter().position(|line| line.contains(word)).unwrap();
    let no_end = |f: &Path, l: &mut Lines| {
        let outcome = at(l, "\"kind\":\"outcome\"");
        l.0.remove(outcome);
        l.rechain(outcome);
        drop_head(f);
    };
    row("an end removed", no_end, ("UNPAIRED", 1)).await;
    let two_ends = |f: &Path, l: &mut Lines| {
        let outcome = at(l, "\"kind\":\"outcome\"");
        l.0.insert(outcome, l.0[outcome].clone());
        l.rechain(outcome);
        drop_head(f);
    };
    row("an end twice", two_ends, ("UNPAIRED", 1)).await;
    let no_rules = |f: &Path, l: &mut Lines| {
        let load = at(l, "\"kind\":\"policy.load\"");
        l.0.remove(load);
        l.rechain(load);
        drop_head(f);
    };
    row("rules never loaded", no_rules, ("UNRESOLVED", 1)).await;
    let no_catalogue = |f: &Path, l: &mut Lines| {
        let intent = at(l, "\"kind\":\"intent\"");
        let named = format!("\"catalog\":\"{}\",\"decision\"", "0".repeat(64));
        l.0[intent] = l.0[intent].replacen("\"decision\"", &named, 1);
        l.rechain(intent);
        drop_head(f);
    };
    row("a catalogue never read", no_catalogue, ("UNRESOLVED", 1)).await;
}

#[tokio::test]
async fn a_missing_file_is_a_gap_and_a_foreign_one_a_splice() {
    let folder = kit::closed(40, 8_192).await;
    let files = kit::segments(folder.path());
    assert!(files.len() > 3);
    assert_eq!(second::verify(folder.path(), &[]).0, 0);
    let middle = fs::read(&files[1]).unwrap();
    fs::remove_file(&files[1]).unwrap();
    let (code, report) = second::verify(folder.path(), &[]);
    assert_eq!((kit::class(&report).as_str(), code), ("GAP", 1));
    fs::write(&files[1], middle).unwrap();
    fs::remove_file(files.last().unwrap()).unwrap();
    let (code, report) = second::verify(folder.path(), &[]);
    assert_eq!((kit::class(&report).as_str(), code), ("TRUNCATED", 1));
}

#[tokio::test]
async fn what_is_required_and_what_cannot_be_read_have_codes_of_their_own() {
    let folder = kit::closed(4, u64::MAX).await;
    assert_eq!(second::verify(folder.path(), &["--require", "signed"]).0, 3);
    assert_eq!(
        second::verify(folder.path(), &["--require", "chained"]).0,
        0
    );
    assert_eq!(
        second::verify(folder.path(), &["--require", "nonsense"]).0,
        2
    );
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(second::verify(empty.path(), &[]).0, 5);
    fs::create_dir(empty.path().join("audit")).unwrap();
    assert_eq!(second::verify(empty.path(), &[]).0, 5);
    let (code, _) = kit::aegis(&["verify", "--config", "/nowhere/aegis.toml"]);
    assert_eq!(code, 2);
    fs::write(folder.path().join("audit").join(HEAD), "{}").unwrap();
    assert_eq!(second::verify(folder.path(), &[]).0, 1);
}

#[tokio::test]
async fn a_configuration_names_its_log_relative_to_itself() {
    let folder = kit::closed(4, u64::MAX).await;
    let config = folder.path().join("aegis.toml");
    // Nothing but the log's place is read: a log must be readable when nothing else loads.
    fs::write(&config, "[audit]\ndir = \"audit\"\n[nonsense]\n").unwrap();
    let (code, text) = kit::aegis(&["verify", "--config", config.to_str().unwrap()]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("NOT PROVEN"), "{text}");
}

/// Whoever writes a file anew writes its seal anew: each thing that a seal says is held against the file.
#[tokio::test]
async fn whatever_a_seal_says_is_held_against_its_file() {
    let folder = kit::closed(24, 8 * 1024).await;
    let files = kit::segments(folder.path());
    for later in &files[1..] {
        fs::remove_file(later).unwrap();
        fs::remove_file(later.with_extension("tiles")).unwrap();
    }
    fs::remove_file(files[0].with_extension("tiles")).unwrap();
    drop_head(folder.path());
    let text = fs::read_to_string(&files[0]).unwrap();
    let (before, last) = text.trim_end().rsplit_once('\n').unwrap();
    let seal: Value = serde_json::from_str(last).unwrap();
    let hash = Leaf::of_bytes(b"another").to_string();
    let said = |what: &str| seal["seal"][what].as_u64().unwrap();
    let members = [
        ("nothing", Value::Null, ("VERIFIED", 0)),
        ("bytes", (said("bytes") - 1).into(), ("EDIT", 1)),
        ("bytes", (said("bytes") + 1).into(), ("EDIT", 1)),
        ("count", (said("count") - 1).into(), ("EDIT", 1)),
        ("count", (said("count") + 1).into(), ("EDIT", 1)),
        ("root", hash.clone().into(), ("EDIT", 1)),
        // What nobody would hold against anything is no member.
        ("sha256", hash.into(), ("MALFORMED", 1)),
    ];
    fs::set_permissions(
        &files[0],
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    for (member, value, expected) in members {
        let mut changed = seal.clone();
        if member != "nothing" {
            changed["seal"][member] = value;
        }
        fs::write(&files[0], format!("{before}\n{}\n", sorted(&changed))).unwrap();
        let (code, report) = second::verify(folder.path(), &[]);
        let found = (kit::class(&report), code);
        assert_eq!((found.0.as_str(), found.1), expected, "{member}: {report}");
    }
}
