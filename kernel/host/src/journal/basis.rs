//! What a decision was made from, noted where it is made and recorded with it.
//! Knows nothing of what was decided.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use aegis_core::audit::{
    Basis, Charged, Considered, Cut, Flaw, Int, Labelled, RuleLine, Text, Used, Written,
};
use aegis_core::inspect::{Examined, Output};
use aegis_core::limits;
use aegis_core::now::Now;
use aegis_core::policy::phase::Flawed;
use aegis_core::policy::{Policy, Question, Shadow};
use aegis_core::receipt::{LedgerView, Receipt, Spending};

/// Takes down what a decision sees, inside the transaction that it is made in. All clones are one note.
#[derive(Clone, Debug, Default)]
pub struct Notes(Arc<OnceLock<(Basis<'static>, Cut)>>);

impl Notes {
    /// Notes what `policy` is about to look at. Only the first note counts.
    pub fn take(&self, policy: &Policy, examined: &Examined, ledger: &LedgerView, now: Now) {
        self.take_among((policy, &[]), examined, ledger, now);
    }

    /// As [`Notes::take`], where earlier policies of its run are asked as well.
    pub fn take_among(
        &self,
        (policy, elders): (&Policy, &[Arc<Policy>]),
        examined: &Examined,
        ledger: &LedgerView,
        now: Now,
    ) {
        self.0.get_or_init(|| {
            let flawed = match ledger.receipts.is_empty() {
                true => Vec::new(),
                false => policy.weigh(&Question::about(examined), ledger, now),
            };
            let outputs = examined.outputs().unwrap_or_default();
            let subjects = policy.subject_columns();
            let (mut basis, cut) = basis(labelled(outputs, &subjects), ledger, &flawed, now);
            basis.earlier = elders.iter().map(|one| Text::from(one.epoch())).collect();
            basis.shadow = shadows(policy, examined, ledger, now);
            basis.spending = spending(policy, examined, &ledger.spending);
            (basis, cut)
        });
    }

    /// The note, and what was left out of it.
    pub(super) fn taken(&self) -> Option<(Basis<'static>, Cut)> {
        self.0.get().cloned()
    }
}

fn basis(
    outputs: Vec<Labelled<'static>>,
    ledger: &LedgerView,
    flawed: &[Flawed],
    now: Now,
) -> (Basis<'static>, Cut) {
    let mut receipts: Vec<&Receipt> = ledger.receipts.iter().collect();
    receipts.sort_by(|a, b| (b.seq, &b.id).cmp(&(a.seq, &a.id)));
    let extra = receipts.len().saturating_sub(limits::RECEIPTS_NOTED_MAX);
    let cut = Cut {
        receipts: (extra > 0).then(|| Int::of(extra)),
        ..Cut::default()
    };
    let noted = receipts.into_iter().take(limits::RECEIPTS_NOTED_MAX);
    let written = |(subject, position): (&String, &u64)| Written {
        position: Int::saturating(*position),
        subject: Text::from(subject.as_str()),
    };
    let basis = Basis {
        clock_back: ledger.clock_went_back,
        earlier: Vec::new(),
        now_ms: seconds(now.unix_ms),
        outputs,
        receipts: noted.map(|receipt| considered(receipt, flawed)).collect(),
        shadow: Vec::new(),
        spending: None,
        writes: ledger.last_write.iter().map(written).collect(),
    };
    (basis, cut)
}

/// What rules that are only watched would have said.
fn shadows(
    policy: &Policy,
    examined: &Examined,
    ledger: &LedgerView,
    now: Now,
) -> Vec<RuleLine<'static>> {
    let said = policy.shadows(&Question::about(examined), ledger, now);
    let line = |shadow: &Shadow| RuleLine {
        phase: Text::from(shadow.phase.as_str()),
        rule: Text::from(shadow.rule.as_str()),
        severity: policy
            .severity_of(&shadow.rule)
            .map(|one| Text::from(one.as_str())),
    };
    said.iter()
        .take(limits::SHADOWS_NOTED_MAX)
        .map(line)
        .collect()
}

/// The outputs that masks depend on.
fn labelled(outputs: &[Output], subjects: &BTreeSet<&str>) -> Vec<Labelled<'static>> {
    let mut noted = Vec::new();
    for (index, output) in outputs.iter().enumerate() {
        let source = match (output.bare, output.sources.len(), output.sources.first()) {
            (true, 1, Some(source)) if subjects.contains(source.as_str()) => Some(source),
            _ => None,
        };
        if source.is_none() && output.labels.is_empty() && output.summed.is_empty() {
            continue;
        }
        let labels = output.labels.iter().map(|label| Text::from(label.as_str()));
        noted.push(Labelled {
            bare: output.bare,
            index: Int::of(index),
            labels: labels.collect(),
            source: source.map(|source| Text::from(source.as_str())),
            summed: summed(output),
        });
    }
    noted
}

fn summed(output: &Output) -> Vec<Text<'static>> {
    let labels = output.summed.iter();
    labels.map(|label| Text::from(label.as_str())).collect()
}

/// What budgets had given that the decision looks at: those of the rules that speak of the call, and where it may cost one
/// of a look-up or a sum, those.
fn spending(policy: &Policy, examined: &Examined, spending: &Spending) -> Option<Used<'static>> {
    let asked = Question::about(examined);
    let costly = examined.may_cost();
    if !costly && !policy.meters(&asked) {
        return None;
    }
    let looked_at = |account: &str| match policy.is_metered(account) {
        true => policy.meters_by(&asked, account),
        false => costly,
    };
    let slots = spending
        .slots()
        .filter(|(account, _, _)| looked_at(account));
    let slots = slots.map(|(account, slot_ms, amount)| Charged {
        account: Text::from(account),
        amount: Int::saturating(amount),
        slot_ms: seconds(slot_ms),
    });
    Some(Used {
        at_ms: seconds(spending.at_ms()),
        slots: slots.collect(),
    })
}

fn considered(receipt: &Receipt, flawed: &[Flawed]) -> Considered<'static> {
    let text = |text: &String| Text::from(text.as_str());
    let flaws = flawed
        .iter()
        .filter(|flawed| flawed.receipt == receipt.id)
        .map(|flawed| Flaw {
            rule: text(&flawed.rule),
            why: Text::from(flawed.why),
        });
    Considered {
        all_passed: receipt.counts.all_passed(),
        dataset: text(&receipt.dataset),
        epoch: text(&receipt.epoch),
        expires_s: seconds(receipt.expires_s),
        flaws: flaws.collect(),
        id: text(&receipt.id),
        kind: text(&receipt.kind),
        minted_s: seconds(receipt.minted_s),
        position: Int::saturating(receipt.seq),
        principal: text(&receipt.principal),
        run: text(&receipt.run),
        spent: receipt.spent,
        subject: text(&receipt.subject),
        suite: text(&receipt.suite),
    }
}

/// A moment since 1970; before it there was no kernel.
fn seconds(moment: i64) -> Int {
    Int::saturating(u64::try_from(moment).unwrap_or_default())
}
