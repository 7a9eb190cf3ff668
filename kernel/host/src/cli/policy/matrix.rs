//! `aegis policy matrix`: who may do what, as a text that is reviewed and kept true.
//! Knows nothing of single calls.

use std::io::Write;
use std::path::PathBuf;

use aegis_core::json::Json;
use aegis_core::policy::matrix::{Matrix, Row};

use super::lines;
use crate::cli::ConfigArgument;
use crate::cli::check::principals;
use crate::cli::problems::{self, Severity};
use crate::load;

/// Arguments of `aegis policy matrix`.
#[derive(clap::Args, Debug)]
pub(in crate::cli) struct MatrixCommand {
    #[command(flatten)]
    config: ConfigArgument,
    /// A file that this command wrote: exit 1 and show the difference where it is no longer true
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

const HEADING: &str = "# who may do what: principal, tool, and on what it depends. Written by `aegis policy matrix`\n\n";

/// Runs the command and gives its exit code.
pub(super) fn run(command: &MatrixCommand, mut output: impl Write) -> u8 {
    let loaded = match load::load(&command.config.config) {
        Ok(loaded) => loaded,
        Err(found) => {
            problems::show(&found, Severity::Error);
            return 2;
        }
    };
    let matrix = loaded
        .policy
        .matrix(&principals(&loaded), &loaded.manifests);
    let text = format!("{HEADING}{}", matrix.to_text());
    let difference = match &command.check {
        None => None,
        Some(file) => match std::fs::read_to_string(file) {
            Ok(reviewed) => Some(lines::difference(&reviewed, &text)),
            Err(why) => {
                let place = file.display();
                crate::told::tell!("aegis policy matrix: `{place}` cannot be read: {why}");
                return 2;
            }
        },
    };
    let stale = difference.as_ref().is_some_and(|shown| !shown.is_empty());
    let told = match (command.json, &difference) {
        (true, _) => format!("{}\n", to_json(&matrix, difference.as_deref())),
        (false, None) => text,
        (false, Some(shown)) if shown.is_empty() => "ok: the matrix is as reviewed\n".to_owned(),
        (false, Some(shown)) => {
            format!("the matrix is not as reviewed (- reviewed, + now):\n\n{shown}")
        }
    };
    let written = output.write_all(told.as_bytes());
    match (written.and_then(|()| output.flush()), stale) {
        (Err(_), _) => 2,
        (Ok(()), true) => 1,
        (Ok(()), false) => 0,
    }
}

fn to_json(matrix: &Matrix, difference: Option<&str>) -> Json {
    let row = |row: &Row| {
        let lines = row.lines.iter().map(|line| {
            Json::object([
                ("about", Json::from(line.about.as_str())),
                ("how", Json::from(line.how.as_str())),
            ])
        });
        let denied = row.denied.as_deref().map_or(Json::Null, Json::from);
        Json::object([
            ("tool", Json::from(row.tool.as_str())),
            ("permitted", Json::from(row.permitted)),
            ("denied", denied),
            ("on", Json::Array(lines.collect())),
        ])
    };
    let one = |(name, (_, rows)): (&String, &(String, Vec<Row>))| {
        Json::object([
            ("principal", Json::from(name.as_str())),
            ("tools", Json::Array(rows.iter().map(row).collect())),
        ])
    };
    let told = difference.map_or(Json::Null, Json::from);
    let checked = difference.map_or(Json::Null, |shown| Json::from(shown.is_empty()));
    Json::object([
        ("true", checked),
        ("difference", told),
        (
            "matrix",
            Json::Array(matrix.principals.iter().map(one).collect()),
        ),
    ])
}
