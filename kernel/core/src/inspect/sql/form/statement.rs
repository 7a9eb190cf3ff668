//! Statements: what changes, and from what.
//! Knows nothing of which of them may run.

use super::{Expr, Item, Name, Path, Query, Source};

/// One readable statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    /// A query; it may still write, by SELECT INTO or a write within.
    Query(Query),
    /// `INSERT`, `REPLACE`
    Insert(Insert),
    /// `UPDATE`
    Update(Update),
    /// `DELETE`
    Delete(Delete),
    /// `MERGE`
    Merge(Merge),
    /// `CREATE TABLE`
    CreateTable(CreateTable),
    /// `CREATE VIEW`
    CreateView {
        /// The view.
        name: Path,
        /// New names of its columns.
        columns: Vec<Name>,
        /// Its rows.
        query: Query,
        /// Whether it would shadow a permanent table of its name.
        temporary: bool,
        /// Whether the rows are stored, so that labels could be lost.
        stored: bool,
    },
    /// `CREATE INDEX`
    CreateIndex {
        /// The table.
        table: Path,
        /// Keys, includes and predicate.
        exprs: Vec<Expr>,
        /// Whether the index tells duplicates apart.
        unique: bool,
    },
    /// `ALTER TABLE`
    Alter(Alter),
    /// `DROP …`
    Drop {
        /// The objects.
        names: Vec<Path>,
        /// Whether they are tables or views, which the catalogue knows.
        relations: bool,
    },
    /// `TRUNCATE`
    Truncate(Vec<Path>),
    /// `EXPLAIN …`
    Explain {
        /// What is explained; ANALYZE runs it.
        statement: Box<Statement>,
        /// Names of the plan's columns.
        columns: &'static [&'static str],
    },
}

/// `SET a = x` or `SET (a, b) = (…)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// The columns.
    pub(crate) targets: Vec<Name>,
    /// What they are set from.
    pub(crate) value: Expr,
}

/// `INSERT`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Insert {
    /// The table.
    pub(crate) target: Path,
    /// Its alias.
    pub(crate) alias: Option<Name>,
    /// The columns; empty for all.
    pub(crate) columns: Vec<Name>,
    /// The rows; none for DEFAULT VALUES.
    pub(crate) source: Option<Query>,
    /// `REPLACE`, `OR REPLACE`: rows that conflict are deleted.
    pub(crate) replaces: bool,
    /// `ON CONFLICT …`
    pub(crate) upsert: Option<Upsert>,
    /// `RETURNING`
    pub(crate) returning: Vec<Item>,
}

/// `ON CONFLICT (…) DO UPDATE SET … WHERE …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upsert {
    /// The conflict target's columns: an insert that conflicts shows that their value exists.
    pub(crate) target: Vec<Name>,
    /// What is set.
    pub(crate) assignments: Vec<Assignment>,
    /// `WHERE`
    pub(crate) filter: Option<Expr>,
}

/// `UPDATE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Update {
    /// The table.
    pub(crate) target: Path,
    /// Its alias.
    pub(crate) alias: Option<Name>,
    /// What is set.
    pub(crate) assignments: Vec<Assignment>,
    /// `OR REPLACE`: rows that conflict are deleted, whatever `WHERE` says.
    pub(crate) replaces: bool,
    /// `FROM`
    pub(crate) from: Vec<Source>,
    /// `WHERE`
    pub(crate) filter: Option<Expr>,
    /// `RETURNING`
    pub(crate) returning: Vec<Item>,
}

/// `DELETE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delete {
    /// The table.
    pub(crate) target: Path,
    /// Its alias.
    pub(crate) alias: Option<Name>,
    /// `USING`
    pub(crate) using: Vec<Source>,
    /// `WHERE`
    pub(crate) filter: Option<Expr>,
    /// `RETURNING`
    pub(crate) returning: Vec<Item>,
}

/// `MERGE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Merge {
    /// The table.
    pub(crate) target: Path,
    /// Its alias.
    pub(crate) alias: Option<Name>,
    /// What it is joined with.
    pub(crate) source: Source,
    /// The condition of the join.
    pub(crate) on: Expr,
    /// What happens to which rows.
    pub(crate) branches: Vec<Branch>,
}

/// `WHEN … [AND …] THEN …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Branch {
    /// Whether it is for rows that the condition joins.
    pub(crate) matched: bool,
    /// A further condition.
    pub(crate) filter: Option<Expr>,
    /// What is done.
    pub(crate) action: MergeAction,
}

/// What a branch does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MergeAction {
    /// `INSERT (…) VALUES (…)`
    Insert {
        /// The columns; empty for all.
        columns: Vec<Name>,
        /// Their values.
        values: Vec<Expr>,
    },
    /// `UPDATE SET …`
    Update(Vec<Assignment>),
    /// `DELETE`
    Delete,
    /// `DO NOTHING`
    Nothing,
}

/// A foreign key: an insert that fails shows that the referred value does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The referred table.
    pub(crate) table: Path,
    /// The referred columns; empty for its key.
    pub(crate) columns: Vec<Name>,
}

/// `CREATE TABLE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CreateTable {
    /// The table.
    pub(crate) name: Path,
    /// Whether it would shadow a permanent table of its name.
    pub(crate) temporary: bool,
    /// Column names, for the names of stored rows.
    pub(crate) columns: Vec<Name>,
    /// `AS SELECT …`
    pub(crate) query: Option<Query>,
    /// Defaults, checks, generated columns.
    pub(crate) exprs: Vec<Expr>,
    /// Foreign keys.
    pub(crate) references: Vec<Reference>,
    /// `LIKE`, `INHERITS`: tables whose shape is read.
    pub(crate) shapes: Vec<Path>,
}

/// `ALTER TABLE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alter {
    /// The table.
    pub(crate) table: Path,
    /// Whether data is lost, or the name that it is protected under.
    pub(crate) losing: bool,
    /// `RENAME TO`
    pub(crate) renamed_to: Option<Name>,
    /// `RENAME COLUMN … TO …`: from, to.
    pub(crate) renamed_columns: Vec<(Name, Name)>,
    /// Columns that come to hold what is computed from others: generated ones, `TYPE … USING`.
    pub(crate) stored: Vec<Assignment>,
    /// Other expressions over the table's columns: defaults, checks.
    pub(crate) exprs: Vec<Expr>,
    /// Foreign keys.
    pub(crate) references: Vec<Reference>,
}
