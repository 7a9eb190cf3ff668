//! The downstreams: MCP clients, children and their secrets.
//! Knows nothing of rules; it sends what a warrant says and nothing else.

mod answer;
mod asker;
mod beside;
mod child;
mod circuit;
mod clerk;
mod client;
mod desk;
mod exchange;
mod fault;
mod grant;
mod keyring;
mod last_words;
mod pacer;
mod peer;
mod pen;
mod pins;
mod probe;
mod queue;
mod received;
mod remote;
mod secret;
mod shape;
mod slots;
mod standing;
mod supervise;
mod transport;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aegis_core::definition::Definition;
use aegis_core::denial::Denial;
use aegis_core::egress::{Pairs, ScopeKeys, Sealed, restorable};
use aegis_core::json::{Json, Object};
use aegis_core::limits;
use aegis_core::manifest::{Manifests, System};
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use aegis_core::round::Asked;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use zeroize::Zeroizing;

use self::answer::{Reached, finish, reached, result};
use self::beside::Beside;
use self::client::{Bounds, OpenFault};
use self::grant::Tokens;
use self::pins::Tools;
use self::shape::Shape;
use self::standing::Standing;
use self::supervise::{Server, UNAVAILABLE};
use crate::config::Config;
use crate::guard;
use crate::journal::{Errand, Warrant};
use crate::native::{Fetch, medallion};
use crate::wish::Wish;

pub(crate) use self::grant::SCHEMA_CHANGED;

pub(crate) use self::keyring::Keyring;
pub(crate) use self::probe::probe;

pub use self::fault::{SouthFault, Warning};
pub use self::queue::{Pacer, Pause, Queue};
pub use self::secret::{Secret, SecretFault};

/// All downstreams of one kernel.
pub struct South {
    servers: BTreeMap<String, Arc<Server>>,
    manifests: Arc<Manifests>,
    tokens: Tokens,
    /// What opened the store of secrets, for the net alone: no downstream has it.
    store_key: Option<Arc<Secret>>,
    warnings: Vec<Warning>,
    standing: Arc<Standing>,
}

impl South {
    /// Resolves every secret, then starts every downstream, all at once. One that starts but does not
    /// introduce itself is a warning: it is tried again at its first call. `keys` are those of
    /// egress's tokens. The errand is the record without which no credential is used.
    ///
    /// # Errors
    /// Where a secret cannot be had or a program cannot be started.
    pub async fn start(
        config: &Config,
        manifests: Arc<Manifests>,
        keys: &Arc<ScopeKeys>,
        errand: &Errand,
    ) -> Result<Self, SouthFault> {
        let keyring = Keyring::new(config.secrets.clone());
        Self::start_with(config, manifests, keys, errand, &keyring).await
    }

    /// As [`South::start`], with secrets some of which were found before.
    pub(crate) async fn start_with(
        config: &Config,
        manifests: Arc<Manifests>,
        keys: &Arc<ScopeKeys>,
        errand: &Errand,
        keyring: &Keyring,
    ) -> Result<Self, SouthFault> {
        let _recorded = errand;
        guard::raise();
        let folder = config
            .file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let standing = Arc::new(Standing::of(Arc::clone(&manifests)));
        let mut servers = BTreeMap::new();
        for (name, south) in &config.south {
            let own = (config.binary.as_path(), keys.key("", "start"));
            let server = Server::new(name, south, folder, own, &standing, keyring)?;
            servers.insert(name.clone(), Arc::new(server));
        }
        let mut south = Self {
            servers,
            tokens: Tokens {
                keys: Arc::clone(keys),
                restorable: restorable(&manifests),
            },
            manifests,
            store_key: keyring.store_key(),
            warnings: Vec::new(),
            standing,
        };
        south.begin().await?;
        Ok(south)
    }

    /// What an operator should know of the start.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The only credentialed line: carries out one warrant.
    ///
    /// # Errors
    /// [`Refusal::Denied`] where the downstream's tool is not what was approved, [`Refusal::Withheld`]
    /// where its engine disagrees with what was judged, [`Refusal::Failed`] with an honest `sent`.
    pub async fn invoke(&self, warrant: Warrant) -> Result<Sealed, Refusal> {
        let permit = warrant.permit();
        let (system, tool) = (Arc::clone(permit.system()), Arc::clone(permit.tool()));
        if system.native {
            let now = crate::clock::now();
            return Box::pin(medallion::run(self, &self.manifests, now, warrant)).await;
        }
        let server = self.server(&system.server).map_err(Refusal::Failed)?;
        if let Some(queue) = server.queue() {
            let who = permit.principal().id();
            queue.turn(tool.full_name(), who, warrant.wish()).await?;
        }
        let _slot = server.slots().take(warrant.wish()).await?;
        warrant.in_force()?;
        let meta = if tool.wall {
            grant::of(permit, &self.tokens, server.limit())
        } else {
            Object::new()
        };
        let bounds = server.bounds();
        let approved = Approved::default();
        let admit = |tools: &Tools| approved.admit(tools, &system, &tool.name);
        let answer = server
            .call(
                admit,
                &tool.name,
                &warrant.arguments(),
                &Beside {
                    meta,
                    may_ask: permit.may_ask(),
                    resumed: warrant.resumed().cloned(),
                },
                bounds,
                warrant.wish(),
            )
            .await?;
        let raw = match reached(answer).map_err(Refusal::Failed)? {
            Reached::Result(raw) => raw,
            Reached::Questions(asked) => return questions(warrant, &asked),
        };
        approved.fits(&raw).map_err(Refusal::Withheld)?;
        if tool.wall {
            grant::check_schema(&raw).map_err(Refusal::Denied)?;
            grant::check_engine(&raw, permit).map_err(Refusal::Withheld)?;
        }
        let revealed = if tool.wall {
            grant::revealed(&raw)
        } else {
            Pairs::default()
        };
        let sealed = warrant.seal(finish(raw, Some(&tool)), None);
        Ok(sealed.revealing(revealed))
    }

    /// The kernel's own reading of a downstream, under a record of its own. The answer is a
    /// `CallToolResult` without `_meta`.
    ///
    /// # Errors
    /// With an honest `sent`.
    pub async fn errand(
        &self,
        errand: &Errand,
        server: &str,
        tool: &str,
        arguments: Object,
    ) -> Result<Json, Failure> {
        let _recorded = errand;
        self.read(server, tool, &arguments).await
    }

    /// What every tool of every downstream that is running is said to be, for pinning.
    pub async fn definitions(
        &self,
        errand: &Errand,
    ) -> BTreeMap<String, BTreeMap<String, Definition>> {
        let _recorded = errand;
        let mut all = BTreeMap::new();
        for (name, server) in &self.servers {
            if let Ok(connection) = server.connection().await {
                all.insert(name.clone(), connection.tools().definitions());
            }
        }
        all
    }

    /// Looks at what downstreams have announced of their tools since, for a short time at most.
    pub(crate) async fn look(&self) {
        let mut looks = JoinSet::new();
        for server in self.servers.values().map(Arc::clone) {
            looks.spawn(async move { server.look().await });
        }
        let patience = Duration::from_millis(limits::LOOK_MS_MAX);
        let all = async { while looks.join_next().await.is_some() {} };
        let _ = timeout(patience, all).await;
        looks.detach_all();
    }

    /// Tells whenever tools were removed or came back; others may tell by it too.
    pub(crate) fn lists(&self) -> watch::Sender<u64> {
        self.standing.lists()
    }

    /// The full names of declared tools that are not what was approved, or not there: none of them may be called.
    #[must_use]
    pub fn removed(&self) -> BTreeSet<String> {
        self.standing.removed()
    }

    /// Which tools were removed or came back since this was last asked.
    #[must_use]
    pub fn take_news(&self) -> Vec<Warning> {
        self.standing.take_news()
    }

    /// How much progress the downstreams told under tokens that no open call has, since this was last asked.
    pub(crate) fn take_unheard(&self) -> u64 {
        self.servers
            .values()
            .map(|server| server.take_unheard())
            .sum()
    }

    /// Every secret's value, for the net that keeps them from leaving.
    pub(crate) fn known_secrets(&self) -> Vec<Zeroizing<Vec<u8>>> {
        let held = self.servers.values();
        let held = held.flat_map(|server| server.known_secrets());
        let key = self.store_key.iter().flat_map(|key| key.known());
        held.chain(key).collect()
    }

    /// What `read` makes of a secret that a downstream has; nothing where it has no such secret.
    pub(crate) fn read_secret<T>(
        &self,
        server: &str,
        variable: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.servers.get(server)?.read_secret(variable, read)
    }

    /// Ends every child and waits until it is reaped, all at once and in bounded time.
    pub async fn shutdown(&self) {
        for server in self.servers.values() {
            server.close();
        }
        let mut endings = JoinSet::new();
        for server in self.servers.values().map(Arc::clone) {
            endings.spawn(async move { server.shutdown().await });
        }
        while endings.join_next().await.is_some() {}
    }

    async fn begin(&mut self) -> Result<(), SouthFault> {
        let mut starts = JoinSet::new();
        for server in self.servers.values().map(Arc::clone) {
            starts.spawn(async move {
                let opened = server.connection().await;
                (server, opened)
            });
        }
        let mut warnings = Vec::new();
        while let Some(Ok((server, opened))) = starts.join_next().await {
            let name = server.name().to_owned();
            match opened {
                Ok(_) => {}
                Err(OpenFault::Spawn(error)) => {
                    return Err(SouthFault::Program {
                        program: server.label().to_owned(),
                        server: name,
                        error,
                    });
                }
                Err(OpenFault::Far(code, said)) => warnings.push(Warning::Silent {
                    server: name,
                    code,
                    said,
                }),
                Err(OpenFault::Silent(code, stderr)) => {
                    let said = server.last_words(stderr).await;
                    warnings.push(Warning::Silent {
                        server: name,
                        code,
                        said,
                    });
                }
                Err(OpenFault::Open(_) | OpenFault::Over) => {}
            }
        }
        warnings.extend(self.standing.take_news());
        self.warnings = warnings;
        Ok(())
    }

    async fn read(&self, server: &str, tool: &str, arguments: &Object) -> Result<Json, Failure> {
        let system = self.manifests.system(server);
        let declared = system.and_then(|system| system.tools.get(tool));
        let server = self.server(server)?;
        let approved = Approved::default();
        let admit = |tools: &Tools| match system {
            Some(system) if tools.lists(tool) => approved.admit(tools, system, tool),
            _ => Ok(()),
        };
        let beside = Beside {
            meta: grant::unrestricted(server.limit()),
            ..Beside::default()
        };
        // A whole dataset may be read, which no agent gets.
        let bounds = Bounds {
            time: server.limit(),
            bytes: limits::FETCH_BYTES_MAX,
        };
        let wish = Wish::standing();
        let called = async {
            let _slot = server.slots().take(&wish).await?;
            server
                .call(admit, tool, arguments, &beside, bounds, &wish)
                .await
        };
        match called.await {
            Ok(answer) => {
                let raw = result(answer)?;
                approved.fits(&raw).map_err(|_| UNFIT)?;
                Ok(finish(raw, declared))
            }
            Err(Refusal::Failed(failure)) => Err(failure),
            Err(_) => Err(UNAVAILABLE),
        }
    }

    fn server(&self, name: &str) -> Result<&Arc<Server>, Failure> {
        self.servers.get(name).ok_or(UNAVAILABLE)
    }
}

/// The definition that a call was admitted by, for the judgement of its result.
#[derive(Default)]
struct Approved(Mutex<Option<Arc<Shape>>>);

impl Approved {
    fn admit(&self, tools: &Tools, system: &System, tool: &str) -> Result<(), Refusal> {
        tools.admit(system, tool).map_err(Refusal::Denied)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tools.shape(system, tool);
        Ok(())
    }

    fn fits(&self, result: &Json) -> Result<(), Denial> {
        let shape = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shape.as_ref().map_or(Ok(()), |shape| shape.fits(result))
    }
}

/// An answer to the kernel's own question that is not one which the tool may give.
const UNFIT: Failure = Failure {
    sent: Sent::Maybe,
    code: FailureCode::Unreadable,
};

/// Questions are sealed as an answer is, where the tool may ask and the agent can be asked.
fn questions(warrant: Warrant, asked: &Json) -> Result<Sealed, Refusal> {
    let permit = warrant.permit();
    if !permit.may_ask() {
        return Err(Refusal::Withheld(Asked::unheard()));
    }
    let (asked, shown) = Asked::read(asked, &permit.system().server).map_err(Refusal::Withheld)?;
    let raw = Json::object([("structuredContent", Json::Object(shown))]);
    Ok(warrant.seal(raw, None).asking(asked))
}

impl Fetch for South {
    async fn fetch(
        &self,
        warrant: &Warrant,
        server: &str,
        tool: &str,
        arguments: Object,
    ) -> Result<Json, Failure> {
        let _recorded = warrant;
        self.read(server, tool, &arguments).await
    }
}
