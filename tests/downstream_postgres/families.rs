//! Families of statements that are none of an agent's, said to the server of tools by itself, under a grant of everything: the wall alone.
//! Knows nothing of the kernel, which denies the same statements by name.

use rmcp::service::ClientLifecycleMode;
use serde::Deserialize;
use serde_json::json;

use aegis_downstreams::postgres::GrantMode;

use crate::server::ServerWorld;
use crate::world::{call, cases, code};

#[derive(Deserialize)]
struct Families {
    family: Vec<Family>,
}

#[derive(Deserialize)]
struct Family {
    name: String,
    statements: Vec<Statement>,
}

#[derive(Deserialize)]
struct Statement {
    sql: String,
    code: String,
}

/// What none of them may change: rows, relations, functions, roles and their rights, large objects.
const STATE: &str = "hashtextextended((SELECT string_agg(t, ',') FROM (SELECT concat_ws(' ', c.oid, c.relname, c.relowner, c.relacl, c.relpersistence) AS t \
    FROM pg_class c WHERE relnamespace = 'public'::regnamespace ORDER BY c.oid) AS x) || (SELECT count(*) FROM customers) || (SELECT count(*) FROM orders) \
    || (SELECT count(*) FROM staging_tmp) || (SELECT count(*) FROM pg_proc) || (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp') || (SELECT count(*) FROM pg_largeobject_metadata) \
    || (SELECT count(*) FROM pg_auth_members WHERE member <> 10) || (SELECT count(*) FROM pg_roles) || (SELECT count(*) FROM pg_type WHERE typnamespace = 'public'::regnamespace), 0)";

#[test]
fn every_statement_of_the_families_dies_in_the_wall_too() {
    let Some(world) = ServerWorld::new("every_statement_of_the_families_dies_in_the_wall_too")
    else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client =
        runtime.block_on(world.client(GrantMode::Required, ClientLifecycleMode::Initialize));
    let text = std::fs::read_to_string(cases().join("families_postgres.toml")).unwrap();
    let families: Families = toml::from_str(&text).unwrap();
    let masked = json!({ "customers.email": { "op": "token", "type": "EMAIL_ADDRESS" }, "customers.ssn": { "op": "redact", "type": "US_SSN" } });
    let grant = json!({ "reads": "*", "writes": "*", "ddl": "*", "functions": "*", "masked": masked, "token_key": "0".repeat(64) });
    let before = world.number(STATE);
    assert_ne!(before, -1, "the state of the world cannot be read");
    let mut complaints = Vec::new();
    for family in &families.family {
        for statement in &family.statements {
            // Whichever tool it is said to.
            for tool in ["query", "execute"] {
                let arguments = json!({ "sql": statement.sql });
                let result = runtime.block_on(call(&client, tool, arguments, Some(&grant)));
                let code = code(&result).unwrap_or_else(|| "done".to_owned());
                if !statement.code.split(' ').any(|fit| fit == code) {
                    complaints.push(format!(
                        "{}: {tool} {} → {code}",
                        family.name, statement.sql
                    ));
                }
                if world.number(STATE) != before {
                    complaints.push(format!(
                        "{}: {tool} {} changed something",
                        family.name, statement.sql
                    ));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
