//! Short codes in which nothing was found, by their shape: letters as they are, any digit for any other.
//! Knows nothing of what is looked for, but that no digit's value was asked for where a shape is kept.

use super::alike::alike;

/// Longest code whose shape is kept, in bytes.
const BYTES_MAX: usize = 15;
/// Most shapes that are kept: the codes of a column have one, or a few.
const SHAPES_MAX: usize = 8;

/// The latest shapes.
#[derive(Default)]
pub(super) struct IdleCodes {
    shapes: [u128; SHAPES_MAX],
    next: usize,
}

/// The bytes of a code as one number, its digits made equal, and how many there are.
pub(super) fn shape(text: &str) -> Option<u128> {
    if text.len() > BYTES_MAX {
        return None;
    }
    // A one in front of them says where they begin.
    let bytes = text.bytes().map(alike);
    Some(bytes.fold(1, |shape, byte| shape << 8 | u128::from(byte)))
}

impl IdleCodes {
    pub(super) fn has(&self, shape: u128) -> bool {
        self.shapes.contains(&shape)
    }

    pub(super) fn add(&mut self, shape: u128) {
        if let Some(slot) = self.shapes.get_mut(self.next) {
            *slot = shape;
        }
        self.next = (self.next + 1) % SHAPES_MAX;
    }
}
