//! Texts that one type explains from end to end, and texts of words alone: decided at once.
//! Knows nothing of texts that hold a value among others; those go the long way.
//!
//! A find over a whole text gives way to none but another over the whole text whose type is preferred. Each shape here
//! is one over which nothing preferred can reach, in which nothing is unwrapped, and whose rest would be blank: what
//! the long way finds is then known without going it. That both ways agree is a law in the tests.

use super::cannot_mask::CannotMask;
use super::context::{Context, hint};
use super::detect;
use super::examiner::Examiner;
use super::hit::Hit;
use super::idle_codes;
use super::kind::Kind;
use super::quiet;
use super::summary::Summary;
use super::unwrap::{base, embedded};
use super::words::class;
use crate::limits;

/// Most marks in a mail address: with more, its words could be bytes written one by one.
const ADDRESS_MARKS_MAX: usize = 4;
/// Most digits in one: more could be announced as written from their end.
const ADDRESS_DIGITS_MAX: usize = 7;

/// What can be said of a text at once.
pub(super) enum AtOnce {
    /// Nothing is found in it, whatever its digits are.
    Nothing,
    /// All of it is of this type, or nothing is found in it.
    Found(Option<Kind>),
    /// It has to be searched at length.
    Unsaid,
}

impl Examiner<'_> {
    /// What is found in a text, if that can be said at once.
    ///
    /// # Errors
    /// As [`Examiner::layer`].
    pub(super) fn at_once(
        &mut self,
        text: &str,
        summary: &Summary,
        context: Context,
        depth: usize,
    ) -> Result<AtOnce, CannotMask> {
        if text.len() > limits::RESPONSE_BYTES_MAX {
            return Err(CannotMask::TooLong);
        }
        self.went_over_all(text);
        let shortcut = !self.thorough && !self.has_own();
        let idle =
            || quiet::is_quiet(text, summary, context) || self.is_idle(text, summary, context);
        if shortcut && idle() && !self.has_secret(text, depth) {
            return Ok(AtOnce::Nothing);
        }
        if shortcut
            && depth < limits::DECODE_DEPTH_MAX
            && let Some(found) = find(text, summary, context)
            && found.is_none_or(|kind| self.wants(kind))
            && !self.has_secret(text, depth)
        {
            // The long way reads a named card from its end too, and pays for it.
            if found == Some(Kind::CREDIT_CARD) && context.kinds.has(Kind::CREDIT_CARD) {
                self.charge(text.len())?;
            }
            return Ok(AtOnce::Found(found));
        }
        Ok(AtOnce::Unsaid)
    }

    /// Whether a text is a code that looks like one in which nothing was found.
    fn is_idle(&self, text: &str, summary: &Summary, context: Context) -> bool {
        quiet::is_code(text, summary, context)
            && idle_codes::shape(text).is_some_and(|shape| self.idle.has(shape))
    }
}

/// Which type all of the text is of, or that nothing is found in it, if that can be said at once.
fn find(text: &str, seen: &Summary, context: Context) -> Option<Option<Kind>> {
    if context.has(hint::REVERSED) {
        return None;
    }
    if seen.digits() == 0 && !seen.has(class::AT) {
        let found = is_wordy(text, seen).then(|| detect::keyed(text, context.kinds))?;
        let Some(hit) = found else {
            return Some(None);
        };
        return (hit == Hit::new(hit.kind, 0, text.len())).then_some(Some(hit.kind));
    }
    let kind = if seen.has(class::AT) {
        is_address(text, seen).then_some(Kind::EMAIL_ADDRESS)
    } else if seen.only(class::DIGIT | class::SPACE | class::JOINER) {
        number(text, context)
    } else {
        None
    }?;
    // Where something else is named, that may be meant: the long way asks.
    let other = kind != Kind::EMAIL_ADDRESS && !context.kinds.is_empty();
    if other && !context.kinds.has(kind) {
        return None;
    }
    let preferred = detect::NAMED_KINDS.meets(context.kinds.before(kind));
    (!preferred).then_some(Some(kind))
}

/// Whether a text without digits holds nothing but what the key over it names.
fn is_wordy(text: &str, seen: &Summary) -> bool {
    quiet::is_still(text, seen)
        && !seen.has(class::STAR)
        && !(seen.has(class::QUOTE) && embedded::may_be(text))
}

/// Whether a text is one plain mail address and nothing else.
fn is_address(text: &str, seen: &Summary) -> bool {
    let plain = class::DIGIT | class::LETTER | class::RARE | class::JOINER | class::AT;
    let mark = |byte: &u8| !byte.is_ascii_alphanumeric();
    seen.only(plain)
        && seen.digits() <= ADDRESS_DIGITS_MAX
        && text
            .bytes()
            .next_back()
            .is_some_and(|last| last.is_ascii_alphabetic())
        && text.as_bytes().iter().filter(|byte| mark(byte)).count() <= ADDRESS_MARKS_MAX
        && detect::is_address(text)
        && !base::may_hold(text.as_bytes())
}

/// The type of a text that is one number and nothing else.
fn number(text: &str, context: Context) -> Option<Kind> {
    if text.starts_with('+') {
        return (detect::is_international(text) && !base::may_hold(text.as_bytes()))
            .then_some(Kind::PHONE_NUMBER);
    }
    let dated = context.kinds.has(Kind::DATE_OF_BIRTH) && detect::is_date(text);
    if dated {
        return Some(Kind::DATE_OF_BIRTH);
    }
    let groups = Groups::of(text)?;
    let digits = groups.digits();
    match groups.sizes() {
        [3, 2, 4] => detect::social_security(digits),
        [13..=16] if !base::reads_digits(digits) => card(digits, context),
        [4, 4, 4, 4] | [4, 6, 5] => card(digits, context),
        _ => None,
    }
}

fn card(digits: &[u8], context: Context) -> Option<Kind> {
    // A product's number may pass for a card's; the long way asks.
    let named = context.kinds.has(Kind::CREDIT_CARD);
    ((named || !context.has(hint::MISLEADING)) && detect::is_card(digits))
        .then_some(Kind::CREDIT_CARD)
}

/// Most digits of a number that is decided here, and most groups of it.
const DIGITS_MAX: usize = 16;
const GROUPS_MAX: usize = 4;

/// Groups of digits with the same blank or hyphen between them.
struct Groups {
    digits: [u8; DIGITS_MAX],
    count: usize,
    sizes: [usize; GROUPS_MAX],
    groups: usize,
}

impl Groups {
    fn of(text: &str) -> Option<Self> {
        let mut read = Self {
            digits: [0; DIGITS_MAX],
            count: 0,
            sizes: [0; GROUPS_MAX],
            groups: 1,
        };
        let (mut by, mut size) = (None, 0);
        for byte in text.bytes() {
            if byte.is_ascii_digit() {
                *read.digits.get_mut(read.count)? = byte;
                read.count += 1;
                size += 1;
                continue;
            }
            if !matches!(byte, b' ' | b'-') || *by.get_or_insert(byte) != byte {
                return None;
            }
            *read.sizes.get_mut(read.groups - 1)? = std::mem::take(&mut size);
            read.groups += 1;
        }
        *read.sizes.get_mut(read.groups - 1)? = size;
        Some(read)
    }

    fn digits(&self) -> &[u8] {
        self.digits.get(..self.count).unwrap_or_default()
    }

    fn sizes(&self) -> &[usize] {
        self.sizes.get(..self.groups).unwrap_or_default()
    }
}
