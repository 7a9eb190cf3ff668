//! `aegis audit verify`: whether the log holds, how far, and what that does not prove.
//! Knows nothing of records: [`crate::journal::check`] reads them.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::paint::Paint;
use super::report::Report;
use super::{Place, Trouble};
use crate::journal::{Anchor, HEAD, LogFiles, Scope, check, is_being_written};

/// How much must be proven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Level {
    /// Every line is a record.
    Parsed,
    /// Every record is linked to the one before it.
    #[default]
    Chained,
    /// A checkpoint is signed with a key that the auditor holds.
    Signed,
    /// A checkpoint lies where the operator cannot change it.
    Anchored,
    /// Witnesses of the auditor's choice have signed.
    Witnessed,
}

impl Level {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Parsed => "parsed",
            Self::Chained => "chained",
            Self::Signed => "signed",
            Self::Anchored => "anchored",
            Self::Witnessed => "witnessed",
        }
    }
}

/// Arguments of `audit verify`.
#[derive(Args, Debug)]
pub(super) struct VerifyArguments {
    #[command(flatten)]
    place: Place,
    /// The level that must be reached
    #[arg(long, value_enum, default_value_t)]
    require: Level,
    /// A file of receipts, one JSON object {"log", "seq", "leaf"} a line: each must be in the log
    ///
    /// Every answer of the kernel holds one in `_meta["aegis/receipt"]`. Kept away from the kernel's
    /// operator, they show that nothing before them was changed, cut or rolled back.
    #[arg(long = "anchor", value_name = "FILE")]
    anchors: Vec<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(
    arguments: &VerifyArguments,
    paint: Paint,
    out: &mut dyn Write,
) -> Result<u8, Trouble> {
    let dir = arguments.place.dir()?;
    let given = given(&arguments.anchors)?;
    // The head is read before the records: a kernel that writes meanwhile only makes the log longer.
    let head = match Anchor::read(&dir.join(HEAD)) {
        Ok(head) => Ok(head),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err(()),
        Err(error) => return Err(error.into()),
    };
    let known = matches!(head, Ok(Some(_)) | Err(())) || !given.is_empty();
    if !known && LogFiles::list(&dir)?.segments.is_empty() {
        let what = format!("there is no log in `{}`", dir.display());
        return Err(std::io::Error::new(std::io::ErrorKind::NotFound, what).into());
    }
    let mut anchors = given.clone();
    anchors.extend(head.ok().flatten());
    let found = check(&dir, Scope::Whole, &anchors)?;
    let live = !found.torn.is_empty() && is_being_written(&dir);
    let report = Report::new(found, head, &given, live, arguments.require);
    if arguments.json {
        writeln!(out, "{}", report.to_json())?;
    } else {
        report.print(paint, out)?;
    }
    Ok(report.exit())
}

/// Receipts from files, one a line.
fn given(files: &[PathBuf]) -> Result<Vec<Anchor>, Trouble> {
    let mut anchors = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file)?;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            anchors.push(Anchor::parse(line).map_err(|error| unusable(file, &error))?);
        }
    }
    Ok(anchors)
}

fn unusable(file: &Path, error: &std::io::Error) -> Trouble {
    Trouble::Usage(format!("`{}`: {error}", file.display()))
}
