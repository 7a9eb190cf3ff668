//! Expressions, reduced to what they are computed from.
//! Knows nothing of values or types.

use super::{Path, Query};

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    /// A column, or in PostgreSQL a whole row.
    Column(Path),
    /// All columns of one relation: `count(c.*)`.
    Row(Path),
    /// A constant; the number if it is a plain integer, since `ORDER BY 2` means an output.
    Constant(Option<usize>),
    /// A text in plain quotes; apart because look-ups compare with it.
    Text(String),
    /// A bound parameter.
    Parameter(Marker),
    /// Computed from all parts by value.
    Mix(Vec<Expr>),
    /// A conjunction; apart from `Mix` because scoping is proven on its conjuncts.
    And(Vec<Expr>),
    /// An equation; apart for the same reason.
    Equal(Box<Expr>, Box<Expr>),
    /// `x IN (a, b, …)`, not negated; apart for the same reason.
    InList(Box<Expr>, Vec<Expr>),
    /// `CASE`: the conditions choose among the results.
    Case {
        /// The operand and all conditions.
        conditions: Vec<Expr>,
        /// All results.
        results: Vec<Expr>,
    },
    /// A function call.
    Call(Box<Call>),
    /// A scalar or array subquery.
    Subquery(Box<Query>),
    /// `EXISTS (…)`
    Exists(Box<Query>),
    /// `x IN (SELECT …)`, `x = ANY (SELECT …)`
    InQuery(Box<Expr>, Box<Query>),
}

/// What says which of the bound values a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// `?`, by the place of its token: it counts in the order of the text.
    Bare(u64),
    /// `?2`, `$2`: its number, from 1.
    Numbered(usize),
    /// `:name`
    Named,
}

/// What a function does with its arguments, as far as labels go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `count`
    Count,
    /// `sum`, `avg`, `total`
    Sum,
    /// `min`, `max` of one argument: in SQLite the bare columns beside it come from its row.
    Extreme,
    /// Any other aggregate.
    Aggregate,
    /// Everything else.
    Scalar,
}

/// A function call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The folded name without schema.
    pub(crate) name: String,
    /// What it does with its arguments.
    pub(crate) shape: Shape,
    /// Its arguments; `*` is none.
    pub(crate) args: Vec<Expr>,
    /// `DISTINCT` within the parentheses.
    pub(crate) distinct: bool,
    /// `ORDER BY` within the parentheses or `WITHIN GROUP`.
    pub(crate) order_by: Vec<Expr>,
    /// `FILTER (WHERE …)`
    pub(crate) filter: Option<Expr>,
    /// `OVER …`
    pub(crate) over: Option<Over>,
}

/// A window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Over {
    /// Whether it stands on a window named elsewhere in the select; then all named windows count.
    pub(crate) named: bool,
    /// Partition keys, sort keys and frame bounds.
    pub(crate) keys: Vec<Expr>,
}

impl Expr {
    /// Whether no column, call or subquery stands in it.
    pub(crate) fn is_constant(&self) -> bool {
        match self {
            Self::Constant(_) | Self::Text(_) | Self::Parameter(_) => true,
            Self::Mix(parts) => parts.iter().all(Self::is_constant),
            _ => false,
        }
    }
}
