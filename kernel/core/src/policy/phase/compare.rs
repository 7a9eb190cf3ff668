//! One argument held against another one of the same call.
//! Knows nothing of which rules ask for it.

use std::cmp::Ordering;

use crate::json::{Json, Number};
use crate::policy::ArgumentPath;

/// `less_than = "end"` and its like: how the argument must relate to the other one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// How.
    pub relation: Relation,
    /// The other one.
    pub other: ArgumentPath,
}

/// How two arguments relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The same value.
    Same,
    /// Another value.
    Differs,
    /// Less than the other one.
    Less,
    /// The other one at the most.
    AtMost,
}

/// The keys of the relations.
pub(super) const RELATIONS: [(&str, Relation); 4] = [
    ("same_as", Relation::Same),
    ("differs_from", Relation::Differs),
    ("less_than", Relation::Less),
    ("at_most", Relation::AtMost),
];

impl Relation {
    /// Whether it holds.
    ///
    /// # Errors
    /// Why the two cannot be compared: only numbers have an order, and texts, by their letters, as dates in ISO form do.
    pub fn holds(self, one: &Json, other: &Json) -> Result<bool, &'static str> {
        match self {
            Self::Same => Ok(same(one, other)),
            Self::Differs => Ok(!same(one, other)),
            Self::Less => Ok(order(one, other)? == Ordering::Less),
            Self::AtMost => Ok(order(one, other)? != Ordering::Greater),
        }
    }

    /// What is said where it does not hold.
    #[must_use]
    pub fn complaint(self) -> &'static str {
        match self {
            Self::Same => "is not the same as the argument it is held against",
            Self::Differs => "is the same as the argument it must differ from",
            Self::Less => "is not less than the argument it is held against",
            Self::AtMost => "is more than the argument it is held against",
        }
    }
}

/// `1.0` is the number `1`.
fn same(one: &Json, other: &Json) -> bool {
    one == other
        || matches!((one, other), (Json::Number(_), Json::Number(_)) if order(one, other) == Ok(Ordering::Equal))
}

fn order(one: &Json, other: &Json) -> Result<Ordering, &'static str> {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => numbers(one, other),
        (Json::String(one), Json::String(other)) => Ok(one.as_bytes().cmp(other.as_bytes())),
        _ => Err("the argument cannot be compared with the other one"),
    }
}

/// Whole numbers exactly, others as far as 64 bits tell them apart.
fn numbers(one: &Number, other: &Number) -> Result<Ordering, &'static str> {
    if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64()) {
        return Ok(one.cmp(&other));
    }
    let finite = |number: &Number| number.as_f64().filter(|n| n.is_finite());
    finite(one)
        .zip(finite(other))
        .and_then(|(one, other)| one.partial_cmp(&other))
        .ok_or("the argument is no number that can be compared")
}
