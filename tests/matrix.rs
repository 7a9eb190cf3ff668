//! Who may do what under the shipped policies, as a text that is reviewed as a diff.
//! Knows nothing of single calls. `UPDATE=1` writes the text anew.

use std::collections::BTreeSet;

use aegis_tests::policies as support;

#[test]
fn the_authority_matrix_is_as_reviewed() {
    let manifests = support::manifests();
    let mut text =
        String::from("# principal x tool, regenerated with UPDATE=1 cargo test --test matrix\n");
    for (title, files) in [
        ("the default policy", &support::ON[..]),
        ("strict", &["policies/samples/strict.toml"]),
        ("development", &["policies/samples/development.toml"]),
        ("financial services", &["policies/samples/financial.toml"]),
        ("the demo's allow-all policy", &support::OFF[..]),
    ] {
        let policy = support::policy(files);
        let mut principals: BTreeSet<String> = policy.principals();
        principals.insert("someone-else".to_owned());
        text.push_str(&format!("\n## {title}\n\n"));
        text.push_str(&policy.matrix(&principals, &manifests).to_text());
    }
    let path = support::root().join("tests/matrix/authority.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        text,
        support::read(&path),
        "authority changed: review, then UPDATE=1"
    );
}
