//! What only a store can do: fail, lie, and keep conditions or not.
//! Knows nothing of how the server keeps its promises.

use hyper::Method;
use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};

use super::kit::{Backend, Client, World, call, code, connect};
use super::store::{Fault, Store};

/// A client that gives a call less than a second.
async fn hasty(world: &World) -> Client {
    let options = world.options("&timeout_ms=900");
    connect(&options, ClientLifecycleMode::Initialize).await
}

fn store(world: &World) -> &Store {
    world.store.as_ref().unwrap()
}

fn at(world: &World, key: &str) -> Option<String> {
    std::fs::read_to_string(world.bucket().join(key)).ok()
}

struct Trial {
    tool: &'static str,
    arguments: Value,
    times: usize,
    method: Method,
    fault: Fault,
    code: Option<&'static str>,
    /// What `k` holds afterwards.
    left: Option<&'static str>,
}

fn reading(times: usize, fault: Fault, code: Option<&'static str>) -> Trial {
    Trial {
        tool: "get_object",
        arguments: json!({ "key": "k" }),
        times,
        method: Method::GET,
        fault,
        code,
        left: Some("one"),
    }
}

fn writing(
    more: Value,
    times: usize,
    fault: Fault,
    code: Option<&'static str>,
    left: &'static str,
) -> Trial {
    let mut arguments = json!({ "key": "k", "body": "two" });
    let more = more.as_object().unwrap().clone();
    arguments.as_object_mut().unwrap().extend(more);
    Trial {
        tool: "put_object",
        arguments,
        times,
        method: Method::PUT,
        fault,
        code,
        left: Some(left),
    }
}

const ALL: usize = 100;

fn reads() -> Vec<Trial> {
    let all = ALL;
    vec![
        reading(all, Fault::Status(500), Some("unreachable")),
        reading(2, Fault::Status(500), None),
        reading(all, Fault::Status(503), Some("busy")),
        reading(all, Fault::Status(403), Some("access-denied")),
        reading(all, Fault::Status(301), Some("bad-answer")),
        reading(all, Fault::Silence, Some("timeout")),
        reading(1, Fault::Silence, None),
        reading(all, Fault::Cut, Some("unreachable")),
        reading(2, Fault::Cut, None),
        reading(all, Fault::HalfBody, Some("unreachable")),
        reading(1, Fault::HalfBody, None),
        reading(all, Fault::Says("no object"), Some("bad-answer")),
    ]
}

fn writes() -> Vec<Trial> {
    let all = ALL;
    let plain = || json!({});
    let tag = || json!({ "if_match": "TAG" });
    vec![
        // Refused for certain, or not; repeated where that is safe.
        writing(plain(), all, Fault::Status(503), Some("busy"), "one"),
        writing(
            plain(),
            all,
            Fault::Status(403),
            Some("access-denied"),
            "one",
        ),
        writing(plain(), 2, Fault::Status(500), None, "two"),
        writing(
            plain(),
            all,
            Fault::Status(500),
            Some("connection-lost"),
            "one",
        ),
        writing(plain(), all, Fault::Silence, Some("connection-lost"), "one"),
        writing(
            plain(),
            all,
            Fault::DoneBut(500),
            Some("connection-lost"),
            "two",
        ),
        writing(plain(), 1, Fault::DoneAndCut, None, "two"),
        writing(
            plain(),
            all,
            Fault::DoneAndCut,
            Some("connection-lost"),
            "two",
        ),
        // The second try finds its own first one, and says so instead of "nothing was changed".
        writing(tag(), 1, Fault::DoneAndCut, Some("connection-lost"), "two"),
        writing(
            tag(),
            1,
            Fault::DoneBut(500),
            Some("connection-lost"),
            "two",
        ),
        writing(tag(), 1, Fault::Status(500), None, "two"),
        writing(tag(), 1, Fault::Status(503), None, "two"),
        writing(tag(), all, Fault::Status(409), Some("busy"), "one"),
        writing(
            tag(),
            all,
            Fault::Status(404),
            Some("precondition-failed"),
            "one",
        ),
    ]
}

fn deletions() -> Vec<Trial> {
    let all = ALL;
    let deleting = |times, fault, code, left| Trial {
        tool: "delete_object",
        arguments: json!({ "key": "k" }),
        times,
        method: Method::DELETE,
        fault,
        code,
        left,
    };
    vec![
        deleting(all, Fault::Status(503), Some("busy"), Some("one")),
        deleting(2, Fault::DoneAndCut, None, None),
        deleting(all, Fault::Silence, Some("connection-lost"), Some("one")),
    ]
}

#[tokio::test]
async fn every_fault_of_a_store_ends_by_name_and_within_its_time() {
    let mut complaints = Vec::new();
    for (at_trial, trial) in reads()
        .into_iter()
        .chain(writes())
        .chain(deletions())
        .enumerate()
    {
        let world = World::new(Backend::Store);
        let client = hasty(&world).await;
        let first = call(&client, "put_object", json!({ "key": "k", "body": "one" })).await;
        let tag = first.structured_content.unwrap()["etag"].clone();
        let mut arguments = trial.arguments;
        if let Some(slot) = arguments.get_mut("if_match") {
            *slot = tag.clone();
            // Which conditions are kept is found out before.
            let same = json!({ "key": "k", "body": "one", "if_match": tag });
            assert_eq!(code(&call(&client, "put_object", same).await), None);
        }
        store(&world).fail(trial.times, trial.method, "/data/k", trial.fault.clone());
        let got = call(&client, trial.tool, arguments).await;
        if code(&got).as_deref() != trial.code {
            let got = got.structured_content.unwrap_or_default();
            complaints.push(format!("{at_trial} {:?}: {got}", trial.fault));
        }
        if at(&world, "k").as_deref() != trial.left {
            complaints.push(format!(
                "{at_trial} {:?}: left {:?}",
                trial.fault,
                at(&world, "k")
            ));
        }
        store(&world).heal();
        let after = call(&client, "list_objects", json!({})).await;
        if code(&after).is_some() {
            complaints.push(format!("{at_trial} {:?}: dead afterwards", trial.fault));
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

const HEAD: &str =
    r#"<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#;

/// Listings that a store may answer with, by what is made of them.
const LISTINGS: &[(&str, Option<&[&str]>)] = &[
    (
        "<Contents><Key>data/a</Key><Size>1</Size><ETag>\"x\"</ETag></Contents>",
        Some(&["a"]),
    ),
    (
        "<Contents><Key>data-evil/a</Key><Size>1</Size><ETag>\"x\"</ETag></Contents>",
        None,
    ),
    (
        "<Contents><Key>secret</Key><Size>1</Size><ETag>\"x\"</ETag></Contents>",
        None,
    ),
    (
        "<Contents><Key>/data/a</Key><Size>1</Size><ETag>\"x\"</ETag></Contents>",
        None,
    ),
    (
        "<Contents><Key>DATA/a</Key><Size>1</Size><ETag>\"x\"</ETag></Contents>",
        None,
    ),
    // Keys that are none are there in many buckets; they are passed over.
    (
        "<Contents><Key>data/../secret</Key><Size>1</Size><ETag>\"x\"</ETag></Contents>",
        Some(&[]),
    ),
    (
        "<Contents><Key>data/</Key><Size>0</Size><ETag>\"x\"</ETag></Contents>",
        Some(&[]),
    ),
    (
        "<Contents><Key>data//a</Key><Size>0</Size><ETag>\"x\"</ETag></Contents>",
        Some(&[]),
    ),
    (
        "<Contents><Key>data/b</Key><Size>1</Size><ETag>\"x\"</ETag></Contents><Contents><Key>data/a</Key><Size>1</Size><ETag>\"x\"</ETag></Contents>",
        None,
    ),
    (
        "<Contents><Key>data/a</Key><Size>1</Size><ETag>\"x\"</ETag></Contents><Contents><Key>data/a</Key><Size>1</Size><ETag>\"x\"</ETag></Contents>",
        None,
    ),
    (
        "<Contents><Key>data/a</Key><Size>-1</Size></Contents>",
        None,
    ),
    (
        "<Contents><Key>data/a</Key><Size>99999999999999999999</Size></Contents>",
        None,
    ),
    ("<Contents><Key>data/a</Key></Contents>", None),
    (
        "<Contents><Key>data/&bomb;</Key><Size>1</Size></Contents>",
        None,
    ),
    ("<IsTruncated>true</IsTruncated>", None),
    ("<Contents><Key>data/a</Key>", None),
];

#[tokio::test]
async fn a_listing_that_names_what_was_not_asked_for_is_not_believed() {
    let world = World::new(Backend::Store);
    let client = world.client().await;
    let others: &[&str] = &[
        "",
        "garbage",
        "<Error><Code>InternalError</Code></Error>",
        "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><ListBucketResult></ListBucketResult>",
        "<ListBucketResult><!DOCTYPE x [<!ENTITY bomb \"secret\">]></ListBucketResult>",
    ];
    let told = LISTINGS.iter().map(|(inner, keys)| {
        let end = if inner.ends_with("</Key>") {
            ""
        } else {
            "</ListBucketResult>"
        };
        (format!("{HEAD}{inner}{end}"), *keys)
    });
    let other = others.iter().map(|text| ((*text).to_owned(), None));
    for (text, keys) in told.chain(other) {
        let said = Box::leak(text.clone().into_boxed_str());
        store(&world).fail(1, Method::GET, "list-type", Fault::Says(said));
        let got = call(&client, "list_objects", json!({})).await;
        let Some(keys) = keys else {
            assert_eq!(code(&got).as_deref(), Some("bad-answer"), "{text}");
            continue;
        };
        let got = got.structured_content.unwrap();
        let objects = got["objects"].as_array().unwrap().iter();
        let found: Vec<_> = objects.map(|o| o["key"].as_str().unwrap()).collect();
        assert_eq!(found, keys, "{text}");
    }
}

/// A store that takes conditions and ignores them gets no conditional write at all.
#[tokio::test]
async fn conditions_that_a_store_ignores_are_refused_by_name() {
    let world = World::new(Backend::Store);
    let client = world.client().await;
    store(&world).fail(1_000, Method::PUT, "", Fault::Unconditional);
    for more in [json!({ "if_none_match": "*" }), json!({ "if_match": "*" })] {
        let key = if more.get("if_match").is_some() {
            "k"
        } else {
            "new"
        };
        world.plant("file", "k", "one");
        let mut arguments = json!({ "key": key, "body": "two" });
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let got = call(&client, "put_object", arguments).await;
        assert_eq!(code(&got).as_deref(), Some("not-on-this-store"));
    }
    assert_eq!(
        World::files(&world.bucket()),
        ["k"],
        "nothing of the trial is left"
    );
    assert_eq!(at(&world, "k").as_deref(), Some("one"));
    // What needs no condition works.
    let got = call(&client, "put_object", json!({ "key": "k", "body": "two" })).await;
    assert_eq!(code(&got), None);

    let world = World::new(Backend::Store);
    let client = world.client().await;
    world.plant("file", "k", "one");
    store(&world).fail(1_000, Method::DELETE, "", Fault::Unconditional);
    let got = call(
        &client,
        "delete_object",
        json!({ "key": "k", "if_match": "*" }),
    )
    .await;
    assert_eq!(code(&got).as_deref(), Some("not-on-this-store"));
    assert_eq!(at(&world, "k").as_deref(), Some("one"));
    let got = call(
        &client,
        "put_object",
        json!({ "key": "k", "body": "two", "if_match": "*" }),
    )
    .await;
    assert_eq!(code(&got), None, "writing has conditions of its own");
    // A store that knows no such header at all.
    let world = World::new(Backend::Store);
    let client = world.client().await;
    store(&world).fail(1_000, Method::PUT, "condition", Fault::Status(501));
    let got = call(
        &client,
        "put_object",
        json!({ "key": "k", "body": "x", "if_none_match": "*" }),
    )
    .await;
    assert_eq!(code(&got).as_deref(), Some("not-on-this-store"));
    assert_eq!(at(&world, "k"), None);
}

/// Many writers over HTTP, each replacing exactly the state that it saw: every step happens once.
#[tokio::test]
async fn conditional_writes_to_a_store_do_not_lose_steps() {
    let world = World::new(Backend::Store);
    world.plant("file", "counter", "0");
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let client = world.client().await;
        writers.spawn(async move {
            let mut done = 0;
            while done < 5 {
                let got = call(&client, "get_object", json!({ "key": "counter" })).await;
                let got = got.structured_content.unwrap();
                let next = got["body"].as_str().unwrap().parse::<u64>().unwrap() + 1;
                let arguments =
                    json!({ "key": "counter", "body": next.to_string(), "if_match": got["etag"] });
                match code(&call(&client, "put_object", arguments).await).as_deref() {
                    None => done += 1,
                    Some("precondition-failed") => {}
                    Some(other) => panic!("unexpected {other}"),
                }
            }
        });
    }
    writers.join_all().await;
    assert_eq!(at(&world, "counter").as_deref(), Some("15"));
}

#[tokio::test]
async fn what_is_large_goes_in_parts_and_leaves_nothing_where_one_fails() {
    let world = World::new(Backend::Store);
    let client = world.client().await;
    let body = "0123456789abcdef".repeat(8 * 64 * 1024 + 1);
    store(&world).fail(100, Method::PUT, "partNumber=2", Fault::Status(403));
    let arguments = json!({ "key": "big", "body": body });
    let got = call(&client, "put_object", arguments.clone()).await;
    assert_eq!(code(&got).as_deref(), Some("unreachable"));
    let asked = store(&world).asked();
    let aborted = |line: &String| line.starts_with("DELETE /bucket/data/big?uploadId=");
    assert!(asked.iter().any(aborted), "{asked:?}");
    assert!(World::files(&world.bucket()).is_empty());
    store(&world).heal();
    let got = call(&client, "put_object", arguments).await;
    assert_eq!(code(&got), None);
    assert_eq!(at(&world, "big").as_deref(), Some(body.as_str()));
}
