//! Puts a kernel together from what was loaded: log, state, downstreams, catalogues.
//! Knows nothing of the wire.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use aegis_core::egress::{Masks, Secrets, SecretsFault, restorable};
use thiserror::Error;

use crate::analyser::Analyser;
use crate::catalogs::{self, Cause};
use crate::clock;
use crate::config::{AnchorConfig, CheckpointConfig, Config, PeerConfig};
use crate::dial::TrustFault;
use crate::exposed::{Wanted, exposed};
use crate::guard;
use crate::journal::{
    AnchorOptions, Anchoring, Checkpointing, Journal, JournalFault, JournalOptions,
};
use crate::lifecycle::Kernel;
use crate::load::Loaded;
use crate::rounds::Rounds;
use crate::rules::{RuleSet, Rules};
use crate::south::{Keyring, South, SouthFault};
use crate::standing;
use crate::state::{State, StateFault, Steady};
use crate::tokens;
use crate::vault::Vault;

/// Why a kernel does not start.
#[derive(Debug, Error)]
pub enum StartFault {
    /// The log.
    #[error("the log: {0}")]
    Journal(#[from] JournalFault),
    /// The state store.
    #[error("the state store: {0}")]
    State(#[from] StateFault),
    /// A downstream or its secrets.
    #[error("{0}")]
    South(#[from] SouthFault),
    /// The log refused a record.
    #[error("the log cannot be written")]
    Unrecorded,
    /// A secret that cannot be looked for in what leaves.
    #[error("a secret cannot be kept from leaving: {0}")]
    Secrets(#[from] SecretsFault),
    /// Labels that went with values are known to the log and not to the state.
    #[error(
        "the log knows of labels that went with copied values, and the state store does not: put the state back that belongs to \
         this log, or move both away to begin anew"
    )]
    CopiesLost,
    /// The catalogues beside the log.
    #[error("the catalogues beside the log: {0}")]
    Catalogs(std::io::Error),
    /// Nobody can vouch for the analyser.
    #[error("the analyser: {0}")]
    Analyser(#[from] TrustFault),
    /// A downstream reaches the kernel's own files.
    #[error("{0}")]
    Exposed(String),
    /// The key of tokens.
    #[error("the key of tokens: {0}")]
    TokenKey(std::io::Error),
}

/// Starts a kernel: the log first, so that everything after it is recorded.
///
/// # Errors
/// Where any part cannot be had; then nothing is served.
pub async fn kernel(loaded: Loaded) -> Result<Kernel, StartFault> {
    let keyring = Keyring::new(loaded.config.secrets.clone());
    kernel_with(loaded, &keyring).await
}

/// As [`kernel`], with secrets some of which were found before.
pub(crate) async fn kernel_with(loaded: Loaded, keyring: &Keyring) -> Result<Kernel, StartFault> {
    guard::raise();
    let read = |secret: Wanted<'_>| keyring.read_as(secret.reference, secret.read);
    if let Some(found) = exposed(&loaded, Some(&read)).into_iter().next() {
        return Err(StartFault::Exposed(found.message));
    }
    let Loaded {
        config,
        manifests,
        policy,
        profiles,
        texts,
        ..
    } = loaded;
    let keys = config.state.with_file_name("keys");
    let keys_folder = keys.clone();
    let journal = journal(&config, keys)?;
    journal
        .policy_loaded(policy.epoch(), &texts)
        .await
        .map_err(|_| StartFault::Unrecorded)?;
    let state = State::open(&config.state, Arc::new(clock::now))?;
    if !state.knows_copies() && journal.knows_copies().map_err(StartFault::Catalogs)? {
        return Err(StartFault::CopiesLost);
    }
    let state = state.paced_by(Steady::of_machine())?;
    let token_keys = tokens::keys(config.tokens, &keys_folder).map_err(StartFault::TokenKey)?;
    let token_keys = Arc::new(token_keys);
    let manifests = Arc::new(manifests);
    let errand = journal
        .errand("start", "south")
        .await
        .map_err(|_| StartFault::Unrecorded)?;
    let manifests_of = Arc::clone(&manifests);
    let south = South::start_with(&config, manifests_of, &token_keys, &errand, keyring).await?;
    tell_held(&config);
    for warning in south.warnings() {
        let noted = standing::noted(&journal, warning).await;
        noted.map_err(|_| StartFault::Unrecorded)?;
    }
    let secrets = Secrets::new(south.known_secrets())?;
    let (terms, analyser) = match config.analyser {
        Some(found) => {
            let client = Analyser::new(found.address, found.timeout_ms, found.ca.as_deref())?;
            (Some(found.terms), Some(client))
        }
        None => (None, None),
    };
    let masks = Masks::with(token_keys, secrets, profiles, restorable(&manifests));
    let rules = Rules::new(RuleSet::first(&manifests, policy)).telling(south.lists());
    let kernel = Kernel {
        rules,
        journal,
        state,
        south,
        masks: masks.analysed_by(terms),
        vault: Vault::new(config.tokens),
        rounds: Rounds::by(clock::Clock::start()),
        shown: Mutex::default(),
        analyser,
        defining: tokio::sync::Mutex::new(()),
        turnstile: tokio::sync::RwLock::new(()),
    };
    for system in manifests.systems() {
        catalogs::refresh(&kernel, &system.server, Cause::Start).await;
    }
    Ok(kernel)
}

/// Which downstreams are held in a sandbox.
fn tell_held(config: &Config) {
    for (name, south) in &config.south {
        if matches!(&south.peer, PeerConfig::Program(program) if program.strict.is_some()) {
            crate::told::tell!("aegis: `{name}` is held in `sandbox = \"strict\"`");
        }
    }
}

pub(crate) fn journal(config: &Config, keys: PathBuf) -> Result<Journal, JournalFault> {
    let base = config.file.parent();
    let base = base.filter(|base| !base.as_os_str().is_empty());
    let base = base.unwrap_or_else(|| Path::new("."));
    let options = JournalOptions {
        dir: config.audit.dir.clone(),
        sync: config.audit.sync,
        keys,
    };
    Journal::start_capturing(
        options,
        &checkpointing(&config.audit.checkpoints, base),
        clock::Clock::start(),
        config.audit.capture.clone(),
    )
}

fn checkpointing(config: &CheckpointConfig, base: &Path) -> Checkpointing {
    let usual = Checkpointing::default();
    let anchor = |anchor: &AnchorConfig| AnchorOptions {
        name: anchor.name.clone(),
        command: anchor.command.clone(),
        env: anchor.env.clone(),
        dir: base.to_owned(),
        timeout_ms: anchor.timeout_ms,
        every_ms: anchor.every_ms,
        witness: anchor.witness.clone(),
    };
    Checkpointing {
        required: config.required,
        every_ms: config
            .seconds
            .map_or(usual.every_ms, |seconds| seconds.saturating_mul(1_000)),
        every_records: config.records.unwrap_or(usual.every_records),
        anchoring: Anchoring {
            anchors: config.anchors.iter().map(anchor).collect(),
            within_ms: config.required_within_ms,
        },
    }
}
