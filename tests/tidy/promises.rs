//! Every promise and every answered attack names a test that exists.
//! Knows nothing of what the tests prove.

use std::collections::BTreeSet;

/// Test names in backticks in the last column of the tables of PROMISES and THREATS that do not exist.
pub fn judge() -> Vec<String> {
    let tests = test_names();
    let mut problems = Vec::new();
    for page in ["docs/PROMISES.md", "docs/THREATS.md"] {
        let text = std::fs::read_to_string(aegis_tests::root().join(page)).unwrap_or_default();
        let rows: Vec<_> = text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.starts_with("| "))
            .skip(1)
            .collect();
        if rows.is_empty() {
            problems.push(format!("{page}: has no table"));
        }
        for (at, line) in rows {
            let last = line
                .trim_end_matches('|')
                .rsplit('|')
                .next()
                .unwrap_or_default()
                .trim();
            let names: Vec<_> = last.split('`').skip(1).step_by(2).collect();
            if names.is_empty() && !last.contains("open") {
                problems.push(format!(
                    "{page}:{}: names no test and does not say `open`",
                    at + 1
                ));
            }
            for name in names.iter().filter(|name| !tests.contains(**name)) {
                problems.push(format!("{page}:{}: there is no test `{name}`", at + 1));
            }
        }
    }
    problems
}

/// `file::function` of every test in `tests/`.
fn test_names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for source in super::source::all()
        .iter()
        .filter(|source| source.path.starts_with("tests/"))
    {
        let file = source
            .path
            .trim_start_matches("tests/")
            .trim_end_matches(".rs");
        let mut marked = false;
        for (_, line) in source.lines() {
            let code = line.trim_start();
            marked |= code.starts_with("#[test]") || code.starts_with("#[tokio::test");
            let name = code
                .split("fn ")
                .nth(1)
                .and_then(|rest| rest.split('(').next());
            if let (true, Some(name)) = (marked, name.filter(|_| code.contains("fn "))) {
                names.insert(format!("{file}::{name}"));
                marked = false;
            }
            marked |= code.starts_with("proptest!");
        }
    }
    names
}
