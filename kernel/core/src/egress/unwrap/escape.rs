//! Escapes undone in one pass: percent, character references, backslashes, quoted-printable, tags.
//! Knows nothing of which of them the text was meant to hold.

use crate::egress::opaque;
use crate::egress::view::View;

use super::entity;

/// Longest tag that is taken out, in bytes.
const TAG_BYTES_MAX: usize = 512;
/// How far before a blank of a form's member its name may begin, in bytes.
const MEMBER_BYTES_MAX: usize = 128;
/// Longest comment that is taken out, in bytes.
const COMMENT_BYTES_MAX: usize = 2048;
/// Lengths of codes of base 16: halves of a UUID, MD5, SHA-1, SHA-224, SHA-256; and the longest of them.
const CODE_BYTES: [usize; 5] = [16, 32, 40, 56, CODE_BYTES_MAX];
const CODE_BYTES_MAX: usize = 64;

/// The text with its escapes undone; `None` where it holds none.
pub(in crate::egress) fn undo(text: &str) -> Option<View> {
    let quoted = is_quoted_printable(text);
    let plus = text.contains('+') && text.contains('&') && text.contains('=');
    let mut view = View::with_capacity(text.len());
    let mut changed = false;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = next_mark(rest, quoted, plus);
        view.copy(rest.get(..plain).unwrap_or_default(), at);
        at += plain;
        let rest = rest.get(plain..).unwrap_or_default();
        let Some(mark) = rest.chars().next() else {
            break;
        };
        let read = match mark {
            '%' => bytes(&mut view, rest, at, percent).or_else(|| {
                let (c, length) = percent_unicode(rest)?;
                view.put(c, at, length);
                Some(length)
            }),
            '=' => bytes(&mut view, rest, at, quoted_byte).or_else(|| soft_break(rest)),
            '+' => is_blank(text, at).then(|| {
                view.put(' ', at, 1);
                1
            }),
            '&' => entity::reference(rest).map(|(c, length)| {
                view.put(c, at, length);
                length
            }),
            '\\' => backslash(&mut view, rest, at),
            _ => section(&mut view, rest, at).or_else(|| tag(rest)),
        };
        match read {
            Some(length) => {
                changed = true;
                at += length;
            }
            None => {
                view.copy(rest.get(..mark.len_utf8()).unwrap_or_default(), at);
                at += mark.len_utf8();
            }
        }
    }
    changed.then_some(view)
}

fn next_mark(rest: &str, quoted: bool, plus: bool) -> usize {
    let fits = |byte: &u8| {
        matches!(byte, b'%' | b'&' | b'\\' | b'<')
            || (quoted && *byte == b'=')
            || (plus && *byte == b'+')
    };
    rest.as_bytes().iter().position(fits).unwrap_or(rest.len())
}

/// Whether the plus at `at` is a blank of a form's member: `?name=Jane+Doe&…`.
fn is_blank(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let part = |at: usize| {
        let byte = bytes.get(at).copied().unwrap_or(0);
        byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b',' | b'.') || byte >= 0x80
    };
    if at == 0 || !part(at - 1) || !part(at + 1) {
        return false;
    }
    let window = bytes.get(at.saturating_sub(MEMBER_BYTES_MAX)..at);
    let window = window.unwrap_or_default();
    let inside = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'%' | b'+' | b'-' | b'_' | b'.' | b',' | b'~')
    };
    let value = window.iter().rev().take_while(|byte| inside(byte)).count();
    let Some((mark, before)) = window.split_at(window.len() - value).0.split_last() else {
        return false;
    };
    let name = before.iter().rev().take_while(|byte| inside(byte)).count();
    let lead = before.split_at(before.len() - name).0.last();
    *mark == b'=' && name > 0 && lead.is_none_or(|byte| matches!(byte, b'?' | b'&' | b'\n'))
}

/// Several `=3D` in a row, or lines that end in `=`: a single one may be an assignment.
fn is_quoted_printable(text: &str) -> bool {
    let mut escapes = 0;
    for (at, _) in text.match_indices('=') {
        let rest = text.get(at..).unwrap_or_default();
        escapes += usize::from(quoted_byte(rest).is_some());
        if escapes >= 3 || soft_break(rest).is_some() {
            return true;
        }
    }
    false
}

fn soft_break(rest: &str) -> Option<usize> {
    ["=\r\n", "=\n"]
        .iter()
        .find(|end| rest.starts_with(**end))
        .map(|end| end.len())
}

fn hex(text: &str, from: usize, digits: usize) -> Option<u32> {
    let body = text.get(from..from + digits)?;
    body.bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then(|| u32::from_str_radix(body, 16).ok())?
}

fn percent(rest: &str) -> Option<(u8, usize)> {
    let byte = hex(rest.strip_prefix('%')?, 0, 2)?;
    Some((u8::try_from(byte).ok()?, 3))
}

/// `%u0034`, as old scripts escape.
fn percent_unicode(rest: &str) -> Option<(char, usize)> {
    rest.strip_prefix("%u")
        .or_else(|| rest.strip_prefix("%U"))?;
    Some((char::from_u32(hex(rest, 2, 4)?)?, 6))
}

fn quoted_byte(rest: &str) -> Option<(u8, usize)> {
    let body = rest.strip_prefix('=')?;
    let byte = hex(body, 0, 2)?;
    let capital = body.bytes().take(2).all(|byte| !byte.is_ascii_lowercase());
    (capital && !is_assigned(body)).then(|| u8::try_from(byte).ok().map(|byte| (byte, 3)))?
}

/// Whether what begins here is an identifier as logs have it behind `trace_id=`, and no escape and what follows it.
fn is_assigned(body: &str) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let length = body
        .bytes()
        .take(CODE_BYTES_MAX + 1)
        .take_while(is_part)
        .count();
    let word = body.get(..length).unwrap_or_default();
    let is_code = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    opaque::is_whole(word)
        || CODE_BYTES.contains(&length)
            && word.bytes().all(is_code)
            && word.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn backslash_byte(rest: &str) -> Option<(u8, usize)> {
    let body = rest.strip_prefix("\\x")?;
    Some((u8::try_from(hex(body, 0, 2)?).ok()?, 4))
}

/// A run of escaped bytes, read together as UTF-8.
fn bytes(
    view: &mut View,
    rest: &str,
    at: usize,
    one: fn(&str) -> Option<(u8, usize)>,
) -> Option<usize> {
    let mut held = Vec::new();
    let mut length = 0;
    let mut each = 0;
    while let Some((byte, width)) = rest.get(length..).and_then(one) {
        held.push(byte);
        length += width;
        each = width;
    }
    if held.is_empty() {
        return None;
    }
    let mut from = 0;
    for chunk in held.utf8_chunks() {
        for c in chunk.valid().chars() {
            view.put(c, at + from * each, c.len_utf8() * each);
            from += c.len_utf8();
        }
        if !chunk.invalid().is_empty() {
            view.put(
                char::REPLACEMENT_CHARACTER,
                at + from * each,
                chunk.invalid().len() * each,
            );
            from += chunk.invalid().len();
        }
    }
    Some(length)
}

/// `\u0034`, `\u{34}`, `\x34`, `\064`, `\34 `, `\N{DIGIT FOUR}`, `\n`, `\"`.
fn backslash(view: &mut View, rest: &str, at: usize) -> Option<usize> {
    let second = *rest.as_bytes().get(1)?;
    let (c, length) = match second {
        b'\n' => return Some(2),
        b'N' => named(rest)?,
        b'e' if rest.as_bytes().get(2) == Some(&b'[') => ('\u{1B}', 2),
        b',' | b';' | b'!' | b' ' => (' ', 2),
        b'x' if rest.as_bytes().get(2) == Some(&b'{') => unicode(rest)?,
        _ if let Some(style) = style(rest) => style,
        b'x' => return bytes(view, rest, at, backslash_byte),
        b'u' | b'U' => unicode(rest)?,
        b'n' | b'r' => ('\n', 2),
        b't' => ('\t', 2),
        b'"' | b'\'' | b'\\' | b'/' | b'@' | b'.' | b'-' | b'_' | b'+' => (char::from(second), 2),
        b'0'..=b'3' => {
            let code = u32::from_str_radix(rest.get(1..4)?, 8).ok()?;
            (char::from_u32(code)?, 4)
        }
        _ => return None,
    };
    view.put(c, at, length);
    Some(length)
}

/// A letter as style sheets write it: one to six digits of base 16, then a blank, another escape or the end. Three
/// digits of base 8 are read as other languages mean them.
fn style(rest: &str) -> Option<(char, usize)> {
    let body = rest.get(1..)?;
    let digits = body
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    let after = body.as_bytes().get(digits);
    let ends = matches!(after, None | Some(b' ' | b'\\' | b'"' | b'\'' | b';'));
    let octal = digits == 3
        && body
            .bytes()
            .take(3)
            .all(|digit| matches!(digit, b'0'..=b'7'));
    if !(digits == 6 || (ends && digits >= 2 && !octal)) {
        return None;
    }
    let c = char::from_u32(u32::from_str_radix(body.get(..digits)?, 16).ok()?)?;
    Some((c, 1 + digits + usize::from(after == Some(&b' '))))
}

/// A letter by its name: `\N{DIGIT FOUR}`, `\N{LATIN SMALL LETTER A}`.
fn named(rest: &str) -> Option<(char, usize)> {
    const DIGITS: [&str; 10] = [
        "ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE",
    ];
    let body = rest.strip_prefix("\\N{")?;
    let end = body.bytes().take(32).position(|byte| byte == b'}')?;
    let name = body.get(..end)?;
    let c = if let Some(word) = name.strip_prefix("DIGIT ") {
        let value = DIGITS.iter().position(|digit| *digit == word)?;
        char::from_digit(u32::try_from(value).ok()?, 10)?
    } else if let Some(letter) = name.strip_prefix("LATIN SMALL LETTER ") {
        letter.chars().next()?.to_ascii_lowercase()
    } else if let Some(letter) = name.strip_prefix("LATIN CAPITAL LETTER ") {
        letter.chars().next()?
    } else {
        match name {
            "COMMERCIAL AT" => '@',
            "FULL STOP" => '.',
            "HYPHEN-MINUS" => '-',
            "PLUS SIGN" => '+',
            "LOW LINE" => '_',
            _ => return None,
        }
    };
    Some((c, end + 4))
}

/// A section of raw text at the start of `rest`: what it holds, without its marks.
fn section(view: &mut View, rest: &str, at: usize) -> Option<usize> {
    const OPEN: &str = "<![CDATA[";
    let body = rest.strip_prefix(OPEN)?;
    let window = body.as_bytes().get(..COMMENT_BYTES_MAX.min(body.len()))?;
    let end = memchr::memmem::find(window, b"]]>")?;
    view.copy(body.get(..end)?, at + OPEN.len());
    Some(OPEN.len() + end + 3)
}

fn unicode(rest: &str) -> Option<(char, usize)> {
    if let Some(body) = rest.get(2..)?.strip_prefix('{') {
        let end = body.find('}').filter(|end| (1..=6).contains(end))?;
        let code = u32::from_str_radix(body.get(..end)?, 16).ok()?;
        return Some((char::from_u32(code)?, end + 4));
    }
    let digits = if rest.as_bytes().get(1) == Some(&b'U') {
        8
    } else {
        4
    };
    let high = hex(rest, 2, digits)?;
    if (0xD800..0xDC00).contains(&high) && rest.get(6..8) == Some("\\u") {
        let low = hex(rest, 8, 4)?;
        let code = 0x1_0000 + ((high & 0x3FF) << 10) + (low & 0x3FF);
        return Some((char::from_u32(code)?, 12));
    }
    let c = char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER);
    Some((c, digits + 2))
}

/// The length of the tag or comment at the start of `rest`. Our own masks look like tags and are none:
/// they hold a low line, a colon or a hash where a tag's name has letters.
fn tag(rest: &str) -> Option<usize> {
    if rest.starts_with("<!--") {
        let window = rest.as_bytes().get(..COMMENT_BYTES_MAX.min(rest.len()))?;
        return memchr::memmem::find(window, b"-->").map(|end| end + 3);
    }
    let window = rest.as_bytes().get(..TAG_BYTES_MAX.min(rest.len()))?;
    let end = memchr::memchr(b'>', window)?;
    let body = rest.get(1..end)?;
    let name = body.trim_start_matches('/');
    let letters = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let first = name.bytes().next()?.is_ascii_alphabetic();
    let after = name.as_bytes().get(letters);
    let closes = matches!(after, None | Some(b' ' | b'/' | b'\n' | b'\t'));
    (first && letters <= 16 && closes && !body.contains('<')).then_some(end + 1)
}
