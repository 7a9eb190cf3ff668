//! Builds the demo's world in a folder: database, bucket, manifests, policies, two configurations.
//! Knows nothing of the story that is told in it.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags, params};

use super::people::{COUNTRIES, Dice, customer};
use super::server::Server;

/// Customers in the database.
pub(super) const CUSTOMERS: i64 = 12_000;
/// Orders in the database.
pub(super) const ORDERS: i64 = 18_000;
/// Rows of the forgotten staging table.
pub(super) const STAGING: i64 = 640;
/// Rows of the silver file before its defects are counted.
const SILVER_ROWS: i64 = 1_500;

/// What ships with the binary: the same manifests and policies that anyone deploys.
const FILES: &[(&str, &str)] = &[
    (
        "manifests/postgres.toml",
        include_str!("../../../../../manifests/postgres.toml"),
    ),
    (
        "manifests/s3.toml",
        include_str!("../../../../../manifests/s3.toml"),
    ),
    (
        "manifests/medallion.toml",
        include_str!("../../../../../manifests/medallion.toml"),
    ),
    (
        "policies/invariants.toml",
        include_str!("../../../../../policies/invariants.toml"),
    ),
    (
        "policies/pii-oracles.toml",
        include_str!("../../../../../policies/pii-oracles.toml"),
    ),
    (
        "policies/analyst.toml",
        include_str!("../../../../../policies/analyst.toml"),
    ),
    (
        "policies/cases/analyst.toml",
        include_str!("../../../../../policies/cases/analyst.toml"),
    ),
    (
        "policies/cases/invariants.toml",
        include_str!("../../../../../policies/cases/invariants.toml"),
    ),
    (
        "policies/cases/pii-oracles.toml",
        include_str!("../../../../../policies/cases/pii-oracles.toml"),
    ),
    (
        "policies/questions/default.toml",
        include_str!("../../../../../policies/questions/default.toml"),
    ),
    (
        "policies-off/allow-all.toml",
        include_str!("../../../../../demo/policies-off/allow-all.toml"),
    ),
];

/// The one thing in a manifest that says which engine is behind it.
const SQLITE: &str = "dialect = \"sqlite\"";
/// See [`SQLITE`].
const POSTGRES: &str = "dialect = \"postgres\"";

/// Where things are in a prepared world.
#[derive(Clone, Debug)]
pub(super) struct World {
    /// The folder.
    pub(super) root: PathBuf,
    /// The database that the tools use in place of the file.
    pub(super) server: Option<Arc<Server>>,
}

impl World {
    /// The customer database.
    pub(super) fn database(&self) -> PathBuf {
        self.root.join("world/customers.db")
    }

    /// Where the tools find the database.
    fn location(&self) -> String {
        match &self.server {
            Some(server) => server.location.clone(),
            None => format!("sqlite:{}", self.database().display()),
        }
    }

    /// The one number that a query gives, asked of the database itself.
    pub(super) fn number(&self, sql: &str) -> Option<i64> {
        if let Some(server) = &self.server {
            return server.number(sql);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let database = Connection::open_with_flags(self.database(), flags).ok()?;
        database.query_row(sql, [], |row| row.get(0)).ok()
    }

    /// How many tables have this name.
    pub(super) fn tables(&self, name: &str) -> Option<i64> {
        let list = match self.server {
            Some(_) => "pg_tables WHERE schemaname = 'public' AND tablename",
            None => "sqlite_schema WHERE name",
        };
        self.number(&format!("SELECT count(*) FROM {list} = '{name}'"))
    }

    /// The bucket.
    pub(super) fn bucket(&self) -> PathBuf {
        self.root.join("world/bucket")
    }

    /// The configuration with the policy on or off.
    pub(super) fn config(&self, on: bool) -> PathBuf {
        self.root
            .join(if on { "aegis.toml" } else { "aegis-off.toml" })
    }

    /// The folder of the log that belongs to a configuration.
    pub(super) fn log(&self, on: bool) -> PathBuf {
        self.root.join(if on {
            ".aegis/audit"
        } else {
            ".aegis-off/audit"
        })
    }
}

/// Builds the world; the same bytes every time. With a server, its operator makes the database there, from the file.
///
/// # Errors
/// Where the folder is not empty or cannot be written.
pub(super) fn build(root: &Path, run: &str, operator: Option<&str>) -> io::Result<World> {
    fs::create_dir_all(root)?;
    if fs::read_dir(root)?.next().is_some() {
        return Err(io::Error::other(format!(
            "`{}` is not empty: name a new folder",
            root.display()
        )));
    }
    let root = root.canonicalize()?;
    let mut world = World { root, server: None };
    fs::create_dir_all(world.root.join("world"))?;
    database(&world.database()).map_err(io::Error::other)?;
    if let Some(operator) = operator {
        let file = Connection::open(world.database()).map_err(io::Error::other)?;
        let server = Server::build(operator, run, &file).map_err(io::Error::other)?;
        world.server = Some(Arc::new(server));
    }
    for (name, text) in FILES {
        let text = match (*name, &world.server) {
            // What is another engine is another dialect.
            ("manifests/postgres.toml", Some(_)) => &text.replace(SQLITE, POSTGRES),
            _ => *text,
        };
        write(&world.root.join(name), text.as_bytes())?;
    }
    write(&world.config(true), config(&world, true).as_bytes())?;
    write(&world.config(false), config(&world, false).as_bytes())?;
    bucket(&world.bucket())?;
    Ok(world)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}

/// The credentials of the story live in two files that only their owner may read.
fn config(world: &World, on: bool) -> String {
    let (policies, home) = if on {
        ("policies/", ".aegis")
    } else {
        ("policies-off/", ".aegis-off")
    };
    let secret = |name: &str, value: String| {
        let path = world.root.join("secrets").join(name);
        let written = write(&path, value.as_bytes()).and_then(|()| private(&path));
        written.map_or_else(
            |error| format!("unwritable: {error}"),
            |()| format!("file:secrets/{name}"),
        )
    };
    let database = secret("postgres-url", world.location());
    let bucket = secret("s3-url", format!("file:{}", world.bucket().display()));
    format!(
        "# What runs, with which secrets. Nothing in this file is reachable by the agent.\n\
         [kernel]\n\
         principal = \"analyst-agent\"\n\
         policies  = [\"{policies}\"]\n\
         state     = \"{home}/state.db\"\n\
         native    = [\"manifests/medallion.toml\"]\n\n\
         [audit]\n\
         dir = \"{home}/audit\"\n\n\
         [south.postgres]\n\
         manifest = \"manifests/postgres.toml\"\n\
         command  = [\"aegis\", \"downstream\", \"postgres\"]\n\
         secrets  = {{ AEGIS_POSTGRES_URL = \"{database}\" }}\n\n\
         [south.s3]\n\
         manifest = \"manifests/s3.toml\"\n\
         command  = [\"aegis\", \"downstream\", \"s3\"]\n\
         secrets  = {{ AEGIS_S3_URL = \"{bucket}\" }}\n"
    )
}

fn private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

fn database(path: &Path) -> rusqlite::Result<()> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch(
        "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, phone TEXT, ssn TEXT, country TEXT, notes TEXT);
         CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, amount REAL NOT NULL, status TEXT NOT NULL);
         CREATE TABLE staging_tmp(id INTEGER PRIMARY KEY, x TEXT);
         CREATE TABLE silver_orders(id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, amount REAL NOT NULL, status TEXT NOT NULL);
         CREATE TABLE gold_orders(id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, amount REAL NOT NULL, status TEXT NOT NULL);
         CREATE VIEW customer_contacts AS SELECT id, name, email AS contact FROM customers;",
    )?;
    let rows = connection.transaction()?;
    let mut dice = Dice::new(7);
    for id in 1..=CUSTOMERS {
        let c = customer(id, &mut dice);
        rows.prepare_cached("INSERT INTO customers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![
                c.id, c.name, c.email, c.phone, c.ssn, c.country, c.notes
            ])?;
    }
    for id in 1..=ORDERS {
        #[expect(clippy::cast_precision_loss, reason = "cents below 2^53")]
        let amount = (100 + dice.below(90_000)) as f64 / 100.0;
        let customer = 1 + i64::try_from(dice.below(CUSTOMERS.unsigned_abs())).unwrap_or_default();
        let status = dice.pick(&["new", "paid", "shipped", "returned"]);
        rows.prepare_cached("INSERT INTO orders VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id, customer, amount, status])?;
    }
    for id in 1..=STAGING {
        rows.prepare_cached("INSERT INTO staging_tmp VALUES (?1, ?2)")?
            .execute(params![id, format!("row {id}")])?;
    }
    rows.execute_batch(
        "INSERT INTO silver_orders SELECT * FROM orders WHERE id <= 800;
         INSERT INTO gold_orders SELECT * FROM orders WHERE id <= 500;",
    )?;
    rows.commit()
}

fn bucket(root: &Path) -> io::Result<()> {
    let silver = silver();
    let clean: String = silver
        .lines()
        .take(1_001)
        .flat_map(|line| [line, "\n"])
        .collect();
    write(&root.join("bronze/customers.csv"), silver.as_bytes())?;
    write(
        &root.join("silver/customers.csv"),
        with_defects(&silver).as_bytes(),
    )?;
    write(&root.join("gold/customers.csv"), clean.as_bytes())?;
    write(
        &root.join("README.txt"),
        b"bronze: as delivered; silver: cleaned; gold: published\n",
    )
}

/// Customers without anything personal: what a gold table should hold.
fn silver() -> String {
    let mut dice = Dice::new(11);
    let mut text = String::from("id,country,segment,signup_date,lifetime_value,notes\n");
    for id in 1..=SILVER_ROWS {
        let (month, day) = (1 + dice.below(12), 1 + dice.below(28));
        let segment = dice.pick(&["consumer", "small-business", "enterprise"]);
        let (country, cents) = (dice.pick(COUNTRIES), dice.below(900_000));
        let note = dice.pick(&["", "", "", "prefers post", "pays late", "newsletter"]);
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "{id},{country},{segment},202{}-{month:02}-{day:02},{}.{:02},{note}",
            dice.below(6),
            cents / 100,
            cents % 100
        );
    }
    text
}

/// The defects that validation must find: a repeated key, an empty country, a negative value and an
/// e-mail address in a column that is declared clean.
fn with_defects(silver: &str) -> String {
    let mut lines: Vec<String> = silver.lines().map(str::to_owned).collect();
    let mut replace = |row: usize, line: &str| {
        if let Some(slot) = lines.get_mut(row) {
            line.clone_into(slot);
        }
    };
    replace(118, "118,,consumer,2024-03-09,210.00,");
    replace(377, "377,DE,consumer,2023-11-20,-75.50,");
    replace(
        903,
        "903,FR,enterprise,2022-05-14,1250.00,write to ines.costa@example.net",
    );
    replace(1_204, "1203,IT,small-business,2025-01-31,99.00,");
    lines.join("\n") + "\n"
}
