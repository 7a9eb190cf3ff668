//! Passwords on a command line: `curl -u user:password`.
//! Knows nothing of what the command does.

use memchr::memmem;

use super::secret_format::is_placeholder;
use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;

/// Options of the tool that take a user and a password.
const OPTIONS: [&[u8]; 4] = [b" -u", b" --user", b" -U", b" --proxy-user"];
/// Longest user with password, in bytes.
const WORD_BYTES_MAX: usize = 256;

/// Finds the password of each option that stands after the tool's name.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    let bytes = text.text.as_bytes();
    let Some(tool) = memmem::find(bytes, b"curl") else {
        return;
    };
    for option in OPTIONS {
        let after = bytes.get(tool..).unwrap_or_default();
        for at in memmem::find_iter(after, option) {
            hits.extend(password(text, tool + at + option.len()));
        }
    }
}

/// The password of the `user:password` that begins here, quoted or not.
fn password(text: &Text<'_>, from: usize) -> Option<Hit> {
    let start = text.skip_most(from, 3, |byte| matches!(byte, b' ' | b'=' | b'"' | b'\''));
    let end = text.skip_most(start, WORD_BYTES_MAX, |byte| {
        !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | 1)
    });
    let (user, password) = text.slice(start, end).split_once(':')?;
    let documented =
        matches!(user, "user" | "username") && matches!(password, "password" | "pass" | "passwd");
    // `-url:x` is another option.
    let plain = start > from && !user.contains(['/', '@']) && !password.is_empty() && !documented;
    (plain && !is_placeholder(password))
        .then(|| Hit::new(Kind::PASSWORD, end - password.len(), end))
}
