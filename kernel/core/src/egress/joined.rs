//! Neighbouring pieces as one text, and the way back from a hit to its pieces.
//! Knows nothing of what is searched for.

use super::hit::Hit;
use super::piece::Piece;
use super::walk::Found;

/// How much of a longer text stands at the seam, in bytes.
pub(super) const SEAM_BYTES: usize = 64;

/// Pieces as one text, each with its place.
pub(super) struct Joined {
    pub(super) text: String,
    /// Where a piece starts in the joined text, how many of its bytes stand before that, its length here.
    places: Vec<(usize, usize, usize)>,
}

impl Joined {
    pub(super) fn new(pieces: &[Piece<'_>], by: &str) -> Self {
        let mut text = String::new();
        let mut places = Vec::with_capacity(pieces.len());
        for (n, piece) in pieces.iter().enumerate() {
            if n > 0 {
                text.push_str(by);
            }
            let cut = cut(piece.text(), n == 0, n + 1 == pieces.len());
            places.push((text.len(), cut, 0));
            let shown = shown(piece.text(), cut, n + 1 == pieces.len());
            text.push_str(shown);
            if let Some(place) = places.last_mut() {
                place.2 = shown.len();
            }
        }
        Self { text, places }
    }

    /// Which pieces a hit touches.
    pub(super) fn pieces_of(&self, hit: &Hit) -> std::ops::Range<usize> {
        let touched = |(start, _, length): &(usize, usize, usize)| {
            *start < hit.end && hit.start < start + length
        };
        let first = self.places.iter().position(touched).unwrap_or(0);
        let last = self
            .places
            .iter()
            .rposition(touched)
            .map_or(0, |last| last + 1);
        first..last.max(first)
    }

    /// The part of the hit in each piece, every part under the same value.
    pub(super) fn push(&self, hit: &Hit, pieces: &[Piece<'_>], found: &mut Vec<Found>) {
        let value = self.text.get(hit.start..hit.end).map(str::to_owned);
        for at in self.pieces_of(hit) {
            if let (Some((start, cut, length)), Some(piece)) = (self.places.get(at), pieces.get(at))
            {
                let from = hit.start.max(*start) - start + cut;
                let to = hit.end.min(start + length) - start + cut;
                let part = Hit {
                    value: value.clone(),
                    ..Hit::new(hit.kind, from, to)
                };
                found.push((piece.ordinal, part));
            }
        }
    }
}

/// How many bytes of a first piece are left out: only its end is at the seam.
fn cut(text: &str, first: bool, last: bool) -> usize {
    if !first || last || text.len() <= SEAM_BYTES {
        return 0;
    }
    let mut at = text.len() - SEAM_BYTES;
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The bytes of a piece from `cut` on; of the last one only what is at the seam.
fn shown(text: &str, cut: usize, last: bool) -> &str {
    if !last || text.len() <= SEAM_BYTES {
        return text.get(cut..).unwrap_or_default();
    }
    let mut end = SEAM_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
