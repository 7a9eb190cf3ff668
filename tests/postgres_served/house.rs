//! The demo's manifests and policies before a database of a private server, as its operator would set it up.
//! Knows nothing of what a test does in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aegis_downstreams::postgres::{SetupOptions, setup_script};
use aegis_tests::{Client, PostgresServer, TempWorld};
use serde_json::{Value, json};

/// The tables of the demo, and a few rows.
const TABLES: &str = "
    CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, email text, phone text, ssn text, country text, notes text);
    CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, amount double precision NOT NULL, status text NOT NULL);
    CREATE TABLE staging_tmp (id integer PRIMARY KEY, x text);
    CREATE TABLE silver_orders (id integer PRIMARY KEY, customer_id integer NOT NULL, amount double precision NOT NULL, status text NOT NULL);
    CREATE TABLE gold_orders (id integer PRIMARY KEY, customer_id integer NOT NULL, amount double precision NOT NULL, status text NOT NULL);
    CREATE VIEW customer_contacts AS SELECT id, name, email AS contact FROM customers;
    INSERT INTO customers VALUES (1, 'Ann Lee', 'ann.lee@Corp.example', '+1 212 555 0143', '078-05-1120', 'US', 'likes tea'),
      (2, 'Ben Roe', 'ben@corp.example', '+1 212 555 0144', '219-09-9999', 'DE', NULL);
    INSERT INTO orders VALUES (10, 1, 5.0, 'paid'), (11, 2, 7.5, 'open');
    INSERT INTO silver_orders VALUES (1, 1, 5.5, 'paid'), (2, 2, 7.25, 'new'), (3, 1, 0.1, 'shipped');
    ALTER TABLE silver_orders OWNER TO aegis; ALTER TABLE gold_orders OWNER TO aegis; ALTER TABLE staging_tmp OWNER TO aegis;
    ALTER TABLE customers OWNER TO aegis; ALTER TABLE orders OWNER TO aegis; ALTER VIEW customer_contacts OWNER TO aegis;";

/// A kernel's folder, and the database that it serves.
pub(crate) struct House {
    world: TempWorld,
    own: Option<PostgresServer>,
    shared: Option<&'static PostgresServer>,
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

impl House {
    /// Before the server of this test binary; `None` where there is none.
    pub(crate) fn new(test: &str) -> Option<Self> {
        let shared = PostgresServer::shared(test)?;
        Some(Self::before(None, Some(shared), ""))
    }

    /// The same with more in the database.
    pub(crate) fn with(test: &str, sql: &str) -> Option<Self> {
        let shared = PostgresServer::shared(test)?;
        Some(Self::before(None, Some(shared), sql))
    }

    /// Before a server of its own, which may be killed.
    pub(crate) fn own(test: &str) -> Option<Self> {
        Some(Self::before(Some(PostgresServer::own(test)?), None, ""))
    }

    fn before(
        own: Option<PostgresServer>,
        shared: Option<&'static PostgresServer>,
        sql: &str,
    ) -> Self {
        let server = own.as_ref().or(shared).expect("a server");
        // Roles are the whole server's: two scripts at the same moment would get in each other's way.
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let database = server.create_database("template0");
        let mut operator = server.connect(&database);
        for script in [
            &setup_script(&setup()),
            TABLES,
            sql,
            &setup_script(&setup()),
        ] {
            operator.batch_execute(script).unwrap_or_else(|fault| {
                panic!("{fault:?}: {}", script.lines().next().unwrap_or_default())
            });
        }
        drop(turn);
        let house = Self {
            world: TempWorld::new(),
            own,
            shared,
            database,
        };
        house.edit("manifests/postgres.toml", |text| {
            text.replace("dialect = \"sqlite\"", "dialect = \"postgres\"")
        });
        house.serve(house.server().socket_folder(), 5432);
        house
    }

    pub(crate) fn server(&self) -> &PostgresServer {
        self.own.as_ref().or(self.shared).expect("a server")
    }

    /// Its own server, which may be killed.
    pub(crate) fn own_server(&mut self) -> &mut PostgresServer {
        self.own.as_mut().expect("a server of its own")
    }

    /// Where the tools find the database from now on: a folder with a socket, and its port.
    pub(crate) fn serve(&self, folder: &Path, port: u16) {
        let url = format!(
            "postgres://aegis@:{port}/{}?host={}",
            self.database,
            folder.display()
        );
        let path = self.path("secrets/postgres-url");
        fs::write(&path, url).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.world.path(name)
    }

    pub(crate) fn edit(&self, name: &str, change: impl Fn(&str) -> String) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        let changed = change(&text);
        assert_ne!(text, changed, "{name} is as it was");
        fs::write(self.path(name), changed).unwrap();
    }

    pub(crate) fn agent(&self) -> Client {
        Client::start(&self.world.config())
    }

    /// As the superuser, behind everyone's back.
    pub(crate) fn run(&self, sql: &str) {
        let mut operator = self.server().connect(&self.database);
        operator
            .batch_execute(sql)
            .unwrap_or_else(|fault| panic!("{sql}: {fault}"));
    }

    pub(crate) fn number(&self, sql: &str) -> i64 {
        let mut operator = self.server().connect(&self.database);
        let row = operator.query_one(&format!("SELECT ({sql})::bigint"), &[]);
        row.unwrap_or_else(|fault| panic!("{sql}: {fault}")).get(0)
    }

    pub(crate) fn text(&self, sql: &str) -> String {
        let mut operator = self.server().connect(&self.database);
        let row = operator.query_one(&format!("SELECT ({sql})::text"), &[]);
        row.unwrap_or_else(|fault| panic!("{sql}: {fault}")).get(0)
    }

    /// The log holds what it says.
    pub(crate) fn verify(&self) {
        let (code, report) = self.world.verify();
        assert_eq!(code, 0, "{report}");
    }

    /// The outcomes of the log, oldest first.
    pub(crate) fn outcomes(&self) -> Vec<Value> {
        let mut files: Vec<_> = fs::read_dir(self.path(".aegis/audit"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|kind| kind == "jsonl"))
            .collect();
        files.sort();
        let text: String = files
            .iter()
            .map(|file| fs::read_to_string(file).unwrap())
            .collect();
        let records = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        records
            .filter(|record| record["kind"] == "outcome")
            .collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(shared) = self.shared {
            shared.drop_database(&self.database);
        }
    }
}

/// The arguments of a statement.
pub(crate) fn sql(text: &str) -> Value {
    json!({ "sql": text })
}

/// The rows of a statement that reads.
pub(crate) fn rows(agent: &mut Client, text: &str) -> Value {
    agent.done("postgres__query", &sql(text))["rows"].clone()
}

/// What a call that failed says: its code, and whether it may have happened.
pub(crate) fn failure(answer: &Value) -> (String, String) {
    let result = &answer["result"];
    assert_eq!(result["isError"], json!(true), "{answer}");
    let said = &result["structuredContent"];
    let word = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
    (word("code"), word("sent"))
}
