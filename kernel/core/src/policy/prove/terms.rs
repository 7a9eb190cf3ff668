//! What a permit is worth beside another one: what leaves, on which terms, at which price.
//! Knows nothing of calls.

use std::collections::BTreeMap;

use super::{Direction, Leaving};
use crate::inspect::Output;
use crate::manifest::Label;
use crate::policy::{GroupTerms, Measured, Obligations, Policy, Terms};
use crate::receipt::{Charge, Over};

/// What differs, in words, and whether it is more or less that leaves or is possible.
pub(super) type Told = Vec<(Direction, String)>;

/// Holds the terms of two permits of one call against each other.
pub(super) fn differences(
    (old_policy, old): (&Policy, &Terms),
    (new_policy, new): (&Policy, &Terms),
    outputs: &[Output],
) -> Told {
    let mut told = Told::new();
    owed(&old.obligations, &new.obligations, outputs, &mut told);
    charges(
        (old_policy, &old.charges),
        (new_policy, &new.charges),
        &mut told,
    );
    let receipts = |terms: &Terms| terms.spends.len();
    if receipts(old) > receipts(new) {
        told.push((Direction::Widened, "stands on fewer receipts".to_owned()));
    } else if receipts(old) < receipts(new) {
        told.push((Direction::Narrowed, "stands on more receipts".to_owned()));
    }
    told
}

/// Every obligation is named here, so that a new one does not compile before somebody has said how it is compared.
fn owed(old: &Obligations, new: &Obligations, outputs: &[Output], told: &mut Told) {
    let Obligations {
        columns: _,
        // What the wall is told of sources follows from what masks columns.
        sources: _,
        detect,
        analysed,
        fields,
        small_groups,
        limit,
        row_max,
        byte_max,
        change_max,
        // Whether a refused write is counted is told by the tool and the call, by no rule.
        changes_told: _,
        measured,
        lookups,
    } = old;
    labels(old, new, outputs, told);
    let caps = [
        ("rows of a query", *limit, new.limit),
        ("rows leave", *row_max, new.row_max),
        ("bytes leave", *byte_max, new.byte_max),
        ("rows change", *change_max, new.change_max),
    ];
    for (what, before, after) in caps {
        cap(what, before, after, told);
    }
    if detect != &new.detect {
        let name = |owed: &Obligations| owed.profiles().unwrap_or_else(|| "none".to_owned());
        let way = instead(detect.is_empty(), new.detect.is_empty());
        told.push((
            way,
            format!("detectors: {}, before {}", name(new), name(old)),
        ));
    }
    match (analysed, new.analysed) {
        (true, false) => told.push((Direction::Widened, "no analyser sees the answer".to_owned())),
        (false, true) => told.push((
            Direction::Narrowed,
            "an analyser sees the answer".to_owned(),
        )),
        _ => {}
    }
    if fields != &new.fields {
        let way = instead(fields.is_empty(), new.fields.is_empty());
        told.push((way, "fields that are dropped or renamed".to_owned()));
    }
    groups(small_groups, &new.small_groups, told);
    sums(measured.as_ref(), new.measured.as_ref(), told);
    for label in new.lookups.difference(lookups) {
        told.push((Direction::Widened, format!("{label} is looked up")));
    }
    for label in lookups.difference(&new.lookups) {
        told.push((Direction::Narrowed, format!("{label} is not looked up")));
    }
}

/// What is demanded in place of something else; without it nothing is.
fn instead(nothing_before: bool, nothing_after: bool) -> Direction {
    match (nothing_before, nothing_after) {
        (true, _) => Direction::Narrowed,
        (_, true) => Direction::Widened,
        (false, false) => Direction::Other,
    }
}

fn groups(old: &[GroupTerms], new: &[GroupTerms], told: &mut Told) {
    for terms in old.iter().filter(|terms| !new.contains(terms)) {
        let words = format!("small groups: no longer {} of {}", terms.k, terms.count);
        told.push((Direction::Widened, words));
    }
    for terms in new.iter().filter(|terms| !old.contains(terms)) {
        let words = format!("small groups: {} of {}", terms.k, terms.count);
        told.push((Direction::Narrowed, words));
    }
}

fn labels(old: &Obligations, new: &Obligations, outputs: &[Output], told: &mut Told) {
    for at in outputs.iter().enumerate() {
        for label in &at.1.labels {
            let ((before, was), (after, is)) = (left(old, at, label), left(new, at, label));
            let way = match after.cmp(&before) {
                std::cmp::Ordering::Less => Direction::Widened,
                std::cmp::Ordering::Greater => Direction::Narrowed,
                std::cmp::Ordering::Equal => continue,
            };
            told.push((way, format!("{label} leaves {is}, before {was}")));
        }
    }
}

/// How little is left of a label: first by kind, then by operator; and in words.
fn left(owed: &Obligations, at: (usize, &Output), label: &Label) -> ((Leaving, u64), String) {
    let how = Leaving::of(owed, at, label);
    let mask = owed.columns.iter().find(|mask| mask.index == at.0);
    let strictness = mask.map_or(0, |mask| mask.operator.strictness());
    let words = mask.map_or_else(|| how.word().to_owned(), |mask| mask.operator.to_string());
    ((how, strictness), words)
}

fn cap(what: &str, before: Option<u64>, after: Option<u64>, told: &mut Told) {
    let bound = |cap: Option<u64>| cap.unwrap_or(u64::MAX);
    let words = |cap: Option<u64>| {
        cap.map_or_else(|| "any number".to_owned(), |cap| format!("at most {cap}"))
    };
    let way = match bound(after).cmp(&bound(before)) {
        std::cmp::Ordering::Greater => Direction::Widened,
        std::cmp::Ordering::Less => Direction::Narrowed,
        std::cmp::Ordering::Equal => return,
    };
    told.push((
        way,
        format!("{what}: {}, before {}", words(after), words(before)),
    ));
}

fn sums(before: Option<&Measured>, after: Option<&Measured>, told: &mut Told) {
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        // What leaves in sums was told by its label.
        _ => return,
    };
    let wider = after.rows_min < before.rows_min || after.share_max > before.share_max;
    let narrower = after.rows_min > before.rows_min || after.share_max < before.share_max;
    let way = match (wider, narrower) {
        (false, false) => return,
        (true, false) => Direction::Widened,
        (false, true) => Direction::Narrowed,
        (true, true) => Direction::Other,
    };
    let words = |terms: &Measured| {
        format!(
            "over {} rows, none above {} %",
            terms.rows_min, terms.share_max
        )
    };
    told.push((
        way,
        format!("sums {}, before {}", words(after), words(before)),
    ));
}

/// Which budgets are charged, and how much there is in them.
fn charges(old: (&Policy, &[Charge]), new: (&Policy, &[Charge]), told: &mut Told) {
    let by_account = |(policy, charges): (&Policy, &[Charge])| -> BTreeMap<String, Price> {
        let one = |charge: &Charge| {
            let (account, _) = charge
                .account
                .split_once(crate::receipt::THIS_VALUE)
                .unwrap_or((&charge.account, ""));
            let limit = policy.limit_of(account).map_or(0, |(limit, _)| limit);
            let price = Price {
                limit,
                over: charge.over,
                terms: (charge.shared, charge.back),
            };
            (account.to_owned(), price)
        };
        charges.iter().map(one).collect()
    };
    let (old, new) = (by_account(old), by_account(new));
    for (account, before) in &old {
        match new.get(account) {
            None => told.push((Direction::Widened, format!("no budget {account}"))),
            Some(after) if after != before => {
                let alike = (after.over, &after.terms) == (before.over, &before.terms);
                let way = match (alike, after.limit > before.limit) {
                    (false, _) => Direction::Other,
                    (true, true) => Direction::Widened,
                    (true, false) => Direction::Narrowed,
                };
                let words = format!("budget {account}: {}, before {}", after.limit, before.limit);
                told.push((way, words));
            }
            Some(_) => {}
        }
    }
    for account in new.keys().filter(|account| !old.contains_key(*account)) {
        told.push((Direction::Narrowed, format!("a budget {account}")));
    }
}

/// What there is in one budget.
#[derive(PartialEq, Eq)]
struct Price {
    limit: u64,
    over: Over,
    terms: (bool, crate::receipt::Back),
}
