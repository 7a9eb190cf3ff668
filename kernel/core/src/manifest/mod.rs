//! What each system's tools can do, and what its data is.
//! Knows nothing of policies or principals' grants.

mod bind;
mod bound;
pub mod catalog;
pub mod catalog_file;
pub mod catalog_text;
mod constraint;
mod copied;
mod dataset;
mod parse;
mod system;
mod tool;

pub use bind::Manifests;
pub use bound::Bound;
pub use catalog::{Catalog, Column, Label, Table};
pub use constraint::Constraint;
pub use copied::{Copied, EVERY_COLUMN};
pub use dataset::{Check, Dataset, Format, Location, Suite};
pub use parse::{parse, parse_catalog, schema};
pub use system::{ANYWHERE, Domain, System};
pub use tool::{
    Access, Argument, ArgumentKind, Masked, ObjectField, PlainSchema, PlainType, ResultShape, Tool,
};
