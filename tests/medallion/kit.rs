//! A small world for the medallion tools: real manifests, policy, ledger and gates before a store made by hand.
//! Knows nothing of what a test wants to see.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aegis_core::call::{Arguments, Call};
use aegis_core::egress;
use aegis_core::inspect::{self, World};
use aegis_core::json::{Json, Object};
use aegis_core::manifest::{self, Manifests};
use aegis_core::now::Now;
use aegis_core::policy::{self, Policy};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::{Receipt, suite};
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use aegis_host::journal::{Journal, JournalOptions, Warrant};
use aegis_host::native::{Fetch, medallion};
use aegis_host::state::{Minting, State, Subjects};
use tempfile::TempDir;

pub const NOON_MS: i64 = 1_795_176_000_000;
pub const ORDERS: &str = "s3:object:silver/orders.csv";
pub const GOLD: &str = "s3:object:gold/orders.csv";
pub const PARENT: &str = "postgres:table:silver_customers";

/// One kernel's rules and ledger before a store.
pub struct House {
    folder: TempDir,
    pub manifests: Arc<Manifests>,
    policy: Arc<Policy>,
    state: State,
    journal: Journal,
    now_ms: Arc<Mutex<i64>>,
    pub store: Store,
}

/// A store made by hand: content by subject, every call noted, and what happens beside the calls.
#[derive(Clone, Default)]
pub struct Store(Arc<Mutex<Inner>>);

#[derive(Default)]
pub struct Inner {
    pub content: BTreeMap<String, Vec<u8>>,
    pub calls: Vec<String>,
    /// Done once, just before a call of this tool: the write that comes in between.
    pub before: BTreeMap<&'static str, (&'static str, Vec<u8>)>,
    /// What a tool answers in place of its work.
    pub lies: BTreeMap<&'static str, Result<Json, Failure>>,
}

impl House {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let journal = Journal::start(JournalOptions {
            dir: folder.path().join("audit"),
            sync: false,
            keys: folder.path().join("keys"),
        });
        Self::with(folder, journal.unwrap(), &world(0))
    }

    /// The same folder and store under manifests of which the suite may differ.
    pub fn again(self, amount_min: i64) -> Self {
        let Self {
            folder,
            state,
            journal,
            store,
            ..
        } = self;
        drop(state);
        Self {
            store,
            ..Self::with(folder, journal, &world(amount_min))
        }
    }

    fn with(folder: TempDir, journal: Journal, manifests: &[String]) -> Self {
        let systems = manifests
            .iter()
            .map(|text| manifest::parse(text, "test.toml").unwrap());
        let manifests = Arc::new(Manifests::new(systems.collect()));
        let rules = [
            include_str!("../../policies/analyst.toml"),
            include_str!("../../policies/invariants.toml"),
        ];
        let rules = rules
            .iter()
            .flat_map(|text| policy::parse(text, "policy.toml").unwrap());
        let policy = Arc::new(Policy::new(rules.collect(), &manifests).unwrap());
        let now_ms = Arc::new(Mutex::new(NOON_MS));
        let clock = Arc::clone(&now_ms);
        let clock = Arc::new(move || Now {
            unix_ms: *clock.lock().unwrap(),
        });
        let state = State::open(&folder.path().join("state.db"), clock).unwrap();
        let store = Store::default();
        House {
            folder,
            manifests,
            policy,
            state,
            journal,
            now_ms,
            store,
        }
    }

    pub fn set_clock(&self, unix_ms: i64) {
        *self.now_ms.lock().unwrap() = unix_ms;
    }

    /// A write through the kernel, by whichever tool.
    pub fn written(&self, subject: &str) {
        let subjects = [subject.to_owned()];
        let settled = self.state.settle(&subjects);
        let state = std::thread::scope(|scope| {
            let wait = || {
                tokio::runtime::Builder::new_current_thread()
                    .build()
                    .unwrap()
                    .block_on(settled)
            };
            scope.spawn(wait).join().unwrap()
        });
        state.unwrap();
    }

    pub async fn validate(&self, dataset: &str) -> Result<(Json, Option<Receipt>), Refusal> {
        self.call("validate", &format!(r#"{{"dataset":"{dataset}"}}"#))
            .await
    }

    pub async fn promote(&self, dataset: &str) -> Result<Json, Refusal> {
        self.call("promote", &format!(r#"{{"dataset":"{dataset}"}}"#))
            .await
            .map(|(told, _)| told)
    }

    /// Through every gate, as the lifecycle joins them.
    pub async fn call(
        &self,
        tool: &str,
        arguments: &str,
    ) -> Result<(Json, Option<Receipt>), Refusal> {
        let principal = Principal::assertion("analyst-agent", Proof::Hypothetical);
        let arguments = Arguments::parse(arguments.as_bytes()).unwrap();
        let call = Call::new(principal, "run-1", &format!("medallion__{tool}"), arguments);
        let mut entry = self.journal.open(&call);
        let bound = self
            .manifests
            .bind(call, |who, tool| self.policy.may_know(who, tool))?;
        let world = World {
            manifests: &self.manifests,
            catalogs: &BTreeMap::new(),
        };
        let examined = inspect::examine(bound, &world)?;
        let policy = Arc::clone(&self.policy);
        let subjects = Subjects::of(&examined, &policy);
        let decide = move |view: &_, now| policy.decide(examined, view, now);
        let (permit, spent) = self.state.decide_and_spend(subjects, decide).await?;
        let (writes, epoch) = (permit.writes().to_vec(), permit.epoch().to_owned());
        let warrant = entry.commit(permit).await?;
        let now = Now {
            unix_ms: *self.now_ms.lock().unwrap(),
        };
        let sealed = medallion::run(&self.store, &self.manifests, now, warrant).await;
        self.state.settle(&writes).await?;
        let egress = egress::release(
            sealed?,
            &egress::Masks::new([7; 32], egress::Secrets::none()),
        )?;
        let told = egress.result().get("structuredContent").cloned().unwrap();
        let Some(evidence) = egress.evidence() else {
            return Ok((told, None));
        };
        let (principal, run) = ("analyst-agent", "run-1");
        let minting = Minting {
            evidence,
            since: spent.since,
            principal,
            run,
            epoch: &epoch,
            ttl_s: 3_600,
        };
        Ok((told, self.state.mint(minting).await?))
    }
}

impl Store {
    pub fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    pub fn put(&self, subject: &str, content: &str) {
        self.inner()
            .content
            .insert(subject.to_owned(), content.as_bytes().to_vec());
    }

    pub fn at(&self, subject: &str) -> Option<String> {
        let content = self.inner().content.get(subject).cloned()?;
        Some(String::from_utf8(content).unwrap())
    }
}

impl Fetch for Store {
    async fn fetch(
        &self,
        _: &Warrant,
        server: &str,
        tool: &str,
        arguments: Object,
    ) -> Result<Json, Failure> {
        // Other calls run in between, as they would.
        tokio::task::yield_now().await;
        let mut inner = self.inner();
        inner.calls.push(format!("{server}__{tool}"));
        if let Some((subject, content)) = inner
            .before
            .keys()
            .find(|t| **t == tool)
            .copied()
            .and_then(|t| inner.before.remove(t))
        {
            inner.content.insert(subject.to_owned(), content);
        }
        if let Some(lie) = inner.lies.get(tool) {
            return lie.clone();
        }
        let text = |key: &str| {
            arguments
                .get(key)
                .and_then(Json::as_str)
                .unwrap()
                .to_owned()
        };
        let place = |kind: &str, key: &str| format!("{server}:{kind}:{}", text(key));
        let answer = match tool {
            "get_object" => inner
                .content
                .get(&place("object", "key"))
                .map(|bytes| object(bytes)),
            "export_table" => inner
                .content
                .get(&place("table", "table"))
                .map(|bytes| table(bytes)),
            "copy_object" => {
                let bytes = inner
                    .content
                    .get(&place("object", "source"))
                    .cloned()
                    .unwrap_or_default();
                let same = etag(&bytes) == text("source_if_match");
                if !same || suite::digest(&bytes) != text("source_sha256") {
                    return Ok(refused("precondition-failed"));
                }
                inner.content.insert(place("object", "key"), bytes);
                Some(Json::object::<&str>([]))
            }
            "publish_table" => {
                let bytes = inner
                    .content
                    .get(&place("table", "source"))
                    .cloned()
                    .unwrap_or_default();
                if suite::digest(&bytes) != text("sha256") {
                    return Ok(refused("content-changed"));
                }
                inner.content.insert(place("table", "target"), bytes);
                Some(Json::object::<&str>([]))
            }
            other => panic!("the medallion has no business with `{other}`"),
        };
        Ok(answer.map_or_else(|| refused("no-such-key"), done))
    }
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", suite::digest(bytes))
}

fn object(bytes: &[u8]) -> Json {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let pairs = [
        ("body", text),
        ("encoding", "utf-8".to_owned()),
        ("etag", etag(bytes)),
    ];
    Json::object(pairs.map(|(key, value)| (key, Json::from(value))))
}

fn table(bytes: &[u8]) -> Json {
    Json::object([(
        "content",
        Json::from(String::from_utf8(bytes.to_vec()).unwrap()),
    )])
}

pub fn done(structured: Json) -> Json {
    Json::object([
        ("content", Json::Array(vec![])),
        ("structuredContent", structured),
        ("isError", Json::from(false)),
    ])
}

pub fn refused(code: &str) -> Json {
    let structured = Json::object([("code", Json::from(code)), ("message", Json::from("no"))]);
    Json::object([
        ("structuredContent", structured),
        ("isError", Json::from(true)),
    ])
}

pub fn timeout() -> Failure {
    Failure {
        sent: Sent::Maybe,
        code: FailureCode::Timeout,
    }
}

/// Who objects, or how the world failed.
pub fn why<T>(outcome: &Result<T, Refusal>) -> String {
    match outcome {
        Ok(_) => "done".to_owned(),
        Err(Refusal::Denied(denial)) => {
            format!(
                "denied by {}: {}",
                denial.first().rule,
                denial.first().reason
            )
        }
        Err(Refusal::Withheld(denial)) => format!("withheld by {}", denial.first().rule),
        Err(Refusal::Failed(failure)) => {
            format!(
                "failed: {} (sent: {})",
                failure.code.as_str(),
                failure.sent.as_str()
            )
        }
    }
}

fn world(amount_min: i64) -> [String; 3] {
    [
        include_str!("manifest.toml").replace("AMOUNT_MIN", &amount_min.to_string()),
        include_str!("../../manifests/s3.toml").to_owned(),
        include_str!("../../manifests/postgres.toml").to_owned(),
    ]
}
