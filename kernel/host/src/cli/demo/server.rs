//! The demo's database on a real PostgreSQL server: a copy of the file, for one run, gone with it.
//! Knows nothing of the story that is told in it.

use std::sync::{Mutex, PoisonError};

use aegis_downstreams::ServeError;
use aegis_downstreams::postgres::{Console, SetupOptions, location_for};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// A database of its own, and the roles that it is served with.
#[derive(Debug)]
pub(super) struct Server {
    operator: String,
    name: String,
    /// Where the tools find it.
    pub(super) location: String,
    console: Mutex<Console>,
}

/// The tables of the file as PostgreSQL has them.
const TABLES: &str = "CREATE TABLE customers(id integer PRIMARY KEY, name text NOT NULL, email text, phone text, ssn text, country text, notes text);
    CREATE TABLE orders(id integer PRIMARY KEY, customer_id integer NOT NULL, amount double precision NOT NULL, status text NOT NULL);
    CREATE TABLE staging_tmp(id integer PRIMARY KEY, x text);
    CREATE TABLE silver_orders(id integer PRIMARY KEY, customer_id integer NOT NULL, amount double precision NOT NULL, status text NOT NULL);
    CREATE TABLE gold_orders(id integer PRIMARY KEY, customer_id integer NOT NULL, amount double precision NOT NULL, status text NOT NULL);
    CREATE VIEW customer_contacts AS SELECT id, name, email AS contact FROM customers;";

const NAMES: &[&str] = &[
    "customers",
    "orders",
    "staging_tmp",
    "silver_orders",
    "gold_orders",
];

/// Rows of one INSERT.
const PORTION: usize = 500;

impl Server {
    /// Makes the database as `operator`, who may make databases and roles, and fills it from the file.
    ///
    /// # Errors
    /// Where the server cannot be reached or refuses.
    pub(super) fn build(operator: &str, run: &str, file: &Connection) -> Result<Self, String> {
        let name = format!("aegis_demo_{run}_{}", std::process::id());
        let password = password().ok_or("no randomness")?;
        let location = location_for(operator, &name, &password, &name)
            .ok_or("--postgres: the location has a form that is not known")?;
        let mut console = Console::open(operator, None).map_err(said)?;
        console
            .run(&format!(
                "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
            ))
            .map_err(said)?;
        let mut console = Console::open(operator, Some(&name)).map_err(said)?;
        let mut server = Self {
            operator: operator.to_owned(),
            name,
            location,
            console: Mutex::new(Console::open(operator, None).map_err(said)?),
        };
        server.fill(&mut console, file, &password)?;
        server.console = Mutex::new(console);
        Ok(server)
    }

    fn fill(&self, console: &mut Console, file: &Connection, password: &str) -> Result<(), String> {
        let name = &self.name;
        let options = SetupOptions {
            login: name.clone(),
            schema: "public".to_owned(),
            writes: true,
            definitions: true,
        };
        console.run(TABLES).map_err(said)?;
        for table in NAMES {
            for rows in rows(file, table)
                .map_err(|fault| fault.to_string())?
                .chunks(PORTION)
            {
                let insert = format!("INSERT INTO {table} VALUES {}", rows.join(", "));
                console.run(&insert).map_err(said)?;
            }
        }
        console.set_up(&options).map_err(said)?;
        // Definitions are for what the login role owns.
        let owned = NAMES
            .iter()
            .map(|table| format!("ALTER TABLE {table} OWNER TO {name};"));
        let owned: String = owned.collect();
        console
            .run(&format!("{owned} ALTER VIEW customer_contacts OWNER TO {name}; ALTER ROLE {name} PASSWORD '{password}'; ANALYZE"))
            .map_err(said)
    }

    /// The one number that a query gives, as the operator sees it.
    pub(super) fn number(&self, sql: &str) -> Option<i64> {
        let mut console = self.console.lock().unwrap_or_else(PoisonError::into_inner);
        console.number(sql)
    }
}

/// What cannot be removed is told: a database is not left behind in silence.
impl Drop for Server {
    fn drop(&mut self) {
        let name = &self.name;
        let removed = Console::open(&self.operator, None).and_then(|mut console| {
            console.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
            console.run(&format!(
                "DROP ROLE IF EXISTS {name}; DROP ROLE IF EXISTS {name}_wall"
            ))
        });
        if removed.is_err() {
            crate::told::tell!("aegis demo: the database and role `{name}` could not be removed");
        }
    }
}

fn said(fault: ServeError) -> String {
    format!("--postgres: {fault}")
}

fn password() -> Option<String> {
    let mut bytes = [0; 16];
    crate::random::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The rows of a table as lists of literals.
fn rows(file: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = file.prepare(&format!("SELECT * FROM {table}"))?;
    let width = statement.column_count();
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let cells = (0..width).map(|at| row.get_ref(at).map(literal));
        let cells = cells.collect::<rusqlite::Result<Vec<_>>>()?;
        all.push(format!("({})", cells.join(", ")));
    }
    Ok(all)
}

fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Integer(integer) => integer.to_string(),
        ValueRef::Real(real) => real.to_string(),
        ValueRef::Text(text) => {
            let text = String::from_utf8_lossy(text);
            format!("'{}'", text.replace('\'', "''"))
        }
        ValueRef::Null | ValueRef::Blob(_) => "NULL".to_owned(),
    }
}
