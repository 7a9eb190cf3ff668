//! The three invariants, end to end: a client's lines in, real processes, the database and the files themselves.
//! Knows nothing of the kernel's insides.

use aegis_tests::{Client, TempWorld};
use serde_json::{Value, json};

fn sql(text: &str) -> Value {
    json!({ "sql": text })
}

#[test]
fn destruction_is_denied_and_nothing_is_lost() {
    let world = TempWorld::new();
    let mut agent = Client::start(&world.config());
    for statement in [
        "DROP TABLE staging_tmp",
        "drop/**/table/**/staging_tmp",
        "DELETE FROM customers",
        "DELETE FROM customers WHERE 1=1",
        "DELETE FROM customers WHERE id = id",
        "UPDATE customers SET notes = NULL",
        "UPDATE customers SET notes = '' WHERE id IN (SELECT id FROM customers)",
        "WITH x AS (SELECT 1) DELETE FROM customers",
        "REPLACE INTO staging_tmp (id, x) SELECT id, '' FROM staging_tmp",
        "INSERT INTO staging_tmp (id, x) SELECT id, '' FROM staging_tmp WHERE true ON CONFLICT (id) DO UPDATE SET x = ''",
        "UPDATE OR REPLACE customers SET id = 1 WHERE id IN (2, 3, 4)",
        "ALTER TABLE customers RENAME TO c2",
        "ALTER TABLE customers DROP COLUMN notes",
        "INSERT INTO gold_orders VALUES (99999, 1, 1.0, 'paid')",
        "UPDATE gold_orders SET amount = 0 WHERE id = 1",
        "DELETE FROM GOLD_ORDERS WHERE id = 1",
    ] {
        assert_eq!(
            agent.denied("postgres__execute", &sql(statement)),
            "no-destructive-ops",
            "{statement}"
        );
    }
    for (tool, arguments) in [
        (
            "s3__put_object",
            json!({ "key": "gold/customers.csv", "body": "x" }),
        ),
        (
            "s3__put_object",
            json!({ "key": "Gold/customers.csv", "body": "x" }),
        ),
        ("s3__delete_object", json!({ "key": "gold/customers.csv" })),
        (
            "s3__copy_object",
            json!({ "source": "silver/customers.csv", "key": "gold/customers.csv" }),
        ),
    ] {
        assert_eq!(
            agent.denied(tool, &arguments),
            "no-destructive-ops",
            "{tool} {arguments}"
        );
    }
    agent.finish();
    assert_eq!(world.number("SELECT count(*) FROM customers"), 12_000);
    assert_eq!(world.number("SELECT count(*) FROM staging_tmp"), 640);
    assert_eq!(world.number("SELECT count(*) FROM gold_orders"), 500);
    assert_eq!(world.verify().0, 0);
}

#[test]
fn statements_that_cannot_be_read_whole_are_denied_by_name() {
    let world = TempWorld::new();
    let mut agent = Client::start(&world.config());
    for statement in [
        "SELECT 1; DROP TABLE staging_tmp",
        "SELECT 1 END; DROP TABLE staging_tmp",
        "SELECT 1 /* /* */ ; DROP TABLE staging_tmp; -- */",
        "ATTACH DATABASE '/tmp/x.db' AS x",
        "PRAGMA writable_schema = 1",
        "VACUUM INTO '/tmp/copy.db'",
        "SELECT load_extension('x')",
        "BEGIN",
        "CREATE TRIGGER t AFTER INSERT ON orders BEGIN DELETE FROM customers; END",
        "",
        ";",
    ] {
        for tool in ["postgres__query", "postgres__execute"] {
            let rule = agent.denied(tool, &sql(statement));
            assert!(
                rule.starts_with("sql.") || rule == "no-destructive-ops",
                "{tool} {statement}: {rule}"
            );
        }
    }
    let nested = format!("SELECT {}1{}", "(".repeat(4_000), ")".repeat(4_000));
    let chain = format!("SELECT {}1", "1+".repeat(7_900));
    for statement in [nested, chain, "SELECT 1".repeat(100_000)] {
        let rule = agent.denied("postgres__query", &sql(&statement));
        assert!(
            rule.starts_with("sql.") || rule.starts_with("kernel."),
            "{rule}"
        );
    }
    assert!(agent.done("postgres__query", &sql("SELECT 1 AS one"))["rows"][0]["one"] == json!(1));
    assert_eq!(agent.finish(), Some(0));
    assert_eq!(world.number("SELECT count(*) FROM staging_tmp"), 640);
}

#[test]
fn personal_data_leaves_masked_through_any_expression() {
    let world = TempWorld::new();
    let needles: Vec<String> = ["email", "phone", "ssn"]
        .iter()
        .flat_map(|column| {
            (1..=20)
                .map(|id| world.text(&format!("SELECT {column} FROM customers WHERE id = {id}")))
                .collect::<Vec<_>>()
        })
        .collect();
    let mut agent = Client::start(&world.config());
    for statement in [
        "SELECT * FROM customers WHERE id <= 20",
        "SELECT email AS remark FROM customers WHERE id <= 20",
        "SELECT replace(email, '@', ' at ') AS x FROM customers WHERE id <= 20",
        "SELECT hex(ssn) AS x FROM customers WHERE id <= 20",
        "SELECT substr(email, 1, 30) AS x, substr(phone, 2) AS y FROM customers WHERE id <= 20",
        "WITH c AS (SELECT id, email AS e FROM customers) SELECT e || '' AS x FROM c WHERE id <= 20",
        "SELECT (SELECT email FROM customers WHERE id = 1) AS x",
        "SELECT id FROM orders WHERE id = 1 UNION ALL SELECT ssn FROM customers WHERE id <= 20",
        "SELECT contact FROM customer_contacts WHERE id <= 20",
        "SELECT group_concat(email) AS x FROM customers WHERE id <= 20",
        "SELECT max(ssn) AS x, min(email) AS y FROM customers",
        "SELECT CASE WHEN id > 0 THEN phone END AS x FROM customers WHERE id <= 20",
        "SELECT json_object('e', email) AS x FROM customers WHERE id <= 20",
        "SELECT printf('%s', ssn) AS x FROM customers WHERE id <= 20",
        "SELECT json_extract('{}', email) AS x FROM customers WHERE id <= 20",
    ] {
        let _ = agent.call("postgres__query", &sql(statement));
    }
    let rows = agent.done(
        "postgres__query",
        &sql("SELECT id, email, country FROM customers WHERE id = 1"),
    );
    assert_eq!(rows["rows"][0]["id"], json!(1));
    assert!(
        rows["rows"][0]["email"]
            .as_str()
            .is_some_and(|email| email.starts_with('<')),
        "{rows}"
    );
    assert_eq!(rows["rows"][0]["country"].as_str().map(str::len), Some(2));
    agent.finish();
    let heard = agent.heard.join("\n");
    for needle in needles {
        let hex: String = needle.bytes().map(|byte| format!("{byte:02X}")).collect();
        for form in [needle.clone(), needle.replace('@', " at "), hex] {
            assert!(!heard.contains(&form), "`{form}` left");
        }
    }
    assert!(agent.heard.len() > 15);
}

#[test]
fn personal_data_does_not_decide_and_is_not_laundered() {
    let world = TempWorld::new();
    let mut agent = Client::start(&world.config());
    for (tool, statement) in [
        (
            "postgres__query",
            "SELECT id FROM customers WHERE email LIKE 'a%'",
        ),
        (
            "postgres__query",
            "SELECT id FROM customers ORDER BY ssn LIMIT 1",
        ),
        (
            "postgres__query",
            "SELECT count(*) FROM customers GROUP BY phone",
        ),
        (
            "postgres__query",
            "SELECT a.id FROM customers a JOIN customers b USING (email) WHERE a.id = 1",
        ),
        (
            "postgres__execute",
            "UPDATE customers SET notes = email WHERE id = 5",
        ),
        (
            "postgres__execute",
            "INSERT INTO staging_tmp SELECT id + 100000, ssn FROM customers WHERE id = 5",
        ),
    ] {
        let rule = agent.denied(tool, &sql(statement));
        assert!(rule.starts_with("pii-"), "{statement}: {rule}");
    }
    agent.finish();
    assert_eq!(world.number("SELECT count(*) FROM staging_tmp"), 640);
}

#[test]
fn unlabelled_places_are_searched_too() {
    let world = TempWorld::new();
    let mut agent = Client::start(&world.config());
    let notes = agent.done(
        "postgres__query",
        &sql("SELECT id, notes FROM customers WHERE id IN (17, 23, 31, 47, 59, 61, 73, 97)"),
    );
    assert_eq!(notes["rows"].as_array().map(Vec::len), Some(8));
    let file = agent.done("s3__get_object", &json!({ "key": "silver/customers.csv" }));
    assert!(
        file["body"]
            .as_str()
            .is_some_and(|body| body.lines().count() > 1_000)
    );
    agent.finish();
    let heard = agent.heard.join("\n");
    for planted in [
        "lena.private@example.org",
        "4111 1111 1111 1111",
        "536-22-8714",
        "DE89 3704",
        "AKIAIOSFODNN7QZ4LMPT",
        "bWFydGluLmhpZGRlbkBleGFtcGxlLm9yZw",
        "ines.costa@example.net",
        "sa@exam",
    ] {
        assert!(!heard.contains(planted), "`{planted}` left");
    }
}

#[test]
fn gold_needs_a_validation_of_these_very_bytes() {
    let world = TempWorld::new();
    let mut agent = Client::start(&world.config());
    let orders = json!({ "dataset": "orders" });
    assert_eq!(
        agent.denied("medallion__promote", &orders),
        "gold-needs-validation"
    );
    let validated = agent.done("medallion__validate", &orders);
    assert_eq!(validated["passed"], json!(true), "{validated}");
    let promoted = agent.done("medallion__promote", &orders);
    assert_eq!(promoted["digest"], validated["digest"]);
    assert_eq!(world.number("SELECT count(*) FROM gold_orders"), 800);
    assert_eq!(
        agent.denied("medallion__promote", &orders),
        "gold-needs-validation",
        "a receipt is spent once"
    );

    agent.done("medallion__validate", &orders);
    agent.done(
        "postgres__execute",
        &sql("UPDATE silver_orders SET amount = 1 WHERE id = 7"),
    );
    assert_eq!(
        agent.denied("medallion__promote", &orders),
        "gold-needs-validation",
        "a write voids it"
    );

    agent.done("medallion__validate", &orders);
    let database = rusqlite::Connection::open(world.path("world/customers.db")).unwrap();
    database
        .execute("UPDATE silver_orders SET amount = 2 WHERE id = 7", [])
        .unwrap();
    assert_eq!(
        agent.denied("medallion__promote", &orders),
        "gold-needs-validation",
        "a write behind the kernel's back"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM gold_orders WHERE id = 7 AND amount IN (1, 2)"),
        0
    );

    let failing = agent.done("medallion__validate", &json!({ "dataset": "customers" }));
    assert_eq!(failing["passed"], json!(false));
    assert_eq!(
        agent.denied("medallion__promote", &json!({ "dataset": "customers" })),
        "gold-needs-validation"
    );
    assert_eq!(agent.finish(), Some(0));
}

#[test]
fn a_receipt_survives_a_restart_and_is_spent_once_by_two_at_a_time() {
    let world = TempWorld::new();
    let mut agent = Client::start(&world.config());
    let orders = json!({ "dataset": "orders" });
    agent.done("medallion__validate", &orders);
    agent.finish();
    let mut agent = Client::start(&world.config());
    let promote = json!({ "name": "medallion__promote", "arguments": orders });
    let ids = [
        agent.post("tools/call", &promote),
        agent.post("tools/call", &promote),
    ];
    let answers: Vec<Value> = (0..2).map(|_| agent.receive().unwrap()).collect();
    assert!(
        ids.iter()
            .all(|id| answers.iter().any(|answer| answer["id"] == json!(id)))
    );
    let denied = answers
        .iter()
        .filter(|answer| answer["result"]["isError"] == json!(true))
        .count();
    assert_eq!(denied, 1, "{answers:?}");
    agent.finish();
}

#[test]
fn unknown_hidden_and_internal_tools_are_answered_alike() {
    let world = TempWorld::new();
    let mut agent = Client::start(&world.config());
    let answers: Vec<Value> = [
        "postgres__nothing",
        "postgres__export_table",
        "postgres__publish_table",
        "nothing",
        "",
        "s3__",
    ]
    .iter()
    .map(|tool| agent.call(tool, &json!({}))["structuredContent"].clone())
    .collect();
    assert!(
        answers
            .iter()
            .all(|answer| answer["rule"] == json!("kernel.unknown-tool")),
        "{answers:?}"
    );
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    let undeclared = json!({ "sql": "SELECT 1", "grant": "*" });
    assert_eq!(
        agent.denied("postgres__query", &undeclared),
        "kernel.undeclared-argument"
    );
    agent.finish();
}

#[test]
fn hostile_keys_are_denied_by_name() {
    let world = TempWorld::new();
    let mut agent = Client::start(&world.config());
    for key in [
        "../secrets/postgres-url",
        "silver/../gold/customers.csv",
        "silver/%2e%2e/gold",
        "/etc/passwd",
        "~/x",
        "a//b",
        "a/./b",
        "a\\b",
        "file:///etc/passwd",
        "silver/x\u{202e}",
        "silver/x.",
        "silver/x ",
        "g\u{043e}ld/x",
        "ｇｏｌｄ/x",
        "",
    ] {
        let rule = agent.denied("s3__put_object", &json!({ "key": key, "body": "x" }));
        assert!(
            rule.starts_with("path.") || rule.starts_with("kernel."),
            "{key}: {rule}"
        );
    }
    agent.done(
        "s3__put_object",
        &json!({ "key": "gold_evil/x", "body": "not gold" }),
    );
    assert!(world.path("world/bucket/gold_evil/x").exists());
    agent.finish();
}
