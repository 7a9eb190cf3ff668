//! The engines whose SQL can be read.
//! Knows nothing of statements.

use sqlparser::ast::Ident;
use sqlparser::dialect::{Dialect as ParserDialect, PostgreSqlDialect};

use super::sqlite_grammar::SqliteGrammar;

static SQLITE: SqliteGrammar = SqliteGrammar::new();

/// The engine that will run the text. Reading with another engine's grammar is a bypass
/// (`SELECT 1 /* /* */ ; DROP TABLE t; -- */`), so there is no generic dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.40 and later.
    Sqlite,
    /// PostgreSQL 15 and later.
    Postgres,
}

impl Dialect {
    /// Reads `sqlite` or `postgres`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "sqlite" => Some(Self::Sqlite),
            "postgres" => Some(Self::Postgres),
            _ => None,
        }
    }

    /// The schema that unqualified names live in.
    #[must_use]
    pub fn schema(self) -> &'static str {
        match self {
            Self::Sqlite => "main",
            Self::Postgres => "public",
        }
    }

    /// The parser's grammar for this engine.
    pub(super) fn grammar(self) -> &'static dyn ParserDialect {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Postgres => &PostgreSqlDialect {},
        }
    }

    /// A name as the engine compares it. Both fold ASCII alone; PostgreSQL leaves quoted names be and
    /// cuts every name to 63 bytes, so that names which differ later are the same to it.
    pub(super) fn fold(self, ident: &Ident) -> String {
        match (self, ident.quote_style) {
            (Self::Sqlite, _) => ident.value.to_ascii_lowercase(),
            (Self::Postgres, None) => cut(&ident.value).to_ascii_lowercase(),
            (Self::Postgres, Some(_)) => cut(&ident.value).to_owned(),
        }
    }

    /// Whether a name is as the engine compares it already.
    pub(super) fn folded(self, ident: &Ident) -> bool {
        let name = &ident.value;
        let lower = || !name.bytes().any(|byte| byte.is_ascii_uppercase());
        match (self, ident.quote_style) {
            (Self::Sqlite, _) => lower(),
            (Self::Postgres, quoted) => name.len() <= 63 && (quoted.is_some() || lower()),
        }
    }

    /// Whether a folded name means the name that the engine holds.
    pub(super) fn same(self, folded: &str, held: &str) -> bool {
        match self {
            Self::Sqlite => folded.eq_ignore_ascii_case(held),
            Self::Postgres => folded == held,
        }
    }
}

/// PostgreSQL's `NAMEDATALEN - 1`, at a character's boundary.
fn cut(name: &str) -> &str {
    name.get(..name.floor_char_boundary(63)).unwrap_or(name)
}
