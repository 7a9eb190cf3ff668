//! Hostile texts of the longest admitted size: no panic, no overflow of a quarter of the kernel's stack, always an answer.
//! Knows nothing of what the answer is.

use aegis_core::inspect::sql::{self, Dialect};
use aegis_core::limits::{SQL_BYTES_MAX, SQL_STEPS_BASE, SQL_STEPS_PER_BYTE};
use aegis_core::manifest::{Catalog, catalog_file};

const CATALOG: &str = include_str!("corpus/sql/catalog.toml");

/// Prefix, repeated part, suffix; the part is repeated up to the largest size that is admitted.
const SHAPES: &[(&str, &str, &str)] = &[
    ("SELECT ", "1+", "1"),
    ("SELECT ", "1 OR ", "1"),
    ("SELECT 1 WHERE ", "id=1 AND ", "1"),
    ("SELECT ", "email||", "email FROM customers"),
    ("SELECT ", "(", "1"),
    ("SELECT ", "((1)+", "1"),
    ("SELECT 1", "))", ""),
    ("SELECT ", "- ", "1"),
    ("", "TABLE orders UNION ", "TABLE orders"),
    ("", "(TABLE ", "orders"),
    ("SELECT ", "(c).*,", "1 FROM contacts c"),
    ("SELECT ", "U&\"\\0061\",", "1"),
    ("SELECT ", "U&'\\0061' UESCAPE '!',", "1"),
    ("SELECT U&\"", "\\\\", "\""),
    ("SELECT ", "trim(BOTH FROM ", "1"),
    ("SELECT * FROM (SELECT 1 AS a", ", 1 AS a", ") x"),
    ("SELECT 1", " <-> 1", ""),
    ("SELECT 1 ", "NOT GLOB 1 ", ""),
    (
        "WITH a AS (SELECT 1) ",
        "REPLACE INTO ",
        "orders VALUES (1)",
    ),
    ("SELECT ", "NOT ", "1"),
    ("SELECT ", "~", "1"),
    ("SELECT 1 ", "IS NULL ", ""),
    ("SELECT a ", "COLLATE x ", ""),
    ("SELECT a ", "IS 1 ", ""),
    ("SELECT a ", "IS NOT ", "1"),
    ("SELECT a ", "GLOB 1 ", ""),
    ("SELECT a ", "<<1", ""),
    ("SELECT 1", "::text", ""),
    ("SELECT a", "[1]", ""),
    ("SELECT a", "->1", ""),
    ("SELECT a", ".b", ""),
    ("SELECT ", "CASE WHEN ", "1"),
    ("SELECT CASE ", "WHEN 1 THEN 2 ", "END"),
    ("SELECT ", "CASE 1 WHEN 1 THEN ", "1"),
    ("SELECT ", "f(", "1"),
    ("SELECT ", "coalesce(1,", "1"),
    ("SELECT ", "1,", "1"),
    ("SELECT ", "*,", "1 FROM customers"),
    ("SELECT ", "email,", "1 FROM customers"),
    ("SELECT ", "nosuch,", "1 FROM customers"),
    (
        "SELECT ",
        "nosuch,",
        "1 FROM customers a, customers b, customers c, customers d, customers e",
    ),
    ("SELECT 1 FROM customers", ", customers", ""),
    ("SELECT 1 FROM a", ",a", ""),
    ("SELECT * FROM customers", " JOIN customers ON 1", ""),
    ("SELECT * FROM customers", " NATURAL JOIN customers", ""),
    ("SELECT * FROM customers", " JOIN customers USING (id)", ""),
    ("SELECT * FROM ", "(SELECT * FROM ", "customers"),
    ("SELECT ", "(SELECT ", "1"),
    ("SELECT 1 WHERE 1 IN ", "(SELECT 1 WHERE 1 IN ", "(1)"),
    ("SELECT 1", " UNION ALL SELECT 1", ""),
    ("SELECT 1", " UNION SELECT email FROM customers", ""),
    ("", "(", "SELECT 1"),
    ("", "WITH a AS (", "SELECT 1"),
    ("WITH a AS (SELECT 1)", ", b AS (SELECT 1)", " SELECT 1"),
    ("SELECT 1 WHERE id IN (1", ",1", ")"),
    ("VALUES (1)", ",(1)", ""),
    ("INSERT INTO orders VALUES (1,2,3,'x')", ",(1,2,3,'x')", ""),
    (
        "UPDATE orders SET status = 1",
        ", status = email",
        " WHERE id = 1",
    ),
    ("SELECT 1 ORDER BY 1", ",1", ""),
    ("SELECT 1 /*", "/*", "*/"),
    ("SELECT 1 --", "x", ""),
    ("SELECT '", "''", "'"),
    ("SELECT \"", "\"\"", "\""),
    ("SELECT $$", "x", "$$"),
    ("", ";", ""),
    ("SELECT 1", ";SELECT 1", ""),
    ("EXPLAIN ", "EXPLAIN ", "SELECT 1"),
    ("DESC ", "DESC ", "SELECT 1"),
    ("", "PREPARE x AS ", "SELECT 1"),
    ("", "CASE 1 WHEN 1 THEN ", "SELECT 1"),
    ("", "IF 1 THEN ", "SELECT 1"),
    ("", "WHILE 1 BEGIN ", "SELECT 1"),
    ("", "BEGIN ", "SELECT 1"),
    (
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN ",
        "IF 1 THEN ",
        "END",
    ),
    ("", "CREATE TRIGGER t AFTER INSERT ON a BEGIN ", "END"),
    ("", "CREATE PROCEDURE p AS BEGIN ", "END"),
    ("SELECT 1 FROM a ", "JOIN (a ", ""),
    ("SELECT 1 FROM ", "(", "a"),
    ("SELECT 1 FROM a ", "JOIN b ", "ON 1"),
    ("SELECT ", "a.b.c.d.", "e"),
    ("SELECT f(x) ", "WITHIN GROUP (ORDER BY f(x) ", ""),
    ("SELECT ", "x -> ", "1"),
    ("SELECT ", "{", "1"),
    ("SELECT CAST(1 AS ", "ARRAY<", "INT"),
    ("SELECT CAST(1 AS ", "Nullable(", "INT"),
    (
        "WITH RECURSIVE a(x) AS (SELECT email FROM customers UNION ALL SELECT x FROM a",
        " UNION ALL SELECT x FROM a",
        ") SELECT * FROM a",
    ),
    ("SELECT 1 BETWEEN ", "1 AND 2 BETWEEN ", "1 AND 2"),
    ("SELECT ", "a LIKE b ESCAPE ", "c"),
    ("SELECT INTERVAL ", "INTERVAL ", "'1'"),
    ("SELECT CAST(1 AS ", "INT", ")"),
    ("SELECT CAST(1 AS INT", "[]", ")"),
    ("SELECT ARRAY[", "ARRAY[", "1"),
    (
        "SELECT sum(1) OVER (ORDER BY ",
        "sum(1) OVER (ORDER BY ",
        "1",
    ),
    ("CREATE TABLE t (a INT", ", a INT", ")"),
    ("CREATE TABLE t (a INT CHECK (", "(", "1"),
    ("DROP TABLE a", ",a", ""),
    (
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN ",
        "SELECT 1; ",
        "END",
    ),
    ("\u{fc}", "\u{fc}", ""),
    ("SELECT ", "x'", "1"),
];

/// What one level of nesting opens and closes.
const NESTS: &[(&str, &str)] = &[
    ("(", ")"),
    ("(SELECT ", ")"),
    ("coalesce(1, ", ")"),
    ("CASE WHEN 1 THEN ", " END"),
    ("EXISTS (SELECT 1 WHERE ", ")"),
    ("1 IN (SELECT ", ")"),
    ("sum(1) OVER (ORDER BY ", ")"),
    ("(SELECT x FROM (SELECT 1 AS x WHERE ", "))"),
    ("(WITH a AS (SELECT 1) SELECT 1 WHERE ", ")"),
    ("(SELECT 1 UNION SELECT ", ")"),
    ("CAST(1 AS text) || (", ")"),
    ("(VALUES (", "))"),
    ("trim(", ")"),
    ("1 BETWEEN 0 AND (", ")"),
];

use support::{catalog, grown, on_small_stack, read_all};

#[cfg(test)]
mod support {
    use super::*;

    pub(super) fn grown(prefix: &str, part: &str, suffix: &str, bytes: usize) -> String {
        let room = bytes.saturating_sub(prefix.len() + suffix.len());
        format!("{prefix}{}{suffix}", part.repeat(room / part.len()))
    }

    pub(super) fn catalog() -> Catalog {
        catalog_file::parse(CATALOG).unwrap()
    }

    /// Runs on a quarter of the stack that the command line gives to its thread.
    pub(super) fn on_small_stack(work: impl FnOnce() + Send + 'static) {
        std::thread::Builder::new()
            .stack_size(4 << 20)
            .spawn(work)
            .unwrap()
            .join()
            .unwrap();
    }

    pub(super) fn read_all(sql: &str, catalog: &Catalog) {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let reading = sql::read(sql, dialect, catalog);
            assert!(
                reading.refusal.is_some() || !reading.kinds.is_empty(),
                "an answer without a kind: {sql:.200}"
            );
        }
    }
}

#[test]
fn repeated_shapes_of_every_size_are_answered() {
    on_small_stack(|| {
        let catalog = catalog();
        for (prefix, part, suffix) in SHAPES {
            for bytes in [
                64,
                512,
                1024,
                2048,
                4096,
                8192,
                SQL_BYTES_MAX,
                SQL_BYTES_MAX + 1,
            ] {
                read_all(&grown(prefix, part, suffix, bytes), &catalog);
            }
        }
    });
}

/// The longest chains that are admitted, nested as deeply as the parser follows.
#[test]
fn the_deepest_admitted_statement_fits_the_stack() {
    on_small_stack(|| {
        let catalog = catalog();
        let mut deepest = 0;
        for depth in (0..50).step_by(7) {
            for chain in [1, 30, 200, 390] {
                for (open, close) in NESTS {
                    let sql = format!(
                        "SELECT {}1{}{}",
                        open.repeat(depth),
                        "+1".repeat(chain),
                        close.repeat(depth)
                    );
                    read_all(&sql, &catalog);
                    read_all(&format!("{sql} IS 1"), &catalog);
                    read_all(&format!("{sql} GLOB 1"), &catalog);
                    if sql::read(&sql, Dialect::Sqlite, &catalog).refusal.is_none() {
                        deepest = deepest.max(depth + chain);
                    }
                }
            }
        }
        assert!(deepest > 300, "nothing deep was admitted: {deepest}");
    });
}

/// Words in random order, by a generator of our own, so that a failure repeats itself.
#[test]
fn soups_of_words_are_answered() {
    on_small_stack(|| {
        let catalog = catalog();
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % (below as u64)).unwrap()
        };
        for _ in 0..4000 {
            let words = 1 + next(40);
            let sql: Vec<&str> = (0..words).map(|_| WORDS[next(WORDS.len())]).collect();
            read_all(&sql.join(" "), &catalog);
        }
    });
}

const WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "customers",
    "orders",
    "email",
    "id",
    "*",
    ",",
    "(",
    ")",
    "=",
    "AND",
    "OR",
    "NOT",
    "IN",
    "JOIN",
    "ON",
    "USING",
    "NATURAL",
    "LEFT",
    "GROUP BY",
    "ORDER BY",
    "HAVING",
    "LIMIT",
    "WITH",
    "x AS",
    "UNION",
    "ALL",
    "INSERT INTO",
    "VALUES",
    "UPDATE",
    "SET",
    "DELETE FROM",
    "RETURNING",
    "CREATE TABLE",
    "DROP TABLE",
    "ALTER TABLE",
    "EXPLAIN",
    "ANALYZE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "NULL",
    "'a'",
    "\"b\"",
    "1",
    "$1",
    "?",
    ":a",
    "::",
    ".",
    "count(*)",
    "max(email)",
    "OVER",
    "PARTITION BY",
    "EXISTS",
    "BETWEEN",
    "LIKE",
    "IS",
    "CAST(",
    "AS",
    "text",
    "[",
    "]",
    ";",
    "--\n",
    "/*",
    "*/",
    "RECURSIVE",
    "LATERAL",
    "json_each(",
    "excluded",
    "ON CONFLICT",
    "DO UPDATE",
    "TRUNCATE",
    "COPY",
    "PRAGMA",
    "ATTACH",
    "BEGIN",
    "COMMIT",
    "REPLACE INTO",
    "INTERSECT",
    "EXCEPT",
    "DISTINCT",
    "FILTER (WHERE",
    "||",
    "->",
    "~",
    "-",
    "+",
    "VACUUM",
    "MERGE INTO",
    "INTO",
    "v_deep",
    "FETCH FIRST",
    "OFFSET",
    "WINDOW w",
    "COLLATE",
    "\u{0}",
];

/// A wide table, and views over it that multiply.
#[cfg(test)]
fn wide_catalog() -> Catalog {
    let columns: Vec<String> = (0..400).map(|at| format!("\"c{at}\"")).collect();
    let labels: Vec<String> = (0..400)
        .map(|at| format!("c{at} = \"pii.l{at}\""))
        .collect();
    let text = format!(
        "[[table]]\nname = \"wide\"\ncolumns = [{}]\nlabels = {{ {} }}\n\
         [[table]]\nname = \"v1\"\nsql = \"SELECT * FROM wide\"\n\
         [[table]]\nname = \"v2\"\nsql = \"SELECT a.*, b.* FROM v1 AS a, v1 AS b\"\n\
         [[table]]\nname = \"v3\"\nsql = \"SELECT a.*, b.* FROM v2 AS a, v2 AS b\"\n\
         [[table]]\nname = \"v4\"\nsql = \"SELECT a.*, b.* FROM v3 AS a, v3 AS b\"\n",
        columns.join(", "),
        labels.join(", ")
    );
    catalog_file::parse(&text).unwrap()
}

/// Texts whose lineage grows faster than they do.
#[cfg(test)]
const COSTLY: &[(&str, &str, &str)] = &[
    ("SELECT * FROM v4", " ", ""),
    ("SELECT 1", ", v2.*", " FROM v2"),
    ("SELECT * FROM v1", " NATURAL JOIN v1", ""),
    ("SELECT * FROM v1", " JOIN v1 USING (c1, c2, c3)", ""),
    ("SELECT nosuch", ", nosuch", " FROM v2"),
    ("SELECT 1", ", (SELECT max(c1) FROM v2)", " FROM wide"),
    (
        "WITH a AS (SELECT * FROM v2)",
        ", b AS (SELECT * FROM a)",
        " SELECT 1",
    ),
];

/// Texts that grow no faster, over the same tables.
#[cfg(test)]
const CHEAP: &[(&str, &str, &str)] = &[
    ("SELECT c7 FROM v1 WHERE c1", " || c7", " = 'x'"),
    ("SELECT 1 FROM v1 WHERE c1 IN (1", ",1", ")"),
    ("SELECT c1 FROM wide WHERE c1 = 'x'", " OR c2 = 'y'", ""),
];

/// What a text costs is counted instead of timed: never more than its bytes allow, at any size and on
/// either dialect, and what would cost more is refused by that name.
#[test]
fn steps_are_bounded_by_bytes() {
    on_small_stack(|| {
        let (plain, wide) = (catalog(), wide_catalog());
        let plain = SHAPES.iter().map(|shape| (&plain, shape));
        let wide = COSTLY.iter().chain(CHEAP).map(|shape| (&wide, shape));
        for (catalog, (prefix, part, suffix)) in plain.chain(wide) {
            for bytes in [128, 2048, SQL_BYTES_MAX, 64 * 1024] {
                let sql = grown(prefix, part, suffix, bytes);
                for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                    let steps = sql::read(&sql, dialect, catalog).steps;
                    let most = SQL_STEPS_BASE + SQL_STEPS_PER_BYTE * sql.len();
                    assert!(steps <= most, "{steps} steps of {most}: {sql:.200}");
                    assert!(sql.len() <= SQL_BYTES_MAX || steps == 0, "{sql:.200}");
                }
            }
        }
    });
}

#[test]
fn what_costs_too_many_steps_is_refused_by_that_name() {
    on_small_stack(|| {
        let catalog = wide_catalog();
        // Short of the bounds on tokens, chains and relations, which come first.
        for (shapes, bytes, refused) in [(COSTLY, 4_000, true), (CHEAP, 1_000, false)] {
            for (prefix, part, suffix) in shapes {
                let sql = grown(prefix, part, suffix, bytes);
                for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                    let refusal = sql::read(&sql, dialect, &catalog).refusal;
                    let rule = refusal.map(|refusal| refusal.rule);
                    assert_eq!(rule, refused.then_some("sql.too-complex"), "{sql:.300}");
                }
            }
        }
    });
}
