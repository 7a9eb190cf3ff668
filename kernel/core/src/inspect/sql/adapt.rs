//! Words of the engines that the parser has no grammar for and that change no fact: taken out before it.
//! Knows nothing of meaning. Every pattern stands where the engine could read it in no other way, and what
//! is executed is the text as it was written.

use std::collections::BTreeSet;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::Dialect;

/// What a run of words becomes.
enum Becomes {
    /// The first words stay, the others go.
    Gone { kept: usize, all: usize },
    /// One word in place of itself and others after it.
    Null,
}

/// The tokens as the parser can read them.
pub(super) fn adapt(tokens: Vec<TokenWithSpan>, dialect: Dialect) -> Vec<TokenWithSpan> {
    if !tokens
        .iter()
        .any(|token| bare(&token.token).is_some_and(may_go))
    {
        return tokens;
    }
    let words: Vec<(usize, &Token)> = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| !matches!(token.token, Token::Whitespace(_)))
        .map(|(at, token)| (at, &token.token))
        .collect();
    let mut gone = BTreeSet::new();
    let mut nulls = BTreeSet::new();
    for (at, window) in (0..words.len()).filter_map(|at| Some((at, words.get(at..)?))) {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        match pattern(before.map(|(_, token)| *token), window, dialect) {
            None => {}
            Some(Becomes::Gone { kept, all }) => {
                gone.extend(window.iter().take(all).skip(kept).map(|(at, _)| *at));
            }
            Some(Becomes::Null) => nulls.extend(window.first().map(|(at, _)| *at)),
        }
    }
    if gone.is_empty() && nulls.is_empty() {
        return tokens;
    }
    let mut adapted = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.into_iter().enumerate() {
        if nulls.contains(&at) {
            for word in ["IS", "NULL"] {
                adapted.push(TokenWithSpan::new(Token::make_keyword(word), token.span));
            }
        } else if !gone.contains(&at) {
            adapted.push(token);
        }
    }
    adapted
}

fn pattern(
    before: Option<&Token>,
    window: &[(usize, &Token)],
    dialect: Dialect,
) -> Option<Becomes> {
    let word = |at: usize| bare(window.get(at)?.1);
    let is =
        |at: usize, text: &str| word(at).is_some_and(|word| word.value.eq_ignore_ascii_case(text));
    let opens = |at: usize| matches!(window.get(at), Some((_, Token::LParen)));
    let closes = |at: usize| matches!(window.get(at), Some((_, Token::RParen)));
    let gone = |kept, all| Some(Becomes::Gone { kept, all });
    match (dialect, word(0)?.keyword) {
        // The order of the bounds; the word is reserved.
        (Dialect::Postgres, Keyword::BETWEEN) if is(1, "symmetric") || is(1, "asymmetric") => {
            gone(1, 2)
        }
        // Without the tables that inherit; the word is reserved.
        (Dialect::Postgres, Keyword::FROM | Keyword::JOIN | Keyword::UPDATE)
            if is(1, "only") && !opens(2) =>
        {
            gone(1, 2)
        }
        // Grouping sets that are equal count once; the word is reserved.
        (Dialect::Postgres, Keyword::BY)
            if is(1, "distinct")
                && before
                    .and_then(bare)
                    .is_some_and(|w| w.keyword == Keyword::GROUP) =>
        {
            gone(1, 2)
        }
        (Dialect::Sqlite, Keyword::AS) if is(1, "materialized") && opens(2) => gone(1, 2),
        (Dialect::Sqlite, Keyword::AS) if is(1, "not") && is(2, "materialized") && opens(3) => {
            gone(1, 3)
        }
        // Which index is used; after a name only, since `NOT indexed` may also negate a column.
        (Dialect::Sqlite, Keyword::NOT) if is(1, "indexed") && before.is_some_and(is_name) => {
            gone(0, 2)
        }
        (Dialect::Sqlite, _)
            if is(0, "indexed")
                && is(1, "by")
                && before.is_some_and(is_name)
                && word(2).is_some() =>
        {
            gone(0, 3)
        }
        (Dialect::Sqlite, _) if is(0, "isnull") => Some(Becomes::Null),
        // The end of a window's frame, which always closes a parenthesis.
        (_, Keyword::ROW | Keyword::PRECEDING | Keyword::FOLLOWING) if is(1, "exclude") => {
            let two = (is(2, "current") && is(3, "row")) || (is(2, "no") && is(3, "others"));
            let one = is(2, "ties") || is(2, "group");
            match (two && closes(4), one && closes(3)) {
                (true, _) => gone(1, 4),
                (_, true) => gone(1, 3),
                _ => None,
            }
        }
        _ if dialect == Dialect::Sqlite && matches!(before, Some(Token::RParen)) => {
            table_options(window)
        }
        _ => None,
    }
}

/// Two options of a table, of which the parser reads one.
fn table_options(window: &[(usize, &Token)]) -> Option<Becomes> {
    let is = |at: usize, text: &str| {
        let word = window.get(at).and_then(|(_, token)| bare(token));
        word.is_some_and(|word| word.value.eq_ignore_ascii_case(text))
    };
    let comma = |at: usize| matches!(window.get(at), Some((_, Token::Comma)));
    if is(0, "strict") && comma(1) && is(2, "without") && is(3, "rowid") {
        return Some(Becomes::Gone { kept: 0, all: 2 });
    }
    let both = is(0, "without") && is(1, "rowid") && comma(2) && is(3, "strict");
    both.then_some(Becomes::Gone { kept: 2, all: 4 })
}

/// Whether a word stands in any of the patterns where no other word could.
fn may_go(word: &Word) -> bool {
    let known: &[&str] = match word.value.len() {
        4 => &["only"],
        6 => &["isnull", "strict"],
        7 => &["exclude", "indexed"],
        8 => &["distinct"],
        9 => &["symmetric"],
        10 => &["asymmetric"],
        12 => &["materialized"],
        _ => &[],
    };
    known
        .iter()
        .any(|known| word.value.eq_ignore_ascii_case(known))
}

fn bare(token: &Token) -> Option<&Word> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word),
        _ => None,
    }
}

/// A name that is no word of the language.
fn is_name(token: &Token) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_some() || word.keyword == Keyword::NoKeyword)
}
