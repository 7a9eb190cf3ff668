//! Sets of source columns and the ways by which they flow.
//! Knows nothing of statements. Sets only grow.

use std::cmp::Ordering;

use crate::manifest::{Column, Label};

/// A column of a base table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'c> {
    pub(super) table: &'c str,
    pub(super) column: &'c Column,
}

impl Ord for Origin<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.table, &self.column.name).cmp(&(other.table, &other.column.name))
    }
}

impl PartialOrd for Origin<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Origin<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Origin<'_> {}

/// The ways by which one source flows, as bits; a source may flow in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ways(u8);

impl Ways {
    const VALUE: Self = Self(1);
    const CONTROL: Self = Self(2);
    const COUNTED: Self = Self(4);
    const SUMMED: Self = Self(8);

    fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }

    /// Whether the source is there in more than its count or its sum.
    pub(super) fn is_open(self) -> bool {
        self.any(Self::VALUE) || self.any(Self::CONTROL)
    }

    /// Whether the source is there by a sum or average.
    pub(super) fn is_summed(self) -> bool {
        self.any(Self::SUMMED)
    }

    /// Whether the source is there otherwise than by control.
    pub(super) fn is_value(self) -> bool {
        self != Self::CONTROL
    }
}

/// What something is computed from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flow<'c> {
    /// The first of the sources, which most often is the only one.
    first: Option<(Origin<'c>, Ways)>,
    /// The others; all are sorted by origin, each once.
    rest: Vec<(Origin<'c>, Ways)>,
    /// Whether it is one column, untouched.
    bare: bool,
}

impl<'c> Flow<'c> {
    /// One column, untouched.
    pub(super) fn column(origin: Origin<'c>) -> Self {
        Self {
            first: Some((origin, Ways::VALUE)),
            rest: Vec::new(),
            bare: true,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// How many sources there are.
    pub(super) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = (Origin<'c>, Ways)> {
        self.first.iter().chain(&self.rest).copied()
    }

    /// The column, where this is one column untouched.
    pub(super) fn bare(&self) -> Option<Origin<'c>> {
        match (self.bare, self.first, self.rest.is_empty()) {
            (true, Some((origin, Ways::VALUE)), true) => Some(origin),
            _ => None,
        }
    }

    /// Adds all sources of another flow.
    pub(super) fn add(&mut self, other: &Self) {
        let Some(added) = other.first else {
            return;
        };
        if self.is_empty() {
            self.first = other.first;
            self.rest.clone_from(&other.rest);
            self.bare &= other.bare;
            return;
        }
        self.bare &= self == other;
        self.insert(added);
        for part in &other.rest {
            self.insert(*part);
        }
    }

    fn insert(&mut self, (origin, ways): (Origin<'c>, Ways)) {
        let Some((least, known)) = &mut self.first else {
            self.first = Some((origin, ways));
            return;
        };
        match origin.cmp(least) {
            Ordering::Equal => known.0 |= ways.0,
            Ordering::Less => {
                let moved = self.first.replace((origin, ways));
                self.rest.splice(0..0, moved);
            }
            Ordering::Greater => {
                match self.rest.binary_search_by(|(known, _)| known.cmp(&origin)) {
                    Ok(at) => {
                        if let Some((_, known)) = self.rest.get_mut(at) {
                            known.0 |= ways.0;
                        }
                    }
                    Err(at) => self.rest.insert(at, (origin, ways)),
                }
            }
        }
    }

    /// The same sources, computed with.
    pub(super) fn mixed(mut self) -> Self {
        self.bare = false;
        self
    }

    fn each(&self, change: impl Fn(Ways) -> Ways) -> Self {
        let change = |(origin, ways): &(Origin<'c>, Ways)| (*origin, change(*ways));
        Self {
            first: self.first.as_ref().map(change),
            rest: self.rest.iter().map(change).collect(),
            bare: false,
        }
    }

    /// The same sources, choosing what stands there; a count that chooses stays a count.
    pub(super) fn control(&self) -> Self {
        self.each(|ways| {
            let open = Ways::VALUE.0 | Ways::CONTROL.0 | Ways::SUMMED.0;
            let chosen = if ways.0 & open == 0 {
                0
            } else {
                Ways::CONTROL.0
            };
            Ways(ways.0 & Ways::COUNTED.0 | chosen)
        })
    }

    /// The count of one bare column. The count of anything else counts a condition and stays open.
    pub(super) fn counted(&self) -> Self {
        match self.bare() {
            Some(_) => self.each(|_| Ways::COUNTED),
            None => self.clone().mixed(),
        }
    }

    /// The sum of one bare column. `sum(salary * (id = 5))` is one person's salary and stays open.
    pub(super) fn summed(&self) -> Self {
        match self.bare() {
            Some(_) => self.each(|_| Ways::SUMMED),
            None => self.clone().mixed(),
        }
    }

    /// What a query around this one receives: nobody sees to k rows in an inner group, so a sum
    /// counts as the value.
    pub(super) fn settled(&self) -> Self {
        let mut flow = self.clone();
        for (_, ways) in flow.first.iter_mut().chain(&mut flow.rest) {
            if ways.any(Ways::SUMMED) {
                *ways = Ways(ways.0 & !Ways::SUMMED.0 | Ways::VALUE.0);
            }
        }
        flow
    }

    /// Every source in every open way: the end of a recursion that did not settle.
    pub(super) fn saturated(&self) -> Self {
        self.each(|_| Ways(Ways::VALUE.0 | Ways::CONTROL.0))
    }

    /// The labels that this flow carries, given whether sums of measures are released here.
    pub(super) fn labels(&self, release_sums: bool) -> impl Iterator<Item = &'c Label> {
        self.parts().flat_map(move |(origin, ways)| {
            let released = release_sums && origin.column.measure;
            let carried = ways.is_open() || (ways.is_summed() && !released);
            origin.column.labels().filter(move |_| carried)
        })
    }
}
