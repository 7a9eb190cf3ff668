//! From silver to gold on a store, through the whole kernel: exactly what was validated, or nothing.
//! Knows nothing of the kernel's insides.

use std::path::{Path, PathBuf};

use aegis_tests::{Client, TempWorld};
use hyper::Method;
use serde_json::{Value, json};

use super::store::{Fault, KEY_ID, SECRET, Store};

const SILVER: &str = "data/silver/customers.csv";
const GOLD: &str = "data/gold/customers.csv";

/// The demo's world with its bucket in a store.
struct World {
    world: TempWorld,
    store: Store,
    good: String,
}

impl World {
    fn new() -> Self {
        let world = TempWorld::new();
        let root = world.path("store");
        let bucket = root.join("bucket/data");
        std::fs::create_dir_all(root.join("bucket")).unwrap();
        std::fs::rename(world.path("world/bucket"), &bucket).unwrap();
        let store = Store::start(&root);
        let secret = |name: &str, value: &str| {
            use std::os::unix::fs::PermissionsExt;
            let path = world.path("secrets").join(name);
            std::fs::write(&path, value).unwrap();
            std::fs::set_permissions(path, PermissionsExt::from_mode(0o600)).unwrap();
        };
        secret("s3-url", &store.url("data", "&timeout_ms=2000"));
        secret("s3-key-id", KEY_ID);
        secret("s3-secret", SECRET);
        let url = "AEGIS_S3_URL = \"file:secrets/s3-url\"";
        let more = "AEGIS_S3_KEY_ID = \"file:secrets/s3-key-id\", AEGIS_S3_SECRET_KEY = \"file:secrets/s3-secret\"";
        let config = std::fs::read_to_string(world.config()).unwrap();
        assert!(config.contains(url), "{config}");
        std::fs::write(
            world.config(),
            config.replace(url, &format!("{url}, {more}")),
        )
        .unwrap();
        let gold = std::fs::read_to_string(bucket.join("gold/customers.csv")).unwrap();
        // Good, and not what gold holds already: without its last row.
        let good = gold.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n";
        std::fs::write(bucket.join("silver/customers.csv"), &good).unwrap();
        Self { world, store, good }
    }

    fn place(&self, key: &str) -> PathBuf {
        self.world.path("store/bucket").join(key)
    }

    fn at(&self, key: &str) -> String {
        read(&self.place(key))
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn customers() -> Value {
    json!({ "dataset": "customers" })
}

#[test]
fn what_was_validated_on_a_store_is_what_is_published() {
    let world = World::new();
    let mut agent = Client::start(&world.world.config());
    let gold = world.at(GOLD);
    let promote = |agent: &mut Client| agent.denied("medallion__promote", &customers());
    let validate = |agent: &mut Client| {
        let told = agent.done("medallion__validate", &customers());
        assert_eq!(told["passed"], json!(true), "{told}");
    };
    assert_eq!(promote(&mut agent), "gold-needs-validation");
    // Rewritten behind the kernel's back once it was validated.
    validate(&mut agent);
    std::fs::write(world.place(SILVER), world.good.replace("DE", "FR")).unwrap();
    assert_eq!(promote(&mut agent), "gold-needs-validation");
    assert_eq!(world.at(GOLD), gold);
    // Rewritten while it is promoted, between the kernel's reading and the copying.
    std::fs::write(world.place(SILVER), &world.good).unwrap();
    validate(&mut agent);
    let evil = Fault::Before(world.place(SILVER), "id,evil\n1,2\n");
    world.store.fail(1, Method::GET, SILVER, Fault::None);
    world.store.fail(1, Method::GET, SILVER, evil);
    assert_eq!(promote(&mut agent), "gold-needs-validation");
    assert_eq!(world.at(GOLD), gold);
    assert_eq!(world.at(SILVER), "id,evil\n1,2\n", "it was in between");
    // The same with a store that tells the old tag of the new content, as one could whose tags collide.
    std::fs::write(world.place(SILVER), &world.good).unwrap();
    validate(&mut agent);
    world.store.fail(1, Method::GET, SILVER, Fault::WrongTag);
    let evil = Fault::BeforeAndWrongTag(world.place(SILVER), "id,evil\n1,2\n");
    world.store.fail(1, Method::GET, SILVER, evil);
    assert_eq!(promote(&mut agent), "gold-needs-validation");
    assert_eq!(world.at(GOLD), gold);
    // And now for good, once.
    std::fs::write(world.place(SILVER), &world.good).unwrap();
    validate(&mut agent);
    let told = agent.done("medallion__promote", &customers());
    assert_eq!(told["promoted"], json!(true));
    assert_eq!(world.at(GOLD), world.good);
    assert_eq!(promote(&mut agent), "gold-needs-validation");
    assert_eq!(agent.finish(), Some(0));
    assert_eq!(world.world.verify().0, 0);
}

#[test]
fn a_store_that_fails_while_gold_is_written_leaves_a_kernel_that_says_so() {
    let world = World::new();
    let mut agent = Client::start(&world.world.config());
    let gold = world.at(GOLD);
    for (fault, decision) in [
        (Fault::Status(503), "deny"),
        (Fault::Status(403), "deny"),
        (Fault::Status(500), "fail"),
        (Fault::Cut, "fail"),
        (Fault::Silence, "fail"),
    ] {
        agent.done("medallion__validate", &customers());
        world.store.fail(100, Method::PUT, GOLD, fault.clone());
        let told = agent.call("medallion__promote", &customers());
        let told = &told["structuredContent"];
        assert_eq!(told["decision"], decision, "{fault:?}: {told}");
        if decision == "fail" {
            assert_eq!(told["sent"], "maybe", "{fault:?}: {told}");
        }
        assert_eq!(world.at(GOLD), gold, "{fault:?}");
        world.store.heal();
    }
    for fault in [Fault::Status(500), Fault::Silence, Fault::HalfBody] {
        world.store.fail(100, Method::GET, SILVER, fault.clone());
        let told = agent.call("medallion__validate", &customers());
        let told = &told["structuredContent"];
        assert_eq!(told["decision"], "fail", "{fault:?}: {told}");
        assert_eq!(told["sent"], "no", "{fault:?}: {told}");
        let told = agent.call("s3__get_object", &json!({ "key": "silver/customers.csv" }));
        assert_eq!(told["isError"], json!(true), "{fault:?}");
        world.store.heal();
    }
    agent.done("medallion__validate", &customers());
    agent.done("medallion__promote", &customers());
    assert_eq!(world.at(GOLD), world.good);
    // Neither the agent's answers nor the log hold the secret; the log is whole.
    assert_eq!(agent.finish(), Some(0));
    assert_eq!(world.world.verify().0, 0);
}

const TABLE: &str = r#"
[dataset.table]
source = { server = "s3", object = "silver/table.parquet" }
target = { server = "s3", object = "gold/table.parquet" }
format = "parquet"
[[dataset.table.check]]
kind = "schema"
columns = { id = "integer", name = "string", amount = "number", ratio = "number", ok = "boolean", day = "date", at = "date", small = "integer", empty = "string" }
[[dataset.table.check]]
kind = "rows"
min = 120
[[dataset.table.check]]
kind = "unique"
columns = ["id"]
[[dataset.table.check]]
kind = "range"
column = "amount"
min = -1000
max = 2000
"#;

#[test]
fn a_parquet_file_becomes_gold_byte_for_byte_or_says_why_not() {
    let world = World::new();
    let manifest = world.world.path("manifests/medallion.toml");
    let text = read(&manifest) + TABLE;
    std::fs::write(manifest, text).unwrap();
    let corpus = aegis_tests::root().join("tests/corpus/parquet");
    let table = |name: &str| std::fs::read(corpus.join(name)).unwrap();
    let silver = world.place("data/silver/table.parquet");
    let gold = world.place("data/gold/table.parquet");
    let mut agent = Client::start(&world.world.config());
    let dataset = json!({ "dataset": "table" });
    for name in [
        "pyarrow-snappy.parquet",
        "polars-zstd.parquet",
        "duckdb-gzip.parquet",
    ] {
        std::fs::write(&silver, table(name)).unwrap();
        let told = agent.done("medallion__validate", &dataset);
        assert_eq!(told["passed"], json!(true), "{name}: {told}");
        assert_eq!(told["rows"], json!(120));
        agent.done("medallion__promote", &dataset);
        assert_eq!(std::fs::read(&gold).unwrap(), table(name), "{name}");
    }
    let good = std::fs::read(&gold).unwrap();
    let mut cut = table("pyarrow-snappy.parquet");
    cut.truncate(cut.len() / 2);
    for (bytes, why) in [
        (cut, "damaged"),
        (table("refused/codec-brotli.parquet"), "compressed"),
        (table("refused/nested-list.parquet"), "nested"),
        (
            table("refused/bomb-of-one-text.parquet"),
            "more columns or cells",
        ),
    ] {
        std::fs::write(&silver, bytes).unwrap();
        let told = agent.done("medallion__validate", &dataset);
        assert_eq!(told["passed"], json!(false));
        let because = told["checks"][0]["because"].as_str().unwrap();
        assert!(because.contains(why), "{because}");
        assert_eq!(
            agent.denied("medallion__promote", &dataset),
            "gold-needs-validation"
        );
    }
    assert_eq!(std::fs::read(&gold).unwrap(), good);
    // Nothing searches what is packed in there, so an agent reads it by other ways than this.
    let told = agent.done("s3__get_object", &json!({ "key": "gold/table.parquet" }));
    assert_eq!(told["body"], "<withheld: bytes that are no text>");
    assert_eq!(told["size"], json!(good.len()));
    assert_eq!(agent.finish(), Some(0));
}
