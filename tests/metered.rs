//! Budgets and queues end to end: parallel, aborted and failing calls, restarts, what leaves, and what is said of it.
//! Knows nothing of the kernel's insides.

#[path = "metered/leaving.rs"]
mod leaving;
#[path = "metered/load.rs"]
mod load;
#[path = "metered/queued.rs"]
mod queued;
#[path = "metered/served.rs"]
mod served;
#[path = "metered/told.rs"]
mod told;

use aegis_tests::House;
use aegis_tests::policies::{read, root};
use serde_json::{Value, json};

const SCHEMA: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, city TEXT, badge INTEGER, salary INTEGER, team TEXT);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, person INTEGER, text TEXT);
    INSERT INTO notes VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c'), (4, 2, 'd'), (5, 3, 'e');";

/// A house where everything is granted, with these rules beside.
fn house(rules: &str) -> House {
    let manifest = read(&root().join("tests/cases/policy/manifests/people.toml"));
    let grant = "[[grant]]\nid = \"all\"\nprincipal = \"*\"\ncapabilities = [\"db:*\"]\n";
    House::new(SCHEMA, &manifest, &format!("{grant}{rules}"))
}

fn sql(text: &str) -> Value {
    json!({ "sql": text })
}
