//! What reading one SQL text costs: facts with lineage, by length, and the hostile shapes at full length.
//! Knows nothing of budgets; they stand in `docs/PERFORMANCE.md`.

use aegis_core::inspect::sql::{self, Dialect, Reading};
use aegis_core::manifest::{Catalog, catalog_file};
use divan::{Bencher, black_box};

const CATALOG: &str = include_str!("../corpus/sql/catalog.toml");

/// 44, 200 and 1,000 bytes of everyday analytics.
const SHORT: &str = "SELECT id, email FROM customers WHERE id = 7";
const MIDDLE: &str = "SELECT c.country, count(*) AS n, sum(o.amount) AS total FROM customers AS c \
    JOIN orders AS o ON o.customer_id = c.id WHERE o.status = 'paid' AND o.amount > 10 \
    GROUP BY c.country ORDER BY total DESC";
const LONG: &str = "WITH paid AS (SELECT o.customer_id, o.amount, o.status FROM orders AS o WHERE o.status IN ('paid', 'open')), \
    totals AS (SELECT p.customer_id, sum(p.amount) AS total, count(*) AS n, max(p.amount) AS largest FROM paid AS p GROUP BY p.customer_id), \
    ranked AS (SELECT t.customer_id, t.total, t.n, t.largest, row_number() OVER (ORDER BY t.total DESC) AS place FROM totals AS t) \
    SELECT c.id, upper(c.country) AS country, replace(c.email, '@', ' at ') AS address, r.total, r.n, r.largest, r.place, \
    CASE WHEN r.total > 1000 THEN 'large' WHEN r.total > 100 THEN 'middle' ELSE 'small' END AS size, \
    (SELECT count(*) FROM contacts AS k WHERE k.id = c.id) AS contacts, coalesce(c.phone, 'none') AS phone \
    FROM ranked AS r JOIN customers AS c ON c.id = r.customer_id LEFT JOIN gold_revenue AS g ON g.country = c.country \
    WHERE r.place <= 100 AND c.country <> 'XX' AND EXISTS (SELECT 1 FROM orders AS x WHERE x.customer_id = c.id AND x.amount > 5) \
    ORDER BY r.place, c.id LIMIT 50";

/// Name, prefix, repeated part, suffix.
const HOSTILE: &[(&str, &str, &str, &str)] = &[
    ("sums", "SELECT ", "1+", "1"),
    ("parentheses", "SELECT ", "(", "1"),
    (
        "unknown names",
        "SELECT ",
        "nosuch,",
        "1 FROM customers a, customers b, customers c, customers d, customers e",
    ),
    (
        "natural joins",
        "SELECT * FROM customers",
        " NATURAL JOIN customers",
        "",
    ),
    (
        "unions",
        "SELECT 1",
        " UNION SELECT email FROM customers",
        "",
    ),
    ("a long list", "SELECT 1 WHERE id IN (1", ",1", ")"),
    ("postfixes", "SELECT a ", "ISNULL ", ""),
    (
        "tables named",
        "WITH a AS (SELECT 1)",
        ", b AS (SELECT 1)",
        " SELECT 1",
    ),
    ("comments", "SELECT 1 /*", "/*", "*/"),
    (
        "rows",
        "INSERT INTO orders VALUES (1,2,3,'x')",
        ",(1,2,3,'x')",
        "",
    ),
];

fn main() {
    divan::main();
}

fn catalog() -> Catalog {
    catalog_file::parse(CATALOG).unwrap()
}

/// What a call pays: the catalogue is there already, and the facts are dropped at the end.
fn read(bencher: Bencher<'_, '_>, dialect: Dialect, size: &str) {
    let catalog = catalog();
    let sql = match size {
        "44 B" => SHORT,
        "200 B" => MIDDLE,
        _ => LONG,
    };
    assert_eq!(sql::read(sql, dialect, &catalog).refusal, None, "{sql}");
    bencher.bench_local(|| drop::<Reading>(sql::read(black_box(sql), dialect, &catalog)));
}

#[divan::bench(args = ["44 B", "200 B", "1 kB"])]
fn sqlite(bencher: Bencher<'_, '_>, size: &str) {
    read(bencher, Dialect::Sqlite, size);
}

#[divan::bench(args = ["44 B", "200 B", "1 kB"])]
fn postgres(bencher: Bencher<'_, '_>, size: &str) {
    read(bencher, Dialect::Postgres, size);
}

/// Hostile shapes grown to the longest text that is read.
#[divan::bench(args = HOSTILE.iter().map(|shape| shape.0), sample_count = 10)]
fn hostile(bencher: Bencher<'_, '_>, name: &str) {
    grown(bencher, name, aegis_core::limits::SQL_BYTES_MAX);
}

/// The same at 64 KiB, which length alone answers.
#[divan::bench(args = HOSTILE.iter().map(|shape| shape.0), sample_count = 10)]
fn hostile_64_kib(bencher: Bencher<'_, '_>, name: &str) {
    grown(bencher, name, 64 * 1024);
}

fn grown(bencher: Bencher<'_, '_>, name: &str, bytes: usize) {
    let catalog = catalog();
    let found = HOSTILE.iter().find(|shape| shape.0 == name);
    let (_, prefix, part, suffix) = found.unwrap();
    let room = bytes - prefix.len() - suffix.len();
    let sql = format!("{prefix}{}{suffix}", part.repeat(room / part.len()));
    bencher
        .bench_local(|| drop::<Reading>(sql::read(black_box(&sql), Dialect::Postgres, &catalog)));
}
