//! The search for a call that is permitted and is what a question asks about.
//! Knows nothing of what it means that there is one.

use std::collections::BTreeSet;

use super::ask::{Ask, Sense};
use super::bits::Bit;
use super::cuts::Cuts;
use super::evidence::ledgers;
use super::space::{Open, RUN, Real, Space};
use super::supposed::Supposed;
use super::{Leaving, Witness};
use crate::capability::Capability;
use crate::inspect::{Fact, Output};
use crate::limits;
use crate::manifest::{Label, Manifests, Tool};
use crate::now::Now;
use crate::policy::engine::Case;
use crate::policy::when::{Condition, Matcher, Scene, Truth};
use crate::policy::{LabelPattern, Policy, Question, Terms};
use crate::principal::{Principal, Proof};
use crate::receipt::LedgerView;

/// What was found so far.
pub(super) struct Hunt<'a> {
    pub(super) policy: &'a Policy,
    pub(super) ask: &'a Ask,
    pub(super) cuts: &'a Cuts<'a>,
    pub(super) moments: Vec<Now>,
    /// A call that `aegis explain` can be given.
    pub(super) found: Option<Witness>,
    /// Calls that may be there, in words.
    pub(super) unsure: Option<String>,
    pub(super) classes: u64,
    pub(super) asked: u64,
}

impl<'a> Hunt<'a> {
    /// Whether the question is about calls of this principal with this tool, as far as that is known before a call.
    pub(super) fn is_about(&self, principal: &str, tool: &Tool) -> bool {
        let scene = Scene {
            principal,
            people: self.policy.people(),
            tool: tool.full_name(),
            call: None,
        };
        let condition = self.ask.condition.as_ref();
        let holds = |wanted: &Option<Capability>, has: bool| {
            wanted
                .as_ref()
                .is_none_or(|c| self.has_grant(principal, c) == has)
        };
        condition.is_none_or(|condition| condition.judge(&scene) != Truth::No)
            && holds(&self.ask.with_grant, true)
            && holds(&self.ask.without_grant, false)
    }

    fn has_grant(&self, principal: &str, capability: &Capability) -> bool {
        self.policy.grants().any(|grant| {
            let mut patterns = grant.capabilities.iter();
            grant.who.means(principal, self.policy.people())
                && patterns.any(|pattern| pattern.get_ref().covers(capability))
        })
    }

    /// Whether there is no more to look for.
    pub(super) fn is_over(&self) -> bool {
        self.found.is_some() || self.classes > limits::PROVE_CLASSES_MAX
    }

    /// Looks at all calls of one principal with one tool. Statements are tried only where the judgement of what could be
    /// found in them, which stands for all of them, leaves it open that one passes.
    pub(super) fn search(&mut self, principal: &str, space: &mut Space<'_>, manifests: &Manifests) {
        let who = Principal::assertion(principal, Proof::Hypothetical);
        let knows = self.policy.may_know(&who, space.tool);
        self.classes = self.classes.saturating_add(space.refused);
        let before = self.unsure.take();
        if space.tool.reads_statements() {
            self.open_calls(&who, space, knows);
            if self.unsure.is_some() {
                space.try_statements(manifests, self.cuts);
                self.real_calls(&who, space, knows);
            }
        } else {
            self.real_calls(&who, space, knows);
            self.open_calls(&who, space, knows);
        }
        self.unsure = before.or(self.unsure.take());
    }

    fn real_calls(&mut self, who: &Principal, space: &Space<'_>, knows: bool) {
        for real in &space.real {
            if self.is_over() {
                return;
            }
            self.real(who, real, knows);
        }
    }

    fn open_calls(&mut self, who: &Principal, space: &Space<'_>, knows: bool) {
        for open in &space.open {
            if self.is_over() {
                return;
            }
            self.open(who, (space, open), knows);
        }
    }

    fn real(&mut self, who: &Principal, real: &Real, knows: bool) {
        let asked = Question {
            principal: who,
            run: RUN,
            ..Question::about(&real.examined)
        };
        for now in self.moments.clone() {
            let mut all = ledgers(self.policy, &real.examined, who.id(), now);
            let known = all.len();
            if self.ask.sense == Sense::Never && !self.cuts.hours.is_empty() {
                all.push(LedgerView {
                    clock_went_back: true,
                    ..LedgerView::default()
                });
            }
            for (at, ledger) in all.iter().enumerate() {
                self.classes = self.classes.saturating_add(1);
                let case = Case::new(self.policy, asked, ledger, now);
                if !self.meant(&case) {
                    continue;
                }
                self.asked = self.asked.saturating_add(1);
                let terms = match knows {
                    true => self.policy.judge(&asked, ledger, now).ok(),
                    false => None,
                };
                if !terms.is_some_and(|terms| self.meets(&terms, asked.outputs)) {
                    continue;
                }
                if real.declared && at < known {
                    self.found = Some(Witness {
                        principal: who.id().to_owned(),
                        tool: case.tool.to_owned(),
                        arguments: asked.arguments.clone(),
                        receipts: ledger.receipts.clone(),
                        now,
                    });
                    return;
                }
                let what = match real.declared {
                    true => "after the clock went back".to_owned(),
                    false => format!(
                        "about a table that no manifest declares: {:?}",
                        asked.arguments
                    ),
                };
                self.doubt(who, case.tool, &what);
            }
        }
    }

    fn open(&mut self, who: &Principal, (space, open): (&Space<'_>, &Open), knows: bool) {
        let Some(like) = space.real.get(open.like) else {
            return;
        };
        let Some(combinations) = self.combinations(space) else {
            let most = limits::PROVE_CALLS_MAX;
            let why = format!("what it asks to be found can be so in more than {most} ways");
            self.unsure.get_or_insert(why);
            return;
        };
        for bits in combinations {
            let supposed = Supposed::of(space, (open, like), bits);
            let asked = supposed.question(who);
            for now in self.moments.clone() {
                for ledger in ledgers(self.policy, &like.examined, who.id(), now) {
                    self.classes = self.classes.saturating_add(1);
                    let mut case = Case::new(self.policy, asked, &ledger, now);
                    case.unknown = Some(&open.unknown);
                    if !self.may_be_meant(&case) {
                        continue;
                    }
                    self.asked = self.asked.saturating_add(1);
                    let judged = self.policy.rejudge(&asked, &open.unknown, &ledger, now);
                    let denied = !knows || judged.denial.is_some();
                    let meets = self.meets(&judged.terms, asked.outputs)
                        || (judged.terms_open && self.asks_for_masks());
                    if denied || !meets {
                        continue;
                    }
                    let names: Vec<&str> = judged.open.iter().map(String::as_str).collect();
                    let open_rules = match names.is_empty() {
                        true => String::new(),
                        false => format!(
                            ", by what {} says of values that are not known",
                            names.join(", ")
                        ),
                    };
                    let what = format!("with ({}){open_rules}", supposed.bit.words());
                    self.doubt(who, case.tool, &what);
                }
            }
            if self.classes > limits::PROVE_CLASSES_MAX {
                return;
            }
        }
    }

    fn doubt(&mut self, who: &Principal, tool: &str, what: &str) {
        self.unsure.get_or_insert_with(|| {
            format!(
                "a call of {tool} by {} may pass {what}; no call was found that shows it",
                who.id()
            )
        });
    }

    /// Whether the question asks about the call: `never` unless it certainly does not.
    fn meant(&self, case: &Case<'_>) -> bool {
        let truth = self.truth(case);
        match self.ask.sense {
            Sense::Never => truth != Truth::No,
            Sense::Possible => truth == Truth::Yes,
        }
    }

    /// The same of a call of which something is not known.
    fn may_be_meant(&self, case: &Case<'_>) -> bool {
        match (self.ask.sense, self.truth(case)) {
            (_, Truth::No) | (Sense::Possible, Truth::Unreadable) => false,
            (_, Truth::Yes | Truth::Unknown) | (Sense::Never, Truth::Unreadable) => true,
        }
    }

    fn truth(&self, case: &Case<'_>) -> Truth {
        let condition = self.ask.condition.as_ref();
        condition.map_or(Truth::Yes, |condition| condition.judge(&case.scene()))
    }

    /// Whether a permit on these terms is what the question asks about.
    fn meets(&self, terms: &Terms, outputs: Option<&[Output]>) -> bool {
        let evidence = self.ask.without_receipt.as_ref();
        let without = evidence.is_none_or(|kind| terms.spends.iter().all(|r| r.kind != *kind));
        let leaves = self.ask.leaves.as_ref().is_none_or(|leaves| {
            let outputs = outputs.unwrap_or_default().iter().enumerate();
            let mut labels =
                outputs.flat_map(|at| at.1.labels.iter().map(move |label| (at, label)));
            labels.any(|(at, label)| {
                covers(&leaves.labels, label)
                    && leaves
                        .how
                        .contains(&Leaving::of(&terms.obligations, at, label))
            })
        });
        without && leaves
    }

    /// Whether it matters which mask is owed, and not only that one is: a rule that masks at times may put a milder one in
    /// the place of the redaction that is owed where it is silent, and never lifts it.
    fn asks_for_masks(&self) -> bool {
        let leaves = self.ask.leaves.as_ref();
        leaves.is_some_and(|leaves| leaves.how.iter().any(|how| *how != Leaving::Unmasked))
    }

    /// The fewest bits by which a call can be what the question asks about: for each thing that it asks to be found, one
    /// that is such, or none. With less that is found no more is denied, so whatever else a call holds need not be tried.
    fn combinations<'b>(&self, space: &'b Space<'_>) -> Option<Vec<Vec<&'b Bit>>> {
        let mut wanted: Vec<Vec<&Bit>> = Vec::new();
        let condition = self.ask.condition.as_ref();
        for (matcher, plain) in condition
            .into_iter()
            .flat_map(|c| Condition::signed(c, true))
        {
            if plain && matcher.get_ref().is_of_findings() {
                let such = space
                    .bits
                    .iter()
                    .filter(|bit| is_such(matcher.get_ref(), bit));
                wanted.push(such.collect());
            }
        }
        let mut all: Vec<Vec<&Bit>> = vec![Vec::new()];
        if let Some(leaves) = &self.ask.leaves {
            let out = |bit: &&Bit| {
                let mut labels = bit.outputs.iter().flat_map(|output| &output.labels);
                labels.any(|label| covers(&leaves.labels, label))
            };
            all = space.bits.iter().filter(out).map(|bit| vec![bit]).collect();
        }
        for such in wanted {
            let more = all.len().saturating_mul(such.len());
            if more.saturating_add(all.len()) > limits::PROVE_CALLS_MAX {
                return None;
            }
            let longer = all.iter().flat_map(|begun| {
                such.iter().map(|bit| {
                    let mut longer = begun.clone();
                    longer.push(*bit);
                    longer
                })
            });
            let longer: Vec<Vec<&Bit>> = longer.collect();
            all.extend(longer);
        }
        Some(all)
    }
}

fn covers(patterns: &[LabelPattern], label: &Label) -> bool {
    patterns.iter().any(|pattern| pattern.covers(label))
}

/// Whether the bit could be what is asked to be found; one more than can be does no harm.
pub(super) fn is_such(matcher: &Matcher, bit: &Bit) -> bool {
    let mut facts = bit.findings.iter().map(|finding| &finding.fact);
    match matcher {
        Matcher::Capability(patterns) => facts.filter_map(Fact::capability).any(|capability| {
            // A look-up that no rule speaks of is a filter.
            let filter = capability.swap(Capability::LOOKUP, Capability::FILTER);
            let mut either = std::iter::once(capability).chain(filter);
            either.any(|c| patterns.iter().any(|pattern| pattern.get_ref().covers(&c)))
        }),
        Matcher::Fact(pattern) => pattern.judge(&bit.findings, |_| false) == Truth::Yes,
        Matcher::Label(patterns) => {
            let meant = |label: &Label| {
                patterns
                    .iter()
                    .any(|pattern| pattern.get_ref().covers(label))
            };
            let mut leaves = bit.outputs.iter().flat_map(|output| &output.labels);
            leaves.any(meant)
                || facts.any(|fact| Label::parse(fact.subject()).is_some_and(|l| meant(&l)))
        }
        Matcher::Principal(_)
        | Matcher::Role(_)
        | Matcher::Attribute(..)
        | Matcher::Tool(_)
        | Matcher::Argument(_)
        | Matcher::Time(_) => false,
    }
}

/// Names of tools.
pub(super) type Tools = BTreeSet<String>;
