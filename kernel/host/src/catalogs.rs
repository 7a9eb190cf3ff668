//! The kernel's own reading of each system's tables: at the start and after every definition.
//! Knows nothing of labels beyond asking the manifest to put them on.

use aegis_core::json::{Json, Object};
use aegis_core::manifest::{Catalog, Column, System, Table};

use crate::lifecycle::Kernel;

/// The internal tool that lists tables, columns, keys and views.
const TOOL: &str = "describe_catalog";

/// Whether a system can be asked for its tables.
#[must_use]
pub(crate) fn is_readable(system: &System) -> bool {
    !system.native && system.tools.get(TOOL).is_some_and(|tool| tool.internal)
}

/// Reads one system's catalogue again. Where that fails the catalogue becomes empty: then no statement
/// on it is readable, which is a denial by name.
pub(crate) async fn refresh(kernel: &Kernel, server: &str) {
    let rules = kernel.rules.current();
    let Some(system) = rules
        .manifests
        .system(server)
        .filter(|system| is_readable(system))
    else {
        return;
    };
    let catalog = match kernel.journal.errand("catalog", server).await {
        Ok(errand) => kernel
            .south
            .errand(&errand, server, TOOL, Object::new())
            .await
            .ok()
            .and_then(|answer| read(&answer)),
        Err(_) => None,
    };
    kernel
        .rules
        .set_catalog(server, system.label(catalog.unwrap_or_default()));
}

/// Reads the tool's answer; `None` where it is not of the agreed shape.
fn read(answer: &Json) -> Option<Catalog> {
    let tables = answer.get("structuredContent")?.get("tables")?.as_array()?;
    let mut catalog = Catalog::default();
    for table in tables {
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
    Some(Column {
        name: column.get("name")?.as_str()?.to_owned(),
        label: None,
        key: column.get("key").and_then(Json::as_bool).unwrap_or(false),
        measure: false,
    })
}
