//! Which columns of the schema are masked for this call, and where rows are looked up.
//! Knows nothing of how the engine keeps to it.

use std::collections::BTreeMap;

use super::schema::Object;
use super::value::{TEXT, VARCHAR};
use crate::postgres::grant::Grant;
use crate::postgres::mask::Mask;
use crate::postgres::relation::Kind;

/// The masks of one relation.
#[derive(Clone, Debug, Default)]
pub(super) struct Tags {
    /// Column → mask, by the engine's own spelling.
    pub(super) masks: BTreeMap<String, Mask>,
    /// The column by which rows are looked up.
    pub(super) lookup: Option<String>,
    /// The grant names a column that the relation does not have, or may not look up: it is not readable at all.
    unsound: bool,
}

impl Tags {
    /// Matches the grant with a relation. A column computed from others is redacted where any column is masked.
    pub(super) fn of(grant: &Grant, object: &Object) -> Self {
        let mut tags = Self::default();
        let prefix = format!("{}.", object.name.to_ascii_lowercase());
        for (key, mask) in &grant.masked {
            let Some(wanted) = key.strip_prefix(&prefix) else {
                continue;
            };
            let before = tags.masks.len();
            for column in &object.columns {
                if column.name.eq_ignore_ascii_case(wanted) {
                    // What is no text has no parts that a partial mask could keep, nor spellings.
                    tags.masks.insert(column.name.clone(), mask.clone());
                }
            }
            tags.unsound |= tags.masks.len() != before + 1;
        }
        let sought = grant.lookup.as_ref();
        if let Some(wanted) = sought.and_then(|sought| sought.place.strip_prefix(&prefix)) {
            let mut fitting = object.columns.iter().filter(|column| {
                // The text types that compare byte by byte; `char(n)` and `citext` take several values for one.
                column.name.eq_ignore_ascii_case(wanted) && [TEXT, VARCHAR].contains(&column.kind)
            });
            match (fitting.next(), fitting.next(), object.kind) {
                (Some(column), None, Kind::Table) => tags.lookup = Some(column.name.clone()),
                _ => tags.unsound = true,
            }
        }
        if let Some(first) = tags.masks.values().next().map(Mask::derived) {
            for column in object.columns.iter().filter(|column| column.generated) {
                let masks = tags.masks.entry(column.name.clone());
                masks.or_insert_with(|| first.clone());
            }
        }
        tags
    }

    /// Whether the relation is what the grant takes it for.
    pub(super) fn sound(&self) -> bool {
        !self.unsound
    }
}
