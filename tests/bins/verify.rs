//! The `aegis-verify` binary as the tests start it, built beside them.
//! Knows nothing.

use std::process::ExitCode;

fn main() -> ExitCode {
    aegis_verify::main()
}
