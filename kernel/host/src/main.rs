//! The `aegis` binary.
//! Knows nothing: the command line is `cli`'s.

use std::process::ExitCode;

fn main() -> ExitCode {
    aegis_host::cli::main()
}
