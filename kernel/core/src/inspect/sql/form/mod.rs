//! The small form of a statement that every fact is derived from.
//! Knows nothing of the parser: another parser takes its place by filling this form.
//!
//! It keeps what matters to facts and merges the rest: `a + b`, `upper(a)`, `a LIKE b` and
//! `CAST(a AS t)` are all "computed from". What has no place here cannot be read and is refused.

mod expr;
mod name;
mod query;
mod statement;
mod text;

pub(super) use expr::{Call, Expr, Marker, Over, Shape};
pub(super) use name::{Name, Path};
pub(super) use query::{
    Alias, Body, Cte, Distinct, Item, Joined, On, Query, Select, Source, TableFunction,
};
pub(super) use statement::{
    Alter, Assignment, Branch, CreateTable, Delete, Insert, Merge, MergeAction, Reference,
    Statement, Update, Upsert,
};
pub(super) use text::Text;
