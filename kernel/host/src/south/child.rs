//! One child process: a keeper of its own, a group, a cleared environment, and a task that always reaps it.
//! Knows nothing of MCP.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aegis_core::limits;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::process::{Child as Process, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::{oneshot, watch};
use tokio::time::{sleep, timeout};

use super::secret::Secret;
use crate::config::StrictConfig;
#[cfg(target_os = "linux")]
use crate::keeper;
use crate::{environment, found};

/// What is started, and with what.
pub(super) struct Program {
    /// Program and arguments; never a secret among them, for any user may read them.
    pub(super) command: Vec<String>,
    /// The working folder.
    pub(super) folder: PathBuf,
    /// Plain variables.
    pub(super) env: BTreeMap<String, String>,
    /// What it may touch, where it is held to it.
    pub(super) strict: Option<StrictConfig>,
    /// The file of the `aegis` binary.
    pub(super) binary: PathBuf,
    /// Secret variables.
    pub(super) secrets: BTreeMap<String, Arc<Secret>>,
}

/// The ends of a child's standard streams.
pub(super) struct Pipes {
    pub(super) stdin: ChildStdin,
    pub(super) stdout: ChildStdout,
}

/// A running child. When this is dropped its keeper asks it to end, then makes it.
pub(super) struct Child {
    stop: oneshot::Sender<()>,
    stderr: Tail,
    reaped: Reaped,
}

/// Tells when a child has been reaped and its group is gone.
#[derive(Clone)]
pub(super) struct Reaped(watch::Receiver<()>);

/// Whoever holds this has not been reaped.
pub(super) type Living = watch::Sender<()>;

impl Reaped {
    pub(super) fn pair() -> (Living, Self) {
        let (living, reaped) = watch::channel(());
        (living, Self(reaped))
    }

    pub(super) async fn wait(mut self) {
        // The keeper never sends: its end closes the channel.
        while self.0.changed().await.is_ok() {}
    }
}

/// The end of what a child wrote on its standard error. It may hold anything, secrets among it.
#[derive(Clone)]
pub(super) struct Tail {
    kept: Arc<Mutex<VecDeque<u8>>>,
    ended: watch::Receiver<()>,
}

impl Child {
    /// Starts a program. It gets `PATH`, its own variables and its own secrets, and nothing else.
    pub(super) fn spawn(program: &Program) -> io::Result<(Self, Pipes)> {
        let mut process = command(program)?.spawn()?;
        let group = process
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw)
            .map(|id| Group { id, kept: true });
        let missing = || io::Error::from(io::ErrorKind::BrokenPipe);
        let stdin = process.stdin.take().ok_or_else(missing)?;
        let stdout = process.stdout.take().ok_or_else(missing)?;
        let stderr = Tail::of(process.stderr.take());
        let (stop, stopped) = oneshot::channel();
        let (living, reaped) = Reaped::pair();
        tokio::spawn(async move {
            keep(process, group, stopped).await;
            drop(living);
        });
        let child = Self {
            stop,
            stderr,
            reaped,
        };
        Ok((child, Pipes { stdin, stdout }))
    }

    /// The end of its standard error so far.
    pub(super) fn stderr(&self) -> &Tail {
        &self.stderr
    }

    /// Ends it and waits until it is reaped: twice [`limits::CHILD_GRACE_MS`] and what the system needs for a kill, five
    /// times where its keeper is stuck.
    pub(super) async fn end(self) {
        drop(self.stop);
        self.reaped.wait().await;
    }

    /// For who wants to know when it is gone.
    pub(super) fn reaped(&self) -> Reaped {
        self.reaped.clone()
    }
}

/// A process group that dies with this value, also where the runtime is torn down around it. Its first process is a
/// keeper, which ends all that it has started wherever that hides; only one that is stuck or gone is passed over.
struct Group {
    id: Pid,
    kept: bool,
}

impl Group {
    /// Asks the keeper to end everything.
    fn ask(&self) {
        // No such process: it has ended, which is what is wanted.
        let _ = kill_process(self.id, Signal::TERM);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.kept {
            self.ask();
        } else {
            let _ = kill_process_group(self.id, Signal::KILL);
        }
    }
}

fn command(program: &Program) -> io::Result<Command> {
    let mut command = begin(program)?;
    command.current_dir(&program.folder).env_clear();
    if let Some(path) = environment::variable("PATH") {
        command.env("PATH", path);
    }
    command.envs(&program.env);
    for (name, secret) in &program.secrets {
        command.env(name, secret.expose());
    }
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    Ok(command)
}

/// The program's keeper, which starts it.
#[cfg(target_os = "linux")]
fn begin(program: &Program) -> io::Result<Command> {
    let (name, arguments) = split(program)?;
    let order = keeper::Order {
        of: rustix::process::getpid().as_raw_nonzero().get(),
        strict: program.strict.clone(),
        program: program.file()?,
        name: name.into(),
        arguments: arguments.iter().map(Into::into).collect(),
    };
    let mut command = Command::new(&program.binary);
    command.arg0("aegis").args(order.words());
    Ok(command)
}

impl Program {
    /// The file that is run.
    pub(super) fn file(&self) -> io::Result<PathBuf> {
        let (name, _) = split(self)?;
        if name == "aegis" {
            return Ok(self.binary.clone());
        }
        let path = self.env.get("PATH").map(std::ffi::OsString::from);
        let path = path.or_else(|| environment::variable("PATH"));
        found::find(name, &self.folder, path.as_deref())
    }
}

/// The program itself: other systems give a keeper nothing to find its processes by.
#[cfg(not(target_os = "linux"))]
fn begin(program: &Program) -> io::Result<Command> {
    let (name, arguments) = split(program)?;
    if program.strict.is_some() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let mut command = if name == "aegis" {
        Command::new(std::env::current_exe()?)
    } else {
        Command::new(name)
    };
    command.args(arguments);
    Ok(command)
}

fn split(program: &Program) -> io::Result<(&str, &[String])> {
    let empty = || io::Error::from(io::ErrorKind::InvalidInput);
    let (name, arguments) = program.command.split_first().ok_or_else(empty)?;
    Ok((name, arguments))
}

/// Waits for the child's own end or for the wish that it end: its closed input is the first word, SIGTERM to its keeper
/// the second, which gives it a grace and then ends all of it; SIGKILL to the whole group is the last. A group's number
/// is not given to another process while any member lives, and is signalled at once after the reaping.
async fn keep(mut process: Process, group: Option<Group>, stopped: oneshot::Receiver<()>) {
    let grace = Duration::from_millis(limits::CHILD_GRACE_MS);
    let Some(mut group) = group else { return };
    let ended = async {
        tokio::select! {
            _ = process.wait() => return,
            _ = stopped => {}
        }
        if timeout(grace, process.wait()).await.is_ok() {
            return;
        }
        group.ask();
        let _ = timeout(4 * grace, process.wait()).await;
    };
    ended.await;
    group.kept = false;
    drop(group);
    // SIGKILL cannot be refused: this ends, and reaps.
    let _ = process.wait().await;
}

impl Tail {
    /// Begins to keep the end of a stream.
    fn of(source: Option<ChildStderr>) -> Self {
        let (ending, ended) = watch::channel(());
        let kept = Arc::new(Mutex::default());
        if let Some(source) = source {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                fill(source, &kept).await;
                drop(ending);
            });
        }
        Self { kept, ended }
    }

    /// What is kept, once the stream has ended or the child has had its grace to end it.
    pub(super) async fn last(mut self) -> Vec<u8> {
        let patience = Duration::from_millis(4 * limits::CHILD_GRACE_MS);
        let _ = timeout(patience, async {
            while self.ended.changed().await.is_ok() {}
        })
        .await;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().copied().collect()
    }
}

/// Reads to the end of the stream, so that a talkative child never blocks, and keeps the last bytes.
async fn fill(mut source: ChildStderr, kept: &Mutex<VecDeque<u8>>) {
    let mut chunk = [0_u8; 4096];
    let mut burst = 0;
    while let Ok(count @ 1..) = source.read(&mut chunk).await {
        burst += count;
        if burst >= limits::STDERR_BURST_BYTES {
            burst = 0;
            // A flood only slows the flooder down.
            sleep(Duration::from_millis(limits::STDERR_PAUSE_MS)).await;
        }
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(chunk.get(..count).unwrap_or_default());
        let excess = kept.len().saturating_sub(limits::STDERR_BYTES_MAX);
        kept.drain(..excess);
    }
}
