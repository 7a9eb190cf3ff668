//! The one file that asks the system for randomness.
//! Knows nothing of what it is for.

/// That the system has no randomness to give.
pub(crate) use getrandom::Error as NoRandomness;

/// Fills the buffer from the system's generator.
///
/// # Errors
/// Where the system has none to give: then nothing may be minted or keyed.
pub(crate) fn fill(out: &mut [u8]) -> Result<(), NoRandomness> {
    getrandom::fill(out)
}
