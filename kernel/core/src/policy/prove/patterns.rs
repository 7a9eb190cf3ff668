//! What rules look at in texts, as patterns over whole texts: names of tables, paths, values of arguments.
//! Knows nothing of which texts there are.

use std::collections::BTreeSet;

use super::cuts::Cuts;
use super::texts::{exactly, folded, widely_folded};
use crate::json::Json;
use crate::limits;
use crate::manifest::{ANYWHERE, Access, System};
use crate::policy::phase::Check;
use crate::policy::when::{Subjects, TABLE_FACTS, path_word};

/// A path as the interceptor accepts it, or nearly: no empty component, none of dots, none that ends in a dot or space.
pub(super) const PATH: &str = r"(?:(?:[^/\\%\x00-\x20\x7f.]|[^/\\%\x00-\x20\x7f][^/\\%\x00-\x1f\x7f]*[^/\\%\x00-\x20\x7f.])/)*(?:[^/\\%\x00-\x20\x7f.]|[^/\\%\x00-\x20\x7f][^/\\%\x00-\x1f\x7f]*[^/\\%\x00-\x20\x7f.])";
/// A name of a table or function.
pub(super) const NAME: &str = r"[^\x00-\x1f\x7f]+";
/// Any text.
pub(super) const ANY: &str = r"(?s:.*)";

/// Along which names of tables are told apart.
pub(super) fn tables(cuts: &Cuts<'_>, system: &System) -> BTreeSet<String> {
    let mut patterns = BTreeSet::new();
    for subjects in cuts.subjects_of(&TABLE_FACTS) {
        patterns.extend(names(subjects));
    }
    for resource in cuts.resources.iter().filter(|r| r.server == system.server) {
        patterns.extend(spelled(&resource.pattern));
    }
    for pattern in system.domains.iter().flat_map(|domain| &domain.tables) {
        patterns.extend(spelled(pattern));
    }
    patterns
}

/// Along which names of functions, datasets and other things are told apart that facts of this word are about.
pub(super) fn named(cuts: &Cuts<'_>, word: &str) -> BTreeSet<String> {
    cuts.subjects_of(&[word])
        .into_iter()
        .flat_map(names)
        .collect()
}

/// Along which paths are told apart.
pub(super) fn paths(cuts: &Cuts<'_>, system: &System) -> BTreeSet<String> {
    let mut patterns = BTreeSet::new();
    for subjects in cuts.subjects_of(&Access::ALL.map(path_word)) {
        patterns.extend(subjects.patterns.iter().filter_map(|p| path(p)));
    }
    let resources = cuts.resources.iter().filter(|r| r.server == system.server);
    patterns.extend(resources.filter_map(|resource| path(&resource.pattern)));
    for prefix in system.domains.iter().flat_map(|domain| &domain.paths) {
        if let Some(name) = prefix.strip_prefix(ANYWHERE) {
            let parts: Vec<String> = name.split('*').map(widely_folded).collect();
            let component = parts.join("[^/]*");
            patterns.insert(format!("(?s:(?:.*/)?){component}(?s:/.*)?"));
            continue;
        }
        let prefix = prefix.trim_matches('/');
        let folder = widely_folded(prefix);
        patterns.insert(format!("{folder}(?s:/.*)?"));
        // Who writes a folder above it writes it too.
        let above = prefix
            .match_indices('/')
            .filter_map(|(at, _)| prefix.get(..at));
        patterns.extend(above.map(widely_folded));
    }
    patterns
}

/// A name or a prefix and `*`, as it is written and whatever the case of its letters.
fn spelled(pattern: &str) -> [String; 2] {
    match pattern.strip_suffix('*') {
        Some(stem) => [exactly(stem), folded(stem)].map(|stem| format!("{stem}(?s:.*)")),
        None => [exactly(pattern), folded(pattern)],
    }
}

fn names(subjects: &Subjects) -> Vec<String> {
    let patterns = subjects.patterns.iter().filter(|pattern| *pattern != "*");
    patterns.flat_map(|pattern| spelled(pattern)).collect()
}

/// `silver/*` is the folder and all within, `silver` the path alone.
fn path(pattern: &str) -> Option<String> {
    let Some(stem) = pattern.strip_suffix('*') else {
        return Some(exactly(pattern));
    };
    let folder = stem.strip_suffix('/').unwrap_or(stem);
    (!folder.is_empty()).then(|| format!("{}(?s:/.*)?", exactly(folder)))
}

/// Along which texts a check tells apart; `None` where patterns cannot say it.
pub(super) fn of_check(check: &Check) -> Option<Vec<String>> {
    let text = |value: &Json| value.as_str().map(exactly);
    let short = |length: u64| (length <= limits::PROVE_LENGTH_MAX).then_some(length);
    Some(match check {
        Check::Equals(value) => text(value).into_iter().collect(),
        Check::OneOf(values) => values.iter().filter_map(text).collect(),
        // Of a text they cannot be told, whatever it says.
        Check::Min(_) | Check::Max(_) => Vec::new(),
        Check::LengthMin(min) => vec![format!("(?s:.{{{},}})", short(*min)?)],
        Check::LengthMax(max) => vec![format!("(?s:.{{0,{}}})", short(*max)?)],
        Check::Matches(pattern) => vec![pattern.as_str().to_owned()],
        Check::Prefix(prefixes) => {
            let folders = prefixes.iter().map(|prefix| exactly(prefix));
            folders.map(|folder| format!("{folder}(?s:/.*)?")).collect()
        }
        Check::Glob(globs) => globs.iter().map(|glob| glob.pattern().to_owned()).collect(),
        // All texts are of one type.
        Check::Type(_) => Vec::new(),
        Check::Versus(_) => return None,
    })
}
