//! Whether anything can go over the seams of neighbouring texts: cheap conditions, of which one must hold before
//! texts are put together and searched.
//! Knows nothing of how they are searched.

use super::context::Context;
use super::fold;
use super::idle_runs::IdleRuns;
use super::piece::Piece;
use super::split;
use super::words::class;

/// Most pieces of one value, and most where every piece is a letter or two.
const PIECES_MAX: usize = 8;
const SMALL_PIECES_MAX: usize = 24;
/// Shortest word whose end can be the head of something.
const TOKEN_BYTES_MIN: usize = 8;
/// Keys over the part of a mail address before the at sign.
const MAILBOX_KEYS: [&str; 6] = ["user", "local", "part", "username", "mailbox", "login"];

/// Whether something can go over a seam, now or when what was found in the pieces is out of the way.
pub(super) fn may_hold(pieces: &[Piece<'_>], context: Context, idle: &IdleRuns) -> bool {
    if may_hold_now(|at| pieces.get(at), context, idle) {
        return true;
    }
    if !pieces.iter().any(Piece::has_weak) || goes_idly(pieces) {
        return false;
    }
    let settled: Vec<_> = pieces
        .iter()
        .map(|piece| piece.has_weak().then(|| piece.settled()))
        .collect();
    let later = |at: usize| settled.get(at)?.as_ref().or(pieces.get(at));
    may_hold_now(later, context, idle)
}

/// Whether nothing new can go over a seam when what was found is out of the way: texts of which nothing is left touch
/// nothing, and what is left of a run that is searched as a whole holds no more than the run did.
fn goes_idly(pieces: &[Piece<'_>]) -> bool {
    let gone = |piece: &Piece<'_>| !piece.has_weak() || piece.will_go();
    pieces.iter().all(gone)
        && pieces
            .split(|piece| !piece.is_part())
            .all(|run| run.len() <= PIECES_MAX || run.iter().all(Piece::has_weak))
}

fn may_hold_now<'p, 'j: 'p>(
    piece: impl Fn(usize) -> Option<&'p Piece<'j>>,
    context: Context,
    idle: &IdleRuns,
) -> bool {
    let mut run = 0;
    let mut at = 0;
    while let Some(one) = piece(at) {
        let next = piece(at + 1);
        if heads_key(one) {
            return true;
        }
        if let Some(next) = next {
            let mail_like = one.has(class::AT) || next.has(class::AT) || next.domain_key;
            if touch(one, next)
                || plus(one, next)
                || (mail_like && mail([Some(one), Some(next), piece(at + 2)]).is_some())
            {
                return true;
            }
        }
        at += 1;
        run = if one.is_part() { run + 1 } else { 0 };
        let ends = !next.is_some_and(Piece::is_part);
        let parts = (at - run..at).filter_map(&piece);
        if run > 1 && ends && may_join(parts, run, context, idle) {
            return true;
        }
    }
    false
}

/// Whether a run of short pieces can be one value, or hold one.
fn may_join<'p, 'j: 'p>(
    mut run: impl Iterator<Item = &'p Piece<'j>>,
    count: usize,
    context: Context,
    idle: &IdleRuns,
) -> bool {
    if count > SMALL_PIECES_MAX {
        return run.any(|piece| piece.begins(context));
    }
    let Some(first) = run.next() else {
        return false;
    };
    let mut held = [first; SMALL_PIECES_MAX];
    for (slot, piece) in held.iter_mut().skip(1).zip(run) {
        *slot = piece;
    }
    let run = held.get(..count).unwrap_or_default();
    if count <= pieces_max(run) {
        return split::possible_alone(run, context, idle);
    }
    run.iter().any(|piece| piece.begins(context))
}

/// Most pieces of one value.
pub(super) fn pieces_max(run: &[&Piece<'_>]) -> usize {
    if run.iter().all(|piece| piece.text().len() <= 2) {
        SMALL_PIECES_MAX
    } else {
        PIECES_MAX
    }
}

/// Whether the head of a private key stands in a piece.
pub(super) fn heads_key(piece: &Piece<'_>) -> bool {
    piece.has(class::RARE) && piece.text().contains("PRIVATE KEY")
}

/// Whether a telephone number with a plus may go over the seam of two items of a list: `+453260` and `6435`.
#[inline]
pub(super) fn plus(one: &Piece<'_>, next: &Piece<'_>) -> bool {
    // A plus is no letter, no digit and no separator of numbers: few texts begin so.
    !one.look.begins() && one.has(class::JOINER) && is_plus(one, next)
}

fn is_plus(one: &Piece<'_>, next: &Piece<'_>) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    one.text().strip_prefix('+').is_some_and(digits) && goes_on_plainly(one, next)
}

/// Whether a piece holds nothing but digits and stands under the same key as the one before it.
pub(super) fn goes_on_plainly(one: &Piece<'_>, next: &Piece<'_>) -> bool {
    let digits = next.text().bytes().all(|byte| byte.is_ascii_digit());
    digits && !next.text().is_empty() && !next.is_number() && one.key() == next.key()
}

/// How many of three pieces in a row may be one mail address, and what stands between them.
pub(super) fn mail(three: [Option<&Piece<'_>>; 3]) -> Option<(usize, &'static str)> {
    let [Some(one), Some(next), third] = three else {
        return None;
    };
    if third.is_some() && next.has(class::AT) && next.text() == "@" {
        return Some((3, ""));
    }
    if (one.has(class::AT) && one.text().ends_with('@'))
        || (next.has(class::AT) && next.text().starts_with('@'))
    {
        return Some((2, ""));
    }
    let mailbox = || {
        let words = fold::words(one.key());
        let last = words.last().map(String::as_str);
        last.is_some_and(|last| MAILBOX_KEYS.contains(&last))
    };
    (next.domain_key && next.text().contains('.') && mailbox()).then_some((2, "@"))
}

/// Whether the end of one text and the start of the next may be one value. A seam between texts of which one is
/// found in is still a seam.
#[inline]
pub(super) fn touch(one: &Piece<'_>, next: &Piece<'_>) -> bool {
    if !(one.look.ends() && next.look.begins()) {
        return false;
    }
    let digits = one.look.ends_with_digit() && next.look.begins_with_digit();
    if !digits && !one.has(class::AT | class::JOINER) {
        return false;
    }
    // A separator at the seam says that something goes on.
    let goes_on = one.look.goes_on() || next.look.went_on();
    if one.look.is_whole()
        || next.look.is_whole()
        || !(goes_on || one.is_prose() || next.is_prose() || one.found || next.found)
    {
        return false;
    }
    let token = |text: &str| {
        text.split(' ')
            .any(|word| word.len() >= TOKEN_BYTES_MIN && word.contains(['@', '_', '-', '.']))
    };
    digits || token(one.text())
}
