//! A PostgreSQL server: one transaction a call, in a session that forgets everything between calls.
//! Knows nothing of MCP.

mod catalog;
mod cells;
mod console;
mod constraints;
mod definitions;
mod execute;
mod export;
mod fault;
mod greeting;
mod judge;
mod location;
mod mask_sql;
mod plan;
mod publish;
mod query;
mod quote;
mod reveal;
mod revision;
mod rows;
mod schema;
mod seal_sql;
mod setup;
mod stream;
mod sums;
mod sums_script;
mod tags;
mod text;
mod value;
mod veil;
mod wall;
mod wire;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use console::{Console, location_for};
pub use setup::{SetupOptions, script};

use super::code::{Failure, PostgresCode};
use super::quote::quoted;
use crate::ServeError;
use crate::bounds::{CONNECT_TIME, IDLE_CONNECTIONS_MAX, LAST_WORD};
use crate::postgres::options::{SERVER_EXAMPLE, URL_VARIABLE};
use fault::Fault;
use greeting::NoConnection;
use location::Location;
use wire::Wire;

/// One snapshot for all that is told of it.
const SNAPSHOT: &str = "BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ";

/// A server, and connections that are ready for the next call.
#[derive(Clone)]
pub(super) struct Server {
    location: Arc<Location>,
    /// Whether calls carry grants, so that the wall has to stand.
    walled: bool,
    idle: Arc<Mutex<Vec<Wire>>>,
}

/// Why a session cannot be used.
enum NoSession {
    Connection(NoConnection),
    Wall(String),
}

impl Server {
    /// Checks the location, and the wall where the server can be reached now; where not, calls will say so.
    pub(super) fn at(url: &str, walled: bool) -> Result<Self, ServeError> {
        let location = Location::parse(url);
        let location = location.ok_or(ServeError::UnknownForm(URL_VARIABLE, SERVER_EXAMPLE))?;
        let server = Self {
            location: Arc::new(location),
            walled,
            idle: Arc::default(),
        };
        match server.fresh() {
            Ok(wire) => {
                server.keep(wire);
                Ok(server)
            }
            Err(NoSession::Connection(NoConnection::Unreachable)) => Ok(server),
            Err(NoSession::Connection(NoConnection::Untrusted)) => {
                Err(ServeError::Untrusted(URL_VARIABLE))
            }
            Err(NoSession::Connection(NoConnection::Rejected)) => {
                Err(ServeError::Unusable(URL_VARIABLE))
            }
            Err(NoSession::Wall(gap)) => Err(ServeError::Wall(gap)),
        }
    }

    /// Does `work` in a transaction of its own that begins with `begin` and is rolled back unless `work` committed it.
    fn within<T>(
        &self,
        time: Duration,
        begin: &str,
        work: impl FnOnce(&mut Wire) -> Result<T, Fault>,
    ) -> Result<T, Failure> {
        let mut wire = self.begun(time, begin)?;
        let outcome = work(&mut wire);
        self.put_back(wire);
        outcome.map_err(|fault| fault.code())
    }

    /// A session in which the transaction has begun. A connection that was kept may have died meanwhile; nothing of
    /// the call was sent then, so that another one is taken.
    fn begun(&self, time: Duration, begin: &str) -> Result<Wire, Failure> {
        let begin = format!(
            "{begin}; SET LOCAL statement_timeout = {}",
            time.as_millis().max(1)
        );
        loop {
            let kept = self
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            let is_fresh = kept.is_none();
            let mut wire = match kept {
                Some(wire) => wire,
                None => self.fresh().map_err(|no| match no {
                    NoSession::Connection(_) => Failure::from(PostgresCode::Unreachable),
                    NoSession::Wall(_) => PostgresCode::NotPermitted.into(),
                })?,
            };
            wire.until(Instant::now() + time + LAST_WORD);
            match wire.batch(&begin) {
                Ok(()) => return Ok(wire),
                Err(_) if wire.is_broken() && !is_fresh => {}
                Err(_) if wire.is_broken() => return Err(PostgresCode::Unreachable.into()),
                Err(fault) => {
                    self.put_back(wire);
                    return Err(fault.code());
                }
            }
        }
    }

    /// From here on statements of this transaction run as the role that may nothing but what the call gives it.
    fn behind_the_wall(&self, wire: &mut Wire) -> Result<(), Fault> {
        let role = quoted(&self.location.wall_role());
        wire.batch(&format!("SET LOCAL ROLE {role}"))
    }

    fn fresh(&self) -> Result<Wire, NoSession> {
        let deadline = Instant::now() + CONNECT_TIME;
        let mut wire =
            greeting::connect(&self.location, deadline).map_err(NoSession::Connection)?;
        if self.walled {
            match wall::gap(&mut wire, &self.location) {
                Ok(None) => {}
                Ok(Some(gap)) => return Err(NoSession::Wall(gap)),
                Err(_) => return Err(NoSession::Connection(NoConnection::Unreachable)),
            }
        }
        Ok(wire)
    }

    /// Ends the transaction and lets the session forget: settings, roles, temporary objects, locks, prepared statements.
    fn put_back(&self, mut wire: Wire) {
        wire.until(Instant::now() + LAST_WORD);
        let clean = (wire.is_idle() || wire.batch("ROLLBACK").is_ok())
            && wire.batch("DISCARD ALL").is_ok()
            && wire.is_idle();
        if clean && !wire.is_broken() {
            self.keep(wire);
        }
    }

    fn keep(&self, wire: Wire) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_CONNECTIONS_MAX {
            idle.push(wire);
        }
    }
}
