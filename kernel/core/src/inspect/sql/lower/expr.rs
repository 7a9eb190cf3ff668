//! Expressions into our form.
//! Knows nothing of names' meaning.

use sqlparser::ast::{
    AccessExpr, Array, BinaryOperator as Op, CaseWhen, CeilFloorKind, Expr as Ast, Interval,
    Subscript, TypedString, UnaryOperator, Value, ValueWithSpan,
};

use super::{Lower, Lowered, absent, why};
use crate::inspect::sql::form::{Expr, Path};

impl Lower<'_> {
    pub(super) fn exprs<'a>(
        &mut self,
        exprs: impl IntoIterator<Item = &'a Ast>,
    ) -> Lowered<Vec<Expr>> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    pub(super) fn optional(&mut self, expr: Option<&Ast>) -> Lowered<Option<Expr>> {
        expr.map(|expr| self.expr(expr)).transpose()
    }

    /// Walks along the left side in a loop: `a || b || c …` nests to the left and costs no stack here.
    pub(super) fn expr(&mut self, expr: &Ast) -> Lowered<Expr> {
        if let Some(apart) = self.scoping(expr)? {
            return Ok(apart);
        }
        let mut parts = Vec::new();
        let mut cursor = expr;
        while let Some(left) = self.left(cursor, &mut parts)? {
            cursor = left;
        }
        let leaf = self.leaf(cursor)?;
        if std::ptr::eq(cursor, expr) || (parts.is_empty() && only_parentheses(expr, cursor)) {
            return Ok(leaf);
        }
        parts.push(leaf);
        Ok(Expr::Mix(parts))
    }

    /// The three forms that scoping is proven on.
    fn scoping(&mut self, expr: &Ast) -> Lowered<Option<Expr>> {
        match unnest(expr) {
            Ast::BinaryOp { op: Op::And, .. } => {
                let mut conjuncts = Vec::new();
                let mut cursor = unnest(expr);
                while let Ast::BinaryOp {
                    left,
                    op: Op::And,
                    right,
                } = cursor
                {
                    conjuncts.push(self.expr(right)?);
                    cursor = unnest(left);
                }
                conjuncts.push(self.expr(cursor)?);
                Ok(Some(Expr::And(conjuncts)))
            }
            Ast::BinaryOp {
                left,
                op: Op::Eq,
                right,
            } if is_leaf(left) && is_leaf(right) => Ok(Some(Expr::Equal(
                Box::new(self.expr(left)?),
                Box::new(self.expr(right)?),
            ))),
            Ast::InList {
                expr,
                list,
                negated: false,
            } if is_leaf(expr) => Ok(Some(Expr::InList(
                Box::new(self.expr(expr)?),
                self.exprs(list)?,
            ))),
            _ => Ok(None),
        }
    }

    /// Takes off everything but the leftmost operand; `None` where there is no operand to go on with.
    fn left<'a>(&mut self, expr: &'a Ast, parts: &mut Vec<Expr>) -> Lowered<Option<&'a Ast>> {
        Ok(Some(match expr {
            Ast::IsDistinctFrom(left, right) | Ast::IsNotDistinctFrom(left, right) => {
                parts.push(self.expr(right)?);
                left
            }
            Ast::BinaryOp { left, op, right } => {
                self.operator(op)?;
                parts.push(self.expr(right)?);
                left
            }
            Ast::UnaryOp { op, expr } => {
                self.unary(*op)?;
                expr
            }
            Ast::InList {
                expr,
                list,
                negated: _,
            } => {
                parts.extend(self.exprs(list)?);
                expr
            }
            Ast::Between {
                expr,
                negated: _,
                low,
                high,
            } => {
                parts.push(self.expr(low)?);
                parts.push(self.expr(high)?);
                expr
            }
            Ast::Cast {
                kind,
                expr,
                data_type,
                format,
            } => {
                self.cast(kind, format.is_none())?;
                self.data_type(data_type)?;
                expr
            }
            Ast::AtTimeZone {
                timestamp,
                time_zone,
            } => {
                parts.push(self.expr(time_zone)?);
                timestamp
            }
            Ast::Collate { expr, collation } => {
                self.path(collation)?;
                expr
            }
            Ast::CompoundFieldAccess { root, access_chain } => {
                self.subscripts(access_chain, parts)?;
                root
            }
            other => return self.pattern(other, parts),
        }))
    }

    /// The pattern matches, and tests of one operand.
    fn pattern<'a>(&mut self, expr: &'a Ast, parts: &mut Vec<Expr>) -> Lowered<Option<&'a Ast>> {
        Ok(Some(match expr {
            // `LIKE ANY (…)` is PostgreSQL's.
            Ast::Like {
                negated: _,
                any,
                expr,
                pattern,
                escape_char,
            }
            | Ast::ILike {
                negated: _,
                any,
                expr,
                pattern,
                escape_char,
            } if !(*any && self.sqlite()) => {
                parts.push(self.expr(pattern)?);
                parts.extend(self.optional(escape_char.as_deref())?);
                expr
            }
            Ast::SimilarTo {
                negated: _,
                expr,
                pattern,
                escape_char,
            } => {
                parts.push(self.expr(pattern)?);
                parts.extend(self.optional(escape_char.as_deref())?);
                expr
            }
            Ast::Nested(inner)
            | Ast::IsFalse(inner)
            | Ast::IsNotFalse(inner)
            | Ast::IsTrue(inner)
            | Ast::IsNotTrue(inner)
            | Ast::IsNull(inner)
            | Ast::IsNotNull(inner)
            | Ast::IsUnknown(inner)
            | Ast::IsNotUnknown(inner) => inner,
            _ => return Ok(None),
        }))
    }

    fn cast(&self, kind: &sqlparser::ast::CastKind, plain: bool) -> Lowered<()> {
        use sqlparser::ast::CastKind;
        match kind {
            CastKind::Cast => absent(&[plain]),
            // SQLite lexes `$a::b` as one parameter.
            CastKind::DoubleColon => absent(&[plain, !self.sqlite()]),
            CastKind::TryCast | CastKind::SafeCast => Err(why::SYNTAX),
        }
    }

    /// `(c).email`, `a[1]`, `a[1:2]`: everything in the base, whatever is taken from it.
    fn subscripts(&mut self, chain: &[AccessExpr], parts: &mut Vec<Expr>) -> Lowered<()> {
        absent(&[!self.sqlite()])?;
        for access in chain {
            match access {
                AccessExpr::Dot(Ast::Identifier(_)) => {}
                AccessExpr::Dot(_) => return Err(why::SYNTAX),
                AccessExpr::Subscript(Subscript::Index { index }) => parts.push(self.expr(index)?),
                AccessExpr::Subscript(Subscript::Slice {
                    lower_bound,
                    upper_bound,
                    stride,
                }) => {
                    for bound in [lower_bound, upper_bound, stride].into_iter().flatten() {
                        parts.push(self.expr(bound)?);
                    }
                }
            }
        }
        Ok(())
    }

    fn leaf(&mut self, expr: &Ast) -> Lowered<Expr> {
        match expr {
            Ast::Identifier(ident) => Ok(Expr::Column(Path(vec![self.name(ident)?]))),
            Ast::CompoundIdentifier(idents) => Ok(Expr::Column(Path(self.names(idents)?))),
            Ast::Value(value) => self.value(value),
            Ast::TypedString(TypedString {
                data_type,
                value,
                uses_odbc_syntax,
            }) => {
                absent(&[!uses_odbc_syntax, !self.sqlite()])?;
                self.data_type(data_type)?;
                self.value(value)?;
                Ok(Expr::Constant(None))
            }
            Ast::Function(function) => self.function(function),
            Ast::Case {
                case_token: _,
                end_token: _,
                operand,
                conditions,
                else_result,
            } => self.case(operand.as_deref(), conditions, else_result.as_deref()),
            Ast::Exists {
                subquery,
                negated: _,
            } => Ok(Expr::Exists(Box::new(self.query(subquery)?))),
            Ast::Subquery(query) => Ok(Expr::Subquery(Box::new(self.query(query)?))),
            Ast::InSubquery {
                expr,
                subquery,
                negated: _,
            } => Ok(Expr::InQuery(
                Box::new(self.expr(expr)?),
                Box::new(self.query(subquery)?),
            )),
            Ast::AnyOp {
                left,
                compare_op,
                right,
                is_some: _,
            } => self.quantified(left, compare_op, right),
            Ast::AllOp {
                left,
                compare_op,
                right,
            } => self.quantified(left, compare_op, right),
            Ast::Tuple(parts) => Ok(Expr::Mix(self.exprs(parts)?)),
            Ast::Array(Array { elem, named: _ }) => {
                absent(&[!self.sqlite()])?;
                Ok(Expr::Mix(self.exprs(elem)?))
            }
            other => self.spelled(other),
        }
    }

    /// Functions with a syntax of their own.
    fn spelled(&mut self, expr: &Ast) -> Lowered<Expr> {
        let mut parts: Vec<&Ast> = Vec::new();
        match expr {
            Ast::Extract {
                field: _,
                syntax: _,
                expr,
            } => {
                absent(&[!self.sqlite()])?;
                parts.push(expr);
            }
            Ast::Ceil { expr, field } | Ast::Floor { expr, field } => {
                absent(&[matches!(
                    field,
                    CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime)
                )])?;
                parts.push(expr);
            }
            Ast::Position { expr, r#in } => parts.extend([&**expr, &**r#in]),
            Ast::Substring {
                expr,
                substring_from,
                substring_for,
                special: _,
                shorthand: _,
            } => {
                parts.push(expr);
                parts.extend(substring_from.as_deref());
                parts.extend(substring_for.as_deref());
            }
            Ast::Trim {
                trim_where: _,
                trim_what,
                expr,
                trim_characters,
            } => {
                parts.push(expr);
                parts.extend(trim_what.as_deref());
                parts.extend(trim_characters.iter().flatten());
            }
            Ast::Overlay {
                expr,
                overlay_what,
                overlay_from,
                overlay_for,
            } => {
                parts.extend([&**expr, &**overlay_what, &**overlay_from]);
                parts.extend(overlay_for.as_deref());
            }
            Ast::Interval(Interval {
                value,
                leading_field: _,
                leading_precision: _,
                last_field: _,
                fractional_seconds_precision: _,
            }) => {
                absent(&[!self.sqlite()])?;
                parts.push(value);
            }
            _ => return Err(why::SYNTAX),
        }
        Ok(Expr::Mix(self.exprs(parts)?))
    }

    fn case(
        &mut self,
        operand: Option<&Ast>,
        whens: &[CaseWhen],
        otherwise: Option<&Ast>,
    ) -> Lowered<Expr> {
        let mut conditions: Vec<Expr> = self.optional(operand)?.into_iter().collect();
        let mut results = Vec::new();
        for CaseWhen { condition, result } in whens {
            conditions.push(self.expr(condition)?);
            results.push(self.expr(result)?);
        }
        results.extend(self.optional(otherwise)?);
        Ok(Expr::Case {
            conditions,
            results,
        })
    }

    fn quantified(&mut self, left: &Ast, op: &Op, right: &Ast) -> Lowered<Expr> {
        absent(&[!self.sqlite()])?;
        self.operator(op)?;
        let left = self.expr(left)?;
        Ok(match self.expr(right)? {
            Expr::Subquery(query) => Expr::InQuery(Box::new(left), query),
            right => Expr::Mix(vec![left, right]),
        })
    }

    fn value(&mut self, ValueWithSpan { value, span }: &ValueWithSpan) -> Lowered<Expr> {
        let at = span.start.column;
        match value {
            Value::Number(digits, false) => Ok(Expr::Constant(digits.parse().ok())),
            Value::SingleQuotedString(text) => Ok(Expr::Text(text.clone())),
            Value::EscapedStringLiteral(_)
            | Value::DollarQuotedString(_)
            | Value::UnicodeStringLiteral(_)
            | Value::HexStringLiteral(_)
            | Value::SingleQuotedByteStringLiteral(_)
            | Value::Boolean(_)
            | Value::Null => Ok(Expr::Constant(None)),
            Value::Placeholder(text) => Ok(Expr::Parameter(self.placeholder(text, at)?)),
            _ => Err(why::ODD_LITERAL),
        }
    }
}

fn unnest(mut expr: &Ast) -> &Ast {
    while let Ast::Nested(inner) = expr {
        expr = inner;
    }
    expr
}

fn only_parentheses(outer: &Ast, inner: &Ast) -> bool {
    std::ptr::eq(unnest(outer), inner)
}

/// A column, constant, parameter or signed number.
fn is_leaf(expr: &Ast) -> bool {
    match unnest(expr) {
        Ast::Identifier(_) | Ast::CompoundIdentifier(_) | Ast::Value(_) => true,
        Ast::UnaryOp {
            op: UnaryOperator::Minus | UnaryOperator::Plus,
            expr,
        } => {
            matches!(unnest(expr), Ast::Value(_))
        }
        _ => false,
    }
}
