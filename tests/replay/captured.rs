//! Values that were captured decide what a record alone does not, and nothing that was put in their place is believed.
//! Knows nothing of kernels that serve.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aegis_host::capture::{CaptureKey, CapturePublic, Capturing};
use serde_json::{Value, json};

use super::session::{Asked, Session, shipped};

const LENGTH: &str = "\n[[argument]]\nid = \"short\"\ntool = \"postgres__query\"\nargument = \"sql\"\nlength = { max = 28 }\nbecause = \"b\"\nfix = \"f\"\n";
const PREFIX: &str = "\n[[argument]]\nid = \"tidy\"\ntool = \"s3__*\"\nargument = \"key\"\nprefix = \"silver\"\nbecause = \"b\"\nfix = \"f\"\n";

fn calls() -> Vec<Asked> {
    let query = |sql: &str| Asked::new("postgres__query", json!({ "sql": sql }));
    let put = |key: &str| Asked::new("s3__put_object", json!({ "key": key, "body": "x" }));
    vec![
        query("SELECT id, city FROM customers"),
        query("SELECT 1"),
        query("SELECT FROM"),
        Asked::new(
            "postgres__execute",
            json!({ "sql": "DROP TABLE customers" }),
        ),
        put("silver/jane@example.org.csv"),
        put("other/jane@example.org.csv"),
        Asked::new("postgres__nothing", json!({ "sql": "SELECT 1" })),
    ]
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// The one file of captures.
fn captures(session: &Session) -> PathBuf {
    let all = files(&session.dir().join("captures"));
    let mut all = all.iter().filter(|path| !path.ends_with("LOCK"));
    let only = all.next().unwrap().clone();
    assert_eq!(all.next(), None);
    only
}

fn replay(session: &Session, policy: &str, more: &[&str]) -> (i32, Value) {
    let key = session.key();
    let with = [&["--capture-key", key.to_str().unwrap()], more].concat();
    session.replay(Some(policy), &with)
}

#[tokio::test]
async fn what_a_record_does_not_tell_is_decided_from_what_was_captured() {
    let session = Session::captured(&shipped(), &calls()).await;
    let other = format!("{}{LENGTH}{PREFIX}", shipped());
    // Without the key it is as undecidable as before.
    let (code, blind) = session.replay(Some(&other), &[]);
    assert_eq!(code, 0);
    assert_ne!(blind["other"]["undecidable"], json!([]));
    assert_eq!(blind["captured"], json!({}));
    let (code, report) = replay(&session, &other, &[]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(report["other"]["undecidable"], json!([]), "{report}");
    assert_eq!(report["leaned_on_record"], json!({}));
    assert_eq!(report["captured"], json!({ "used": 5 }));
    let denied = |rule: &str| -> u64 {
        let groups = report["other"]["denied"].as_array().unwrap();
        let group = groups.iter().find(|group| group["rule"] == rule);
        group.map_or(0, |group| group["count"].as_u64().unwrap())
    };
    assert_eq!(denied("short"), 1, "{report}");
    assert_eq!(denied("tidy"), 1, "{report}");
    let (_, text) = session.said(
        Some(&other),
        &["--capture-key", session.key().to_str().unwrap()],
    );
    assert!(text.contains("5 captures: used"), "{text}");
}

#[tokio::test]
async fn no_file_holds_a_captured_value_in_clear() {
    let session = Session::captured(&shipped(), &calls()).await;
    assert!(fs::metadata(captures(&session)).unwrap().len() > 500);
    for path in files(session.folder.path()) {
        let bytes = fs::read(&path).unwrap();
        for canary in ["jane@example", "SELECT id, city", "amFuZUBleGFtcGxl"] {
            let found = bytes.windows(canary.len()).any(|w| w == canary.as_bytes());
            assert!(!found, "{canary} in {}", path.display());
        }
    }
}

/// Whoever has the folder may do anything to it: what does not belong to a decision is never taken for its values.
#[tokio::test]
async fn captures_that_were_swapped_edited_or_forged_are_found() {
    let session = Session::captured(&shipped(), &calls()).await;
    let path = captures(&session);
    let good = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    assert_eq!(lines.len(), 5);
    let contradicted = |text: String, what: &str| {
        fs::write(&path, text).unwrap();
        let (code, report) = replay(&session, &shipped(), &[]);
        assert_eq!(code, 1, "{what}: {report}");
        assert_eq!(report["contradictions"][0]["class"], "CAPTURE", "{what}");
        report["contradicted"].as_u64().unwrap()
    };
    let rest = |line: &str| line[26..].to_owned();
    let (first, second) = (&lines[0][..26], &lines[1][..26]);
    let swapped = format!("{first}{}\n{second}{}\n", rest(lines[1]), rest(lines[0]));
    assert_eq!(contradicted(swapped, "swapped"), 2);
    for at in [40, 60, 100, lines[0].len() - 8] {
        let mut bytes = lines[0].as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let edited = String::from_utf8(bytes).unwrap() + "\n";
        assert_eq!(contradicted(edited, "edited"), 1, "at {at}");
    }
    let cut = format!("{}\n", &lines[0][..lines[0].len() - 20]);
    assert_eq!(contradicted(cut, "cut"), 1);
    let key = &lines[0][26..36];
    assert_eq!(contradicted(format!("{first}{key}\n"), "emptied"), 1);
    // What is not there at all is counted, and everything is as without it.
    let torn = &lines[0][..lines[0].len() - 20];
    fs::write(&path, format!("\n\0\0garbage\n{torn}")).unwrap();
    let (code, report) = replay(&session, &shipped(), &[]);
    assert_eq!(code, 0);
    assert_eq!(report["captured"], json!({ "capture-gone": 5 }));
    // Garbage under a call's id beside what was captured of it hides nothing.
    fs::write(&path, format!("{first}{key}AAAA\n{good}")).unwrap();
    let (code, report) = replay(&session, &shipped(), &[]);
    assert_eq!((code, &report["captured"]), (0, &json!({ "used": 5 })));
}

/// Two kernels with the same key: what one of them captured says nothing of the other's calls.
#[tokio::test]
async fn captures_of_another_log_are_no_captures_of_this_one() {
    let one = Session::captured(&shipped(), &calls()[..1]).await;
    let mut two = Session::record(&shipped(), &[]).await;
    two.capturing = Some(Capturing {
        key: one.capturing.as_ref().unwrap().key.clone(),
        dir: two.dir().join("captures"),
    });
    two.go_on(&shipped(), &calls()[..1]).await;
    fs::copy(one.key(), two.key()).unwrap();
    let (from, to) = (captures(&one), captures(&two));
    let other = fs::read_to_string(from).unwrap();
    let own = fs::read_to_string(&to).unwrap();
    fs::write(&to, format!("{}{}", &own[..26], &other[26..])).unwrap();
    let (code, report) = replay(&two, &shipped(), &[]);
    assert_eq!((code, &report["contradicted"]), (1, &json!(1)));
}

#[tokio::test]
async fn values_for_another_key_or_without_their_salts_are_told_of() {
    let session = Session::captured(&shipped(), &calls()).await;
    let stranger = session.folder.path().join("stranger.key");
    CaptureKey::create(&stranger).unwrap();
    let with = ["--capture-key", stranger.to_str().unwrap()];
    let (code, report) = session.replay(None, &with);
    assert_eq!(code, 0);
    assert_eq!(report["captured"], json!({ "for-another-key": 5 }));
    // Both may be given: who changed the key has captures under each.
    let (_, report) = replay(&session, &shipped(), &with);
    assert_eq!(report["captured"], json!({ "used": 5 }));
    // The private key alone opens nothing: without the key of the salts there is nothing to be had.
    let keys = session.folder.path().join("keys/commit");
    for path in files(&keys) {
        fs::remove_file(path).unwrap();
    }
    let (code, report) = replay(&session, &shipped(), &[]);
    assert_eq!(code, 0);
    assert_eq!(report["captured"], json!({ "key-of-salts-gone": 5 }));
}

#[tokio::test]
async fn keys_and_folders_that_cannot_be_used_are_usage() {
    let session = Session::captured(&shipped(), &calls()[..1]).await;
    let path = session.folder.path().join("no.key");
    fs::write(&path, "AEGIS-CAPTURE-KEY+00000000+AAAA\n").unwrap();
    let no_key = ["--capture-key", path.to_str().unwrap()];
    assert_eq!(session.said(None, &no_key).0, 2);
    let nowhere = session.folder.path().join("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    assert_eq!(session.said(None, &["--captures", nowhere]).0, 2);
    assert_eq!(replay(&session, &shipped(), &["--captures", nowhere]).0, 2);
    assert_eq!(replay(&session, &shipped(), &["--keys", nowhere]).0, 2);
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(session.key(), fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(replay(&session, &shipped(), &[]).0, 2);
}

#[test]
fn a_key_is_made_once_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture.key");
    let keygen = || {
        Command::new(aegis_tests::aegis())
            .args(["audit", "capture", "keygen"])
            .arg(&path)
            .output()
            .unwrap()
    };
    let made = keygen();
    assert!(made.status.success());
    let public = String::from_utf8(made.stdout).unwrap();
    let public = CapturePublic::parse(public.trim_end()).unwrap();
    let key = CaptureKey::open(&path).unwrap();
    assert_eq!(key.public(), &public);
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = fs::read(&path).unwrap();
    assert!(!keygen().status.success());
    assert_eq!(fs::read(&path).unwrap(), before);
    // An id that is not the key's, and a point of small order to which nothing can be sealed.
    let text = public.to_string();
    let id = public.id();
    assert_eq!(CapturePublic::parse(&text.replace(&id, "00000000")), None);
    let zero = format!("aegis-capture+{id}+{}=", "A".repeat(43));
    assert_eq!(CapturePublic::parse(&zero), None);
}
