//! Whether anything can be split over neighbouring pieces at all: cheap conditions that must hold
//! before the pieces are joined and searched.
//! Knows nothing of how the joined text is searched.

use super::context::Context;
use super::detect;
use super::idle_runs::{IdleRuns, RunShape};
use super::kind::KindSet;
use super::neighbour::CARD_SPLITS;
use super::piece::Piece;
use super::words::class;

/// Shortest run of letters and digits over a seam that can be a wallet or a secret.
const RUN_MIN: usize = 20;
/// Fewest digits of anything that is split.
const DIGITS_MIN: u64 = 9;
/// How much of a prefix may stand on either side of a seam, in bytes.
const PREFIX_BYTES: usize = 8;

/// As [`possible`] of a run alone, which is not looked at again where its shape is known.
pub(super) fn possible_alone(run: &[&Piece<'_>], context: Context, idle: &IdleRuns) -> bool {
    let shape = match named(run, context) {
        true => None,
        false => RunShape::of(run),
    };
    let Some(shape) = shape else {
        return possible(run, context, true);
    };
    if idle.has(&shape) {
        return false;
    }
    let possible = possible(run, context, true);
    if !possible && !hangs_on_digits(run, &shape) {
        idle.add(shape);
    }
    possible
}

/// Whether the answer for a run that nothing names can hang on the value of a digit. Of the conditions below only two ask
/// for one: the prefix of a secret may have digits, and an account number has a check.
fn hangs_on_digits(run: &[&Piece<'_>], shape: &RunShape) -> bool {
    let texts: Vec<u8> = shape.texts().collect();
    detect::secret_head_hangs_on_digits(&texts)
        || account(run, |bytes| detect::may_be_account(bytes))
}

/// Whether a run of pieces can hold something that goes over a seam.
pub(super) fn possible(run: &[&Piece<'_>], context: Context, alone: bool) -> bool {
    let letter = run.iter().any(|piece| piece.has(class::LETTER));
    let total: u64 = run.iter().map(|piece| u64::from(piece.look.digits())).sum();
    if alone && !letter && total < DIGITS_MIN {
        return false;
    }
    if named(run, context) || digits(run, total, alone) {
        return true;
    }
    let text = |piece: &&Piece<'_>| {
        piece.has(class::AT)
            || (piece.has(class::LETTER)
                && (detect::holds_secret_head(piece.text()) || holds_token_head(piece.text())))
    };
    letters(run)
        || run.iter().any(text)
        || (letter && account(run, |bytes| detect::is_account(bytes)))
}

/// Whether a web token's head stands in a text.
fn holds_token_head(text: &str) -> bool {
    let bytes = text.as_bytes();
    let head = |at: usize| bytes.get(at.saturating_sub(2)..at) == Some(b"ey");
    memchr::memchr_iter(b'J', bytes).any(head)
}

/// Whether a key over the pieces names a type.
fn named(run: &[&Piece<'_>], context: Context) -> bool {
    let kinds = run.iter().fold(context.kinds, |kinds: KindSet, piece| {
        kinds.union(piece.context.kinds)
    });
    !kinds.is_empty()
}

/// Digits in the groups in which cards and social security numbers are split, or under keys that count.
fn digits(run: &[&Piece<'_>], total: u64, alone: bool) -> bool {
    if total < DIGITS_MIN {
        return false;
    }
    if run
        .iter()
        .filter(|piece| piece.ordinal_key)
        .nth(1)
        .is_some()
    {
        return true;
    }
    if alone && run.iter().filter(|piece| piece.look.digits() <= 2).count() >= 5 {
        return true;
    }
    // Every shape has two parts at least.
    (0..run.len().saturating_sub(1)).any(|at| {
        let rest = run.get(at..).unwrap_or_default();
        let first = rest.first().map_or(0, |piece| piece.look.digits());
        let starts = |shape: &[u32]| {
            shape.first() == Some(&first)
                && shape.len() <= rest.len()
                && shape
                    .iter()
                    .zip(rest)
                    .all(|(size, piece)| piece.look.digits() == *size)
        };
        matches!(first, 3 | 4 | 5 | 6 | 8 | 10 | 12)
            && (starts(&[3, 2, 4]) || CARD_SPLITS.iter().any(|shape| starts(shape)))
    })
}

/// A long run of letters over a seam, or the prefix of a secret.
fn letters(run: &[&Piece<'_>]) -> bool {
    let mut tail = 0;
    let mut before = "";
    for piece in run {
        let bytes = piece.text().as_bytes();
        let in_run = |byte: &&u8| byte.is_ascii_alphanumeric();
        let head = bytes.iter().take_while(in_run).count();
        if tail > 0 && head > 0 && (tail + head >= RUN_MIN || prefix_over(before, piece.text())) {
            return true;
        }
        tail = if head == bytes.len() {
            tail + head
        } else {
            bytes.iter().rev().take_while(in_run).count()
        };
        before = piece.text();
    }
    false
}

/// Whether the prefix of a secret goes over the seam.
fn prefix_over(before: &str, after: &str) -> bool {
    let seam = (before.bytes().next_back(), after.bytes().next());
    let (Some(last), Some(first)) = seam else {
        return false;
    };
    if !detect::in_secret_prefix(last, first) {
        return false;
    }
    let from = before.len().saturating_sub(PREFIX_BYTES);
    let (Some(tail), Some(head)) = (
        before.as_bytes().get(from..),
        after.as_bytes().get(..PREFIX_BYTES.min(after.len())),
    ) else {
        return false;
    };
    let mut both = [0u8; 2 * PREFIX_BYTES];
    for (slot, byte) in both.iter_mut().zip(tail.iter().chain(head)) {
        *slot = *byte;
    }
    let used = both.get(..tail.len() + head.len()).unwrap_or_default();
    detect::secret_prefix_over(used, tail.len())
}

/// An account number that begins in one piece and `passes` in a later one.
fn account(run: &[&Piece<'_>], passes: impl Fn(&mut dyn Iterator<Item = u8>) -> bool) -> bool {
    (0..run.len()).any(|at| {
        let rest = run.get(at..).unwrap_or_default();
        let lettered = rest.first().filter(|piece| piece.has(class::LETTER));
        let bytes = lettered.map_or(&[][..], |piece| piece.text().as_bytes());
        let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
        let mut in_word = false;
        bytes.iter().enumerate().any(|(from, byte)| {
            let begins = !std::mem::replace(&mut in_word, byte.is_ascii_alphanumeric());
            let digit = || bytes.get(from + 1).is_some_and(u8::is_ascii_digit);
            let bare = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ';
            // Two letters of a country and no more of them, then nothing but letters, digits and blanks.
            if !begins
                || !letter(from)
                || digit()
                || (letter(from + 1) && letter(from + 2))
                || bytes.get(from + 2).is_some_and(|byte| !bare(byte))
            {
                return false;
            }
            let later = rest.iter().skip(1).flat_map(|piece| piece.text().bytes());
            let all = bytes.get(from..).unwrap_or_default().iter().copied();
            passes(&mut all.chain(later).take_while(bare))
        })
    })
}
