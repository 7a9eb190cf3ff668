//! What the tools of configured downstreams are, asked by the kernel's own means and under a record, without serving anyone.
//! Knows nothing of what was accepted.

use std::collections::BTreeMap;
use std::sync::Arc;

use aegis_core::definition::Definition;
use aegis_core::manifest::Manifests;

use crate::exposed::{Wanted, exposed};
use crate::guard;
use crate::load::Loaded;
use crate::south::{Keyring, South, Warning};
use crate::start::{self, StartFault};
use crate::tokens;

/// What was found.
pub(crate) struct Offered {
    /// By server, then tool; of the servers that introduced themselves.
    pub(crate) tools: BTreeMap<String, BTreeMap<String, Definition>>,
    /// Why others did not, by server.
    pub(crate) silent: BTreeMap<String, String>,
}

/// Starts these servers, and asks for their tools.
///
/// # Errors
/// Where the log or a downstream cannot be had.
pub(crate) async fn offered(loaded: &Loaded, servers: &[String]) -> Result<Offered, StartFault> {
    guard::raise();
    let keyring = Keyring::new(loaded.config.secrets.clone());
    let read = |secret: Wanted<'_>| keyring.read_as(secret.reference, secret.read);
    if let Some(found) = exposed(loaded, Some(&read)).into_iter().next() {
        return Err(StartFault::Exposed(found.message));
    }
    let mut config = loaded.config.clone();
    config.south.retain(|name, _| servers.contains(name));
    let keys = config.state.with_file_name("keys");
    let journal = start::journal(&config, keys.clone())?;
    let token_keys = tokens::keys(config.tokens, &keys).map_err(StartFault::TokenKey)?;
    let found = async {
        let errand = journal.errand("pins", "south").await;
        let errand = errand.map_err(|_| StartFault::Unrecorded)?;
        // Without pins: nothing is compared here.
        let manifests = Arc::new(Manifests::default());
        let keys = Arc::new(token_keys);
        let south = South::start_with(&config, manifests, &keys, &errand, &keyring).await?;
        let tools = south.definitions(&errand).await;
        let silent = south.warnings().iter().filter_map(silent).collect();
        south.shutdown().await;
        Ok(Offered { tools, silent })
    };
    let found: Result<Offered, StartFault> = found.await;
    let closed = journal.close().await;
    let offered = found?;
    closed.map_err(|_| StartFault::Unrecorded)?;
    Ok(offered)
}

fn silent(warning: &Warning) -> Option<(String, String)> {
    match warning {
        Warning::Silent { server, .. } => Some((server.clone(), warning.to_string())),
        _ => None,
    }
}
