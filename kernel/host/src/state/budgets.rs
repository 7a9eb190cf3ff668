//! Budgets as the store keeps them: reserved with the decision, given back once a call has ended.
//! Knows nothing of rules.

use std::path::Path;
use std::sync::Arc;

use aegis_core::denial::{Denial, Phase};
use aegis_core::now::Now;
use aegis_core::receipt::Spending;

use super::charges;
use super::ledger::{Change, Ledger};
use super::notes::{self, Note};
use super::pace::{Mark, Pace, Steady};
use super::reserved::{Came, Reserved};
use super::store::{About, Store};
use super::{Stands, State, StateFault, Stop, Subjects};

impl State {
    /// Gives back what a call has not used of what was reserved for it, now that it has ended.
    ///
    /// # Errors
    /// `kernel.state-tampered` or `kernel.state-unavailable`.
    pub async fn give_back(&self, reserved: &Reserved, came: &Came) -> Result<(), Denial> {
        let unused = reserved.unused(came);
        if unused.is_empty() {
            return Ok(());
        }
        let (clock, pace) = (Arc::clone(&self.clock), self.pace.clone());
        let payer = reserved.payer().to_owned();
        self.with_store(move |store| {
            let about = About {
                subjects: &[],
                principal: Some(&payer),
            };
            store.transact(about, clock(), |ledger, head| {
                let at_ms = pace.at_ms(head.high_ms);
                let change = Change {
                    charges: charges::give_back(&ledger.charges, &unused, at_ms),
                    ..Change::default()
                };
                Ok(((), change.is_any().then_some(change)))
            })
        })
        .await
    }
}

/// What one principal has used of its budgets and of those that all share, verified, read beside a kernel that may
/// hold the store. The subjects name the principal and the values of a call; the time goes by the steady clock.
///
/// # Errors
/// As [`super::receipts`].
pub fn spending(
    path: &Path,
    subjects: &Subjects,
    (now, steady): (Now, Steady),
) -> Result<Spending, StateFault> {
    let (ledger, values) = Store::look_for(path, subjects)?;
    let latest_ms = ledger.head.high_ms;
    let gone_ms = now.unix_ms.saturating_sub(latest_ms);
    let pace = Pace::from(latest_ms.max(now.unix_ms));
    let pace = pace.by(steady, notes::mark(&ledger.notes).as_ref(), gone_ms);
    let at_ms = pace.at_ms(latest_ms);
    let payer = subjects.payer.as_deref().unwrap_or_default();
    Ok(charges::spending(&ledger.charges, payer, &values, at_ms))
}

/// Whoever is charged was named before the decision, so that the store looked at its budgets.
pub(super) fn payable(permit: &impl Stands, payer: Option<&str>) -> Result<(), Denial> {
    if permit.charges().is_empty() || payer.is_some() {
        return Ok(());
    }
    Err(Denial::kernel(
        "kernel.budget-unknown",
        Phase::Kernel,
        "the decision charges a budget that the kernel did not look at",
        "ask an operator: this is a defect of the kernel",
    ))
}

/// Adds what a permit takes.
pub(super) fn reserve(
    ledger: &Ledger,
    change: &mut Change,
    reserved: &Reserved,
    mark: Option<Mark>,
) -> Result<(), Stop> {
    if reserved.is_empty() {
        return Ok(());
    }
    let full = || StateFault::Io("the book of budgets is full".to_owned());
    let (charged, ended) = charges::charge(&ledger.charges, reserved).ok_or_else(full)?;
    change.charges = charged;
    change.dropped_charges = ended;
    if let Some(mark) = mark {
        let (fresh, old) = (Note::pace(&mark), notes::marks(&ledger.notes));
        let moved = old.iter().filter(|note| **note != fresh);
        change.dropped_notes.extend(moved.cloned());
        change
            .notes
            .extend((!old.contains(&fresh)).then_some(fresh));
    }
    Ok(())
}
