//! Rows that are groups with a count: the small ones go, and so much beside them that no subtraction brings them back.
//! Knows nothing of where rows come from. Every total counts as known, whether or not it is among the rows.

use std::collections::BTreeSet;

use super::shown_groups::{Asked, ShownGroups};
use super::suppression::{Group, Suppression};
use crate::json::{Json, Object};
use crate::limits;
use crate::policy::GroupTerms;

/// Suppresses rows in place; answers which, in their order.
///
/// # Errors
/// Why the rows cannot be shown at all.
pub(super) fn suppress(
    rows: &mut [Json],
    owed: &[GroupTerms],
    (principal, what): (&str, &[u8; 32]),
    shown: &mut ShownGroups,
) -> Result<Vec<usize>, &'static str> {
    let mut all = BTreeSet::new();
    let mut marked = Vec::new();
    for terms in owed {
        let groups = groups(rows, terms)?;
        let asked = Asked {
            principal,
            rule: &terms.rule,
            what,
        };
        let kept_back = shown.kept_back(asked, &groups, terms.k)?;
        let suppressed = Suppression::of(&groups, terms.k, &kept_back)?;
        shown.remember(asked, &groups, &suppressed);
        all.extend(suppressed.iter().copied());
        marked.push((terms, suppressed));
    }
    // Only now, since each rule reads the counts as they came.
    for (terms, suppressed) in marked {
        for at in suppressed {
            if let Some(Json::Object(row)) = rows.get_mut(at) {
                for (name, cell) in row.iter_mut() {
                    if !terms.by.iter().any(|column| column == name) {
                        *cell = Json::Null;
                    }
                }
            }
        }
    }
    Ok(all.into_iter().collect())
}

fn groups(rows: &[Json], terms: &GroupTerms) -> Result<Vec<Group>, &'static str> {
    if rows.len() > limits::SMALL_GROUP_ROWS_MAX {
        return Err("more groups than can be held against each other");
    }
    let mut seen = BTreeSet::new();
    let mut groups = Vec::with_capacity(rows.len());
    for row in rows {
        let Json::Object(row) = row else {
            return Err("a row is no object");
        };
        let group = group(row, terms)?;
        if !seen.insert(group.key.clone()) {
            return Err("two rows are of one group");
        }
        groups.push(group);
    }
    Ok(groups)
}

fn group(row: &Object, terms: &GroupTerms) -> Result<Group, &'static str> {
    let count = row.get(&terms.count).ok_or("a row has no count")?;
    let count = count.as_number().and_then(|number| number.as_u64());
    let key = terms.by.iter().map(|column| {
        let cell = row.get(column).ok_or("a row does not say its group")?;
        let text = match cell {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.lexeme().to_owned(),
            Json::Bool(flag) => flag.to_string(),
            // A group without a name is one like others.
            Json::Null => String::from("\u{0}null"),
            Json::Array(_) | Json::Object(_) => return Err("a row does not say its group"),
        };
        Ok((terms.total.as_ref() != Some(&text)).then_some(text))
    });
    Ok(Group {
        key: key.collect::<Result<_, _>>()?,
        count: count.ok_or("a count is no whole number")?,
    })
}
