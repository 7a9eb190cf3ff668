//! A table that is promoted takes the labels of its source along.
//! Knows nothing of validation.

use std::collections::BTreeMap;
use std::sync::Arc;

use aegis_core::call::{Arguments, Call};
use aegis_core::inspect::{self, World};
use aegis_core::manifest::{self, Catalog, Copied, Label, Manifests};
use aegis_core::principal::{Principal, Proof};
use aegis_tests::policies::{catalogs, shipped};
use serde_json::json;

/// A native system with one dataset that is a table.
const MEDALLION: &str = r#"
server = "medallion"
native = true
[tool.validate]
description = "Check a dataset"
capabilities = ["medallion:validate"]
[tool.validate.argument.dataset]
kind = "dataset"
description = "Its name"
[tool.promote]
description = "Publish a dataset"
capabilities = ["medallion:promote"]
[tool.promote.argument.dataset]
kind = "dataset"
description = "Its name"
[dataset.orders]
source = { server = "postgres", table = "silver_orders" }
target = { server = "postgres", table = "gold_orders" }
[[dataset.orders.check]]
kind = "rows"
min = 1
"#;

fn copies(manifests: &Manifests, tool: &str, source: &[Copied]) -> Vec<Copied> {
    let mut catalogs: BTreeMap<String, Arc<Catalog>> = catalogs(manifests);
    let postgres = Catalog::clone(&catalogs["postgres"]).carrying(source.to_vec());
    catalogs.insert("postgres".to_owned(), Arc::new(postgres));
    let world = World {
        manifests,
        catalogs: &catalogs,
    };
    let arguments = json!({ "dataset": "orders" }).to_string();
    let arguments = Arguments::parse(arguments.as_bytes()).expect("arguments");
    let principal = Principal::assertion("analyst-agent", Proof::Hypothetical);
    let call = Call::new(principal, "run-1", tool, arguments);
    let bound = manifests.bind(call, |_, _| true).expect("a known tool");
    let examined = inspect::examine(bound, &world).expect("a known dataset");
    examined.copies().to_vec()
}

#[test]
fn a_promoted_table_carries_the_labels_of_its_source() {
    let native = manifest::parse(MEDALLION, "medallion.toml").expect("a manifest");
    let manifests = Manifests::new(vec![shipped("postgres.toml"), native]);
    let label = Label::parse("pii.email").expect("a label");
    let noted = Copied::new("postgres", "silver_orders", "status", label.clone());
    let promote = "medallion__promote";
    assert!(copies(&manifests, promote, &[]).is_empty());
    let carried = Copied::new("postgres", "gold_orders", "status", label);
    let source = std::slice::from_ref(&noted);
    let found = copies(&manifests, promote, source);
    assert_eq!(found, std::slice::from_ref(&carried));
    assert!(copies(&manifests, "medallion__validate", source).is_empty());
    // What the target carries already needs no note.
    assert!(copies(&manifests, promote, &[noted, carried]).is_empty());
}
