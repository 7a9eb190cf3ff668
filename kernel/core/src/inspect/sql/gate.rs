//! The gate before any fact: one whole statement of the engine's own dialect, or a refusal.
//! Knows nothing of the catalogue.

use sqlparser::ast::Statement;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer, Whitespace};

use super::adapt::{Adapted, adapt};
use super::refusal::{self as why, SqlRefusal};
use super::source_text::SourceText;
use super::{Dialect, plain, printed, words};
use crate::limits;

/// A text that did not pass, with as much of it as could be read.
pub(super) struct Rejected {
    /// Why.
    pub(super) refusal: SqlRefusal,
    /// What the parser made of it.
    pub(super) statements: Vec<Statement>,
    /// Its tokens.
    pub(super) tokens: Vec<TokenWithSpan>,
}

impl Rejected {
    fn bare(refusal: SqlRefusal) -> Self {
        Self::unparsed(refusal, Vec::new())
    }

    fn unparsed(refusal: SqlRefusal, tokens: Vec<TokenWithSpan>) -> Self {
        Self {
            refusal,
            statements: Vec::new(),
            tokens,
        }
    }
}

/// One whole statement, and its text where the engine names columns after it.
pub(super) struct Admitted<'s> {
    /// The statement.
    pub(super) statement: Statement,
    /// What its select lists say.
    pub(super) text: SourceText<'s>,
}

/// Admits exactly one whole statement.
pub(super) fn admit(sql: &str, dialect: Dialect) -> Result<Admitted<'_>, Rejected> {
    if sql.len() > limits::SQL_BYTES_MAX {
        return Err(Rejected::bare(why::TOO_LONG));
    }
    if has_control(sql) {
        return Err(Rejected::bare(why::CONTROL_CHARACTER));
    }
    let Adapted {
        mut tokens,
        row_stars,
    } = adapt(tokens(sql, dialect).map_err(Rejected::bare)?, dialect);
    if words::chain_depth(&tokens) > limits::SQL_CHAIN_MAX
        || words::frame_depth(&tokens) > limits::SQL_FRAME_DEPTH_MAX
    {
        return Err(Rejected::unparsed(why::TOO_DEEP, tokens));
    }
    if let Err(refusal) = check_tokens(&tokens, dialect) {
        return Err(Rejected::unparsed(refusal, tokens));
    }
    // Only SQLite names columns after their text.
    let places = match dialect {
        Dialect::Sqlite => tokens.iter().map(|token| token.span.start).collect(),
        Dialect::Postgres => Vec::new(),
    };
    number(&mut tokens);
    let (parsed, tokens) = parse(tokens, dialect);
    let (mut statements, whole) = match parsed {
        Ok(parsed) => parsed,
        Err(refusal) => return Err(Rejected::unparsed(refusal, tokens)),
    };
    match one(&mut statements, whole, &tokens, dialect) {
        Ok(statement) => Ok(Admitted {
            statement,
            text: SourceText::new(sql, tokens, places, row_stars),
        }),
        Err(refusal) => Err(Rejected {
            refusal,
            statements,
            tokens,
        }),
    }
}

/// Whether a control character other than tabs and ends of lines stands in the text.
fn has_control(sql: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    match sql.bytes().all(plain) {
        true => false,
        false => sql
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')),
    }
}

pub(super) fn tokens(sql: &str, dialect: Dialect) -> Result<Vec<TokenWithSpan>, SqlRefusal> {
    let tokens = match plain::tokens(sql) {
        Some(tokens) => tokens,
        None => Tokenizer::new(dialect.grammar(), sql)
            .tokenize_with_location()
            .map_err(|_| why::UNREADABLE)?,
    };
    let words = tokens
        .iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_)));
    if words.count() > limits::SQL_TOKENS_MAX {
        return Err(why::TOO_MANY_TOKENS);
    }
    Ok(tokens)
}

/// Takes the one statement that there is, if it is whole and says all that the text says.
fn one(
    statements: &mut Vec<Statement>,
    whole: bool,
    tokens: &[TokenWithSpan],
    dialect: Dialect,
) -> Result<Statement, SqlRefusal> {
    // `SELECT 1 END; DROP TABLE t` is one SELECT to the parser, which stops at END and says so to nobody.
    if !whole || statements.len() > 1 {
        return Err(why::MORE_THAN_ONE);
    }
    let Some(statement) = statements.first() else {
        return Err(why::NO_STATEMENT);
    };
    // COPY … FROM STDIN swallows what follows as data.
    if matches!(statement, Statement::Copy { .. }) {
        return Err(why::FILES);
    }
    if !survives_printing(statement, tokens, dialect) {
        return Err(why::NOT_STABLE);
    }
    statements.pop().ok_or(why::NO_STATEMENT)
}

type Parsed = Result<(Vec<Statement>, bool), SqlRefusal>;

/// What the parser makes of the tokens, and the tokens back.
fn parse(tokens: Vec<TokenWithSpan>, dialect: Dialect) -> (Parsed, Vec<TokenWithSpan>) {
    let mut parser = Parser::new(dialect.grammar())
        .with_recursion_limit(limits::SQL_DEPTH_MAX)
        .with_tokens_with_locations(tokens);
    let parsed = parser.parse_statements().map_err(|fault| match fault {
        sqlparser::parser::ParserError::RecursionLimitExceeded => why::TOO_DEEP,
        _ => why::UNREADABLE,
    });
    let whole = parser.peek_token_ref().token == Token::EOF;
    let parsed = parsed.map(|statements| (statements, whole));
    (parsed, parser.into_tokens())
}

/// Locates each token by its number, which is how a select list finds its text again.
fn number(tokens: &mut [TokenWithSpan]) {
    for (token, column) in tokens.iter_mut().zip(0_u64..) {
        let at = Location { line: 1, column };
        token.span = Span::new(at, at);
    }
}

/// Tokens that the engine and the parser could read in two ways are not read at all.
fn check_tokens(tokens: &[TokenWithSpan], dialect: Dialect) -> Result<(), SqlRefusal> {
    let postgres = dialect == Dialect::Postgres;
    let mut before: Option<&Token> = None;
    for TokenWithSpan { token, span: _ } in tokens {
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
            Token::UnicodeStringLiteral(_) if postgres => {}
            // U&"…" that could not be decoded names a column; the parser sees U & "…".
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
///
/// Where the printed text is the same tokens in the same order, both hold without parsing it again.
fn survives_printing(statement: &Statement, tokens: &[TokenWithSpan], dialect: Dialect) -> bool {
    let printed = statement.to_string();
    if printed::says(&printed, tokens) {
        return true;
    }
    let Ok(again) = Tokenizer::new(dialect.grammar(), &printed).tokenize_with_location() else {
        return false;
    };
    if !words::balanced(tokens, &again) {
        return false;
    }
    matches!(parse(again, dialect).0, Ok((statements, true)) if statements.as_slice() == std::slice::from_ref(statement))
}
