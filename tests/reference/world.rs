//! The systems of random policies: the shipped ones, a measure, and one whose tool has arguments of every kind.
//! Knows nothing of rules.

use std::sync::LazyLock;

use aegis_core::manifest::{self, Label, Manifests};
use aegis_tests::policies as support;

const STATS: &str = "server = \"stats\"\n[tool.cells]\ndescription = \"Counts\"\ncapabilities = [\"stats:read\"]\n\
    [tool.cells.argument.limit]\nkind = \"integer\"\nrequired = false\ndescription = \"a\"\n\
    [tool.cells.argument.other]\nkind = \"number\"\nrequired = false\ndescription = \"a\"\n\
    [tool.cells.argument.flag]\nkind = \"boolean\"\nrequired = false\ndescription = \"a\"\n\
    [tool.cells.argument.tags]\nkind = \"array\"\nrequired = false\ndescription = \"a\"\n\
    [tool.cells.argument.from]\nkind = \"string\"\nrequired = false\ndescription = \"a\"\n\
    [tool.cells.argument.to]\nkind = \"string\"\nrequired = false\ndescription = \"a\"\n\
    [tool.cells.argument.key]\nkind = \"path\"\naccess = \"write\"\nrequired = false\ndescription = \"a\"\n\
    [tool.cells.result]\nrows = \"/structuredContent/rows\"\n";

pub static MANIFESTS: LazyLock<Manifests> = LazyLock::new(|| {
    let mut postgres = support::shipped("postgres.toml");
    let salary = Label::parse("hr.salary").expect("a label");
    postgres
        .labels
        .insert(("orders".to_owned(), "amount".to_owned()), (salary, true));
    let stats = manifest::parse(STATS, "stats.toml").unwrap_or_else(|found| panic!("{found:#?}"));
    Manifests::new(vec![
        postgres,
        support::shipped("s3.toml"),
        support::shipped("medallion.toml"),
        stats,
    ])
});
