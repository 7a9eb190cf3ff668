//! What there is of evidence when a call is judged: none, or receipts that satisfy every rule about them.
//! Knows nothing of what is asked for.

use std::collections::BTreeSet;

use super::space::RUN;
use crate::inspect::{Examined, Fact};
use crate::limits;
use crate::now::Now;
use crate::policy::Policy;
use crate::receipt::{self, Counts, LedgerView, Receipt};

/// The ledgers that rules can tell apart in what they permit. A rule that asks for a receipt is satisfied by one that has
/// no flaw at all, if by any; and what is spent of budgets only ever denies.
pub(super) fn ledgers(
    policy: &Policy,
    examined: &Examined,
    principal: &str,
    now: Now,
) -> Vec<LedgerView> {
    let mut ledgers = vec![LedgerView::default()];
    let facts = examined.findings().iter().map(|finding| &finding.fact);
    let mut receipts = Vec::new();
    for fact in facts {
        let Fact::Names(dataset) = fact else { continue };
        for kind in receipt::KINDS {
            receipts.extend(good(policy, (dataset, kind), principal, now));
        }
    }
    if !receipts.is_empty() {
        ledgers.push(LedgerView {
            receipts,
            ..LedgerView::default()
        });
    }
    ledgers
}

fn good(
    policy: &Policy,
    (dataset, kind): (&str, &str),
    principal: &str,
    now: Now,
) -> Option<Receipt> {
    let (dataset, known) = policy.dataset(dataset)?;
    let minted_s = now.unix_s();
    let ttl_s = i64::try_from(limits::RECEIPT_TTL_S).unwrap_or(i64::MAX);
    Some(Receipt {
        id: format!("rcpt_proof_{dataset}_{kind}"),
        kind: kind.to_owned(),
        dataset: dataset.to_owned(),
        subject: known.subject.clone(),
        digest: String::new(),
        suite: known.suite.clone(),
        counts: Counts {
            evaluated: 1,
            passed: 1,
            failed: 0,
            skipped: 0,
        },
        rows: 1,
        epoch: policy.epoch().to_owned(),
        principal: principal.to_owned(),
        run: RUN.to_owned(),
        seq: 1,
        minted_s,
        expires_s: minted_s.saturating_add(ttl_s),
        spent: false,
    })
}

/// The same for two policies, with receipts that have one flaw: what rules of one of them accept and of the other do
/// not. Each receipt is of the epoch of the policy that it is shown to.
pub(super) fn flawed(
    (old, new): (&Policy, &Policy),
    examined: &Examined,
    (principal, now): (&str, Now),
    ages: &BTreeSet<u64>,
) -> Vec<(LedgerView, LedgerView)> {
    let pairs = ledgers(old, examined, principal, now)
        .into_iter()
        .zip(ledgers(new, examined, principal, now));
    let mut pairs: Vec<(LedgerView, LedgerView)> = pairs.collect();
    let Some(good) = pairs.get(1).cloned() else {
        return pairs;
    };
    let mut with = |flaw: &dyn Fn(&mut Receipt)| {
        let mut pair = good.clone();
        pair.0.receipts.iter_mut().for_each(flaw);
        pair.1.receipts.iter_mut().for_each(flaw);
        pairs.push(pair);
    };
    with(&|receipt| receipt.spent = true);
    with(&|receipt| "somebody-else".clone_into(&mut receipt.principal));
    with(&|receipt| "another".clone_into(&mut receipt.run));
    for age in ages {
        for age in [*age, age.saturating_add(1)] {
            let age_s = i64::try_from(age).unwrap_or(i64::MAX);
            with(&|receipt| receipt.minted_s = receipt.minted_s.saturating_sub(age_s));
        }
    }
    pairs
}
