//! The command `aegis-verify`, whole but for its `main`.
//! Knows nothing of the log.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use super::arguments::{Arguments, USAGE};
use super::plain::{Paint, plain};
use super::report::Report;

/// Verifies the log that the arguments name, and says so on standard output.
#[must_use]
pub fn main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    if given.iter().any(|word| word == "--help" || word == "-h") {
        let told = writeln!(std::io::stdout(), "{USAGE}");
        return ExitCode::from(if told.is_ok() { 0 } else { 5 });
    }
    let arguments = match Arguments::parse(given.into_iter()) {
        Ok(arguments) => arguments,
        Err(problem) => {
            let _ = writeln!(
                std::io::stderr(),
                "aegis-verify: {}\n{USAGE}",
                plain(&problem)
            );
            return ExitCode::from(2);
        }
    };
    let report = match Report::of(&arguments.dir, &arguments.request) {
        Ok(report) => report,
        Err(error) => {
            let _ = writeln!(
                std::io::stderr(),
                "aegis-verify: {}",
                plain(&error.to_string())
            );
            return ExitCode::from(5);
        }
    };
    let mut out = std::io::stdout();
    let printed = if arguments.json {
        writeln!(out, "{}", report.to_json())
    } else {
        report.print(Paint::new(out.is_terminal()), &mut out)
    };
    match printed.and_then(|()| out.flush()) {
        Ok(()) => ExitCode::from(report.exit()),
        Err(_) => ExitCode::from(5),
    }
}
