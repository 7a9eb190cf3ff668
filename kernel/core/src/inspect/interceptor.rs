//! What an interceptor is, and the registry of all of them.
//! Knows nothing of any single argument kind.

use super::{Finding, Output, Reach, Restoration, dataset, path, sql_argument, table, url};
use crate::denial::Denial;
use crate::json::Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::manifest::{Argument, ArgumentKind, Catalog, Copied, Label, Manifests, System};

/// What surrounds the argument that is being read.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// All systems: datasets are named across them.
    pub manifests: &'a Manifests,
    /// The system that the tool belongs to.
    pub system: &'a System,
    /// Its tables, labelled.
    pub catalog: &'a Catalog,
    /// Every system's tables: datasets lie in any of them.
    pub catalogs: &'a BTreeMap<String, Arc<Catalog>>,
    /// Whether the tool publishes what it names.
    pub publishes: bool,
    /// The values bound to the statement's placeholders, where a tool has such an argument.
    pub params: Option<&'a [Json]>,
}

/// What one interceptor has read.
#[derive(Debug, Default)]
pub struct Readings {
    /// What was proven, and where.
    pub findings: Vec<Finding>,
    /// The columns of the result, where a statement was read.
    pub outputs: Option<Vec<Output>>,
    /// What the engine's wall is to allow.
    pub reach: Reach,
    /// Canonical subjects that receipts must be about.
    pub subjects: Vec<String>,
    /// Canonical subjects that are written.
    pub writes: Vec<String>,
    /// Labels that go with values into columns which do not carry them yet.
    pub copies: BTreeSet<Copied>,
    /// Labels of the columns that bound values are written to, by position.
    pub targets: Vec<Option<Label>>,
    /// Tokens that are to be exchanged for their values on the way south.
    pub restorations: Vec<Restoration>,
}

/// Reads one kind of argument into facts, or refuses it by name.
pub trait Interceptor: Sync {
    /// Whether arguments of this kind are read here.
    fn reads(&self, kind: &ArgumentKind) -> bool;

    /// Reads one value.
    ///
    /// # Errors
    /// A denial by name: what cannot be read is not judged.
    fn read(
        &self,
        argument: &Argument,
        value: &Json,
        scope: &Scope<'_>,
    ) -> Result<Readings, Denial>;
}

/// Every interceptor. A kind that none of them reads, other than a plain one, is refused.
pub const ALL: &[&dyn Interceptor] = &[
    &sql_argument::SqlArgument,
    &table::TableName,
    &path::ObjectPath,
    &url::UrlArgument,
    &dataset::DatasetName,
];
