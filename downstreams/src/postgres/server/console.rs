//! A plain conversation with a server as whoever a location names: to set a world up, and to look at it from outside.
//! Knows nothing of grants and walls; no tool reaches it.

use std::fmt;
use std::time::Instant;

use super::greeting;
use super::location::{self, Location};
use super::setup::{SetupOptions, script};
use super::wire::Wire;
use crate::ServeError;
use crate::bounds::{CONNECT_TIME, TIME_MS};
use crate::postgres::options::{SERVER_EXAMPLE, URL_VARIABLE};

/// An open conversation.
pub struct Console {
    wire: Wire,
}

impl Console {
    /// Connects; to another database of the same server where one is named.
    ///
    /// # Errors
    /// Where the location has another form or leads nowhere.
    pub fn open(url: &str, database: Option<&str>) -> Result<Self, ServeError> {
        let unknown = ServeError::UnknownForm(URL_VARIABLE, SERVER_EXAMPLE);
        let mut location = Location::parse(url).ok_or(unknown)?;
        if let Some(database) = database {
            database.clone_into(&mut location.database);
        }
        let wire = greeting::connect(&location, Instant::now() + CONNECT_TIME);
        let wire = wire.map_err(|_no| ServeError::Unusable(URL_VARIABLE))?;
        let mut console = Self { wire };
        console.run("SET default_transaction_read_only = off")?;
        Ok(console)
    }

    /// Runs statements, without results.
    ///
    /// # Errors
    /// Where the server refuses one of them; the text of its refusal is not kept.
    pub fn run(&mut self, sql: &str) -> Result<(), ServeError> {
        self.wait();
        let run = self.wire.batch(sql);
        run.map_err(|_fault| ServeError::Unusable(URL_VARIABLE))
    }

    /// The one number that a query gives.
    pub fn number(&mut self, sql: &str) -> Option<i64> {
        self.wait();
        let rows = self.wire.ask(sql, &[]).ok()?;
        rows.into_iter().flatten().flatten().next()?.parse().ok()
    }

    /// Sets the database up for the wall, as the script says.
    ///
    /// # Errors
    /// As [`Console::run`].
    pub fn set_up(&mut self, options: &SetupOptions) -> Result<(), ServeError> {
        self.run(&script(options))
    }

    fn wait(&mut self) {
        let time = std::time::Duration::from_millis(TIME_MS.1);
        self.wire.until(Instant::now() + time);
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Console([hidden])")
    }
}

/// The location of another database of the same server, for another role. Both names and the password are taken as they
/// are, so they are letters, digits and `_`.
#[must_use]
pub fn location_for(url: &str, user: &str, password: &str, database: &str) -> Option<String> {
    let plain = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if ![user, password, database].into_iter().all(plain) {
        return None;
    }
    location::elsewhere(url, user, password, database)
}
