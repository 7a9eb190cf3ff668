//! `aegis-verify`: verifies a log without the kernel, and answers as `aegis audit verify` does.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use aegis_verify::{Arguments, Paint, Report, USAGE, plain};

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("aegis-verify: {}\n{USAGE}", plain(&problem));
            return ExitCode::from(2);
        }
    };
    let report = match Report::of(&arguments.dir, &arguments.request) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("aegis-verify: {}", plain(&error.to_string()));
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
