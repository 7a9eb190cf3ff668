//! The one place that asks the machine for randomness.
//! Knows nothing of what it is used for.

use std::io;

/// Random bytes, fit for keys.
///
/// # Errors
/// Where the machine has none to give: then nothing may be made of them.
pub fn bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|e| io::Error::other(e.to_string()))?;
    Ok(bytes)
}
