//! Whether a printed statement is, token by token, the text that it was read from.
//! Knows nothing of grammar. It may say no where the answer is yes: then the text is parsed again.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

/// Whether the text holds these tokens in this order and nothing else, but for an `AS` that the printer
/// puts before an alias and a semicolon at the end. Keywords may differ in case. Since the parser is a
/// function of its tokens, such a text parses to the same tree.
pub(super) fn says(printed: &str, tokens: &[TokenWithSpan]) -> bool {
    let mut rest = printed.trim_ascii_start();
    for TokenWithSpan { token, span: _ } in tokens {
        if matches!(token, Token::Whitespace(_)) || (*token == Token::SemiColon && rest.is_empty())
        {
            continue;
        }
        // Between two signs the printer leaves no space; the second one has to be the next token.
        let signs = || {
            rest.strip_prefix(sign(token)?)
                .filter(|rest| rest.starts_with(SIGNS))
        };
        let added = || after_token(token, rest.strip_prefix("AS ")?);
        let Some(after) = after_token(token, rest).or_else(signs).or_else(added) else {
            return false;
        };
        rest = after.trim_ascii_start();
    }
    rest.is_empty()
}

/// Operators that stand before their operand.
const SIGNS: [char; 4] = ['+', '-', '~', '@'];

fn sign(token: &Token) -> Option<char> {
    match token {
        Token::Plus => Some('+'),
        Token::Minus => Some('-'),
        Token::Tilde => Some('~'),
        Token::AtSign => Some('@'),
        _ => None,
    }
}

/// The text behind a token that it begins with, where the token certainly ends there.
fn after_token<'t>(token: &Token, text: &'t str) -> Option<&'t str> {
    match token {
        Token::Word(word) => after_word(word, text),
        Token::Number(digits, false) => {
            let rest = text.strip_prefix(digits.as_str())?;
            ends(rest, |c| c == '.' || continues_word(c))
        }
        Token::Placeholder(name) => ends(text.strip_prefix(name.as_str())?, continues_word),
        Token::SingleQuotedString(value) => after_quoted(value, '\'', '\'', text),
        Token::Comma => text.strip_prefix(','),
        Token::LParen => text.strip_prefix('('),
        Token::RParen => text.strip_prefix(')'),
        Token::LBracket => text.strip_prefix('['),
        Token::RBracket => text.strip_prefix(']'),
        Token::Period => ends(text.strip_prefix('.')?, |c| c.is_ascii_digit() || c == '.'),
        operator => ends(text.strip_prefix(spelling(operator)?)?, continues_operator),
    }
}

fn after_word<'t>(word: &Word, text: &'t str) -> Option<&'t str> {
    match word.quote_style {
        Some('"') => after_quoted(&word.value, '"', '"', text),
        Some('`') => after_quoted(&word.value, '`', '`', text),
        Some('[') => after_quoted(&word.value, '[', ']', text),
        Some(_) => None,
        None => {
            let (here, rest) = text.split_at_checked(word.value.len())?;
            let same = match word.keyword {
                Keyword::NoKeyword => here == word.value,
                _ => here.eq_ignore_ascii_case(&word.value),
            };
            same.then_some(rest)
                .and_then(|rest| ends(rest, continues_word))
        }
    }
}

/// A quoted text that needs no escapes.
fn after_quoted<'t>(value: &str, open: char, close: char, text: &'t str) -> Option<&'t str> {
    if value.contains([open, close, '\\']) {
        return None;
    }
    let rest = text.strip_prefix(open)?.strip_prefix(value)?;
    ends(rest.strip_prefix(close)?, |c| c == close)
}

/// The text, unless it begins in a way that would make the token before it a longer one.
fn ends(text: &str, continues: impl Fn(char) -> bool) -> Option<&str> {
    match text.chars().next() {
        Some(c) if continues(c) => None,
        _ => Some(text),
    }
}

fn continues_word(c: char) -> bool {
    !c.is_ascii()
        || c.is_ascii_alphanumeric()
        || matches!(c, '_' | '$' | '@' | '\'' | '"' | '&' | '#')
}

fn continues_operator(c: char) -> bool {
    "+-*/<>=~!@#%^&|`?:$.".contains(c)
}

/// How the printer writes the operators that everyone uses.
fn spelling(token: &Token) -> Option<&'static str> {
    Some(match token {
        Token::Eq => "=",
        Token::Neq => "<>",
        Token::Lt => "<",
        Token::Gt => ">",
        Token::LtEq => "<=",
        Token::GtEq => ">=",
        Token::Plus => "+",
        Token::Minus => "-",
        Token::Mul => "*",
        Token::Div => "/",
        Token::Mod => "%",
        Token::Tilde => "~",
        Token::AtSign => "@",
        Token::StringConcat => "||",
        Token::DoubleColon => "::",
        Token::Caret => "^",
        Token::Sharp => "#",
        Token::Ampersand => "&",
        Token::Pipe => "|",
        Token::PGSquareRoot => "|/",
        Token::PGCubeRoot => "||/",
        Token::ShiftLeft => "<<",
        Token::ShiftRight => ">>",
        Token::HashArrow => "#>",
        Token::HashLongArrow => "#>>",
        Token::AtArrow => "@>",
        Token::ArrowAt => "<@",
        Token::Overlap => "&&",
        Token::TildeAsterisk => "~*",
        Token::ExclamationMarkTilde => "!~",
        Token::ExclamationMarkTildeAsterisk => "!~*",
        Token::Arrow => "->",
        Token::LongArrow => "->>",
        _ => return None,
    })
}
