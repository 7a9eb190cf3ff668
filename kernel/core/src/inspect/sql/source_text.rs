//! The text of each entry of each select list: SQLite names a column without an alias after it.
//! Knows nothing of grammar beyond where lists begin and end; a wrong end is a wrong name and no more.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

/// Where the entries of the select lists of one text stand; looked for when one is first asked for.
#[derive(Default)]
pub(super) struct SourceText<'s> {
    sql: &'s str,
    tokens: Vec<TokenWithSpan>,
    /// Where each token began before it was numbered.
    places: Vec<Location>,
    /// Whether some `t.*` of the tree was written `(t).*`.
    row_stars: bool,
    lists: OnceCell<Lists>,
}

type Lists = BTreeMap<usize, Vec<Range<usize>>>;

/// RETURNING has no token in the tree; there is one at most.
const RETURNING: usize = usize::MAX;

struct Open {
    key: usize,
    depth: usize,
    begun: Option<usize>,
    entries: Vec<Range<usize>>,
}

impl<'s> SourceText<'s> {
    /// The text, its tokens, and where each of them begins.
    pub(super) fn new(
        sql: &'s str,
        tokens: Vec<TokenWithSpan>,
        places: Vec<Location>,
        row_stars: bool,
    ) -> Self {
        Self {
            sql,
            tokens,
            places,
            row_stars,
            lists: OnceCell::new(),
        }
    }

    /// Whether a `t.*` of the tree may have been `(t).*`.
    pub(super) fn has_row_stars(&self) -> bool {
        self.row_stars
    }

    fn lists(&self) -> Lists {
        let starts = starts(self.sql, &self.places);
        let mut lists = BTreeMap::new();
        let mut open: Vec<Open> = Vec::new();
        let mut depth = 0_usize;
        let mut before = Keyword::NoKeyword;
        for (at, (token, start)) in self.tokens.iter().zip(&starts).enumerate() {
            let word = match &token.token {
                Token::Whitespace(_) => continue,
                Token::Word(word) if word.quote_style.is_none() => word.keyword,
                _ => Keyword::NoKeyword,
            };
            let closes = match &token.token {
                Token::RParen => {
                    depth = depth.saturating_sub(1);
                    open.last().is_some_and(|list| list.depth > depth)
                }
                Token::SemiColon => true,
                _ => ends_list(word, before) && open.last().is_some_and(|l| l.depth == depth),
            };
            if closes && let Some(list) = open.pop() {
                let (key, entries) = list.closed(*start);
                lists.insert(key, entries);
            }
            let first =
                matches!(word, Keyword::DISTINCT | Keyword::ALL) && before == Keyword::SELECT;
            match (word, open.last_mut()) {
                (Keyword::SELECT, _) => open.push(Open::new(at, depth)),
                (Keyword::RETURNING, _) if depth == 0 => open.push(Open::new(RETURNING, depth)),
                (_, Some(list)) if list.depth == depth && !first => match &token.token {
                    Token::Comma => list.end(*start),
                    _ => list.begun = list.begun.or(Some(*start)),
                },
                _ => {}
            }
            if matches!(token.token, Token::LParen) {
                depth += 1;
            }
            before = word;
        }
        for list in open {
            let (key, entries) = list.closed(self.sql.len());
            lists.insert(key, entries);
        }
        lists
    }

    /// The text of an entry of the select list that begins at this token; of RETURNING without one.
    pub(super) fn entry(&self, select: Option<usize>, at: usize) -> Option<&str> {
        let lists = self.lists.get_or_init(|| self.lists());
        let range = lists.get(&select.unwrap_or(RETURNING))?.get(at)?;
        self.sql.get(range.clone()).map(str::trim)
    }
}

impl Open {
    fn new(key: usize, depth: usize) -> Self {
        Self {
            key,
            depth,
            begun: None,
            entries: Vec::new(),
        }
    }

    fn end(&mut self, at: usize) {
        if let Some(begun) = self.begun.take() {
            self.entries.push(begun..at);
        }
    }

    fn closed(mut self, at: usize) -> (usize, Vec<Range<usize>>) {
        self.end(at);
        (self.key, self.entries)
    }
}

fn ends_list(word: Keyword, before: Keyword) -> bool {
    match word {
        Keyword::FROM => before != Keyword::DISTINCT,
        Keyword::WHERE
        | Keyword::GROUP
        | Keyword::HAVING
        | Keyword::WINDOW
        | Keyword::ORDER
        | Keyword::LIMIT
        | Keyword::UNION
        | Keyword::EXCEPT
        | Keyword::INTERSECT => true,
        _ => false,
    }
}

/// Where each token begins, in bytes; the tokenizer counts lines and characters.
pub(super) fn starts(sql: &str, places: &[Location]) -> Vec<usize> {
    let mut starts = Vec::with_capacity(places.len());
    let mut chars = sql.char_indices();
    let (mut line, mut column, mut byte) = (1, 1, 0);
    for wanted in places {
        while (line, column) < (wanted.line, wanted.column) {
            let Some((at, c)) = chars.next() else { break };
            byte = at + c.len_utf8();
            (line, column) = match c {
                '\n' => (line + 1, 1),
                _ => (line, column + 1),
            };
        }
        starts.push(byte);
    }
    starts
}
