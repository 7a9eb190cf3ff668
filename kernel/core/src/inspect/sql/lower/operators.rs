//! Operators that may stand in an expression.
//! Knows nothing of operands.

use sqlparser::ast::{BinaryOperator as Op, UnaryOperator};

use super::{Lower, Lowered, why};
use crate::inspect::sql::sqlite_grammar::{IS, IS_NOT};

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
            Op::Custom(word) => self.sqlite() && (word == IS || word == IS_NOT),
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
            _ => false,
        };
        match known {
            true => Ok(()),
            false => Err(why::OPERATOR),
        }
    }
}
