//! Asks a program that no configuration names yet for its tools; it is given no secret of the kernel's.
//! Knows nothing of manifests.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aegis_core::definition::Definition;
use aegis_core::limits;
use aegis_core::refusal::FailureCode;

use super::child::Program;
use super::client::{Connection, OpenFault};
use super::guard;
use super::last_words::last_words;
use super::peer::Peer;

/// Starts a program, asks for its tools and ends it.
///
/// # Errors
/// In words, why there are none.
pub(crate) async fn probe(
    command: &[String],
    env: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Definition>, String> {
    guard::raise();
    let peer = Peer::Program(Box::new(Program {
        command: command.to_vec(),
        folder: PathBuf::from("."),
        env: env.clone(),
        strict: None,
        binary: PathBuf::from("/proc/self/exe"),
        secrets: BTreeMap::new(),
    }));
    let limit = Duration::from_millis(limits::PROBE_MS_MAX);
    match Connection::open(&peer, limit, &Arc::default()).await {
        Ok(connection) => {
            let tools = connection.tools().definitions();
            connection.close().await;
            Ok(tools)
        }
        Err(OpenFault::Spawn(error)) => Err(format!("the program cannot be started ({error})")),
        Err(OpenFault::Silent(code, stderr)) => {
            let said = last_words(&stderr.last().await, [], &[0; 32]);
            Err(silent(code, said))
        }
        Err(OpenFault::Far(code, said)) => Err(silent(code, said)),
        Err(OpenFault::Open(_) | OpenFault::Over) => Err("the server is pausing".to_owned()),
    }
}

fn silent(code: FailureCode, said: Option<String>) -> String {
    let (code, said) = (code.as_str(), said.unwrap_or_else(|| "nothing".to_owned()));
    format!("the server did not introduce itself ({code}); it said: {said}")
}
