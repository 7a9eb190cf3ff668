//! Whether anything can go over the seams of neighbouring texts: cheap conditions, of which one must hold before
//! texts are put together and searched.
//! Knows nothing of how they are searched.

use super::context::Context;
use super::fold;
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
pub(super) fn may_hold(pieces: &[Piece<'_>], context: Context) -> bool {
    let now: Vec<&Piece<'_>> = pieces.iter().collect();
    if may_hold_now(&now, context) {
        return true;
    }
    if pieces.iter().all(|piece| piece.weak.is_empty()) {
        return false;
    }
    let settled: Vec<_> = pieces
        .iter()
        .map(|piece| (!piece.weak.is_empty()).then(|| piece.settled()))
        .collect();
    let later: Vec<_> = pieces
        .iter()
        .zip(&settled)
        .map(|(piece, settled)| settled.as_ref().unwrap_or(piece))
        .collect();
    may_hold_now(&later, context)
}

fn may_hold_now(pieces: &[&Piece<'_>], context: Context) -> bool {
    let mut rest = pieces;
    while let [first, after @ ..] = rest {
        let pair = |next: &&Piece<'_>| touch(first, next);
        if heads_key(first)
            || mail([Some(*first), after.first().copied(), after.get(1).copied()]).is_some()
            || after.first().is_some_and(pair)
        {
            return true;
        }
        rest = after;
    }
    pieces
        .chunk_by(|one, next| one.is_part() && next.is_part())
        .any(|run| run.len() > 1 && may_join(run, context))
}

/// Whether a run of short pieces can be one value, or hold one.
fn may_join(run: &[&Piece<'_>], context: Context) -> bool {
    if run.len() <= pieces_max(run) {
        return split::possible(run, context, true);
    }
    run.iter().any(|piece| piece.begins(context))
}

/// Most pieces of one value.
pub(super) fn pieces_max(run: &[&Piece<'_>]) -> usize {
    if run.iter().all(|piece| piece.text.len() <= 2) {
        SMALL_PIECES_MAX
    } else {
        PIECES_MAX
    }
}

/// Whether the head of a private key stands in a piece.
pub(super) fn heads_key(piece: &Piece<'_>) -> bool {
    piece.has(class::RARE) && piece.text.contains("PRIVATE KEY")
}

/// How many of three pieces in a row may be one mail address, and what stands between them.
pub(super) fn mail(three: [Option<&Piece<'_>>; 3]) -> Option<(usize, &'static str)> {
    let [Some(one), Some(next), third] = three else {
        return None;
    };
    if third.is_some() && next.text == "@" {
        return Some((3, ""));
    }
    if (one.has(class::AT) && one.text.ends_with('@'))
        || (next.has(class::AT) && next.text.starts_with('@'))
    {
        return Some((2, ""));
    }
    let mailbox = || {
        let words = fold::words(one.key);
        let last = words.last().map(String::as_str);
        last.is_some_and(|last| MAILBOX_KEYS.contains(&last))
    };
    (next.domain_key && next.text.contains('.') && mailbox()).then_some((2, "@"))
}

/// Whether the end of one text and the start of the next may be one value. A seam between texts of which one is
/// found in is still a seam.
pub(super) fn touch(one: &Piece<'_>, next: &Piece<'_>) -> bool {
    if one.whole || next.whole || !(one.is_prose() || next.is_prose() || one.found || next.found) {
        return false;
    }
    let last = one.text.trim_end().bytes().next_back();
    let first = next.text.trim_start().bytes().next();
    let (Some(last), Some(first)) = (last, first) else {
        return false;
    };
    let token = |text: &str| {
        text.split(' ')
            .any(|word| word.len() >= TOKEN_BYTES_MIN && word.contains(['@', '_', '-', '.']))
    };
    (last.is_ascii_digit() && first.is_ascii_digit())
        || (last.is_ascii_alphanumeric()
            && first.is_ascii_alphanumeric()
            && one.has(class::AT | class::JOINER)
            && token(&one.text))
}
