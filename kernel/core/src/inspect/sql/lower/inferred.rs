//! The names that engines give to columns without an alias.
//! Knows nothing of scopes.

use sqlparser::ast::Expr as Ast;

use super::{Lower, Lowered};
use crate::inspect::sql::form::Name;

impl Lower {
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
            Ast::Cast { expr, .. } if !self.sqlite() => self.inferred_name(expr),
            Ast::Function(function) if !self.sqlite() => {
                let last = super::last_part(&function.name).map(|name| name.to_ascii_lowercase());
                Ok(last.map(|name| Name {
                    text: name.clone(),
                    key: name,
                }))
            }
            Ast::Function(function) => match transparent(function) {
                Some(inner) => self.inferred_name(inner),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }
}

/// SQLite's `likely(x)`, `unlikely(x)`, `likelihood(x, p)` vanish, so their result is named as `x`.
fn transparent(function: &sqlparser::ast::Function) -> Option<&Ast> {
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
