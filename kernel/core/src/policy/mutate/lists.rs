//! Lists of patterns with one thing changed: an element left out, widened, or narrowed by one thing that it means.
//! Knows nothing of which rules have them.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_spanned::Spanned;

use super::universe::Universe;
use crate::capability::CapabilityPattern;
use crate::policy::{LabelPattern, Resource, ToolPattern};

/// What a list of a rule holds.
pub(super) trait Pattern: Clone {
    fn read(text: &str) -> Option<Self>;
    fn text(&self) -> String;
    /// The wider forms of a text, the nearest first.
    fn wider(text: &str) -> Vec<String>;
    /// What it means of all that there is; nothing where that cannot be listed.
    fn means(&self, universe: &Universe) -> BTreeSet<String>;
}

/// `a`, JOINT and the rest: the area, and everything.
fn wider(text: &str, joint: &str) -> Vec<String> {
    let area = text.split_once(joint);
    let area = area.filter(|(_, rest)| *rest != "*");
    let area = area.map(|(area, _)| format!("{area}{joint}*"));
    let all = (text != "*").then(|| "*".to_owned());
    area.into_iter().chain(all).collect()
}

impl Pattern for CapabilityPattern {
    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
    fn text(&self) -> String {
        self.as_str().to_owned()
    }
    fn wider(text: &str) -> Vec<String> {
        wider(text, ":")
    }
    fn means(&self, universe: &Universe) -> BTreeSet<String> {
        universe.capabilities_of(|capability| self.covers(capability))
    }
}

impl Pattern for ToolPattern {
    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
    fn text(&self) -> String {
        self.as_str().to_owned()
    }
    fn wider(text: &str) -> Vec<String> {
        wider(text, "__")
    }
    fn means(&self, universe: &Universe) -> BTreeSet<String> {
        universe.tools_of(|tool| self.covers(tool))
    }
}

impl Pattern for LabelPattern {
    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
    fn text(&self) -> String {
        self.as_str().to_owned()
    }
    fn wider(text: &str) -> Vec<String> {
        wider(text, ".")
    }
    fn means(&self, universe: &Universe) -> BTreeSet<String> {
        universe.labels_of(|label| self.covers(label))
    }
}

impl Pattern for Resource {
    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
    fn text(&self) -> String {
        format!("{}:{}", self.server, self.pattern)
    }
    fn wider(text: &str) -> Vec<String> {
        let server = text.split_once(':').filter(|(_, rest)| *rest != "*");
        let all = server.map(|(server, _)| format!("{server}:*"));
        all.into_iter().collect()
    }
    /// There can be any table and any object.
    fn means(&self, _: &Universe) -> BTreeSet<String> {
        BTreeSet::new()
    }
}

/// A name that stands for itself: of a server, a column, a role.
impl Pattern for String {
    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
    fn text(&self) -> String {
        self.clone()
    }
    fn wider(_: &str) -> Vec<String> {
        Vec::new()
    }
    fn means(&self, _: &Universe) -> BTreeSet<String> {
        BTreeSet::from([self.clone()])
    }
}

/// A list with one change.
pub(super) struct Altered<P> {
    pub(super) list: Vec<Spanned<P>>,
    pub(super) at: Range<usize>,
    pub(super) change: String,
    pub(super) told_by: String,
}

/// Every small change of a list; none leaves it empty.
pub(super) fn altered<P: Pattern>(list: &[Spanned<P>], universe: &Universe) -> Vec<Altered<P>> {
    let mut found = Vec::new();
    for (place, one) in list.iter().enumerate() {
        let others = || {
            let others = list.iter().enumerate().filter(|(at, _)| *at != place);
            others.map(|(_, other)| other.clone()).collect::<Vec<_>>()
        };
        let (at, text) = (one.span(), one.get_ref().text());
        let meant = one.get_ref().means(universe);
        if list.len() > 1 {
            found.push(Altered {
                list: others(),
                at: at.clone(),
                change: format!("`{text}` is left out"),
                told_by: format!("a case that turns on `{text}`"),
            });
        }
        let known: BTreeSet<String> = list
            .iter()
            .flat_map(|p| p.get_ref().means(universe))
            .collect();
        for wide in P::wider(&text) {
            let Some(pattern) = P::read(&wide) else {
                continue;
            };
            let more = pattern.means(universe).difference(&known).next().cloned();
            let told = more
                .unwrap_or_else(|| format!("something that `{wide}` means and `{text}` does not"));
            let mut list = others();
            list.push(Spanned::new(at.clone(), pattern));
            found.push(Altered {
                list,
                at: at.clone(),
                change: format!("`{text}` is widened to `{wide}`"),
                told_by: format!("a case with {told}"),
            });
        }
        if !text.ends_with('*') || meant.len() < 2 {
            continue;
        }
        for without in &meant {
            let mut list = others();
            let rest = meant.iter().filter(|word| *word != without);
            let rest = rest.filter_map(|word| P::read(word));
            list.extend(rest.map(|pattern| Spanned::new(at.clone(), pattern)));
            found.push(Altered {
                list,
                at: at.clone(),
                change: format!("`{text}` no longer means `{without}`"),
                told_by: format!("a case that turns on `{without}`"),
            });
        }
    }
    found
}
