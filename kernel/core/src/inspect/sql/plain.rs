//! The tokens of a plain text, in one pass over its bytes.
//! Knows nothing of what needs care: where a text holds more than ASCII words, numbers, simple strings
//! and everyday operators, it gives nothing, and the parser's own tokenizer reads the text.

use sqlparser::keywords::{ALL_KEYWORDS, ALL_KEYWORDS_INDEX, Keyword};
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Whitespace, Word};

/// The tokens that the parser's tokenizer gives for this text in either dialect, if the text is plain.
pub(super) fn tokens(sql: &str) -> Option<Vec<TokenWithSpan>> {
    if !sql.is_ascii() {
        return None;
    }
    let mut tokens: Vec<TokenWithSpan> = Vec::with_capacity(sql.len() / 3);
    let mut rest = sql;
    let (mut line, mut column) = (1, 1);
    while let Some(first) = rest.bytes().next() {
        let (token, len) = match first {
            b' ' => (Token::Whitespace(Whitespace::Space), 1),
            b'\t' => (Token::Whitespace(Whitespace::Tab), 1),
            b'\n' => (Token::Whitespace(Whitespace::Newline), 1),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => word(rest)?,
            b'0'..=b'9' => number(rest)?,
            b'\'' => {
                let (value, len) = quoted(rest, '\'')?;
                (Token::SingleQuotedString(value.to_owned()), len)
            }
            b'"' => {
                let (value, len) = quoted(rest, '"').filter(|(value, _)| !value.is_empty())?;
                let word = Word {
                    value: value.to_owned(),
                    quote_style: Some('"'),
                    keyword: Keyword::NoKeyword,
                };
                (Token::Word(word), len)
            }
            b'.' => (Token::Period, period(rest, tokens.last())?),
            _ => operator(rest)?,
        };
        let start = Location { line, column };
        (line, column) = match first {
            b'\n' => (line + 1, 1),
            _ => (line, column + u64::try_from(len).ok()?),
        };
        let end = Location { line, column };
        tokens.push(TokenWithSpan::new(token, Span::new(start, end)));
        rest = rest.get(len..)?;
    }
    Some(tokens)
}

fn next(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

/// A period between two names, which no tokenizer takes for the beginning of a number.
fn period(text: &str, before: Option<&TokenWithSpan>) -> Option<usize> {
    let named = matches!(before, Some(before) if matches!(before.token, Token::Word(_)));
    match next(text, 1)? {
        b'a'..=b'z' | b'A'..=b'Z' | b'"' | b'*' if named => Some(1),
        _ => None,
    }
}

fn word(text: &str) -> Option<(Token, usize)> {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let len = text
        .bytes()
        .position(|byte| !part(byte))
        .unwrap_or(text.len());
    // A prefix of a literal, or a longer word in one of the dialects.
    if matches!(next(text, len), Some(b'\'' | b'"' | b'&' | b'$')) {
        return None;
    }
    let value = text.get(..len)?;
    let word = Word {
        value: value.to_owned(),
        quote_style: None,
        keyword: keyword(value),
    };
    Some((Token::Word(word), len))
}

/// The parser's list is sorted; most names differ from all of it within a letter or two.
fn keyword(word: &str) -> Keyword {
    let upper = || word.bytes().map(|byte| byte.to_ascii_uppercase());
    ALL_KEYWORDS
        .binary_search_by(|known| known.bytes().cmp(upper()))
        .ok()
        .and_then(|at| ALL_KEYWORDS_INDEX.get(at).copied())
        .unwrap_or(Keyword::NoKeyword)
}

fn number(text: &str) -> Option<(Token, usize)> {
    let digits = |from: usize| {
        let tail = text.bytes().skip(from);
        tail.take_while(u8::is_ascii_digit).count()
    };
    let whole = digits(0);
    let len = match next(text, whole) {
        Some(b'.') => whole + 1 + Some(digits(whole + 1)).filter(|digits| *digits > 0)?,
        _ => whole,
    };
    match next(text, len) {
        Some(b'.' | b'_' | b'$' | b'\'' | b'"') => None,
        Some(byte) if byte.is_ascii_alphanumeric() => None,
        _ => Some((Token::Number(text.get(..len)?.to_owned(), false), len)),
    }
}

/// What stands between quotes, on one line and without escapes.
fn quoted(text: &str, quote: char) -> Option<(&str, usize)> {
    let (value, after) = text.strip_prefix(quote)?.split_once(quote)?;
    let plain = !value.contains(['\\', '\n', '\r']) && !after.starts_with(quote);
    plain.then_some((value, value.len() + 2))
}

/// Punctuation, and operators that end where they seem to.
fn operator(text: &str) -> Option<(Token, usize)> {
    let (token, len) = match (next(text, 0)?, next(text, 1)) {
        (b'(', _) => return Some((Token::LParen, 1)),
        (b')', _) => return Some((Token::RParen, 1)),
        (b',', _) => return Some((Token::Comma, 1)),
        (b';', _) => return Some((Token::SemiColon, 1)),
        (b'<', Some(b'=')) => (Token::LtEq, 2),
        (b'>', Some(b'=')) => (Token::GtEq, 2),
        (b'<', Some(b'>')) | (b'!', Some(b'=')) => (Token::Neq, 2),
        (b'|', Some(b'|')) => (Token::StringConcat, 2),
        (b':', Some(b':')) => (Token::DoubleColon, 2),
        (b'=', _) => (Token::Eq, 1),
        (b'<', _) => (Token::Lt, 1),
        (b'>', _) => (Token::Gt, 1),
        (b'+', _) => (Token::Plus, 1),
        (b'-', _) => (Token::Minus, 1),
        (b'*', _) => (Token::Mul, 1),
        (b'/', _) => (Token::Div, 1),
        (b'%', Some(b' ')) => (Token::Mod, 1),
        _ => return None,
    };
    match next(text, len) {
        Some(byte) if b"+-*/<>=~!@#%^&|`?:$.[]\\{}".contains(&byte) => None,
        _ => Some((token, len)),
    }
}
