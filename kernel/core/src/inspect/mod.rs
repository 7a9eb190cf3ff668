//! Interceptors: opaque arguments become facts.
//! Knows nothing of policies or principals.

mod dataset;
mod examined;
mod fact;
mod interceptor;
mod masked;
mod output;
mod path;
mod reach;
mod sought;
pub mod sql;
mod sql_argument;
mod table;
mod url;

pub use examined::Examined;
pub(crate) use examined::ExaminedParts;
pub use fact::{Fact, Finding};
pub use interceptor::{ALL, Interceptor, Readings, Scope};
pub use masked::Restoration;
pub use output::Output;
pub use path::{PathFault, normalise};
pub use reach::Reach;
pub use sought::Sought;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::capability::Capability;
use crate::denial::{Denial, Phase};
use crate::manifest::{Access, Argument, ArgumentKind, Bound, Catalog, Manifests, System};

/// What arguments are read against.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// All systems.
    pub manifests: &'a Manifests,
    /// Each system's tables, labelled, by server name.
    pub catalogs: &'a BTreeMap<String, Arc<Catalog>>,
}

/// Gate two: every argument is read by the interceptor of its kind.
///
/// # Errors
/// A denial by the name that the interceptor gives: unread arguments are not judged.
pub fn examine(bound: Bound, world: &World<'_>) -> Result<Examined, Denial> {
    let mut all = Readings::default();
    let system = Arc::clone(bound.system());
    let tool = Arc::clone(bound.tool());
    let empty = Arc::new(Catalog::default());
    let catalog = world.catalogs.get(&system.server).unwrap_or(&empty);
    let params = tool
        .arguments
        .iter()
        .find(|argument| matches!(argument.kind, ArgumentKind::SqlParams))
        .map(|argument| bound.call().arguments().get(&argument.name))
        .map(|values| values.and_then(|v| v.as_array()).unwrap_or_default());
    let scope = Scope {
        manifests: world.manifests,
        system: &system,
        catalog,
        catalogs: world.catalogs,
        publishes: tool
            .capabilities
            .contains(&Capability::known("medallion", "promote")),
        params,
    };
    for argument in &tool.arguments {
        if let Some(value) = bound.call().arguments().get(&argument.name)
            && let Some(interceptor) = interceptor_of(argument)?
        {
            merge(&mut all, interceptor.read(argument, value, &scope)?);
        }
    }
    let targets = std::mem::take(&mut all.targets);
    for argument in &tool.arguments {
        if let Some(value) = bound.call().arguments().get(&argument.name) {
            masked::read(argument, value, &system, &targets, &mut all)?;
        }
    }
    within_domains(&mut all.findings, &system);
    Ok(Examined::new(bound, all, Arc::clone(catalog)))
}

/// The interceptor that reads an argument; plain values were checked when the call was bound, and
/// bound parameters never become part of a statement's text.
fn interceptor_of(argument: &Argument) -> Result<Option<&'static dyn Interceptor>, Denial> {
    if matches!(
        argument.kind,
        ArgumentKind::Plain(_) | ArgumentKind::SqlParams
    ) {
        return Ok(None);
    }
    match ALL
        .iter()
        .find(|interceptor| interceptor.reads(&argument.kind))
    {
        Some(interceptor) => Ok(Some(*interceptor)),
        None => Err(Denial::kernel(
            "kernel.unread-argument",
            Phase::Examination,
            "no interceptor reads this kind of argument",
            "ask the operator to declare the argument with a kind that this kernel reads",
        )),
    }
}

fn merge(all: &mut Readings, one: Readings) {
    all.findings.extend(one.findings);
    all.reach.reads.extend(one.reach.reads);
    all.reach.columns.extend(one.reach.columns);
    all.reach.writes.extend(one.reach.writes);
    all.reach.ddl.extend(one.reach.ddl);
    all.reach.pragmas.extend(one.reach.pragmas);
    // A tool takes one statement at the most.
    all.reach.sought = all.reach.sought.take().or(one.reach.sought);
    all.reach.guesses |= one.reach.guesses;
    all.reach.copied.extend(one.reach.copied);
    all.reach.renamed.extend(one.reach.renamed);
    all.copies.extend(one.copies);
    all.subjects.extend(one.subjects);
    all.writes.extend(one.writes);
    all.targets.extend(one.targets);
    // Two statements in one call would make the positions of outputs ambiguous: keep none, which
    // release treats as "mask everything".
    all.outputs = match (all.outputs.take(), one.outputs) {
        (Some(_), Some(_)) => Some(Vec::new()),
        (first, second) => first.or(second),
    };
}

/// Adds what is true of a finding because of where it points: inside a protected domain.
pub(crate) fn within_domains(findings: &mut Vec<Finding>, system: &System) {
    let mut added = Vec::new();
    for finding in &*findings {
        for domain in &system.domains {
            let fact = match &finding.fact {
                Fact::Reads(table) if domain.holds_table(table) => {
                    Fact::DomainRead(domain.name.clone())
                }
                Fact::Writes(table)
                | Fact::Creates(table)
                | Fact::Drops(table)
                | Fact::Truncates(table)
                | Fact::Alters(table)
                | Fact::UnscopedDelete(table)
                | Fact::UnscopedUpdate(table)
                    if domain.holds_table(table) =>
                {
                    Fact::DomainWrite(domain.name.clone())
                }
                Fact::Touches { path, access } => match access {
                    Access::Read | Access::List if domain.holds_path(path) => {
                        Fact::DomainRead(domain.name.clone())
                    }
                    Access::Write | Access::Delete
                        if domain.holds_path(path) || domain.lies_below(path) =>
                    {
                        Fact::DomainWrite(domain.name.clone())
                    }
                    _ => continue,
                },
                _ => continue,
            };
            added.push(Finding {
                fact,
                ..finding.clone()
            });
        }
    }
    findings.extend(added);
    findings.sort_by(|a, b| (&a.fact, &a.argument, a.span).cmp(&(&b.fact, &b.argument, b.span)));
    findings.dedup();
}
