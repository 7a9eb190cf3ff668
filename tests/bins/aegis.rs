//! The `aegis` binary as the tests start it: the same command line, built beside them.
//! Knows nothing.

use std::process::ExitCode;

fn main() -> ExitCode {
    aegis_host::cli::main()
}
