//! The same world on a private PostgreSQL: a database of its own for each test that writes.
//! Knows nothing of what is asserted.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aegis_downstreams::postgres::{GrantMode, SetupOptions, setup_script};
use aegis_tests::PostgresServer;
use rmcp::service::ClientLifecycleMode;

use crate::world::{Client, cases, connected};

/// A database with the world in it, set up as the script says.
pub(crate) struct ServerWorld {
    pub(crate) server: &'static PostgresServer,
    pub(crate) database: String,
}

pub(crate) fn setup() -> SetupOptions {
    SetupOptions {
        login: "aegis".to_owned(),
        schema: "public".to_owned(),
        writes: true,
        definitions: true,
    }
}

impl ServerWorld {
    /// `None` where there is no PostgreSQL, which the server's own code makes a failure in CI.
    pub(crate) fn new(test: &str) -> Option<Self> {
        Self::of(test, "world_postgres.sql")
    }

    /// A world of another script beside the cases.
    pub(crate) fn of(test: &str, script: &str) -> Option<Self> {
        static TEMPLATES: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
        let server = PostgresServer::shared(test)?;
        let mut templates = TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
        let template = templates.entry(script.to_owned()).or_insert_with(|| {
            let name = server.create_database("template0");
            let mut client = server.connect(&name);
            // The roles first, since tables are theirs; then again, since tables came.
            client.batch_execute(&setup_script(&setup())).unwrap();
            let world = std::fs::read_to_string(cases().join(script)).unwrap();
            client.batch_execute(&world).unwrap();
            client.batch_execute(&setup_script(&setup())).unwrap();
            name
        });
        Some(Self {
            server,
            database: server.create_database(template),
        })
    }

    /// Where the server of tools finds it.
    pub(crate) fn url(&self) -> String {
        let folder = self.server.socket_folder().display();
        format!("postgres://aegis@/{}?host={folder}", self.database)
    }

    pub(crate) async fn client(&self, grant: GrantMode, lifecycle: ClientLifecycleMode) -> Client {
        connected(self.url(), grant, lifecycle).await
    }

    /// As the superuser; -1 where the statement fails, e.g. for want of a table.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        let mut client = self.server.connect(&self.database);
        let row = client.query_one(&format!("SELECT ({sql})::bigint"), &[]);
        row.map_or(-1, |row| row.get(0))
    }

    pub(crate) fn run(&self, sql: &str) {
        let mut client = self.server.connect(&self.database);
        client.batch_execute(sql).unwrap();
    }
}

impl Drop for ServerWorld {
    fn drop(&mut self) {
        self.server.drop_database(&self.database);
    }
}
