//! Makes a record fit its bound: lists are shortened, and how much is missing is said.
//! Knows nothing of bytes.

use super::{Cut, Int, Record};

impl Record<'_> {
    /// Leaves at most `keep` items in each list.
    pub(super) fn cut_to(&mut self, keep: usize) {
        let mut cut = self.cut.take().unwrap_or_default();
        shorten(self.capabilities.as_mut(), keep, &mut cut.capabilities);
        shorten(self.facts.as_mut(), keep, &mut cut.facts);
        shorten(self.findings.as_mut(), keep, &mut cut.findings);
        shorten(self.rules.as_mut(), keep, &mut cut.rules);
        shorten(self.spent.as_mut(), keep, &mut cut.spent);
        if let Some(basis) = &mut self.basis {
            shorten(Some(&mut basis.outputs), keep, &mut cut.outputs);
            shorten(Some(&mut basis.receipts), keep, &mut cut.receipts);
            shorten(Some(&mut basis.writes), keep, &mut cut.writes);
            let slots = basis.spending.as_mut().map(|used| &mut used.slots);
            shorten(slots, keep, &mut cut.slots);
        }
        if let Some(args) = &mut self.args {
            shorten(Some(&mut args.keys), keep, &mut cut.keys);
        }
        if let Some(obliged) = &mut self.obligations {
            shorten(Some(&mut obliged.columns), keep, &mut cut.columns);
            shorten(Some(&mut obliged.sources), keep, &mut cut.sources);
        }
        self.cut = (cut != Cut::default()).then_some(cut);
    }
}

fn shorten<T>(list: Option<&mut Vec<T>>, keep: usize, cut: &mut Option<Int>) {
    let Some(list) = list else { return };
    let extra = list.len().saturating_sub(keep);
    if extra > 0 {
        list.truncate(keep);
        let before = cut.map_or(0, Int::get);
        *cut = Some(Int::saturating(before.saturating_add(Int::of(extra).get())));
    }
}
