//! One folded text as the detectors see it: bytes, words, and what is said around it.
//! Knows nothing of any type.

use crate::egress::context::{self, Context, hint};
use crate::egress::mask::BARRIER;
use crate::egress::words::{Lexed, class, class_at};

/// How far back the words that name a value may stand, in bytes: some twenty letters of three bytes.
const CUE_BYTES: usize = 64;

/// A text with its lexing and context.
pub(in crate::egress) struct Text<'a> {
    pub(in crate::egress) text: &'a str,
    pub(in crate::egress) lexed: &'a Lexed,
    /// What the key or heading over the text says.
    pub(in crate::egress) context: Context,
}

impl<'a> Text<'a> {
    /// The byte at `at`; the barrier beyond the end, which is in no word.
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(BARRIER)
    }

    /// The byte before `at`; the barrier at the start.
    pub(super) fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(BARRIER, |b| self.byte(b))
    }

    /// The text between two offsets; empty where they are not on characters.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// As [`Text::slice`], from the first character on that begins within.
    pub(super) fn slice_near(&self, mut start: usize, end: usize) -> &'a str {
        while start < end && !self.text.is_char_boundary(start) {
            start += 1;
        }
        self.slice(start, end)
    }

    /// The bytes between two offsets.
    pub(super) fn bytes(&self, start: usize, end: usize) -> &'a [u8] {
        self.text.as_bytes().get(start..end).unwrap_or_default()
    }

    /// Whether the byte at `at` goes on a word.
    pub(super) fn in_word(&self, at: usize) -> bool {
        class_at(self.byte(at)) & class::WORD != 0
    }

    /// Whether a letter of a script that writes no blanks between words ends right before `at`.
    pub(super) fn ideograph_before(&self, at: usize) -> bool {
        let lead = at.checked_sub(3).map_or(0, |lead| self.byte(lead));
        is_ideographic(lead) && self.text.is_char_boundary(at.saturating_sub(3))
    }

    /// Whether a word ends right before `at`.
    pub(super) fn word_before(&self, at: usize) -> bool {
        class_at(self.before(at)) & class::WORD != 0
    }

    /// As [`Text::skip`], but never further than `most` bytes: what is asked again and again for
    /// overlapping stretches must be bounded, or hostile text takes quadratic time.
    pub(super) fn skip_most(&self, at: usize, most: usize, fits: impl Fn(u8) -> bool) -> usize {
        let end = at.saturating_add(most).min(self.text.len());
        let window = self.bytes(at, end);
        let length = window.iter().position(|byte| !fits(*byte));
        let length = length.unwrap_or(window.len());
        self.lexed.went_over(length);
        at + length
    }

    /// First offset at or after `at` whose byte does not fit. For stretches that are looked at once.
    pub(super) fn skip(&self, at: usize, fits: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !fits(*byte));
        let length = length.unwrap_or(rest.len());
        self.lexed.went_over(length);
        at + length
    }

    /// Start of the longest run of fitting bytes that ends at `at`, at most `most` long.
    pub(super) fn skip_back(&self, at: usize, most: usize, fits: impl Fn(u8) -> bool) -> usize {
        let head = self.bytes(at.saturating_sub(most), at);
        let length = head.iter().rev().take_while(|byte| fits(**byte)).count();
        self.lexed.went_over(length);
        at - length
    }

    /// The words shortly before `at`: from the last barrier on, never half a word.
    pub(super) fn lead(&self, at: usize) -> &'a str {
        if at == 0 {
            return "";
        }
        let mut from = at.saturating_sub(CUE_BYTES);
        while from < at
            && (!self.text.is_char_boundary(from) || (from > 0 && self.word_before(from)))
        {
            from += 1;
        }
        let lead = self.slice(from, at);
        self.lexed.went_over(lead.len());
        let barrier = memchr::memrchr(BARRIER, lead.as_bytes());
        barrier.map_or(lead, |at| lead.get(at + 1..).unwrap_or_default())
    }

    /// Whether a word shortly before `at`, where a word or its digits begin, may name a type.
    pub(super) fn may_be_led(&self, at: usize) -> bool {
        self.may_tell(at.saturating_sub(CUE_BYTES), at)
    }

    /// Whether a word that stands between two offsets, at least in part, may name a type.
    pub(super) fn may_tell(&self, from: usize, to: usize) -> bool {
        self.lexed.telling(self.text).names_between(from, to)
    }

    /// Whether what stands between two offsets may be a label, by its last word alone.
    pub(super) fn may_be_label(&self, start: usize, end: usize) -> bool {
        self.lexed.is_presumed() || context::may_end_label(self.bytes(start, end))
    }

    /// Whether some word before `at` names a type.
    pub(super) fn is_led(&self, at: usize) -> bool {
        if !self.may_be_led(at) {
            return false;
        }
        let lead = self.lead(at);
        !is_wordless(lead) && context::speaks(lead)
    }

    /// What the key over the text and the words before `at` say together.
    pub(in crate::egress) fn cue(&self, at: usize) -> Context {
        self.said(at).0
    }

    /// As [`Text::cue`], and [`Text::is_led`] where a word before `at` may name a type.
    pub(super) fn said(&self, at: usize) -> (Context, bool) {
        let telling = self.lexed.telling(self.text);
        let some = telling.any_between(at.saturating_sub(CUE_BYTES), at);
        if !some && !self.context.has(hint::MISLEADING) {
            return (self.context, false);
        }
        let lead = self.lead(at);
        if is_wordless(lead) {
            return (self.context, false);
        }
        let nearest = telling.nearest(at - lead.len(), at);
        let (from, before) = nearest.unwrap_or((at, false));
        let (near, names) = context::of_text(self.slice(from, at));
        let names = names || before;
        let kinds = self.context.kinds.union(near.kinds);
        let misleading = near.has(hint::MISLEADING);
        let said = self.context.of(kinds).without(hint::MISLEADING);
        let said = said.with(hint::MISLEADING, misleading);
        (said, names)
    }
}

/// Whether a lead has no letter in it.
fn is_wordless(lead: &str) -> bool {
    !lead
        .bytes()
        .any(|byte| class_at(byte) & (class::LETTER | class::OTHER_SCRIPT) != 0)
}

/// Whether a letter that begins with this byte is Chinese, Japanese or Korean.
pub(super) fn is_ideographic(lead: u8) -> bool {
    matches!(lead, 0xE3..=0xED)
}
