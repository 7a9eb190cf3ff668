//! What a permitted call would take from which budget, and what that would leave.
//! Knows nothing of why a call is permitted; it reads the state and changes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use aegis_core::json::Json;
use aegis_core::now::Now;
use aegis_core::policy::{Policy, Terms};
use aegis_core::receipt::{Charge, Over, Spending, THIS_VALUE, Unit};

use crate::state::{self, StateFault, Steady, Subjects};

/// What principals have used of their budgets, each read once unless a call's own values must be looked for. `None`
/// where the state cannot be read.
#[derive(Default)]
pub(super) struct Books(BTreeMap<String, Option<Spending>>);

impl Books {
    pub(super) fn of(&mut self, state: &Path, subjects: &Subjects, now: Now) -> Option<Spending> {
        let read = || match state::spending(state, subjects, (now, Steady::of_machine())) {
            Ok(spending) => Some(spending),
            // No kernel has run here yet.
            Err(StateFault::Absent(_)) => Some(Spending::at(now.unix_ms)),
            Err(fault) => {
                crate::told::tell!("aegis explain: what budgets have left is not known: {fault}");
                None
            }
        };
        if !subjects.values.is_empty() {
            return read();
        }
        let payer = subjects.payer.clone().unwrap_or_default();
        self.0.entry(payer).or_insert_with(read).clone()
    }
}

/// One line for each budget that is charged.
pub(super) fn of(policy: &Policy, terms: &Terms, known: Option<&Spending>) -> Vec<Json> {
    let mut costs: Vec<Json> = Vec::new();
    let mut values: BTreeMap<&str, Vec<&Charge>> = BTreeMap::new();
    for charge in &terms.charges {
        match charge.account.split_once(THIS_VALUE) {
            Some((account, _)) => values.entry(account).or_default().push(charge),
            None => {
                let used = known.map(|known| known.used(&charge.account, charge.over));
                costs.push(cost(
                    policy,
                    (&charge.account, charge.over),
                    charge.amount,
                    used,
                ));
            }
        }
    }
    for (account, charges) in values {
        let Some(over) = charges.first().map(|charge| charge.over) else {
            continue;
        };
        let fresh = |known: &Spending| {
            let new = (0..charges.len()).filter(|at| !known.knows(account, *at, over));
            u64::try_from(new.count()).unwrap_or(u64::MAX)
        };
        let fresh = known.map_or(0, fresh);
        let used = known.map(|known| known.values(account, over));
        costs.push(cost(policy, (account, over), fresh, used));
    }
    costs
}

fn cost(policy: &Policy, (account, over): (&str, Over), amount: u64, used: Option<u64>) -> Json {
    let limit = policy.limit_of(account);
    let left = used.zip(limit);
    let left = left.map(|(used, (limit, _))| limit.saturating_sub(used.saturating_add(amount)));
    let number = |number: Option<u64>| number.map_or(Json::Null, Json::from);
    let unit = limit.map_or(Unit::Calls, |(_, unit)| unit);
    let mut members = vec![
        ("budget", Json::from(account)),
        (unit.as_str(), Json::from(amount)),
        ("of", number(limit.map(|(limit, _)| limit))),
    ];
    match over {
        Over::Window { seconds } => members.push(("window_s", Json::from(seconds))),
        Over::Bucket { refill, every_ms } => {
            members.push(("refill", Json::from(refill)));
            members.push(("every_s", Json::from(every_ms / 1_000)));
        }
    }
    members.push(("left", number(left)));
    Json::object(members)
}
