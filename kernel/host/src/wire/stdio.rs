//! This process's own stdin and stdout, without a blocking pool where they are pipes or sockets.
//! Knows nothing of lines.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::pin::Pin;
use std::task::{Context, Poll};

use rustix::fs::{FileType, fstat};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio::net::unix::pipe;

/// What stdin turned out to be.
pub type Input = Box<dyn AsyncRead + Send + Unpin>;
/// What stdout turned out to be.
pub type Output = Box<dyn AsyncWrite + Send + Unpin>;

/// This process's stdin. Where it is a file or a terminal, one thread copies it into a pipe.
///
/// # Errors
/// Where it is closed, or of no kind that can be read.
pub fn stdin() -> io::Result<Input> {
    let fd = io::stdin().as_fd().try_clone_to_owned()?;
    match kind(&fd)? {
        // Opened anew, a pipe has a description of its own: its non-blocking flag does not reach
        // other processes, nor our stderr where it is the same pipe.
        FileType::Fifo => Ok(Box::new(
            pipe::OpenOptions::new()
                .open_receiver("/proc/self/fd/0")
                .or_else(|_| pipe::Receiver::from_owned_fd(fd))?,
        )),
        FileType::Socket => Ok(Box::new(socket(fd)?)),
        _ => {
            let (reader, mut writer) = io::pipe()?;
            let mut source = File::from(fd);
            std::thread::Builder::new()
                .name("stdin".into())
                .spawn(move || io::copy(&mut source, &mut writer))?;
            Ok(Box::new(pipe::Receiver::from_owned_fd(reader.into())?))
        }
    }
}

/// This process's stdout. Where it is a file or a terminal, writes are made in place.
///
/// # Errors
/// Where it is closed, or of no kind that can be written.
pub fn stdout() -> io::Result<Output> {
    let fd = io::stdout().as_fd().try_clone_to_owned()?;
    match kind(&fd)? {
        FileType::Fifo => Ok(Box::new(
            pipe::OpenOptions::new()
                .open_sender("/proc/self/fd/1")
                .or_else(|_| pipe::Sender::from_owned_fd(fd))?,
        )),
        FileType::Socket => Ok(Box::new(socket(fd)?)),
        _ => Ok(Box::new(InPlace(File::from(fd)))),
    }
}

fn kind(fd: &OwnedFd) -> io::Result<FileType> {
    Ok(FileType::from_raw_mode(fstat(fd)?.st_mode))
}

/// Hosts on libuv give their children socket pairs for stdio.
fn socket(fd: OwnedFd) -> io::Result<UnixStream> {
    let stream = StdUnixStream::from(fd);
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

/// A file or terminal: its writes are as good as immediate.
struct InPlace(File);

impl AsyncWrite for InPlace {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(io::Write::write(&mut self.get_mut().0, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
