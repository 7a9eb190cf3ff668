//! Values split over neighbours: members of an object, items of an array, a column's rows, blocks.
//! Knows nothing of JSON beyond the order of its texts.
//!
//! Only what proves itself is joined (check digits, prefixes, an at sign at the seam), and digits
//! only in the groups in which people split them, or where the keys say that they belong together:
//! neighbouring numbers pass Luhn by chance one time in ten.

use std::borrow::Cow;

use super::cannot_mask::CannotMask;
use super::context::Context;
use super::detect::{self, Text};
use super::examiner::Examiner;
use super::hit::{self, Hit};
use super::joined::Joined;
use super::kind::{Kind, KindSet};
use super::layers::{blank, blank_masks};
use super::opaque;
use super::ordinal;
use super::proven::{DIGITS_ONLY, PROVEN, UNCHECKED};
use super::split;
use super::walk::Found;
use super::words::{Lexed, lex};

/// Longest text that is a piece of a value as a whole, in bytes.
const PIECE_BYTES_MAX: usize = 40;
/// Most pieces of one value, and most where every piece is a letter or two.
const PIECES_MAX: usize = 8;
const SMALL_PIECES_MAX: usize = 24;

/// How often neighbours are searched.
const ROUNDS_MAX: usize = 6;

/// Digits of the shortest card.
const CARD_DIGITS_MIN: usize = 13;
/// Digits of a card in the parts in which it is split.
pub(super) const CARD_SPLITS: [&[usize]; 12] = [
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[8, 8],
    &[6, 10],
    &[10, 6],
    &[4, 12],
    &[12, 4],
    &[6, 6, 4],
    &[4, 8, 4],
    &[4, 4, 8],
    &[8, 4, 4],
    &[6, 9],
];

/// A text among its neighbours.
#[derive(Clone)]
pub(super) struct Piece<'j> {
    pub(super) ordinal: usize,
    pub(super) key: &'j str,
    /// As given, but for what was found in it and for masks, which are blank.
    pub(super) text: Cow<'j, str>,
    pub(super) number: bool,
    pub(super) context: Context,
    /// How many digits it holds.
    pub(super) digits: usize,
    /// Its key counts: `card_1`.
    pub(super) ordinal_key: bool,
    joins: bool,
    /// An identifier or a moment, which is no part of anything.
    whole: bool,
    /// Something was found in it alone.
    found: bool,
    /// What was found in it alone and may be a part of more: out of the way from the second round on.
    weak: Vec<Hit>,
}

impl<'j> Piece<'j> {
    pub(super) fn new(ordinal: usize, key: &'j str, text: &'j str, number: bool) -> Self {
        let text = blank_masks(text);
        let mut piece = Self {
            ordinal,
            key,
            found: matches!(text, Cow::Owned(_)),
            text,
            number,
            context: Context::default(),
            digits: 0,
            ordinal_key: false,
            joins: false,
            whole: false,
            weak: Vec::new(),
        };
        piece.look();
        piece
    }

    /// Counts again what the text holds.
    fn look(&mut self) {
        self.digits = self.text.bytes().filter(u8::is_ascii_digit).count();
        self.whole = opaque::is_whole(&self.text);
        self.joins = !self.whole && self.can_join();
    }

    /// Takes note of what was found in it alone.
    pub(super) fn note(&mut self, hits: impl Iterator<Item = Hit>) {
        let weak = |hit: &Hit| matches!(hit.kind, Kind::PHONE_NUMBER | Kind::PRIVATE_KEY);
        let (weak, proven): (Vec<_>, Vec<_>) = hits.partition(weak);
        self.weak = weak;
        self.blank(&proven);
    }

    /// Takes note of what was found in it beside others: out of the way from the second round on.
    pub(super) fn later<'f>(&mut self, found: impl Iterator<Item = &'f Found>) {
        let own = found.filter(|(ordinal, _)| *ordinal == self.ordinal);
        self.weak.extend(own.map(|(_, hit)| hit.clone()));
    }

    /// Takes what was found out of the way.
    fn blank(&mut self, hits: &[Hit]) {
        if !hits.is_empty() {
            self.text = Cow::Owned(blank(&self.text, hits));
            self.found = true;
            self.look();
        }
    }

    /// Whether it can be a part of something: digits, a part of an address, of a secret, of a key.
    fn can_join(&self) -> bool {
        let digits = self.digits;
        let spaces = self.text.bytes().filter(|byte| *byte == b' ').count();
        self.text.len() > PIECE_BYTES_MAX
            || digits * 2 >= self.text.len() - spaces
            || self.text.contains('@')
            || (spaces == 0 && self.text.len() >= 4 && digits > 0)
            || (spaces == 0 && self.text.len() >= 8 && detect::begins_secret(&self.text))
            || (memchr::memchr(b'-', self.text.as_bytes()).is_some()
                && self.text.contains("KEY-----"))
    }

    /// Whether something that is split over many neighbours may begin here.
    fn begins(&self, context: Context) -> bool {
        let mut bytes = self.text.bytes();
        let country = bytes
            .by_ref()
            .take(2)
            .all(|byte| byte.is_ascii_alphabetic());
        let iban = country && bytes.take(2).filter(u8::is_ascii_digit).count() == 2;
        let named = context.kinds.union(self.context.kinds);
        iban || (!named.without(UNCHECKED).is_empty() && self.digits < CARD_DIGITS_MIN)
            || detect::begins_secret(&self.text)
    }
}

/// Everything that goes over a seam between two of the pieces: again and again, until what was found
/// is out of the way and nothing is left. Where that changes the pieces, `given` holds them as they were.
pub(super) fn find<'j>(
    examiner: &Examiner<'_>,
    pieces: &mut [Piece<'j>],
    context: Context,
    given: &mut Option<Vec<Piece<'j>>>,
) -> Result<Vec<Found>, CannotMask> {
    let mut all = Vec::new();
    for _ in 0..ROUNDS_MAX {
        let mut found = round(pieces, context)?;
        found.retain(|(_, hit)| examiner.wants(hit.kind));
        if found.is_empty() && pieces.iter().all(|piece| piece.weak.is_empty()) {
            return Ok(all);
        }
        given.get_or_insert_with(|| pieces.to_vec());
        for piece in pieces.iter_mut() {
            let own = found
                .iter()
                .filter(|(ordinal, _)| *ordinal == piece.ordinal);
            let mut hits = std::mem::take(&mut piece.weak);
            hits.extend(own.map(|(_, hit)| hit.clone()));
            hit::merge(&mut hits);
            piece.blank(&hits);
        }
        all.append(&mut found);
    }
    Err(CannotMask::Unsettled)
}

fn round(pieces: &[Piece<'_>], context: Context) -> Result<Vec<Found>, CannotMask> {
    let mut found = Vec::new();
    private_key(pieces, &mut found);
    mail(pieces, &mut found)?;
    let mut rest = pieces;
    while !rest.is_empty() {
        let prose = |piece: &Piece<'_>| piece.text.len() > PIECE_BYTES_MAX || !piece.joins;
        let length = rest
            .iter()
            .take_while(|piece| piece.joins && !piece.found)
            .count();
        if length > 1 {
            let (run, _) = rest.split_at(length);
            joined(run, context, &mut found)?;
        }
        // A seam between texts of which one is found in is still a seam.
        if let [one, next, ..] = rest
            && !one.whole
            && !next.whole
            && (prose(one) || prose(next) || one.found || next.found)
        {
            seam(rest.get(..2).unwrap_or_default(), one, next, &mut found)?;
        }
        let step = length.saturating_sub(1).max(1);
        rest = rest.get(step..).unwrap_or_default();
    }
    Ok(found)
}

/// An address whose at sign is at a seam, or is what stands between a `user` and a `domain`.
fn mail(pieces: &[Piece<'_>], found: &mut Vec<Found>) -> Result<(), CannotMask> {
    let ends = |piece: &Piece<'_>, names: &[&str]| {
        let words = super::fold::words(piece.key);
        words
            .last()
            .is_some_and(|last| names.contains(&last.as_str()))
    };
    let named_domain = |piece: &Piece<'_>| {
        let key = piece.key.as_bytes();
        let tail = key.get(key.len().saturating_sub(7)..).unwrap_or_default();
        tail.windows(6)
            .any(|six| six.eq_ignore_ascii_case(b"domain"))
    };
    for trio in 0..pieces.len() {
        let rest = pieces.get(trio..).unwrap_or_default();
        let (window, by) = match rest {
            [_, sign, _, ..] if sign.text == "@" => (rest.get(..3), ""),
            [one, next, ..] if one.text.ends_with('@') || next.text.starts_with('@') => {
                (rest.get(..2), "")
            }
            [one, next, ..]
                if named_domain(next)
                    && next.text.contains('.')
                    && ends(next, &["domain"])
                    && ends(
                        one,
                        &["user", "local", "part", "username", "mailbox", "login"],
                    ) =>
            {
                (rest.get(..2), "@")
            }
            _ => continue,
        };
        let window = window.unwrap_or_default();
        let joined = Joined::new(window, by);
        for hit in search(&joined.text, Context::default(), true)? {
            if hit.kind == Kind::EMAIL_ADDRESS && joined.pieces_of(&hit).len() > 1 {
                joined.push(&hit, window, found);
            }
        }
    }
    Ok(())
}

/// A run of short pieces: joined as a whole, or where it is long, in windows that begin like something.
fn joined(run: &[Piece<'_>], context: Context, found: &mut Vec<Found>) -> Result<(), CannotMask> {
    let small = run.iter().all(|piece| piece.text.len() <= 2);
    let most = if small { SMALL_PIECES_MAX } else { PIECES_MAX };
    if run.len() <= most {
        let digits: usize = run.iter().map(|piece| piece.digits).sum();
        let letters = |piece: &Piece<'_>| piece.text.bytes().any(|byte| byte.is_ascii_alphabetic());
        if (digits >= 9 || run.iter().any(letters)) && split::possible(run, context, true) {
            return window_hits(run, true, context, found);
        }
        return Ok(());
    }
    for at in 0..run.len() {
        let window = run.get(at..(at + most).min(run.len())).unwrap_or_default();
        if window.first().is_some_and(|first| first.begins(context))
            && (split::named(window, context) || split::possible(window, context, false))
        {
            window_hits(window, false, context, found)?;
        }
    }
    Ok(())
}

fn window_hits(
    window: &[Piece<'_>],
    alone: bool,
    context: Context,
    found: &mut Vec<Found>,
) -> Result<(), CannotMask> {
    // Values under one telling key may be any of what it names.
    let named = window.iter().fold(context.kinds, |kinds, piece| {
        kinds.union(piece.context.kinds)
    });
    let context = Context {
        kinds: named,
        ..context
    };
    for by in ["", "-", "."] {
        let joined = Joined::new(window, by);
        for hit in search(&joined.text, context, named.is_empty())? {
            let over = joined.pieces_of(&hit);
            let Some(parts) = window.get(over).filter(|parts| parts.len() > 1) else {
                continue;
            };
            let proven = PROVEN.has(hit.kind) || named.has(hit.kind);
            if proven && believable(&hit, parts, named, alone) {
                joined.push(&hit, window, found);
            }
        }
    }
    Ok(())
}

/// Whether digits that pass a check were split on purpose.
fn believable(hit: &Hit, parts: &[Piece<'_>], named: KindSet, alone: bool) -> bool {
    if hit.kind == Kind::IBAN_CODE && !named.has(hit.kind) {
        // Letters and digits of neighbours pass mod 97 by chance one time in a hundred.
        let bare = |piece: &Piece<'_>| {
            piece
                .text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b' ')
        };
        return parts.iter().all(bare);
    }
    if !DIGITS_ONLY.has(hit.kind) || named.has(hit.kind) || related(parts) {
        return true;
    }
    let sizes: Vec<usize> = parts.iter().map(|piece| piece.digits).collect();
    let numbers = parts.iter().any(|piece| piece.number);
    let split = if hit.kind == Kind::US_SSN {
        sizes == [3, 2, 4]
    } else {
        CARD_SPLITS.contains(&sizes.as_slice()) || (alone && sizes.iter().all(|size| *size <= 2))
    };
    // Neighbouring counts fall into fours by chance; four of them and nothing else do not.
    split && alone && (!numbers || parts.len() > 2)
}

/// Whether the keys say that the pieces belong together: `card_1`, `card_2`.
fn related(parts: &[Piece<'_>]) -> bool {
    let mut stems = parts.iter().map(|piece| ordinal::stem(piece.key));
    match stems.next() {
        Some((first, true)) => stems.all(|(stem, cut)| cut && stem == first),
        _ => false,
    }
}

/// The end of one text and the start of the next.
fn seam(
    both: &[Piece<'_>],
    one: &Piece<'_>,
    next: &Piece<'_>,
    found: &mut Vec<Found>,
) -> Result<(), CannotMask> {
    let last = one.text.trim_end().bytes().next_back();
    let first = next.text.trim_start().bytes().next();
    let (Some(last), Some(first)) = (last, first) else {
        return Ok(());
    };
    let digits = last.is_ascii_digit() && first.is_ascii_digit();
    let token = |text: &str| {
        text.split(' ')
            .any(|word| word.len() >= 8 && word.contains(['@', '_', '-', '.']))
    };
    let letters = last.is_ascii_alphanumeric() && first.is_ascii_alphanumeric() && token(&one.text);
    if !digits && !letters {
        return Ok(());
    }
    let joined = Joined::new(both, "");
    for hit in search(&joined.text, Context::default(), true)? {
        let over = joined.pieces_of(&hit);
        if over.len() > 1 && PROVEN.has(hit.kind) {
            joined.push(&hit, both, found);
        }
    }
    Ok(())
}

/// `proven`: nothing but what proves itself can count.
fn search(text: &str, context: Context, proven: bool) -> Result<Vec<Hit>, CannotMask> {
    let mut lexed = Lexed::default();
    let mut hits = Vec::new();
    lex(text, &mut lexed);
    let searched = Text {
        text,
        lexed: &lexed,
        context,
    };
    if proven {
        detect::find_proven(&searched, &mut hits)?;
    } else {
        detect::find(&searched, &mut hits)?;
    }
    Ok(hits)
}

/// The lines of a private key as pieces: from its head to its foot, whatever they look like alone.
fn private_key(pieces: &[Piece<'_>], found: &mut Vec<Found>) {
    // The rarest of its letters is looked for first.
    let heads = |piece: &Piece<'_>| {
        memchr::memchr(b'V', piece.text.as_bytes()).is_some() && piece.text.contains("PRIVATE KEY")
    };
    if !pieces.iter().any(heads) {
        return;
    }
    let mut open = false;
    for piece in pieces {
        let private = piece.text.contains("PRIVATE KEY");
        let head = piece.text.rfind("-----BEGIN");
        let foot = piece.text.rfind("-----END");
        if open && !piece.text.is_empty() {
            let end = foot.and_then(|foot| {
                let close = piece.text.get(foot + 5..)?.find("-----")?;
                Some(foot + 5 + close + 5)
            });
            let end = end.unwrap_or(piece.text.len());
            found.push((piece.ordinal, Hit::new(Kind::PRIVATE_KEY, 0, end)));
        }
        match (head, foot) {
            (Some(head), None) if private => open = head < piece.text.len(),
            (Some(head), Some(foot)) if private => open = head > foot,
            (_, Some(_)) => open = false,
            _ => {}
        }
    }
}
