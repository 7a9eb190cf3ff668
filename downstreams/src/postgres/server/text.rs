//! What the text of a statement must be before the engine sees it: short enough, and begun like what the tool is for.
//! Knows nothing of grammar beyond a first word; the engine's plan decides.

use crate::bounds::SQL_BYTES_MAX;
use crate::postgres::code::PostgresCode;

/// Commands that exist, and that the tools do not run whatever is granted.
const REFUSED: &[&str] = &[
    "abort",
    "alter",
    "analyze",
    "begin",
    "call",
    "checkpoint",
    "close",
    "cluster",
    "comment",
    "commit",
    "copy",
    "create",
    "deallocate",
    "declare",
    "delete",
    "discard",
    "do",
    "drop",
    "end",
    "execute",
    "explain",
    "fetch",
    "grant",
    "import",
    "insert",
    "listen",
    "load",
    "lock",
    "merge",
    "move",
    "notify",
    "prepare",
    "reassign",
    "refresh",
    "reindex",
    "release",
    "reset",
    "revoke",
    "rollback",
    "savepoint",
    "security",
    "set",
    "show",
    "start",
    "truncate",
    "unlisten",
    "update",
    "vacuum",
];

/// Why a statement that begins with this word is not run.
pub(super) fn refusal(word: &str) -> PostgresCode {
    match REFUSED.contains(&word) {
        true => PostgresCode::NotPermitted,
        false => PostgresCode::BadStatement,
    }
}

/// Checks size and NUL, and gives the first word in lower case.
pub(super) fn first_word(sql: &str) -> Result<String, PostgresCode> {
    check(sql)?;
    Ok(word(sql).0)
}

/// The first two words, with one space between; where the second is `or`, four: anything can be replaced.
pub(super) fn first_words(sql: &str) -> Result<String, PostgresCode> {
    check(sql)?;
    let (first, rest) = word(sql);
    let (second, rest) = word(rest);
    if second != "or" {
        return Ok(format!("{first} {second}"));
    }
    let (third, rest) = word(rest);
    Ok(format!("{first} {second} {third} {}", word(rest).0))
}

fn check(sql: &str) -> Result<(), PostgresCode> {
    if sql.len() > SQL_BYTES_MAX {
        return Err(PostgresCode::TooLarge);
    }
    match sql.contains('\0') {
        true => Err(PostgresCode::BadArgument),
        false => Ok(()),
    }
}

/// The next word behind space, comments and brackets, and what follows it.
fn word(text: &str) -> (String, &str) {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}', '(']);
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment
                .split_once(['\n', '\r'])
                .map_or("", |(_, after)| after);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = past_comment(comment);
        } else {
            break;
        }
    }
    let end = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    (word.to_ascii_lowercase(), after)
}

/// What follows a comment; they nest.
fn past_comment(text: &str) -> &str {
    let mut depth = 1_u32;
    let mut rest = text;
    while depth > 0 {
        let (open, close) = (rest.find("/*"), rest.find("*/"));
        let (at, deeper) = match (open, close) {
            (Some(open), Some(close)) if open < close => (open, true),
            (_, Some(close)) => (close, false),
            _ => return "",
        };
        depth = if deeper {
            depth.saturating_add(1)
        } else {
            depth - 1
        };
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    rest
}
