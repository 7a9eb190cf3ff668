//! What a set of sums determines: linear algebra over a prime field.
//! Knows nothing of groups. Coefficients are 1 and -1, so what is determined over the rationals is determined here.

use crate::limits;

/// Large, and its products fit.
const PRIME: u64 = 2_147_483_647;

/// Sums of unknowns in reduced form: each row has a leading unknown that no other row has.
pub(super) struct Span {
    width: usize,
    rows: Vec<(usize, Vec<u64>)>,
    /// Steps that are left, over all rounds.
    work: usize,
}

impl Span {
    pub(super) fn new() -> Self {
        Self {
            width: 0,
            rows: Vec::new(),
            work: limits::SMALL_GROUP_WORK_MAX,
        }
    }

    /// Begins anew with so many unknowns.
    pub(super) fn clear(&mut self, width: usize) {
        self.width = width;
        self.rows.clear();
    }

    /// Adds a known sum: unknowns that count once, or once against. `None` where the work is used up.
    pub(super) fn add(&mut self, terms: impl Iterator<Item = (usize, bool)>) -> Option<()> {
        let mut row = vec![0; self.width];
        for (at, plus) in terms {
            if let Some(slot) = row.get_mut(at) {
                *slot = if plus { 1 } else { PRIME - 1 };
            }
        }
        for (lead, known) in &self.rows {
            let factor = row.get(*lead).copied().unwrap_or(0);
            if factor != 0 {
                self.work = self.work.checked_sub(self.width)?;
                subtract(&mut row, known, factor);
            }
        }
        let Some(lead) = row.iter().position(|value| *value != 0) else {
            return Some(());
        };
        let inverse = inverse(row.get(lead).copied().unwrap_or(1));
        for value in &mut row {
            *value = *value * inverse % PRIME;
        }
        for (_, known) in &mut self.rows {
            let factor = known.get(lead).copied().unwrap_or(0);
            if factor != 0 {
                self.work = self.work.checked_sub(self.width)?;
                subtract(known, &row, factor);
            }
        }
        self.work = self.work.checked_sub(self.width)?;
        self.rows.push((lead, row));
        Some(())
    }

    /// Whether the sums leave this unknown one value.
    pub(super) fn determines(&self, at: usize) -> bool {
        let row = self.rows.iter().find(|(lead, _)| *lead == at);
        row.is_some_and(|(_, row)| row.iter().filter(|value| **value != 0).count() == 1)
    }
}

fn subtract(from: &mut [u64], row: &[u64], factor: u64) {
    for (value, known) in from.iter_mut().zip(row) {
        *value = (*value + (PRIME - factor) * known) % PRIME;
    }
}

/// By Fermat: `value` to the power of `PRIME - 2`.
fn inverse(value: u64) -> u64 {
    let (mut base, mut left, mut product) = (value % PRIME, PRIME - 2, 1);
    while left > 0 {
        if left & 1 == 1 {
            product = product * base % PRIME;
        }
        base = base * base % PRIME;
        left >>= 1;
    }
    product
}
