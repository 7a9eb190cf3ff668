//! Functions that may be called, by engine and family, each family with its reason.
//! Knows nothing of arguments. A function that is not here is refused.

mod postgres;
mod sqlite;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Dialect;

/// Functions that are allowed for one reason.
pub(super) struct Family {
    /// Why they are harmless.
    #[expect(dead_code, reason = "the reason is for the reader of the list")]
    reason: &'static str,
    /// What they are in FROM or over groups.
    role: Role,
    /// Their folded names.
    names: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Scalar = 1,
    Aggregate = 2,
    Table = 4,
}

/// The roles of each function, as bits: one look instead of a walk through all families.
type Roles = HashMap<&'static str, u8>;

static SQLITE: LazyLock<Roles> = LazyLock::new(|| roles_of(sqlite::FAMILIES));
static POSTGRES: LazyLock<Roles> = LazyLock::new(|| roles_of(postgres::FAMILIES));

fn roles_of(families: &[Family]) -> Roles {
    let mut roles = Roles::new();
    for family in families {
        for name in family.names {
            *roles.entry(name).or_default() |= family.role as u8;
        }
    }
    roles
}

fn listed(name: &str, dialect: Dialect, wanted: &[Role]) -> bool {
    let roles = match dialect {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
    };
    let has = roles.get(name).copied().unwrap_or_default();
    wanted.iter().any(|role| has & *role as u8 != 0)
}

/// Whether the function may stand in an expression; PostgreSQL lets table functions stand there too.
pub(super) fn is_function(name: &str, dialect: Dialect) -> bool {
    let roles: &[Role] = match dialect {
        Dialect::Sqlite => &[Role::Scalar, Role::Aggregate],
        Dialect::Postgres => &[Role::Scalar, Role::Aggregate, Role::Table],
    };
    listed(name, dialect, roles)
}

/// Whether the function may stand in FROM; PostgreSQL lets any function stand there.
pub(super) fn is_table_function(name: &str, dialect: Dialect) -> bool {
    let roles: &[Role] = match dialect {
        Dialect::Sqlite => &[Role::Table],
        Dialect::Postgres => &[Role::Scalar, Role::Table],
    };
    listed(name, dialect, roles)
}

/// Whether the function folds rows into one.
pub(super) fn is_aggregate(name: &str, dialect: Dialect) -> bool {
    listed(name, dialect, &[Role::Aggregate])
}

/// The columns of a table function, where they are certain.
pub(super) fn columns(name: &str, dialect: Dialect) -> Option<&'static [&'static str]> {
    match (dialect, name) {
        (Dialect::Sqlite, "json_each" | "json_tree" | "jsonb_each" | "jsonb_tree") => Some(&[
            "key", "value", "type", "atom", "id", "parent", "fullkey", "path",
        ]),
        (Dialect::Sqlite, "generate_series") => Some(&["value"]),
        (Dialect::Postgres, "json_each" | "jsonb_each" | "json_each_text" | "jsonb_each_text") => {
            Some(&["key", "value"])
        }
        (
            Dialect::Postgres,
            "json_array_elements"
            | "jsonb_array_elements"
            | "json_array_elements_text"
            | "jsonb_array_elements_text",
        ) => Some(&["value"]),
        _ => None,
    }
}

/// Whether the function gives rows, so that its arguments decide how many there are.
pub(super) fn returns_rows(name: &str, dialect: Dialect) -> bool {
    listed(name, dialect, &[Role::Table])
}

/// Whether the function's columns are those that its alias lists with types.
pub(super) fn has_shape_of_caller(name: &str) -> bool {
    matches!(
        name,
        "json_to_record" | "json_to_recordset" | "jsonb_to_record" | "jsonb_to_recordset"
    )
}
