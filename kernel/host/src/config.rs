//! `aegis.toml` as types: what runs, with which secrets.
//! Knows nothing of manifests' or policies' content; nothing here is reachable by an agent.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use aegis_core::audit::VerifierKey;
use aegis_core::egress::{Analyser, TokenScope};
use aegis_core::limits::SECRET_COMMAND_MS;
use aegis_core::policy::ToolPattern;

use crate::capture::Capturing;
use crate::dial::Address;

/// One configuration; paths are resolved against the folder of the file.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file itself.
    pub file: PathBuf,
    /// The file of the `aegis` binary itself, which keeps each downstream's processes; the running one's is `/proc/self/exe`.
    pub binary: PathBuf,
    /// How often the files of the policy are looked at for changes, in milliseconds; 0 is never.
    pub watch_ms: u64,
    /// Who speaks on this stdio, unless the process that starts the kernel names another.
    pub principal: String,
    /// Whom that process may name.
    pub others: Vec<String>,
    /// What is served over HTTP, where it is asked for.
    pub http: Option<HttpConfig>,
    /// Policy files, folders expanded, sorted.
    pub policies: Vec<PathBuf>,
    /// The embedded state store.
    pub state: PathBuf,
    /// Within what equal values have equal tokens.
    pub tokens: TokenScope,
    /// The operator's own detector profiles, by name.
    pub profiles: BTreeMap<String, PathBuf>,
    /// The external analyser, where there is one.
    pub analyser: Option<AnalyserConfig>,
    /// The log.
    pub audit: AuditConfig,
    /// The store of secrets, and how programs that print one are run.
    pub secrets: SecretsConfig,
    /// The downstreams, by server name.
    pub south: BTreeMap<String, SouthConfig>,
    /// Manifests of native servers (no process), e.g. `medallion`.
    pub native: Vec<PathBuf>,
}

/// A listener for agents that come over HTTP.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Whether other machines may reach it.
    pub exposed: bool,
    /// Names that it is called by beside those of the loopback, with their ports.
    pub hosts: Vec<String>,
    /// Origins whose pages may call it.
    pub origins: Vec<String>,
    /// Encryption.
    pub tls: Option<TlsConfig>,
    /// Whether agents may keep streams open, to hear that tools have changed.
    pub streams: bool,
    /// Who may speak, and with which tokens.
    pub principals: BTreeMap<String, Vec<TokenRef>>,
}

/// A certificate and its key.
#[derive(Clone, Debug)]
pub struct TlsConfig {
    /// The chain, in PEM, the server's own certificate first.
    pub certificate: PathBuf,
    /// The key, in PEM.
    pub key: SecretRef,
}

/// Where a token is found, or what it must hash to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRef {
    /// Its place.
    Secret(SecretRef),
    /// Its SHA-256: then the kernel never has the token itself.
    Sha256([u8; 32]),
}

/// The log's place and durability.
#[derive(Clone, Debug)]
pub struct AuditConfig {
    /// Folder of the log.
    pub dir: PathBuf,
    /// Whether every batch is synced to disk before anything acts on it.
    pub sync: bool,
    /// Its checkpoints.
    pub checkpoints: CheckpointConfig,
    /// Where the values of calls are captured, and for whom; nowhere unless it is asked for.
    pub capture: Option<Capturing>,
}

/// When checkpoints of the log are signed, and by whom they are seen.
#[derive(Clone, Debug, Default)]
pub struct CheckpointConfig {
    /// Whether they are asked for: then a kernel without keys does not start.
    pub required: bool,
    /// The longest that a record waits for its checkpoint, in seconds.
    pub seconds: Option<u64>,
    /// How many records wait for theirs at most.
    pub records: Option<u64>,
    /// The longest that a record may wait for an anchor before calls are refused, in milliseconds.
    pub required_within_ms: Option<u64>,
    /// Who is shown checkpoints.
    pub anchors: Vec<AnchorConfig>,
}

/// A command that takes checkpoints out of the operator's reach.
#[derive(Clone, Debug)]
pub struct AnchorConfig {
    /// Its name in records.
    pub name: String,
    /// Program and arguments; the word `aegis` means this very binary.
    pub command: Vec<String>,
    /// Its variables.
    pub env: BTreeMap<String, String>,
    /// How long it may take, in milliseconds.
    pub timeout_ms: u64,
    /// The shortest time between two checkpoints that it is shown, in milliseconds.
    pub every_ms: u64,
    /// The witness whose cosignature it must print.
    pub witness: Option<VerifierKey>,
}

/// An external analyser: where it is, and on which terms.
#[derive(Clone, Debug)]
pub struct AnalyserConfig {
    /// Where it is.
    pub address: Address,
    /// The authorities that may vouch for it; this system's without.
    pub ca: Option<PathBuf>,
    /// The time that it has for all texts of one answer, in milliseconds.
    pub timeout_ms: u64,
    /// What it is asked and what its types mean: part of the policy's epoch.
    pub terms: Analyser,
}

/// One downstream.
#[derive(Clone, Debug)]
pub struct SouthConfig {
    /// Its manifest.
    pub manifest: PathBuf,
    /// Who answers, and how it is reached.
    pub peer: PeerConfig,
    /// Time to answer one call, in milliseconds.
    pub timeout_ms: u64,
    /// Calls that it carries out at once.
    pub in_flight: usize,
    /// Longest answer that is taken from it, in bytes.
    pub response_bytes: usize,
    /// The line in which its calls wait, where they do.
    pub queue: Option<QueueConfig>,
}

/// Who answers as a downstream.
#[derive(Clone, Debug)]
pub enum PeerConfig {
    /// A child of the kernel, over its standard streams.
    Program(ProgramConfig),
    /// A server over Streamable HTTP.
    Remote(RemoteConfig),
}

/// A downstream that others run.
#[derive(Clone, Debug)]
pub struct RemoteConfig {
    /// Where it is.
    pub address: Address,
    /// The authorities that may vouch for it; this system's without.
    pub ca: Option<PathBuf>,
    /// What it is shown as `Authorization: Bearer …`.
    pub bearer: Option<SecretRef>,
    /// Further headers whose values are secrets, by name in lower case.
    pub secret_headers: BTreeMap<String, SecretRef>,
    /// Headers that are no secrets, by name in lower case.
    pub headers: BTreeMap<String, String>,
}

impl PeerConfig {
    /// The secrets that it is given, and nobody else.
    #[must_use]
    pub fn secrets(&self) -> Vec<(&str, &SecretRef)> {
        let (secrets, bearer) = match self {
            Self::Program(program) => (&program.secrets, None),
            Self::Remote(remote) => (&remote.secret_headers, remote.bearer.as_ref()),
        };
        let named = secrets.iter().map(|(name, one)| (name.as_str(), one));
        named.chain(bearer.map(|one| ("bearer", one))).collect()
    }
}

/// A downstream that the kernel starts itself.
#[derive(Clone, Debug)]
pub struct ProgramConfig {
    /// Program and arguments; the word `aegis` means this very binary.
    pub command: Vec<String>,
    /// Environment variables that carry secrets: to this child and no other.
    pub secrets: BTreeMap<String, SecretRef>,
    /// Environment variables that are no secrets.
    pub env: BTreeMap<String, String>,
    /// What its processes may touch, where the system holds them to it.
    pub strict: Option<StrictConfig>,
}

/// What a downstream's processes may touch beside its program and what programs need: nothing unless it is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StrictConfig {
    /// Files and folders that they may read and run.
    pub read: Vec<PathBuf>,
    /// Files and folders that they may read and change, and not run.
    pub write: Vec<PathBuf>,
    /// TCP ports that they may connect to, of any address.
    pub connect: Vec<u16>,
    /// TCP ports that they may listen on.
    pub listen: Vec<u16>,
    /// Whether they may speak UDP, to anyone: names are looked up so.
    pub datagrams: bool,
}

/// How calls of one downstream wait for their turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueConfig {
    /// The least time from one call to the next, in milliseconds.
    pub delay_ms: u64,
    /// Up to so much is added to it, by chance.
    pub jitter_ms: u64,
    /// Most calls that wait.
    pub pending_max: u64,
    /// Tools whose calls do not wait.
    pub bypass_tools: Vec<ToolPattern>,
    /// Principals whose calls do not wait.
    pub bypass_principals: Vec<String>,
}

impl QueueConfig {
    /// Whether a call does not wait.
    #[must_use]
    pub fn bypasses(&self, tool: &str, principal: &str) -> bool {
        self.bypass_tools.iter().any(|one| one.covers(tool))
            || self.bypass_principals.iter().any(|one| one == principal)
    }
}

/// Where a secret's value is found. Never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// An environment variable of the kernel.
    Env(String),
    /// A file that its owner alone may read.
    File(PathBuf),
    /// A program and its arguments, whose output is the value.
    Command(Vec<String>),
    /// A name in the encrypted store.
    Store(String),
}

/// Where secrets are found beyond the environment and files.
#[derive(Clone, Debug)]
pub struct SecretsConfig {
    /// The encrypted store.
    pub store: PathBuf,
    /// Where its passphrase is found; without it a kernel that nobody sits before cannot open it.
    pub key: Option<SecretRef>,
    /// How long a program may take to print a secret, in milliseconds.
    pub command_timeout_ms: u64,
    /// Variables of the kernel's environment that such programs see beside the ordinary ones.
    pub command_env: Vec<String>,
}

impl SecretsConfig {
    /// Where nothing is configured: below the folder of the configuration.
    #[must_use]
    pub fn below(base: &Path) -> Self {
        Self {
            store: base.join(".aegis/secrets.json"),
            key: None,
            command_timeout_ms: SECRET_COMMAND_MS,
            command_env: Vec::new(),
        }
    }
}
