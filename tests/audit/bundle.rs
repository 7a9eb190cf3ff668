//! The archive for an auditor: unpacked, it verifies with nothing else.
//! Knows nothing of what else an auditor may hold.

use std::process::Command;

use super::kit;

#[tokio::test]
async fn a_bundle_verifies_where_it_is_unpacked_and_is_the_same_each_time() {
    let folder = kit::closed(12, 2_048).await;
    let dir = folder.path().join("audit");
    std::fs::create_dir(dir.join("policies")).unwrap();
    std::fs::write(dir.join("policies").join("a".repeat(64)), "text").unwrap();
    std::fs::write(dir.join("some.key"), "never packed").unwrap();
    std::fs::write(dir.join("ballast"), "of no use to anyone else").unwrap();
    let pack = |name: &str| {
        let path = folder.path().join(name);
        let (code, text) = kit::aegis(&[
            "bundle",
            dir.to_str().unwrap(),
            "--decision",
            "deny",
            "-o",
            path.to_str().unwrap(),
        ]);
        assert_eq!(code, 0, "{text}");
        std::fs::read(path).unwrap()
    };
    let (one, two) = (pack("one.tar"), pack("two.tar"));
    assert_eq!(one, two);
    let there = dir.to_str().unwrap();
    let again = folder.path().join("one.tar");
    assert_eq!(
        kit::aegis(&["bundle", there, "-o", again.to_str().unwrap()]).0,
        5,
        "never overwrites"
    );
    let out = tempfile::tempdir().unwrap();
    let status = Command::new("tar")
        .arg("-xf")
        .arg(&again)
        .arg("-C")
        .arg(out.path())
        .status()
        .unwrap();
    assert!(status.success());
    let root = out.path().join("aegis-bundle");
    let (code, text) = kit::aegis(&["verify", root.join("log").to_str().unwrap()]);
    assert_eq!(code, 0, "{text}");
    let extract = std::fs::read_to_string(root.join("calls.jsonl")).unwrap();
    assert_eq!(extract.lines().count(), 3);
    assert!(root.join("README.txt").is_file());
    assert!(root.join("log/policies").join("a".repeat(64)).is_file());
    for private in ["some.key", "ballast"] {
        assert!(!root.join("log").join(private).exists(), "{private}");
    }
}

#[tokio::test]
async fn a_log_that_does_not_hold_is_not_packed() {
    let folder = kit::closed(4, u64::MAX).await;
    let file = &kit::segments(folder.path())[0];
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, text.replacen("customers", "customerz", 1)).unwrap();
    let path = folder.path().join("x.tar");
    let dir = folder.path().join("audit");
    let (code, _) = kit::aegis(&[
        "bundle",
        dir.to_str().unwrap(),
        "-o",
        path.to_str().unwrap(),
    ]);
    assert_eq!(code, 1);
    assert!(!path.exists());
}
