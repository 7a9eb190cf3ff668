//! Keys are made, changed and shown by `aegis audit keys`: nothing is overwritten, and what was cut off is gone on with.
//! Knows nothing of attacks on logs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use super::kit;
use super::signing::{NAME, both, house, keys, keys_of, signed_house, start_signed};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn json(folder: &Path, action: &str, more: &[&str]) -> Value {
    let mut all = vec!["--json"];
    all.extend(more);
    let (code, said) = keys(folder, action, &all);
    assert_eq!(code, 0, "{said}");
    serde_json::from_str(&said).unwrap()
}

#[test]
fn a_key_is_made_beside_the_state_and_certified_by_a_root_elsewhere() {
    let (folder, away) = (house(), tempfile::tempdir().unwrap());
    let root = away.path().join("root.key");
    let made = json(
        folder.path(),
        "init",
        &["--name", NAME, "--root", text(&root)],
    );
    let private = keys_of(folder.path()).dir().join("0.key");
    for path in [&root, &private] {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
    for entry in fs::read_dir(folder.path().join("audit/keys")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("PRIVATE"), "{text}");
    }
    // The whole log is signed at once, by a key that the root vouches for.
    let audit = folder.path().join("audit");
    for key in ["root", "vkey"] {
        assert_eq!(
            both(&audit, &["--key", made[key].as_str().unwrap()]).1,
            0,
            "{key}"
        );
    }
    let shown = json(folder.path(), "show", &[]);
    assert_eq!(shown["vkey"], made["vkey"]);
    assert_eq!(shown["epoch"], 0);
    assert_eq!(shown["signed"], kit::records(folder.path()).len());
    let records = kit::records(folder.path());
    let rotate = records.iter().find(|r| r["kind"] == "key.rotate").unwrap();
    let kept = fs::read_to_string(audit.join("keys/0.cert")).unwrap();
    assert_eq!(rotate["rotate"]["cert"], kept);
    // Not a second time.
    let before = fs::read(&private).unwrap();
    let again = keys(
        folder.path(),
        "init",
        &["--name", NAME, "--root", text(&root)],
    );
    assert_eq!(again.0, 2);
    assert_eq!(fs::read(&private).unwrap(), before);
}

#[test]
fn a_root_is_refused_where_the_kernel_writes_and_no_key_is_overwritten() {
    let (folder, away) = (house(), tempfile::tempdir().unwrap());
    fs::create_dir_all(folder.path().join("audit")).unwrap();
    let link = away.path().join("link");
    std::os::unix::fs::symlink(folder.path().join("audit"), &link).unwrap();
    for inside in [
        folder.path().join("audit/root.key"),
        folder.path().join("state/root.key"),
        folder.path().join("state/keys/new/root.key"),
        folder.path().join("audit/../state/root.key"),
        link.join("root.key"),
    ] {
        let made = keys(
            folder.path(),
            "init",
            &["--name", NAME, "--root", text(&inside)],
        );
        assert_eq!(made.0, 2, "{}", inside.display());
        assert!(!inside.exists());
    }
    assert!(!keys_of(folder.path()).dir().join("0.key").exists());
    let other = away.path().join("other");
    fs::write(&other, "not a key\n").unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o600)).unwrap();
    let made = keys(
        folder.path(),
        "init",
        &["--name", NAME, "--root", text(&other)],
    );
    assert_eq!(made.0, 2);
    assert_eq!(fs::read_to_string(&other).unwrap(), "not a key\n");
    assert_eq!(
        kit::aegis(&["keys", "root", text(&other), "--name", "x"]).0,
        5
    );
    assert_eq!(fs::read_to_string(&other).unwrap(), "not a key\n");
    for name in ["", "two words", "a+b"] {
        let root = away.path().join("root.key");
        let made = keys(
            folder.path(),
            "init",
            &["--name", name, "--root", text(&root), "--root-name", "r"],
        );
        assert_eq!(made.0, 2, "{name}");
    }
}

#[tokio::test]
async fn a_rotation_ends_an_epoch_and_destroys_its_key() {
    let away = tempfile::tempdir().unwrap();
    let root = away.path().join("root.key");
    let folder = signed_house(&root).await;
    let first = json(folder.path(), "show", &[]);
    let log = start_signed(folder.path()).unwrap();
    kit::calls(&log, 0..5).await;
    let busy = keys(folder.path(), "rotate", &["--root", text(&root)]);
    assert_eq!(busy.0, 2, "a kernel holds the log");
    log.close().await;
    let second = json(folder.path(), "rotate", &["--root", text(&root)]);
    assert_eq!(second["epoch"], 1);
    assert_ne!(second["vkey"], first["vkey"]);
    let dir = keys_of(folder.path()).dir().to_owned();
    assert!(!dir.join("0.key").exists(), "the old key is destroyed");
    let log = start_signed(folder.path()).unwrap();
    kit::calls(&log, 5..9).await;
    log.close().await;
    let audit = folder.path().join("audit");
    let root_key = second["root"].as_str().unwrap();
    assert_eq!(both(&audit, &["--key", root_key]).1, 0);
    // Whoever holds the first epoch's key follows the rotation that it signed.
    assert_eq!(
        both(&audit, &["--key", first["vkey"].as_str().unwrap()]).1,
        0
    );
    // A root that is no file, or another's.
    assert_eq!(
        keys(
            folder.path(),
            "rotate",
            &["--root", text(&away.path().join("no"))]
        )
        .0,
        5
    );
    assert_eq!(both(&audit, &["--key", root_key]).1, 0);
}

#[tokio::test]
async fn in_two_steps_the_root_never_sees_the_kernel_s_machine() {
    let (folder, away) = (house(), tempfile::tempdir().unwrap());
    let at = |name: &str| away.path().join(name);
    let (root, request, cert) = (at("root.key"), at("request"), at("cert"));
    let (code, vkey) = kit::aegis(&["keys", "root", text(&root), "--name", "acme.example/root"]);
    assert_eq!(code, 0);
    let certify = || {
        let arguments = [
            "keys",
            "certify",
            text(&request),
            "--root",
            text(&root),
            "-o",
            text(&cert),
        ];
        assert_eq!(kit::aegis(&arguments).0, 0);
    };
    assert_eq!(
        keys(
            folder.path(),
            "init",
            &["--name", NAME, "--request", text(&request)]
        )
        .0,
        0
    );
    certify();
    // What nobody certified, or nobody asked for, is not installed.
    assert_eq!(
        keys(folder.path(), "init", &["--install", text(&request)]).0,
        2
    );
    assert_eq!(
        keys(folder.path(), "init", &["--install", text(&cert)]).0,
        0
    );
    assert_eq!(
        keys(folder.path(), "init", &["--install", text(&cert)]).0,
        2
    );
    let log = start_signed(folder.path()).unwrap();
    kit::calls(&log, 0..3).await;
    log.close().await;
    let audit = folder.path().join("audit");
    assert_eq!(both(&audit, &["--key", vkey.trim()]).1, 0);
    // Between the request and the certificate nothing is signed, so no kernel starts.
    assert_eq!(
        keys(folder.path(), "rotate", &["--request", text(&request)]).0,
        0
    );
    let refused = start_signed(folder.path()).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("--install"), "{refused}");
    assert_eq!(keys(folder.path(), "rotate", &["--cancel"]).0, 0);
    start_signed(folder.path()).unwrap().close().await;
    assert_eq!(
        keys(folder.path(), "rotate", &["--request", text(&request)]).0,
        0
    );
    certify();
    assert_eq!(
        keys(folder.path(), "rotate", &["--install", text(&cert)]).0,
        0
    );
    assert_eq!(both(&audit, &["--key", vkey.trim()]).1, 0);
    assert_eq!(json(folder.path(), "show", &[])["epoch"], 1);
}

#[tokio::test]
async fn a_ceremony_that_was_cut_off_is_gone_on_with() {
    let away = tempfile::tempdir().unwrap();
    let root = away.path().join("root.key");
    let folder = signed_house(&root).await;
    let dir = keys_of(folder.path()).dir().to_owned();
    let rotate = || keys(folder.path(), "rotate", &["--root", text(&root)]).0;
    // Each step in turn cannot put its file in its place, as if the machine had stopped there.
    for step in ["1.key", "1.request", "1.cert"] {
        let barrier = dir.join(format!(".{step}.new"));
        let barrier = match step {
            "1.key" => dir.join("..1.key.new.new"),
            _ => barrier,
        };
        fs::create_dir(&barrier).unwrap();
        assert_ne!(rotate(), 0, "{step}");
        fs::remove_dir(&barrier).unwrap();
    }
    assert_eq!(rotate(), 0);
    let shown = json(folder.path(), "show", &[]);
    assert_eq!(
        (&shown["epoch"], &shown["pending"]),
        (&1.into(), &false.into())
    );
    let audit = folder.path().join("audit");
    assert_eq!(both(&audit, &["--key", &super::signing::root_key()]).1, 0);
}
