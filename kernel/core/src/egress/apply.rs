//! What comes of what was found: which bytes of which text give way to which mask, and what is reported.
//! Knows nothing of how anything was found, nor of where the masks are written.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::json::Pointer;

use super::cannot_mask::CannotMask;
use super::examiner::Examiner;
use super::finding::Finding;
use super::hit::{self, Hit};
use super::splice::{Splice, Splices};
use super::tape::{Leaf, Shape, Tape, Value};
use super::walk::Found;

/// Bytes of a mask for which there is room at first: most are tokens.
const MASK_BYTES: usize = 32;

/// Whether a whole value that is dropped becomes `null`; where texts must keep their places, it does not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulls {
    /// As the profile says.
    AsProfile,
    /// Never: the redacted form instead.
    Never,
}

/// What stands where instead of what was found, in the order of the texts, and the report of it.
pub(super) fn apply(
    examiner: &Examiner<'_>,
    tape: &Tape<'_>,
    mut found: Vec<Found>,
    nulls: Nulls,
) -> Result<(Splices, Vec<Finding>), CannotMask> {
    if found.is_empty() {
        return Ok((Splices::default(), Vec::new()));
    }
    found.sort_by_key(|(ordinal, _)| *ordinal);
    let mut writer = Writer {
        examiner,
        nulls,
        tape,
        splices: Splices {
            list: Vec::with_capacity(found.len()),
            masks: String::with_capacity(found.len() * MASK_BYTES),
        },
        findings: Vec::with_capacity(found.len()),
        found: found.into_iter().peekable(),
        place: Pointer::root(),
        renamed: false,
        hits: Vec::new(),
    };
    writer.value(tape.root())?;
    if writer.renamed {
        writer.splices.list.sort_by_key(|splice| splice.ordinal);
    }
    Ok((writer.splices, writer.findings))
}

struct Writer<'w, 'a> {
    examiner: &'w Examiner<'a>,
    tape: &'w Tape<'w>,
    nulls: Nulls,
    found: std::iter::Peekable<std::vec::IntoIter<Found>>,
    splices: Splices,
    findings: Vec<Finding>,
    /// Where the writer stands.
    place: Pointer,
    /// A key got more than its mask.
    renamed: bool,
    /// The hits of one text.
    hits: Vec<Hit>,
}

impl Writer<'_, '_> {
    /// Whether something was found in the texts before this ordinal.
    fn any_before(&mut self, ordinal: usize) -> bool {
        self.found.peek().is_some_and(|(at, _)| *at < ordinal)
    }

    fn value(&mut self, value: Value<'_, '_>) -> Result<(), CannotMask> {
        if !self.any_before(value.after()) {
            return Ok(());
        }
        match value.shape() {
            Shape::Word => Ok(()),
            Shape::Text => match value.leaf() {
                Some(leaf) => self.leaf(value.ordinal(), leaf),
                None => Ok(()),
            },
            Shape::Array => {
                let depth = self.place.depth();
                for (at, item) in value.items().enumerate() {
                    if self.any_before(item.after()) {
                        self.place.push(&at.to_string());
                        self.value(item)?;
                        self.place.cut(depth);
                    }
                }
                Ok(())
            }
            Shape::Object => self.object(value),
        }
    }

    fn leaf(&mut self, ordinal: usize, leaf: &Leaf<'_>) -> Result<(), CannotMask> {
        let mut hits = self.next(ordinal);
        self.report(&hits, false);
        if let Some(hit) = hits.first_mut().filter(|_| leaf.is_number()) {
            // A number has no room for a mask, so all of it goes.
            let shown = || leaf.text.get(hit.start..hit.end).map(str::to_owned);
            hit.value = hit.value.take().or_else(shown);
            hit.span((0, leaf.text.len()));
            hit.quoted = 0;
            hits.truncate(1);
        }
        let whole = matches!(hits.as_slice(), [only] if only.start == 0
            && only.end == leaf.text.len()
            && self.examiner.drops(only.kind));
        for hit in &hits {
            let null = whole && self.nulls == Nulls::AsProfile;
            let mask = match null {
                true => None,
                false => Some(self.mask(&leaf.text, hit)?),
            };
            self.splice(ordinal, (hit.start, hit.end), mask);
        }
        self.hits = hits;
        Ok(())
    }

    fn object(&mut self, object: Value<'_, '_>) -> Result<(), CannotMask> {
        let depth = self.place.depth();
        let mut renamed: Vec<(usize, String)> = Vec::new();
        for member in object.values() {
            if !self.any_before(member.after()) {
                continue;
            }
            let key = member.key().map_or("", |key| key.text.as_ref());
            let ordinal = member.ordinal().saturating_sub(1);
            let hits = self.next(ordinal);
            if hits.is_empty() {
                self.place.push(key);
            } else {
                let before = self.splices.list.len();
                for hit in &hits {
                    let mask = self.mask(key, hit)?;
                    self.splice(ordinal, (hit.start, hit.end), Some(mask));
                }
                let masked = self.splices.text_from(before, key);
                self.place.push(&masked);
                self.report(&hits, true);
                renamed.push((ordinal, masked));
            }
            self.hits = hits;
            self.value(member)?;
            self.place.cut(depth);
        }
        if !renamed.is_empty() {
            self.rename(object, renamed);
        }
        Ok(())
    }

    /// Gives masked keys names that are unlike every other: two keys must not become one.
    fn rename(&mut self, object: Value<'_, '_>, renamed: Vec<(usize, String)>) {
        let mut taken: HashSet<String> = HashSet::new();
        let mut lengths: HashMap<usize, usize> = HashMap::new();
        let mut next = renamed.iter().map(|(ordinal, _)| *ordinal).peekable();
        for (key, member) in object.members() {
            let ordinal = member.ordinal().saturating_sub(1);
            match next.next_if_eq(&ordinal) {
                Some(_) => lengths.insert(ordinal, key.len()),
                None => {
                    taken.insert(key.to_owned());
                    None
                }
            };
        }
        let mut counts: HashMap<String, usize> = HashMap::new();
        for (ordinal, masked) in renamed {
            let count = counts.entry(masked.clone()).or_insert(1);
            let mut name = masked.clone();
            while taken.contains(&name) {
                *count += 1;
                name = format!("{masked}#{count}");
            }
            if let Some(more) = name.strip_prefix(&masked).filter(|more| !more.is_empty()) {
                let end = lengths.get(&ordinal).copied().unwrap_or(0);
                self.renamed = true;
                let from = self.splices.masks.len();
                self.splices.masks.push_str(more);
                let mask = (from, self.splices.masks.len());
                self.splice(ordinal, (end, end), Some(mask));
            }
            taken.insert(name);
        }
    }

    /// Makes the mask of one hit: where it stands among all of them.
    fn mask(&mut self, text: &str, hit: &Hit) -> Result<(usize, usize), CannotMask> {
        let masks = &mut self.splices.masks;
        let from = masks.len();
        self.examiner.write(text, hit, masks)?;
        Ok((from, masks.len()))
    }

    /// Has a span of one text give way.
    fn splice(
        &mut self,
        ordinal: usize,
        (start, end): (usize, usize),
        mask: Option<(usize, usize)>,
    ) {
        if let Some(leaf) = self.tape.texts().get(ordinal) {
            self.splices.list.push(Splice {
                ordinal,
                start,
                end,
                place: leaf.place(),
                number: leaf.is_number(),
                escaped: matches!(leaf.text, Cow::Owned(_)),
                mask,
            });
        }
    }

    /// The hits of one text.
    fn next(&mut self, ordinal: usize) -> Vec<Hit> {
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        while let Some((_, hit)) = self.found.next_if(|(at, _)| *at == ordinal) {
            hits.push(hit);
        }
        hit::merge(&mut hits);
        hits
    }

    fn report(&mut self, hits: &[Hit], in_key: bool) {
        for hit in hits {
            self.findings.push(Finding {
                kind: self.examiner.name(hit.kind),
                pointer: self.place.clone(),
                in_key,
                start: hit.start,
                end: hit.end,
            });
        }
    }
}
