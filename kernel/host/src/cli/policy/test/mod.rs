//! `aegis policy test`: users' cases, what every rule needs of them, and small changes that they must notice.
//! Knows nothing of logs, state or downstreams: everything that a decision depends on stands in the case.

mod case;
mod check;
mod cover;
mod expect;
mod find;
mod judge;
mod moment;
mod mutation;
mod posed;
mod report;
mod told;

use std::io::Write;
use std::path::{Path, PathBuf};

use aegis_core::limits::POLICY_CASES_MAX;
use aegis_core::policy::{Declared, Policy};
use aegis_core::source::Problem;
use clap::Args;

use self::case::Case;
use self::posed::Posed;
use self::report::Report;
use super::expanded;
use crate::cli::problems::{self, Severity};
use crate::load::{self, Loaded};

/// Arguments of `aegis policy test`.
#[derive(Args, Debug)]
pub(in crate::cli) struct TestCommand {
    /// The configuration: its manifests, and its policy unless another is named
    #[arg(long, value_name = "FILE", default_value = "aegis.toml")]
    config: PathBuf,
    /// Policy files or folders, in the place of those of the configuration
    #[arg(long, value_name = "FILE|FOLDER")]
    policy: Vec<PathBuf>,
    /// Files or folders with cases; by default `cases/NAME.toml` beside each policy file `NAME.toml`
    #[arg(value_name = "FILE|FOLDER")]
    cases: Vec<PathBuf>,
    /// Change the policy in every small way, and list the changes that no case notices
    #[arg(long)]
    mutation: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The rules that are tested, with where they stand.
pub(super) struct Tested {
    pub(super) loaded: Loaded,
    pub(super) policy: Policy,
    pub(super) declared: Vec<Declared>,
}

/// Runs the command.
#[must_use]
pub(super) fn run(command: &TestCommand, mut output: impl Write) -> u8 {
    let report = match tested(command) {
        Ok(report) => report,
        Err(found) => {
            match command.json {
                true => {
                    let json = report::failed(&found);
                    let _ = output.write_all(format!("{json}\n").as_bytes());
                }
                false => problems::show(&found, Severity::Error),
            }
            return 2;
        }
    };
    let text = match command.json {
        true => format!("{}\n", report.to_json()),
        false => report.to_text(),
    };
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Ok(()) => u8::from(!report.holds()),
        Err(_) => 2,
    }
}

fn tested(command: &TestCommand) -> Result<Report, Vec<Problem>> {
    let loaded = load::load(&command.config)?;
    let files = match command.policy.as_slice() {
        [] => loaded.config.policies.clone(),
        named => expanded(named)?,
    };
    let declared = load::rules(&files)?;
    let policy = loaded.policy_of(declared.clone())?;
    let tested = Tested {
        loaded,
        policy,
        declared,
    };
    let found = match command.cases.as_slice() {
        [] => find::beside(&files)?,
        named => find::Found {
            files: expanded(named)?,
            left: Vec::new(),
        },
    };
    let cases = read(&found.files, &tested)?;
    let posed: Vec<Posed<'_>> = cases.iter().map(|case| Posed::of(case, &tested)).collect();
    let mut report = Report::new(&found, &posed);
    report.cases(&posed, &tested);
    if report.failures.is_empty() {
        // A case that does not hold says nothing of any rule.
        mutation::run(&tested, &posed, command.mutation, &mut report);
    }
    Ok(report)
}

/// Every case of every file, each held against what there is.
fn read(files: &[PathBuf], tested: &Tested) -> Result<Vec<Case>, Vec<Problem>> {
    let mut cases = Vec::new();
    let mut found = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let read = load::text(file).and_then(|text| case::read(&text, &name));
        match read {
            Ok(more) => cases.extend(more),
            Err(problems) => found.extend(problems),
        }
    }
    for case in &cases {
        check::case(case, tested, &mut found);
    }
    found.sort_by_key(|problem| (problem.file.clone(), problem.span.start));
    let count: usize = cases.iter().map(|case| case.moments.len()).sum();
    if count > POLICY_CASES_MAX {
        let message = format!("{count} cases, each moment counted; at most {POLICY_CASES_MAX}");
        let file = files.first().map_or(Path::new("cases"), PathBuf::as_path);
        let file = file.display().to_string();
        found.push(Problem::whole_file(&file, message, "split the policy"));
    }
    match found.is_empty() {
        true => Ok(cases),
        false => Err(found),
    }
}
