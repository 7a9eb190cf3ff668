//! Reads one system's manifest.
//! Knows nothing of policies, and of other systems only the names that datasets mention.

mod argument;
mod check;
mod data;
mod dataset;
mod name;
mod object;
mod pin;
mod tool;

use super::{Catalog, System, Tool};
use crate::json::Json;
use crate::source::{Problem, Section, Source, digest};

/// Reads a manifest; `file` is its name in problems.
///
/// # Errors
/// Every problem of the file, in its order.
pub fn parse(text: &str, file: &str) -> Result<System, Vec<Problem>> {
    Source::read(file, text, system)
}

/// The JSON Schema of manifests, from what is asked of them here.
#[must_use]
pub fn schema() -> Json {
    Source::schema("manifest", include_str!("example.toml"), system)
}

/// Reads a catalogue of tables alone: `[[table]]` as in a manifest, with `labels` beside the columns.
///
/// # Errors
/// Every problem of the file, in its order.
pub fn parse_catalog(text: &str, file: &str) -> Result<Catalog, Vec<Problem>> {
    Source::read(file, text, |root| Some(data::catalog(root)))
}

fn system(root: &mut Section<'_>) -> Option<System> {
    let digest = digest(root.json());
    root.require("server");
    let server = root.parsed("server", name::LOWER, name::lower);
    let native = root.flag("native").unwrap_or(false);
    let server = server.map(serde_spanned::Spanned::into_inner);
    root.require("tool");
    let tools = tool::tools(root, server.as_deref().unwrap_or_default());
    let pins = pin::pins(root, &tools);
    let pinned = root.flag("pinned");
    let mut catalog = data::catalog(root);
    let labels = data::labels(root, &catalog);
    let domains = data::domains(root);
    let datasets = dataset::datasets(root, server.as_deref().unwrap_or_default(), native);
    let mut system = System {
        server: server?,
        native,
        tools,
        labels,
        catalog: Catalog::default(),
        domains,
        datasets,
        pins,
        pinned,
        digest,
    };
    catalog = system.label(catalog);
    system.catalog = catalog;
    Some(system)
}
