//! `aegis policy prove`: questions about the policy, answered by exhausting what its rules can tell apart.
//! Knows nothing of how they are answered; `core` does.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use aegis_core::json::Json;
use aegis_core::policy::prove::{ASSUMED, Answer, Ask, Prover, Sense, Verdict};

use crate::cli::ConfigArgument;
use crate::cli::check::principals;
use crate::cli::problems::{self, Severity};
use crate::load::{self, Loaded};

/// Arguments of `aegis policy prove`.
#[derive(clap::Args, Debug)]
pub(in crate::cli) struct ProveCommand {
    #[command(flatten)]
    config: ConfigArgument,
    /// Files of questions, or folders of them; without any, `questions/` beside the policy files
    #[arg(value_name = "QUESTIONS")]
    questions: Vec<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command and gives its exit code.
pub(super) fn run(command: &ProveCommand) -> u8 {
    let loaded = match load::load(&command.config.config) {
        Ok(loaded) => loaded,
        Err(found) => {
            problems::show(&found, Severity::Error);
            return 2;
        }
    };
    let files = match files(&command.questions, &loaded) {
        Ok(files) => files,
        Err(why) => {
            crate::told::tell!("aegis policy prove: {why}");
            return 2;
        }
    };
    let mut asks: Vec<Ask> = Vec::new();
    let mut found = Vec::new();
    for file in &files {
        let name = file.display().to_string();
        match std::fs::read_to_string(file) {
            Err(why) => {
                crate::told::tell!("aegis policy prove: `{name}` cannot be read: {why}");
                return 2;
            }
            Ok(text) => match Ask::parse(&text, &name) {
                Ok(more) => asks.extend(more),
                Err(problems) => found.extend(problems),
            },
        }
    }
    if !found.is_empty() {
        problems::show(&found, Severity::Error);
        return 2;
    }
    let prover = Prover::new(&loaded.policy, &loaded.manifests, principals(&loaded));
    let answers: Vec<(Ask, Answer)> = asks
        .into_iter()
        .map(|ask| {
            let answer = prover.answer(&ask);
            (ask, answer)
        })
        .collect();
    let all_hold = answers
        .iter()
        .all(|(_, answer)| answer.verdict == Verdict::Holds);
    let text = match command.json {
        true => format!("{}\n", to_json(&answers)),
        false => to_text(&answers),
    };
    match (std::io::stdout().write_all(text.as_bytes()), all_hold) {
        (Err(_), _) => 2,
        (Ok(()), true) => 0,
        (Ok(()), false) => 1,
    }
}

/// The files of questions: those named, or those beside the policies.
fn files(named: &[PathBuf], loaded: &Loaded) -> Result<Vec<PathBuf>, String> {
    if named.is_empty() {
        let policies = loaded.config.policies.iter();
        let folders: BTreeSet<PathBuf> = policies
            .filter_map(|file| Some(file.parent()?.join("questions")))
            .filter(|folder| folder.is_dir())
            .collect();
        let found: Result<Vec<Vec<PathBuf>>, String> = folders.iter().map(|f| tomls(f)).collect();
        let found = found?.concat();
        return match found.is_empty() {
            true => Err("no file of questions: name one, or write `questions/*.toml` beside the policy files".to_owned()),
            false => Ok(found),
        };
    }
    let mut found = Vec::new();
    for path in named {
        match path.is_dir() {
            true => found.extend(tomls(path)?),
            false => found.push(path.clone()),
        }
    }
    match found.is_empty() {
        true => Err("the folder holds no `*.toml`".to_owned()),
        false => Ok(found),
    }
}

fn tomls(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|why| format!("`{}` cannot be read: {why}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    found.sort();
    Ok(found)
}

fn to_text(answers: &[(Ask, Answer)]) -> String {
    let mut text = String::new();
    for (ask, answer) in answers {
        let word = match &answer.verdict {
            Verdict::Holds => "holds",
            Verdict::Fails => "does not hold",
            Verdict::Undecided(_) => "not decided",
        };
        text.push_str(&format!(
            "{}: {word}\n  asked: {}\n",
            answer.id, answer.words
        ));
        if let Some(because) = &ask.because {
            text.push_str(&format!("  because: {because}\n"));
        }
        if let Verdict::Undecided(why) = &answer.verdict {
            text.push_str(&format!("  why not: {why}\n"));
        }
        if let Some(witness) = &answer.witness {
            let what = match ask.sense {
                Sense::Never => "counter-example",
                Sense::Possible => "for example",
            };
            text.push_str(&format!("  {what}: {}\n", witness.to_json(&answer.id)));
        }
        text.push_str(&format!(
            "  looked at: {} classes of calls, {} of them asked about\n",
            answer.classes, answer.asked
        ));
        let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
        if !answer.abstracted.is_empty() {
            text.push_str(&format!(
                "  judged for any value: {}\n",
                list(&answer.abstracted)
            ));
        }
        if !answer.without_columns.is_empty() {
            text.push_str(&format!(
                "  no columns, detectors alone: {}\n",
                list(&answer.without_columns)
            ));
        }
        text.push('\n');
    }
    text.push_str("assumed:\n");
    for assumed in ASSUMED {
        text.push_str(&format!("  - {assumed}\n"));
    }
    text
}

fn to_json(answers: &[(Ask, Answer)]) -> Json {
    let names = |names: &BTreeSet<String>| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Json::from(names)
    };
    let one = |(_, answer): &(Ask, Answer)| {
        let (word, why) = match &answer.verdict {
            Verdict::Holds => ("holds", Json::Null),
            Verdict::Fails => ("fails", Json::Null),
            Verdict::Undecided(why) => ("undecided", Json::from(why.as_str())),
        };
        let witness = answer.witness.as_ref();
        let witness = witness.map_or(Json::Null, |witness| witness.to_json(&answer.id));
        Json::object([
            ("id", Json::from(answer.id.as_str())),
            ("asked", Json::from(answer.words.as_str())),
            ("verdict", Json::from(word)),
            ("why", why),
            ("call", witness),
            ("classes", Json::from(answer.classes)),
            ("classes_asked_about", Json::from(answer.asked)),
            ("any_value", names(&answer.abstracted)),
            ("without_columns", names(&answer.without_columns)),
        ])
    };
    Json::object([
        ("answers", Json::Array(answers.iter().map(one).collect())),
        ("assumed", Json::from(ASSUMED.to_vec())),
    ])
}
