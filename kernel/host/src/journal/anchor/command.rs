//! Runs an anchor's command: a note in, a receipt out, within time and size.
//! Knows nothing of what either says.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use aegis_core::limits::ANCHOR_RECEIPT_BYTES_MAX;

use super::AnchorOptions;
use crate::environment;
use crate::program::{self, Wanted};

/// What a command inherits of the kernel's environment, which may hold secrets.
const INHERITED: [&str; 2] = ["PATH", "HOME"];

/// Runs it: what it printed, or in a few words why that is nothing.
pub(super) fn run(
    options: &AnchorOptions,
    note: &str,
    timeout: Duration,
) -> Result<Vec<u8>, String> {
    let (program, arguments) = options.command.split_first().ok_or("no command")?;
    let mut command = Command::new(match program.as_str() {
        "aegis" => {
            std::env::current_exe().map_err(|error| format!("not started: {}", error.kind()))?
        }
        program => PathBuf::from(program),
    });
    command.args(arguments).env_clear();
    for name in INHERITED {
        if let Some(value) = environment::variable(name) {
            command.env(name, value);
        }
    }
    command.envs(&options.env).current_dir(&options.dir);
    let wanted = Wanted {
        input: Some(note.as_bytes()),
        output: "a receipt",
        output_max: ANCHOR_RECEIPT_BYTES_MAX,
        timeout,
    };
    Ok(std::mem::take(&mut *program::run(&mut command, &wanted)?))
}
