//! Function calls and windows into our form.
//! Knows nothing of what a function returns.

use sqlparser::ast::{
    DuplicateTreatment, Expr as AstExpr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgOperator, FunctionArgumentClause, FunctionArgumentList, FunctionArguments,
    ObjectName, ObjectNamePart, WindowFrame, WindowFrameBound, WindowSpec, WindowType,
};

use super::query::plain_star;
use super::{Lower, Lowered, absent, why};
use crate::inspect::sql::form::{Call, Expr, Over, Shape};
use crate::inspect::sql::{Dialect, FunctionUse, functions};

impl Lower<'_> {
    pub(super) fn function(&mut self, function: &Function) -> Lowered<Expr> {
        let Function {
            name,
            uses_odbc_syntax,
            parameters,
            args,
            within_group,
            filter,
            null_treatment: _,
            over,
        } = function;
        absent(&[!uses_odbc_syntax, *parameters == FunctionArguments::None])?;
        let (name, allowed) = self.function_name(name, functions::is_function)?;
        self.functions.insert(FunctionUse {
            name: name.clone(),
            allowed,
        });
        let mut order_by = self.sort_keys(within_group)?;
        let (args, distinct) = match args {
            FunctionArguments::None => (Vec::new(), false),
            FunctionArguments::Subquery(query) => {
                (vec![Expr::Subquery(Box::new(self.query(query)?))], false)
            }
            FunctionArguments::List(list) => self.argument_list(list, &mut order_by)?,
        };
        Ok(Expr::Call(Box::new(Call {
            shape: shape(&name, args.len(), self.dialect),
            name,
            args,
            distinct,
            order_by,
            filter: self.optional(filter.as_deref())?,
            over: over.as_ref().map(|over| self.over(over)).transpose()?,
        })))
    }

    /// The folded name, and whether it is allowed. Only PostgreSQL's own schema may be named.
    pub(super) fn function_name(
        &self,
        name: &ObjectName,
        allowed: fn(&str, Dialect) -> bool,
    ) -> Lowered<(String, bool)> {
        let mut parts = Vec::new();
        for part in &name.0 {
            match part {
                ObjectNamePart::Identifier(ident) => parts.push(self.dialect.fold(ident)),
                ObjectNamePart::Function(_) => return Err(why::SYNTAX),
            }
        }
        match parts.as_slice() {
            [name] => Ok((name.clone(), allowed(name, self.dialect))),
            [schema, name] if schema == "pg_catalog" && !self.sqlite() => {
                Ok((name.clone(), allowed(name, self.dialect)))
            }
            _ => Ok((parts.join("."), false)),
        }
    }

    fn argument_list(
        &mut self,
        list: &FunctionArgumentList,
        order_by: &mut Vec<Expr>,
    ) -> Lowered<(Vec<Expr>, bool)> {
        let FunctionArgumentList {
            duplicate_treatment,
            args,
            clauses,
        } = list;
        for clause in clauses {
            match clause {
                FunctionArgumentClause::OrderBy(keys) => order_by.extend(self.sort_keys(keys)?),
                FunctionArgumentClause::IgnoreOrRespectNulls(_) => {}
                FunctionArgumentClause::Where(_)
                | FunctionArgumentClause::Limit(_)
                | FunctionArgumentClause::OnOverflow(_)
                | FunctionArgumentClause::Having(_)
                | FunctionArgumentClause::Separator(_)
                | FunctionArgumentClause::JsonNullClause(_)
                | FunctionArgumentClause::JsonReturningClause(_) => return Err(why::SYNTAX),
            }
        }
        let distinct = *duplicate_treatment == Some(DuplicateTreatment::Distinct);
        Ok((self.arguments(args)?, distinct))
    }

    pub(super) fn arguments(&mut self, args: &[FunctionArg]) -> Lowered<Vec<Expr>> {
        let mut lowered = Vec::new();
        for arg in args {
            let arg = match arg {
                FunctionArg::Unnamed(arg) => arg,
                FunctionArg::Named {
                    name: _,
                    arg,
                    operator: _,
                } if !self.sqlite() => arg,
                // `make_interval(days => 10)`: the name is the function's own.
                FunctionArg::ExprNamed {
                    name: AstExpr::Identifier(_),
                    arg,
                    operator: FunctionArgOperator::RightArrow | FunctionArgOperator::Assignment,
                } if !self.sqlite() => arg,
                FunctionArg::Named { .. } | FunctionArg::ExprNamed { .. } => {
                    return Err(why::SYNTAX);
                }
            };
            match arg {
                FunctionArgExpr::Expr(expr) => lowered.push(self.expr(expr)?),
                FunctionArgExpr::QualifiedWildcard(name) => {
                    lowered.push(Expr::Row(self.path(name)?))
                }
                FunctionArgExpr::Wildcard => {}
                FunctionArgExpr::WildcardWithOptions(options) => plain_star(options)?,
            }
        }
        Ok(lowered)
    }

    fn over(&mut self, over: &WindowType) -> Lowered<Over> {
        match over {
            WindowType::NamedWindow(_) => Ok(Over {
                named: true,
                keys: Vec::new(),
            }),
            WindowType::WindowSpec(spec) => self.window(spec),
        }
    }

    pub(super) fn window(&mut self, spec: &WindowSpec) -> Lowered<Over> {
        let WindowSpec {
            window_name,
            partition_by,
            order_by,
            window_frame,
        } = spec;
        let mut keys = self.exprs(partition_by)?;
        keys.extend(self.sort_keys(order_by)?);
        if let Some(WindowFrame {
            units: _,
            start_bound,
            end_bound,
        }) = window_frame
        {
            for bound in std::iter::once(start_bound).chain(end_bound) {
                match bound {
                    WindowFrameBound::CurrentRow => {}
                    WindowFrameBound::Preceding(bound) | WindowFrameBound::Following(bound) => {
                        keys.extend(self.optional(bound.as_deref())?);
                    }
                }
            }
        }
        Ok(Over {
            named: window_name.is_some(),
            keys,
        })
    }
}

fn shape(name: &str, args: usize, dialect: Dialect) -> Shape {
    match name {
        "count" => Shape::Count,
        "sum" | "avg" => Shape::Sum,
        "total" if dialect == Dialect::Sqlite => Shape::Sum,
        "min" | "max" if args == 1 => Shape::Extreme,
        _ if functions::is_aggregate(name, dialect) => Shape::Aggregate,
        _ => Shape::Scalar,
    }
}
