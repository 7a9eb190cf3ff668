//! Files that must be refused, each with every problem that must be named, where it stands and its fix.
//! Knows nothing of how files are read.

use std::path::Path;

use aegis_core::manifest;
use aegis_core::policy::{self, Policy};
use aegis_core::source::Problem;
use aegis_host::cli::problems::{self, Severity};
use aegis_tests::policies as support;

/// A file of the corpus says in comments what it is and what must be said of it:
/// `#? manifest|policy|config`, then `#! LINE:COLUMN words of the message // words of the fix`.
struct Bad {
    kind: String,
    wanted: Vec<(String, String, String)>,
}

fn bad(text: &str) -> Bad {
    let after = |mark: &'static str| {
        text.lines()
            .filter_map(move |line| line.strip_prefix(mark))
            .map(str::trim)
    };
    let wanted = after("#!")
        .map(|line| {
            let (place, rest) = line.split_once(' ').unwrap();
            let (message, fix) = rest.split_once(" // ").unwrap();
            (place.to_owned(), message.to_owned(), fix.to_owned())
        })
        .collect();
    Bad {
        kind: after("#?").next().unwrap().to_owned(),
        wanted,
    }
}

fn problems_of(kind: &str, path: &Path, text: &str) -> Vec<Problem> {
    let file = path.display().to_string();
    match kind {
        "manifest" => manifest::parse(text, &file).err().unwrap_or_default(),
        "policy" => policy::parse(text, &file)
            .and_then(|rules| {
                let manifests = support::manifests();
                let redundant = policy::redundant(&rules, &manifests);
                Policy::new(rules, &manifests)?;
                match redundant.is_empty() {
                    true => Ok(()),
                    false => Err(redundant),
                }
            })
            .err()
            .unwrap_or_default(),
        "config" => aegis_host::load::load(path).err().unwrap_or_default(),
        other => panic!("no kind `{other}`"),
    }
}

#[test]
fn every_bad_file_is_refused_in_the_words_written_in_it() {
    let files = support::tomls(&support::root().join("tests/corpus/config"));
    assert!(files.len() >= 30, "only {} files were found", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let text = support::read(&path);
        let Bad { kind, wanted } = bad(&text);
        assert!(!wanted.is_empty(), "{} expects nothing", path.display());
        let found = problems_of(&kind, &path, &text);
        let name = path.file_name().unwrap().to_string_lossy();
        let mut said: Vec<_> = found
            .iter()
            .map(|problem| {
                let (line, column) = problem.position(&text);
                (
                    format!("{line}:{column}"),
                    problem.message.clone(),
                    problem.fix.clone(),
                )
            })
            .collect();
        for (place, message, fix) in &wanted {
            let fits = |s: &(String, String, String)| {
                s.0 == *place && s.1.contains(message) && s.2.contains(fix)
            };
            match said.iter().position(fits) {
                Some(at) => drop(said.remove(at)),
                None => wrong.push(format!("{name}: nobody says `{place} {message} // {fix}`")),
            }
        }
        wrong.extend(
            said.into_iter().map(|(place, message, fix)| {
                format!("{name}: also said: {place} {message} // {fix}")
            }),
        );
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_problem_is_shown_with_its_place_its_line_and_its_fix() {
    let path = support::root().join("tests/corpus/config/policy-unknown-key.toml");
    let text = support::read(&path);
    let found = problems_of("policy", &path, &text);
    let shown = problems::render(&found, Severity::Error, false);
    let header = "policy-unknown-key.toml:6:1: error: unknown key `capabilitys` in `block`";
    assert!(shown.lines().any(|line| line.ends_with(header)), "{shown}");
    assert!(
        shown.contains("capabilitys = "),
        "the line itself:\n{shown}"
    );
    assert!(shown.contains("fix: did you mean `capability`?"), "{shown}");
    assert!(
        !shown.contains('\u{1b}'),
        "no colour where none was asked for"
    );
    assert!(problems::render(&found, Severity::Error, true).contains('\u{1b}'));
}

#[test]
fn a_literal_secret_is_refused_and_never_shown() {
    let path = support::root().join("tests/corpus/config/config-literal-secret.toml");
    let found = aegis_host::load::load(&path).err().unwrap();
    let shown = problems::render(&found, Severity::Error, false);
    let json = problems::to_json(&found).to_string();
    assert!(shown.contains("is not a reference"), "{shown}");
    assert!(
        !shown.contains("hunter2") && !json.contains("hunter2"),
        "{shown}"
    );
}

#[test]
fn shipped_files_have_no_problem() {
    for name in ["postgres.toml", "s3.toml", "medallion.toml"] {
        let system = support::shipped(name);
        assert!(!system.tools.is_empty(), "{name}");
        assert_eq!(system.digest.len(), 64);
    }
    let on = support::policy(&support::ON);
    let off = support::policy(&support::OFF);
    assert_ne!(on.epoch(), off.epoch());
    let names: Vec<&str> = on.rules().map(policy::Rule::id).collect();
    for invariant in [
        "no-destructive-ops",
        "pii-egress-mask",
        "gold-needs-validation",
    ] {
        assert!(names.contains(&invariant), "{names:?}");
    }
}

#[test]
fn files_cut_off_anywhere_are_refused_and_shown() {
    for folder in ["manifests", "policies"] {
        for path in support::tomls(&support::root().join(folder)) {
            let text = support::read(&path);
            let file = path.display().to_string();
            for at in (0..text.len())
                .step_by(41)
                .filter(|at| text.is_char_boundary(*at))
            {
                let cut = &text[..at];
                let found = manifest::parse(cut, &file)
                    .err()
                    .into_iter()
                    .chain(policy::parse(cut, &file).err());
                for problems in found {
                    assert!(!problems::render(&problems, Severity::Error, true).is_empty());
                }
            }
        }
    }
}

#[test]
fn a_file_that_changed_meanwhile_is_still_shown() {
    let file = support::root()
        .join("manifests/s3.toml")
        .display()
        .to_string();
    let backwards = std::ops::Range { start: 9, end: 3 };
    for span in [0..0, 0..1, 5..10_000_000, 10_000_000..10_000_001, backwards] {
        let problem = Problem {
            file: file.clone(),
            span,
            message: "m".to_owned(),
            fix: "f".to_owned(),
        };
        assert!(problems::render(&[problem], Severity::Warning, false).contains("warning: m"));
    }
}
