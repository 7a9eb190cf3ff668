//! Passwords in the user part of URLs and connection strings.
//! Knows nothing of what the URLs lead to.

use super::secret_format::is_placeholder;
use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;

/// Longest user part that is looked through.
const USERINFO_BYTES_MAX: usize = 1024;

/// Finds `://user:password@` and `jdbc:oracle:thin:user/password@`, the password alone.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    for at in memchr::memmem::find_iter(text.text.as_bytes(), b":thin:") {
        hits.extend(thin(text, at + 6));
    }
    for at in memchr::memmem::find_iter(text.text.as_bytes(), b"://") {
        let from = at + 3;
        let end = text.skip_most(from, USERINFO_BYTES_MAX, |byte| {
            !matches!(
                byte,
                b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'<' | b'>' | b'`' | 1
            )
        });
        let rest = text.slice(from, end);
        let Some((user, tail)) = rest.split_once(':') else {
            continue;
        };
        if user.contains(['/', '?', '#', '@']) {
            continue;
        }
        let authority = tail.split(['/', '?', '#']).next().unwrap_or(tail);
        // A password may hold an unescaped slash; a port may not hold letters.
        let Some(length) = authority.rfind('@').or_else(|| {
            let port = authority.bytes().all(|byte| byte.is_ascii_digit());
            if port { None } else { tail.rfind('@') }
        }) else {
            continue;
        };
        let password = tail.get(..length).unwrap_or_default();
        let documented = matches!(
            password,
            "password" | "pass" | "pwd" | "passwd" | "PASSWORD" | "pw"
        ) && matches!(user, "user" | "username" | "USER" | "usr" | "USERNAME");
        if !password.is_empty() && !documented && !is_placeholder(password) {
            let start = from + user.len() + 1;
            hits.push(Hit::new(Kind::URL_WITH_CREDENTIALS, start, start + length));
        }
    }
}

/// `user/password@` from here on.
fn thin(text: &Text<'_>, from: usize) -> Option<Hit> {
    let end = text.skip_most(from, USERINFO_BYTES_MAX, |byte| byte > b' ' && byte != b'"');
    let (user, rest) = text.slice(from, end).split_once('/')?;
    let password = rest.get(..rest.rfind('@')?)?;
    let start = from + user.len() + 1;
    let plain = !user.is_empty() && !password.is_empty() && !is_placeholder(password);
    plain.then(|| Hit::new(Kind::URL_WITH_CREDENTIALS, start, start + password.len()))
}
