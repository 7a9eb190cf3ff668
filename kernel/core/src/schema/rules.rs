//! What one place of a schema demands.
//! Knows nothing of how it was written.

use regex::Regex;

use super::decimal::Decimal;
use crate::json::Json;

/// The number of a place among all of them.
pub(super) type At = usize;

/// One place of a schema.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// Being read still; a reference may lead back to it.
    Open,
    /// `true` or `false`.
    Always(bool),
    /// Demands.
    Rules(Box<Rules>),
}

/// Demands, all of which must be fulfilled.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) reference: Option<At>,
    pub(super) types: Option<Vec<Type>>,
    /// `enum`, or the one value of `const`.
    pub(super) values: Vec<(&'static str, Vec<Json>)>,
    pub(super) bounds: Vec<(&'static str, Bound)>,
    pub(super) sizes: Vec<(&'static str, Size)>,
    pub(super) pattern: Option<Regex>,
    pub(super) object: Members,
    pub(super) array: Items,
    pub(super) all_of: Vec<At>,
    pub(super) any_of: Option<Vec<At>>,
    pub(super) one_of: Option<Vec<At>>,
    pub(super) not: Option<At>,
    pub(super) when: Option<When>,
}

/// What is demanded of an object's members.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    pub(super) named: Vec<(String, At)>,
    pub(super) matching: Vec<(Regex, At)>,
    pub(super) others: Option<At>,
    pub(super) names: Option<At>,
    pub(super) required: Vec<String>,
    /// Where the first is there, so must be the others.
    pub(super) dependent: Vec<(String, Vec<String>)>,
    /// Where it is there, the object fulfils this.
    pub(super) implied: Vec<(String, At)>,
}

/// What is demanded of an array's items.
#[derive(Clone, Debug, Default)]
pub(super) struct Items {
    pub(super) first: Vec<At>,
    pub(super) rest: Option<At>,
    pub(super) contains: Option<At>,
    pub(super) contains_min: Option<u64>,
    pub(super) contains_max: Option<u64>,
    pub(super) unique: bool,
}

/// `if`, with what follows from it.
#[derive(Clone, Debug)]
pub(super) struct When {
    pub(super) condition: At,
    pub(super) then: Option<At>,
    pub(super) otherwise: Option<At>,
}

/// A type of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Type {
    /// The type of this word.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::String,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }
}

/// A bound of numbers.
#[derive(Clone, Debug)]
pub(super) enum Bound {
    Min(Decimal),
    Above(Decimal),
    Max(Decimal),
    Below(Decimal),
    MultipleOf(Decimal),
}

/// A bound of lengths and counts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Size {
    CharsMin(u64),
    CharsMax(u64),
    ItemsMin(u64),
    ItemsMax(u64),
    MembersMin(u64),
    MembersMax(u64),
}
