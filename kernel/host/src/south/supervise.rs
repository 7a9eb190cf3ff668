//! One downstream over its lives: started, called, started again after a crash, with growing pauses.
//! Knows nothing of warrants or grants.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aegis_core::json::Object;
use aegis_core::limits;
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use zeroize::Zeroizing;

use super::beside::Beside;
use super::client::{Bounds, Connection, OpenFault};
use super::exchange::Answer;
use super::fault::SouthFault;
use super::keyring::Keyring;
use super::pacer::Machine;
use super::peer::Peer;
use super::pins::Tools;
use super::queue::Queue;
use super::standing::Standing;
use crate::config::SouthConfig;
use crate::wish::Wish;

/// One downstream.
pub(super) struct Server {
    name: String,
    peer: Peer,
    limit: Duration,
    queue: Option<Queue>,
    life: Mutex<Life>,
    unheard: Arc<AtomicU64>,
    standing: Arc<Standing>,
}

/// The present life, and how many in a row were of no use.
#[derive(Default)]
struct Life {
    connection: Option<Arc<Connection>>,
    useless: u32,
    pause: Option<JoinHandle<()>>,
    over: bool,
}

impl Server {
    /// Resolves the secrets of one configured downstream; starts nothing.
    pub(super) fn new(
        name: &str,
        config: &SouthConfig,
        folder: &Path,
        standing: &Arc<Standing>,
        keyring: &Keyring,
    ) -> Result<Self, SouthFault> {
        Ok(Self {
            name: name.to_owned(),
            peer: Peer::new(name, &config.peer, folder, keyring)?,
            limit: Duration::from_millis(config.timeout_ms.max(1)),
            queue: config
                .queue
                .clone()
                .map(|terms| Queue::new(name, terms, Arc::new(Machine))),
            life: Mutex::default(),
            unheard: Arc::default(),
            standing: Arc::clone(standing),
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
        self.limit
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

    /// A connection that serves; the child is started where there is none, unless it has just failed to
    /// be of use. Calls of one downstream wait for one start; others are not touched.
    pub(super) async fn connection(&self) -> Result<Arc<Connection>, OpenFault> {
        let mut life = self.life.lock().await;
        if let Some(connection) = life.connection.take() {
            if connection.is_open()
                && let Ok(anew) = connection.refresh_tools(self.limit).await
            {
                if anew {
                    self.standing.learned(&self.name, &connection.tools());
                }
                life.connection = Some(Arc::clone(&connection));
                return Ok(connection);
            }
            connection.give_up();
            if connection.was_useful() {
                life.useless = 0;
                life.pause = None;
            }
        }
        if life.over
            || life
                .pause
                .as_ref()
                .is_some_and(|pause| !pause.is_finished())
        {
            return Err(OpenFault::Pausing);
        }
        life.useless = life.useless.saturating_add(1);
        // A start may take longer than an answer, but not without bound.
        let limit =
            Duration::from_millis(limits::INITIALISE_MS_MAX).min(self.limit.saturating_mul(4));
        let opened = Connection::open(&self.peer, limit, &self.unheard).await;
        // Counted from here, so that whoever waited for this start does not wait for the next one too.
        let pause = pause_ms(life.useless).map(Duration::from_millis);
        life.pause = pause.map(|pause| tokio::spawn(sleep(pause)));
        let connection = Arc::new(opened?);
        self.standing.learned(&self.name, &connection.tools());
        life.connection = Some(Arc::clone(&connection));
        Ok(connection)
    }

    /// Looks at tools that the child says it has changed, unless it is being started or asked already.
    pub(super) async fn look(&self) {
        let Ok(life) = self.life.try_lock() else {
            return;
        };
        let Some(connection) = life.connection.clone() else {
            return;
        };
        match connection.refresh_tools(self.limit).await {
            Ok(false) => {}
            Ok(true) => self.standing.learned(&self.name, &connection.tools()),
            // Nobody knows what its tools are now: the next call starts it anew.
            Err(_) => connection.give_up(),
        }
    }

    /// Calls a tool. `admit` judges the tools of the very child that is called: a restart may bring
    /// others. A child that turns out to be gone before a byte has reached it is started once more.
    pub(super) async fn call(
        &self,
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
            let connection = self
                .connection()
                .await
                .map_err(|_| Refusal::Failed(UNAVAILABLE))?;
            admit(&connection.tools())?;
            let told = connection.call(tool, arguments, beside.clone(), bounds, wish);
            match told.await {
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
        if let Some(pause) = life.pause.take() {
            pause.abort();
        }
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

/// How long after this start the next one has to wait: nothing after the first, then doubling.
fn pause_ms(useless: u32) -> Option<u64> {
    let doublings = useless.checked_sub(2)?;
    let ms = 100_u64.checked_shl(doublings.min(20)).unwrap_or(u64::MAX);
    Some(ms.min(limits::RESTART_PAUSE_MS_MAX))
}
