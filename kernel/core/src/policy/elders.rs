//! A decision for a run that began under other rules than those in force: it only ever gets narrower.
//! Knows nothing of how rules come into force.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Obligations, Permit, Policy, Question, Terms};
use crate::denial::{Denial, Phase};
use crate::inspect::Examined;
use crate::now::Now;
use crate::receipt::{Charge, LedgerView, Receipt};

/// The rule by which a call is denied that rules of an earlier epoch of its run do not let pass.
const NARROWED: &str = "kernel.run-narrowed";

impl Policy {
    /// As [`Policy::decide`], for a run that began under `elders`, or saw them come and go: each of them must let the call pass as
    /// well, and of what they and the rules in force demand the strictest is owed.
    ///
    /// # Errors
    /// The denial of the rules in force; `kernel.run-narrowed` where they would let it pass and an elder does not, or where what
    /// they demand cannot be had together.
    pub fn decide_among(
        &self,
        elders: &[Arc<Self>],
        examined: Examined,
        ledger: &LedgerView,
        now: Now,
    ) -> Result<Permit, Denial> {
        if elders.is_empty() {
            return self.decide(examined, ledger, now);
        }
        let asked = Question::about(&examined);
        let mut terms = self.judge(&asked, ledger, now)?;
        for elder in elders {
            let earlier = elder.judge(&asked, ledger, now).map_err(|denial| {
                narrowed(&format!("rule `{}` of them does not", denial.first().rule))
            })?;
            terms = joined(terms, earlier)
                .ok_or_else(|| narrowed("what both demand of the answer cannot be had together"))?;
        }
        Ok(Permit::new(
            examined.into_parts(),
            terms,
            self.shared_epoch(),
        ))
    }
}

fn narrowed(why: &str) -> Denial {
    Denial::kernel(
        NARROWED,
        Phase::Kernel,
        format!(
            "the rules in force let it pass, those that this run began or went on under do not: {why}"
        ),
        "begin a new session: it is judged by the rules in force alone",
    )
}

/// The terms of two sets of rules together; `None` where one lets something leave on terms that the other does not have.
fn joined(one: Terms, other: Terms) -> Option<Terms> {
    let statement = match (one.obligations.limit, other.obligations.limit) {
        (Some(a), Some(b)) if b < a => other.statement,
        (None, Some(_)) => other.statement,
        _ => one.statement,
    };
    Some(Terms {
        obligations: stricter(one.obligations, other.obligations)?,
        spends: spends(one.spends, other.spends),
        charges: charges(one.charges, other.charges),
        statement,
    })
}

fn spends(mut one: Vec<Receipt>, other: Vec<Receipt>) -> Vec<Receipt> {
    for receipt in other {
        if one.iter().all(|known| known.id != receipt.id) {
            one.push(receipt);
        }
    }
    one
}

/// Each account once, with the greater charge.
fn charges(mut one: Vec<Charge>, other: Vec<Charge>) -> Vec<Charge> {
    for charge in other {
        match one.iter_mut().find(|known| known.account == charge.account) {
            None => one.push(charge),
            Some(known) if charge.amount > known.amount => *known = charge,
            Some(_) => {}
        }
    }
    one
}

fn stricter(mut one: Obligations, other: Obligations) -> Option<Obligations> {
    // What a wall lets out by its own counting or looking up is on one set of terms, or on none.
    if one.measured != other.measured || one.lookups != other.lookups {
        return None;
    }
    for mask in other.columns {
        match one
            .columns
            .iter_mut()
            .find(|known| known.index == mask.index)
        {
            None => one.columns.push(mask),
            Some(known) if mask.operator.strictness() > known.operator.strictness() => {
                *known = mask
            }
            Some(_) => {}
        }
    }
    one.columns.sort_by_key(|mask| mask.index);
    let mut sources: BTreeMap<String, _> = BTreeMap::new();
    for (source, label, operator) in one.sources.into_iter().chain(other.sources) {
        let known = sources.entry(source).or_insert((label.clone(), operator));
        if operator.strictness() > known.1.strictness() {
            *known = (label, operator);
        }
    }
    one.sources = sources
        .into_iter()
        .map(|(source, (label, operator))| (source, label, operator))
        .collect();
    one.detect.extend(other.detect);
    one.detect.sort();
    one.detect.dedup();
    one.analysed |= other.analysed;
    for (field, rule) in other.fields.drop {
        one.fields.drop.entry(field).or_insert(rule);
    }
    for (field, new) in other.fields.rename {
        // The names that the rules in force give: nothing leaves by another one.
        one.fields.rename.entry(field).or_insert(new);
    }
    for terms in other.small_groups {
        if !one.small_groups.contains(&terms) {
            one.small_groups.push(terms);
        }
    }
    let least = |a: Option<u64>, b: Option<u64>| a.into_iter().chain(b).min();
    one.limit = least(one.limit, other.limit);
    one.row_max = least(one.row_max, other.row_max);
    one.byte_max = least(one.byte_max, other.byte_max);
    one.change_max = least(one.change_max, other.change_max);
    one.changes_told &= other.changes_told;
    Some(one)
}
