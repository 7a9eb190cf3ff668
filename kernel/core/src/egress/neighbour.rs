//! Values split over neighbours: members of an object, items of an array, a column's rows, blocks.
//! Knows nothing of JSON beyond the order of its texts.
//!
//! Only what proves itself is joined (check digits, prefixes, an at sign at the seam), and digits
//! only in the groups in which people split them, or where the keys say that they belong together:
//! neighbouring numbers pass Luhn by chance one time in ten.

use std::collections::HashMap;

use super::cannot_mask::CannotMask;
use super::context::{self, Context};
use super::detect::{self, Text};
use super::examiner::Examiner;
use super::hit::{self, Hit};
use super::joined::Joined;
use super::kind::{Kind, KindSet};
use super::ordinal;
use super::piece::Piece;
use super::proven::{CHECKED, DIGITS_ONLY, PROVEN};
use super::seams;
use super::split;
use super::walk::Found;
use super::words::{Lexed, lex};

/// How often neighbours are searched.
const ROUNDS_MAX: usize = 6;

/// Most texts between two whose end and start are at a seam.
const SEAM_PARTS_MAX: usize = 3;
/// Shortest telephone number with a plus that is put together, in bytes.
const PLUS_BYTES_MIN: usize = 10;
/// Most members that count and are one value.
const COUNTED_MAX: usize = 8;
/// How far before a seam's digits a word that names them may stand, in bytes.
const LEAD_BYTES_MAX: usize = 40;

/// Digits of a card in the parts in which it is split.
pub(super) const CARD_SPLITS: [&[u32]; 17] = [
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[8, 8],
    &[8, 7],
    &[6, 10],
    &[10, 6],
    &[4, 12],
    &[12, 4],
    &[6, 6, 4],
    &[4, 8, 4],
    &[4, 4, 8],
    &[8, 4, 4],
    &[6, 9],
    &[5, 5, 6],
    &[5, 6, 5],
    &[6, 5, 5],
    &[5, 5, 5],
];

/// Whether [`find`] can find anything.
pub(super) fn may_hold(examiner: &Examiner<'_>, pieces: &[Piece<'_>], context: Context) -> bool {
    pieces.len() > 1 && (examiner.thorough || seams::may_hold(pieces, context, &examiner.idle_runs))
}

/// Everything that goes over a seam between two of the pieces: again and again, until what was found
/// is out of the way and nothing is left. Where that changes the pieces, `given` holds them as they were.
pub(super) fn find<'j>(
    examiner: &Examiner<'_>,
    pieces: &mut [Piece<'j>],
    context: Context,
    given: &mut Option<Vec<Piece<'j>>>,
) -> Result<Vec<Found>, CannotMask> {
    if !may_hold(examiner, pieces, context) {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for _ in 0..ROUNDS_MAX {
        let mut found = round(examiner, pieces, context)?;
        found.retain(|(_, hit)| examiner.wants(hit.kind));
        if found.is_empty() && !pieces.iter().any(Piece::has_weak) {
            return Ok(all);
        }
        given.get_or_insert_with(|| pieces.to_vec());
        // A look at all finds for each piece would be a square.
        let mut own: HashMap<usize, Vec<Hit>> = HashMap::new();
        for (ordinal, hit) in &found {
            own.entry(*ordinal).or_default().push(hit.clone());
        }
        for piece in pieces.iter_mut() {
            let mut hits = piece.take_weak();
            hits.extend(own.remove(&piece.ordinal).into_iter().flatten());
            hit::merge(&mut hits);
            piece.blank(&hits);
        }
        all.append(&mut found);
    }
    Err(CannotMask::Unsettled)
}

fn round(
    examiner: &Examiner<'_>,
    pieces: &[Piece<'_>],
    context: Context,
) -> Result<Vec<Found>, CannotMask> {
    let mut found = Vec::new();
    private_key(pieces, &mut found);
    mail(examiner, pieces, &mut found)?;
    plus(examiner, pieces, &mut found);
    let mut rest = pieces;
    while !rest.is_empty() {
        let length = rest.iter().take_while(|piece| piece.is_part()).count();
        if length > 1 {
            let (run, _) = rest.split_at(length);
            joined(examiner, run, context, &mut found)?;
        }
        if let [one, next, ..] = rest
            && seams::touch(one, next)
        {
            seam(examiner, rest.get(..2).unwrap_or_default(), &mut found)?;
            // What is short in between may be a part from end to end.
            let whole = rest.iter().skip(1).take(SEAM_PARTS_MAX);
            let count = 2 + whole.take_while(|piece| piece.is_part()).count();
            if count > 2 {
                seam(
                    examiner,
                    rest.get(..count.min(rest.len())).unwrap_or_default(),
                    &mut found,
                )?;
            }
        }
        let step = length.saturating_sub(1).max(1);
        rest = rest.get(step..).unwrap_or_default();
    }
    Ok(found)
}

/// A telephone number with a plus whose digits go on in the next items of a list.
fn plus(examiner: &Examiner<'_>, pieces: &[Piece<'_>], found: &mut Vec<Found>) {
    for at in 0..pieces.len() {
        let rest = pieces.get(at..).unwrap_or_default();
        let [one, next, ..] = rest else {
            break;
        };
        if !seams::plus(one, next) {
            continue;
        }
        let later = rest.iter().skip(1).take(SEAM_PARTS_MAX + 1);
        let count = 1 + later
            .take_while(|piece| seams::goes_on_plainly(one, piece))
            .count();
        let window = rest.get(..count).unwrap_or_default();
        let joined = Joined::new(window, "");
        // More of them than a number has parts are a list of numbers.
        let few = count <= 1 + SEAM_PARTS_MAX && joined.text.len() >= PLUS_BYTES_MIN;
        if few && detect::is_international(&joined.text) {
            examiner.went_over_all(&joined.text);
            let whole = Hit::new(Kind::PHONE_NUMBER, 0, joined.text.len());
            joined.push(&whole, window, found);
        }
    }
}

/// An address whose at sign is at a seam, or is what stands between a `user` and a `domain`.
fn mail(
    examiner: &Examiner<'_>,
    pieces: &[Piece<'_>],
    found: &mut Vec<Found>,
) -> Result<(), CannotMask> {
    for at in 0..pieces.len() {
        let rest = pieces.get(at..).unwrap_or_default();
        let triple = [rest.first(), rest.get(1), rest.get(2)];
        let Some((count, by)) = seams::mail(triple) else {
            continue;
        };
        let window = rest.get(..count).unwrap_or_default();
        let joined = Joined::new(window, by);
        for hit in search(examiner, &joined.text, Context::default(), true)? {
            if hit.kind == Kind::EMAIL_ADDRESS && joined.pieces_of(&hit).len() > 1 {
                joined.push(&hit, window, found);
            }
        }
    }
    Ok(())
}

/// A run of short pieces: joined as a whole, or where it is long, in windows that begin like something.
fn joined(
    examiner: &Examiner<'_>,
    run: &[Piece<'_>],
    context: Context,
    found: &mut Vec<Found>,
) -> Result<(), CannotMask> {
    // What counts belongs together without what stands beside it: `id`, `cpf_1`, `cpf_2`.
    for counted in run.chunk_by(|one, next| one.ordinal_key == next.ordinal_key) {
        let few = (2..run.len()).contains(&counted.len()) && counted.len() <= COUNTED_MAX;
        if few && related(counted) {
            window_hits(examiner, (counted, true), context, found)?;
        }
    }
    let refs: Vec<&Piece<'_>> = run.iter().collect();
    let most = seams::pieces_max(&refs);
    if run.len() <= most {
        if split::possible(&refs, context, true) {
            return window_hits(examiner, (run, true), context, found);
        }
        return Ok(());
    }
    for at in 0..run.len() {
        let here = at..(at + most).min(run.len());
        let window = run.get(here.clone()).unwrap_or_default();
        let refs = refs.get(here).unwrap_or_default();
        if window.first().is_some_and(|first| first.begins(context))
            && split::possible(refs, context, false)
        {
            window_hits(examiner, (window, false), context, found)?;
        }
    }
    Ok(())
}

fn window_hits(
    examiner: &Examiner<'_>,
    (window, alone): (&[Piece<'_>], bool),
    context: Context,
    found: &mut Vec<Found>,
) -> Result<(), CannotMask> {
    // Values under one telling key may be any of what it names.
    let named = window.iter().fold(context.kinds, |kinds, piece| {
        kinds.union(piece.context.kinds)
    });
    let context = context.of(named);
    for by in ["", "-", "."] {
        let joined = Joined::new(window, by);
        for hit in search(examiner, &joined.text, context, named.is_empty())? {
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
                .text()
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b' ')
        };
        return parts.iter().all(bare);
    }
    if !DIGITS_ONLY.has(hit.kind) || named.has(hit.kind) || related(parts) {
        return true;
    }
    let sizes: Vec<u32> = parts.iter().map(|piece| piece.look.digits()).collect();
    let numbers = parts.iter().any(|piece| piece.is_number());
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
    let mut stems = parts.iter().map(|piece| ordinal::stem(piece.key()));
    match stems.next() {
        Some((first, true)) => stems.all(|(stem, cut)| cut && stem == first),
        _ => false,
    }
}

/// The end of one text and the start of the next.
fn seam(
    examiner: &Examiner<'_>,
    both: &[Piece<'_>],
    found: &mut Vec<Found>,
) -> Result<(), CannotMask> {
    let joined = Joined::new(both, "");
    named_seam(examiner, both, &joined, found)?;
    for hit in search(examiner, &joined.text, Context::default(), true)? {
        let over = joined.pieces_of(&hit);
        if over.len() > 1 && PROVEN.has(hit.kind) {
            joined.push(&hit, both, found);
        }
    }
    Ok(())
}

/// What words in front of a seam name and a check or a plus proves: `the NHS number is 943` and `4765919` behind it.
fn named_seam(
    examiner: &Examiner<'_>,
    both: &[Piece<'_>],
    joined: &Joined,
    found: &mut Vec<Found>,
) -> Result<(), CannotMask> {
    let Some(lead) = both.first().filter(|first| first.is_prose()) else {
        return Ok(());
    };
    let lead = lead.text();
    let digits = lead.bytes().rev().take_while(u8::is_ascii_digit).count();
    let from = (lead.len().saturating_sub(digits + LEAD_BYTES_MAX)..lead.len())
        .find(|at| lead.is_char_boundary(*at));
    let before = lead.get(from.unwrap_or_default()..lead.len() - digits);
    if !before.is_some_and(context::speaks) {
        return Ok(());
    }
    for hit in search(examiner, &joined.text, Context::default(), false)? {
        let shown = joined.text.get(hit.start..hit.end).unwrap_or_default();
        let plus = hit.kind == Kind::PHONE_NUMBER && shown.starts_with('+');
        if joined.pieces_of(&hit).len() > 1 && (plus || CHECKED.has(hit.kind)) {
            joined.push(&hit, both, found);
        }
    }
    Ok(())
}

/// `proven`: nothing but what proves itself can count.
fn search(
    examiner: &Examiner<'_>,
    text: &str,
    context: Context,
    proven: bool,
) -> Result<Vec<Hit>, CannotMask> {
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
    let all = u64::try_from(text.len()).unwrap_or(u64::MAX);
    examiner.went_over(all.saturating_add(lexed.take_steps()));
    Ok(hits)
}

/// The lines of a private key as pieces: from its head to its foot, whatever they look like alone.
fn private_key(pieces: &[Piece<'_>], found: &mut Vec<Found>) {
    if !pieces.iter().any(seams::heads_key) {
        return;
    }
    let mut open = false;
    for piece in pieces {
        let private = piece.text().contains("PRIVATE KEY");
        let head = piece.text().rfind("-----BEGIN");
        let foot = piece.text().rfind("-----END");
        if open && !piece.text().is_empty() {
            let end = foot.and_then(|foot| {
                let close = piece.text().get(foot + 5..)?.find("-----")?;
                Some(foot + 5 + close + 5)
            });
            let end = end.unwrap_or(piece.bytes());
            found.push((piece.ordinal, Hit::new(Kind::PRIVATE_KEY, 0, end)));
        }
        match (head, foot) {
            (Some(head), None) if private => open = head < piece.text().len(),
            (Some(head), Some(foot)) if private => open = head > foot,
            (_, Some(_)) => open = false,
            _ => {}
        }
    }
}
