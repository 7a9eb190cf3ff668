//! The kernel's own reading of each system's tables: at the start, after every definition, and when they changed
//! behind its back.
//! Knows nothing of labels beyond asking the manifest to put them on.

use std::sync::Arc;

use aegis_core::audit::{Leaf, quotable};
use aegis_core::json::{Json, Object};
use aegis_core::manifest::{Bound, Catalog, Column, System, Table};
use aegis_core::refusal::Refusal;

use crate::lifecycle::Kernel;
use crate::rules::RuleSet;
use crate::south::SCHEMA_CHANGED;

/// The internal tool that lists tables, columns, keys and views.
const TOOL: &str = "describe_catalog";

/// Why a catalogue is another one from now on, as the log says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The kernel starts.
    Start,
    /// A call of the kernel's own defined something.
    Defined,
    /// Somebody else did.
    Changed,
    /// It could not be read before.
    Again,
}

impl Cause {
    fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Defined => "defined",
            Self::Changed => "changed",
            Self::Again => "again",
        }
    }
}

/// Whether a system can be asked for its tables.
#[must_use]
pub(crate) fn is_readable(system: &System) -> bool {
    !system.native && system.tools.get(TOOL).is_some_and(|tool| tool.internal)
}

/// Whether a call was refused since the schema is not the one that it was judged by.
#[must_use]
pub(crate) fn is_stale(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Denied(denial) if denial.first().rule == SCHEMA_CHANGED)
}

/// The rules for a call that was bound under them. Where its system's catalogue could not be read before, it is
/// tried again.
pub(crate) async fn at_hand(kernel: &Kernel, rules: Arc<RuleSet>, bound: &Bound) -> Arc<RuleSet> {
    let system = bound.system();
    if !is_readable(system) || rules.digests.contains_key(&system.server) {
        return rules;
    }
    refresh(kernel, &system.server, Cause::Again).await;
    kernel.rules.current()
}

/// Reads one system's catalogue again. Where that fails, or cannot be recorded, the catalogue becomes empty: then no
/// statement on it is readable, which is a denial by name.
pub(crate) async fn refresh(kernel: &Kernel, server: &str, cause: Cause) {
    let _alone = kernel.defining.lock().await;
    let rules = kernel.rules.current();
    let Some(system) = rules.manifests.system(server) else {
        return;
    };
    let catalog = if is_readable(system) {
        asked(kernel, server).await
    } else {
        // What the manifest declares itself, for a system that cannot be asked.
        Some(system.catalog.clone()).filter(|catalog| !catalog.is_empty())
    };
    match catalog.map(|catalog| system.label(catalog)) {
        Some(catalog) => install(kernel, server, catalog, cause).await,
        None => kernel.rules.set_catalog(server, Catalog::default(), None),
    }
}

async fn asked(kernel: &Kernel, server: &str) -> Option<Catalog> {
    let errand = kernel.journal.errand("catalog", server).await.ok()?;
    let asked = kernel.south.errand(&errand, server, TOOL, Object::new());
    read(&asked.await.ok()?)
}

/// Puts a catalogue in force once the log has its digest and its text lies beside it.
async fn install(kernel: &Kernel, server: &str, catalog: Catalog, cause: Cause) {
    let text = catalog.text(server, quotable, |name| {
        Leaf::of_bytes(name.as_bytes()).to_string()
    });
    let digest = Leaf::of_bytes(text.as_bytes());
    let known = kernel.rules.current().digests.get(server) == Some(&digest);
    let recorded = known
        || kernel
            .journal
            .catalog_loaded(server, cause.as_str(), &text)
            .await
            .is_ok();
    match recorded {
        true => kernel.rules.set_catalog(server, catalog, Some(digest)),
        false => kernel.rules.set_catalog(server, Catalog::default(), None),
    }
}

/// Reads the tool's answer; `None` where it is not of the agreed shape.
fn read(answer: &Json) -> Option<Catalog> {
    let content = answer.get("structuredContent")?;
    let mut catalog = Catalog::default();
    let schema = content.get("schema").and_then(Json::as_str);
    catalog.revision = schema.map(str::to_owned);
    for table in content.get("tables")?.as_array()? {
        let text = |key| table.get(key).and_then(Json::as_str).map(str::to_owned);
        let columns = table
            .get("columns")
            .and_then(Json::as_array)
            .unwrap_or_default();
        let view = text("sql").or_else(|| text("view"));
        catalog.insert(Table {
            name: text("name")?,
            columns: if view.is_some() {
                Vec::new()
            } else {
                columns.iter().map(column).collect::<Option<_>>()?
            },
            view,
        });
    }
    Some(catalog)
}

fn column(column: &Json) -> Option<Column> {
    let declared_type = column.get("type").and_then(Json::as_str);
    Some(Column {
        declared_type: declared_type.unwrap_or_default().to_owned(),
        key: column.get("key").and_then(Json::as_bool).unwrap_or(false),
        ..Column::named(column.get("name")?.as_str()?)
    })
}
