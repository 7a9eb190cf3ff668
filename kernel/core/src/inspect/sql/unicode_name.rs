//! PostgreSQL's `U&"…"`: a name by code points.
//! Knows nothing of what it names. What it cannot decode for certain stays as it is, and is refused.

use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The name that begins here, and how many tokens it takes.
pub(super) fn decoded(window: &[(usize, &TokenWithSpan)]) -> Option<(String, usize)> {
    let token = |at: usize| window.get(at).map(|(_, token)| *token);
    let (prefix, and, name) = (token(0)?, token(1)?, token(2)?);
    let Token::Word(quoted) = &name.token else {
        return None;
    };
    // With a space in between it is a bitwise AND.
    let touching = prefix.span.end == and.span.start && and.span.end == name.span.start;
    if and.token != Token::Ampersand || quoted.quote_style != Some('"') || !touching {
        return None;
    }
    let given = match (token(3).map(|t| &t.token), token(4).map(|t| &t.token)) {
        (Some(Token::Word(word)), Some(Token::SingleQuotedString(sign)))
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("uescape") =>
        {
            let mut signs = sign.chars();
            Some((signs.next()?, signs.next().is_none()))
        }
        _ => None,
    };
    match given {
        None => Some((unescaped(&quoted.value, '\\')?, 3)),
        Some((sign, true)) if is_escape(sign) => Some((unescaped(&quoted.value, sign)?, 5)),
        Some(_) => None,
    }
}

/// No hexadecimal digit, plus, quote or space may be the sign.
fn is_escape(sign: char) -> bool {
    sign.is_ascii_graphic() && !sign.is_ascii_hexdigit() && !matches!(sign, '+' | '\'' | '"')
}

fn unescaped(text: &str, escape: char) -> Option<String> {
    let mut name = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once(escape) {
        name.push_str(plain);
        if let Some(doubled) = after.strip_prefix(escape) {
            name.push(escape);
            rest = doubled;
            continue;
        }
        let (digits, long) = match after.strip_prefix('+') {
            Some(digits) => (digits, 6),
            None => (after, 4),
        };
        let (code, behind) = digits.split_at_checked(long)?;
        if !code.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        // Half of a surrogate pair is no character here.
        let decoded = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        if decoded.is_control() {
            return None;
        }
        name.push(decoded);
        rest = behind;
    }
    name.push_str(rest);
    Some(name)
}
