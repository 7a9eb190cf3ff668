//! Masks put where the finds are: into a tree, into the bytes of a source, into one text.
//! Knows nothing of how anything was found.

use std::borrow::Cow;

use crate::json::{Json, Object, Place, write_plain};

use super::tape::Tape;
use super::unwrap::embedded::Latest;

/// What stands where instead of what was found, in the order of the texts.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Splices {
    pub(super) list: Vec<Splice>,
    /// All masks, one behind the other.
    pub(super) masks: String,
}

/// One find and what stands there instead.
#[derive(PartialEq, Eq)]
pub(super) struct Splice {
    /// Which text.
    pub(super) ordinal: usize,
    /// First byte in the text.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Where that text stands in the source, where there is one.
    pub(super) place: Place,
    /// It is a number.
    pub(super) number: bool,
    /// It stands in the source with escapes.
    pub(super) escaped: bool,
    /// Where among the masks its own stands; the whole value becomes `null` where it has none.
    pub(super) mask: Option<(usize, usize)>,
}

impl Splices {
    /// The mask of one of them.
    pub(super) fn mask(&self, splice: &Splice) -> Option<&str> {
        let (from, to) = splice.mask?;
        self.masks.get(from..to)
    }

    /// A text with its masks, none of which makes it `null`.
    pub(super) fn text(&self, text: &str) -> String {
        self.put(text, &self.list)
    }

    /// A text with those from the nth on.
    pub(super) fn text_from(&self, nth: usize, text: &str) -> String {
        self.put(text, self.list.get(nth..).unwrap_or_default())
    }

    fn put(&self, text: &str, splices: &[Splice]) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for splice in splices {
            out.push_str(text.get(at..splice.start).unwrap_or_default());
            out.push_str(self.mask(splice).unwrap_or("null"));
            at = splice.end.max(at);
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }
}

/// The splices of one text after the other.
struct Texts<'s> {
    all: &'s Splices,
    rest: &'s [Splice],
    /// The next text.
    ordinal: usize,
}

impl<'s> Texts<'s> {
    fn of(all: &'s Splices) -> Self {
        Self {
            all,
            rest: &all.list,
            ordinal: 0,
        }
    }

    /// The splices of the next text.
    fn next(&mut self) -> &'s [Splice] {
        let own = self
            .rest
            .iter()
            .take_while(|one| one.ordinal == self.ordinal);
        let (own, rest) = self.rest.split_at(own.count());
        self.rest = rest;
        self.ordinal += 1;
        own
    }
}

/// The tape with the masks in it.
pub(super) fn tape<'t>(tape: &'t Tape<'_>, splices: &Splices) -> Tape<'t> {
    let mut texts = Texts::of(splices);
    tape.changed(|ordinal| {
        let own = texts.next();
        (!own.is_empty()).then(|| Cow::Owned(splices.put(tape.text(ordinal), own)))
    })
}

/// Puts the masks into a tree: strings in place, numbers as strings.
pub(super) fn tree(value: &mut Json, splices: &Splices) {
    masked(value, &mut Texts::of(splices));
}

fn masked(value: &mut Json, texts: &mut Texts<'_>) {
    if texts.rest.is_empty() {
        return;
    }
    let all = texts.all;
    let instead = |given: &str, own: &[Splice]| match own {
        [] => None,
        [only] if only.mask.is_none() => Some(Json::Null),
        _ => Some(Json::from(all.put(given, own))),
    };
    match value {
        Json::Null | Json::Bool(_) => {}
        Json::String(given) => {
            if let Some(masked) = instead(given, texts.next()) {
                *value = masked;
            }
        }
        Json::Number(number) => {
            if let Some(masked) = instead(number.lexeme(), texts.next()) {
                *value = masked;
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| masked(item, texts)),
        Json::Object(object) => members(object, texts),
    }
}

fn members(object: &mut Object, texts: &mut Texts<'_>) {
    let mut renamed: Vec<(usize, String)> = Vec::new();
    for (at, (key, member)) in object.iter_mut().enumerate() {
        let own = texts.next();
        if !own.is_empty() {
            renamed.push((at, texts.all.put(key, own)));
        }
        masked(member, texts);
    }
    if renamed.is_empty() {
        return;
    }
    let mut names = renamed.into_iter().peekable();
    let pairs = std::mem::take(object).into_iter().enumerate();
    *object = pairs
        .map(|(at, (key, member))| {
            let name = names.next_if(|(renamed, _)| *renamed == at);
            (name.map_or(key, |(_, name)| name.into()), member)
        })
        .collect();
}

/// The bytes of a source with the masks in them, every other byte as it was.
pub(super) fn source(source: &str, splices: &Splices) -> String {
    let mut out = String::with_capacity(source.len() + splices.masks.len());
    source_from(source, 0, splices, &mut out);
    out
}

/// As [`source`] for the bytes from `at` on, at the end of what is there already.
pub(super) fn source_from(source: &str, mut at: usize, splices: &Splices, out: &mut String) {
    let mut latest = Latest::default();
    let mut copy = |out: &mut String, to: usize, then: usize| {
        out.push_str(source.get(at..to).unwrap_or_default());
        at = then.max(at);
    };
    for splice in &splices.list {
        let (first, end) = (splice.place.at, splice.place.at + splice.place.bytes);
        let mask = splices.mask(splice);
        match mask {
            // A string goes with its quotes.
            None if splice.number => copy(out, first, end),
            None => copy(out, first.saturating_sub(1), end + 1),
            Some(_) if splice.number => copy(out, first, end),
            Some(_) => {
                let (from, to) = match splice.escaped {
                    false => (splice.start, splice.end),
                    true => {
                        let raw = source.get(first..end).unwrap_or_default();
                        span(raw, splice, &mut latest)
                    }
                };
                copy(out, first + from, first + to);
            }
        }
        match mask {
            None => out.push_str("null"),
            Some(mask) if splice.number => {
                out.push('"');
                write_plain(mask, out);
                out.push('"');
            }
            Some(mask) => write_plain(mask, out),
        }
    }
    copy(out, source.len(), source.len());
}

/// The bytes of an escaped string behind a find.
fn span(raw: &str, splice: &Splice, latest: &mut Latest) -> (usize, usize) {
    if splice.start < splice.end {
        let view = latest.of(splice.ordinal, raw);
        return view.source(splice.start, splice.end);
    }
    (raw.len(), raw.len())
}
