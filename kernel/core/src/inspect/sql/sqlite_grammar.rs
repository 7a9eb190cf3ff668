//! SQLite's grammar where the parser's own dialect falls short of it.
//! Knows nothing of meaning. It only lets more through to the checks behind it.

use std::any::TypeId;

use sqlparser::ast::{BinaryOperator, Expr, Statement};
use sqlparser::dialect::{Dialect, SQLiteDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

/// The parser's SQLite dialect with `a IS b`, `a IS NOT b`, `a NOT GLOB b`, `<<`, `>>` and `INSERT INTO t AS a`.
#[derive(Debug)]
pub(super) struct SqliteGrammar(SQLiteDialect);

impl SqliteGrammar {
    pub(super) const fn new() -> Self {
        Self(SQLiteDialect {})
    }
}

/// How `IS` and `IS NOT` between any two operands stand in the tree.
pub(super) const IS: &str = "IS";
pub(super) const IS_NOT: &str = "IS NOT";
/// How `NOT GLOB` does.
pub(super) const NOT_GLOB: &str = "NOT GLOB";

/// What follows IS where the parser knows the whole of it.
const KNOWN: &[Keyword] = &[
    Keyword::NULL,
    Keyword::TRUE,
    Keyword::FALSE,
    Keyword::UNKNOWN,
    Keyword::DISTINCT,
];

impl Dialect for SqliteGrammar {
    /// The parser asks for the dialect's type in places.
    fn dialect(&self) -> TypeId {
        TypeId::of::<SQLiteDialect>()
    }

    fn parse_infix(
        &self,
        parser: &mut Parser,
        expr: &Expr,
        precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        let Token::Word(word) = &parser.peek_token_ref().token else {
            return None;
        };
        if word.keyword == Keyword::NOT && is_keyword(parser, 1, Keyword::GLOB) {
            parser.advance_token();
            parser.advance_token();
            return Some(
                parser
                    .parse_subexpr(precedence)
                    .map(|right| Expr::BinaryOp {
                        left: Box::new(expr.clone()),
                        op: BinaryOperator::Custom(NOT_GLOB.to_owned()),
                        right: Box::new(right),
                    }),
            );
        }
        if word.keyword != Keyword::IS {
            return self.0.parse_infix(parser, expr, precedence);
        }
        let negated = is_keyword(parser, 1, Keyword::NOT);
        let operand = if negated { 2 } else { 1 };
        if KNOWN
            .iter()
            .any(|known| is_keyword(parser, operand, *known))
        {
            return None;
        }
        for _ in 0..operand {
            parser.advance_token();
        }
        let operator = if negated { IS_NOT } else { IS };
        Some(
            parser
                .parse_subexpr(precedence)
                .map(|right| Expr::BinaryOp {
                    left: Box::new(expr.clone()),
                    op: BinaryOperator::Custom(operator.to_owned()),
                    right: Box::new(right),
                }),
        )
    }

    fn supports_bitwise_shift_operators(&self) -> bool {
        true
    }

    fn supports_insert_table_alias(&self) -> bool {
        true
    }

    // Everything else is the parser's SQLite dialect.

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        self.0.is_delimited_identifier_start(ch)
    }

    fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
        self.0.identifier_quote_style(identifier)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        self.0.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        self.0.is_identifier_part(ch)
    }

    fn parse_statement(&self, parser: &mut Parser) -> Option<Result<Statement, ParserError>> {
        self.0.parse_statement(parser)
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        self.0.supports_filter_during_aggregation()
    }

    fn supports_start_transaction_modifier(&self) -> bool {
        self.0.supports_start_transaction_modifier()
    }

    fn supports_in_empty_list(&self) -> bool {
        self.0.supports_in_empty_list()
    }

    fn supports_limit_comma(&self) -> bool {
        self.0.supports_limit_comma()
    }

    fn supports_asc_desc_in_column_definition(&self) -> bool {
        self.0.supports_asc_desc_in_column_definition()
    }

    fn supports_dollar_placeholder(&self) -> bool {
        self.0.supports_dollar_placeholder()
    }

    fn supports_notnull_operator(&self) -> bool {
        self.0.supports_notnull_operator()
    }

    fn supports_comma_separated_trim(&self) -> bool {
        self.0.supports_comma_separated_trim()
    }

    fn supports_numeric_literal_underscores(&self) -> bool {
        self.0.supports_numeric_literal_underscores()
    }
}

fn is_keyword(parser: &Parser, ahead: usize, keyword: Keyword) -> bool {
    matches!(&parser.peek_nth_token_ref(ahead).token, Token::Word(word) if word.keyword == keyword)
}
