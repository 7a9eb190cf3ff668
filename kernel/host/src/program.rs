//! Programs that say one thing and end, within time and size: anchors of the log, stores of secrets.
//! Knows nothing of what they are asked or say, and chooses nothing of their environment.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use zeroize::Zeroizing;

use crate::clock::Clock;

/// How often a program that has said everything is asked whether it has ended.
const POLL: Duration = Duration::from_millis(5);

/// What is wanted of a program.
pub(crate) struct Wanted<'a> {
    /// What it reads; nothing where there is none.
    pub(crate) input: Option<&'a [u8]>,
    /// What its output is called where it is too long.
    pub(crate) output: &'static str,
    /// The longest output, in bytes.
    pub(crate) output_max: usize,
    /// How long it may take.
    pub(crate) timeout: Duration,
}

/// Runs it in a process group of its own, which does not outlive a failure: what it printed, or in a few words why that is
/// nothing. Of its standard error nothing is kept. What it printed may be a secret, and is wiped.
pub(crate) fn run(
    command: &mut Command,
    wanted: &Wanted<'_>,
) -> Result<Zeroizing<Vec<u8>>, String> {
    let input = match wanted.input {
        Some(_) => Stdio::piped(),
        None => Stdio::null(),
    };
    let spawned = command
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = spawned.map_err(|error| format!("not started: {}", error.kind()))?;
    let ended = attend(&mut child, wanted);
    if ended.is_err() {
        if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = child.wait();
    }
    ended
}

fn attend(child: &mut Child, wanted: &Wanted<'_>) -> Result<Zeroizing<Vec<u8>>, String> {
    let clock = Clock::start();
    let left = || {
        let past = Duration::from_nanos(clock.mono_ns());
        wanted.timeout.saturating_sub(past)
    };
    if let (Some(mut to), Some(input)) = (child.stdin.take(), wanted.input) {
        // It fits into a pipe; a program that does not read it may still know what to do.
        let _ = to.write_all(input);
    }
    let output = child.stdout.take().ok_or("no output")?;
    let (to, said) = channel();
    let most = wanted.output_max;
    std::thread::spawn(move || {
        let _ = to.send(read(output, most));
    });
    let said = said.recv_timeout(left()).map_err(|_| "timeout")?;
    let said = said.map_err(|error| format!("unreadable: {}", error.kind()))?;
    if said.len() > most {
        return Err(format!("too long {}", wanted.output));
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
fn read(output: ChildStdout, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let bound = most.saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(bound.saturating_add(1)));
    let more = u64::try_from(bound).unwrap_or(u64::MAX);
    output.take(more).read_to_end(&mut bytes)?;
    Ok(bytes)
}
