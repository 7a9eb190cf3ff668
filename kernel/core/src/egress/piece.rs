//! A text among its neighbours, with what one look at it said: what can be a part of something, and what cannot.
//! Knows nothing of what is looked for over the seams.

use std::borrow::Cow;

use super::blanks::{blank, blank_masks};
use super::context::Context;
use super::detect;
use super::hit::{self, Hit};
use super::kind::Kind;
use super::proven::{CUT, UNCHECKED};
use super::tape::Leaf;
use super::walk::Found;
use super::weak::Weak;
use super::words::{Summary, class};

/// Longest text that is a piece of a value as a whole, in bytes.
const PIECE_BYTES_MAX: usize = 40;
/// What may stand between the digits of a number where it is cut.
const SEPARATORS: [char; 3] = ['-', '.', '/'];
/// What stands for a text of which nothing is left: a barrier.
const GONE: &str = "\u{1}";
/// Digits of the shortest card.
const CARD_DIGITS_MIN: u32 = 13;

/// What a look at [`GONE`] says.
const GONE_LOOK: Look = Look {
    digits: 0,
    classes: class::CONTROL,
    first: None,
    last: None,
    went_on: false,
    goes_on: false,
    joins: false,
    whole: false,
};

/// A text among its neighbours. There are many, and they are moved: no larger than it must be.
#[derive(Clone)]
pub(super) struct Piece<'j> {
    pub(super) ordinal: usize,
    /// The text as given.
    leaf: &'j Leaf<'j>,
    key: Option<&'j Leaf<'j>>,
    /// What is left of the text without masks and what was found in it, where that is not all or nothing.
    left: Option<Box<str>>,
    /// What was found in it alone and may be a part of more: out of the way from the second round on.
    pub(super) weak: Weak,
    pub(super) context: Context,
    /// What the text holds.
    pub(super) look: Look,
    /// Something was found in it alone.
    pub(super) found: bool,
    /// Nothing is left of it.
    gone: bool,
    /// Its key counts: `card_1`.
    pub(super) ordinal_key: bool,
    /// Its key ends in `domain`.
    pub(super) domain_key: bool,
}

/// What one look at a text says.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// How many digits it holds; no text is so long that they are more.
    pub(super) digits: u32,
    /// Which classes of bytes occur in it.
    pub(super) classes: u16,
    /// Its first and its last byte, blanks and one separator aside, where that is a letter or a digit.
    pub(super) first: Option<u8>,
    pub(super) last: Option<u8>,
    /// It begins with a separator of numbers, and it ends with one.
    pub(super) went_on: bool,
    pub(super) goes_on: bool,
    /// It can be a part of something.
    joins: bool,
    /// An identifier or a moment, which is no part of anything.
    pub(super) whole: bool,
}

impl Look {
    #[inline]
    fn at(text: &str, seen: &Summary) -> Self {
        // Most texts begin and end with a letter or a digit.
        let (first, last, went_on, goes_on) = match text.as_bytes() {
            [first, .., last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => {
                (Some(*first), Some(*last), false, false)
            }
            _ => edges(text),
        };
        Self {
            digits: u32::try_from(seen.digits).unwrap_or(u32::MAX),
            classes: seen.classes,
            first,
            last,
            went_on,
            goes_on,
            joins: !seen.whole && can_join(text, seen),
            whole: seen.whole,
        }
    }
}

impl<'j> Piece<'j> {
    /// A text with what one look at it said.
    #[inline]
    pub(super) fn new(
        ordinal: usize,
        key: Option<&'j Leaf<'j>>,
        leaf: &'j Leaf<'j>,
        seen: &Summary,
    ) -> Self {
        let mut piece = Self {
            ordinal,
            leaf,
            key,
            left: None,
            weak: Weak::Nothing,
            context: Context::default(),
            look: Look::at(&leaf.text, seen),
            found: false,
            gone: false,
            ordinal_key: false,
            domain_key: false,
        };
        if seen.has(class::ANGLE | class::STAR)
            && let Cow::Owned(unmasked) = blank_masks(&leaf.text)
        {
            piece.leave(unmasked);
        }
        piece
    }

    /// As given, but for what was found in it and for masks, which are blank.
    #[inline]
    pub(super) fn text(&self) -> &str {
        match &self.left {
            Some(left) => left,
            None if self.gone => GONE,
            None => &self.leaf.text,
        }
    }

    /// Bytes of the text as given.
    pub(super) fn bytes(&self) -> usize {
        self.leaf.text.len()
    }

    /// It is a number.
    pub(super) fn is_number(&self) -> bool {
        self.leaf.number
    }

    /// Its key; empty where it has none.
    pub(super) fn key(&self) -> &'j str {
        self.key.map_or("", |key| key.text.as_ref())
    }

    /// Takes it from its place, where one of which nothing is left remains.
    pub(super) fn take(&mut self) -> Self {
        let gone = Self {
            left: None,
            weak: Weak::Nothing,
            found: true,
            gone: true,
            look: GONE_LOOK,
            ..*self
        };
        std::mem::replace(self, gone)
    }

    /// Takes note of what was found in it alone.
    pub(super) fn note(&mut self, found: &[Found]) {
        match found {
            [] => {}
            [(_, only)] if self.is_weak(only) => self.weak = Weak::of(only),
            [(_, only)] => self.blank(std::slice::from_ref(only)),
            _ => {
                let hits = found.iter().map(|(_, hit)| hit);
                let (weak, proven): (Vec<_>, Vec<_>) = hits.partition(|hit| self.is_weak(hit));
                self.weak.add(weak.into_iter());
                let proven: Vec<_> = proven.into_iter().map(bare).collect();
                self.blank(&proven);
            }
        }
    }

    /// Whether what was found may be a part of more.
    fn is_weak(&self, hit: &Hit) -> bool {
        matches!(hit.kind, Kind::PHONE_NUMBER | Kind::PRIVATE_KEY) || self.is_cut(hit)
    }

    /// Whether what was found may be the part of a number that goes on in the next text, or began in the one before:
    /// it stands at an end, and a name proved it where a check did not.
    fn is_cut(&self, hit: &Hit) -> bool {
        if !CUT.has(hit.kind) {
            return false;
        }
        let text = self.text();
        let shown = text.get(hit.start..hit.end).unwrap_or_default();
        let aside = |c: char| !c.is_alphanumeric();
        let rest = |text: Option<&str>| text.is_some_and(|text| text.chars().all(aside));
        !detect::is_whole(shown) && (rest(text.get(..hit.start)) || rest(text.get(hit.end..)))
    }

    /// Takes note of what was found in it beside others: out of the way from the second round on.
    pub(super) fn later(&mut self, found: &[Found]) {
        let own = found.iter().filter(|(ordinal, _)| *ordinal == self.ordinal);
        self.weak.add(own.map(|(_, hit)| hit));
    }

    /// Takes what was found out of the way.
    pub(super) fn blank(&mut self, hits: &[Hit]) {
        match hits {
            [] => {}
            // One barrier holds as little as many.
            [all] if all.start == 0 && all.end == self.text().len() => {
                self.left = None;
                self.found = true;
                self.gone = true;
                self.look = GONE_LOOK;
            }
            _ => self.leave(blank(self.text(), hits)),
        }
    }

    /// Has this text and no more.
    fn leave(&mut self, left: String) {
        self.look = Look::at(&left, &Summary::of(&left));
        self.left = Some(left.into_boxed_str());
        self.found = true;
    }

    /// What it will be from the second round on.
    pub(super) fn settled(&self) -> Self {
        let mut later = self.clone();
        let mut weak = std::mem::take(&mut later.weak).into_hits();
        hit::merge(&mut weak);
        later.blank(&weak);
        later
    }

    /// Whether nothing will be left of it from the second round on.
    pub(super) fn will_go(&self) -> bool {
        self.weak.holds_all(self.text().len())
    }

    /// Whether it can be a part of something, and nothing was found in it alone.
    pub(super) fn is_part(&self) -> bool {
        self.look.joins && !self.found
    }

    /// Whether nothing goes over the seam behind it whatever follows, it is no number, and nothing that was found in it is
    /// still there: among others like it, it can be told from none of them.
    pub(super) fn is_idle(&self) -> bool {
        let look = &self.look;
        let ends = look.last.is_some_and(|last| last.is_ascii_digit());
        !self.is_part()
            && self.weak.is_empty()
            && !self.domain_key
            && !self.has(class::AT | class::RARE)
            && look.classes & !(class::DIGIT | class::SPACE | class::JOINER) != 0
            && (look.whole || !(ends || self.has(class::JOINER)))
    }

    /// Whether only what is at its ends can go over a seam.
    pub(super) fn is_prose(&self) -> bool {
        self.text().len() > PIECE_BYTES_MAX || !self.look.joins
    }

    /// Whether any of the classes of bytes occurs in it.
    pub(super) fn has(&self, classes: u16) -> bool {
        self.look.classes & classes != 0
    }

    /// Whether something that is split over many neighbours may begin here.
    pub(super) fn begins(&self, context: Context) -> bool {
        let mut bytes = self.text().bytes();
        let country = bytes
            .by_ref()
            .take(2)
            .all(|byte| byte.is_ascii_alphabetic());
        let iban = country && bytes.take(2).filter(u8::is_ascii_digit).count() == 2;
        let named = context.kinds.union(self.context.kinds);
        iban || (!named.without(UNCHECKED).is_empty() && self.look.digits < CARD_DIGITS_MIN)
            || detect::begins_secret(self.text())
    }
}

/// Whether a text can be a part of something: digits, a part of an address, of a secret, of a key.
fn can_join(text: &str, seen: &Summary) -> bool {
    let digits = seen.digits;
    let spaces = match seen.has(class::SPACE) {
        true => text.bytes().filter(|byte| *byte == b' ').count(),
        false => 0,
    };
    text.len() > PIECE_BYTES_MAX
        || digits * 2 >= text.len() - spaces
        || seen.has(class::AT)
        || (spaces == 0 && text.len() >= 4 && digits > 0)
        || (spaces == 0 && text.len() >= 8 && detect::begins_secret(text))
        || (seen.has(class::JOINER) && seen.has(class::LETTER) && text.contains("KEY-----"))
}

/// The bytes at the edges, and whether a separator of numbers stands before the first and behind the last.
fn edges(whole: &str) -> (Option<u8>, Option<u8>, bool, bool) {
    let text = whole.strip_prefix(SEPARATORS);
    let went_on = text.is_some();
    let text = text.unwrap_or(whole);
    let first = edge(text.bytes().next(), || text.trim_start().bytes().next());
    let text = whole.strip_suffix(SEPARATORS);
    let goes_on = text.is_some();
    let text = text.unwrap_or(whole);
    let last = edge(text.bytes().next_back(), || {
        text.trim_end().bytes().next_back()
    });
    (first, last, went_on, goes_on)
}

/// A byte at an edge, where it is a letter or a digit; `trimmed` is asked where it may be a blank.
fn edge(byte: Option<u8>, trimmed: impl FnOnce() -> Option<u8>) -> Option<u8> {
    let byte = match byte? {
        byte if byte.is_ascii_graphic() => byte,
        _ => trimmed()?,
    };
    byte.is_ascii_alphanumeric().then_some(byte)
}

/// The span of a hit.
fn bare(hit: &Hit) -> Hit {
    Hit::new(hit.kind, hit.start, hit.end)
}
