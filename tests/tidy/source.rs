//! The Rust files of the house.
//! Knows nothing of the rules.

use std::path::Path;

/// One source file.
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Whether it belongs to the product and not to its tests.
    pub fn is_product(&self) -> bool {
        !self.path.starts_with("tests/")
    }

    /// Lines with their numbers, from one.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
    }
}

/// Every `.rs` file of the four crates.
pub fn all() -> Vec<Source> {
    let root = aegis_tests::root();
    let mut found = Vec::new();
    for part in ["kernel", "downstreams", "tests"] {
        walk(&root, &root.join(part), &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("gates") {
                walk(root, &path, found);
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            found.push(Source {
                path: name,
                text: std::fs::read_to_string(&path).unwrap(),
            });
        }
    }
}
