//! Queries: what rows are made of.
//! Knows nothing of tables or columns beyond their names.

use super::{Expr, Name, Path, Statement, Text};

/// `[WITH …] body [ORDER BY …] [LIMIT …]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// Common table expressions, in order.
    pub(crate) ctes: Vec<Cte>,
    /// Whether `RECURSIVE` was written.
    pub(crate) recursive: bool,
    /// Where the rows come from.
    pub(crate) body: Body,
    /// Sort keys.
    pub(crate) order_by: Vec<Expr>,
    /// `LIMIT`, `OFFSET`, `FETCH`.
    pub(crate) limits: Vec<Expr>,
}

/// One common table expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cte {
    /// Its name.
    pub(crate) name: Name,
    /// New names of its columns; empty where it keeps them.
    pub(crate) columns: Vec<Name>,
    /// Its rows.
    pub(crate) query: Query,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// `SELECT …`
    Select(Box<Select>),
    /// `VALUES …`
    Values {
        /// The rows.
        rows: Vec<Vec<Expr>>,
        /// SQLite: the names of columns that the first row names by being one.
        names: Vec<Option<Name>>,
    },
    /// A parenthesised query.
    Nested(Box<Query>),
    /// Arms of UNION, INTERSECT, EXCEPT in order.
    Set {
        /// The arms.
        arms: Vec<Body>,
        /// Whether any operator compares rows, which all but `UNION ALL` do.
        compares: bool,
    },
    /// A write whose RETURNING gives the rows.
    Write(Box<Statement>),
}

/// Duplicate removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Distinct {
    /// None.
    No,
    /// `DISTINCT`
    Rows,
    /// `DISTINCT ON (…)`
    On(Vec<Expr>),
}

/// `SELECT …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Select {
    /// Duplicate removal.
    pub(crate) distinct: Distinct,
    /// The select list.
    pub(crate) items: Vec<Item>,
    /// `INTO table`
    pub(crate) into: Option<Path>,
    /// The FROM list.
    pub(crate) from: Vec<Source>,
    /// `WHERE`
    pub(crate) filter: Option<Expr>,
    /// Group keys.
    pub(crate) group_by: Vec<Expr>,
    /// `HAVING`
    pub(crate) having: Option<Expr>,
    /// All keys of all named windows.
    pub(crate) windows: Vec<Expr>,
}

/// One entry of a select list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// `*`
    Star,
    /// `t.*`
    TableStar(Path),
    /// `(t).*`: a column of this name goes before a relation.
    RowStar(Path),
    /// An expression.
    Expr {
        /// The expression.
        expr: Expr,
        /// The name that a query around this one can use, where it is certain.
        name: Option<Name>,
        /// Whether the name was given with AS.
        aliased: bool,
        /// The name that the result shows.
        shown: Text<'static>,
    },
}

/// An alias with optional column names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alias {
    /// The relation's new name.
    pub(crate) name: Name,
    /// New names of its first columns.
    pub(crate) columns: Vec<Name>,
}

/// A relation in FROM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A table, view or common table expression.
    Table {
        /// Its name.
        path: Path,
        /// Its alias.
        alias: Option<Alias>,
    },
    /// A subquery.
    Derived {
        /// Whether it sees the relations before it.
        lateral: bool,
        /// Its rows.
        query: Box<Query>,
        /// Its alias.
        alias: Option<Alias>,
    },
    /// A table function.
    Function(TableFunction),
    /// Relations joined from left to right.
    Joins {
        /// The first one.
        first: Box<Source>,
        /// The others.
        rest: Vec<Joined>,
        /// An alias over the whole.
        alias: Option<Alias>,
    },
}

/// A call in FROM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableFunction {
    /// The folded name.
    pub(crate) name: String,
    /// Its arguments.
    pub(crate) args: Vec<Expr>,
    /// `WITH ORDINALITY`
    pub(crate) ordinality: bool,
    /// Its alias.
    pub(crate) alias: Option<Alias>,
}

/// One further relation of a join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Joined {
    /// How it is joined.
    pub(crate) on: On,
    /// What is joined.
    pub(crate) source: Source,
}

/// A join condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// A cross join.
    Nothing,
    /// `ON …`
    Expr(Expr),
    /// `USING (…)`
    Using(Vec<Name>),
    /// `NATURAL`
    Natural,
}
