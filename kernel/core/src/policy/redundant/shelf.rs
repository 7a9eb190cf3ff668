//! Which rules could cover another, by what they name, so that not each is held against each.
//! Knows nothing of what covers what.

use std::collections::BTreeMap;

use crate::policy::{Declared, Rule};

/// Rules by kind and by a pattern that they name.
pub(super) struct Shelf(BTreeMap<(&'static str, String), Vec<usize>>);

impl Shelf {
    pub(super) fn of(rules: &[&Declared]) -> Self {
        let mut places: BTreeMap<(&'static str, String), Vec<usize>> = BTreeMap::new();
        for (at, one) in rules.iter().enumerate() {
            for name in names(&one.rule) {
                let list = places.entry((one.rule.kind(), name)).or_default();
                list.push(at);
            }
        }
        Self(places)
    }

    /// Those that name what it names first, or more.
    pub(super) fn could_cover(&self, rule: &Rule) -> impl Iterator<Item = usize> {
        let kinds: &[&'static str] = match rule {
            Rule::Grant(_) => &["block", "grant"],
            Rule::Block(_) => &["block"],
            Rule::Argument(_) => &["argument"],
            Rule::Transform(_) => &["transform"],
            _ => &[],
        };
        let first = names(rule).into_iter().next().unwrap_or_default();
        let keys = kinds.iter().flat_map(move |kind| {
            let wider = wider(&first).into_iter();
            wider.map(move |name| (*kind, name))
        });
        keys.flat_map(|key| self.0.get(&key).into_iter().flatten().copied())
    }
}

/// The patterns of a rule, the whole of whose calls another one must cover; of a transform none.
fn names(rule: &Rule) -> Vec<String> {
    match rule {
        Rule::Grant(rule) => {
            let names = rule.capabilities.iter();
            names
                .map(|name| name.get_ref().as_str().to_owned())
                .collect()
        }
        Rule::Block(rule) => {
            let names = rule.capabilities.iter();
            names
                .map(|name| name.get_ref().as_str().to_owned())
                .collect()
        }
        Rule::Argument(rule) => {
            let names = rule.tools.iter();
            names
                .map(|name| name.get_ref().as_str().to_owned())
                .collect()
        }
        Rule::Transform(_) => vec!["*".to_owned()],
        _ => Vec::new(),
    }
}

/// The name itself and the patterns that mean it: `db:read`, `db:*`, `*`.
fn wider(name: &str) -> Vec<String> {
    let joint = [":", "__"].iter().find_map(|joint| {
        let at = name.find(joint)?;
        name.get(..at.checked_add(joint.len())?)
    });
    let mut all = vec![name.to_owned()];
    all.extend(joint.map(|stem| format!("{stem}*")));
    all.push("*".to_owned());
    all.dedup();
    all
}
