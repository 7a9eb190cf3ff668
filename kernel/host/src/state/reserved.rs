//! What one call has reserved of budgets, and what of it is given back by how it came out.
//! Knows nothing of rows or files.

use std::collections::BTreeMap;

use aegis_core::receipt::{Back, Charge, Over, THIS_VALUE, Unit, VALUE};

use super::charges::{EVERYONE, Slot};
use super::{StateFault, Stop};

/// The accounts of values, and what stands for each value of a call there.
pub(super) type Values = BTreeMap<String, Vec<String>>;

/// Amounts by place that a permit has taken.
#[derive(Clone, Debug, Default)]
pub struct Reserved {
    payer: String,
    pub(super) at_ms: i64,
    pub(super) taken: Vec<Taken>,
}

/// One amount and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) slot: Slot,
    pub(super) over: Over,
    pub(super) amount: u64,
    pub(super) at_ms: i64,
    back: Back,
}

/// How a call came out, as far as the kernel knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Came {
    /// Whether anything may have been sent.
    pub sent: bool,
    /// Whether it certainly did not do what was asked: not sent, or the tool said so.
    pub failed: bool,
    /// Whether the agent gave it up.
    pub cancelled: bool,
    /// Rows that left; `None` where they cannot be told.
    pub rows: Option<u64>,
    /// Bytes that left.
    pub bytes: Option<u64>,
}

impl Reserved {
    /// What a permit takes, each amount at its place.
    pub(super) fn of(
        charges: &[Charge],
        payer: Option<&str>,
        values: &Values,
        at_ms: i64,
    ) -> Result<Self, Stop> {
        let payer = payer.unwrap_or_default();
        let mut taken = Vec::with_capacity(charges.len());
        for charge in charges {
            let slot = Slot {
                principal: if charge.shared { EVERYONE } else { payer }.to_owned(),
                account: account(&charge.account, values)?,
                slot_ms: charge.over.slot_ms(at_ms),
            };
            taken.push(Taken {
                slot,
                over: charge.over,
                amount: charge.amount,
                at_ms,
                back: charge.back,
            });
        }
        Ok(Self {
            payer: payer.to_owned(),
            at_ms,
            taken,
        })
    }

    pub(super) fn payer(&self) -> &str {
        &self.payer
    }

    pub(super) fn is_empty(&self) -> bool {
        self.taken.is_empty()
    }

    /// What is given back, at its place.
    pub(super) fn unused(&self, came: &Came) -> Vec<Taken> {
        let unused = |taken: &Taken| {
            let amount = match taken.back {
                Back::Never => 0,
                Back::Unsent if came.sent => 0,
                Back::Failed if came.cancelled || !came.failed => 0,
                Back::Unsent | Back::Failed => taken.amount,
                Back::Unused(unit) => taken.amount.saturating_sub(came.left(unit)?),
            };
            (amount > 0).then(|| Taken {
                amount,
                ..taken.clone()
            })
        };
        self.taken.iter().filter_map(unused).collect()
    }
}

impl Came {
    fn left(&self, unit: Unit) -> Option<u64> {
        match unit {
            Unit::Rows => self.rows,
            Unit::Bytes => self.bytes,
            Unit::Calls | Unit::Values => None,
        }
    }
}

/// The account as it stands in the file: there a value of this call has what always stands for it.
fn account(named: &str, values: &Values) -> Result<String, Stop> {
    let Some((account, at)) = named.split_once(THIS_VALUE) else {
        return Ok(named.to_owned());
    };
    let tag = at.parse::<usize>().ok();
    let tag = tag.and_then(|at| values.get(account)?.get(at));
    let unknown = || StateFault::Io("a value that nobody named is charged".to_owned());
    let tag = tag.ok_or_else(unknown)?;
    Ok(format!("{account}{VALUE}{tag}"))
}
