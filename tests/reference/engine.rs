//! A second engine: slow, obvious, and written from `docs/POLICIES.md`. It walks every rule of every phase and looks nothing up.
//! It shares types of data with core and no decision: patterns, conditions, checks, orders and sums are its own.

use std::collections::{BTreeMap, BTreeSet};

use aegis_core::capability::Capability;
use aegis_core::inspect::{Fact, Finding};
use aegis_core::json::Json;
use aegis_core::manifest::{Label, Manifests, Tool};
use aegis_core::now::Now;
use aegis_core::policy::people::Who;
use aegis_core::policy::phase::{ArgumentRule, Presence, Require, Scope};
use aegis_core::policy::{Declared, Head, Mode, Obligations, Question, Rule};
use aegis_core::receipt::{Back, Charge, LedgerView, Over, Receipt};

use super::answers;
use super::checks::{self, Value};
use super::grants;
use super::when::{self, Truth};

/// Who there is: each principal with all its roles, and what is known of it.
#[derive(Default)]
pub struct People {
    pub roles: BTreeMap<String, BTreeSet<String>>,
    pub attributes: BTreeMap<String, BTreeMap<String, String>>,
}

/// One question to some rules.
pub struct Asked<'a> {
    /// Those that count, by id.
    pub rules: Vec<&'a Rule>,
    pub people: &'a People,
    pub manifests: &'a Manifests,
    pub call: Question<'a>,
    pub ledger: &'a LedgerView,
    pub now: Now,
    pub epoch: &'a str,
}

/// What comes out: every objection, and the terms if there is none.
#[derive(Debug, Default, PartialEq)]
pub struct Verdict {
    /// Phase and rule, each as often as it objects for another reason.
    pub objections: BTreeSet<(String, String)>,
    pub obligations: Obligations,
    pub spends: BTreeSet<String>,
    pub charges: Vec<Charge>,
    /// Rules that could not be evaluated, by their own name.
    pub broken: BTreeSet<(String, String)>,
}

/// Works out who has which role.
pub fn people(declared: &[Declared]) -> People {
    let mut people = People::default();
    for one in declared {
        let Rule::Principal(member) = &one.rule else {
            continue;
        };
        let mut roles: BTreeSet<String> =
            member.roles.iter().map(|r| r.get_ref().clone()).collect();
        loop {
            let before = roles.len();
            for other in declared {
                if let Rule::Role(role) = &other.rule
                    && roles.contains(&role.head.id)
                {
                    roles.extend(role.includes.iter().map(|r| r.get_ref().clone()));
                }
            }
            if roles.len() == before {
                break;
            }
        }
        people.roles.insert(member.head.id.clone(), roles);
        people
            .attributes
            .insert(member.head.id.clone(), member.attributes.clone());
    }
    people
}

/// The rules that a decision is made over, by id; `watched` are those in shadow mode as well.
pub fn rules(declared: &[Declared], watched: bool) -> Vec<&Rule> {
    let mut rules: Vec<&Rule> = Vec::new();
    for one in declared {
        let counts = watched || one.rule.head().mode == Mode::Enforce;
        if counts && !matches!(one.rule, Rule::Role(_) | Rule::Principal(_)) {
            rules.push(&one.rule);
        }
    }
    rules.sort_by_key(|rule| rule.id().to_owned());
    rules
}

/// A pattern of names: `db:*`, `s3__*`, `pii.*`, `*` or the name itself.
pub fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

impl Asked<'_> {
    pub fn principal(&self) -> &str {
        self.call.principal.id()
    }

    pub fn tool(&self) -> String {
        format!("{}__{}", self.call.tool.server, self.call.tool.name)
    }

    pub fn facts(&self) -> impl Iterator<Item = &Finding> {
        self.call.findings.iter()
    }

    pub fn is_for(&self, who: &Who) -> bool {
        let mine = self.people.roles.get(self.principal());
        who.principals
            .iter()
            .any(|name| name.get_ref() == "*" || name.get_ref() == self.principal())
            || who
                .roles
                .iter()
                .any(|role| mine.is_some_and(|mine| mine.contains(role.get_ref())))
    }

    pub fn when(&self, head: &Head) -> Truth {
        head.when
            .as_ref()
            .map_or(Truth::Yes, |when| when::holds(self, when))
    }

    /// A rule that objects or obliges speaks unless its `when` is certainly not so.
    pub fn speaks(&self, head: &Head) -> bool {
        self.when(head) != Truth::No
    }

    /// What the call needs: what was derived, and a filter for each look-up that no rule lets pass.
    pub fn needs(&self) -> BTreeSet<Capability> {
        let mut needs: BTreeSet<Capability> = self.call.capabilities.iter().cloned().collect();
        for label in grants::sought(self) {
            if grants::lookups(self, label).is_empty() {
                needs.insert(capability(label.area(), "filter"));
            }
        }
        needs
    }
}

pub fn capability(area: &str, verb: &str) -> Capability {
    Capability::parse(&format!("{area}:{verb}")).expect("a capability")
}

/// The decision.
pub fn decide(asked: &Asked<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    grants::admit(asked, &mut verdict);
    for rule in &asked.rules {
        match rule {
            Rule::Grant(_) | Rule::Role(_) | Rule::Principal(_) => {}
            Rule::Block(block) => {
                let covered = |c: &Capability| {
                    block
                        .capabilities
                        .iter()
                        .any(|p| matches(p.get_ref().as_str(), c.as_str()))
                };
                if asked.speaks(&block.head) && asked.needs().iter().any(covered) {
                    verdict.object("block", &block.head.id);
                }
            }
            Rule::Argument(rule) => argument(asked, rule, &mut verdict),
            Rule::Require(rule) => require(asked, rule, &mut verdict),
            Rule::Lookup(rule) => grants::look_up(asked, rule, &mut verdict),
            Rule::Measure(rule) => grants::measure(asked, rule, &mut verdict),
            Rule::SmallGroups(rule) => answers::small_groups(asked, rule, &mut verdict),
            Rule::Transform(rule) => answers::transform(asked, rule, &mut verdict),
            Rule::Budget(_) => {}
        }
    }
    answers::masks(asked, &mut verdict);
    answers::budgets(asked, &mut verdict);
    verdict.charges.sort();
    verdict
}

impl Verdict {
    pub fn object(&mut self, phase: &str, rule: &str) {
        self.objections.insert((phase.to_owned(), rule.to_owned()));
        self.broken.insert((phase.to_owned(), rule.to_owned()));
    }

    /// A rule that cannot be evaluated.
    pub fn broken(&mut self, phase: &str, rule: &str) {
        self.objections
            .insert((phase.to_owned(), "kernel.rule-error".to_owned()));
        self.broken.insert((phase.to_owned(), rule.to_owned()));
    }
}

fn has_argument(tool: &Tool, name: &str) -> bool {
    tool.arguments.iter().any(|argument| argument.name == name)
}

fn argument(asked: &Asked<'_>, rule: &ArgumentRule, verdict: &mut Verdict) {
    let path = rule.argument.get_ref().as_str();
    let about = rule
        .tools
        .iter()
        .any(|tool| matches(tool.get_ref().as_str(), &asked.tool()));
    if !about || !has_argument(asked.call.tool, &checks::name(path)) || !asked.speaks(&rule.head) {
        return;
    }
    let value = checks::find(path, asked.call.arguments);
    match (value, rule.presence) {
        (None, Presence::Required) | (Some(_), Presence::Forbidden) => {
            verdict.object("argument", &rule.head.id)
        }
        (None, _) => {}
        (Some(value), _) => {
            let value = Value {
                path,
                value,
                arguments: asked.call.arguments,
                findings: asked.call.findings,
            };
            for check in &rule.checks {
                match checks::holds(check.get_ref(), &value) {
                    Some(true) => {}
                    Some(false) => verdict.object("argument", &rule.head.id),
                    None => verdict.broken("argument", &rule.head.id),
                }
            }
        }
    }
}

fn require(asked: &Asked<'_>, rule: &Require, verdict: &mut Verdict) {
    let covers = |c: &Capability| {
        rule.capabilities
            .iter()
            .any(|p| matches(p.get_ref().as_str(), c.as_str()))
    };
    if !asked.needs().iter().any(covers) || !asked.speaks(&rule.head) {
        return;
    }
    let named = asked.call.arguments.get(rule.receipt.of.get_ref());
    let dataset = match named {
        Some(Json::String(name)) => asked
            .manifests
            .datasets()
            .find(|dataset| dataset.name == *name),
        _ => None,
    };
    let Some(dataset) = dataset.filter(|dataset| asked.call.subjects == [dataset.source.subject()])
    else {
        verdict.broken("precondition", &rule.head.id);
        return;
    };
    let subject = dataset.source.subject();
    let counts = |receipt: &&Receipt| {
        let age = asked.now.unix_ms.div_euclid(1_000) - receipt.minted_s;
        let mine = receipt.principal == asked.principal();
        let whose = match rule.receipt.scope {
            Scope::Shared => true,
            Scope::Principal => mine,
            Scope::Run => mine && receipt.run == asked.call.run,
        };
        let c = &receipt.counts;
        let passed = c.evaluated > 0 && c.passed == c.evaluated && c.failed == 0 && c.skipped == 0;
        let unwritten = asked
            .ledger
            .last_write
            .get(&subject)
            .is_none_or(|write| *write < receipt.seq);
        receipt.kind == *rule.receipt.kind.get_ref()
            && receipt.dataset == dataset.name
            && receipt.subject == subject
            && receipt.suite == dataset.suite.digest
            && receipt.epoch == asked.epoch
            && passed
            && whose
            && unwritten
            && !(rule.receipt.single_use && receipt.spent)
            && age >= 0
            && receipt.expires_s > asked.now.unix_ms.div_euclid(1_000)
            && i128::from(age) <= i128::from(rule.receipt.fresh_s)
    };
    let mut good: Vec<&Receipt> = asked.ledger.receipts.iter().filter(counts).collect();
    good.sort_by_key(|receipt| (receipt.seq, receipt.id.clone()));
    match good.last().filter(|_| !asked.ledger.clock_went_back) {
        Some(receipt) => drop(verdict.spends.insert(receipt.id.clone())),
        None => verdict.object("precondition", &rule.head.id),
    }
}

/// What counts of an account now.
pub fn used(asked: &Asked<'_>, account: &str, over: Over) -> u64 {
    let spending = &asked.ledger.spending;
    let now = i128::from(spending.at_ms());
    let mut owed: u128 = 0;
    for (name, slot, booked) in spending.slots() {
        if name != account {
            continue;
        }
        owed += match over {
            Over::Window { seconds } => {
                let window = i128::from(seconds) * 1_000;
                let slot_length = (window / 32).max(1_000);
                if i128::from(slot) + window + slot_length > now {
                    u128::from(booked)
                } else {
                    0
                }
            }
            Over::Bucket { refill, .. } => {
                let passed = u128::try_from(now - i128::from(slot)).unwrap_or(0);
                u128::from(booked).saturating_sub(passed * u128::from(refill))
            }
        };
    }
    let whole = match over {
        Over::Window { .. } => 1,
        Over::Bucket { every_ms, .. } => u128::from(every_ms),
    };
    u64::try_from(owed.div_ceil(whole)).unwrap_or(u64::MAX)
}

/// One call of the budget of a rule that grants on terms.
pub fn pay(
    asked: &Asked<'_>,
    (rule, label): (&str, &Label),
    (calls, seconds): (u64, u64),
    back: Back,
    verdict: &mut Verdict,
) {
    let account = format!("{rule}/{label}");
    let over = Over::Window { seconds };
    if used(asked, &account, over) >= calls {
        verdict.object("precondition", rule);
    }
    verdict.charges.push(Charge {
        account,
        shared: false,
        amount: 1,
        over,
        back,
    });
}

/// Whether a fact is one of labelled data that decides rows.
pub fn decides_rows(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Filters(_) | Fact::LooksUp(_) | Fact::Constrains(_)
    )
}
