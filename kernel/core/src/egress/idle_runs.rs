//! Runs of short neighbours in which nothing can be split, by their shape: letters as they are, any digit for any other.
//! Knows nothing of what is looked for, but that no digit's value was asked for where a shape is kept.

use std::cell::RefCell;

use super::alike::any_digits;
use super::piece::Piece;
use super::table_hash;

/// Longest run whose shape is kept, in bytes, with a mark for each of its pieces.
const BYTES_MAX: usize = 64;
/// Most shapes that are kept: the rows of a table have a few.
const SHAPES_MAX: usize = 64;
/// What ends a piece in a shape, and one whose key counts: bytes of no text.
const ENDS: u8 = 0xFE;
const ENDS_COUNTED: u8 = 0xFF;

/// The bytes of a run, its digits made equal.
#[derive(Clone, Copy)]
pub(super) struct RunShape {
    held: [u8; BYTES_MAX],
    len: usize,
    place: usize,
}

impl RunShape {
    const NOTHING: Self = Self {
        held: [0; BYTES_MAX],
        len: 0,
        place: 0,
    };

    /// The shape of a run; `None` where it is too long.
    pub(super) fn of(run: &[&Piece<'_>]) -> Option<Self> {
        let bytes: usize = run.iter().map(|piece| piece.text().len() + 1).sum();
        if bytes > BYTES_MAX {
            return None;
        }
        let mut shape = Self::NOTHING;
        let mut rest = shape.held.as_mut_slice();
        for piece in run {
            let text = piece.text().as_bytes();
            // As many slots are left as bytes.
            let (slots, left) = rest.split_at_mut_checked(text.len())?;
            slots.copy_from_slice(text);
            let (slot, left) = left.split_first_mut()?;
            *slot = if piece.ordinal_key {
                ENDS_COUNTED
            } else {
                ENDS
            };
            rest = left;
        }
        let (words, _) = shape.held.as_chunks_mut::<8>();
        for word in words.iter_mut().take(bytes.div_ceil(8)) {
            *word = any_digits(u64::from_le_bytes(*word)).to_le_bytes();
        }
        shape.len = bytes;
        shape.place = table_hash::of_bytes(&shape.held, bytes) % SHAPES_MAX;
        Some(shape)
    }

    /// The texts of the run one after the other, their digits made equal.
    pub(super) fn texts(&self) -> impl Iterator<Item = u8> {
        let held = self.held.get(..self.len).unwrap_or_default();
        let is_text = |byte: &u8| !matches!(*byte, ENDS | ENDS_COUNTED);
        held.iter().copied().filter(is_text)
    }
}

/// The latest shapes.
#[derive(Default)]
pub(super) struct IdleRuns(RefCell<Vec<RunShape>>);

impl IdleRuns {
    pub(super) fn has(&self, shape: &RunShape) -> bool {
        let shapes = self.0.borrow();
        let known = shapes.get(shape.place);
        known.is_some_and(|known| known.len == shape.len && known.held == shape.held)
    }

    pub(super) fn add(&self, shape: RunShape) {
        let mut shapes = self.0.borrow_mut();
        if shapes.is_empty() {
            shapes.resize(SHAPES_MAX, RunShape::NOTHING);
        }
        if let Some(slot) = shapes.get_mut(shape.place) {
            *slot = shape;
        }
    }
}
