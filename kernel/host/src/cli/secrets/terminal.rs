//! Reads one line from a terminal that does not show it.
//! Knows nothing of what the line is.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::{AsFd, BorrowedFd};

use aegis_core::limits::SECRET_BYTES_MAX;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// Ctrl-C, ctrl-D, backspace in its two forms, ctrl-U.
const INTERRUPT: u8 = 0x03;
const END: u8 = 0x04;
const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7f;
const KILL: u8 = 0x15;

/// Asks on a terminal and reads the answer, which is not shown. The terminal is the one on standard input where that is
/// one, and else the one that the process belongs to.
///
/// # Errors
/// Where there is no terminal, or whoever sits there gave up.
pub(super) fn ask(question: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    let stdin = io::stdin();
    if rustix::termios::isatty(&stdin) {
        return on(stdin.as_fd(), question);
    }
    let terminal: File = OpenOptions::new().read(true).open("/dev/tty")?;
    on(terminal.as_fd(), question)
}

fn on(terminal: BorrowedFd<'_>, question: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    let quiet = Quiet::on(terminal)?;
    let mut err = io::stderr();
    let _ = write!(err, "{question}: ");
    let _ = err.flush();
    let line = line(terminal);
    let _ = writeln!(err);
    drop(quiet);
    line
}

/// A terminal that shows nothing of what is typed, until this is dropped. Keys come one by one: also a long value comes
/// whole, and ctrl-C does not leave a terminal behind that shows nothing.
struct Quiet<'t> {
    terminal: BorrowedFd<'t>,
    before: Termios,
}

impl<'t> Quiet<'t> {
    fn on(terminal: BorrowedFd<'t>) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        quiet.make_raw();
        quiet.output_modes = before.output_modes;
        tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // What was pasted beyond the first line is a secret too, and no command for the shell.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

fn line(terminal: BorrowedFd<'_>) -> io::Result<Zeroizing<Vec<u8>>> {
    // Of this size from the start: growing would leave copies behind.
    let mut line = Zeroizing::new(Vec::with_capacity(SECRET_BYTES_MAX + 2));
    let mut key = Zeroizing::new([0_u8; 1]);
    loop {
        let count = match rustix::io::read(terminal, key.as_mut_slice()) {
            Err(rustix::io::Errno::INTR) => continue,
            read => read?,
        };
        let [typed] = *key;
        match typed {
            _ if count == 0 => return Ok(line),
            b'\r' | b'\n' => return Ok(line),
            END if line.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            END => return Ok(line),
            INTERRUPT => return Err(io::ErrorKind::Interrupted.into()),
            KILL => line.clear(),
            BACKSPACE | DELETE => {
                // A whole character: the bytes that continue one, and the one that begins it.
                while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            }
            _ if line.len() > SECRET_BYTES_MAX => {}
            byte => line.push(byte),
        }
    }
}
