//! What the text of a statement must not hold, whatever the engine would say of it.
//! Knows nothing of grammar: it looks for words, and rather finds one too many than one too few.

use crate::bounds::SQL_BYTES_MAX;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;

/// Size and NUL: SQLite ends a text at its first NUL, other readers do not.
pub(super) fn check(sql: &str, grant: &Grant) -> Result<(), Failure> {
    if sql.len() > SQL_BYTES_MAX {
        return Err(PostgresCode::TooLarge.into());
    }
    if sql.contains('\0') {
        return Err(PostgresCode::BadArgument.into());
    }
    // SQLite's own relations (`sqlite_stat4` holds sampled values, `sqlite_temp_schema` the views
    // that mask). An identifier can be quoted but not escaped, so its letters stand in the text.
    if !grant.open && contains_folded(sql, "sqlite_") {
        return Err(PostgresCode::NotPermitted.into());
    }
    Ok(())
}

/// Whether `USING` or `NATURAL` may occur as a keyword. The engine raises no read event for columns
/// that are joined this way alone, so where it stands between a reader and a column they are an
/// oracle. A word inside a literal counts too: values belong into `params`.
pub(super) fn may_join_by_name(sql: &str) -> bool {
    ["using", "natural"].iter().any(|word| has_word(sql, word))
}

/// A keyword is a whole run of identifier characters, but a digit before it may end another token:
/// `?1USING` is two.
fn has_word(sql: &str, word: &str) -> bool {
    let lower = sql.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    lower.match_indices(word).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(at + word.len());
        !before.is_some_and(|byte| identifier(*byte) && !byte.is_ascii_digit())
            && !after.is_some_and(|byte| identifier(*byte))
    })
}

fn identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || !byte.is_ascii()
}

fn contains_folded(sql: &str, word: &str) -> bool {
    sql.to_ascii_lowercase().contains(word)
}
