//! The names that engines give to columns without an alias.
//! Knows nothing of scopes.

use sqlparser::ast::{
    AccessExpr, ArrayElemTypeDef, BinaryOperator, DataType, Expr as Ast, Function, Query,
    SelectItem, SetExpr, TimezoneInfo, TrimWhereField, Value,
};

use super::{Lower, Lowered};
use crate::inspect::sql::form::{Name, Text};

impl Lower<'_> {
    /// The name that a query around this one can use, where the engine's rule for it is certain.
    pub(super) fn inferred_name(&self, expr: &Ast) -> Lowered<Option<Name>> {
        match expr {
            Ast::Identifier(ident) => self.name(ident).map(Some),
            Ast::CompoundIdentifier(idents) => {
                idents.last().map(|last| self.name(last)).transpose()
            }
            Ast::Nested(inner) => self.inferred_name(inner),
            // SQLite sees through COLLATE when it names a column; PostgreSQL through COLLATE and casts.
            Ast::Collate { expr, .. } => self.inferred_name(expr),
            Ast::Function(function) if self.sqlite() => match transparent(function) {
                Some(inner) => self.inferred_name(inner),
                None => Ok(None),
            },
            _ if self.sqlite() => Ok(None),
            expr => self
                .figured(expr)
                .map(|figured| figured.map(|(name, _)| name)),
        }
    }

    /// PostgreSQL's rule (`FigureColname`): the name, and whether an expression around this one keeps it
    /// rather than its own.
    fn figured(&self, expr: &Ast) -> Lowered<Option<(Name, bool)>> {
        Ok(match expr {
            Ast::Nested(inner) => self.figured(inner)?,
            Ast::Collate { expr, .. } => self.figured(expr)?,
            Ast::Cast {
                expr, data_type, ..
            } => match self.figured(expr)? {
                Some((name, true)) => Some((name, true)),
                _ => type_name(data_type).map(|name| (plain(&name), false)),
            },
            Ast::TypedString(typed) => {
                type_name(&typed.data_type).map(|name| (plain(&name), false))
            }
            Ast::Interval(_) => Some((plain("interval"), false)),
            Ast::Value(value) => {
                matches!(value.value, Value::Boolean(_)).then(|| (plain("bool"), false))
            }
            Ast::Case { else_result, .. } => {
                let kept = match else_result {
                    Some(result) => self.figured(result)?,
                    None => None,
                };
                match kept {
                    Some((name, true)) => Some((name, true)),
                    _ => Some((plain("case"), false)),
                }
            }
            Ast::CompoundFieldAccess { root, access_chain } => {
                let field = access_chain.iter().rev().find_map(|access| match access {
                    AccessExpr::Dot(Ast::Identifier(ident)) => Some(ident),
                    _ => None,
                });
                match field {
                    Some(ident) => Some((self.label(ident)?, true)),
                    None => self.figured(root)?,
                }
            }
            Ast::Subquery(query) => self.first_name(query)?.map(|name| (name, true)),
            Ast::Identifier(_) | Ast::CompoundIdentifier(_) => {
                self.inferred_name(expr)?.map(|name| (name, true))
            }
            Ast::Function(function) => super::last_part(&function.name)
                .map(|name| (plain(&name.to_ascii_lowercase()), true)),
            other => spelled(other).map(|name| (plain(name), true)),
        })
    }

    /// The name of a subquery's only column; a star has none that is certain here.
    fn first_name(&self, query: &Query) -> Lowered<Option<Name>> {
        let mut body = &query.body;
        loop {
            match &**body {
                SetExpr::SetOperation { left, .. } => body = left,
                SetExpr::Query(query) => body = &query.body,
                SetExpr::Values(_) => return Ok(Some(plain("column1"))),
                SetExpr::Select(select) => {
                    return match select.projection.first() {
                        Some(SelectItem::UnnamedExpr(expr)) => self.inferred_name(expr),
                        Some(SelectItem::ExprWithAlias { alias, .. }) => {
                            self.label(alias).map(Some)
                        }
                        _ => Ok(None),
                    };
                }
                _ => return Ok(None),
            }
        }
    }
}

fn plain(name: &str) -> Name {
    let text = Text::from(name);
    Name {
        text: text.clone(),
        key: text,
    }
}

/// Expressions that PostgreSQL's grammar turns into a call or a construct with a name of its own.
fn spelled(expr: &Ast) -> Option<&'static str> {
    Some(match expr {
        Ast::Exists { .. } => "exists",
        Ast::Array(_) => "array",
        Ast::Tuple(_) => "row",
        Ast::Extract { .. } => "extract",
        Ast::Position { .. } => "position",
        Ast::Substring { .. } => "substring",
        Ast::Overlay { .. } => "overlay",
        Ast::Ceil { .. } => "ceil",
        Ast::Floor { .. } => "floor",
        Ast::AtTimeZone { .. } => "timezone",
        Ast::BinaryOp {
            op: BinaryOperator::Overlaps,
            ..
        } => "overlaps",
        Ast::Trim { trim_where, .. } => match trim_where {
            Some(TrimWhereField::Leading) => "ltrim",
            Some(TrimWhereField::Trailing) => "rtrim",
            Some(TrimWhereField::Both) | None => "btrim",
        },
        _ => return None,
    })
}

/// The name under which PostgreSQL keeps a type; none where that is not certain.
fn type_name(data_type: &DataType) -> Option<String> {
    Some(
        match data_type {
            DataType::Int(_) | DataType::Integer(_) | DataType::Int4(_) => "int4",
            DataType::BigInt(_) | DataType::Int8(_) => "int8",
            DataType::SmallInt(_) | DataType::Int2(_) => "int2",
            DataType::Real | DataType::Float4 => "float4",
            DataType::DoublePrecision | DataType::Double(_) | DataType::Float8 => "float8",
            DataType::Numeric(_) | DataType::Decimal(_) | DataType::Dec(_) => "numeric",
            DataType::Bool | DataType::Boolean => "bool",
            DataType::Varchar(_) | DataType::CharacterVarying(_) | DataType::CharVarying(_) => {
                "varchar"
            }
            DataType::Char(_) | DataType::Character(_) => "bpchar",
            DataType::Text => "text",
            DataType::Date => "date",
            DataType::Timestamp(_, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => {
                "timestamp"
            }
            DataType::Timestamp(_, TimezoneInfo::Tz | TimezoneInfo::WithTimeZone) => "timestamptz",
            DataType::Time(_, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => "time",
            DataType::Time(_, _) => "timetz",
            DataType::Interval { .. } => "interval",
            DataType::JSON => "json",
            DataType::JSONB => "jsonb",
            DataType::Uuid => "uuid",
            DataType::Bytea => "bytea",
            DataType::Custom(name, _) => {
                return super::last_part(name).map(|name| name.to_ascii_lowercase());
            }
            DataType::Array(
                ArrayElemTypeDef::SquareBracket(inner, _)
                | ArrayElemTypeDef::AngleBracket(inner)
                | ArrayElemTypeDef::Parenthesis(inner)
                | ArrayElemTypeDef::Qualified(inner, _),
            ) => return type_name(inner),
            _ => return None,
        }
        .to_owned(),
    )
}

/// SQLite's `likely(x)`, `unlikely(x)`, `likelihood(x, p)` vanish, so their result is named as `x`.
fn transparent(function: &Function) -> Option<&Ast> {
    use sqlparser::ast::{FunctionArg, FunctionArgExpr, FunctionArguments};
    let name = super::last_part(&function.name)?.to_ascii_lowercase();
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    match list.args.first() {
        Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)))
            if matches!(name.as_str(), "likely" | "unlikely" | "likelihood") =>
        {
            Some(expr)
        }
        _ => None,
    }
}
