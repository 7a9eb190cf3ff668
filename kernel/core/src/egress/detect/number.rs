//! Digit runs: classified once, glued over separators, then asked of every type with a number.
//! Knows nothing of any one type's arithmetic.

use super::text::{Text, is_ideographic};
use super::{card, date, national, national_table, phone, social_security, veto};
use crate::egress::context::Context;
use crate::egress::hit::Hit;
use crate::egress::kind::{Family, Kind, KindSet};
use crate::egress::words::{Lexed, Word, lex};

/// Most bytes between two groups of one number.
const GAP_BYTES_MAX: usize = 3;
/// Longest word of letters and digits whose digits are read as groups of a number.
const MIXED_WORD_MAX: usize = 16;
/// Shortest run of digits inside a longer word that is read as a number of its own.
const BURIED_DIGITS_MIN: usize = 13;
/// Fewest true digits in a text whose look-alikes are read too.
const LOOK_ALIKE_DIGITS_MIN: usize = 8;
/// Most letters that are read as digits in a number without a strong check.
const MISREAD_MAX: usize = 4;
/// Fewest digits of what is found without a name and without a plus.
const UNNAMED_DIGITS_MIN: usize = 9;
/// Longest number of any type, in digits; two cards in one run are the longest.
pub(super) const DIGITS_MAX: usize = 38;

/// A run of digits.
#[derive(Clone, Copy)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    /// A letter stands right before.
    pub(super) glued_before: bool,
    /// A letter stands right after.
    pub(super) glued_after: bool,
}

impl Group {
    pub(super) fn len(self) -> usize {
        self.end - self.start
    }
}

/// Digits taken out of their groups, at most [`DIGITS_MAX`].
#[derive(Clone, Copy)]
pub(super) struct Digits {
    held: [u8; DIGITS_MAX],
    len: usize,
}

impl Digits {
    pub(super) fn of(bytes: impl Iterator<Item = u8>) -> Self {
        let mut digits = Self {
            held: [0; DIGITS_MAX],
            len: 0,
        };
        for (slot, byte) in digits.held.iter_mut().zip(bytes.filter(u8::is_ascii_digit)) {
            *slot = byte;
            digits.len += 1;
        }
        digits
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.held.get(..self.len).unwrap_or_default()
    }
}

/// Groups with nothing but short separators between them.
pub(super) struct Sequence<'a, 't> {
    pub(super) text: &'t Text<'a>,
    groups: &'t [Group],
    /// Digits of all groups.
    total: usize,
    context: Option<Context>,
    led: Option<bool>,
}

impl<'a> Sequence<'a, '_> {
    pub(super) fn len(&self) -> usize {
        self.groups.len()
    }

    pub(super) fn group(&self, at: usize) -> Option<Group> {
        self.groups.get(at).copied()
    }

    /// Digits of the group at `at`; 0 beyond the end.
    pub(super) fn size(&self, at: usize) -> usize {
        self.group(at).map_or(0, Group::len)
    }

    /// Whether the groups from `at` have these sizes.
    pub(super) fn has_shape(&self, at: usize, shape: &[usize]) -> bool {
        shape
            .iter()
            .enumerate()
            .all(|(n, size)| self.size(at + n) == *size)
    }

    /// What stands between group `at` and the next; empty at the ends.
    pub(super) fn gap(&self, at: usize) -> &'a str {
        match (self.group(at), self.group(at + 1)) {
            (Some(one), Some(next)) => self.text.slice(one.end, next.start),
            _ => "",
        }
    }

    /// What stands before group `at`; empty where it is the first.
    pub(super) fn gap_before(&self, at: usize) -> &'a str {
        at.checked_sub(1).map_or("", |before| self.gap(before))
    }

    /// Whether `count` groups from `at` stand between equal separators.
    pub(super) fn even(&self, at: usize, count: usize) -> bool {
        let first = self.gap(at);
        (at..at + count.saturating_sub(1)).all(|n| self.gap(n) == first)
    }

    /// Whether the separators are these, spaces around them aside.
    pub(super) fn separated(&self, at: usize, by: &str) -> bool {
        by.char_indices().all(|(n, c)| {
            let gap = self.gap(at + n).trim();
            gap.chars().eq(std::iter::once(c)) || (c == ' ' && gap.is_empty())
        })
    }

    /// Whether `count` groups from `at` go on with the same separator on either side: a longer list.
    pub(super) fn goes_on(&self, at: usize, count: usize) -> bool {
        let inner = self.gap(at);
        let after = self.gap(at + count.saturating_sub(1));
        (at > 0 && self.gap_before(at) == inner) || (!after.is_empty() && after == inner)
    }

    /// The digits of `count` groups from `at`.
    pub(super) fn digits(&self, at: usize, count: usize) -> Digits {
        let (start, end) = self.span(at, count);
        Digits::of(self.text.bytes(start, end).iter().copied())
    }

    /// First byte of group `at` and one past the last byte of the `count`th group from there.
    pub(super) fn span(&self, at: usize, count: usize) -> (usize, usize) {
        let first = self.group(at);
        let last = self.group((at + count).saturating_sub(1));
        match (first, last) {
            (Some(first), Some(last)) => (first.start, last.end),
            _ => (0, 0),
        }
    }

    /// What is said before the sequence, asked for at most once.
    pub(super) fn context(&mut self) -> Context {
        if let Some(known) = self.context {
            return known;
        }
        let start = self.span(0, 1).0;
        let context = self.text.cue(start);
        self.context = Some(context);
        context
    }

    /// Whether any word before the sequence names a type at all; asked for at most once.
    fn is_led(&mut self) -> bool {
        if let Some(known) = self.led {
            return known;
        }
        let start = self.span(0, 1).0;
        let mut led = false;
        if self.text.may_be_led(start) {
            let said = self.text.said(start);
            led = said.1;
            self.context = Some(said.0);
        }
        self.led = Some(led);
        led
    }

    /// Whether the key over the text, or a word before the sequence, may name this type.
    pub(super) fn may_be(&mut self, kind: Kind) -> bool {
        self.text.context.kinds.has(kind) || self.is_led()
    }

    /// The types that the key over the text and the words before the sequence name.
    pub(super) fn named(&mut self) -> KindSet {
        if self.text.context.kinds.is_empty() && !self.is_led() {
            return KindSet::EMPTY;
        }
        self.context().kinds
    }

    /// Whether the key over the text, or the words before the sequence, name this type.
    pub(super) fn is_named(&mut self, kind: Kind) -> bool {
        self.may_be(kind) && self.context().kinds.has(kind)
    }

    /// Whether it may be written as an international telephone number: a plus before it, or a bracket after a plus.
    /// Without a plus it needs two zeros and then more digits than a short sequence has.
    fn is_international(&self) -> bool {
        let marked = |at: &Group| matches!(self.text.before(at.start), b'+' | b'(');
        self.groups.iter().any(marked)
    }

    /// Whether nothing can be found in it: too short for what proves itself, and nobody names it.
    fn is_idle(&mut self) -> bool {
        self.total < UNNAMED_DIGITS_MIN
            && self.text.context.kinds.is_empty()
            && !self.is_international()
            && !self.is_led()
    }

    /// Whether group `at` is the fraction of a decimal number.
    pub(super) fn is_fraction(&self, at: usize) -> bool {
        self.gap_before(at) == "."
            && self.size(at) >= 5
            && self.gap(at) != "."
            && (at < 2 || self.gap_before(at - 1) != ".")
    }

    pub(super) fn hit(&self, kind: Kind, at: usize, count: usize) -> Hit {
        let (start, end) = self.span(at, count);
        Hit::new(kind, start, end)
    }
}

/// Finds every number.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    plain(text, hits);
    if text.lexed.digits >= LOOK_ALIKE_DIGITS_MIN
        && let Some(read) = look_alike(text)
    {
        let mut lexed = Lexed::default();
        lex(&read, &mut lexed);
        let mut seen = Vec::new();
        let again = Text {
            text: &read,
            lexed: &lexed,
            context: text.context,
        };
        plain(&again, &mut seen);
        seen.retain(|hit| is_misread(text, hit));
        for hit in &mut seen {
            hit.value = read.get(hit.start..hit.end).map(str::to_owned);
        }
        hits.append(&mut seen);
    }
}

/// Whether a number in which letters were read as digits is one that its check, its plus or its name proves. A letter at
/// its begin is read as one only where groups or a check say so: codes of letters and digits begin so.
fn is_misread(text: &Text<'_>, hit: &Hit) -> bool {
    let shown = text.slice(hit.start, hit.end);
    let letters = shown.bytes().filter(u8::is_ascii_alphabetic).count();
    let begins = shown.starts_with(|c: char| c.is_ascii_digit());
    match hit.kind {
        Kind::CREDIT_CARD => true,
        Kind::US_SSN => begins || shown.contains(['-', ' ']),
        Kind::PHONE_NUMBER => {
            let plus = text.before(hit.start) == b'+' || shown.starts_with('+');
            letters <= MISREAD_MAX && plus
        }
        kind => {
            begins
                && letters <= MISREAD_MAX
                && kind.family() == Family::National
                && text.cue(hit.start).kinds.has(kind)
        }
    }
}

/// The text with letters that look like digits read as digits, in words of nothing else.
fn look_alike(text: &Text<'_>) -> Option<String> {
    let mixed = text.lexed.words.iter().filter(|word| {
        let length = word.end - word.start;
        length > word.digits
            && length <= MIXED_WORD_MAX + 3
            && text
                .bytes(word.start, word.end)
                .iter()
                .all(|byte| digit_like(*byte).is_some())
    });
    let mut read: Option<String> = None;
    let mut at = 0;
    for word in mixed {
        let out = read.get_or_insert_with(String::new);
        out.push_str(text.slice(at, word.start));
        out.extend(
            text.bytes(word.start, word.end)
                .iter()
                .filter_map(|byte| digit_like(*byte)),
        );
        at = word.end;
    }
    let mut out = read?;
    out.push_str(text.slice(at, text.text.len()));
    Some(out)
}

fn digit_like(byte: u8) -> Option<char> {
    Some(match byte {
        b'0'..=b'9' => char::from(byte),
        b'O' | b'o' | b'Q' | b'D' => '0',
        b'l' | b'I' | b'i' => '1',
        b'Z' | b'z' => '2',
        b'S' | b's' => '5',
        b'B' => '8',
        b'b' | b'G' => '6',
        b'g' | b'q' => '9',
        _ => return None,
    })
}

/// Whether nothing is found, whatever the values of the digits.
pub(super) fn is_idle(text: &Text<'_>) -> bool {
    let mut idle = true;
    each_sequence(text, |sequence| idle &= sequence.is_idle());
    idle && text.lexed.digits < LOOK_ALIKE_DIGITS_MIN
}

/// Finds cards and social security numbers alone.
pub(super) fn find_proven(text: &Text<'_>, hits: &mut Vec<Hit>) {
    each_sequence(text, |sequence| proven(sequence, hits));
}

fn plain(text: &Text<'_>, hits: &mut Vec<Hit>) {
    each_sequence(text, |sequence| {
        if sequence.is_idle() {
            return;
        }
        let before = hits.len();
        proven(sequence, hits);
        if sequence.total >= national_table::DIGITS_MIN {
            national::find(sequence, hits);
        }
        if sequence.total >= phone::DIGITS_MIN {
            phone::find(sequence, hits);
        }
        date::find(sequence, hits);
        if hits.len() > before + 1 {
            prefer_named(sequence, before, hits);
        }
    });
}

/// Of finds in one place, what a key or the words before it name is meant; others fit by chance.
fn prefer_named(sequence: &mut Sequence<'_, '_>, before: usize, hits: &mut Vec<Hit>) {
    let named = sequence.named();
    let own = hits.split_off(before.min(hits.len()));
    let covered = |hit: &Hit| {
        own.iter().any(|other| {
            // A number that is named is none to be dialled, whatever stands before it.
            let plus = usize::from(sequence.text.byte(hit.start) == b'+');
            named.has(other.kind) && other.start <= hit.start + plus && hit.end <= other.end
        })
    };
    let meant = own
        .iter()
        .filter(|hit| named.has(hit.kind) || !covered(hit));
    hits.extend(meant.cloned());
}

fn proven(sequence: &mut Sequence<'_, '_>, hits: &mut Vec<Hit>) {
    if sequence.total >= card::DIGITS_MIN {
        card::find(sequence, hits);
    }
    if sequence.total >= social_security::DIGITS {
        social_security::find(sequence, hits);
    }
}

fn each_sequence(text: &Text<'_>, mut find: impl FnMut(&mut Sequence<'_, '_>)) {
    let mut groups = Vec::new();
    collect(text, &mut groups);
    let mut rest = groups.as_slice();
    while !rest.is_empty() {
        let length = sequence_length(text, rest);
        let (now, later) = rest.split_at(length.max(1).min(rest.len()));
        rest = later;
        find(&mut Sequence {
            text,
            groups: now,
            total: now.iter().map(|group| group.len()).sum(),
            context: None,
            led: None,
        });
    }
}

/// All groups of the text, words that are something else left out.
fn collect(text: &Text<'_>, groups: &mut Vec<Group>) {
    let mut words = text.lexed.words.as_slice();
    while let Some((word, rest)) = words.split_first() {
        words = rest;
        if let Some(end) = veto::uuid(text, word) {
            words = after(words, end);
        } else if word.digits == word.end - word.start {
            groups.push(Group {
                start: word.start,
                end: word.end,
                glued_before: false,
                glued_after: false,
            });
        } else if !veto::digest(text, word) {
            split_word(text, word, groups);
        }
    }
}

fn after(words: &[Word], offset: usize) -> &[Word] {
    let gone = words.iter().take_while(|word| word.start < offset).count();
    words.get(gone..).unwrap_or_default()
}

/// The digit runs of a word that has letters too.
fn split_word(text: &Text<'_>, word: &Word, groups: &mut Vec<Group>) {
    let long = word.end - word.start > MIXED_WORD_MAX;
    let mut at = word.start;
    while at < word.end {
        let end = text.skip(at, |byte| byte.is_ascii_digit()).min(word.end);
        if end > at && (!long || end - at >= BURIED_DIGITS_MIN) {
            groups.push(Group {
                start: at,
                end,
                glued_before: at > word.start && !text.ideograph_before(at),
                glued_after: end < word.end && !is_ideographic(text.byte(end)),
            });
        }
        at = text.skip(end, |byte| !byte.is_ascii_digit());
    }
}

/// How many of the groups belong together.
fn sequence_length(text: &Text<'_>, groups: &[Group]) -> usize {
    let joined = groups.windows(2).take_while(|pair| match pair {
        [one, next] => !one.glued_after && !next.glued_before && is_gap(text, one.end, next.start),
        _ => false,
    });
    joined.count() + 1
}

fn is_gap(text: &Text<'_>, start: usize, end: usize) -> bool {
    end - start <= GAP_BYTES_MAX
        && text
            .bytes(start, end)
            .iter()
            .all(|byte| byte.is_ascii_punctuation() || matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}
