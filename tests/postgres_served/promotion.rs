//! The way from silver to gold on PostgreSQL, through the kernel's own tools.
//! Knows nothing of the suite's checks beyond what they hold against.

use serde_json::json;

use crate::house::{House, sql};

const SAME: &str = "SELECT count(*) FROM (TABLE silver_orders EXCEPT TABLE gold_orders) AS missing";
const COUNT: &str = "SELECT count(*) FROM gold_orders";

#[test]
fn gold_holds_exactly_the_rows_that_were_validated() {
    let Some(house) = House::new("gold_holds_exactly_the_rows_that_were_validated") else {
        return;
    };
    let orders = json!({ "dataset": "orders" });
    let mut agent = house.agent();
    assert_eq!(
        agent.denied("medallion__promote", &orders),
        "gold-needs-validation"
    );
    let direct =
        sql("INSERT INTO gold_orders (id, customer_id, amount, status) VALUES (9, 9, 9, 'paid')");
    assert_eq!(
        agent.denied("postgres__execute", &direct),
        "no-destructive-ops"
    );
    let checked = agent.done("medallion__validate", &orders);
    assert_eq!(checked["passed"], json!(true), "{checked}");
    agent.done("medallion__promote", &orders);
    assert_eq!((house.number(SAME), house.number(COUNT)), (0, 3));
    // The receipt is spent.
    assert_eq!(
        agent.denied("medallion__promote", &orders),
        "gold-needs-validation"
    );
    assert_eq!(agent.finish(), Some(0));
    house.verify();
}

#[test]
fn a_write_in_between_makes_the_receipt_void_whoever_wrote() {
    let Some(house) = House::new("a_write_in_between_makes_the_receipt_void_whoever_wrote") else {
        return;
    };
    let orders = json!({ "dataset": "orders" });
    let mut agent = house.agent();
    // Through the kernel.
    agent.done("medallion__validate", &orders);
    agent.done(
        "postgres__execute",
        &sql("UPDATE silver_orders SET amount = 8.5 WHERE id = 2"),
    );
    assert_eq!(
        agent.denied("medallion__promote", &orders),
        "gold-needs-validation"
    );
    // Behind its back: the content is another one than the receipt names.
    agent.done("medallion__validate", &orders);
    house.run("UPDATE silver_orders SET amount = 9.5 WHERE id = 2");
    let late = agent.call("medallion__promote", &orders);
    assert_eq!(late["isError"], json!(true), "{late}");
    assert_eq!(house.number(COUNT), 0);
    // A row that no check lets through.
    house.run("INSERT INTO silver_orders VALUES (4, 1, -5, 'paid')");
    let failed = agent.call("medallion__validate", &orders);
    assert_ne!(
        failed["structuredContent"]["passed"],
        json!(true),
        "{failed}"
    );
    assert_eq!(
        agent.denied("medallion__promote", &orders),
        "gold-needs-validation"
    );
    house.run("DELETE FROM silver_orders WHERE id = 4");
    agent.done("medallion__validate", &orders);
    agent.done("medallion__promote", &orders);
    assert_eq!((house.number(SAME), house.number(COUNT)), (0, 3));
    assert_eq!(agent.finish(), Some(0));
    house.verify();
}

/// One receipt is spent once, however many ask one kernel at the same time.
#[test]
fn promoters_that_race_publish_once_and_whole() {
    let Some(house) = House::new("promoters_that_race_publish_once_and_whole") else {
        return;
    };
    let orders = json!({ "name": "medallion__promote", "arguments": { "dataset": "orders" } });
    let mut agent = house.agent();
    agent.done("medallion__validate", &json!({ "dataset": "orders" }));
    let asked: Vec<u64> = (0..4).map(|_| agent.post("tools/call", &orders)).collect();
    let mut published = 0;
    for _ in &asked {
        let answer = agent.receive().expect("an answer");
        published += u32::from(answer["result"]["isError"] != json!(true));
    }
    assert_eq!(published, 1);
    assert_eq!((house.number(SAME), house.number(COUNT)), (0, 3));
    assert_eq!(agent.finish(), Some(0));
    house.verify();
}
