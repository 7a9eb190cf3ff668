//! Which counts one principal was shown under which rule: what two answers say together must not be a small group.
//! Knows nothing of rows. It holds names of groups and counts, in memory alone.

use std::collections::{BTreeMap, BTreeSet};

use super::suppression::Group;
use crate::limits;

/// The name of a group.
type Name = Vec<Option<String>>;

/// What was shown, by principal and rule.
#[derive(Debug, Default)]
pub struct ShownGroups(BTreeMap<(String, String), Shown>);

/// What one principal was shown under one rule.
#[derive(Debug, Default)]
struct Shown {
    /// Groups that were ever kept back.
    gone: BTreeSet<Name>,
    /// Counts by what was asked.
    answers: BTreeMap<[u8; 32], BTreeMap<Name, u64>>,
}

/// Whose answer it is, and to what.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) principal: &'a str,
    pub(super) rule: &'a str,
    /// Tool and arguments.
    pub(super) what: &'a [u8; 32],
}

impl ShownGroups {
    /// The groups of an answer that must be kept back for what was shown before: those that were kept back once, since
    /// another choice of what stands beside them would give them away, and those whose count differs from one shown
    /// under other arguments by fewer than `k` people.
    ///
    /// # Errors
    /// Where more different questions were asked than are held against each other.
    pub(super) fn kept_back(
        &self,
        asked: Asked<'_>,
        groups: &[Group],
        k: u64,
    ) -> Result<BTreeSet<usize>, &'static str> {
        let Some(shown) = self.0.get(&asked.owner()) else {
            return Ok(BTreeSet::new());
        };
        if !shown.answers.contains_key(asked.what)
            && shown.answers.len() >= limits::SMALL_GROUP_ANSWERS_MAX
        {
            return Err(
                "more different questions were asked about these groups than are held against each other",
            );
        }
        let others = || shown.answers.iter().filter(|(what, _)| *what != asked.what);
        let hides = |group: &Group| {
            shown.gone.contains(&group.key)
                || others().any(|(_, counts)| {
                    let before = counts.get(&group.key);
                    before.is_some_and(|before| (1..k).contains(&before.abs_diff(group.count)))
                })
        };
        let all = groups.iter().enumerate();
        Ok(all
            .filter(|(_, group)| hides(group))
            .map(|(at, _)| at)
            .collect())
    }

    /// Remembers what is shown and what is kept back.
    pub(super) fn remember(
        &mut self,
        asked: Asked<'_>,
        groups: &[Group],
        suppressed: &BTreeSet<usize>,
    ) {
        let shown = self.0.entry(asked.owner()).or_default();
        let mut counts = BTreeMap::new();
        for (at, group) in groups.iter().enumerate() {
            if suppressed.contains(&at) {
                shown.gone.insert(group.key.clone());
            } else {
                counts.insert(group.key.clone(), group.count);
            }
        }
        shown.answers.insert(*asked.what, counts);
    }
}

impl Asked<'_> {
    fn owner(&self) -> (String, String) {
        (self.principal.to_owned(), self.rule.to_owned())
    }
}
