//! `aegis policy prove`: questions about the policy, answered by exhausting what its rules can tell apart.
//! Knows nothing of how they are answered; `core` does.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use aegis_core::json::Json;
use aegis_core::policy::prove::{ASSUMED, Answer, Ask, Prover, Sense, Verdict};
use aegis_core::source::Problem;

use super::{expanded, gathered};
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
pub(super) fn run(command: &ProveCommand, mut output: impl Write) -> u8 {
    let read = load::load(&command.config.config)
        .and_then(|loaded| Ok((asks(&files(&command.questions, &loaded)?)?, loaded)));
    let (asks, loaded) = match read {
        Ok(read) => read,
        Err(found) => {
            problems::show(&found, Severity::Error);
            return 2;
        }
    };
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
    let written = output.write_all(text.as_bytes());
    match (written.and_then(|()| output.flush()), all_hold) {
        (Err(_), _) => 2,
        (Ok(()), true) => 0,
        (Ok(()), false) => 1,
    }
}

/// The files of questions: those named, or those beside the policies.
fn files(named: &[PathBuf], loaded: &Loaded) -> Result<Vec<PathBuf>, Vec<Problem>> {
    if !named.is_empty() {
        return expanded(named);
    }
    let policies = loaded.config.policies.iter();
    let folders: BTreeSet<PathBuf> = policies
        .filter_map(|file| Some(file.parent()?.join("questions")))
        .filter(|folder| folder.is_dir())
        .collect();
    if folders.is_empty() {
        let fix = "name one, or write `questions/*.toml` beside the policy files";
        return Err(vec![Problem::whole_file(
            "questions",
            "no file of questions",
            fix,
        )]);
    }
    expanded(&folders)
}

fn asks(files: &[PathBuf]) -> Result<Vec<Ask>, Vec<Problem>> {
    gathered(files, |file| {
        Ask::parse(&load::text(file)?, &file.display().to_string())
    })
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
