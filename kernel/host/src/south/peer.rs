//! Who answers as one downstream, with the secrets that are for it alone: what a connection is opened to.
//! Knows nothing of lives and connections.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::child::Program;
use super::fault::SouthFault;
use super::keyring::Keyring;
use super::remote::Remote;
use super::secret::Secret;
use crate::config::{PeerConfig, ProgramConfig, SecretRef};
use crate::sandbox;

/// Who answers as one downstream.
pub(super) enum Peer {
    /// A child of the kernel.
    Program(Box<Program>),
    /// A server over HTTP.
    Remote(Arc<Remote>),
}

impl Peer {
    /// Resolves the secrets of one configured downstream; starts nothing.
    pub(super) fn new(
        name: &str,
        config: &PeerConfig,
        folder: &Path,
        binary: &Path,
        keyring: &Keyring,
    ) -> Result<Self, SouthFault> {
        match config {
            PeerConfig::Program(config) => program(name, config, folder, binary, keyring)
                .map(Box::new)
                .map(Self::Program),
            PeerConfig::Remote(config) => {
                Ok(Self::Remote(Arc::new(Remote::new(name, config, keyring)?)))
            }
        }
    }

    /// How an operator knows it: the program, without arguments.
    pub(super) fn label(&self) -> &str {
        match self {
            Self::Program(program) => program.command.first().map_or("", String::as_str),
            Self::Remote(remote) => remote.label(),
        }
    }

    /// The values of its secrets.
    pub(super) fn known_secrets(&self) -> Vec<Zeroizing<Vec<u8>>> {
        match self {
            Self::Program(program) => {
                let secrets = program.secrets.values();
                secrets.flat_map(|secret| secret.known()).collect()
            }
            Self::Remote(remote) => remote.known(),
        }
    }

    /// The one in this variable, where there are variables.
    pub(super) fn secret(&self, variable: &str) -> Option<&Secret> {
        match self {
            Self::Program(program) => program.secrets.get(variable).map(Arc::as_ref),
            Self::Remote(_) => None,
        }
    }
}

fn program(
    name: &str,
    config: &ProgramConfig,
    folder: &Path,
    binary: &Path,
    keyring: &Keyring,
) -> Result<Program, SouthFault> {
    if config.command.is_empty() {
        return Err(SouthFault::NoCommand {
            server: name.to_owned(),
        });
    }
    let program = Program {
        command: config.command.clone(),
        folder: folder.to_owned(),
        env: config.env.clone(),
        strict: config.strict.clone(),
        binary: binary.to_owned(),
        secrets: resolved(name, &config.secrets, keyring)?,
    };
    held(name, &program)?;
    Ok(program)
}

/// Whether its processes can be held to what they may touch, where they are to be.
fn held(name: &str, program: &Program) -> Result<(), SouthFault> {
    let Some(strict) = &program.strict else {
        return Ok(());
    };
    let server = || name.to_owned();
    let file = program.file().map_err(|error| SouthFault::Program {
        server: server(),
        program: program.command.first().cloned().unwrap_or_default(),
        error,
    })?;
    sandbox::possible(strict, &file).map_err(|why| SouthFault::Sandbox {
        server: server(),
        why,
    })
}

fn resolved(
    server: &str,
    references: &BTreeMap<String, SecretRef>,
    keyring: &Keyring,
) -> Result<BTreeMap<String, Arc<Secret>>, SouthFault> {
    let mut secrets = BTreeMap::new();
    for (variable, reference) in references {
        let secret = keyring
            .resolve(reference)
            .map_err(|fault| SouthFault::Secret {
                server: server.to_owned(),
                variable: variable.clone(),
                fault,
            })?;
        secrets.insert(variable.clone(), secret);
    }
    Ok(secrets)
}
