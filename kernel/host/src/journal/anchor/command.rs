//! Runs an anchor's command: a note in, a receipt out, within time and size.
//! Knows nothing of what either says.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use aegis_core::limits::ANCHOR_RECEIPT_BYTES_MAX;
use rustix::process::{Pid, Signal, kill_process_group};

use super::AnchorOptions;
use crate::clock::Clock;
use crate::environment;

/// What a command inherits of the kernel's environment, which may hold secrets.
const INHERITED: [&str; 2] = ["PATH", "HOME"];
/// How often a command that has said everything is asked whether it has ended.
const POLL: Duration = Duration::from_millis(5);

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
    let spawned = command
        .envs(&options.env)
        .current_dir(&options.dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = spawned.map_err(|error| format!("not started: {}", error.kind()))?;
    let ended = attend(&mut child, note, timeout);
    if ended.is_err() {
        if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = child.wait();
    }
    ended
}

fn attend(child: &mut Child, note: &str, timeout: Duration) -> Result<Vec<u8>, String> {
    let clock = Clock::start();
    let left = || timeout.saturating_sub(Duration::from_nanos(clock.mono_ns()));
    if let Some(mut input) = child.stdin.take() {
        // A note fits into a pipe; a command that does not read it may still know what to do.
        let _ = input.write_all(note.as_bytes());
    }
    let output = child.stdout.take().ok_or("no output")?;
    let (to, said) = channel();
    let most = u64::try_from(ANCHOR_RECEIPT_BYTES_MAX).unwrap_or(u64::MAX);
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.take(most.saturating_add(1)).read_to_end(&mut bytes);
        let _ = to.send(read.map(|_| bytes));
    });
    let said = said.recv_timeout(left()).map_err(|_| "timeout")?;
    let said = said.map_err(|error| format!("unreadable: {}", error.kind()))?;
    if said.len() > ANCHOR_RECEIPT_BYTES_MAX {
        return Err("too long a receipt".to_owned());
    }
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(said),
            Ok(Some(status)) => {
                return Err(match status.code() {
                    Some(code) => format!("exit {code}"),
                    None => "killed".to_owned(),
                });
            }
            Ok(None) if left().is_zero() => return Err("timeout".to_owned()),
            Ok(None) => std::thread::sleep(POLL),
            Err(error) => return Err(format!("lost: {}", error.kind())),
        }
    }
}
