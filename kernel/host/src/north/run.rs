//! The name of one connection.
//! Knows nothing of who speaks on it.

use std::fmt::Write;

use crate::random::{self, NoRandomness};

/// 128 random bits in hexadecimal.
pub(super) fn fresh() -> Result<String, NoRandomness> {
    let mut bytes = [0_u8; 16];
    random::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut run, byte| {
        // Writing into a String cannot fail.
        let _ = write!(run, "{byte:02x}");
        run
    }))
}
