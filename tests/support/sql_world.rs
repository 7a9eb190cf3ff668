//! A small world in SQLite, and the same world with one column's values changed.
//! Knows nothing of what the kernel says about a statement.

use rusqlite::Connection;

/// Every column whose values can be varied: table, column.
pub(crate) const VARIED: &[(&str, &str)] = &[
    ("customers", "name"),
    ("customers", "email"),
    ("customers", "phone"),
    ("customers", "ssn"),
    ("customers", "country"),
    ("customers", "notes"),
    ("customers", "salary"),
    ("orders", "customer_id"),
    ("orders", "amount"),
    ("orders", "status"),
    ("contacts", "email"),
    ("contacts", "label"),
];

/// No index on a varied column: SQLite reads a covering index in its order, so that `SELECT id` would
/// come in the order of `email`, and no lineage can say so. For the same reason it makes none of its own.
const SCHEMA: &str = "
PRAGMA automatic_index = OFF;
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, ssn TEXT,
                        country TEXT, notes TEXT, salary INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, amount INTEGER, status TEXT);
CREATE TABLE contacts (id INTEGER PRIMARY KEY, email TEXT, label TEXT);
CREATE TABLE gold_revenue (country TEXT, total INTEGER);
CREATE TABLE staging_tmp (id INTEGER, x TEXT);
CREATE VIEW v_contact AS SELECT id, email AS contact FROM customers;
CREATE VIEW v_deep (k, v) AS SELECT id, upper(contact) FROM v_contact;
CREATE VIEW v_german AS SELECT id, country FROM customers WHERE email LIKE '%.de';
";

const COUNTRIES: &[&str] = &["DE", "FR", "NL", "US"];
const STATES: &[&str] = &["paid", "open", "void"];
const CUSTOMERS: i64 = 12;
const ORDERS: i64 = 18;

/// A fresh world; `varied` names the one column whose values are different ones. NULLs stay where
/// they are, so that a count of the column, which may be told, does not change.
pub(crate) fn build(varied: Option<(&str, &str)>) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(SCHEMA).unwrap();
    customers(&db, varied);
    orders(&db, varied);
    contacts(&db, varied);
    db
}

fn email(of: i64) -> String {
    format!(
        "p{of}@x{}.{}",
        of % 5,
        if of % 3 == 0 { "de" } else { "io" }
    )
}

fn nth<'a>(words: &[&'a str], at: i64) -> &'a str {
    words[usize::try_from(at).unwrap() % words.len()]
}

fn customers(db: &Connection, varied: Option<(&str, &str)>) {
    for at in 1..=CUSTOMERS {
        let t = |column| match varied == Some(("customers", column)) {
            true => (at * 7 + 3) % CUSTOMERS + 40,
            false => at,
        };
        let country = if varied == Some(("customers", "country")) {
            at / 2
        } else {
            at
        };
        let notes: Vec<String> = (0..t("notes") % 4)
            .map(|e| format!("\"note {} {e}\"", t("notes")))
            .collect();
        let row = rusqlite::params![
            at,
            format!("Name {}", t("name")),
            (at % 6 != 0).then(|| email(t("email"))),
            format!("+49 30 {}", 100_000 + t("phone") * 37),
            format!("{:03}-{:02}-{:04}", t("ssn") + 100, t("ssn"), t("ssn") * 11),
            nth(COUNTRIES, country),
            format!("[{}]", notes.join(",")),
            t("salary") * 1000 + 37 * t("salary") % 500,
        ];
        db.execute("INSERT INTO customers VALUES (?,?,?,?,?,?,?,?)", row)
            .unwrap();
    }
}

fn orders(db: &Connection, varied: Option<(&str, &str)>) {
    for at in 1..=ORDERS {
        let is = |column| varied == Some(("orders", column));
        let t = |column| {
            if is(column) {
                (at * 5 + 2) % ORDERS + 1
            } else {
                at
            }
        };
        let row = rusqlite::params![
            at,
            t("customer_id") % CUSTOMERS + 1,
            t("amount") * 10 + i64::from(is("amount")),
            nth(STATES, t("status")),
        ];
        db.execute("INSERT INTO orders VALUES (?,?,?,?)", row)
            .unwrap();
    }
}

fn contacts(db: &Connection, varied: Option<(&str, &str)>) {
    for at in 1..=6 {
        let is = |column| varied == Some(("contacts", column));
        let row = rusqlite::params![
            at,
            email(if is("email") { at + 70 } else { at * 2 }),
            format!("label {}", if is("label") { at + 30 } else { at }),
        ];
        db.execute("INSERT INTO contacts VALUES (?,?,?)", row)
            .unwrap();
    }
    db.execute_batch(
        "INSERT INTO gold_revenue VALUES ('DE', 10), ('FR', 20);
         INSERT INTO staging_tmp VALUES (1, 'a'), (2, 'b');",
    )
    .unwrap();
}

/// All rows of a query as text, or the error.
pub(crate) fn rows(db: &Connection, sql: &str) -> Result<Vec<Vec<String>>, String> {
    let mut statement = db.prepare(sql).map_err(|fault| fault.to_string())?;
    let bound = statement.parameter_count();
    for at in 1..=bound {
        statement
            .raw_bind_parameter(at, 1)
            .map_err(|fault| fault.to_string())?;
    }
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(|fault| fault.to_string())? {
        let cells = (0..width)
            .map(|at| format!("{:?}", row.get_ref_unwrap(at)))
            .collect();
        all.push(cells);
        assert!(
            all.len() < 100_000,
            "a test query gives too many rows: {sql}"
        );
    }
    Ok(all)
}

/// The names of tables and columns and every row: equal text means an unchanged database.
pub(crate) fn picture(db: &Connection) -> String {
    let mut picture = String::new();
    for table in tables(db) {
        let all = rows(db, &format!("SELECT * FROM \"{table}\"")).unwrap();
        picture.push_str(&format!("{table}: {all:?}\n"));
    }
    picture
        + &format!(
            "{:?}",
            rows(
                db,
                "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
            )
            .unwrap()
        )
}

/// The tables, in order.
pub(crate) fn tables(db: &Connection) -> Vec<String> {
    let mut statement = db
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        .unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}
