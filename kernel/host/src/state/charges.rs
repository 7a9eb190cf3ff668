//! The rows of budgets: what each principal was charged, by account and slot of time.
//! Knows nothing of rules or of what a budget is for.

use std::collections::BTreeMap;

use aegis_core::limits;
use aegis_core::receipt::{Charge, Spending};
use rusqlite::{Connection, Row, params};

use super::StateFault;
use super::key::{Key, Tag};
use super::rows::{Message, signed, unreadable, unsigned};

pub(super) const SCHEMA: &str = "
CREATE TABLE charges (
    principal TEXT NOT NULL, account TEXT NOT NULL, slot_ms INTEGER NOT NULL, amount INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL, tag BLOB NOT NULL, PRIMARY KEY (principal, account, slot_ms)
) STRICT;
";

const TAG: &str = "aegis state charge v1";
const ELEMENT: &str = "aegis state charge element v1";

/// Which slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    pub(super) principal: String,
    pub(super) account: String,
    pub(super) slot_ms: i64,
}

/// What was charged there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charged {
    pub(super) amount: u64,
    /// From when on it counts for nothing.
    pub(super) ends_ms: i64,
}

/// Every slot that counts, and some that do no longer.
pub(super) type Charges = BTreeMap<Slot, Charged>;

/// What one principal has used, at this moment of the store's time.
pub(super) fn spending(charges: &Charges, principal: &str, at_ms: i64) -> Spending {
    let mut spending = Spending::at(at_ms);
    for (slot, charged) in of(charges, principal) {
        spending.add(&slot.account, slot.slot_ms, charged.amount);
    }
    spending
}

/// The slots after these charges: each with its new sum. `None` where the book would be too full.
pub(super) fn charge(
    charges: &Charges,
    principal: &str,
    taken: &[Charge],
    at_ms: i64,
) -> Option<(Charges, Vec<Slot>)> {
    let mut changed = Charges::new();
    for charge in taken {
        let slot_ms = charge.slot_ms(at_ms);
        let slot = Slot {
            principal: principal.to_owned(),
            account: charge.account.clone(),
            slot_ms,
        };
        let before = changed.get(&slot).or_else(|| charges.get(&slot));
        let amount = before.map_or(0, |charged| charged.amount);
        let ends_ms = before.map_or(i64::MIN, |charged| charged.ends_ms);
        let charged = Charged {
            amount: amount.saturating_add(charge.amount),
            ends_ms: ends_ms.max(charge.ends_ms(slot_ms)),
        };
        changed.insert(slot, charged);
    }
    let over = |(slot, charged): &(&Slot, &Charged)| {
        charged.ends_ms <= at_ms && !changed.contains_key(*slot)
    };
    let ended: Vec<Slot> = charges
        .iter()
        .filter(over)
        .map(|(slot, _)| slot.clone())
        .collect();
    let fresh = changed.keys().filter(|slot| !charges.contains_key(*slot));
    let full = charges.len().saturating_sub(ended.len()) + fresh.count();
    (full <= limits::BUDGET_CHARGES_MAX).then_some((changed, ended))
}

/// The slots after charges are given back, as far as they are still there.
pub(super) fn refund(charges: &Charges, given_back: &[(Slot, u64)]) -> Charges {
    let mut changed = Charges::new();
    for (slot, amount) in given_back {
        if let Some(before) = changed.get(slot).or_else(|| charges.get(slot)).copied() {
            let amount = before.amount.saturating_sub(*amount);
            changed.insert(slot.clone(), Charged { amount, ..before });
        }
    }
    changed
}

/// One principal's slots.
pub(super) fn of<'c>(
    charges: &'c Charges,
    principal: &'c str,
) -> impl Iterator<Item = (&'c Slot, &'c Charged)> {
    charges
        .iter()
        .filter(move |(slot, _)| slot.principal == principal)
}

/// All rows, or those of one principal, each verified.
pub(super) fn read(
    db: &Connection,
    key: &Key,
    principal: Option<&str>,
) -> Result<Charges, StateFault> {
    let sql = "SELECT principal, account, slot_ms, amount, ends_ms, tag FROM charges \
               WHERE ?1 IS NULL OR principal = ?1";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![principal])?;
    let mut found = Charges::new();
    while let Some(row) = rows.next()? {
        let (slot, charged, tag) = row_of(row).map_err(unreadable)?;
        if !key.verify(message(TAG, &slot, charged).bytes(), &tag)? {
            return Err(StateFault::Tampered("a charge is not as it was noted"));
        }
        found.insert(slot, charged);
    }
    Ok(found)
}

pub(super) fn put(
    db: &Connection,
    key: &Key,
    slot: &Slot,
    charged: Charged,
) -> Result<(), StateFault> {
    let tag = key.tag(message(TAG, slot, charged).bytes())?;
    let sql = "INSERT OR REPLACE INTO charges VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(sql)?.execute(params![
        slot.principal,
        slot.account,
        slot.slot_ms,
        signed(charged.amount)?,
        charged.ends_ms,
        tag.as_slice(),
    ])?;
    Ok(())
}

pub(super) fn drop_slot(db: &Connection, slot: &Slot) -> Result<(), StateFault> {
    db.prepare_cached(
        "DELETE FROM charges WHERE principal = ?1 AND account = ?2 AND slot_ms = ?3",
    )?
    .execute(params![slot.principal, slot.account, slot.slot_ms])?;
    Ok(())
}

/// The row's part in the digest of all rows.
pub(super) fn element(key: &Key, slot: &Slot, charged: Charged) -> Result<Tag, StateFault> {
    key.tag(message(ELEMENT, slot, charged).bytes())
}

fn message(domain: &str, slot: &Slot, charged: Charged) -> Message {
    Message::new(domain)
        .text(&slot.principal)
        .text(&slot.account)
        .moment(slot.slot_ms)
        .number(charged.amount)
        .moment(charged.ends_ms)
}

fn row_of(row: &Row<'_>) -> rusqlite::Result<(Slot, Charged, Vec<u8>)> {
    let slot = Slot {
        principal: row.get("principal")?,
        account: row.get("account")?,
        slot_ms: row.get("slot_ms")?,
    };
    let charged = Charged {
        amount: unsigned(row, "amount")?,
        ends_ms: row.get("ends_ms")?,
    };
    Ok((slot, charged, row.get("tag")?))
}
