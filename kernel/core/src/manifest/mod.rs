//! What each system's tools can do, and what its data is.
//! Knows nothing of policies or principals.

pub mod catalog;
pub mod catalog_file;

pub use catalog::{Catalog, Column, Label, Table};
