//! `aegis keep`: the parent of one downstream's processes. It ends them all, however the kernel ends.
//! Knows nothing of MCP, and has nothing to say to anyone: a child's pipes go past it.

mod brood;
mod order;
mod watched;

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::channel;
use std::time::Duration;

use aegis_core::limits;
use rustix::process::{
    DumpableBehavior, Pid, Signal, getpid, kill_current_process_group, set_child_subreaper,
    set_dumpable_behavior,
};
use tokio::signal::unix::{Signal as Heard, SignalKind, signal};
use tokio::time::timeout;

pub(crate) use self::order::{Order, WORD};
use self::watched::Watched;
use crate::config::StrictConfig;
use crate::sandbox;

/// The exit code of a keeper that could not begin, as of shells.
const NOT_BEGUN: u8 = 127;

/// Runs one program until it ends, until this process is told to end, or until the kernel has gone; then nothing that
/// the program has begotten lives on. The exit code is the program's.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> u8 {
    let Some(order) = Order::read(arguments) else {
        crate::told::tell!("aegis keep: the kernel starts this itself; there is nothing to run");
        return 2;
    };
    match keep(order) {
        Ok(code) => code,
        Err(fault) => {
            crate::told::tell!("aegis keep: {fault}");
            NOT_BEGUN
        }
    }
}

fn keep(order: Order) -> Result<u8, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|fault| format!("no runtime: {fault}"))?;
    runtime.block_on(async {
        let mut kernel =
            Watched::parent(order.of).map_err(|fault| format!("no kernel: {fault}"))?;
        // Whoever loses its parent below here is this process's child from then on, and found.
        set_child_subreaper(Some(getpid())).map_err(|fault| format!("no subreaper: {fault}"))?;
        let _ = std::fs::write("/proc/self/comm", "aegis-keeper");
        // The child's secrets are in this process's environment as well.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
        let mut told = Told::listen().map_err(|fault| format!("no signals: {fault}"))?;
        let child = begin(order)?;
        let ended = match mute() {
            Ok(()) => Ok(attend(child, &mut kernel, &mut told).await),
            Err(fault) => Err(format!("the child's pipes stay open here: {fault}")),
        };
        brood::end();
        ended
    })
}

/// Starts the program, in this process's own group.
fn begin(order: Order) -> Result<Pid, String> {
    let name = Path::new(&order.name).display().to_string();
    let child = match order.strict.clone() {
        None => spawn(&order),
        Some(strict) => held(order, strict),
    };
    let child = child.map_err(|fault| format!("`{name}` cannot be started: {fault}"))?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    pid.ok_or_else(|| "a process without a number".to_owned())
}

/// What holds a thread holds what it starts; this process must still see and end all of it. The thread stays: its end
/// would be a parent's death to a program that asked to be told of one.
fn held(order: Order, strict: StrictConfig) -> Result<Child, String> {
    let (tell, told) = channel();
    let thread = std::thread::Builder::new().spawn(move || {
        let child = sandbox::enter(&strict, &order.program).and_then(|()| spawn(&order));
        let _ = tell.send(child);
        loop {
            std::thread::park();
        }
    });
    thread.map_err(|fault| fault.to_string())?;
    told.recv().unwrap_or_else(|_| Err("no thread".to_owned()))
}

fn spawn(order: &Order) -> Result<Child, String> {
    let mut command = Command::new(&order.program);
    command.arg0(&order.name).args(&order.arguments);
    command.spawn().map_err(|fault| fault.to_string())
}

/// Lets go of the child's pipes: its end must be seen at the other side.
fn mute() -> io::Result<()> {
    let null = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    Ok(())
}

/// Waits for the child's end. Where this process is told to end, or the kernel goes, the group is asked to end, and has a
/// grace for it.
async fn attend(child: Pid, kernel: &mut Watched, told: &mut Told) -> u8 {
    tokio::select! {
        biased;
        code = ended(child, &mut told.child_ended) => return code,
        () = to_end(&mut told.end) => {}
        () = kernel.gone() => {}
    }
    // This process is in the group as well, and hears it once more.
    let _ = kill_current_process_group(Signal::TERM);
    let grace = Duration::from_millis(limits::CHILD_GRACE_MS);
    let ended = timeout(grace, ended(child, &mut told.child_ended)).await;
    ended.unwrap_or(NOT_BEGUN)
}

/// Reaps whatever has ended, until it is the child.
async fn ended(child: Pid, heard: &mut Heard) -> u8 {
    loop {
        if let Some(code) = brood::reap(child) {
            return code;
        }
        heard.recv().await;
    }
}

/// Any of the signals that ask for an end.
async fn to_end(end: &mut [Heard; 4]) {
    let [terminate, interrupt, hangup, quit] = end;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
        _ = quit.recv() => {}
    }
}

/// The signals that this process hears.
struct Told {
    child_ended: Heard,
    end: [Heard; 4],
}

impl Told {
    /// From here on none of these ends this process.
    fn listen() -> io::Result<Self> {
        Ok(Self {
            child_ended: signal(SignalKind::child())?,
            end: [
                signal(SignalKind::terminate())?,
                signal(SignalKind::interrupt())?,
                signal(SignalKind::hangup())?,
                signal(SignalKind::quit())?,
            ],
        })
    }
}
