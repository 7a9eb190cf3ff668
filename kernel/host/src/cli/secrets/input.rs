//! Where passphrases and values come from: terminal, standard input, references. Never the command line.
//! Knows nothing of stores.

use std::io;

use aegis_core::limits::SECRET_BYTES_MAX;
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::terminal;
use crate::config::{SecretRef, SecretsConfig};
use crate::load;
use crate::south::{Keyring, Secret, SecretFault};

/// Where a passphrase comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum From {
    /// Where a reference points.
    Reference(SecretRef),
    /// The next line of standard input.
    Stdin,
    /// Whoever sits before the terminal.
    Terminal,
}

/// Why there is no passphrase or value.
#[derive(Debug, thiserror::Error)]
pub(super) enum InputFault {
    /// What the secret is not.
    #[error("{0}")]
    Secret(#[from] SecretFault),
    /// The terminal or standard input failed.
    #[error("{0} cannot be read: {1}")]
    Unread(&'static str, io::Error),
    /// Nobody is there to be asked.
    #[error("there is no terminal to ask for {0}; {1}")]
    Nobody(&'static str, &'static str),
    /// Somebody was asked and gave up.
    #[error("given up; nothing was changed")]
    GivenUp,
    /// Typed twice, and not the same.
    #[error("the two passphrases are not the same; nothing was changed")]
    Unequal,
    /// Not a place.
    #[error(
        "that is no place of a passphrase: write `file:PATH`, `env:NAME`, `command:PROGRAM ARGUMENT`, `stdin` or `terminal`; a passphrase itself is never given on the command line"
    )]
    NoPlace,
}

impl From {
    /// Reads what is said on the command line.
    pub(super) fn parse(text: &str) -> Result<Self, InputFault> {
        match text {
            "stdin" => Ok(Self::Stdin),
            "terminal" => Ok(Self::Terminal),
            _ => match load::secret(text) {
                None | Some(SecretRef::Store(_)) => Err(InputFault::NoPlace),
                Some(reference) => Ok(Self::Reference(reference)),
            },
        }
    }

    /// The passphrase. One that is new is asked for twice.
    pub(super) fn passphrase(
        &self,
        config: &SecretsConfig,
        what: &'static str,
        new: bool,
    ) -> Result<Zeroizing<Vec<u8>>, InputFault> {
        match self {
            Self::Reference(reference) => Ok(Keyring::new(config.clone()).key_bytes(reference)?),
            Self::Stdin => {
                let line = stdin_line().map_err(|e| InputFault::Unread("standard input", e))?;
                Ok(Secret::checked(line, what)?)
            }
            Self::Terminal => {
                let help = "name its place with `--key`, or with `key` under `[secrets]`";
                let typed = asked(what, what, help)?;
                if new && *asked(&format!("{what} again"), what, help)? != *typed {
                    return Err(InputFault::Unequal);
                }
                Ok(Secret::checked(typed, what)?)
            }
        }
    }
}

/// A value: asked for where standard input is a terminal, and else what is left of standard input.
pub(super) fn value(name: &str) -> Result<Zeroizing<Vec<u8>>, InputFault> {
    let what = "the value";
    let given = if rustix::termios::isatty(io::stdin()) {
        asked(
            &format!("value of `{name}`"),
            what,
            "give it on standard input",
        )?
    } else {
        stdin_rest().map_err(|e| InputFault::Unread("standard input", e))?
    };
    Ok(Secret::checked(given, what)?)
}

fn asked(
    question: &str,
    what: &'static str,
    help: &'static str,
) -> Result<Zeroizing<Vec<u8>>, InputFault> {
    terminal::ask(question).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof => InputFault::GivenUp,
        _ => InputFault::Nobody(what, help),
    })
}

/// One line, and not a byte of what follows it.
fn stdin_line() -> io::Result<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(SECRET_BYTES_MAX + 2));
    let mut byte = Zeroizing::new([0_u8; 1]);
    while line.len() <= SECRET_BYTES_MAX && read(byte.as_mut_slice())? == 1 {
        let [one] = *byte;
        line.push(one);
        if one == b'\n' {
            break;
        }
    }
    Ok(line)
}

/// What is left, one byte more than a secret may have at the most. Not through the library's reader, whose buffer nobody
/// wipes.
fn stdin_rest() -> io::Result<Zeroizing<Vec<u8>>> {
    let mut all = Zeroizing::new(vec![0_u8; SECRET_BYTES_MAX + 3]);
    let mut filled = 0;
    while let Some(free) = all.get_mut(filled..).filter(|free| !free.is_empty()) {
        match read(free)? {
            0 => break,
            count => filled += count,
        }
    }
    all.truncate(filled);
    Ok(all)
}

fn read(into: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(io::stdin(), &mut *into) {
            Err(Errno::INTR) => {}
            read => return Ok(read?),
        }
    }
}
