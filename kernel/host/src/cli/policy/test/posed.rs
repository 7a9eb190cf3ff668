//! A case made ready to be judged, once by the policy and many times by changed ones.
//! Knows nothing of what must come out.

use std::collections::BTreeMap;
use std::sync::Arc;

use aegis_core::call::{Arguments, Call};
use aegis_core::capability::CapabilitySet;
use aegis_core::denial::Denial;
use aegis_core::inspect::{self, Examined, Finding, World};
use aegis_core::json::{Json, Object};
use aegis_core::manifest::{Catalog, Column, Copied, Manifests, System, Table, Tool};
use aegis_core::now::Now;
use aegis_core::policy::{Policy, Question, Rule};
use aegis_core::principal::Principal;
use aegis_core::receipt::{LedgerView, Over, Spending, THIS_VALUE, VALUE};

use toml::Spanned;

use super::Tested;
use super::case::Case;
use super::judge::Judge;
use super::told::Told;
use crate::cli::explain::{self, answer};

/// The run that calls of cases are said to be in.
const RUN: &str = "test";

/// A call with what is known of it.
enum Read {
    /// As the interceptors read it.
    Examined(Box<Examined>),
    /// With facts that the case gives.
    Given(Box<Given>),
}

struct Given {
    principal: Principal,
    system: Arc<System>,
    tool: Arc<Tool>,
    arguments: Object,
    capabilities: CapabilitySet,
    findings: Vec<Finding>,
}

impl Read {
    fn question(&self) -> Question<'_> {
        match self {
            Self::Examined(examined) => Question::about(examined),
            Self::Given(given) => Question {
                principal: &given.principal,
                run: RUN,
                system: &given.system,
                tool: &given.tool,
                arguments: &given.arguments,
                capabilities: &given.capabilities,
                findings: &given.findings,
                outputs: None,
                subjects: &[],
                catalog: None,
            },
        }
    }
}

/// A case whose call was examined: what rules are asked about does not depend on the rules.
pub(super) struct Posed<'c> {
    pub(super) case: &'c Case,
    principal: Principal,
    tool: Option<Arc<Tool>>,
    /// What is said where the principal may not know of the tool.
    hidden: Denial,
    examined: Result<Read, Denial>,
    moments: Vec<(Now, LedgerView)>,
}

impl<'c> Posed<'c> {
    pub(super) fn of(case: &'c Case, tested: &Tested) -> Self {
        let manifests = &tested.loaded.manifests;
        let name = case.request.principal.as_ref();
        let name = name.unwrap_or(&tested.loaded.config.principal);
        let principal = explain::somebody(name);
        let call =
            |arguments: Arguments| Call::new(principal.clone(), RUN, &case.request.tool, arguments);
        let hidden = manifests.bind(call(Arguments::default()), |_, _| false);
        let catalogs = catalogs(case, manifests);
        let world = World {
            manifests,
            catalogs: &catalogs,
        };
        let examine = || {
            let bound = manifests.bind(call(case.request.arguments.clone()), |_, _| true)?;
            let examined = inspect::examine(bound, &world)?;
            Ok(Read::Examined(Box::new(examined)))
        };
        let given = given(case, &principal, manifests);
        let examined = given.map_or_else(examine, |given| Ok(Read::Given(Box::new(given))));
        let mut tools = manifests.tools();
        let tool = tools.find(|(full_name, ..)| *full_name == case.request.tool);
        let ledger = |now: &Now| {
            let rules = (&tested.policy, manifests);
            let mut ledger = case.request.ledger(rules, (name, RUN), *now);
            ledger.clock_went_back = case.clock_went_back;
            let written = case.written.iter();
            let subjects = written.filter_map(|name| manifests.dataset(name.get_ref()));
            let subjects = subjects.map(|dataset| (dataset.source.subject(), u64::MAX));
            ledger.last_write = subjects.collect();
            let asked = examined.as_ref().ok().map(Read::question);
            ledger.spending = spending(case, &tested.policy, asked.as_ref(), *now);
            (*now, ledger)
        };
        Self {
            case,
            moments: case.moments.iter().map(ledger).collect(),
            tool: tool.map(|(_, _, tool)| Arc::clone(tool)),
            // With nothing to know of, every call is of an unknown tool.
            hidden: hidden.err().unwrap_or_else(nothing_known),
            examined,
            principal,
        }
    }

    /// What comes out at each moment.
    pub(super) fn told(&self, judge: &impl Judge) -> Vec<Told> {
        let knows = |tool: &Arc<Tool>| judge.may_know(&self.principal, tool);
        let answer = |(now, ledger): &(Now, LedgerView)| {
            if !self.tool.as_ref().is_some_and(knows) {
                return Told::of(&Err(self.hidden.clone()), &[]);
            }
            match &self.examined {
                Err(denial) => Told::of(&Err(denial.clone()), &[]),
                Ok(examined) => {
                    let asked = examined.question();
                    let answer = judge.judge(&asked, ledger, *now);
                    Told::of(&answer, &judge.shadows(&asked, ledger, *now))
                }
            }
        };
        self.moments.iter().map(answer).collect()
    }

    /// Whether what comes out is what the case says, at each moment.
    pub(super) fn holds(&self, judge: &impl Judge) -> bool {
        let told = self.told(judge);
        told.iter()
            .all(|told| self.case.expect.differences(told).is_empty())
    }

    /// How many columns leave, and how many of them a rule masks.
    pub(super) fn masked_by(&self, policy: &Policy, rule: &str) -> Option<(usize, usize)> {
        let examined = self.examined.as_ref().ok()?;
        let asked = examined.question();
        let (now, ledger) = self.moments.first()?;
        let terms = policy.judge(&asked, ledger, *now).ok()?;
        let masks = terms.obligations.columns.iter();
        let masked = masks.filter(|mask| mask.rule == rule).count();
        Some((asked.outputs.unwrap_or_default().len(), masked))
    }

    /// The decision at one moment as `aegis explain` says it.
    pub(super) fn explained(&self, policy: &Policy, moment: usize) -> String {
        let id = Json::from(self.case.name.as_str());
        let known = self.tool.as_ref();
        let known = known.is_some_and(|tool| policy.may_know(&self.principal, tool));
        let none = Json::Array(Vec::new());
        let answer = match (&self.examined, self.moments.get(moment)) {
            (_, None) => return String::new(),
            _ if !known => answer::denied(id, &self.hidden, None, (policy, none)),
            (Err(denial), _) => answer::denied(id, denial, None, (policy, none)),
            (Ok(examined), Some((now, ledger))) => {
                let asked = examined.question();
                let shadows = answer::shadows(&policy.shadows(&asked, ledger, *now));
                match policy.judge(&asked, ledger, *now) {
                    Ok(terms) => answer::permitted(id, &terms, &asked, (Vec::new(), shadows)),
                    Err(denial) => answer::denied(id, &denial, Some(&asked), (policy, shadows)),
                }
            }
        };
        answer::in_words(&answer)
    }
}

/// The call with the facts of the case, where it gives them and the tool is there.
fn given(case: &Case, principal: &Principal, manifests: &Manifests) -> Option<Given> {
    let findings = case.facts.clone()?;
    let mut tools = manifests.tools();
    let (_, system, tool) = tools.find(|(name, ..)| *name == case.request.tool)?;
    let (name, arguments) = (&case.request.tool, case.request.arguments.clone());
    let call = Call::new(principal.clone(), RUN, name, arguments);
    let added = findings.iter().filter_map(|one| one.fact.capability());
    Some(Given {
        principal: principal.clone(),
        system: Arc::clone(system),
        tool: Arc::clone(tool),
        arguments: call.arguments().clone(),
        capabilities: tool.capabilities.iter().cloned().chain(added).collect(),
        findings,
    })
}

fn nothing_known() -> Denial {
    Denial::kernel(
        "kernel.unknown-tool",
        aegis_core::denial::Phase::Examination,
        "no tool of this name is declared for this principal",
        "call tools/list and use one of the names given there",
    )
}

/// The manifests' tables, those of the case beside them, and labels that were copied.
fn catalogs(case: &Case, manifests: &Manifests) -> BTreeMap<String, Arc<Catalog>> {
    let split = |text: &str| {
        let (server, rest) = text.split_once(':')?;
        Some((server.to_owned(), rest.to_owned()))
    };
    let mut all = BTreeMap::new();
    for system in manifests.systems() {
        let mut catalog = system.catalog.clone();
        for (name, columns) in &case.tables {
            let Some((server, table)) = split(name.get_ref()) else {
                continue;
            };
            if server == system.server {
                catalog.insert(named(table, columns));
            }
        }
        let copies = case.carried.iter().filter_map(|(place, label)| {
            let (server, rest) = split(place.get_ref())?;
            let (table, column) = rest.rsplit_once('.')?;
            let here = server == system.server;
            here.then(|| Copied::new(&server, table, column, label.clone()))
        });
        let catalog = system.label(catalog).carrying(copies);
        all.insert(system.server.clone(), Arc::new(catalog));
    }
    all
}

/// A table whose first column is its key.
fn named(name: String, columns: &[Spanned<String>]) -> Table {
    let columns = columns.iter().enumerate().map(|(at, column)| Column {
        key: at == 0,
        ..Column::named(column.get_ref())
    });
    Table {
        name,
        columns: columns.collect(),
        view: None,
        constraints: Vec::new(),
    }
}

/// What was taken from budgets before the call.
fn spending(case: &Case, policy: &Policy, asked: Option<&Question<'_>>, now: Now) -> Spending {
    let mut spending = Spending::at(now.unix_ms);
    let values = asked.map(|asked| policy.metered_values(asked));
    let values = values.unwrap_or_default();
    for (at, used) in case.used.iter().enumerate() {
        let account = used.budget.get_ref();
        let Some(over) = over(policy, account) else {
            continue; // said by `check`
        };
        let ago_ms = i64::try_from(used.ago_s.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let slot_ms = now.unix_ms.saturating_sub(ago_ms);
        let Some(value) = &used.value else {
            spending.add(account, slot_ms, over.booked(used.amount));
            continue;
        };
        let text = value.to_string();
        let mut here = values.iter().filter(|(metered, _)| metered == account);
        // As the store has it: a value of this very call under its place there, any other under a number.
        let place = here.find_map(|(_, texts)| texts.iter().position(|one| *one == text));
        let name = match place {
            Some(place) => format!("{account}{THIS_VALUE}{place}"),
            None => format!("{account}{VALUE}{at}"),
        };
        spending.add(&name, slot_ms, 1);
    }
    spending
}

/// How the budget of an account fills again; `None` where no rule has it.
pub(super) fn over(policy: &Policy, account: &str) -> Option<Over> {
    let id = account.split('/').next().unwrap_or(account);
    let rule = policy.rules().find(|rule| rule.id() == id)?;
    let window = |seconds| Over::Window { seconds };
    match rule {
        Rule::Budget(rule) => Some(rule.allowance.over),
        Rule::Lookup(rule) => Some(window(rule.budget.window_s)),
        Rule::Measure(rule) => Some(window(rule.budget.window_s)),
        Rule::Grant(_)
        | Rule::Block(_)
        | Rule::Argument(_)
        | Rule::Require(_)
        | Rule::SmallGroups(_)
        | Rule::Transform(_)
        | Rule::Role(_)
        | Rule::Principal(_) => None,
    }
}
