//! All calls of one tool that rules can tell apart: real ones, read by the interceptors, and what they leave open.
//! Knows nothing of principals, nor of what is decided.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::bits::{self, Bit};
use super::cuts::Cuts;
use super::patterns::{self, NAME};
use super::{statements, values};
use crate::call::{Arguments, Call};
use crate::inspect::{self, Examined, Fact, Finding, World};
use crate::json::{Json, Object};
use crate::limits;
use crate::manifest::{ArgumentKind, Catalog, Column, Manifests, System, Table, Tool};
use crate::policy::{Policy, Unknown};
use crate::principal::{Principal, Proof};

/// The run that proven calls are said to be in.
pub(super) const RUN: &str = "prove";

/// One tool's calls.
pub(super) struct Space<'a> {
    pub(super) system: &'a System,
    pub(super) tool: &'a Tool,
    /// Calls that the kernel reads.
    pub(super) real: Vec<Real>,
    /// How many more were refused before any rule was asked.
    pub(super) refused: u64,
    /// What real calls do not exhaust.
    pub(super) open: Vec<Open>,
    /// What could be found in such a call beside.
    pub(super) bits: Vec<Bit>,
    /// Why the space is not whole, where it is not.
    pub(super) lacking: Option<String>,
    /// Arguments of which single values stand for no others.
    pub(super) abstracted: BTreeSet<String>,
    /// The values of each argument, until all statements are tried.
    choices: Vec<Choice<'a>>,
    tried: bool,
}

/// An argument's name and values; `None` is leaving it out.
type Choice<'a> = (&'a str, Vec<Option<Json>>);

/// A call as it was read.
pub(super) struct Real {
    pub(super) examined: Examined,
    /// Whether it names only what manifests declare, so that `aegis explain` reads it alike.
    pub(super) declared: bool,
}

/// A call of which some arguments are given and not known: it stands for every value of them.
pub(super) struct Open {
    /// The real call that it is like in all else.
    pub(super) like: usize,
    pub(super) findings: Vec<Finding>,
    pub(super) unknown: Unknown,
}

impl<'a> Space<'a> {
    /// The space of a tool, cut where the policies and the question look.
    pub(super) fn of(
        policies: &[&Policy],
        (manifests, system, tool): (&Manifests, &'a System, &'a Tool),
        cuts: &Cuts<'_>,
    ) -> Self {
        let mut space = Self {
            system,
            tool,
            real: Vec::new(),
            refused: 0,
            open: Vec::new(),
            bits: Vec::new(),
            lacking: None,
            abstracted: BTreeSet::new(),
            choices: Vec::new(),
            tried: false,
        };
        for argument in &tool.arguments {
            let mut values = values::of((system, tool), argument, cuts, manifests);
            if let ArgumentKind::Sql(_) = argument.kind {
                values.found = vec![Some(Json::from("SELECT 1"))];
                values.complete = false;
            }
            if !values.complete {
                space.abstracted.insert(argument.name.clone());
            }
            space.choices.push((&argument.name, values.found));
        }
        space.call(manifests, cuts);
        if !space.abstracted.is_empty() {
            let (bits, complete) = bits::of(policies, (system, tool), &space.abstracted, cuts);
            space.bits = bits;
            if !complete {
                let why =
                    "rules tell names of tables or functions apart in more ways than are looked at";
                space.lacking.get_or_insert_with(|| why.to_owned());
            }
            space.leave_open();
        }
        if space.real.is_empty() && space.lacking.is_none() {
            space.lacking = Some("no call to it could be made that the kernel reads".to_owned());
        }
        space
    }

    /// Makes every call of the present choices.
    fn call(&mut self, manifests: &Manifests, cuts: &Cuts<'_>) {
        match product(&self.choices) {
            Some(calls) => self.read(manifests, cuts, calls),
            None => {
                let most = limits::PROVE_CALLS_MAX;
                let why = format!(
                    "its arguments have more than {most} classes (limits::PROVE_CALLS_MAX)"
                );
                self.lacking.get_or_insert(why);
            }
        }
    }

    /// Tries statements too, where the tool takes any and they were not tried yet.
    pub(super) fn try_statements(&mut self, manifests: &Manifests, cuts: &Cuts<'_>) {
        let choices = std::mem::take(&mut self.choices);
        let texts = self.texts(cuts);
        for (name, values) in choices {
            let values = match self.is_statement(name) {
                true => texts
                    .iter()
                    .map(|text| Some(Json::from(text.as_str())))
                    .collect(),
                false => values,
            };
            self.choices.push((name, values));
        }
        if self.tool.reads_statements() && !self.tried {
            self.tried = true;
            self.call(manifests, cuts);
        }
    }

    fn texts(&self, cuts: &Cuts<'_>) -> Vec<String> {
        let tables = cuts
            .lexicon
            .classes(NAME, &patterns::tables(cuts, self.system));
        let functions = cuts.lexicon.classes(NAME, &patterns::named(cuts, "calls"));
        let new = tables.found.into_iter();
        let new = new.filter(|name| self.system.catalog.table(name).is_none());
        statements::of(
            &self.system.catalog,
            &new.collect(),
            &functions.found.into_iter().collect(),
        )
    }

    /// Reads each call as a running kernel does; where a table is not declared, as if it were there.
    fn read(&mut self, manifests: &Manifests, cuts: &Cuts<'_>, calls: Vec<Object>) {
        let catalogs = catalogs(manifests);
        let mut wider = catalogs.clone();
        let names = cuts
            .lexicon
            .classes(NAME, &patterns::tables(cuts, self.system));
        let mut catalog = self.system.catalog.clone();
        for name in names.found {
            if catalog.table(&name).is_none() {
                catalog.insert(undeclared(name));
            }
        }
        wider.insert(self.system.server.clone(), Arc::new(catalog));
        let full_name = self.tool.full_name();
        let read = |arguments: &Object, catalogs| {
            let principal = Principal::assertion("somebody", Proof::Hypothetical);
            let arguments = Arguments::from_json(&Json::Object(arguments.clone()));
            let arguments = arguments.map_err(|fault| fault.to_string())?;
            let call = Call::new(principal, RUN, full_name, arguments);
            let world = World {
                manifests,
                catalogs,
            };
            let bound = manifests.bind(call, |_, _| true);
            let examined = bound.and_then(|bound| inspect::examine(bound, &world));
            examined.map_err(|denial| denial.first().rule.to_string())
        };
        for arguments in calls {
            let known = read(&arguments, &catalogs);
            let declared = known.is_ok();
            match known.or_else(|_| read(&arguments, &wider)) {
                Ok(examined) => self.real.push(Real { examined, declared }),
                Err(rule) => {
                    self.refused = self.refused.saturating_add(1);
                    self.lost(&rule);
                }
            }
        }
    }

    /// One that was refused for its spelling stands for others that may not be: then a class is without a call. Values
    /// that a manifest does not admit, and statements, which are also judged bit by bit, stand for themselves alone.
    fn lost(&mut self, rule: &str) {
        let own = ["kernel.", "sql."].iter().any(|own| rule.starts_with(own));
        if !own {
            let why =
                format!("a class of its arguments has no call that the kernel reads ({rule})");
            self.lacking.get_or_insert(why);
        }
    }

    /// For each call one that is like it in all but what is not known.
    fn leave_open(&mut self) {
        let given = |name: &&String| {
            let mut real = self.real.iter();
            real.any(|real| real.examined.call().arguments().get(name).is_some())
        };
        // Of what is never given, nothing is left open: then its values were not looked at.
        if let Some(name) = self.abstracted.iter().find(|name| !given(name)) {
            let why = format!("no value of `{name}` was found that stands for the others");
            self.lacking.get_or_insert(why);
        }
        let mut seen = BTreeSet::new();
        for (like, real) in self.real.iter().enumerate() {
            let arguments = real.examined.call().arguments();
            let hidden: BTreeSet<String> = self
                .abstracted
                .iter()
                .filter(|name| arguments.get(name).is_some())
                .cloned()
                .collect();
            let known = arguments.iter().filter(|(name, _)| !hidden.contains(*name));
            let known: BTreeMap<&str, String> = known
                .map(|(name, value)| (name, value.to_string()))
                .collect();
            if !seen.insert((hidden.clone(), format!("{known:?}"))) {
                continue;
            }
            let findings = real.examined.findings().iter();
            let findings =
                findings.filter_map(|finding| match hidden.contains(&finding.argument) {
                    false => Some(finding.clone()),
                    // What a statement does is told by bits.
                    true if self.is_statement(&finding.argument) => None,
                    true => Some(Finding {
                        fact: unknown(&finding.fact)?,
                        ..finding.clone()
                    }),
                });
            self.open.push(Open {
                like,
                findings: findings.collect(),
                unknown: Unknown {
                    facts: hidden
                        .iter()
                        .filter(|name| !self.is_statement(name))
                        .cloned()
                        .collect(),
                    values: hidden,
                    receipts: false,
                },
            });
        }
    }

    /// What a statement does is told bit by bit, so nothing about its facts is unknown.
    fn is_statement(&self, name: &str) -> bool {
        let mut arguments = self.tool.arguments.iter();
        arguments.any(|a| a.name == name && matches!(a.kind, ArgumentKind::Sql(_)))
    }
}

/// What is still known of a fact whose argument is not; `None` where it is told by a bit, if at all.
fn unknown(fact: &Fact) -> Option<Fact> {
    match fact {
        Fact::Touches { access, .. } => Some(Fact::Touches {
            path: String::new(),
            access: *access,
        }),
        Fact::Contacts(_) => Some(Fact::Contacts(String::new())),
        Fact::Reads(_) => Some(Fact::Reads(String::new())),
        Fact::Names(dataset) => Some(Fact::Names(dataset.clone())),
        // Perhaps, or never of such an argument: with less that is found, no more is denied.
        Fact::Writes(_)
        | Fact::Inserts(_)
        | Fact::Updates(_)
        | Fact::Deletes(_)
        | Fact::Creates(_)
        | Fact::Drops(_)
        | Fact::Truncates(_)
        | Fact::Alters(_)
        | Fact::UnscopedDelete(_)
        | Fact::UnscopedUpdate(_)
        | Fact::Calls(_)
        | Fact::Filters(_)
        | Fact::LooksUp(_)
        | Fact::Constrains(_)
        | Fact::Launders(_)
        | Fact::DomainRead(_)
        | Fact::DomainWrite(_)
        | Fact::Restores(_)
        | Fact::Passes(_)
        | Fact::Opens(_) => None,
    }
}

/// The tables that manifests declare.
pub(super) fn catalogs(manifests: &Manifests) -> BTreeMap<String, Arc<Catalog>> {
    manifests
        .systems()
        .map(|system| (system.server.clone(), Arc::new(system.catalog.clone())))
        .collect()
}

fn undeclared(name: String) -> Table {
    let mut key = Column::named("id");
    key.key = true;
    Table {
        name,
        columns: vec![key, Column::named("x")],
        view: None,
        constraints: Vec::new(),
    }
}

/// Every choice for every argument; `None` where these are too many.
fn product(choices: &[Choice<'_>]) -> Option<Vec<Object>> {
    let mut calls = vec![Object::new()];
    for (name, values) in choices {
        if calls.len().saturating_mul(values.len()) > limits::PROVE_CALLS_MAX {
            return None;
        }
        calls = calls
            .iter()
            .flat_map(|call| {
                values.iter().map(|value| {
                    let mut call = call.clone();
                    if let Some(value) = value {
                        call.insert(*name, value.clone());
                    }
                    call
                })
            })
            .collect();
    }
    Some(calls)
}
