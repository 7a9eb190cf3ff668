//! What other rules would have decided, beside what was recorded.
//! Knows nothing of whether the record is true to its own rules; `confirm` does.

use std::collections::BTreeSet;

use super::case::{Case, Named, RuleBook};
use super::confirm::named;
use super::rebuilt::Rebuilt;
use crate::audit::{Int, Obliged};
use crate::denial::Phase;
use crate::policy::{Judgement, Obligations};

/// What becomes of one decision under other rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The same decision, for the same reason.
    Same,
    /// Still denied, by another rule.
    Reason {
        /// The rule that denied it.
        was: String,
        /// The rule that would.
        now: String,
    },
    /// Allowed then, denied now by this rule.
    Denied(String),
    /// Denied then by this rule, allowed now.
    Allowed(String),
    /// Allowed both times, and these rules oblige the answer otherwise.
    Obliged(BTreeSet<String>),
    /// What these rules would say depends on what the record does not tell.
    Open(BTreeSet<String>),
    /// It was never the rules' to decide: why.
    Outside(String),
}

/// What `other` would have decided. Receipts that were minted under the rules then in force count as
/// minted under the other ones.
#[must_use]
pub fn change(case: &Case<'_>, then: &RuleBook<'_>, other: &RuleBook<'_>) -> Change {
    if let Some(why) = case.outside() {
        return Change::Outside(why);
    }
    if then.policy.epoch() == other.policy.epoch() {
        return Change::Same; // the same question has one answer
    }
    let Some(recorded) = case.objections() else {
        return Change::Outside("the record names a phase that there is not".to_owned());
    };
    let tool = case.tool(other);
    if let Some((Phase::Examination, rule)) = recorded.first() {
        return examination(rule, tool.is_some());
    }
    let Some((system, tool)) = tool else {
        return denied(&recorded, "kernel.unknown-tool".to_owned());
    };
    let Ok(rebuilt) = Rebuilt::new(case, other.manifests, tool) else {
        return Change::Open(BTreeSet::from(["kernel.record-cut".to_owned()]));
    };
    let asked = rebuilt.question(system, tool, case.catalog);
    let ledger = rebuilt.ledger_under(then.policy.epoch(), other.policy.epoch());
    let judged = other
        .policy
        .rejudge(&asked, &rebuilt.unknown, &ledger, rebuilt.now);
    settle(case, &recorded, then, other, judged)
}

/// Interceptors know no rules: what they refused stays refused, as long as the tool is there at all.
fn examination(rule: &str, known: bool) -> Change {
    match (rule, known) {
        ("kernel.unknown-tool", true) => Change::Open(BTreeSet::from([rule.to_owned()])),
        ("kernel.unknown-tool" | "kernel.bad-arguments", false) | (_, true) => Change::Same,
        (_, false) => Change::Reason {
            was: rule.to_owned(),
            now: "kernel.unknown-tool".to_owned(),
        },
    }
}

fn settle(
    case: &Case<'_>,
    recorded: &[Named],
    then: &RuleBook<'_>,
    other: &RuleBook<'_>,
    judged: Judgement,
) -> Change {
    let mut objections = named(judged.denial.as_ref());
    let mut open = BTreeSet::new();
    let unsettled = judged.open.clone();
    for rule in judged.open {
        match word(case, recorded, then, other, &rule) {
            Some(Some(phase)) => objections.push((phase, rule)),
            Some(None) => {}
            None => {
                open.insert(rule);
            }
        }
    }
    objections.sort();
    match objections.into_iter().next() {
        Some((_, rule)) => denied(recorded, rule),
        None if !open.is_empty() => Change::Open(open),
        None => match recorded.first() {
            Some((_, was)) => Change::Allowed(was.clone()),
            None if judged.terms_open => Change::Open(unsettled),
            None => obliged(case, &judged.terms.obligations),
        },
    }
}

/// What a rule said then of a value that the record does not tell, where its text is the same: `Some(None)`
/// is silence. `None` where the record does not tell that either.
fn word(
    case: &Case<'_>,
    recorded: &[Named],
    then: &RuleBook<'_>,
    other: &RuleBook<'_>,
    rule: &str,
) -> Option<Option<Phase>> {
    let text = other.policy.text_digest(rule)?;
    if then.policy.text_digest(rule) != Some(text) {
        return None;
    }
    if let Some((phase, _)) = recorded.iter().find(|one| one.1 == rule) {
        return Some(Some(*phase));
    }
    let uncertain = recorded.iter().any(|one| one.1 == "kernel.rule-error");
    (case.all_objections() && !uncertain).then_some(None)
}

fn denied(recorded: &[Named], now: String) -> Change {
    match recorded.first() {
        None => Change::Denied(now),
        Some((_, was)) if *was == now => Change::Same,
        Some((_, was)) => Change::Reason {
            was: was.clone(),
            now,
        },
    }
}

/// The rules whose masks or bounds differ. What the engine's own wall is told is left out: it changes no
/// answer by itself.
fn obliged(case: &Case<'_>, owed: &Obligations) -> Change {
    let none = Obliged::default();
    let was = case.record.obligations.as_ref().unwrap_or(&none);
    let mut rules = BTreeSet::new();
    let before: Vec<(u64, String, &str)> = was
        .columns
        .iter()
        .map(|mask| {
            (
                mask.index.get(),
                mask.operator.as_str().to_owned(),
                mask.rule.as_str(),
            )
        })
        .collect();
    let after: Vec<(u64, String, &str)> = owed
        .columns
        .iter()
        .map(|mask| {
            let index = u64::try_from(mask.index).unwrap_or(u64::MAX);
            (index, mask.operator.word().into_owned(), mask.rule.as_str())
        })
        .collect();
    for (side, there) in [(&before, &after), (&after, &before)] {
        let differs = |one: &&(u64, String, &str)| {
            there
                .iter()
                .all(|other| (other.0, &other.1) != (one.0, &one.1))
        };
        rules.extend(side.iter().filter(differs).map(|one| one.2.to_owned()));
    }
    let caps = [
        ("limit", was.limit, owed.limit),
        ("row_max", was.row_max, owed.row_max),
        ("byte_max", was.byte_max, owed.byte_max),
        ("change_max", was.change_max, owed.change_max),
    ];
    for (name, before, after) in caps {
        if before.map(Int::get) != after {
            rules.insert(name.to_owned());
        }
    }
    let (dropped, renamed) = (owed.fields.dropped(), owed.fields.renamed());
    let same = was.dropped.iter().map(|text| text.as_str()).eq(dropped);
    if !same {
        rules.insert("drop".to_owned());
    }
    let names = was.renamed.iter().map(|text| text.as_str().to_owned());
    if !names.eq(renamed) {
        rules.insert("rename".to_owned());
    }
    if was.detect.as_deref() != owed.profiles().as_deref() {
        rules.insert("detect".to_owned());
    }
    match rules.is_empty() {
        true => Change::Same,
        false => Change::Obliged(rules),
    }
}
