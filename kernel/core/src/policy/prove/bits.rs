//! What could be found in a call, one thing at a time: the steps of which every reading of a statement is made.
//! Knows nothing of statements, nor of decisions.

use std::collections::BTreeSet;

use super::cuts::Cuts;
use super::patterns::{self, NAME};
use crate::inspect::{Fact, Finding, Output, within_domains};
use crate::manifest::{Access, Argument, ArgumentKind, Label, System, Tool};
use crate::policy::Policy;

/// Findings, and perhaps a column of the answer, with whatever always comes with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bit {
    pub(super) findings: Vec<Finding>,
    pub(super) outputs: Vec<Output>,
}

impl Bit {
    fn found(system: &System, argument: &str, fact: Fact) -> Self {
        let mut findings = vec![Finding {
            fact,
            argument: argument.to_owned(),
            span: None,
        }];
        within_domains(&mut findings, system);
        Self {
            findings,
            outputs: Vec::new(),
        }
    }

    /// In words: `writes orders`, `pii.email in the answer`.
    pub(super) fn words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for output in &self.outputs {
            let labels: Vec<&str> = output.labels.iter().map(Label::as_str).collect();
            let how = match (output.bare, output.summed.is_empty()) {
                (true, _) => "in the answer",
                (false, true) => "in something computed in the answer",
                (false, false) => "in a sum in the answer",
            };
            words.push(format!("{} {how}", labels.join("+")));
        }
        words.extend(self.findings.iter().map(|f| {
            format!("{} {}", f.fact.kind(), f.fact.subject())
                .trim_end()
                .to_owned()
        }));
        words.join(", ")
    }
}

/// Every bit of a tool, and whether these are all.
pub(super) fn of(
    policy: &[&Policy],
    (system, tool): (&System, &Tool),
    abstracted: &BTreeSet<String>,
    cuts: &Cuts<'_>,
) -> (Vec<Bit>, bool) {
    let mut bits = Vec::new();
    let mut complete = true;
    for argument in &tool.arguments {
        if matches!(argument.kind, ArgumentKind::Sql(_)) {
            complete &= of_statement(system, argument, cuts, &mut bits);
            outputs(policy, system, argument, &mut bits);
        } else if abstracted.contains(&argument.name) {
            hidden(system, argument, &mut bits);
        }
        let masked = argument.masked.restores.iter();
        let restored = masked.map(|name| Fact::Restores(name.clone()));
        let passed = argument.masked.passes.then(|| Fact::Passes(String::new()));
        let back = restored.chain(passed);
        bits.extend(back.map(|fact| Bit::found(system, &argument.name, fact)));
    }
    (bits, complete)
}

/// What a path or table that is not known could lie in, beside what is always found.
fn hidden(system: &System, argument: &Argument, bits: &mut Vec<Bit>) {
    let reads = match argument.kind {
        ArgumentKind::Table
        | ArgumentKind::Path(Access::List | Access::Read)
        | ArgumentKind::Paths(Access::List | Access::Read) => true,
        ArgumentKind::Path(Access::Write | Access::Delete)
        | ArgumentKind::Paths(Access::Write | Access::Delete) => false,
        ArgumentKind::Sql(_)
        | ArgumentKind::SqlParams
        | ArgumentKind::Url
        | ArgumentKind::Dataset
        | ArgumentKind::Plain(_) => return,
    };
    for domain in &system.domains {
        let fact = match reads {
            true => Fact::DomainRead(domain.name.clone()),
            false => Fact::DomainWrite(domain.name.clone()),
        };
        bits.push(Bit::found(system, &argument.name, fact));
    }
}

/// All facts of statements; whether their subjects are all that rules can tell apart.
fn of_statement(
    system: &System,
    argument: &Argument,
    cuts: &Cuts<'_>,
    bits: &mut Vec<Bit>,
) -> bool {
    let mut add = |fact| bits.push(Bit::found(system, &argument.name, fact));
    let tables = cuts.lexicon.classes(NAME, &patterns::tables(cuts, system));
    let declared = system.catalog.tables().map(|table| table.name.clone());
    let names: BTreeSet<String> = tables.found.into_iter().chain(declared).collect();
    const OF_TABLES: [fn(String) -> Fact; 11] = [
        Fact::Reads,
        Fact::Writes,
        Fact::Inserts,
        Fact::Updates,
        Fact::Deletes,
        Fact::Creates,
        Fact::Drops,
        Fact::Truncates,
        Fact::Alters,
        Fact::UnscopedDelete,
        Fact::UnscopedUpdate,
    ];
    for name in names {
        OF_TABLES.iter().for_each(|fact| add(fact(name.clone())));
    }
    let functions = cuts.lexicon.classes(NAME, &patterns::named(cuts, "calls"));
    for name in functions.found {
        add(Fact::Calls(name));
    }
    let mut labels: BTreeSet<Label> = system
        .labels
        .values()
        .map(|(label, _)| label.clone())
        .collect();
    if !labels.is_empty() {
        labels.insert(Label::unknown_personal());
    }
    const OF_LABELS: [fn(Label) -> Fact; 4] = [
        Fact::Filters,
        Fact::LooksUp,
        Fact::Constrains,
        Fact::Launders,
    ];
    for label in labels {
        OF_LABELS.iter().for_each(|fact| add(fact(label.clone())));
    }
    for family in &argument.families {
        add(Fact::Opens(*family));
    }
    tables.complete && functions.complete
}

/// Each labelled column in the answer: as it is, computed with, and of measures summed; alone, and beside the columns
/// that say whose a row is.
fn outputs(policies: &[&Policy], system: &System, argument: &Argument, bits: &mut Vec<Bit>) {
    let subjects: BTreeSet<&str> = policies
        .iter()
        .flat_map(|policy| policy.subject_columns())
        .collect();
    let subjects: Vec<Bit> = subjects
        .into_iter()
        .filter_map(|at| at.rsplit_once('.'))
        .map(|(table, column)| column_bit(system, argument, (table, column), Shape::Bare))
        .collect();
    for ((table, column), (_, measure)) in &system.labels {
        let mut shapes = vec![Shape::Bare, Shape::Computed];
        if *measure {
            shapes.push(Shape::Summed);
        }
        for shape in shapes {
            let alone = column_bit(system, argument, (table, column), shape);
            if !subjects.is_empty() {
                bits.push(joined(std::iter::once(&alone).chain(&subjects)));
            }
            bits.push(alone);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Bare,
    Computed,
    Summed,
}

fn column_bit(
    system: &System,
    argument: &Argument,
    (table, column): (&str, &str),
    shape: Shape,
) -> Bit {
    let at = (table.to_ascii_lowercase(), column.to_ascii_lowercase());
    let labels: BTreeSet<Label> = system
        .labels
        .get(&at)
        .map(|(label, _)| label.clone())
        .into_iter()
        .collect();
    let summed = match shape {
        Shape::Summed => labels.clone(),
        Shape::Bare | Shape::Computed => BTreeSet::new(),
    };
    let known = system.catalog.table(table);
    let name = known.map_or(table, |table| table.name.as_str());
    let mut bit = Bit::found(system, &argument.name, Fact::Reads(name.to_owned()));
    bit.outputs.push(Output {
        name: column.to_owned(),
        sources: BTreeSet::from([format!("{table}.{column}")]),
        labels,
        summed,
        bare: shape == Shape::Bare,
    });
    bit
}

/// All of them together.
pub(super) fn joined<'b>(bits: impl Iterator<Item = &'b Bit>) -> Bit {
    let mut all = Bit::default();
    for bit in bits {
        for finding in &bit.findings {
            if !all.findings.contains(finding) {
                all.findings.push(finding.clone());
            }
        }
        all.outputs.extend(bit.outputs.iter().cloned());
    }
    all
}
