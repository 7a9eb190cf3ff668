//! Operators that may stand in an expression.
//! Knows nothing of operands.

use sqlparser::ast::{BinaryOperator as Op, UnaryOperator};

use super::{Lower, Lowered, why};
use crate::inspect::sql::sqlite_grammar::{IS, IS_NOT, NOT_GLOB};

impl Lower<'_> {
    pub(super) fn unary(&self, op: UnaryOperator) -> Lowered<()> {
        match op {
            UnaryOperator::Plus
            | UnaryOperator::Minus
            | UnaryOperator::Not
            | UnaryOperator::BitwiseNot => Ok(()),
            UnaryOperator::PGAbs | UnaryOperator::PGCubeRoot | UnaryOperator::PGSquareRoot
                if !self.sqlite() =>
            {
                Ok(())
            }
            _ => Err(why::OPERATOR),
        }
    }

    /// Built-in operators only: an operator of someone's own is a function of theirs.
    pub(super) fn operator(&self, op: &Op) -> Lowered<()> {
        let known = match op {
            Op::Plus
            | Op::Minus
            | Op::Multiply
            | Op::Divide
            | Op::Modulo
            | Op::StringConcat
            | Op::Gt
            | Op::Lt
            | Op::GtEq
            | Op::LtEq
            | Op::Eq
            | Op::NotEq
            | Op::And
            | Op::Or
            | Op::BitwiseOr
            | Op::BitwiseAnd
            | Op::PGBitwiseShiftLeft
            | Op::PGBitwiseShiftRight
            | Op::Arrow
            | Op::LongArrow => true,
            Op::Glob => self.sqlite(),
            Op::Custom(word) if self.sqlite() => [IS, IS_NOT, NOT_GLOB].contains(&word.as_str()),
            Op::Custom(word) => BUILT_IN.contains(&word.as_str()),
            Op::BitwiseXor
            | Op::PGBitwiseXor
            | Op::PGExp
            | Op::PGOverlap
            | Op::PGRegexMatch
            | Op::PGRegexIMatch
            | Op::PGRegexNotMatch
            | Op::PGRegexNotIMatch
            | Op::PGLikeMatch
            | Op::PGILikeMatch
            | Op::PGNotLikeMatch
            | Op::PGNotILikeMatch
            | Op::PGStartsWith
            | Op::HashArrow
            | Op::HashLongArrow
            | Op::AtArrow
            | Op::ArrowAt
            | Op::HashMinus
            | Op::Question
            | Op::QuestionAnd
            | Op::QuestionPipe
            | Op::AtAt
            | Op::AtQuestion
            | Op::Overlaps => !self.sqlite(),
            other => !self.sqlite() && is_geometric(other),
        };
        match known {
            true => Ok(()),
            false => Err(why::OPERATOR),
        }
    }
}

fn is_geometric(op: &Op) -> bool {
    matches!(
        op,
        Op::DoubleHash
            | Op::LtDashGt
            | Op::AndLt
            | Op::AndGt
            | Op::LtLtPipe
            | Op::PipeGtGt
            | Op::AndLtPipe
            | Op::PipeAndGt
            | Op::LtCaret
            | Op::GtCaret
            | Op::QuestionHash
            | Op::QuestionDash
            | Op::QuestionDashPipe
            | Op::QuestionDoublePipe
            | Op::TildeEq
    )
}

/// Built-in operators that the parser has no word for, of ranges, networks, texts and rows.
const BUILT_IN: &[&str] = &[
    "-|-", "<<=", ">>=", "@@@", "~<~", "~<=~", "~>~", "~>=~", "*=", "*<>",
];
