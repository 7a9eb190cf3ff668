//! One downstream over its lives: started, called, started again after a crash, with growing pauses.
//! Knows nothing of warrants or grants.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use aegis_core::json::Object;
use aegis_core::limits;
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use tokio::sync::{Mutex, watch};
use tokio::time::sleep;
use zeroize::Zeroizing;

use super::beside::Beside;
use super::child::Tail;
use super::circuit::Circuit;
use super::client::{Bounds, Connection, OpenFault};
use super::desk::Desk;
use super::exchange::Answer;
use super::fault::SouthFault;
use super::keyring::Keyring;
use super::last_words::last_words;
use super::pacer::Machine;
use super::peer::Peer;
use super::pins::Tools;
use super::queue::Queue;
use super::slots::Slots;
use super::standing::Standing;
use crate::config::SouthConfig;
use crate::wish::Wish;

/// One downstream.
pub(super) struct Server {
    name: String,
    peer: Peer,
    bounds: Bounds,
    queue: Option<Queue>,
    slots: Slots,
    circuit: Circuit,
    life: Mutex<Life>,
    /// Nobody joins an operator's line with an answer: the key of its masks is its own.
    told_key: [u8; 32],
    unheard: Arc<AtomicU64>,
    standing: Arc<Standing>,
    closing: watch::Sender<bool>,
    /// Whether whoever has its life looks at its tools and does nothing else.
    looking: AtomicBool,
}

/// The present life.
#[derive(Default)]
struct Life {
    connection: Option<Arc<Connection>>,
    over: bool,
}

impl Server {
    /// Resolves the secrets of one configured downstream; starts nothing.
    pub(super) fn new(
        name: &str,
        config: &SouthConfig,
        folder: &Path,
        (binary, told_key): (&Path, [u8; 32]),
        standing: &Arc<Standing>,
        keyring: &Keyring,
    ) -> Result<Self, SouthFault> {
        let bounds = Bounds {
            time: Duration::from_millis(config.timeout_ms.max(1)),
            bytes: config.response_bytes,
        };
        Ok(Self {
            name: name.to_owned(),
            peer: Peer::new(name, &config.peer, folder, binary, keyring)?,
            bounds,
            queue: config
                .queue
                .clone()
                .map(|terms| Queue::new(name, terms, Arc::new(Machine))),
            slots: Slots::new(name, config.in_flight, bounds.time),
            circuit: Circuit::new(name),
            life: Mutex::default(),
            told_key,
            unheard: Arc::default(),
            standing: Arc::clone(standing),
            closing: watch::Sender::new(false),
            looking: AtomicBool::new(false),
        })
    }

    /// Its configured name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How an operator knows who answers.
    pub(super) fn label(&self) -> &str {
        self.peer.label()
    }

    /// The time that it has to answer one call.
    pub(super) fn limit(&self) -> Duration {
        self.bounds.time
    }

    /// The time and size of an ordinary answer.
    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The room that its calls have beside each other.
    pub(super) fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Lets nobody wait for it any longer: the kernel ends.
    pub(super) fn close(&self) {
        self.closing.send_replace(true);
        self.slots.close();
        if let Some(queue) = &self.queue {
            queue.close();
        }
    }

    /// The line in which its calls wait.
    pub(super) fn queue(&self) -> Option<&Queue> {
        self.queue.as_ref()
    }

    /// How much progress it told that nobody had asked for, since this was last asked.
    pub(super) fn take_unheard(&self) -> u64 {
        self.unheard.swap(0, Ordering::Relaxed)
    }

    /// The values of its secrets.
    pub(super) fn known_secrets(&self) -> Vec<Zeroizing<Vec<u8>>> {
        self.peer.known_secrets()
    }

    /// What `read` makes of one of its secrets.
    pub(super) fn read_secret<T>(
        &self,
        variable: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        read(self.peer.secret(variable)?.expose())
    }

    /// What it said last, fit for an operator's eyes.
    pub(super) async fn last_words(&self, stderr: Tail) -> Option<String> {
        let said = stderr.last().await;
        last_words(&said, self.known_secrets(), &self.told_key)
    }

    /// A connection that serves; the child is started where there is none, unless its circuit is open. Calls of one
    /// downstream wait for one start; others are not touched.
    pub(super) async fn connection(self: &Arc<Self>) -> Result<Arc<Connection>, OpenFault> {
        let mut life = self.life.lock().await;
        if let Some(connection) = life.connection.take() {
            if connection.is_open() && self.refreshed(&connection).await {
                life.connection = Some(Arc::clone(&connection));
                return Ok(connection);
            }
            connection.give_up();
            if connection.was_useful() {
                self.circuit.served();
            } else if connection.settle() {
                self.failed(connection.ended(), connection.stderr());
            }
        }
        if life.over || *self.closing.borrow() {
            return Err(OpenFault::Over);
        }
        self.circuit.admits_start().map_err(OpenFault::Open)?;
        // A start may take longer than an answer, but not without bound.
        let limit =
            Duration::from_millis(limits::INITIALISE_MS_MAX).min(self.limit().saturating_mul(4));
        // Boxed: seldom needed, and every call would have to hold a place for it.
        match Box::pin(Connection::open(&self.peer, limit, &self.unheard)).await {
            Ok(connection) => {
                let connection = Arc::new(connection);
                self.standing.learned(&self.name, &connection.tools());
                life.connection = Some(Arc::clone(&connection));
                self.attend(connection.desk());
                Ok(connection)
            }
            Err(fault) => {
                match &fault {
                    OpenFault::Silent(code, stderr) => self.failed(*code, Some(stderr)),
                    OpenFault::Far(code, _) => self.failed(*code, None),
                    OpenFault::Spawn(_) | OpenFault::Open(_) | OpenFault::Over => {}
                }
                Err(fault)
            }
        }
    }

    /// Counts a life of no use. An operator is told, once what it said last is known, where that opens the circuit.
    fn failed(self: &Arc<Self>, code: FailureCode, stderr: Option<&Tail>) {
        let Some(opened) = self.circuit.failed(code) else {
            return;
        };
        let (server, stderr) = (Arc::clone(self), stderr.cloned());
        tokio::spawn(async move {
            let said = match stderr {
                Some(stderr) => server.last_words(stderr).await,
                None => None,
            };
            crate::told::tell!(
                "aegis: `{}` failed {} times in a row ({}), and its calls are denied for {} ms: circuit open; it said: {}",
                server.name,
                opened.failures,
                code.as_str(),
                opened.pause_ms,
                said.as_deref().unwrap_or("nothing"),
            );
        });
    }

    fn served(&self) {
        if self.circuit.served() {
            crate::told::tell!("aegis: `{}` serves again: circuit closed", self.name);
        }
    }

    /// Looks at tools that the child says it has changed, unless it is being started or asked already.
    pub(super) async fn look(&self) {
        match self.life.try_lock() {
            Ok(life) => self.look_at(&life).await,
            Err(_) if self.looking.load(Ordering::SeqCst) => drop(self.life.lock().await),
            Err(_) => {}
        }
    }

    /// Looks whenever this child says that it has changed its tools, whether anybody asks or not; one that says so
    /// without end is looked at from time to time.
    fn attend(self: &Arc<Self>, desk: &Arc<Desk>) {
        let (server, desk) = (Arc::downgrade(self), Arc::clone(desk));
        tokio::spawn(async move {
            while desk.announced().await {
                let Some(server) = server.upgrade() else {
                    return;
                };
                let life = server.life.lock().await;
                server.looking.store(true, Ordering::SeqCst);
                server.look_at(&life).await;
                server.looking.store(false, Ordering::SeqCst);
                drop(life);
                drop(server);
                sleep(Duration::from_millis(limits::LOOK_PAUSE_MS)).await;
            }
        });
    }

    async fn look_at(&self, life: &Life) {
        if let Some(connection) = &life.connection
            && !self.refreshed(connection).await
        {
            // Nobody knows what its tools are now: the next call starts it anew.
            connection.give_up();
        }
    }

    /// Whether it is known what its tools are, as it has said last. The end of the kernel does not wait for that.
    async fn refreshed(&self, connection: &Connection) -> bool {
        if !connection.has_news() {
            return true;
        }
        let mut closing = self.closing.subscribe();
        let anew = tokio::select! {
            biased;
            anew = connection.refresh_tools(self.limit()) => anew,
            _ = closing.wait_for(|closing| *closing) => return false,
        };
        if let Ok(true) = anew {
            self.standing.learned(&self.name, &connection.tools());
        }
        anew.is_ok()
    }

    /// Calls a tool. `admit` judges the tools of the very child that is called: a restart may bring
    /// others. A child that turns out to be gone before a byte has reached it is started once more.
    pub(super) async fn call(
        self: &Arc<Self>,
        admit: impl Fn(&Tools) -> Result<(), Refusal>,
        tool: &str,
        arguments: &Object,
        beside: &Beside,
        bounds: Bounds,
        wish: &Wish,
    ) -> Result<Answer, Refusal> {
        let gone = Failure {
            sent: Sent::No,
            code: FailureCode::Crashed,
        };
        for _ in 0..2 {
            let connection = self.connection().await.map_err(|fault| match fault {
                OpenFault::Open(denial) => Refusal::Denied(denial),
                _ => Refusal::Failed(UNAVAILABLE),
            })?;
            admit(&connection.tools())?;
            let trial = self.circuit.admits_call()?;
            let told = connection.call(tool, arguments, beside.clone(), bounds, wish);
            let told = told.await;
            match &told {
                Ok(_) => self.served(),
                // Whoever has failed before has no more than this one call.
                Err(failure) if trial.is_one() && failure.code != FailureCode::Cancelled => {
                    connection.give_up();
                    if connection.settle() {
                        self.failed(failure.code, connection.stderr());
                    }
                }
                Err(_) => {}
            }
            match told {
                Err(failure) if failure == gone => {}
                settled => return settled.map_err(Refusal::Failed),
            }
        }
        Err(Refusal::Failed(gone))
    }

    /// Ends the child for good and waits until it is reaped; calls in flight fail.
    pub(super) async fn shutdown(&self) {
        let mut life = self.life.lock().await;
        life.over = true;
        if let Some(connection) = life.connection.take() {
            connection.close().await;
        }
    }
}

/// A failure before anything was sent.
pub(super) const UNAVAILABLE: Failure = Failure {
    sent: Sent::No,
    code: FailureCode::Unavailable,
};
