//! Words of the engines that the parser has no grammar for and that change no fact: taken out before it.
//! Knows nothing of meaning. Every pattern stands where the engine could read it in no other way, and what
//! is executed is the text as it was written.

use std::collections::BTreeMap;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::{Dialect, unicode_name};

/// What a run of words becomes.
enum Becomes {
    /// The first words stay, the others go.
    Gone { kept: usize, all: usize },
    /// Other words in place of the first ones.
    Instead { all: usize, words: Vec<Token> },
}

/// The tokens as the parser can read them.
#[derive(Default)]
pub(super) struct Adapted {
    pub(super) tokens: Vec<TokenWithSpan>,
    /// Whether some `t.*` was `(t).*`, which means a column `t` before a relation.
    pub(super) row_stars: bool,
}

/// The tokens as the parser can read them.
pub(super) fn adapt(tokens: Vec<TokenWithSpan>, dialect: Dialect) -> Adapted {
    let mut before = &Token::EOF;
    let may = tokens.iter().any(|TokenWithSpan { token, span: _ }| {
        let signs = matches!((before, token), (Token::RParen, Token::Period))
            || matches!((before, token), (Token::Word(word), Token::Ampersand) if word.value.len() == 1);
        before = token;
        signs || bare(token).is_some_and(may_go)
    });
    if !may {
        return Adapted {
            tokens,
            row_stars: false,
        };
    }
    let words: Vec<(usize, &TokenWithSpan)> = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| !matches!(token.token, Token::Whitespace(_)))
        .collect();
    let mut instead: BTreeMap<usize, Vec<Token>> = BTreeMap::new();
    let mut row_stars = false;
    for (at, window) in (0..words.len()).filter_map(|at| Some((at, words.get(at..)?))) {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let before = before.map(|(_, token)| &token.token);
        row_stars |= dialect == Dialect::Postgres && is_row_star(before, window);
        let (kept, all, tokens) = match pattern(before, window, dialect) {
            None => continue,
            Some(Becomes::Gone { kept, all }) => (kept, all, Vec::new()),
            Some(Becomes::Instead { all, words }) => (0, all, words),
        };
        for (at, _) in window.iter().take(all).skip(kept) {
            instead.insert(*at, Vec::new());
        }
        if let Some((at, _)) = window.first().filter(|_| !tokens.is_empty()) {
            instead.insert(*at, tokens);
        }
    }
    let tokens = match instead.is_empty() {
        true => tokens,
        false => replaced(tokens, instead),
    };
    Adapted { tokens, row_stars }
}

fn replaced(
    tokens: Vec<TokenWithSpan>,
    mut instead: BTreeMap<usize, Vec<Token>>,
) -> Vec<TokenWithSpan> {
    let mut adapted = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.into_iter().enumerate() {
        match instead.remove(&at) {
            None => adapted.push(token),
            Some(words) => {
                let placed = |word| TokenWithSpan::new(word, token.span);
                adapted.extend(words.into_iter().map(placed));
            }
        }
    }
    adapted
}

type Window<'t> = [(usize, &'t TokenWithSpan)];

fn token<'t>(window: &Window<'t>, at: usize) -> Option<&'t Token> {
    window.get(at).map(|(_, token)| &token.token)
}

/// `(t).*`, seen from its name.
fn is_row_star(before: Option<&Token>, window: &Window<'_>) -> bool {
    let name = matches!(token(window, 0), Some(Token::Word(_)));
    let rest = [1, 2, 3].map(|at| token(window, at));
    let [Some(Token::RParen), Some(Token::Period), Some(Token::Mul)] = rest else {
        return false;
    };
    name && matches!(before, Some(Token::LParen))
}

/// A place in the text: the word before it and those from it on.
struct Place<'w, 't> {
    before: Option<&'t Token>,
    window: &'w Window<'t>,
}

impl Place<'_, '_> {
    fn word(&self, at: usize) -> Option<&Word> {
        bare(token(self.window, at)?)
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.word(at)
            .is_some_and(|word| word.value.eq_ignore_ascii_case(text))
    }

    fn opens(&self, at: usize) -> bool {
        matches!(token(self.window, at), Some(Token::LParen))
    }

    fn closes(&self, at: usize) -> bool {
        matches!(token(self.window, at), Some(Token::RParen))
    }

    fn follows_name(&self) -> bool {
        self.before.is_some_and(is_name)
    }
}

fn gone(kept: usize, all: usize) -> Option<Becomes> {
    Some(Becomes::Gone { kept, all })
}

fn instead(words: &[&str]) -> Option<Becomes> {
    Some(Becomes::Instead {
        all: 1,
        words: words.iter().map(|word| Token::make_keyword(word)).collect(),
    })
}

fn pattern<'t>(
    before: Option<&'t Token>,
    window: &Window<'t>,
    dialect: Dialect,
) -> Option<Becomes> {
    let place = Place { before, window };
    let own = match dialect {
        Dialect::Postgres => postgres_signs(before, window).or_else(|| postgres(&place)),
        Dialect::Sqlite => sqlite(&place),
    };
    own.or_else(|| frame(&place))
}

fn postgres(place: &Place<'_, '_>) -> Option<Becomes> {
    match place.word(0)?.keyword {
        // `TABLE t` is `SELECT * FROM t`; the word is reserved.
        Keyword::TABLE if begins_query(place.before) && word_at(place.window, 1) => {
            Some(Becomes::Instead {
                all: 1,
                words: vec![
                    Token::make_keyword("SELECT"),
                    Token::Mul,
                    Token::make_keyword("FROM"),
                ],
            })
        }
        // `trim(BOTH FROM x)`; the words are reserved.
        Keyword::BOTH | Keyword::LEADING | Keyword::TRAILING
            if place.is(1, "from") && place.before == Some(&Token::LParen) =>
        {
            gone(1, 2)
        }
        // The order of the bounds; the word is reserved.
        Keyword::BETWEEN if place.is(1, "symmetric") || place.is(1, "asymmetric") => gone(1, 2),
        // Without the tables that inherit; the word is reserved.
        Keyword::FROM | Keyword::JOIN | Keyword::UPDATE
            if place.is(1, "only") && !place.opens(2) =>
        {
            gone(1, 2)
        }
        // Grouping sets that are equal count once; the word is reserved.
        Keyword::BY if place.is(1, "distinct") => {
            let group = place.before.and_then(bare);
            group
                .is_some_and(|word| word.keyword == Keyword::GROUP)
                .then_some(Becomes::Gone { kept: 1, all: 2 })
        }
        _ => None,
    }
}

fn sqlite(place: &Place<'_, '_>) -> Option<Becomes> {
    match place.word(0)?.keyword {
        Keyword::AS if place.is(1, "materialized") && place.opens(2) => gone(1, 2),
        Keyword::AS if place.is(1, "not") && place.is(2, "materialized") && place.opens(3) => {
            gone(1, 3)
        }
        // Behind a WITH the parser knows no REPLACE; the word stands before INTO nowhere else.
        Keyword::REPLACE if place.is(1, "into") && place.before == Some(&Token::RParen) => {
            instead(&["INSERT", "OR", "REPLACE"])
        }
        // Which index is used; after a name only, since `NOT indexed` may also negate a column.
        Keyword::NOT if place.is(1, "indexed") && place.follows_name() => gone(0, 2),
        _ if place.is(0, "indexed") && place.is(1, "by") && place.follows_name() => {
            place.word(2)?;
            gone(0, 3)
        }
        _ if place.is(0, "isnull") => instead(&["IS", "NULL"]),
        _ if matches!(place.before, Some(Token::RParen)) => table_options(place),
        _ => None,
    }
}

/// The end of a window's frame, which always closes a parenthesis.
fn frame(place: &Place<'_, '_>) -> Option<Becomes> {
    match place.word(0)?.keyword {
        Keyword::ROW | Keyword::PRECEDING | Keyword::FOLLOWING if place.is(1, "exclude") => {
            let two = (place.is(2, "current") && place.is(3, "row"))
                || (place.is(2, "no") && place.is(3, "others"));
            let one = place.is(2, "ties") || place.is(2, "group");
            match (two && place.closes(4), one && place.closes(3)) {
                (true, _) => gone(1, 4),
                (_, true) => gone(1, 3),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What is told by its signs: `(t).*`, `U&"…"` and the escape sign behind a Unicode text.
fn postgres_signs(before: Option<&Token>, window: &Window<'_>) -> Option<Becomes> {
    match token(window, 0)? {
        Token::LParen if is_row_star(Some(&Token::LParen), window.get(1..)?) => {
            Some(Becomes::Instead {
                all: 3,
                words: vec![token(window, 1)?.clone()],
            })
        }
        Token::Word(word) if word.value.eq_ignore_ascii_case("u") => {
            let (name, all) = unicode_name::decoded(window)?;
            Some(Becomes::Instead {
                all,
                words: vec![Token::make_word(&name, Some('"'))],
            })
        }
        Token::Word(word) if word.value.eq_ignore_ascii_case("uescape") => {
            let escapes = matches!(before, Some(Token::UnicodeStringLiteral(_)));
            let sign = matches!(token(window, 1), Some(Token::SingleQuotedString(_)));
            (escapes && sign).then_some(Becomes::Gone { kept: 0, all: 2 })
        }
        _ => None,
    }
}

/// Whether a query may begin behind this, and nothing else that begins with TABLE.
fn begins_query(before: Option<&Token>) -> bool {
    match before {
        None | Some(Token::LParen | Token::RParen) => true,
        Some(token) => bare(token).is_some_and(|word| {
            matches!(
                word.keyword,
                Keyword::UNION
                    | Keyword::EXCEPT
                    | Keyword::INTERSECT
                    | Keyword::ALL
                    | Keyword::EXPLAIN
                    | Keyword::ANALYZE
            )
        }),
    }
}

fn word_at(window: &Window<'_>, at: usize) -> bool {
    matches!(token(window, at), Some(Token::Word(_)))
}

/// Two options of a table, of which the parser reads one.
fn table_options(place: &Place<'_, '_>) -> Option<Becomes> {
    let comma = |at: usize| matches!(token(place.window, at), Some(Token::Comma));
    let is = |at: usize, text: &str| place.is(at, text);
    if is(0, "strict") && comma(1) && is(2, "without") && is(3, "rowid") {
        return gone(0, 2);
    }
    let both = is(0, "without") && is(1, "rowid") && comma(2) && is(3, "strict");
    both.then_some(Becomes::Gone { kept: 2, all: 4 })
}

/// Whether a word stands in any of the patterns where no other word could.
fn may_go(word: &Word) -> bool {
    let known: &[&str] = match word.value.len() {
        4 => &["only", "both"],
        5 => &["table"],
        6 => &["isnull", "strict"],
        7 => &["exclude", "indexed", "leading", "replace", "uescape"],
        8 => &["distinct", "trailing"],
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
