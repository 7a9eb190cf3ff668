//! Holds two policies against each other: every class of calls that the rules of either can tell apart, judged by both.
//! Knows nothing of texts; a policy that is written otherwise and means the same is the same.

use std::collections::{BTreeMap, BTreeSet};

use super::bits::Bit;
use super::change::{Change, Difference, Direction};
use super::cuts::{self, Cuts};
use super::evidence;
use super::hunt::is_such;
use super::moments::moments;
use super::space::{Open, RUN, Real, Space};
use super::supposed::Supposed;
use super::texts::Lexicon;
use super::{Witness, terms};
use crate::denial::Denial;
use crate::limits;
use crate::manifest::Manifests;
use crate::now::Now;
use crate::policy::when::Condition;
use crate::policy::{Judgement, Mode, Policy, Question, Rule, Terms};
use crate::principal::{Principal, Proof};
use crate::receipt::LedgerView;

impl Difference {
    /// What became possible, and what is no longer, from `old` to `new`. Both were checked against these manifests;
    /// `principals` are those that configuration names.
    #[must_use]
    pub fn between(
        (old, new): (&Policy, &Policy),
        manifests: &Manifests,
        principals: &BTreeSet<String>,
    ) -> Self {
        let lexicon = Lexicon::default();
        let cuts = Cuts::of(&[old, new], None, &lexicon);
        let mut search = Search {
            old,
            new,
            moments: moments(&cuts.hours),
            cuts: &cuts,
            found: BTreeMap::new(),
            rules: rewritten(old, new),
            inexact: BTreeSet::new(),
            classes: 0,
        };
        if old.epoch() != new.epoch() {
            let names = cuts::principals(&cuts, &[old, new], principals);
            for (full_name, system, tool) in manifests.tools() {
                let mut space = Space::of(&[old, new], (manifests, system, tool), &cuts);
                space.try_statements(manifests, &cuts);
                if let Some(why) = &space.lacking {
                    search.inexact.insert(format!("{full_name}: {why}"));
                }
                for name in &names {
                    search.tool(name, &space);
                }
            }
        }
        search.told()
    }
}

/// The ids of rules that are not in both, or not with the same text.
fn rewritten(old: &Policy, new: &Policy) -> BTreeSet<String> {
    let all = old.rules().chain(new.rules()).map(Rule::id);
    let other = all.filter(|id| old.text_digest(id) != new.text_digest(id));
    other.map(str::to_owned).collect()
}

type Key = (String, String, Direction, String);

struct Search<'a> {
    old: &'a Policy,
    new: &'a Policy,
    cuts: &'a Cuts<'a>,
    moments: Vec<Now>,
    found: BTreeMap<Key, (BTreeSet<String>, Option<Witness>)>,
    rules: BTreeSet<String>,
    inexact: BTreeSet<String>,
    classes: u64,
}

impl<'a> Search<'a> {
    fn tool(&mut self, name: &str, space: &Space<'_>) {
        let who = Principal::assertion(name, Proof::Hypothetical);
        let knows = (
            self.old.may_know(&who, space.tool),
            self.new.may_know(&who, space.tool),
        );
        if !knows.0 && !knows.1 {
            self.classes = self.classes.saturating_add(1);
            return;
        }
        for real in &space.real {
            self.real(&who, real, knows);
        }
        for open in &space.open {
            self.open(&who, (space, open), knows);
        }
        if self.classes > limits::PROVE_CLASSES_MAX {
            let most = limits::PROVE_CLASSES_MAX;
            self.inexact.insert(format!(
                "more than {most} classes of calls (limits::PROVE_CLASSES_MAX)"
            ));
        }
    }

    fn real(&mut self, who: &Principal, real: &Real, knows: (bool, bool)) {
        let asked = Question {
            principal: who,
            run: RUN,
            ..Question::about(&real.examined)
        };
        for now in self.moments.clone() {
            if self.classes > limits::PROVE_CLASSES_MAX {
                return;
            }
            let ages = &self.cuts.ages;
            let ledgers =
                evidence::flawed((self.old, self.new), &real.examined, (who.id(), now), ages);
            for (old_ledger, new_ledger) in ledgers {
                self.classes = self.classes.saturating_add(1);
                let judge = |policy: &Policy, ledger: &LedgerView, knows: bool| match knows {
                    true => policy.judge(&asked, ledger, now).map_err(Some),
                    false => Err(None),
                };
                let told = self.compare(
                    (
                        judge(self.old, &old_ledger, knows.0),
                        judge(self.new, &new_ledger, knows.1),
                    ),
                    &asked,
                );
                let call = summary(&asked);
                for (way, what) in told {
                    let witness = real.declared.then(|| Witness {
                        principal: who.id().to_owned(),
                        tool: asked.tool.full_name().to_owned(),
                        arguments: asked.arguments.clone(),
                        receipts: new_ledger.receipts.clone(),
                        now,
                    });
                    self.note(who, &asked, (way, what), (&call, witness));
                }
            }
        }
    }

    /// What is found in statements, one thing at a time, and by several where a rule that changed asks for several.
    fn open(&mut self, who: &Principal, (space, open): (&Space<'_>, &Open), knows: (bool, bool)) {
        let Some(like) = space.real.get(open.like) else {
            return;
        };
        for bits in self.combinations(space) {
            let supposed = Supposed::of(space, (open, like), bits);
            let asked = supposed.question(who);
            for now in self.moments.clone() {
                if self.classes > limits::PROVE_CLASSES_MAX {
                    return;
                }
                self.classes = self.classes.saturating_add(1);
                let ledger = LedgerView::default();
                let judge = |policy: &Policy, knows: bool| {
                    knows.then(|| policy.rejudge(&asked, &open.unknown, &ledger, now))
                };
                let (old, new) = (judge(self.old, knows.0), judge(self.new, knows.1));
                let open_rules = |judged: &Option<Judgement>| {
                    judged
                        .as_ref()
                        .filter(|j| j.denial.is_none())
                        .map(|j| j.open.clone())
                };
                let undecided = [&old, &new].into_iter().filter_map(open_rules);
                for rule in undecided.flatten().filter(|rule| self.rules.contains(rule)) {
                    let why = format!(
                        "{}: `{rule}` depends on values that are not told apart",
                        space.tool.full_name()
                    );
                    self.inexact.insert(why);
                }
                let settled = |judged: Option<Judgement>| match judged {
                    None => Err(None),
                    Some(judged) => judged
                        .denial
                        .map_or(Ok(judged.terms), |denial| Err(Some(denial))),
                };
                let told = self.compare((settled(old), settled(new)), &asked);
                for (way, what) in told {
                    self.note(who, &asked, (way, what), (&supposed.bit.words(), None));
                }
            }
        }
    }

    fn compare(
        &self,
        (old, new): (Result<Terms, Option<Denial>>, Result<Terms, Option<Denial>>),
        asked: &Question<'_>,
    ) -> terms::Told {
        let by = |denial: Option<Denial>| {
            denial.map_or_else(
                || "the tool was not there".to_owned(),
                |denial| format!("denied by {}", denial.first().rule),
            )
        };
        match (old, new) {
            (Err(_), Err(_)) => Vec::new(),
            (Err(denial), Ok(_)) => vec![(
                Direction::Widened,
                format!("permitted, before {}", by(denial)),
            )],
            (Ok(_), Err(denial)) => {
                let now = by(denial).replace("was not there", "is not there");
                vec![(Direction::Narrowed, format!("{now}, before permitted"))]
            }
            (Ok(old), Ok(new)) => {
                let outputs = asked.outputs.unwrap_or_default();
                terms::differences((self.old, &old), (self.new, &new), outputs)
            }
        }
    }

    fn note(
        &mut self,
        who: &Principal,
        asked: &Question<'_>,
        (way, what): (Direction, String),
        (call, witness): (&str, Option<Witness>),
    ) {
        let key = (
            who.id().to_owned(),
            asked.tool.full_name().to_owned(),
            way,
            what,
        );
        let (calls, shown) = self.found.entry(key).or_default();
        if calls.len() < limits::PROVE_SHOWN_MAX {
            calls.insert(call.to_owned());
        }
        if shown.is_none() {
            *shown = witness;
        }
    }

    /// Each bit, none, and those that the conditions of changed rules ask for together, beside each bit: with less no more
    /// is denied, so a call that only one policy permits has such a part that the other denies.
    fn combinations<'b>(&mut self, space: &'b Space<'_>) -> Vec<Vec<&'b Bit>> {
        let mut all: Vec<Vec<&Bit>> = vec![Vec::new()];
        all.extend(space.bits.iter().map(|bit| vec![bit]));
        let changed = self
            .old
            .rules()
            .chain(self.new.rules())
            .filter(|rule| rule.head().mode == Mode::Enforce && self.rules.contains(rule.id()));
        let mut inexact = Vec::new();
        for rule in changed {
            let asked = rule
                .head()
                .when
                .iter()
                .flat_map(|when| Condition::signed(when, true));
            let found = asked.filter(|(matcher, _)| matcher.get_ref().is_of_findings());
            let mut together: Vec<Vec<&Bit>> = vec![Vec::new()];
            let mut any = false;
            for (matcher, _) in found {
                any = true;
                let such: Vec<&Bit> = space
                    .bits
                    .iter()
                    .filter(|bit| is_such(matcher.get_ref(), bit))
                    .collect();
                let longer = together.iter().flat_map(|begun| {
                    such.iter()
                        .map(|bit| begun.iter().copied().chain([*bit]).collect::<Vec<_>>())
                });
                let longer: Vec<Vec<&Bit>> = longer.take(limits::PROVE_CALLS_MAX).collect();
                together.extend(longer);
            }
            if any && together.len().saturating_mul(space.bits.len()) > limits::PROVE_CALLS_MAX {
                inexact.push(format!("`{}` asks for too many things together", rule.id()));
            } else if any {
                for begun in together.iter().filter(|begun| !begun.is_empty()) {
                    all.push(begun.clone());
                    all.extend(
                        space
                            .bits
                            .iter()
                            .map(|bit| begun.iter().copied().chain([bit]).collect()),
                    );
                }
            }
        }
        self.inexact.extend(inexact);
        all
    }

    fn told(self) -> Difference {
        let one = |((principal, tool, sense, what), (calls, witness)): (
            Key,
            (BTreeSet<String>, Option<Witness>),
        )| Change {
            sense,
            principal,
            tool,
            what,
            calls,
            witness,
        };
        Difference {
            changes: self.found.into_iter().map(one).collect(),
            rules: self.rules,
            inexact: self.inexact,
            classes: self.classes,
        }
    }
}

/// What a call does, in few words.
fn summary(asked: &Question<'_>) -> String {
    let bit = Bit {
        findings: asked.findings.to_vec(),
        outputs: asked
            .outputs
            .unwrap_or_default()
            .iter()
            .filter(|o| !o.labels.is_empty())
            .cloned()
            .collect(),
    };
    match bit.words() {
        words if words.is_empty() => "nothing but to call it".to_owned(),
        words => words,
    }
}
