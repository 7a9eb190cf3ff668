//! What a child said before it failed, fit for an operator's eyes.
//! Knows nothing of why it failed.

use aegis_core::egress::{Profile, Scan, ScopeKey, Secrets, mask_text};
use aegis_core::limits;
use zeroize::Zeroizing;

/// Lines that are shown.
const LINES: usize = 3;
/// Longest text that is shown, in characters.
const CHARS_MAX: usize = 400;

/// The last lines, without the child's secrets in any spelling, personal data and control characters.
/// `None` where there are none, or where they cannot be made fit.
pub(super) fn last_words(
    said: &[u8],
    secrets: impl IntoIterator<Item = Zeroizing<Vec<u8>>>,
    scope_key: &[u8; 32],
) -> Option<String> {
    let whole = if said.len() < limits::STDERR_BYTES_MAX {
        said
    } else {
        // The first line has lost its beginning, and half a secret is not recognised.
        let end = said.iter().position(|byte| *byte == b'\n')?;
        said.get(end..)?
    };
    let secrets = Secrets::new(secrets).ok()?;
    let scan = Scan {
        profile: &Profile::standard(),
        secrets: &secrets,
        scope_key: &ScopeKey::new(scope_key),
    };
    // A secret may hold a control character, and a control character may stand in a telephone number.
    let (masked, _) = mask_text(&scan, &String::from_utf8_lossy(whole)).ok()?;
    let plain: String = masked.chars().map(plain).collect();
    let (masked, _) = mask_text(&scan, &plain).ok()?;
    let lines: Vec<&str> = masked
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let last = lines.get(lines.len().saturating_sub(LINES)..)?.join(" / ");
    let shown: String = last.chars().take(CHARS_MAX).collect();
    (!shown.is_empty()).then_some(shown)
}

/// What a terminal could take for more than a letter is a blank: controls, and what turns the direction of writing.
fn plain(c: char) -> char {
    let turns = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    if turns || (c.is_control() && c != '\n') {
        ' '
    } else {
        c
    }
}
