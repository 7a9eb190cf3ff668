//! The rows of budgets: what each principal was charged, by account and slot of time.
//! Knows nothing of rules or of what a budget is for.

use std::collections::BTreeMap;

use aegis_core::limits;
use aegis_core::receipt::{Over, Spending, THIS_VALUE, VALUE};
use rusqlite::{Connection, Row, params};

use super::StateFault;
use super::key::{Key, Tag};
use super::reserved::{Reserved, Taken, Values};
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

/// Stands for all principals together, where no principal's name can.
pub(super) const EVERYONE: &str = "*";

/// What one principal has used, and all together of what they share, at this moment of the store's time. Values of the
/// present call are named by their place, others by a number.
pub(super) fn spending(
    charges: &Charges,
    principal: &str,
    values: &Values,
    at_ms: i64,
) -> Spending {
    let mut spending = Spending::at(at_ms);
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (slot, charged) in seen_by(charges, principal) {
        let name = match slot.account.split_once(VALUE) {
            None => slot.account.clone(),
            Some((account, tag)) => {
                let here = values.get(account);
                match here.and_then(|tags| tags.iter().position(|one| one == tag)) {
                    Some(at) => format!("{account}{THIS_VALUE}{at}"),
                    None => {
                        let next = numbers.len();
                        let number = numbers.entry(&slot.account).or_insert(next);
                        format!("{account}{VALUE}{number}")
                    }
                }
            }
        };
        spending.add(&name, slot.slot_ms, charged.amount);
    }
    spending
}

/// The slots after these charges: each with its new sum, and those that count for nothing any more. `None`
/// where the book would be too full.
pub(super) fn charge(charges: &Charges, reserved: &Reserved) -> Option<(Charges, Vec<Slot>)> {
    let mut changed = Charges::new();
    let mut ended = Vec::new();
    for taken in &reserved.taken {
        let slot = taken.slot.clone();
        let moves = matches!(taken.over, Over::Bucket { .. });
        let mut owed = BTreeMap::new();
        for (old, charged) in account(charges, &slot.principal, &slot.account) {
            if moves || slot.account.contains(VALUE) {
                owed.insert(old.slot_ms, charged.amount);
                if *old != slot {
                    ended.push(old.clone());
                }
            }
        }
        let before = changed.get(&slot).or_else(|| charges.get(&slot));
        let own = before.map_or(0, |charged| charged.amount);
        let owed = match (moves, changed.get(&slot)) {
            (true, None) => taken.over.owed(&owed, reserved.at_ms),
            _ => own,
        };
        let amount = owed.saturating_add(taken.over.booked(taken.amount));
        let ends_ms = before.map_or(i64::MIN, |charged| charged.ends_ms);
        let charged = Charged {
            amount,
            ends_ms: ends_ms.max(taken.over.ends_ms(slot.slot_ms, amount)),
        };
        changed.insert(slot, charged);
    }
    let over = |(slot, charged): &(&Slot, &Charged)| {
        charged.ends_ms <= reserved.at_ms && !changed.contains_key(*slot)
    };
    ended.extend(charges.iter().filter(over).map(|(slot, _)| slot.clone()));
    ended.sort_unstable();
    ended.dedup();
    let fresh = changed.keys().filter(|slot| !charges.contains_key(*slot));
    let full = charges.len().saturating_sub(ended.len()) + fresh.count();
    (full <= limits::BUDGET_CHARGES_MAX).then_some((changed, ended))
}

/// The slots after amounts are given back, as far as they are still there. What a bucket has paid off since counts as
/// this amount's first: so that it is never given back twice.
pub(super) fn give_back(charges: &Charges, unused: &[Taken], at_ms: i64) -> Charges {
    let mut changed = Charges::new();
    for taken in unused {
        let there = account(charges, &taken.slot.principal, &taken.slot.account).next_back();
        let slot = match taken.over {
            Over::Window { .. } => taken.slot.clone(),
            Over::Bucket { .. } => match there {
                Some((slot, _)) => slot.clone(),
                None => continue,
            },
        };
        let Some(before) = changed.get(&slot).or_else(|| charges.get(&slot)).copied() else {
            continue;
        };
        let paid = taken.over.paid_since(taken.at_ms, at_ms);
        let back = taken.over.booked(taken.amount).saturating_sub(paid);
        let amount = before.amount.saturating_sub(back);
        changed.insert(slot, Charged { amount, ..before });
    }
    changed
}

/// The slots of one account.
fn account<'c>(
    charges: &'c Charges,
    principal: &str,
    account: &str,
) -> impl DoubleEndedIterator<Item = (&'c Slot, &'c Charged)> {
    let at = |slot_ms| Slot {
        principal: principal.to_owned(),
        account: account.to_owned(),
        slot_ms,
    };
    charges.range(at(i64::MIN)..=at(i64::MAX))
}

/// A principal's slots, and those that all share.
pub(super) fn seen_by<'c>(
    charges: &'c Charges,
    principal: &'c str,
) -> impl Iterator<Item = (&'c Slot, &'c Charged)> {
    let shared = (principal != EVERYONE).then(|| of(charges, EVERYONE));
    shared.into_iter().flatten().chain(of(charges, principal))
}

/// One principal's slots, in order.
fn of<'c>(
    charges: &'c Charges,
    principal: &'c str,
) -> impl Iterator<Item = (&'c Slot, &'c Charged)> {
    let first = Slot {
        principal: principal.to_owned(),
        account: String::new(),
        slot_ms: i64::MIN,
    };
    let from = charges.range(first..);
    from.take_while(move |(slot, _)| slot.principal == principal)
}

/// All rows, or those that one principal sees, each verified.
pub(super) fn read(
    db: &Connection,
    key: &Key,
    principal: Option<&str>,
) -> Result<Charges, StateFault> {
    let sql = "SELECT principal, account, slot_ms, amount, ends_ms, tag FROM charges \
               WHERE ?1 IS NULL OR principal = ?1 OR principal = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![principal, EVERYONE])?;
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
