//! Passwords in the file that PostgreSQL's clients keep: `host:port:database:user:password`, a line each.
//! Knows nothing of other files with colons, but how to tell them from it.

use super::keyed;
use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::{Kind, KindSet};

/// Longest field, in bytes.
const FIELD_BYTES_MAX: usize = 128;
/// Digits of a port.
const PORT_DIGITS: std::ops::RangeInclusive<usize> = 2..=5;

/// The password of the line in which the first colon stands at `at`.
pub(super) fn at_colon(text: &Text<'_>, at: usize) -> Option<Hit> {
    let port = text.skip_most(at + 1, 6, |byte| byte.is_ascii_digit());
    let any = text.bytes(at + 1, at + 3) == b"*:";
    let port = if any { at + 2 } else { port };
    if text.byte(port) != b':' || !any && !PORT_DIGITS.contains(&(port - at - 1)) {
        return None;
    }
    let host =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'*' | b'/');
    let start = text.skip_back(at, FIELD_BYTES_MAX, host);
    // What stands behind a mask is no host: before something was masked there it was none either.
    let begins = || {
        matches!(
            text.before(start),
            b'\n' | b'\r' | b' ' | b'"' | b'\'' | b'`'
        )
    };
    if start == at || start > 0 && !begins() {
        return None;
    }
    let field = |from: usize| {
        text.skip_most(from, FIELD_BYTES_MAX, |byte| {
            byte.is_ascii_graphic() && byte != b':' && byte != b'"'
        })
    };
    let database = field(port + 1);
    let user = field(database + 1);
    let named = |from: usize, to: usize| {
        let name = text.slice(from, to);
        name == "*" || name.bytes().any(|byte| byte.is_ascii_alphabetic()) && !name.starts_with('/')
    };
    let marks = [database, user].iter().all(|end| text.byte(*end) == b':');
    if !marks || !named(port + 1, database) || !named(database + 1, user) {
        return None;
    }
    // A colon in a password stands behind a backslash: with another one it is another file, or an address.
    let from = user + 1;
    let mut escaped = false;
    let end = text.skip_most(from, FIELD_BYTES_MAX, |byte| {
        byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b',')
    });
    let other = text.bytes(from, end).iter().any(|byte| {
        let mark = *byte == b':' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        mark
    });
    let password = text.slice(from, end);
    let short = |from: usize, to: usize| {
        let field = text.slice(from, to);
        field.len() <= 4 && field.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let address = short(start, at)
        && short(port + 1, database)
        && short(database + 1, user)
        && short(from, end);
    let kinds = KindSet::of(&[Kind::PASSWORD]);
    let fits =
        !other && !address && !password.starts_with('/') && keyed::named(kinds, password).is_some();
    fits.then(|| Hit::new(Kind::PASSWORD, from, end))
}
