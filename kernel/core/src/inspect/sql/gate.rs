//! The gate before any fact: one whole statement of the engine's own dialect, or a refusal.
//! Knows nothing of the catalogue.

use sqlparser::ast::Statement;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer, Whitespace};

use super::adapt::adapt;
use super::refusal::{self as why, SqlRefusal};
use super::source_text::SourceText;
use super::{Dialect, words};
use crate::limits;

/// A text that did not pass, with as much of it as could be read.
pub(super) struct Rejected {
    /// Why.
    pub(super) refusal: SqlRefusal,
    /// What the parser made of it.
    pub(super) statements: Vec<Statement>,
    /// Its tokens.
    pub(super) tokens: Vec<Token>,
}

impl Rejected {
    fn bare(refusal: SqlRefusal) -> Self {
        Self {
            refusal,
            statements: Vec::new(),
            tokens: Vec::new(),
        }
    }
}

/// One whole statement, and its text where the engine names columns after it.
pub(super) struct Admitted {
    /// The statement.
    pub(super) statement: Statement,
    /// What its select lists say.
    pub(super) text: SourceText,
}

/// Admits exactly one whole statement.
pub(super) fn admit(sql: &str, dialect: Dialect) -> Result<Admitted, Rejected> {
    if sql.len() > limits::SQL_BYTES_MAX {
        return Err(Rejected::bare(why::TOO_LONG));
    }
    if sql
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
    {
        return Err(Rejected::bare(why::CONTROL_CHARACTER));
    }
    let located = adapt(tokens(sql, dialect).map_err(Rejected::bare)?, dialect);
    let tokens: Vec<Token> = located.iter().map(|token| token.token.clone()).collect();
    match admit_tokens(&tokens, dialect) {
        Ok(statement) => Ok(Admitted {
            statement,
            text: match dialect {
                Dialect::Sqlite => SourceText::new(sql, &located),
                Dialect::Postgres => SourceText::default(),
            },
        }),
        Err((refusal, statements)) => Err(Rejected {
            refusal,
            statements,
            tokens,
        }),
    }
}

fn tokens(sql: &str, dialect: Dialect) -> Result<Vec<TokenWithSpan>, SqlRefusal> {
    let tokens = Tokenizer::new(dialect.grammar(), sql)
        .tokenize_with_location()
        .map_err(|_| why::UNREADABLE)?;
    let words = tokens
        .iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_)));
    if words.count() > limits::SQL_TOKENS_MAX {
        return Err(why::TOO_MANY_TOKENS);
    }
    Ok(tokens)
}

type Refused = (SqlRefusal, Vec<Statement>);

fn admit_tokens(tokens: &[Token], dialect: Dialect) -> Result<Statement, Refused> {
    let bare = |refusal| (refusal, Vec::new());
    if words::chain_depth(tokens) > limits::SQL_CHAIN_MAX
        || words::frame_depth(tokens) > limits::SQL_FRAME_DEPTH_MAX
    {
        return Err(bare(why::TOO_DEEP));
    }
    check_tokens(tokens, dialect).map_err(bare)?;
    let (mut statements, whole) = parse(tokens.to_vec(), dialect).map_err(bare)?;
    // `SELECT 1 END; DROP TABLE t` is one SELECT to the parser, which stops at END and says so to nobody.
    if !whole || statements.len() > 1 {
        return Err((why::MORE_THAN_ONE, statements));
    }
    let Some(statement) = statements.pop() else {
        return Err(bare(why::NO_STATEMENT));
    };
    // COPY … FROM STDIN swallows what follows as data.
    if matches!(statement, Statement::Copy { .. }) {
        return Err((why::FILES, vec![statement]));
    }
    match survives_printing(&statement, tokens, dialect) {
        true => Ok(statement),
        false => Err((why::NOT_STABLE, vec![statement])),
    }
}

fn parse(tokens: Vec<Token>, dialect: Dialect) -> Result<(Vec<Statement>, bool), SqlRefusal> {
    let mut parser = Parser::new(dialect.grammar())
        .with_recursion_limit(limits::SQL_DEPTH_MAX)
        .with_tokens_with_locations(numbered(tokens));
    let statements = parser.parse_statements().map_err(|fault| match fault {
        sqlparser::parser::ParserError::RecursionLimitExceeded => why::TOO_DEEP,
        _ => why::UNREADABLE,
    })?;
    let whole = parser.peek_token_ref().token == Token::EOF;
    Ok((statements, whole))
}

/// Each token located by its number, which is how a select list finds its text again.
fn numbered(tokens: Vec<Token>) -> Vec<TokenWithSpan> {
    tokens
        .into_iter()
        .zip(0_u64..)
        .map(|(token, column)| {
            let at = Location { line: 1, column };
            TokenWithSpan::new(token, Span::new(at, at))
        })
        .collect()
}

/// Tokens that the engine and the parser could read in two ways are not read at all.
fn check_tokens(tokens: &[Token], dialect: Dialect) -> Result<(), SqlRefusal> {
    let postgres = dialect == Dialect::Postgres;
    let mut before: Option<&Token> = None;
    for token in tokens {
        match token {
            Token::Word(word) => {
                let unquoted = word.quote_style.is_none();
                if unquoted && !word.value.chars().all(is_word_part) {
                    return Err(why::UNREADABLE);
                }
            }
            // A carriage return ends a comment in PostgreSQL and not in the parser.
            Token::Whitespace(Whitespace::SingleLineComment { comment, .. })
                if postgres && comment.trim_end_matches(['\r', '\n']).contains('\r') =>
            {
                return Err(why::UNREADABLE);
            }
            Token::Whitespace(Whitespace::MultiLineComment(comment))
                if comment.matches("/*").count() > limits::SQL_COMMENT_DEPTH_MAX =>
            {
                return Err(why::COMMENT_DEPTH);
            }
            Token::SingleQuotedString(_) | Token::Number(..) => {}
            Token::HexStringLiteral(_) if !postgres => {}
            Token::EscapedStringLiteral(_) | Token::DollarQuotedString(_) if postgres => {}
            // A string of bits.
            Token::SingleQuotedByteStringLiteral(bits)
                if postgres && bits.bytes().all(|bit| matches!(bit, b'0' | b'1')) => {}
            // U&"…" names a column by code points; the parser sees U & "…".
            Token::Ampersand if postgres => {
                if matches!(before, Some(Token::Word(word)) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("u"))
                {
                    return Err(why::ODD_LITERAL);
                }
            }
            other if is_literal(other) => return Err(why::ODD_LITERAL),
            _ => {}
        }
        before = Some(token);
    }
    Ok(())
}

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '@')
}

/// Literals other than the plain ones: prefixed, raw, triple-quoted.
fn is_literal(token: &Token) -> bool {
    matches!(
        token,
        Token::Char(_)
            | Token::DoubleQuotedString(_)
            | Token::TripleSingleQuotedString(_)
            | Token::TripleDoubleQuotedString(_)
            | Token::DollarQuotedString(_)
            | Token::SingleQuotedByteStringLiteral(_)
            | Token::DoubleQuotedByteStringLiteral(_)
            | Token::TripleSingleQuotedByteStringLiteral(_)
            | Token::TripleDoubleQuotedByteStringLiteral(_)
            | Token::SingleQuotedRawStringLiteral(_)
            | Token::DoubleQuotedRawStringLiteral(_)
            | Token::TripleSingleQuotedRawStringLiteral(_)
            | Token::TripleDoubleQuotedRawStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::QuoteDelimitedStringLiteral(_)
            | Token::NationalQuoteDelimitedStringLiteral(_)
            | Token::EscapedStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::HexStringLiteral(_)
    )
}

/// `parse(print(ast)) == ast`, and every name and literal of the text is still there. This is where a
/// literal that the printer would turn into a DROP, and a token that the parser dropped, come to light.
fn survives_printing(statement: &Statement, tokens: &[Token], dialect: Dialect) -> bool {
    let printed = statement.to_string();
    let Ok(again) = Tokenizer::new(dialect.grammar(), &printed).tokenize() else {
        return false;
    };
    if !words::balanced(tokens, &again) {
        return false;
    }
    matches!(parse(again, dialect), Ok((statements, true)) if statements.as_slice() == std::slice::from_ref(statement))
}
