//! Which columns of the schema are masked for this call, and where rows are looked up.
//! Knows nothing of how the engine keeps to it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schema::Object;
use super::value::{FLOAT4, FLOAT8, INT2, INT4, INT8, NUMERIC, TEXT, VARCHAR, is_number};
use crate::postgres::grant::Grant;
use crate::postgres::mask::Mask;
use crate::postgres::relation::Kind;

/// The masks of one relation.
#[derive(Clone, Debug, Default)]
pub(super) struct Tags {
    /// Column → mask, by the engine's own spelling.
    pub(super) masks: BTreeMap<String, Mask>,
    /// Columns that are sealed so that their sums can be told, and the domain of the sealed form.
    pub(super) measures: BTreeMap<String, &'static str>,
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
                    tags.masks.insert(column.name.clone(), mask.clone());
                    let measured = grant.measures.as_ref();
                    if object.kind == Kind::Table
                        && measured.is_some_and(|measured| measured.columns.has(key))
                        && let Some(domain) = domain(column.kind)
                    {
                        tags.measures.insert(column.name.clone(), domain);
                    }
                }
            }
            tags.unsound |= tags.masks.len() != before + 1;
        }
        let sought = grant.lookup.as_ref();
        if let Some((sought, wanted)) =
            sought.and_then(|sought| Some((sought, sought.place.strip_prefix(&prefix)?)))
        {
            let mut fitting = object.columns.iter().filter(|column| {
                column.name.eq_ignore_ascii_case(wanted) && compares(column.kind, &sought.value)
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

/// The domain of sealed values of a type; what is no number is masked as anything else.
fn domain(kind: u32) -> Option<&'static str> {
    Some(match kind {
        INT2 | INT4 => "whole",
        INT8 | NUMERIC => "exact",
        FLOAT4 | FLOAT8 => "real",
        _ => return None,
    })
}

/// Whether a column of a type is looked up by such a value: texts that compare byte by byte (`char(n)` and `citext` take
/// several values for one), and numbers by a number.
fn compares(kind: u32, value: &Value) -> bool {
    match value {
        Value::String(_) => [TEXT, VARCHAR].contains(&kind),
        // A text is no number, on either engine.
        Value::Number(_) => is_number(kind) || [TEXT, VARCHAR].contains(&kind),
        _ => false,
    }
}
