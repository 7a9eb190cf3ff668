//! A text among its neighbours, with what one look at it said: what can be a part of something, and what cannot.
//! Knows nothing of what is looked for over the seams.

use std::borrow::Cow;

use super::blanks::{blank, blank_masks};
use super::context::Context;
use super::detect;
use super::hit::{self, Hit};
use super::kind::Kind;
use super::look::Look;
use super::proven::{CUT, UNCHECKED};
use super::summary::Summary;
use super::tape::Leaf;
use super::walk::Found;
use super::words::class;

/// What stands for a text of which nothing is left: a barrier.
const GONE: &str = "\u{1}";
/// Digits of the shortest card.
const CARD_DIGITS_MIN: u32 = 13;

/// A text among its neighbours. There are many, and they are moved: no larger than it must be.
#[derive(Clone)]
pub(super) struct Piece<'j> {
    pub(super) ordinal: usize,
    /// The text as given.
    leaf: &'j Leaf<'j>,
    key: Option<&'j Leaf<'j>>,
    /// What few have.
    rest: Option<Box<Rest>>,
    pub(super) context: Context,
    /// What the text holds.
    pub(super) look: Look,
    /// What was found in it alone and may be a part of more, where that is all of the text as given.
    all_weak: Option<Kind>,
    /// Something was found in it alone.
    pub(super) found: bool,
    /// Nothing is left of it.
    gone: bool,
    /// Its key counts: `card_1`.
    pub(super) ordinal_key: bool,
    /// Its key ends in `domain`.
    pub(super) domain_key: bool,
}

#[derive(Clone, Default)]
struct Rest {
    /// What is left of the text without masks and what was found in it, where that is not all or nothing.
    left: Option<String>,
    /// What was found in it alone and may be a part of more: out of the way from the second round on.
    weak: Vec<Hit>,
}

impl<'j> Piece<'j> {
    /// A text with what one look at it said. Not more than that: so it is made where it will stand.
    #[inline(always)]
    pub(super) fn new(
        (ordinal, leaf): (usize, &'j Leaf<'j>),
        key: Option<&'j Leaf<'j>>,
        look: Look,
        context: Context,
    ) -> Self {
        Self {
            ordinal,
            leaf,
            key,
            rest: None,
            context,
            look,
            all_weak: None,
            found: false,
            gone: false,
            ordinal_key: false,
            domain_key: false,
        }
    }

    /// Takes masks of ours out of the way.
    #[inline]
    pub(super) fn unmask(&mut self) {
        if self.has(class::ANGLE | class::STAR)
            && let Cow::Owned(unmasked) = blank_masks(&self.leaf.text)
        {
            self.leave(unmasked);
        }
    }

    /// As given, but for what was found in it and for masks, which are blank.
    #[inline]
    pub(super) fn text(&self) -> &str {
        if self.gone {
            return GONE;
        }
        let left = self.rest.as_ref().and_then(|rest| rest.left.as_deref());
        left.unwrap_or(&self.leaf.text)
    }

    /// Bytes of the text as given.
    pub(super) fn bytes(&self) -> usize {
        self.leaf.text.len()
    }

    /// It is a number.
    pub(super) fn is_number(&self) -> bool {
        self.leaf.is_number()
    }

    /// Its key; empty where it has none.
    pub(super) fn key(&self) -> &'j str {
        self.key.map_or("", |key| key.text.as_ref())
    }

    /// Takes it from its place, where one of which nothing is left remains.
    pub(super) fn take(&mut self) -> Self {
        let gone = Self {
            rest: None,
            all_weak: None,
            found: true,
            gone: true,
            look: Look::GONE,
            ..*self
        };
        std::mem::replace(self, gone)
    }

    /// Takes note of what was found in it alone.
    pub(super) fn note(&mut self, found: &[Found]) {
        match found {
            [] => {}
            [(_, only)] if self.is_weak(only) => self.weaken(only),
            [(_, only)] => self.blank(std::slice::from_ref(only)),
            _ => {
                let hits = found.iter().map(|(_, hit)| hit);
                let (weak, proven): (Vec<_>, Vec<_>) = hits.partition(|hit| self.is_weak(hit));
                weak.into_iter().for_each(|hit| self.weaken(hit));
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
        for (ordinal, hit) in found {
            if *ordinal == self.ordinal {
                self.weaken(hit);
            }
        }
    }

    fn weaken(&mut self, hit: &Hit) {
        let whole = (hit.start, hit.end) == (0, self.bytes()) && !self.has_weak();
        match whole && self.text().len() == self.bytes() {
            true => self.all_weak = Some(hit.kind),
            false => self.rest().weak.push(bare(hit)),
        }
    }

    fn rest(&mut self) -> &mut Rest {
        self.rest.get_or_insert_default()
    }

    /// Whether anything was found in it alone that may be a part of more.
    pub(super) fn has_weak(&self) -> bool {
        self.all_weak.is_some() || self.rest.as_ref().is_some_and(|rest| !rest.weak.is_empty())
    }

    /// That, which is part of it no more.
    pub(super) fn take_weak(&mut self) -> Vec<Hit> {
        let all = self.all_weak.take();
        let mut weak = self
            .rest
            .as_mut()
            .map_or_else(Vec::new, |rest| std::mem::take(&mut rest.weak));
        weak.extend(all.map(|kind| Hit::new(kind, 0, self.bytes())));
        weak
    }

    /// Takes what was found out of the way.
    pub(super) fn blank(&mut self, hits: &[Hit]) {
        match hits {
            [] => {}
            // One barrier holds as little as many.
            [all] if all.start == 0 && all.end == self.text().len() => {
                self.found = true;
                self.gone = true;
                self.look = Look::GONE;
            }
            _ => self.leave(blank(self.text(), hits)),
        }
    }

    /// Has this text and no more.
    fn leave(&mut self, left: String) {
        self.look = Look::at(&left, &Summary::of(&left));
        self.rest().left = Some(left);
        self.found = true;
    }

    /// What it will be from the second round on.
    pub(super) fn settled(&self) -> Self {
        let mut later = self.clone();
        let mut weak = later.take_weak();
        hit::merge(&mut weak);
        later.blank(&weak);
        later
    }

    /// Whether nothing will be left of it from the second round on.
    pub(super) fn will_go(&self) -> bool {
        let bytes = self.text().len();
        let all = |hit: &Hit| (hit.start, hit.end) == (0, bytes);
        (self.all_weak.is_some() && bytes == self.bytes())
            || self
                .rest
                .as_ref()
                .is_some_and(|rest| rest.weak.iter().any(all))
    }

    /// Whether it can be a part of something, and nothing was found in it alone.
    pub(super) fn is_part(&self) -> bool {
        self.look.joins() && !self.found
    }

    /// Whether nothing goes over the seam behind it whatever follows, it is no number, and nothing that was found in it is
    /// still there: among others like it, it can be told from none of them.
    pub(super) fn is_idle(&self) -> bool {
        let plain = class::DIGIT | class::SPACE | class::JOINER;
        !self.is_part()
            && !self.has_weak()
            && !self.domain_key
            && !self.has(class::AT | class::RARE)
            && self.has(!plain)
            && (self.look.is_whole() || !(self.look.ends_with_digit() || self.has(class::JOINER)))
    }

    /// Whether only what is at its ends can go over a seam.
    pub(super) fn is_prose(&self) -> bool {
        self.look.is_long() || !self.look.joins()
    }

    /// Whether any of the classes of bytes occurs in it.
    pub(super) fn has(&self, classes: u16) -> bool {
        self.look.has(classes)
    }

    /// Whether something that is split over many neighbours may begin here.
    pub(super) fn begins(&self, context: Context) -> bool {
        let named = context.kinds.union(self.context.kinds);
        if !named.without(UNCHECKED).is_empty() && self.look.digits() < CARD_DIGITS_MIN {
            return true;
        }
        self.look.may_head() && {
            let text = self.text();
            let mut bytes = text.bytes();
            let country = bytes
                .by_ref()
                .take(2)
                .all(|byte| byte.is_ascii_alphabetic());
            country && bytes.take(2).filter(u8::is_ascii_digit).count() == 2
                || detect::begins_secret(text)
        }
    }
}

/// The span of a hit.
fn bare(hit: &Hit) -> Hit {
    Hit::new(hit.kind, hit.start, hit.end)
}
