//! A south of hostile downstreams.
//! Knows nothing of what is tested with it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aegis_core::egress::{ScopeKeys, TokenScope};
use aegis_core::json::{Json, Object, parse};
use aegis_core::limits;
use aegis_core::manifest::{Manifests, System};
use aegis_core::refusal::{Failure, FailureCode, Sent};
use aegis_host::config::{
    AuditConfig, Config, PeerConfig, ProgramConfig, SecretRef, SecretsConfig, SouthConfig,
};
use aegis_host::journal::{Errand, Journal, JournalOptions};
use aegis_host::south::{South, SouthFault};

pub(crate) const CANARY: &str = "canary-7f3a91";

/// A log of its own in a world's folder.
fn journal(world: &Path) -> Journal {
    let folder = tempfile::tempdir_in(world).unwrap().keep();
    Journal::start(JournalOptions {
        dir: folder.join("audit"),
        sync: false,
        keys: folder.join("keys"),
    })
    .unwrap()
}

pub(crate) struct World {
    pub(crate) dir: Arc<tempfile::TempDir>,
    pub(crate) config: Config,
    pub(crate) systems: Vec<System>,
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let file = dir.path().join("aegis.toml");
        let config = Config {
            binary: env!("CARGO_BIN_EXE_aegis-under-test").into(),
            http: None,
            watch_ms: 0,
            principal: "agent".into(),
            others: Vec::new(),
            policies: Vec::new(),
            state: dir.path().join("state.db"),
            audit: AuditConfig {
                dir: dir.path().join("audit"),
                sync: false,
                capture: None,
                checkpoints: Default::default(),
            },
            tokens: TokenScope::default(),
            profiles: BTreeMap::new(),
            analyser: None,
            secrets: SecretsConfig::below(dir.path()),
            south: BTreeMap::new(),
            native: Vec::new(),
            file,
        };
        Self {
            dir,
            config,
            systems: Vec::new(),
        }
    }

    /// One hostile downstream in a mode, with a time to answer.
    pub(crate) fn with(mut self, name: &str, mode: &[&str], timeout_ms: u64) -> Self {
        let mut command = vec![env!("CARGO_BIN_EXE_aegis-hostile").to_owned()];
        command.extend(mode.iter().map(|&word| word.to_owned()));
        self.config
            .south
            .insert(name.to_owned(), south(command, timeout_ms));
        self
    }

    pub(crate) fn command(mut self, name: &str, command: &[&str], timeout_ms: u64) -> Self {
        let command = command.iter().map(|&word| word.to_owned()).collect();
        self.config
            .south
            .insert(name.to_owned(), south(command, timeout_ms));
        self
    }

    pub(crate) fn secret(mut self, server: &str, reference: SecretRef) -> Self {
        let secrets = &mut self.program(server).secrets;
        secrets.insert("CANARY".into(), reference);
        self
    }

    pub(crate) fn program(&mut self, server: &str) -> &mut ProgramConfig {
        match &mut self.config.south.get_mut(server).unwrap().peer {
            PeerConfig::Program(program) => program,
            PeerConfig::Remote(_) => panic!("{server} is no program"),
        }
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8], mode: u32) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    pub(crate) async fn start(&self) -> Result<Running, SouthFault> {
        let journal = journal(self.dir.path());
        let errand = journal.errand("test", "south").await.unwrap();
        let manifests = Arc::new(Manifests::new(self.systems.clone()));
        let keys = Arc::new(ScopeKeys::new([7; 32], TokenScope::Run));
        let south = South::start(&self.config, manifests, &keys, &errand).await?;
        Ok(Running {
            south,
            errand,
            journal,
            _folder: Arc::clone(&self.dir),
        })
    }
}

fn south(command: Vec<String>, timeout_ms: u64) -> SouthConfig {
    SouthConfig {
        queue: None,
        manifest: PathBuf::new(),
        peer: PeerConfig::Program(ProgramConfig {
            command,
            secrets: BTreeMap::new(),
            env: BTreeMap::from([("DECLARED".to_owned(), "yes".to_owned())]),
            strict: None,
        }),
        timeout_ms,
        in_flight: limits::SERVER_CALLS,
        response_bytes: limits::RESPONSE_BYTES_MAX,
    }
}

pub(crate) struct Running {
    pub(crate) south: South,
    pub(crate) errand: Errand,
    pub(crate) journal: Journal,
    _folder: Arc<tempfile::TempDir>,
}

impl Running {
    pub(crate) async fn call(
        &self,
        server: &str,
        tool: &str,
        arguments: &str,
    ) -> Result<Json, Failure> {
        self.south
            .errand(&self.errand, server, tool, object(arguments))
            .await
    }

    /// The structured content of a call that must succeed.
    pub(crate) async fn says(&self, server: &str, tool: &str) -> Json {
        let result = self.call(server, tool, "{}").await.unwrap();
        result.get("structuredContent").unwrap().clone()
    }
}

pub(crate) fn json(text: &str) -> Json {
    parse(text.as_bytes(), &limits::RESPONSE_RULES).unwrap()
}

pub(crate) fn object(text: &str) -> Object {
    json(text).as_object().unwrap().clone()
}

pub(crate) fn failure(sent: Sent, code: FailureCode) -> Failure {
    Failure { sent, code }
}

/// Whether a process exists and is no zombie.
pub(crate) fn lives(pid: &str) -> bool {
    let Ok(stat) = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")) else {
        return false;
    };
    !stat
        .rsplit(')')
        .next()
        .unwrap()
        .trim_start()
        .starts_with('Z')
}

/// Waits until a process is gone.
pub(crate) async fn gone(pid: &str) {
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while lives(pid) {
        assert!(
            std::time::Instant::now() < patience,
            "process {pid} lives on"
        );
        tokio::task::yield_now().await;
    }
}

/// Children of this process, zombies among them.
pub(crate) fn children() -> Vec<String> {
    let mut all = Vec::new();
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let path = task.unwrap().path().join("children");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        all.extend(text.split_whitespace().map(str::to_owned));
    }
    all
}
