//! Families of statements that are none of an agent's, each denied by the kernel under a rule with a name.
//! Knows nothing of the wall behind it, which the same statements meet in `downstream_postgres`.

use serde::Deserialize;
use serde_json::json;

use crate::house::{House, sql};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Families {
    family: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    name: String,
    statements: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    sql: String,
    rule: String,
    #[serde(rename = "code")]
    _code: String,
}

#[test]
fn every_statement_of_the_families_is_denied_by_name() {
    let Some(house) = House::new("every_statement_of_the_families_is_denied_by_name") else {
        return;
    };
    let text = include_str!("../cases/downstreams/families_postgres.toml");
    let families: Families = toml::from_str(text).unwrap();
    let mut agent = house.agent();
    let mut complaints = Vec::new();
    let mut count = 0;
    for family in &families.family {
        for statement in &family.statements {
            count += 1;
            let reads = statement.sql.starts_with("SELECT");
            let tool = if reads {
                "postgres__query"
            } else {
                "postgres__execute"
            };
            let result = agent.call(tool, &sql(&statement.sql));
            let said = &result["structuredContent"];
            let rule = said["rule"].as_str().unwrap_or_default();
            if said["decision"] != json!("deny") || rule != statement.rule {
                complaints.push(format!(
                    "{}: {} → {rule} {said}",
                    family.name, statement.sql
                ));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    assert!(count > 150, "only {count} statements");
    assert_eq!(house.number("SELECT count(*) FROM orders"), 2);
    assert_eq!(agent.finish(), Some(0));
    house.verify();
}
