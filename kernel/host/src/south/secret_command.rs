//! A secret that a program prints, such as `op`, `vault` or `aws`: run without a shell, within time and size.
//! Knows nothing of what the value opens, and shows no word of what the program says.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use aegis_core::limits;
use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroizing;

use crate::clock::Clock;

/// How often a program that has said everything is asked whether it has ended.
const POLL: Duration = Duration::from_millis(5);

/// Runs it: what it printed, or in a few words why that is nothing. It has the kernel's own environment, in which such
/// programs find out who they are; of its standard error nothing is kept.
pub(super) fn run(command: &[String], timeout: Duration) -> Result<Zeroizing<Vec<u8>>, String> {
    let (program, arguments) = command.split_first().ok_or("no command")?;
    let spawned = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = spawned.map_err(|error| format!("not started: {}", error.kind()))?;
    let ended = attend(&mut child, timeout);
    if ended.is_err() {
        if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = child.wait();
    }
    ended
}

fn attend(child: &mut Child, timeout: Duration) -> Result<Zeroizing<Vec<u8>>, String> {
    let clock = Clock::start();
    let left = || timeout.saturating_sub(Duration::from_nanos(clock.mono_ns()));
    let output = child.stdout.take().ok_or("no output")?;
    let (to, said) = channel();
    std::thread::spawn(move || {
        let _ = to.send(read(output));
    });
    let said = said.recv_timeout(left()).map_err(|_| "timeout")?;
    let said = said.map_err(|error| format!("unreadable: {}", error.kind()))?;
    if said.len() > limits::SECRET_BYTES_MAX {
        return Err("too long an output".to_owned());
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

/// Reads one byte more than the bound at the most, into memory that is never reallocated.
fn read(output: ChildStdout) -> io::Result<Zeroizing<Vec<u8>>> {
    let bound = limits::SECRET_BYTES_MAX + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(bound + 1));
    let more = u64::try_from(bound).unwrap_or(u64::MAX);
    output.take(more).read_to_end(&mut bytes)?;
    Ok(bytes)
}
