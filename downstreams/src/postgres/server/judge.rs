//! Holding what the engine's plan touches against the grant, relation by relation.
//! Knows nothing of how the plan was read.

use std::collections::BTreeSet;

use super::Server;
use super::fault::Fault;
use super::quote::place;
use super::seal_sql::SEALS;
use super::veil::KEYS;
use super::wire::Wire;
use crate::postgres::code::PostgresCode;
use crate::postgres::names::Names;

/// Functions that masks are made of. They stand in plans of masked tables, whoever asked for them.
const OF_MASKS: &[&str] = &[
    "bit_send",
    "btrim",
    "chr",
    "convert_to",
    "encode",
    "left",
    "length",
    "lower",
    "regexp_replace",
    "right",
    "rpad",
    "sha256",
    "strpos",
    "substr",
    "substring",
    "upper",
];

/// Whether a function may stand in a plan for the sake of a mask alone.
pub(super) fn is_of_masks(name: &str) -> bool {
    OF_MASKS.contains(&name)
}

/// Functions of the engine's own name that tell of values alone.
const OF_VALUES: &[&str] = &["pg_column_size", "pg_size_pretty", "pg_typeof"];

/// Whether a function tells of the server or its sessions, not of what is stored: nothing that a grant of tables means.
pub(super) fn is_of_the_server(name: &str) -> bool {
    let told = ["pg_", "inet_server_", "inet_client_"];
    (told.iter().any(|begins| name.starts_with(begins)) && !OF_VALUES.contains(&name))
        || name == "current_setting"
}

impl Server {
    /// The names of these relations as the grant knows them: a partition goes by its table's name. Whatever is not
    /// granted, or lies in another schema, refuses the call.
    pub(super) fn names(
        &self,
        wire: &mut Wire,
        relations: &BTreeSet<(String, String)>,
        granted: &[&Names],
        is_open: bool,
    ) -> Result<BTreeSet<String>, Fault> {
        let mut names = BTreeSet::new();
        let all = granted.contains(&&Names::All);
        let has = |name: &str| granted.iter().any(|names| names.has(name));
        for (schema, name) in relations {
            let own = *schema == self.location.schema;
            if schema.starts_with("pg_temp") && [KEYS, SEALS].contains(&name.as_str()) {
                continue;
            }
            if own && has(name) && !all {
                names.insert(name.clone());
                continue;
            }
            let above = match own {
                true => ancestors(wire, schema, name)?,
                false => BTreeSet::new(),
            };
            let fitting: Vec<&String> = above.iter().filter(|name| has(name)).collect();
            match (fitting.as_slice(), all) {
                ([], true) if own || is_open => {
                    names.insert(name.clone());
                }
                ([], _) => return Err(PostgresCode::NotPermitted.into()),
                (fitting, _) => names.extend(fitting.iter().map(|name| (*name).clone())),
            }
        }
        Ok(names)
    }
}

/// The tables of the same schema that a relation is a part or child of, the topmost alone.
fn ancestors(wire: &mut Wire, schema: &str, name: &str) -> Result<BTreeSet<String>, Fault> {
    let rows = wire.ask(
        "WITH RECURSIVE up AS (SELECT inhparent FROM pg_inherits WHERE inhrelid = $1::regclass \
         UNION SELECT h.inhparent FROM up JOIN pg_inherits h ON h.inhrelid = up.inhparent) \
         SELECT c.relname FROM up JOIN pg_class c ON c.oid = up.inhparent JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = $2",
        &[&place(schema, name), schema],
    )?;
    Ok(rows.into_iter().flatten().flatten().collect())
}
