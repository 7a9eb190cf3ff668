//! Which groups go, so that no small one can be seen or computed.
//! Knows nothing of rows and columns. Every total counts as known, whether or not it is among the groups.

use std::collections::{BTreeMap, BTreeSet};

use super::span::Span;

/// A group with its people.
pub(super) struct Group {
    /// Its value in each column that names it; `None` sums over the column.
    pub(super) key: Vec<Option<String>>,
    pub(super) count: u64,
}

/// Groups whose counts add up to a total.
struct Relation {
    members: Vec<usize>,
    /// The total, where it is among the groups.
    total: Option<usize>,
    sum: u64,
}

/// Which groups are gone so far.
pub(super) struct Suppression<'g> {
    groups: &'g [Group],
    relations: Vec<Relation>,
    k: u64,
    /// Groups that are kept back for what was shown before, as if they were small.
    kept_back: &'g BTreeSet<usize>,
    gone: BTreeSet<usize>,
}

impl<'g> Suppression<'g> {
    /// The groups that must go, where a group of 1 to `k - 1` is small, and one that is kept back.
    ///
    /// # Errors
    /// Why no choice of them is enough, or none can be found.
    pub(super) fn of(
        groups: &'g [Group],
        k: u64,
        kept_back: &'g BTreeSet<usize>,
    ) -> Result<BTreeSet<usize>, &'static str> {
        let mut this = Self {
            groups,
            relations: Vec::new(),
            k,
            kept_back,
            gone: BTreeSet::new(),
        };
        this.gone = (0..groups.len()).filter(|at| this.is_small(*at)).collect();
        if this.gone.is_empty() {
            return Ok(this.gone);
        }
        this.relations = relations(groups);
        let mut span = Span::new();
        // Each round takes one group more, so there are at most as many as groups.
        while let Some(among) = this.broken(&mut span)? {
            let more = this.smallest(among.into_iter());
            let more = more.or_else(|| this.smallest(0..groups.len()));
            this.gone
                .insert(more.ok_or("its small groups can be computed from their totals")?);
        }
        Ok(this.gone)
    }

    fn count(&self, at: usize) -> u64 {
        self.groups.get(at).map_or(0, |group| group.count)
    }

    fn is_small(&self, at: usize) -> bool {
        (1..self.k).contains(&self.count(at)) || self.kept_back.contains(&at)
    }

    /// Groups of which one more should go: those beside a small group that can be computed, or beside too few people.
    fn broken(&self, span: &mut Span) -> Result<Option<Vec<usize>>, &'static str> {
        let places: BTreeMap<usize, usize> = self
            .gone
            .iter()
            .enumerate()
            .map(|(n, at)| (*at, n))
            .collect();
        span.clear(places.len());
        for relation in self.relations.iter().filter(|r| self.says_something(r)) {
            let members = relation.members.iter().filter_map(|at| places.get(at));
            let total = relation.total.and_then(|at| places.get(&at));
            let terms = members
                .map(|n| (*n, true))
                .chain(total.map(|n| (*n, false)));
            span.add(terms)
                .ok_or("more groups than can be held against each other")?;
        }
        let computed: Vec<usize> = places
            .iter()
            .filter(|(_, n)| span.determines(**n))
            .map(|(at, _)| *at)
            .collect();
        if computed.iter().any(|at| self.is_small(*at)) {
            return Ok(Some(self.beside(&computed)));
        }
        let unknown = |at: &usize| self.gone.contains(at) && !computed.contains(at);
        let few = self.relations.iter().find(|relation| {
            let left: Vec<usize> = relation.members.iter().copied().filter(unknown).collect();
            let people: u64 = left.iter().map(|at| self.count(*at)).sum();
            self.says_something(relation)
                && people < self.k
                && relation.total.is_none_or(|at| !unknown(&at))
                && left.iter().any(|at| self.is_small(*at))
        });
        Ok(few.map(|relation| {
            let members = relation.members.iter().copied();
            members.chain(relation.total).collect()
        }))
    }

    /// A total that is not among the groups is known where it is large enough to be shown elsewhere.
    fn says_something(&self, relation: &Relation) -> bool {
        relation.total.is_some() || relation.sum >= self.k
    }

    /// The parts of a total beside a computed group: of the total with the fewest gone, of those where something still
    /// stands. Its total goes only where no part is left anywhere.
    fn beside(&self, computed: &[usize]) -> Vec<usize> {
        let meets = |r: &&Relation| computed.iter().any(|at| r.members.contains(at));
        let parts = self.relations.iter().filter(meets).filter_map(|relation| {
            let smallest = self.smallest(relation.members.iter().copied())?;
            let gone = relation.members.iter().filter(|at| self.gone.contains(at));
            Some((gone.count(), self.count(smallest), smallest))
        });
        match parts.min() {
            Some((.., smallest)) => vec![smallest],
            None => {
                let totals = self.relations.iter().filter(meets);
                totals.filter_map(|relation| relation.total).collect()
            }
        }
    }

    /// The group with the fewest people that still stands; parts before totals.
    fn smallest(&self, among: impl Iterator<Item = usize>) -> Option<usize> {
        let standing = among.filter(|at| !self.gone.contains(at) && self.count(*at) > 0);
        standing.min_by_key(|at| {
            let key = self.groups.get(*at).map(|group| group.key.iter());
            let summed = key.map_or(0, |key| key.filter(|part| part.is_none()).count());
            (summed, self.count(*at), *at)
        })
    }
}

/// For each set of columns that groups name, and each part of it that is summed over: what adds up to what.
fn relations(groups: &[Group]) -> Vec<Relation> {
    let known: BTreeMap<&[Option<String>], usize> = groups
        .iter()
        .enumerate()
        .map(|(at, group)| (group.key.as_slice(), at))
        .collect();
    let mut sums: BTreeMap<(u32, Vec<Option<&str>>), Vec<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        let named = mask(&group.key);
        let mut over = named;
        // Every part of the set but the empty one.
        while over > 0 {
            let kept = group.key.iter().enumerate().map(|(n, part)| {
                let summed = over >> n & 1 == 1;
                part.as_deref().filter(|_| !summed)
            });
            sums.entry((named, kept.collect())).or_default().push(at);
            over = (over - 1) & named;
        }
    }
    let relation = |((_, key), members): ((u32, Vec<Option<&str>>), Vec<usize>)| {
        let key: Vec<Option<String>> = key
            .into_iter()
            .map(|part| part.map(str::to_owned))
            .collect();
        let count = |at: &usize| groups.get(*at).map_or(0, |group| group.count);
        Relation {
            sum: members.iter().map(count).fold(0, u64::saturating_add),
            total: known.get(key.as_slice()).copied(),
            members,
        }
    };
    sums.into_iter().map(relation).collect()
}

fn mask(key: &[Option<String>]) -> u32 {
    let bits = key.iter().enumerate().filter(|(_, part)| part.is_some());
    bits.map(|(n, _)| 1 << n).sum()
}
