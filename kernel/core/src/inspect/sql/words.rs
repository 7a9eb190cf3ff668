//! What can be told from tokens alone: depth and balance.
//! Knows nothing of grammar.

use std::borrow::Cow;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

/// An upper bound of the depth of the tree that these tokens parse to, without parsing them: flat
/// chains (`1+1+…`, `a OR b OR …`) nest in the tree but not in the parser, whose own limit misses
/// them, and every recursive walk over them (even comparing or dropping) can overflow the stack.
///
/// The parser copies what stands to the left of operators that a dialect adds. A copy takes four times
/// the stack of a walk, and twelve times that for a subquery, so a text with such an operator counts more.
pub(super) fn chain_depth(tokens: &[TokenWithSpan]) -> usize {
    let copies = copies(tokens);
    let depth = depth(tokens, if copies { 12 } else { 1 });
    if copies { depth * 4 } else { depth }
}

fn depth(tokens: &[TokenWithSpan], select: usize) -> usize {
    let mut open: Vec<Level> = vec![Level::default()];
    for TokenWithSpan { token, span: _ } in tokens {
        match token {
            Token::LParen | Token::LBracket => open.push(Level::default()),
            Token::RParen | Token::RBracket => {
                if open.len() > 1 {
                    let inner = open.pop().map_or(0, |mut level| level.depth());
                    if let Some(level) = open.last_mut() {
                        level.inner = level.inner.max(inner + 1);
                    }
                }
                // A subscript is itself one step of a chain.
                if matches!(token, Token::RBracket)
                    && let Some(level) = open.last_mut()
                {
                    level.steps += 1;
                }
            }
            Token::Comma | Token::SemiColon => {
                if let Some(level) = open.last_mut() {
                    level.end_item();
                }
            }
            Token::Word(word) => {
                if let Some(level) = open.last_mut() {
                    match chain_word(word) {
                        Chain::Operator => level.steps += 1,
                        Chain::Select => level.steps += select,
                        Chain::Arm => level.arms += 1,
                        Chain::No => {}
                    }
                }
            }
            token if is_operand(token) => {}
            _ => {
                if let Some(level) = open.last_mut() {
                    level.steps += 1;
                }
            }
        }
    }
    open.iter_mut().map(|level| level.depth()).sum()
}

#[derive(Default)]
struct Level {
    steps: usize,
    arms: usize,
    inner: usize,
    longest: usize,
}

impl Level {
    /// A comma starts a new item, whose chain is its own.
    fn end_item(&mut self) {
        self.longest = self.longest.max(self.steps + self.inner);
        self.steps = 0;
        self.inner = 0;
    }

    fn depth(&mut self) -> usize {
        self.end_item();
        self.longest + self.arms
    }
}

enum Chain {
    Operator,
    Select,
    Arm,
    No,
}

fn chain_word(word: &Word) -> Chain {
    if word.quote_style.is_some() {
        return Chain::No;
    }
    match word.keyword {
        Keyword::SELECT => Chain::Select,
        Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::MINUS => Chain::Arm,
        Keyword::AND
        | Keyword::OR
        | Keyword::XOR
        | Keyword::NOT
        | Keyword::IS
        | Keyword::NOTNULL
        | Keyword::COLLATE
        | Keyword::LIKE
        | Keyword::ILIKE
        | Keyword::RLIKE
        | Keyword::REGEXP
        | Keyword::MATCH
        | Keyword::GLOB
        | Keyword::SIMILAR
        | Keyword::BETWEEN
        | Keyword::IN
        | Keyword::AT
        | Keyword::OVERLAPS
        | Keyword::OPERATOR
        | Keyword::MEMBER
        | Keyword::DIV
        | Keyword::ESCAPE
        | Keyword::JOIN
        | Keyword::CASE => Chain::Operator,
        _ => Chain::No,
    }
}

/// How deeply these tokens could nest statements, or joins whose conditions come late
/// (`a JOIN b JOIN c ON … ON …`). The parser's guard counts both, but each level takes so much stack
/// that its limit comes too late, or not at all (sqlparser #2440).
pub(super) fn frame_depth(tokens: &[TokenWithSpan]) -> usize {
    let words = || {
        tokens.iter().filter_map(|token| match &token.token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
            _ => None,
        })
    };
    let first = words().next();
    let explains = matches!(
        first,
        Some(Keyword::EXPLAIN | Keyword::DESCRIBE | Keyword::DESC)
    );
    let has_bodies = matches!(
        first,
        Some(Keyword::CREATE | Keyword::BEGIN | Keyword::CASE | Keyword::IF | Keyword::WHILE)
    );
    let (mut statements, mut joins, mut joins_max) = (0_usize, 0_usize, 0_usize);
    let mut unconditional = false;
    for word in words() {
        match word {
            Keyword::EXPLAIN | Keyword::DESCRIBE | Keyword::DESC if explains => statements += 1,
            Keyword::BEGIN | Keyword::CASE | Keyword::IF | Keyword::WHILE if has_bodies => {
                statements += 1;
            }
            Keyword::PREPARE => statements += 1,
            Keyword::CROSS | Keyword::NATURAL => unconditional = true,
            Keyword::JOIN if unconditional => unconditional = false,
            Keyword::JOIN => joins += 1,
            Keyword::ON | Keyword::USING => joins = joins.saturating_sub(1),
            _ => {}
        }
        joins_max = joins_max.max(joins);
    }
    // A level of such joins takes about the stack of four statements.
    statements.max(joins_max * 4)
}

/// Whether there is an operator that a dialect adds to the parser.
fn copies(tokens: &[TokenWithSpan]) -> bool {
    let mut words = tokens.iter().filter_map(|token| match &token.token {
        Token::Whitespace(_) => None,
        Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
        _ => Some(Keyword::NoKeyword),
    });
    while let Some(word) = words.next() {
        let copies = match word {
            Keyword::GLOB | Keyword::MATCH | Keyword::REGEXP => true,
            Keyword::IS => match words.next() {
                Some(Keyword::NOT) => words.next() != Some(Keyword::NULL),
                operand => operand != Some(Keyword::NULL),
            },
            _ => false,
        };
        if copies {
            return true;
        }
    }
    false
}

fn is_operand(token: &Token) -> bool {
    matches!(
        token,
        Token::Whitespace(_)
            | Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::EscapedStringLiteral(_)
            | Token::DollarQuotedString(_)
            | Token::HexStringLiteral(_)
            | Token::Placeholder(_)
            | Token::Period
            | Token::EOF
    )
}

/// Whether two token streams hold the same names and literals, in any order. Keywords and
/// operators may differ: the printer spells them its own way.
pub(super) fn balanced(one: &[TokenWithSpan], other: &[TokenWithSpan]) -> bool {
    weights(one) == weights(other)
}

fn weights(tokens: &[TokenWithSpan]) -> Vec<(u8, Cow<'_, str>)> {
    let mut weights: Vec<_> = tokens
        .iter()
        .filter_map(|token| weight(&token.token))
        .collect();
    weights.sort_unstable();
    weights
}

fn weight(token: &Token) -> Option<(u8, Cow<'_, str>)> {
    let (kind, text) = match token {
        Token::Word(word) if word.quote_style.is_some() => (0, &word.value),
        Token::Word(word) if word.keyword == Keyword::NoKeyword => {
            return Some((1, word.value.to_ascii_lowercase().into()));
        }
        Token::Number(text, _) => (2, text),
        Token::SingleQuotedString(text) => (3, text),
        Token::EscapedStringLiteral(text) => (4, text),
        Token::DollarQuotedString(text) => (5, &text.value),
        Token::HexStringLiteral(text) => (6, text),
        Token::Placeholder(text) => (7, text),
        Token::SingleQuotedByteStringLiteral(text) => (8, text),
        _ => return None,
    };
    Some((kind, text.into()))
}
