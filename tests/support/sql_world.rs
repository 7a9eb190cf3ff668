//! A small world, and the same world with one column's values changed, in the SQL of both engines.
//! Knows nothing of engines, nor of what the kernel says about a statement.

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

/// Its tables and views.
pub(crate) const TABLES: &[&str] = &[
    "customers",
    "orders",
    "contacts",
    "gold_revenue",
    "staging_tmp",
    "v_contact",
    "v_deep",
    "v_german",
];

/// No index on a varied column: an engine reads a covering index in its order, so that `SELECT id` would
/// come in the order of `email`, and no lineage can say so.
const SCHEMA: &str = "
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

/// The script that makes the world; `varied` names the one column whose values are different ones. NULLs
/// stay where they are, so that a count of the column, which may be told, does not change.
pub(crate) fn script(varied: Option<(&str, &str)>) -> String {
    let mut script = SCHEMA.to_owned();
    script.extend((1..=CUSTOMERS).map(|at| customer(at, varied)));
    script.extend((1..=ORDERS).map(|at| order(at, varied)));
    script.extend((1..=6).map(|at| contact(at, varied)));
    script
        + "INSERT INTO gold_revenue VALUES ('DE', 10), ('FR', 20);
           INSERT INTO staging_tmp VALUES (1, 'a'), (2, 'b');"
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

fn customer(at: i64, varied: Option<(&str, &str)>) -> String {
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
    let email = match at % 6 {
        0 => "NULL".to_owned(),
        _ => format!("'{}'", email(t("email"))),
    };
    format!(
        "INSERT INTO customers VALUES ({at}, 'Name {}', {email}, '+49 30 {}', '{:03}-{:02}-{:04}', '{}', '[{}]', {});\n",
        t("name"),
        100_000 + t("phone") * 37,
        t("ssn") + 100,
        t("ssn"),
        t("ssn") * 11,
        nth(COUNTRIES, country),
        notes.join(","),
        t("salary") * 1000 + 37 * t("salary") % 500,
    )
}

fn order(at: i64, varied: Option<(&str, &str)>) -> String {
    let is = |column| varied == Some(("orders", column));
    let t = |column| {
        if is(column) {
            (at * 5 + 2) % ORDERS + 1
        } else {
            at
        }
    };
    format!(
        "INSERT INTO orders VALUES ({at}, {}, {}, '{}');\n",
        t("customer_id") % CUSTOMERS + 1,
        t("amount") * 10 + i64::from(is("amount")),
        nth(STATES, t("status")),
    )
}

fn contact(at: i64, varied: Option<(&str, &str)>) -> String {
    let is = |column| varied == Some(("contacts", column));
    format!(
        "INSERT INTO contacts VALUES ({at}, '{}', 'label {}');\n",
        email(if is("email") { at + 70 } else { at * 2 }),
        if is("label") { at + 30 } else { at },
    )
}
