//! What a reader of lines keeps from one line to the next, so that it need not be made again.
//! Knows nothing of what it was used for: no answer depends on it.

use super::known::Known;

/// What is kept between lines.
#[derive(Debug, Default)]
pub struct Reading {
    pub(super) scratch: Vec<u8>,
    pub(super) known: Known,
}
