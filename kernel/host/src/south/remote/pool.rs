//! The connections to one server: those that are at work are bounded, those that are not are kept for a moment.
//! Knows nothing of requests.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aegis_core::limits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Remote;
use super::fault::Fault;
use crate::clock;
use crate::dial::{Connection, DialFault};

/// Connections that are kept while nobody needs them.
const KEPT_MAX: usize = 4;
/// For how long, in milliseconds: less than servers wait before they end them (uvicorn and Node wait five seconds),
/// since a request that crosses such an end has an unknown fate.
const KEPT_MS: u64 = 2_000;

/// The connections to one server.
pub(super) struct Pool {
    remote: Arc<Remote>,
    kept: Mutex<Vec<(u64, Connection)>>,
    places: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new(remote: Arc<Remote>) -> Self {
        Self {
            remote,
            kept: Mutex::default(),
            places: Arc::new(Semaphore::new(limits::SOUTH_CONNECTIONS_MAX)),
        }
    }

    /// A place for one request at work; waits until there is one.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// The same for who does not wait.
    pub(super) fn free_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// A connection that was kept.
    pub(super) async fn kept(&self) -> Option<Connection> {
        loop {
            let (since, mut connection) = self.lock().pop()?;
            let fresh = clock::since_boot_ms().saturating_sub(since) < KEPT_MS;
            if fresh && connection.is_ready().await {
                return Some(connection);
            }
        }
    }

    /// A new connection.
    pub(super) async fn opened(&self) -> Result<Connection, Fault> {
        let opening = Connection::open(&self.remote.address, &self.remote.trust);
        match timeout(Duration::from_millis(limits::CONNECT_MS), opening).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(DialFault::Untrusted)) => Err(Fault::Untrusted),
            Ok(Err(DialFault::Unreachable)) | Err(_) => Err(Fault::Unreachable),
        }
    }

    /// Keeps a connection whose last response was read to its end.
    pub(super) fn keep(&self, connection: Connection) {
        let mut kept = self.lock();
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push((clock::since_boot_ms(), connection));
    }

    /// Lets go of all that are kept.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(u64, Connection)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
