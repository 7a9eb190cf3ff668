//! Serving one MCP handler on standard input and output until the input closes.
//! Knows nothing of tools; prints nothing else on stdout.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::thread::JoinHandle;

use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::{ServerHandler, ServiceExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio::net::unix::pipe;

use crate::ServeError;
use crate::bounds::LINE_BYTES_MAX;

type Reader = Box<dyn AsyncRead + Send + Unpin>;
type Writer = Box<dyn AsyncWrite + Send + Unpin>;

/// Serves until the input closes; blocks. One thread drives the wire, the work runs beside it.
pub(crate) fn run(handler: impl ServerHandler) -> Result<(), ServeError> {
    die_with_parent();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(stdio_error)?;
    let served = runtime.block_on(async {
        let reader = reader().map_err(stdio_error)?;
        let (writer, printer) = writer().map_err(stdio_error)?;
        let transport =
            AsyncRwTransport::new_server(reader, writer).with_max_line_length(LINE_BYTES_MAX);
        // A client that leaves before it greets has asked for nothing: that is an end, not a fault.
        if let Ok(service) = handler.serve(transport).await {
            let _reason = service.waiting().await;
        }
        Ok(printer)
    });
    // A statement that is still running must not keep the process alive after its client left.
    runtime.shutdown_background();
    if let Some(printer) = served? {
        let _last_answers_are_out = printer.join();
    }
    Ok(())
}

fn stdio_error(error: io::Error) -> ServeError {
    ServeError::Stdio(error.kind())
}

/// Asks for an end together with the parent (prctl(2) `PR_SET_PDEATHSIG`), so that a killed parent
/// leaves no process with credentials behind. Closing stdin ends the process too; this is the second net.
fn die_with_parent() {
    #[cfg(target_os = "linux")]
    {
        let _best_effort =
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM));
    }
}

/// Standard input, driven by the reactor where it is a pipe: each read through tokio's blocking
/// pool would cost a thread switch.
fn reader() -> io::Result<Reader> {
    if let Some(file) = reopen_pipe("/proc/self/fd/0", false) {
        return Ok(Box::new(pipe::Receiver::from_file(file)?));
    }
    let (ours, theirs) = StdUnixStream::pair()?;
    std::thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(move || {
            let mut theirs = theirs;
            let _until_closed = io::copy(&mut io::stdin().lock(), &mut theirs);
        })?;
    Ok(Box::new(to_tokio(ours)?))
}

/// Standard output likewise, with the thread that prints where it is no pipe.
fn writer() -> io::Result<(Writer, Option<JoinHandle<()>>)> {
    if let Some(file) = reopen_pipe("/proc/self/fd/1", true) {
        return Ok((Box::new(pipe::Sender::from_file(file)?), None));
    }
    let (ours, theirs) = StdUnixStream::pair()?;
    let printer = std::thread::Builder::new()
        .name("stdout".to_owned())
        .spawn(move || {
            let mut theirs = theirs;
            let _until_closed = forward(&mut theirs, &mut io::stdout().lock());
        })?;
    Ok((Box::new(to_tokio(ours)?), Some(printer)))
}

/// Like `io::copy`, but flushes after each piece: stdout holds back what has no line end.
fn forward(from: &mut impl io::Read, to: &mut impl io::Write) -> io::Result<()> {
    let mut piece = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut piece)?;
        if count == 0 {
            return Ok(());
        }
        to.write_all(piece.get(..count).unwrap_or_default())?;
        to.flush()?;
    }
}

fn to_tokio(stream: StdUnixStream) -> io::Result<UnixStream> {
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

/// Opens a standard stream anew where it is a pipe: the new description is non-blocking, the
/// inherited one, which others may share, stays as it was.
fn reopen_pipe(path: &str, write: bool) -> Option<File> {
    // `metadata` follows the link and does not open: opening a terminal or FIFO could block.
    if !std::fs::metadata(path).ok()?.file_type().is_fifo() {
        return None;
    }
    std::fs::OpenOptions::new()
        .read(!write)
        .write(write)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .ok()
}
