//! The kernel's own reading of each system's tables: at the start, after every definition, and when they changed
//! behind its back.
//! Knows nothing of labels beyond asking the manifest to put them on.

use std::collections::BTreeSet;
use std::sync::Arc;

use aegis_core::audit::{Leaf, quotable};
use aegis_core::denial::{Denial, Phase};
use aegis_core::inspect::sql::Dialect;
use aegis_core::json::{Json, Object};
use aegis_core::manifest::{
    ArgumentKind, Bound, Catalog, Column, Constraint, Copied, EVERY_COLUMN, Label, System, Table,
};
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
    /// A permitted write takes labels to columns that did not carry them.
    Copied,
}

impl Cause {
    fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Defined => "defined",
            Self::Changed => "changed",
            Self::Again => "again",
            Self::Copied => "copied",
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
    Box::pin(refresh(kernel, &system.server, Cause::Again)).await;
    let now = kernel.rules.current();
    match now.policy.epoch() == rules.policy.epoch() {
        true => now,
        false => rules, // one epoch for the whole call
    }
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
        asked(kernel, system).await
    } else {
        // What the manifest declares itself, for a system that cannot be asked.
        Some(system.catalog.clone()).filter(|catalog| !catalog.is_empty())
    };
    let known = match catalog {
        Some(catalog) => remembered(kernel, system, catalog, cause).await,
        None => None,
    };
    match known {
        Some(catalog) => {
            install(kernel, server, catalog, cause).await;
        }
        None => kernel.rules.set_catalog(server, Catalog::default(), None),
    }
}

/// The catalogue with the manifest's labels and those that went into its columns since. Where labelled tables are gone
/// and others have come, and no call of the kernel's own did that, the others may be what was labelled: they
/// carry all of its labels.
async fn remembered(
    kernel: &Kernel,
    system: &System,
    catalog: Catalog,
    cause: Cause,
) -> Option<Catalog> {
    let server = system.server.as_str();
    let mut copies = kernel.state.copies(server).await.ok()?;
    let before = kernel.state.tables(server).await.ok()?.unwrap_or_default();
    let base = catalog.tables().filter(|table| table.view.is_none());
    let now: BTreeSet<String> = base.map(|table| table.name.to_ascii_lowercase()).collect();
    if before == now {
        return Some(system.label(catalog).carrying(copies));
    }
    let mut fresh = Vec::new();
    if cause != Cause::Defined {
        let gone = |table: &String| before.contains(table) && !now.contains(table);
        let labels = labels_of(system, &copies).filter(|(table, _)| gone(table));
        for (_, label) in labels.collect::<BTreeSet<_>>() {
            let come = now.difference(&before);
            fresh.extend(come.map(|to| Copied::new(server, to, EVERY_COLUMN, label.clone())));
        }
    }
    copies.extend(fresh.iter().cloned());
    kernel.state.note(server, now, fresh).await.ok()?;
    Some(system.label(catalog).carrying(copies))
}

/// Each label with the folded name of a table that it lies on.
fn labels_of<'a>(
    system: &'a System,
    copies: &'a [Copied],
) -> impl Iterator<Item = (String, Label)> + 'a {
    let own = system.labels.iter();
    let own = own.map(|((table, _), (label, _))| (table.clone(), label.clone()));
    let copied = copies.iter();
    own.chain(copied.map(|copied| (copied.table.clone(), copied.label.clone())))
}

/// Puts the labels in force that a call takes to other columns, before it is sent.
pub(crate) async fn carry(kernel: &Kernel, copies: &[Copied]) -> Result<(), Denial> {
    let servers: BTreeSet<&str> = copies.iter().map(|copied| copied.server.as_str()).collect();
    for server in servers {
        let _alone = kernel.defining.lock().await;
        let catalog = Catalog::clone(&kernel.rules.current().catalog(server));
        let own = copies.iter().filter(|copied| copied.server == server);
        let catalog = catalog.carrying(own.cloned());
        if !install(kernel, server, catalog, Cause::Copied).await {
            return Err(unrecorded());
        }
    }
    Ok(())
}

/// Whether the columns that a call could read carry no label now that they did not when it was judged, its own
/// writes aside: what it read may have been copied there in between.
pub(crate) fn unchanged(kernel: &Kernel, judged: &Judged<'_>) -> Result<(), Denial> {
    let now = kernel.rules.current().catalog(judged.server);
    let news = now.copies().difference(judged.catalog.copies());
    let touched = |copied: &&Copied| {
        let mut tables = judged.tables.iter();
        tables.any(|table| table.eq_ignore_ascii_case(&copied.table))
    };
    let mut foreign = news.filter(|copied| !judged.copies.contains(copied));
    match foreign.find(touched) {
        None => Ok(()),
        Some(_) => Err(Denial::kernel(
            "kernel.labels-changed",
            Phase::Kernel,
            "while the call was under way, another one copied labelled data to where it reads",
            "ask again: the labels are known now",
        )),
    }
}

/// What a call was judged by, as far as labels may move while it is under way.
pub(crate) struct Judged<'a> {
    /// The system that it went to.
    pub(crate) server: &'a str,
    /// The catalogue of that moment.
    pub(crate) catalog: &'a Catalog,
    /// The tables that it reads or writes.
    pub(crate) tables: &'a BTreeSet<String>,
    /// Labels that it took elsewhere itself.
    pub(crate) copies: &'a [Copied],
}

fn unrecorded() -> Denial {
    Denial::kernel(
        "kernel.log-unavailable",
        Phase::Kernel,
        "the kernel cannot record where labels go, and lets nothing go that it cannot record",
        "an operator must look at the kernel's log and start it again",
    )
}

async fn asked(kernel: &Kernel, system: &System) -> Option<Catalog> {
    let server = system.server.as_str();
    let errand = kernel.journal.errand("catalog", server).await.ok()?;
    let asked = kernel.south.errand(&errand, server, TOOL, Object::new());
    let answer = asked.await.ok()?;
    let content = answer.get("structuredContent")?;
    let spoken = content.get("dialect").and_then(Json::as_str);
    let fits = spoken.is_none_or(|spoken| speaks(system, spoken));
    read(&answer).filter(|_| fits)
}

/// Whether all statements for a system are read in the dialect that its engine says it speaks: read in another one they would
/// not be what is executed.
fn speaks(system: &System, spoken: &str) -> bool {
    let arguments = system.tools.values().flat_map(|tool| &tool.arguments);
    let mut dialects = arguments.filter_map(|argument| match argument.kind {
        ArgumentKind::Sql(dialect) => Some(dialect),
        _ => None,
    });
    dialects.all(|dialect| Some(dialect) == Dialect::parse(spoken))
}

/// Puts a catalogue in force once the log has its digest and its text lies beside it; `false` where that fails.
async fn install(kernel: &Kernel, server: &str, catalog: Catalog, cause: Cause) -> bool {
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
    let (catalog, digest) = match recorded {
        true => (catalog, Some(digest)),
        false => (Catalog::default(), None),
    };
    kernel.rules.set_catalog(server, catalog, digest);
    recorded
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
        let mut read = Table {
            name: text("name")?,
            columns: if view.is_some() {
                Vec::new()
            } else {
                columns.iter().map(column).collect::<Option<_>>()?
            },
            view,
            constraints: constraints(table)?,
        };
        let unfilled = names(table, "unfilled").unwrap_or_default();
        for column in &mut read.columns {
            column.filled = !unfilled.contains(&column.name);
        }
        catalog.insert(read);
    }
    Some(catalog)
}

/// What the table's rows must keep to; a column that cannot be NULL is a check like any other. Who says nothing of
/// it has none that is known.
fn constraints(table: &Json) -> Option<Vec<Constraint>> {
    let list = |key| {
        table
            .get(key)
            .and_then(Json::as_array)
            .unwrap_or_default()
            .iter()
    };
    let required = list("columns")
        .filter(|column| column.get("nullable").and_then(Json::as_bool) == Some(false));
    let required = required.map(|column| {
        let columns = vec![column.get("name")?.as_str()?.to_owned()];
        Some(Constraint::Check { columns })
    });
    list("constraints")
        .map(constraint)
        .chain(required)
        .collect()
}

fn constraint(written: &Json) -> Option<Constraint> {
    let flag = |key| written.get(key).and_then(Json::as_bool);
    if let Some(columns) = names(written, "unique") {
        let plain = flag("plain")?;
        return Some(Constraint::Unique { columns, plain });
    }
    if let Some(columns) = names(written, "check") {
        return Some(Constraint::Check { columns });
    }
    Some(Constraint::References {
        columns: names(written, "columns")?,
        table: written.get("references")?.as_str()?.to_owned(),
        to: names(written, "to")?,
        follows: flag("follows")?,
    })
}

fn names(of: &Json, key: &str) -> Option<Vec<String>> {
    let list = of.get(key)?.as_array()?.iter();
    list.map(|name| name.as_str().map(str::to_owned)).collect()
}

fn column(column: &Json) -> Option<Column> {
    let declared_type = column.get("type").and_then(Json::as_str);
    Some(Column {
        declared_type: declared_type.unwrap_or_default().to_owned(),
        key: column.get("key").and_then(Json::as_bool).unwrap_or(false),
        ..Column::named(column.get("name")?.as_str()?)
    })
}
