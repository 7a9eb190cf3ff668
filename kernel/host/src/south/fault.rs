//! What an operator is told of downstreams: faults that stop the start, and warnings that do not.
//! Knows nothing of values: it names places.

use std::fmt;
use std::io;

use aegis_core::refusal::FailureCode;
use thiserror::Error;

use super::secret::SecretFault;
use crate::dial::TrustFault;

/// Why south cannot start: the configuration has to be mended first.
#[derive(Debug, Error)]
pub enum SouthFault {
    /// A secret cannot be had.
    #[error("`[south.{server}]` secret `{variable}`: {fault}")]
    Secret {
        /// The downstream.
        server: String,
        /// The variable that was to carry it.
        variable: String,
        /// Why.
        fault: SecretFault,
    },
    /// Nobody can vouch for a server.
    #[error("`[south.{server}]`: {fault}")]
    Trust {
        /// The downstream.
        server: String,
        /// Why.
        fault: TrustFault,
    },
    /// A secret cannot stand in a header.
    #[error(
        "`[south.{server}]`: a secret of `bearer` or `secret_headers` cannot stand in a header; it must be visible ASCII"
    )]
    Header {
        /// The downstream.
        server: String,
    },
    /// There is no program to start.
    #[error("`[south.{server}]` has an empty `command`; name a program")]
    NoCommand {
        /// The downstream.
        server: String,
    },
    /// Its processes cannot be held to what they may touch.
    #[error(
        "`[south.{server}]` cannot be held in `sandbox = \"strict\"`, so that it is not started: {why}"
    )]
    Sandbox {
        /// The downstream.
        server: String,
        /// What stands in the way, and what to do.
        why: String,
    },
    /// The program cannot be started.
    #[error(
        "`[south.{server}]` program `{program}` cannot be started ({error}); correct `command`"
    )]
    Program {
        /// The downstream.
        server: String,
        /// The program, without its arguments.
        program: String,
        /// What the system says.
        error: io::Error,
    },
}

/// What an operator should know, while the kernel serves on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The downstream did not introduce itself at the start; it is tried again at the first call.
    Silent {
        /// The downstream.
        server: String,
        /// How it failed.
        code: FailureCode,
        /// What it said last on its standard error, masked.
        said: Option<String>,
    },
    /// A declared tool that the downstream does not offer: its calls are denied.
    Missing {
        /// The downstream.
        server: String,
        /// The tool.
        tool: String,
    },
    /// A pinned tool whose definition has changed: its calls are denied.
    Drifted {
        /// The downstream.
        server: String,
        /// The tool.
        tool: String,
    },
    /// A tool without a pin, of a system whose tools have to be pinned: its calls are denied.
    Unpinned {
        /// The downstream.
        server: String,
        /// The tool.
        tool: String,
    },
    /// A tool that was removed is again what it has to be.
    Restored {
        /// The downstream.
        server: String,
        /// The tool.
        tool: String,
    },
}

impl Warning {
    /// The name that the log records.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Silent { .. } => "south.silent",
            Self::Missing { .. } => "kernel.tool-missing",
            Self::Drifted { .. } => "kernel.pin-drift",
            Self::Unpinned { .. } => "kernel.not-pinned",
            Self::Restored { .. } => "restored",
        }
    }

    /// The tool that it is about, with its downstream's name.
    #[must_use]
    pub fn tool(&self) -> Option<(&str, &str)> {
        match self {
            Self::Silent { .. } => None,
            Self::Missing { server, tool }
            | Self::Drifted { server, tool }
            | Self::Unpinned { server, tool }
            | Self::Restored { server, tool } => Some((server, tool)),
        }
    }

    /// That calls of a tool are denied from now on under this rule.
    pub(super) fn removed(rule: &str, server: String, tool: String) -> Self {
        match rule {
            "kernel.pin-drift" => Self::Drifted { server, tool },
            "kernel.not-pinned" => Self::Unpinned { server, tool },
            _ => Self::Missing { server, tool },
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent { server, code, said } => {
                let code = code.as_str();
                let said = said
                    .as_deref()
                    .unwrap_or("nothing; run its command by hand");
                write!(
                    f,
                    "`{server}` did not introduce itself ({code}); it said: {said}"
                )
            }
            Self::Missing { server, tool } => {
                write!(
                    f,
                    "`{server}` does not offer the declared tool `{tool}`; its calls are denied"
                )
            }
            Self::Drifted { server, tool } => {
                write!(
                    f,
                    "`{server}` has changed the pinned tool `{tool}`; its calls are denied until `aegis pins diff {server}` was read and the change is accepted"
                )
            }
            Self::Unpinned { server, tool } => {
                write!(
                    f,
                    "`{tool}` of `{server}` is not pinned and has to be; its calls are denied until `aegis pins accept {server}`"
                )
            }
            Self::Restored { server, tool } => {
                write!(
                    f,
                    "`{server}` offers `{tool}` again as it was approved; its calls are served"
                )
            }
        }
    }
}
