//! Validation and promotion end to end over the gates, with the world interfering.
//! Knows nothing of the wire: the store answers by hand.

#[path = "medallion/kit.rs"]
mod kit;

use std::sync::Arc;

use aegis_core::json::Json;
use kit::{GOLD, House, NOON_MS, ORDERS, PARENT, done, refused, timeout, why};

const GOOD: &str =
    "id,customer,amount,at\r\n1,10,9.5,2026-11-20T11:59:00Z\r\n2,11,20,2026-11-20T11:00:00Z\r\n";
const BAD: &str =
    "id,customer,amount,at\r\n1,10,-9.5,2026-11-20T11:59:00Z\r\n1,77,20,2026-11-20T11:00:00Z\r\n";
const CUSTOMERS: &str = "[\"id\",\"country\"]\n[10,\"DE\"]\n[11,\"FR\"]\n";
const NO_RECEIPT: &str = "denied by gold-needs-validation: ";

#[tokio::test]
async fn what_was_validated_is_what_is_published_once() {
    let house = furnished();
    let (told, receipt) = house.validate("orders").await.unwrap();
    let receipt = receipt.unwrap();
    assert_eq!(told.get("passed"), Some(&Json::from(true)), "{told}");
    assert_eq!(
        told.get("digest").and_then(Json::as_str),
        Some(receipt.digest.as_str())
    );
    let told = house.promote("orders").await.unwrap();
    let expected = format!(
        r#"{{"dataset":"orders","promoted":true,"digest":"{}","rows":2,"receipt":"{}"}}"#,
        receipt.digest, receipt.id
    );
    assert_eq!(told.to_string(), expected);
    assert_eq!(house.store.at(GOLD).as_deref(), Some(GOOD));
    // G12: the receipt is spent, also for the very same content.
    assert!(why(&house.promote("orders").await).contains("spent"));
}

#[tokio::test]
async fn defects_are_named_and_leave_no_receipt() {
    let house = furnished();
    house.store.put(ORDERS, BAD);
    let (told, receipt) = house.validate("orders").await.unwrap();
    assert_eq!(receipt, None);
    let told = told.to_string();
    for part in [
        r#""passed":false"#,
        r#"{"check":"unique","columns":["id"],"status":"failed","failures":1,"keys":[{"id":"1"}],"rows":[2]}"#,
        r#"{"check":"range","columns":["amount"],"status":"failed","failures":1,"keys":[{"id":"1"}],"rows":[1]}"#,
        r#"{"check":"refers","columns":["customer"],"status":"failed","failures":1,"keys":[{"id":"1"}],"rows":[2]}"#,
    ] {
        assert!(told.contains(part), "{part}\nis not in\n{told}");
    }
    assert!(why(&house.promote("orders").await).starts_with(NO_RECEIPT));
    assert_eq!(house.store.at(GOLD), None);
}

#[tokio::test]
async fn g2_a_write_after_the_validation_publishes_nothing() {
    let house = furnished();
    house.validate("orders").await.unwrap();
    // Written behind the kernel's back: only the content tells.
    house.store.put(ORDERS, &GOOD.replace("9.5", "9.6"));
    let denied = house.promote("orders").await;
    assert_eq!(
        why(&denied),
        format!("{NO_RECEIPT}the content changed after it was validated")
    );
    assert_eq!(house.store.at(GOLD), None);
    assert!(
        house
            .store
            .inner()
            .calls
            .iter()
            .all(|call| !call.ends_with("copy_object"))
    );
    // The way on is the one that the denial names.
    house.validate("orders").await.unwrap();
    house.promote("orders").await.unwrap();
    assert!(house.store.at(GOLD).unwrap().contains("9.6"));
}

#[tokio::test]
async fn g2_a_write_between_reading_and_publishing_loses_the_race() {
    for (tool, dataset, subject, gold) in [
        ("copy_object", "orders", ORDERS, GOLD),
        (
            "publish_table",
            "customers",
            PARENT,
            "postgres:table:gold_customers",
        ),
    ] {
        let house = furnished();
        house.validate(dataset).await.unwrap();
        house
            .store
            .inner()
            .before
            .insert(tool, (subject, b"id,sneaky\n1,2\n".to_vec()));
        let denied = house.promote(dataset).await;
        assert_eq!(
            why(&denied),
            format!("{NO_RECEIPT}the content changed after it was validated")
        );
        assert_eq!(house.store.at(gold), None);
    }
}

#[tokio::test]
async fn tables_are_published_as_objects_are() {
    let house = furnished();
    assert!(house.validate("customers").await.unwrap().1.is_some());
    house.promote("customers").await.unwrap();
    assert_eq!(
        house.store.at("postgres:table:gold_customers").as_deref(),
        Some(CUSTOMERS)
    );
}

#[tokio::test]
async fn g3_a_receipt_for_one_dataset_promotes_no_other() {
    let house = furnished();
    assert!(house.validate("customers").await.unwrap().1.is_some());
    assert!(why(&house.promote("orders").await).starts_with(NO_RECEIPT));
    assert_eq!(house.store.at(GOLD), None);
}

#[tokio::test]
async fn g4_a_receipt_of_another_suite_is_none() {
    let house = furnished();
    assert!(house.validate("orders").await.unwrap().1.is_some());
    let house = house.again(1);
    assert!(why(&house.promote("orders").await).starts_with(NO_RECEIPT));
    // The same suite once more, after a restart: the receipt is good.
    let house = house.again(0);
    house.promote("orders").await.unwrap();
    assert_eq!(house.store.at(GOLD).as_deref(), Some(GOOD));
}

#[tokio::test]
async fn g9_what_was_fresh_at_validation_may_be_stale_at_promotion() {
    let house = furnished();
    house.validate("orders").await.unwrap();
    house.set_clock(NOON_MS + 3_590_000);
    assert!(why(&house.promote("orders").await).contains("does not hold any more"));
    assert_eq!(house.store.at(GOLD), None);
}

#[tokio::test]
async fn g13_a_parent_that_lost_its_row_stops_the_promotion() {
    let house = furnished();
    house.validate("orders").await.unwrap();
    house
        .store
        .put(PARENT, "[\"id\",\"country\"]\n[10,\"DE\"]\n");
    assert!(why(&house.promote("orders").await).contains("does not hold any more"));
    assert_eq!(house.store.at(GOLD), None);
}

#[tokio::test]
async fn a_receipt_ends_with_its_time_with_a_write_and_with_the_clock() {
    type Turn = fn(&House);
    let turns: [(&str, Turn); 3] = [
        ("expired", |house| house.set_clock(NOON_MS + 3_600_000)),
        ("written", |house| house.written(PARENT)),
        ("clock went backwards", |house| {
            house.set_clock(NOON_MS - 60_000)
        }),
    ];
    for (word, turn) in turns {
        let house = furnished();
        assert!(house.validate("customers").await.unwrap().1.is_some());
        turn(&house);
        let denied = why(&house.promote("customers").await);
        assert!(
            denied.starts_with(NO_RECEIPT) && denied.contains(word),
            "{word}: {denied}"
        );
        // Validating again is the way on, whatever it was.
        assert!(
            house.validate("customers").await.unwrap().1.is_some(),
            "{word}"
        );
        house.promote("customers").await.unwrap();
    }
}

#[tokio::test]
async fn g14_personal_data_in_a_clean_column_is_found_and_not_repeated() {
    for value in [
        "jane.roe@example.org",
        "DE89370400440532013000",
        "4111 1111 1111 1111",
        "+49 151 23456789",
    ] {
        let house = furnished();
        house.store.put(
            PARENT,
            &format!("[\"id\",\"country\"]\n[10,\"DE\"]\n[11,\"{value}\"]\n"),
        );
        let (told, receipt) = house.validate("customers").await.unwrap();
        let told = told.to_string();
        assert!(
            told.contains(r#""columns":["country"],"status":"failed","failures":1,"rows":[2]"#),
            "{told}"
        );
        assert!(!told.contains(value) && receipt.is_none(), "{told}");
    }
}

#[tokio::test]
async fn g19_a_success_that_is_none_is_never_reported_as_one() {
    let unconfirmed = "failed: downstream-unreadable (sent: maybe)";
    for (lie, expected) in [
        // Says that it published, and did not.
        (Ok(done(Json::object::<&str>([]))), unconfirmed),
        // A failure that calls itself a success has no structured content.
        (
            Ok(Json::object([("isError", Json::from(false))])),
            unconfirmed,
        ),
        (
            Ok(refused("constraint")),
            "denied by medallion.not-published: the store refused to publish the content, and the target does not hold it",
        ),
        (Err(timeout()), "failed: downstream-timeout (sent: maybe)"),
    ] {
        let house = furnished();
        house.validate("orders").await.unwrap();
        house.store.inner().lies.insert("copy_object", lie);
        assert_eq!(why(&house.promote("orders").await), expected);
    }
}

#[tokio::test]
async fn a_refusal_to_publish_is_believed_only_where_the_target_agrees() {
    let house = furnished();
    house.store.put(GOLD, GOOD);
    house.validate("orders").await.unwrap();
    // The target held this content before: whether it was published again, nobody can tell.
    house
        .store
        .inner()
        .lies
        .insert("copy_object", Ok(refused("constraint")));
    assert_eq!(
        why(&house.promote("orders").await),
        "failed: downstream-unreadable (sent: maybe)"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_not_judged() {
    let no_content =
        "denied by medallion.no-content: the dataset's source holds no content that may be read";
    let unreadable = "failed: downstream-unreadable (sent: no)";
    let body = |encoding: &str| {
        let pairs = [("body", "%%%"), ("encoding", encoding), ("etag", "\"x\"")];
        done(Json::object(
            pairs.map(|(key, value)| (key, Json::from(value))),
        ))
    };
    for (lie, expected) in [
        (Ok(refused("no-such-key")), no_content),
        (Ok(refused("busy")), "failed: downstream-timeout (sent: no)"),
        (
            Ok(refused("too-large")),
            "failed: downstream-too-large (sent: no)",
        ),
        (Ok(done(Json::object::<&str>([]))), unreadable),
        (Ok(body("base64")), unreadable),
        (Ok(body("utf-16")), unreadable),
        (Ok(Json::Null), unreadable),
        (Err(timeout()), "failed: downstream-timeout (sent: no)"),
    ] {
        let house = furnished();
        house.store.inner().lies.insert("get_object", lie);
        assert_eq!(why(&house.validate("orders").await), expected);
    }
}

#[tokio::test]
async fn a_parent_that_is_not_there_skips_its_check() {
    let house = furnished();
    house.store.inner().content.remove(PARENT);
    let (told, receipt) = house.validate("orders").await.unwrap();
    assert!(
        told.to_string()
            .contains(r#""columns":["customer"],"status":"skipped""#),
        "{told}"
    );
    assert_eq!(receipt, None);
}

#[test]
fn parallel_promotions_publish_once() {
    let house = Arc::new(furnished());
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
    };
    runtime().block_on(house.validate("orders")).unwrap();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let one = || runtime().block_on(house.promote("orders"));
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(one)).collect();
        threads
            .into_iter()
            .map(|thread| why(&thread.join().unwrap()))
            .collect()
    });
    assert_eq!(
        outcomes.iter().filter(|outcome| *outcome == "done").count(),
        1,
        "{outcomes:#?}"
    );
    let copies = house
        .store
        .inner()
        .calls
        .iter()
        .filter(|call| *call == "s3__copy_object")
        .count();
    assert_eq!(copies, 1);
}

#[tokio::test]
async fn datasets_are_listed_without_their_content() {
    let house = furnished();
    let (told, _) = house.call("datasets", "{}").await.unwrap();
    let told = told.to_string();
    assert!(
        told.contains(r#""dataset":"orders","source":"s3:object:silver/orders.csv""#),
        "{told}"
    );
    assert!(house.store.inner().calls.is_empty());
}

fn furnished() -> House {
    let house = House::new();
    house.store.put(ORDERS, GOOD);
    house.store.put(PARENT, CUSTOMERS);
    house
}
