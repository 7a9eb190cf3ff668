//! One MCP client: a child, its lifecycle, its list of tools, and exact questions with exact answers.
//! Knows nothing of warrants; whoever holds it has one.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use aegis_core::denial::Denial;
use aegis_core::json::{Json, Object};
use aegis_core::limits;
use aegis_core::refusal::{Failure, FailureCode, Sent};
use rmcp::model::{ClientCapabilities, ClientConfig, Implementation, ProtocolVersion};
use rmcp::service::{
    ClientCacheConfig, ClientLifecycleMode, ClientServiceExt, RoleClient, RunningService,
};
use rmcp::transport::Transport;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::asker::{Asker, Way};
use super::beside::Beside;
use super::child::{Child, Reaped, Tail};
use super::desk::Desk;
use super::exchange::{Answer, CAPABILITIES, Exchange, Params};
use super::peer::Peer;
use super::pins::Tools;
use super::remote;
use super::transport::Wire;
use crate::clock;
use crate::progress::Teller;
use crate::random;
use crate::rounds::Resumed;
use crate::wish::Wish;

/// A child that has introduced itself. When this is dropped the child is made to end.
pub(super) struct Connection {
    service: RunningService<RoleClient, ClientConfig>,
    asker: Asker,
    desk: Arc<Desk>,
    tools: RwLock<Arc<Tools>>,
    /// When the tools were listed, in milliseconds since the machine's start.
    listed_ms: AtomicU64,
    /// For how long that counts, where the other side cannot say that they have changed.
    fresh_ms: Option<u64>,
    useful: AtomicBool,
    settled: AtomicBool,
    stderr: Option<Tail>,
    reaped: Reaped,
}

/// How long an answer may take and how long its line may be, in bytes.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) time: Duration,
    pub(super) bytes: usize,
}

/// Why a child could not be made to serve.
pub(super) enum OpenFault {
    /// The program could not be started at all.
    Spawn(std::io::Error),
    /// It did not introduce itself, or not in time; with the end of its standard error.
    Silent(FailureCode, Tail),
    /// A server over HTTP did not; with why its last request failed, if one did.
    Far(FailureCode, Option<String>),
    /// It was of no use the last times, and its next start has to wait.
    Open(Denial),
    /// The kernel is ending.
    Over,
}

impl Connection {
    /// Reaches a peer and learns its tools, all within `limit`; what it says of progress that nobody asked for
    /// is counted in `unheard`.
    pub(super) async fn open(
        peer: &Peer,
        limit: Duration,
        unheard: &Arc<AtomicU64>,
    ) -> Result<Self, OpenFault> {
        let desk = Arc::new(Desk::of(Arc::clone(unheard)));
        match peer {
            Peer::Program(program) => {
                let (child, pipes) = Child::spawn(program).map_err(OpenFault::Spawn)?;
                let (stderr, reaped) = (child.stderr().clone(), child.reaped());
                let wire = Wire::new(child, pipes, Arc::clone(&desk));
                let opened = Self::over(wire, &desk, reaped, Some(stderr.clone()), limit).await;
                opened.map_err(|code| OpenFault::Silent(code, stderr))
            }
            Peer::Remote(remote) => {
                let (wire, way, reaped) = remote::Wire::new(Arc::clone(remote), Arc::clone(&desk));
                let opened = Self::over((wire, way), &desk, reaped, None, limit).await;
                let mut connection =
                    opened.map_err(|code| OpenFault::Far(code, remote.last_fault()))?;
                connection.fresh_ms = Some(limits::TOOLS_FRESH_MS);
                Ok(connection)
            }
        }
    }

    async fn over(
        (wire, way): (impl Transport<RoleClient> + 'static, Way),
        desk: &Arc<Desk>,
        reaped: Reaped,
        stderr: Option<Tail>,
        limit: Duration,
    ) -> Result<Self, FailureCode> {
        let opening = async {
            let service = introduce(wire).await?;
            let version = service
                .peer_info()
                .map(|about| about.protocol_version.clone());
            let hop = match version.is_some_and(|version| is_newer(&version)) {
                true => hop_meta(),
                false => Object::new(),
            };
            let connection = Self {
                asker: Asker::new(Arc::clone(desk), way, hop),
                service,
                desk: Arc::clone(desk),
                tools: RwLock::default(),
                listed_ms: AtomicU64::new(0),
                fresh_ms: None,
                useful: AtomicBool::new(false),
                settled: AtomicBool::new(false),
                stderr,
                reaped,
            };
            connection.subscribe().await;
            connection.learn_tools(limit).await?;
            Ok(connection)
        };
        match timeout(limit, opening).await {
            Ok(opened) => opened.map_err(|code| desk.ended().unwrap_or(code)),
            Err(_) => Err(FailureCode::Timeout),
        }
    }

    /// Calls a tool with exactly these arguments.
    pub(super) async fn call(
        &self,
        tool: &str,
        arguments: &Object,
        beside: Beside,
        bounds: Bounds,
        wish: &Wish,
    ) -> Result<Answer, Failure> {
        let mut params = Params::call(tool, arguments);
        if let Some(Resumed { state, answers }) = beside.resumed {
            params.add("inputResponses", &Json::Object(answers));
            if let Some(state) = state {
                params.add("requestState", &Json::from(state));
            }
        }
        let mut meta = beside.meta;
        if beside.may_ask {
            meta.insert(CAPABILITIES, can_be_asked());
        }
        let answer = self.ask("tools/call", params, meta, bounds, wish).await?;
        self.useful.store(true, Ordering::SeqCst);
        Ok(answer)
    }

    /// The tools that it listed last.
    pub(super) fn tools(&self) -> Arc<Tools> {
        Arc::clone(&self.tools.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lists the tools anew where the other side has said that they changed, or has had no way to say so for long;
    /// whether it did.
    pub(super) async fn refresh_tools(&self, limit: Duration) -> Result<bool, FailureCode> {
        let changed = self.desk.take_tools_changed() || self.is_stale();
        if changed {
            Box::pin(self.learn_tools(limit)).await?;
        }
        Ok(changed)
    }

    /// Whether there is a reason to list the tools anew.
    pub(super) fn has_news(&self) -> bool {
        self.desk.has_tools_changed() || self.is_stale()
    }

    fn is_stale(&self) -> bool {
        self.fresh_ms.is_some_and(|fresh_ms| {
            let listed_ms = self.listed_ms.load(Ordering::SeqCst);
            clock::since_boot_ms().saturating_sub(listed_ms) >= fresh_ms
        })
    }

    /// What was asked of it and is not answered yet.
    pub(super) fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// Whether it still serves.
    pub(super) fn is_open(&self) -> bool {
        self.desk.ended().is_none()
    }

    /// Whether it has ever answered a call: a child that only ever starts is no better than none.
    pub(super) fn was_useful(&self) -> bool {
        self.useful.load(Ordering::SeqCst)
    }

    /// Whether nobody has said so before that it was of no use.
    pub(super) fn settle(&self) -> bool {
        !self.settled.swap(true, Ordering::SeqCst)
    }

    /// How it ended, where it has.
    pub(super) fn ended(&self) -> FailureCode {
        self.desk.ended().unwrap_or(FailureCode::Crashed)
    }

    /// The end of its standard error, if it has one.
    pub(super) fn stderr(&self) -> Option<&Tail> {
        self.stderr.as_ref()
    }

    /// Ends it from wherever it is shared: calls in flight fail, and the child is made to end.
    pub(super) fn give_up(&self) {
        self.desk.fail(FailureCode::Crashed);
    }

    /// Ends it and waits until its child is reaped.
    pub(super) async fn close(&self) {
        self.give_up();
        self.reaped.clone().wait().await;
    }

    /// In the newer era a child tells of changes to those alone who ask for it. The question stays open: whoever ends
    /// it is no better than one who never said that it would tell.
    async fn subscribe(&self) {
        let Some(about) = self.service.peer_info() else {
            return;
        };
        let tells = about
            .capabilities
            .tools
            .as_ref()
            .and_then(|tools| tools.list_changed);
        if self.stderr.is_none() || !is_newer(&about.protocol_version) || tells != Some(true) {
            return;
        }
        let wanted = Json::object([("toolsListChanged", Json::from(true))]);
        let params: Object = [("notifications", wanted)].into_iter().collect();
        let bytes_max = limits::RESPONSE_BYTES_MAX;
        let (exchange, _) = Exchange::new(params.into(), Object::new(), bytes_max, None);
        let method = "subscriptions/listen";
        // Where the connection has ended, the next question says so.
        if let Some(id) = self.desk.open_question(&exchange) {
            self.asker.hand_in(id, method, &exchange).await;
        }
    }

    async fn learn_tools(&self, limit: Duration) -> Result<(), FailureCode> {
        // What is listed may be older than its answer, never newer.
        let listed_ms = clock::since_boot_ms();
        let mut tools = Tools::default();
        let mut cursor = Object::new();
        let bounds = Bounds {
            time: limit,
            bytes: limits::RESPONSE_BYTES_MAX,
        };
        let standing = Wish::standing();
        for _ in 0..limits::TOOL_PAGES_MAX {
            let page = self
                .ask(
                    "tools/list",
                    cursor.into(),
                    Object::new(),
                    bounds,
                    &standing,
                )
                .await
                .map_err(|failure| failure.code)?;
            let Answer::Result(page) = page else {
                return Err(FailureCode::Unreadable);
            };
            let next = tools.read(&page).ok_or(FailureCode::Unreadable)?;
            let Some(next) = next else {
                self.listed_ms.store(listed_ms, Ordering::SeqCst);
                *self.tools.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tools);
                return Ok(());
            };
            cursor = [("cursor", Json::from(next))].into_iter().collect();
        }
        Err(FailureCode::TooLarge)
    }

    async fn ask(
        &self,
        method: &'static str,
        params: Params,
        meta: Object,
        bounds: Bounds,
        wish: &Wish,
    ) -> Result<Answer, Failure> {
        if wish.is_withdrawn() {
            return Err(Failure {
                sent: Sent::No,
                code: FailureCode::Cancelled,
            });
        }
        let (exchange, mut answer) = Exchange::new(params, meta, bounds.bytes, listening(wish));
        let clock = sleep(bounds.time);
        tokio::pin!(clock);
        let Some(id) = self.desk.open_question(&exchange) else {
            return Err(exchange.withdraw(FailureCode::Crashed));
        };
        let handed_in = tokio::select! {
            biased;
            handed_in = self.asker.hand_in(id, method, &exchange) => handed_in,
            () = &mut clock => {
                // Handed in nowhere, so that nothing of it is ever written.
                self.desk.take_back(id);
                return Err(exchange.withdraw(FailureCode::Timeout));
            }
        };
        if !handed_in {
            return Err(exchange.withdraw(FailureCode::Crashed));
        }
        tokio::select! {
            biased;
            told = &mut answer => match told {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(code)) => Err(exchange.withdraw(code)),
                Err(_) => Err(exchange.withdraw(FailureCode::Crashed)),
            },
            () = wish.withdrawn() => Box::pin(self.unwanted(id, &exchange, answer)).await,
            () = &mut clock => {
                let failure = exchange.withdraw(FailureCode::Timeout);
                Box::pin(self.abandon(id, failure.sent)).await;
                Err(failure)
            }
        }
    }

    /// The agent wants no answer any more: the child is told, unless nothing was sent. It may have been too
    /// late: an answer that comes within a short time is the outcome, as ever.
    async fn unwanted(
        &self,
        id: i64,
        exchange: &Exchange,
        answer: oneshot::Receiver<Result<Answer, FailureCode>>,
    ) -> Result<Answer, Failure> {
        let failure = exchange.withdraw(FailureCode::Cancelled);
        if failure.sent == Sent::Maybe {
            let hurry = Duration::from_millis(limits::CHILD_GRACE_MS);
            let _ = timeout(hurry, self.asker.cancel(id, "cancelled")).await;
            let last = Duration::from_millis(limits::CANCEL_GRACE_MS);
            match timeout(last, answer).await {
                Ok(Ok(Ok(answer))) => return Ok(answer),
                Ok(Ok(Err(code))) => return Err(exchange.withdraw(code)),
                _ => {}
            }
        }
        self.desk.forget(id);
        Err(failure)
    }

    /// Tells the child that nobody waits any more. MCP: cancellation is a wish, so the effect may still happen.
    async fn abandon(&self, id: i64, sent: Sent) {
        if !self.desk.abandon(id) {
            self.desk.fail(FailureCode::Crashed);
        } else if sent == Sent::Maybe {
            // Where the child does not read, the wish cannot be handed in, and need not be.
            let hurry = Duration::from_millis(limits::CHILD_GRACE_MS);
            let _ = timeout(hurry, self.asker.cancel(id, "timeout")).await;
        }
    }
}

/// That forms are shown to who sits behind the agent.
fn can_be_asked() -> Json {
    let forms = Json::object([("form", Json::Object(Object::new()))]);
    Json::object([("elicitation", forms)])
}

/// Who listens to progress, under a token that no child can guess for another call.
fn listening(wish: &Wish) -> Option<(String, Teller)> {
    let teller = wish.teller()?.clone();
    let mut bytes = [0_u8; 16];
    random::fill(&mut bytes).ok()?; // nobody listens without one
    // Letters alone: a downstream that quotes it shows nothing that looks like anybody's number.
    let letters = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let token = letters.map(|four| char::from(b'a' + four)).collect();
    Some((token, teller))
}

fn is_newer(version: &ProtocolVersion) -> bool {
    version.as_str() >= ProtocolVersion::V_2026_07_28.as_str()
}

/// What each request of the newer era says of this hop: no capability is offered.
fn hop_meta() -> Object {
    let about = [
        ("name", Json::from("aegis")),
        ("version", Json::from(env!("CARGO_PKG_VERSION"))),
    ];
    let version = ProtocolVersion::V_2026_07_28;
    let said = [
        ("protocolVersion", Json::from(version.as_str())),
        ("clientInfo", Json::object(about)),
        ("clientCapabilities", Json::Object(Object::new())),
    ];
    said.into_iter()
        .map(|(key, value)| (format!("io.modelcontextprotocol/{key}"), value))
        .collect()
}

async fn introduce(
    wire: impl Transport<RoleClient> + 'static,
) -> Result<RunningService<RoleClient, ClientConfig>, FailureCode> {
    // No capability is offered: no sampling, no roots, no elicitation.
    let kernel = Implementation::new("aegis", env!("CARGO_PKG_VERSION"));
    let about = ClientConfig::new(ClientCapabilities::default(), kernel);
    let lifecycle = ClientLifecycleMode::Auto {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        legacy_version: Some(ProtocolVersion::V_2025_11_25),
    };
    let service = about
        .serve_with_lifecycle(wire, lifecycle)
        .await
        .map_err(|_| FailureCode::Unavailable)?;
    // rmcp would serve what it has cached where a server fails.
    service
        .set_response_cache_config(ClientCacheConfig::disabled())
        .await;
    Ok(service)
}
