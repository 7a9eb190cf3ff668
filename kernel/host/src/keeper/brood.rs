//! Everything that a keeper's program has begotten: reaped while it lives, ended when it ends.
//! Knows nothing of what any of it does.

use rustix::process::{
    Pid, Signal, WaitOptions, WaitStatus, getpid, kill_current_process_group, kill_process, wait,
};

/// Rounds in which all of them are ended. Each takes a generation; beyond, the whole group goes at one stroke, its keeper
/// among it: nothing that forks faster than it is found escapes that.
const ROUNDS_MAX: usize = 256;

/// Reaps whatever has ended. The exit code of the process of this number, once that is among them.
pub(super) fn reap(child: Pid) -> Option<u8> {
    let mut code = None;
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        if pid == child {
            code = Some(exit_code(status));
        }
    }
    code
}

/// Ends everything that lives below this process and reaps it. As a subreaper this process is the next parent of
/// whatever loses its own, in whichever group or session it hides. Only children are signalled: the number of one that
/// nobody but this process can reap is not another's meanwhile.
pub(super) fn end() {
    for _ in 0..ROUNDS_MAX {
        for child in children() {
            let _ = kill_process(child, Signal::KILL);
        }
        // One that has ended shows its own children in the next round.
        if wait(WaitOptions::empty()).is_err() {
            return;
        }
    }
    let _ = kill_current_process_group(Signal::KILL);
}

/// The children of this process, those that have ended among them.
fn children() -> Vec<Pid> {
    let own = getpid().as_raw_nonzero().get();
    let Ok(all) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let numbers = all.flatten().filter_map(|entry| {
        let name = entry.file_name();
        name.to_str()?.parse::<i32>().ok()
    });
    numbers
        .filter(|number| parent_of(*number) == Some(own))
        .filter_map(Pid::from_raw)
        .collect()
}

/// proc(5): a process's name may hold anything; what follows its last parenthesis is its state and its parent.
fn parent_of(number: i32) -> Option<i32> {
    let stat = std::fs::read(format!("/proc/{number}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

/// As shells have it: 128 and the signal for what a signal ended.
fn exit_code(status: WaitStatus) -> u8 {
    let signal = || status.terminating_signal().map(|signal| signal + 128);
    let code = status.exit_status().or_else(signal);
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
