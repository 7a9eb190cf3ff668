//! Types that a cast or a column may name.
//! Knows nothing of values.

use sqlparser::ast::{ArrayElemTypeDef, DataType, ObjectName};

use super::{Lower, Lowered, last_part, why};

impl Lower<'_> {
    /// SQLite reads a type only for its affinity. In PostgreSQL a type of someone's own runs code of
    /// theirs on input, and the `reg…` types look into the system's tables.
    pub(super) fn data_type(&self, data_type: &DataType) -> Lowered<()> {
        match data_type {
            DataType::Table(_)
            | DataType::NamedTable { .. }
            | DataType::Nested(_)
            | DataType::Trigger
            | DataType::AnyType
            | DataType::Map(..)
            | DataType::Tuple(_)
            | DataType::Struct(..)
            | DataType::Union(_)
            | DataType::Enum(..)
            | DataType::Set(_)
            | DataType::Regclass => Err(why::TYPE),
            DataType::Nullable(inner) | DataType::LowCardinality(inner) => self.data_type(inner),
            DataType::Array(element) => match element {
                ArrayElemTypeDef::None => Ok(()),
                ArrayElemTypeDef::AngleBracket(inner)
                | ArrayElemTypeDef::SquareBracket(inner, _)
                | ArrayElemTypeDef::Parenthesis(inner)
                | ArrayElemTypeDef::Qualified(inner, _) => self.data_type(inner),
            },
            DataType::Custom(name, _) if !self.sqlite() => custom(name),
            _ => Ok(()),
        }
    }
}

fn custom(name: &ObjectName) -> Lowered<()> {
    let plain = name.0.len() == 1;
    let known = last_part(name).is_some_and(|last| {
        POSTGRES_TYPES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&last))
    });
    match plain && known {
        true => Ok(()),
        false => Err(why::TYPE),
    }
}

/// Built-in types that the parser has no word for.
const POSTGRES_TYPES: &[&str] = &[
    "bigserial",
    "bpchar",
    "cidr",
    "citext",
    "daterange",
    "inet",
    "int4range",
    "int8range",
    "macaddr",
    "money",
    "name",
    "numrange",
    "oid",
    "serial",
    "smallserial",
    "tsrange",
    "tstzrange",
    "timetz",
    "timestamptz",
    "jsonpath",
];
