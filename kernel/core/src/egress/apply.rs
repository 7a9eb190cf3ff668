//! Puts the masks where the finds are: strings in place, numbers as strings, keys unique.
//! Knows nothing of how anything was found.

use std::collections::HashSet;

use crate::json::{Json, Object, Pointer};

use super::cannot_mask::CannotMask;
use super::examiner::Examiner;
use super::finding::Finding;
use super::hit::{self, Hit};
use super::walk::Found;

/// Whether a whole value that is dropped becomes `null`; where texts must keep their places, it does not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulls {
    /// As the profile says.
    AsProfile,
    /// Never: the redacted form instead.
    Never,
}

/// Masks what was found in `value`.
pub(super) fn apply(
    examiner: &Examiner<'_>,
    mut value: Json,
    mut found: Vec<Found>,
    nulls: Nulls,
) -> Result<(Json, Vec<Finding>), CannotMask> {
    if found.is_empty() {
        return Ok((value, Vec::new()));
    }
    found.sort_by_key(|(ordinal, _)| *ordinal);
    let mut writer = Writer {
        examiner,
        nulls,
        found: found.into_iter().peekable(),
        ordinal: 0,
        findings: Vec::new(),
    };
    writer.value(&mut value, &Path::Root)?;
    Ok((value, writer.findings))
}

/// Where the writer stands: a list on the stack, made a pointer only where something was found.
enum Path<'p> {
    Root,
    Item(&'p Path<'p>, usize),
    Member(&'p Path<'p>, &'p str),
}

impl Path<'_> {
    fn pointer(&self) -> Pointer {
        match self {
            Self::Root => Pointer::root(),
            Self::Item(above, at) => above.pointer().child(at.to_string()),
            Self::Member(above, key) => above.pointer().child(*key),
        }
    }
}

struct Writer<'w, 'a> {
    examiner: &'w Examiner<'a>,
    nulls: Nulls,
    found: std::iter::Peekable<std::vec::IntoIter<Found>>,
    ordinal: usize,
    findings: Vec<Finding>,
}

impl Writer<'_, '_> {
    fn value(&mut self, value: &mut Json, path: &Path<'_>) -> Result<(), CannotMask> {
        if self.found.peek().is_none() {
            return Ok(());
        }
        match value {
            Json::Null | Json::Bool(_) => {}
            Json::String(text) => {
                let hits = self.next();
                self.report(&hits, path, false);
                if let Some(masked) = self.masked(text, &hits)? {
                    *value = masked;
                }
            }
            Json::Number(number) => {
                let hits = self.next();
                self.report(&hits, path, false);
                if let Some(hit) = hits.first() {
                    // A number has no room for a mask, so all of it goes.
                    let lexeme = number.lexeme().to_owned();
                    let all = Hit {
                        value: hit
                            .value
                            .clone()
                            .or_else(|| lexeme.get(hit.start..hit.end).map(str::to_owned)),
                        ..Hit::new(hit.kind, 0, lexeme.len())
                    };
                    if let Some(masked) = self.masked(&lexeme, std::slice::from_ref(&all))? {
                        *value = masked;
                    }
                }
            }
            Json::Array(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    self.value(item, &Path::Item(path, at))?;
                }
            }
            Json::Object(object) => self.object(object, path)?,
        }
        Ok(())
    }

    fn object(&mut self, object: &mut Object, path: &Path<'_>) -> Result<(), CannotMask> {
        let mut renamed: Vec<(usize, String)> = Vec::new();
        for (at, (key, member)) in object.iter_mut().enumerate() {
            let hits = self.next();
            if hits.is_empty() {
                self.value(member, &Path::Member(path, key))?;
                continue;
            }
            let masked = self.examiner.replace(key, &hits)?;
            let below = Path::Member(path, &masked);
            self.report(&hits, &below, true);
            self.value(member, &below)?;
            renamed.push((at, masked));
        }
        if !renamed.is_empty() {
            rename(object, renamed);
        }
        Ok(())
    }

    /// The hits of the next text.
    fn next(&mut self) -> Vec<Hit> {
        let ordinal = self.ordinal;
        self.ordinal += 1;
        let mut hits = Vec::new();
        while let Some((_, hit)) = self.found.next_if(|(at, _)| *at == ordinal) {
            hits.push(hit);
        }
        hit::merge(&mut hits);
        hits
    }

    fn report(&mut self, hits: &[Hit], path: &Path<'_>, in_key: bool) {
        for hit in hits {
            self.findings.push(Finding {
                kind: self.examiner.name(hit.kind),
                pointer: path.pointer(),
                in_key,
                start: hit.start,
                end: hit.end,
            });
        }
    }

    /// What the text becomes; `None` where nothing was found.
    fn masked(&self, text: &str, hits: &[Hit]) -> Result<Option<Json>, CannotMask> {
        if hits.is_empty() {
            return Ok(None);
        }
        let whole = matches!(hits, [only] if only.start == 0 && only.end == text.len() && self.examiner.drops(only.kind));
        if whole && self.nulls == Nulls::AsProfile {
            return Ok(Some(Json::Null));
        }
        self.examiner
            .replace(text, hits)
            .map(|masked| Some(Json::from(masked)))
    }
}

/// Gives members new names, each unlike every other: two keys must not become one.
fn rename(object: &mut Object, renamed: Vec<(usize, String)>) {
    let mut taken: HashSet<String> = HashSet::new();
    let mut next = renamed.iter().map(|(at, _)| *at).peekable();
    for (at, key) in object.keys().enumerate() {
        if next.next_if_eq(&at).is_none() {
            taken.insert(key.to_owned());
        }
    }
    let mut names = renamed.into_iter().peekable();
    let mut ordinals: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let pairs = std::mem::take(object).into_iter().enumerate();
    *object = pairs
        .map(
            |(at, (key, member))| match names.next_if(|(renamed, _)| *renamed == at) {
                Some((_, masked)) => {
                    let ordinal = ordinals.entry(masked.clone()).or_insert(1);
                    let mut name = masked.clone();
                    while taken.contains(&name) {
                        *ordinal += 1;
                        name = format!("{masked}#{ordinal}");
                    }
                    taken.insert(name.clone());
                    (name, member)
                }
                None => (key, member),
            },
        )
        .collect();
}
