//! A query that gives at most so many rows: as it is, or with its LIMIT added or lowered in the text.
//! Knows nothing of why. What it gives is the very text with one clause other, proven by reading both.

use sqlparser::ast::{Expr, Fetch, LimitClause, Query, SetExpr, Statement, Value};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

use super::refusal::{self as why, SqlRefusal};
use super::{Dialect, gate, source_text};

/// What becomes of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limited {
    /// It is no query, or gives at most so many rows by itself.
    AsItIs,
    /// This text in its place: the same statement, but for the limit of its outermost query.
    Other(String),
}

/// The text with at most so many rows.
///
/// Only what reads is limited: of a write, rows are bounded elsewhere. A limit in the text stands where it is a plain number
/// of at most so many, and a larger one becomes the smaller. Neither changes what an output is computed
/// from, nor in which order rows come.
///
/// # Errors
/// `sql.limit` where no limit can be set that is certain to hold, and the gate's refusal of what is no statement.
pub fn limited(sql: &str, dialect: Dialect, most: u64) -> Result<Limited, SqlRefusal> {
    let statement = match gate::admit(sql, dialect) {
        Ok(admitted) => admitted.statement,
        Err(rejected) => return Err(rejected.refusal),
    };
    let Statement::Query(query) = &statement else {
        return Ok(Limited::AsItIs);
    };
    if writes(&query.body) {
        return Ok(Limited::AsItIs);
    }
    if !is_plain(query) {
        return Err(why::LIMIT);
    }
    if let Some(fetch) = &query.fetch {
        return match query.limit_clause.is_none() && fetched(fetch).is_some_and(|n| n <= most) {
            true => Ok(Limited::AsItIs),
            false => Err(why::LIMIT),
        };
    }
    if let SetExpr::Values(values) = query.body.as_ref() {
        let rows = u64::try_from(values.rows.len()).unwrap_or(u64::MAX);
        return match rows <= most {
            true => Ok(Limited::AsItIs),
            false => Err(why::LIMIT),
        };
    }
    let other = match limit_of(query) {
        Known::None => appended(sql, dialect, most),
        Known::Number(n) if n <= most => return Ok(Limited::AsItIs),
        Known::Number(_) => lowered(sql, dialect, most),
        Known::Other => None,
    };
    let other = other.ok_or(why::LIMIT)?;
    match proven(&statement, &other, dialect, most) {
        true => Ok(Limited::Other(other)),
        false => Err(why::LIMIT),
    }
}

/// What a query says of its own limit.
enum Known {
    None,
    Number(u64),
    Other,
}

fn limit_of(query: &Query) -> Known {
    match &query.limit_clause {
        None => Known::None,
        Some(LimitClause::LimitOffset {
            limit: None,
            limit_by,
            ..
        }) if limit_by.is_empty() => Known::None,
        Some(LimitClause::LimitOffset {
            limit: Some(limit),
            limit_by,
            ..
        }) if limit_by.is_empty() => number(limit).map_or(Known::Other, Known::Number),
        // SQLite's `LIMIT offset, limit` stands where it is small enough.
        Some(LimitClause::OffsetCommaLimit { limit, .. }) => {
            number(limit).map_or(Known::Other, Known::Number)
        }
        Some(LimitClause::LimitOffset { .. }) => Known::Other,
    }
}

fn fetched(fetch: &Fetch) -> Option<u64> {
    if fetch.percent || fetch.with_ties {
        return None;
    }
    fetch.quantity.as_ref().map_or(Some(1), number)
}

/// Digits alone: `-1` is no limit to SQLite, and an expression is not computed here.
fn number(limit: &Expr) -> Option<u64> {
    let Expr::Value(value) = limit else {
        return None;
    };
    let Value::Number(digits, false) = &value.value else {
        return None;
    };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// Whether nothing else of the outermost query decides how many rows there are.
fn is_plain(query: &Query) -> bool {
    query.locks.is_empty()
        && query.for_clause.is_none()
        && query.settings.is_none()
        && query.format_clause.is_none()
        && query.pipe_operators.is_empty()
}

/// Whether its rows go into a table: what is written is not limited here.
fn writes(body: &SetExpr) -> bool {
    match body {
        SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => true,
        SetExpr::Select(select) => select.into.is_some(),
        SetExpr::Query(query) => writes(&query.body),
        SetExpr::SetOperation { left, right, .. } => writes(left) || writes(right),
        SetExpr::Values(_) | SetExpr::Table(_) => false,
    }
}

/// The text with a limit behind its last word, before whatever comments and semicolon follow.
fn appended(sql: &str, dialect: Dialect, most: u64) -> Option<String> {
    let tokens = gate::tokens(sql, dialect).ok()?;
    // `LIMIT ALL` is no limit to the parser, and a second one no statement to an engine.
    let mut depth = 0_usize;
    for token in &tokens {
        match token.token {
            Token::LParen => depth = depth.saturating_add(1),
            Token::RParen => depth = depth.saturating_sub(1),
            _ if depth == 0 && is_limit(token) => return None,
            _ => {}
        }
    }
    let last = tokens.iter().rfind(|token| says_something(token))?;
    let at = byte(sql, last.span.end)?;
    let (head, tail) = sql.split_at_checked(at)?;
    Some(format!("{head} LIMIT {most}{tail}"))
}

/// The text with a smaller number behind its last `LIMIT`.
fn lowered(sql: &str, dialect: Dialect, most: u64) -> Option<String> {
    let tokens = gate::tokens(sql, dialect).ok()?;
    let at = tokens.iter().rposition(is_limit)?;
    let number = tokens
        .iter()
        .skip(at.checked_add(1)?)
        .find(|token| says_something(token))?;
    if !matches!(number.token, Token::Number(..)) {
        return None;
    }
    let (start, end) = (byte(sql, number.span.start)?, byte(sql, number.span.end)?);
    let (head, tail) = (sql.get(..start)?, sql.get(end..)?);
    Some(format!("{head}{most}{tail}"))
}

fn is_limit(token: &TokenWithSpan) -> bool {
    matches!(&token.token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("limit"))
}

fn says_something(token: &TokenWithSpan) -> bool {
    !matches!(
        token.token,
        Token::Whitespace(_) | Token::SemiColon | Token::EOF
    )
}

fn byte(sql: &str, place: Location) -> Option<usize> {
    source_text::starts(sql, &[place]).first().copied()
}

/// Whether the other text is one whole statement that differs from this one in its limit alone, and has this limit.
fn proven(statement: &Statement, other: &str, dialect: Dialect, most: u64) -> bool {
    let Ok(admitted) = gate::admit(other, dialect) else {
        return false;
    };
    let (Statement::Query(before), Statement::Query(after)) = (statement, &admitted.statement)
    else {
        return false;
    };
    let offset = |query: &Query| match &query.limit_clause {
        Some(LimitClause::LimitOffset { offset, .. }) => offset.clone(),
        _ => None,
    };
    if !matches!(limit_of(after), Known::Number(n) if n == most) || offset(before) != offset(after)
    {
        return false;
    }
    let mut wanted = before.as_ref().clone();
    wanted.limit_clause = after.limit_clause.clone();
    wanted == **after
}
