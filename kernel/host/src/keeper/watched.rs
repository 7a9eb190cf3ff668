//! The kernel as its keeper sees it: a process that lives, or has gone.
//! Knows nothing of what it does.

use std::io;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, getppid, pidfd_open};
use tokio::sync::oneshot;

/// A thread's stack that holds one system call, in bytes.
const STACK_BYTES: usize = 64 * 1024;

/// A process that is watched. Not by `PR_SET_PDEATHSIG`: that comes with the end of the thread which started this process,
/// and a thread may end before its process does.
pub(super) struct Watched(oneshot::Receiver<()>);

impl Watched {
    /// This process's parent, which must be the one of this number.
    ///
    /// # Errors
    /// Where it is not, or not any more; where the system has no pidfd (before Linux 5.3).
    pub(super) fn parent(number: i32) -> io::Result<Self> {
        let gone = || io::Error::from(io::ErrorKind::NotFound);
        let pid = Pid::from_raw(number).ok_or_else(gone)?;
        let watched = pidfd_open(pid, PidfdFlags::empty())?;
        // Asked afterwards: while it is the parent its number is not another's, so it is the one that is watched.
        if getppid() != Some(pid) {
            return Err(gone());
        }
        let (lives, ends) = oneshot::channel();
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        thread.spawn(move || {
            let _lives: oneshot::Sender<()> = lives;
            let mut watched = [PollFd::new(&watched, PollFlags::IN)];
            // pidfd_open(2): readable once it has ended, whatever ended it. A system that can watch no more gives no
            // reason to let anything live on.
            while poll(&mut watched, None) == Err(rustix::io::Errno::INTR) {}
        })?;
        Ok(Self(ends))
    }

    /// Returns once it has gone.
    pub(super) async fn gone(&mut self) {
        let _ = (&mut self.0).await;
    }
}
