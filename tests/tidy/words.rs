//! Words that stay out of the house, and the two header lines of every file.
//! Knows nothing of imports.

use std::collections::BTreeSet;

use super::source::Source;

/// In the product: what it must not hold, and what to use instead.
const BANNED: &[(&str, &str)] = &[
    (".unwrap()", "handle the error"),
    (".expect(\"", "handle the error"),
    ("panic!(", "return a refusal"),
    ("todo!(", "finish it"),
    ("unimplemented!(", "finish it"),
    ("unreachable!(", "make it a type"),
    ("#[allow(", "use #[expect(lint, reason = …)]"),
    ("unsafe ", "there is none"),
    ("FIXME", "mend it"),
    ("TODO", "mend it or file it"),
    ("XXX:", "mend it"),
    ("#[cfg(test)]", "tests live in tests/"),
];

/// Banned words.
pub fn judge(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources.iter().filter(|source| source.is_product()) {
        for (at, line) in source
            .lines()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for (word, advice) in BANNED {
                if line.contains(word) {
                    problems.push(format!(
                        "{}:{at}: `{word}` is banned: {advice}",
                        source.path
                    ));
                }
            }
            let prints = line.contains("println!(") && !line.contains("eprintln!(");
            if prints && !source.path.starts_with("kernel/host/src/cli/") {
                problems.push(format!(
                    "{}:{at}: stdout is the wire; only cli prints",
                    source.path
                ));
            }
        }
    }
    problems
}

/// The first line says what a file is for, the next sentence what it refuses to know.
pub fn headers(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources {
        let mut header = source
            .text
            .lines()
            .take_while(|line| line.starts_with("//!"));
        let first = header.next().unwrap_or_default();
        if first.trim_start_matches("//!").trim().is_empty() {
            problems.push(format!("{}: begin with `//! what it is for`", source.path));
        }
        let crate_root = source.path.ends_with("src/lib.rs") || source.path.ends_with("main.rs");
        if source.is_product() && !crate_root && !header.any(|line| line.contains("nows nothing")) {
            problems.push(format!(
                "{}: say in the header what it knows nothing of",
                source.path
            ));
        }
    }
    problems
}

/// Every rule that the code names itself is told to whoever reads the log, and none else.
pub fn own_rules(sources: &[Source]) -> Vec<String> {
    let told_in = "kernel/host/src/cli/audit/rule_words.rs";
    let named = |source: &Source| -> BTreeSet<String> {
        let names = source.text.split("\"kernel.").skip(1);
        let names = names.filter_map(|rest| rest.split_once('"'));
        let plain = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let names = names.map(|(name, _)| name).filter(|name| !name.is_empty());
        names.filter(plain).map(str::to_owned).collect()
    };
    let (told, used): (Vec<&Source>, Vec<&Source>) = sources
        .iter()
        .filter(|source| source.is_product())
        .partition(|source| source.path == told_in);
    let told: BTreeSet<String> = told.into_iter().flat_map(named).collect();
    let used: BTreeSet<String> = used.into_iter().flat_map(named).collect();
    let missing = used.difference(&told);
    let missing = missing.map(|name| format!("{told_in}: say what `kernel.{name}` is for"));
    let dead = told.difference(&used);
    let dead = dead.map(|name| format!("{told_in}: no code names `kernel.{name}`"));
    missing.chain(dead).collect()
}
