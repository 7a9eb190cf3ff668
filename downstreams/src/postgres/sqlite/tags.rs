//! Which columns of the database are masked for this call.
//! Knows nothing of how the engine keeps to it.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::{Column, Object};
use crate::postgres::grant::Grant;
use crate::postgres::mask::Mask;
use crate::postgres::relation::Kind;

/// The masks of one relation.
#[derive(Clone, Debug, Default)]
pub(super) struct TableTags {
    /// Folded column → mask. A column computed from others is masked where any column is.
    pub(super) masks: BTreeMap<String, Mask>,
    /// Folded columns that are sealed, so that their sums can be told.
    pub(super) measures: BTreeSet<String>,
    /// The folded column by which rows are looked up.
    pub(super) lookup: Option<String>,
    /// Folded names that the grant masks and the relation does not have. A renamed column must not
    /// leave by its new name: such a relation is not readable at all.
    unknown: bool,
}

impl TableTags {
    pub(super) fn mask(&self, column: &str) -> Option<&Mask> {
        self.masks.get(&column.to_ascii_lowercase())
    }

    /// Whether the relation has all the columns that the grant masks.
    pub(super) fn sound(&self) -> bool {
        !self.unknown
    }
}

/// Folded relation → its masks; those without any are absent.
#[derive(Clone, Debug, Default)]
pub(super) struct Tags(BTreeMap<String, TableTags>);

impl Tags {
    /// Matches the grant with what there is. `names` are the columns of each object, in order.
    pub(super) fn new<'a>(
        grant: &Grant,
        objects: impl Iterator<Item = (&'a Object, Vec<String>)>,
    ) -> Self {
        let mut all = BTreeMap::new();
        for (object, names) in objects {
            let folded = object.name.to_ascii_lowercase();
            let prefix = format!("{folded}.");
            let mut tags = TableTags::default();
            for (key, mask) in &grant.masked {
                let Some(column) = key.strip_prefix(&prefix) else {
                    continue;
                };
                if names.iter().any(|name| name.eq_ignore_ascii_case(column)) {
                    tags.masks.insert(column.to_owned(), mask.clone());
                    if grant.measures.as_ref().is_some_and(|m| m.columns.has(key)) {
                        tags.measures.insert(column.to_owned());
                    }
                } else {
                    tags.unknown = true;
                }
            }
            let looked_up = grant.lookup.as_ref();
            if let Some(column) = looked_up.and_then(|sought| sought.place.strip_prefix(&prefix)) {
                let is_here = names.iter().any(|name| name.eq_ignore_ascii_case(column));
                // Only the rows of a table are looked up: a view's come from elsewhere.
                if object.kind == Kind::Table && is_here {
                    tags.lookup = Some(column.to_owned());
                } else {
                    tags.unknown = true;
                }
            }
            if let Some(first) = tags.masks.values().next().map(Mask::derived) {
                for column in object.columns.iter().filter(|column| column.generated) {
                    let column = column.name.to_ascii_lowercase();
                    tags.masks.entry(column).or_insert_with(|| first.clone());
                }
            }
            if tags.unknown || !tags.masks.is_empty() || tags.lookup.is_some() {
                all.insert(folded, tags);
            }
        }
        Self(all)
    }

    /// Where rows are looked up, as `table.column`, folded; once at the most, else nowhere.
    pub(super) fn looked_up(&self) -> Option<String> {
        let mut found = self.0.iter().filter_map(|(table, tags)| {
            let column = tags.lookup.as_ref()?;
            tags.sound().then(|| format!("{table}.{column}"))
        });
        let first = found.next();
        first.filter(|_| found.next().is_none())
    }

    pub(super) fn of(&self, relation: &str) -> Option<&TableTags> {
        self.0.get(&relation.to_ascii_lowercase())
    }

    /// Whether reading this column must fail where no mask stands in between.
    pub(super) fn hides(&self, relation: &str, column: &str) -> bool {
        self.of(relation)
            .is_some_and(|tags| !tags.sound() || tags.mask(column).is_some())
    }
}

/// The names of a table's own columns.
pub(super) fn names(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|column| column.name.clone()).collect()
}
