//! Whether a word of a sentence looks like a secret that somebody made up or a program drew.
//! Knows nothing of the sentence.

use super::date;
use super::secret_format::is_placeholder;
use super::told_words::is_product;

/// Shortest and longest secret in a sentence, in bytes.
const BYTES_MIN: usize = 4;
const BYTES_MAX: usize = 128;
/// From how many bytes on a run of letters, digits and what joins them is looked at whatever else a text holds.
const LONG_BYTES_MIN: usize = 12;

/// From how many digits on a text is searched whatever else it holds.
const DIGITS_MIN: usize = 4;

/// Longest code in a name, in bytes.
const CODE_BYTES_MAX: usize = 5;

/// How much a word looks like a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    /// It is none.
    No,
    /// The number of a ticket, a word in capitals with a year: only where a secret must stand.
    Number,
    /// The name of a machine or a user is written so too.
    Name,
    /// No name and no number is written so.
    Secret,
}

/// How a word looks, without the marks around it.
pub(super) fn look(word: &str) -> Look {
    if !(BYTES_MIN..=BYTES_MAX).contains(&word.len()) || !is_mixed(word) || is_else(word) {
        return Look::No;
    }
    let bytes = word.as_bytes();
    let capitals = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let rest = bytes.get(capitals..).unwrap_or_default();
    let rest = rest.strip_prefix(b"-").unwrap_or(rest);
    let constant = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let named = bytes.contains(&b'_') && bytes.iter().all(constant);
    if named || capitals >= 2 && rest.iter().all(u8::is_ascii_digit) {
        return Look::Number;
    }
    if is_name(word) {
        Look::Name
    } else {
        Look::Secret
    }
}

/// Whether digits stand beside letters, or right behind a mark that no number is written with; in a long one somewhere.
fn is_mixed(word: &str) -> bool {
    let bytes = word.as_bytes();
    let letters = bytes.iter().any(u8::is_ascii_alphabetic);
    let joined = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let long = bytes.len() >= LONG_BYTES_MIN && digits > 0 && bytes.iter().all(joined);
    letters
        && (long
            || digits >= DIGITS_MIN
            || bytes.windows(2).any(|pair| match pair {
                [before, after] if after.is_ascii_digit() => {
                    !before.is_ascii_digit() && !matches!(before, b'.' | b',' | b' ')
                }
                [before, after] => before.is_ascii_digit() && after.is_ascii_alphabetic(),
                _ => false,
            }))
}

/// A date, an address, a path, a file, a version, a size, a placeholder, a product.
fn is_else(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let unit = digits > 0 && {
        let unit = word.get(digits..).unwrap_or_default();
        let letters = unit.bytes().all(|byte| byte.is_ascii_alphabetic());
        letters
            && (unit.len() <= 3
                || digits <= 2 && unit.bytes().all(|byte| byte.is_ascii_lowercase()))
    };
    is_product(word)
        || unit
        || is_placeholder(word)
        || is_version(word)
        || is_dotted_name(word)
        || date::date(word).is_some()
        || word.starts_with(['/', '\\', '<', '{', '.', '`'])
        || word.starts_with(['~', '$', '%', '-', '@']) && !is_strong(word)
        || word.contains("://")
        || is_path(word)
        || word.contains("()")
        || word.contains("=\"")
        || word.contains("='")
        || is_code(word)
        || word.contains(['<', '>', '\u{1}', '|'])
        || word.matches('/').count() > 1
        || is_clock(word)
}

/// The name of something in a program: `hyper::http::h1`.
fn is_path(word: &str) -> bool {
    let plain = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    word.contains("::") && word.split("::").all(plain)
}

/// Capitals, small letters, digits and a mark that no name is written with, behind the first character.
fn is_strong(word: &str) -> bool {
    let rest = word.as_bytes().get(1..).unwrap_or_default();
    let has = |fits: fn(&u8) -> bool| rest.iter().any(fits);
    let mark = |byte: &u8| byte.is_ascii_punctuation() && !b"._-/:(){}[]'\"".contains(byte);
    has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && has(mark)
}

/// A call or a reference of a program: `base64.encode(key2`, `&self.token2`.
fn is_code(word: &str) -> bool {
    let name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':');
    let referred = word
        .strip_prefix('&')
        .is_some_and(|rest| rest.bytes().all(name));
    let called = word.split_once(['(', '[']).is_some_and(|(head, _)| {
        let plain = head.bytes().all(|byte| byte.is_ascii_alphabetic());
        !head.is_empty() && head.bytes().all(name) && (plain || head.contains(['.', '_', ':']))
    });
    referred || called
}

/// `10:42`, `10:42:07`.
fn is_clock(word: &str) -> bool {
    word.contains(':')
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b':')
}

/// `v2.3.1`, `10.0.0.7:8080`, `2.3.1-rc1`.
fn is_version(word: &str) -> bool {
    let bare = word.trim_start_matches(['v', 'V']);
    bare.starts_with(|c: char| c.is_ascii_digit())
        && bare.contains('.')
        && bare
            .split(['.', ':', '-', '+'])
            .all(|part| part.bytes().all(|b| b.is_ascii_digit()) || part.len() <= 5)
}

/// A file or a machine with its domain, perhaps with a user: a last part of a few small letters.
fn is_dotted_name(word: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@' | b'/');
    word.rsplit_once('.').is_some_and(|(_, end)| {
        (1..=6).contains(&end.len())
            && end.bytes().all(|byte| byte.is_ascii_lowercase())
            && word.bytes().all(plain)
    })
}

/// Letters in parts, of which some end in a few digits; beside a word also a short code: `web-01`, `Apple2`, `app-7d9f`.
fn is_name(word: &str) -> bool {
    let mut words = 0;
    let mut is_part = |part: &str| {
        let bare = part
            .strip_prefix(|c: char| c.is_ascii_uppercase())
            .unwrap_or(part);
        let rest = bare.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let numbered = rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
        words += usize::from(rest.is_empty() && part.len() >= 3);
        let code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let lettered = part.bytes().any(|byte| byte.is_ascii_lowercase());
        numbered || lettered && words > 0 && part.len() <= CODE_BYTES_MAX && part.bytes().all(code)
    };
    word.split(['-', '_', '.']).all(&mut is_part)
}
