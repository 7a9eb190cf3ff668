//! Our own database behind south: the kernel's reading of a statement and the engine's report agree.
//! Knows nothing of masks.

use aegis_core::manifest;
use aegis_host::config::SecretRef;

use super::gates::{invoke, rule};
use super::kit::World;

const SCHEMA: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, ssn TEXT, country TEXT, notes TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), amount REAL, status TEXT);
    CREATE TABLE staging_tmp (id INTEGER, x TEXT);
    CREATE INDEX orders_customer ON orders (customer_id);
    CREATE VIEW contacts AS SELECT id, email FROM customers;
    INSERT INTO customers VALUES (1, 'Ann', 'ann@x.example', '+33612345678', '123-45-6789', 'FR', 'n');
    INSERT INTO orders VALUES (1, 1, 2.5, 'new');";

const CATALOG: &str = r#"
[[table]]
name = "customers"
columns = ["id", "name", "email", "phone", "ssn", "country", "notes"]
key = ["id"]
[[table]]
name = "orders"
columns = ["id", "customer_id", "amount", "status"]
key = ["id"]
[[table]]
name = "staging_tmp"
columns = ["id", "x"]
[[table]]
name = "contacts"
sql = "SELECT id, email FROM customers"
"#;

const STATEMENTS: &[(&str, &str)] = &[
    ("query", "SELECT 1"),
    ("query", "SELECT id, email, ssn, phone FROM customers"),
    ("query", "SELECT count(*) FROM customers"),
    ("query", "SELECT * FROM contacts"),
    (
        "query",
        "SELECT upper(replace(email, '@', ' at ')) FROM customers",
    ),
    (
        "query",
        "SELECT c.country, sum(o.amount) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.country",
    ),
    (
        "query",
        "WITH t AS (SELECT id FROM orders WHERE status = 'new') SELECT * FROM t",
    ),
    (
        "query",
        "SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE country = 'FR')",
    ),
    (
        "query",
        "SELECT id FROM orders UNION ALL SELECT id FROM staging_tmp",
    ),
    ("execute", "UPDATE orders SET status = 'paid' WHERE id = 1"),
    (
        "execute",
        "INSERT INTO staging_tmp (id, x) SELECT id, status FROM orders",
    ),
    ("execute", "DELETE FROM orders WHERE id = 7"),
    (
        "execute",
        "CREATE TABLE silver_x (id INTEGER PRIMARY KEY, y TEXT)",
    ),
    ("execute", "DROP TABLE staging_tmp"),
];

#[tokio::test]
async fn the_engine_touches_what_the_kernel_has_read() {
    let mut world = World::new();
    let path = world.dir.path().join("customers.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(SCHEMA)
        .unwrap();
    let url = world.file(
        "url",
        format!("sqlite:{}", path.display()).as_bytes(),
        0o600,
    );

    let text =
        std::fs::read_to_string(aegis_tests::root().join("manifests/postgres.toml")).unwrap();
    // The policy of these tests speaks of birthdays, too.
    let text = text.replace("is = \"pii.notes\"", "is = \"pii.dob\"");
    let mut system = manifest::parse(&text, "postgres.toml").unwrap();
    system.catalog = system.label(manifest::parse_catalog(CATALOG, "catalog").unwrap());
    world.systems = vec![system.clone()];
    let aegis = env!("CARGO_BIN_EXE_aegis-under-test");
    let mut world = world.command("postgres", &[aegis, "downstream", "postgres"], 5_000);
    let secrets = &mut world.program("postgres").secrets;
    secrets.insert("AEGIS_POSTGRES_URL".to_owned(), SecretRef::File(url));

    let running = world.start().await.unwrap();
    assert_eq!(running.south.warnings(), []);
    for (tool, sql) in STATEMENTS {
        let arguments = format!(r#"{{"sql":"{sql}"}}"#);
        let outcome = invoke(&running, &system, &format!("postgres__{tool}"), &arguments).await;
        assert_eq!(rule(outcome), "sealed", "{sql}");
    }
    running.south.shutdown().await;
}
