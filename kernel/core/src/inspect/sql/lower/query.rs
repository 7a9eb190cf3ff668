//! Queries into our form.
//! Knows nothing of expressions' insides.

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    Cte as AstCte, Distinct as AstDistinct, Expr as AstExpr, Fetch, GroupByExpr, LimitClause,
    NamedWindowDefinition, NamedWindowExpr, Offset, OrderBy, OrderByExpr, OrderByKind,
    OrderByOptions, OrderBySort, Query as AstQuery, Select as AstSelect, SelectFlavor, SelectInto,
    SelectItem, SelectItemQualifiedWildcardKind, SetExpr, SetOperator, SetQuantifier, Values,
    WildcardAdditionalOptions, With,
};

use super::{Lower, Lowered, absent, why};
use crate::inspect::sql::form::{Body, Cte, Distinct, Expr, Item, Name, Path, Query, Select, Text};

impl Lower<'_> {
    pub(super) fn query(&mut self, query: &AstQuery) -> Lowered<Query> {
        let AstQuery {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        if !locks.is_empty() {
            return Err(why::LOCKING);
        }
        absent(&[
            for_clause.is_none(),
            settings.is_none(),
            format_clause.is_none(),
            pipe_operators.is_empty(),
        ])?;
        let (ctes, recursive) = self.with(with.as_ref())?;
        Ok(Query {
            ctes,
            recursive,
            body: self.body(body)?,
            order_by: self.order_by(order_by.as_ref())?,
            limits: self.limits(limit_clause.as_ref(), fetch.as_ref())?,
        })
    }

    fn with(&mut self, with: Option<&With>) -> Lowered<(Vec<Cte>, bool)> {
        let Some(With {
            with_token: _,
            recursive,
            cte_tables,
        }) = with
        else {
            return Ok((Vec::new(), false));
        };
        let ctes = cte_tables
            .iter()
            .map(|cte| self.cte(cte))
            .collect::<Lowered<_>>()?;
        Ok((ctes, *recursive))
    }

    fn cte(&mut self, cte: &AstCte) -> Lowered<Cte> {
        let AstCte {
            alias,
            query,
            from,
            materialized: _,
            closing_paren_token: _,
        } = cte;
        absent(&[from.is_none()])?;
        let alias = self.alias(alias)?;
        Ok(Cte {
            name: alias.name,
            columns: alias.columns,
            query: self.query(query)?,
        })
    }

    /// A chain of set operations is walked along its left side, so that its length costs no stack.
    fn body(&mut self, body: &SetExpr) -> Lowered<Body> {
        let mut arms = Vec::new();
        let mut compares = false;
        let mut cursor = body;
        while let SetExpr::SetOperation {
            left,
            op,
            set_quantifier,
            right,
        } = cursor
        {
            compares |= match (op, set_quantifier) {
                (SetOperator::Union, SetQuantifier::All) => false,
                (SetOperator::Minus, _) => return Err(why::SYNTAX),
                (_, SetQuantifier::All | SetQuantifier::Distinct | SetQuantifier::None) => true,
                (
                    _,
                    SetQuantifier::ByName
                    | SetQuantifier::AllByName
                    | SetQuantifier::DistinctByName,
                ) => {
                    return Err(why::SYNTAX);
                }
            };
            arms.push(self.arm(right)?);
            cursor = left;
        }
        let first = self.arm(cursor)?;
        if arms.is_empty() {
            return Ok(first);
        }
        arms.push(first);
        arms.reverse();
        Ok(Body::Set { arms, compares })
    }

    fn arm(&mut self, arm: &SetExpr) -> Lowered<Body> {
        match arm {
            SetExpr::Select(select) => Ok(Body::Select(Box::new(self.select(select)?))),
            SetExpr::Query(query) => Ok(Body::Nested(Box::new(self.query(query)?))),
            SetExpr::SetOperation { .. } => self.body(arm),
            SetExpr::Values(Values {
                explicit_row,
                value_keyword,
                rows,
            }) => {
                absent(&[!explicit_row, !value_keyword])?;
                let defaults = std::mem::take(&mut self.defaults);
                let mut value = |value| match defaults {
                    true => self.value_or_default(value),
                    false => self.expr(value),
                };
                let lowered = rows
                    .iter()
                    .map(|row| row.content.iter().map(&mut value).collect())
                    .collect::<Lowered<_>>()?;
                // SQLite calls a column of VALUES after the column that stands in its first row.
                let first = rows.first().filter(|_| self.sqlite());
                let names = first
                    .into_iter()
                    .flat_map(|row| &row.content)
                    .map(|value| self.inferred_name(value))
                    .collect::<Lowered<_>>()?;
                Ok(Body::Values {
                    rows: lowered,
                    names,
                })
            }
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement)
            | SetExpr::Merge(statement) => Ok(Body::Write(Box::new(self.statement(statement)?))),
            // The parser keeps no quotes of `TABLE t`, so the name is not certain.
            SetExpr::Table(_) => Err(why::SYNTAX),
        }
    }

    fn select(&mut self, select: &AstSelect) -> Lowered<Select> {
        let AstSelect {
            select_token,
            optimizer_hints,
            distinct,
            select_modifiers,
            top,
            top_before_distinct: _,
            projection,
            exclude,
            into,
            from,
            lateral_views,
            prewhere,
            selection,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode,
            flavor,
        } = select;
        absent(&[
            optimizer_hints.is_empty(),
            select_modifiers.is_none(),
            top.is_none(),
            exclude.is_none(),
            lateral_views.is_empty(),
            prewhere.is_none(),
            connect_by.is_empty(),
            cluster_by.is_empty(),
            distribute_by.is_empty(),
            sort_by.is_empty(),
            qualify.is_none(),
            value_table_mode.is_none(),
            *flavor == SelectFlavor::Standard,
        ])?;
        Ok(Select {
            distinct: self.distinct(distinct.as_ref())?,
            items: self.items(projection, token_number(select_token))?,
            into: into.as_ref().map(|into| self.into(into)).transpose()?,
            from: self.relations(from)?,
            filter: self.optional(selection.as_ref())?,
            group_by: self.group_by(group_by)?,
            having: self.optional(having.as_ref())?,
            windows: self.windows(named_window)?,
        })
    }

    fn distinct(&mut self, distinct: Option<&AstDistinct>) -> Lowered<Distinct> {
        Ok(match distinct {
            None | Some(AstDistinct::All) => Distinct::No,
            Some(AstDistinct::Distinct) => Distinct::Rows,
            Some(AstDistinct::On(keys)) => Distinct::On(self.exprs(keys)?),
        })
    }

    fn into(&mut self, into: &SelectInto) -> Lowered<Path> {
        let SelectInto {
            temporary: _,
            unlogged: _,
            table: _,
            targets,
        } = into;
        match targets.as_slice() {
            [AstExpr::Identifier(ident)] => Ok(Path(vec![self.name(ident)?])),
            [AstExpr::CompoundIdentifier(idents)] => Ok(Path(self.names(idents)?)),
            _ => Err(why::SYNTAX),
        }
    }

    /// The entries of the select list that begins at a token; of RETURNING without one.
    pub(super) fn items(
        &mut self,
        items: &[SelectItem],
        select: Option<usize>,
    ) -> Lowered<Vec<Item>> {
        items
            .iter()
            .enumerate()
            .map(|(at, item)| self.item(item, select, at))
            .collect()
    }

    fn item(&mut self, item: &SelectItem, select: Option<usize>, at: usize) -> Lowered<Item> {
        match item {
            SelectItem::UnnamedExpr(expr) => {
                let name = self.inferred_name(expr)?;
                Ok(Item::Expr {
                    expr: self.expr(expr)?,
                    shown: self.shown(expr, name.as_ref(), select, at),
                    name,
                    aliased: false,
                })
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                let name = self.label(alias)?;
                Ok(Item::Expr {
                    expr: self.expr(expr)?,
                    shown: name.text.clone(),
                    name: Some(name),
                    aliased: true,
                })
            }
            SelectItem::ExprWithAliases { .. } => Err(why::SYNTAX),
            SelectItem::QualifiedWildcard(kind, options) => {
                plain_star(options)?;
                match kind {
                    SelectItemQualifiedWildcardKind::ObjectName(name) => {
                        let path = self.path(name)?;
                        Ok(match self.text.has_row_stars() && path.0.len() == 1 {
                            true => Item::RowStar(path),
                            false => Item::TableStar(path),
                        })
                    }
                    SelectItemQualifiedWildcardKind::Expr(_) => Err(why::STAR_WIDTH),
                }
            }
            SelectItem::Wildcard(options) => {
                plain_star(options)?;
                Ok(Item::Star)
            }
        }
    }

    /// SQLite names a bare column by its name, and anything else by its text.
    fn shown(
        &self,
        expr: &AstExpr,
        name: Option<&Name>,
        select: Option<usize>,
        at: usize,
    ) -> Text<'static> {
        let mut bare = expr;
        while let AstExpr::Nested(inner) = bare {
            bare = inner;
        }
        // A name in double quotes may turn out to be a text, which is shown as it is written.
        let column = match bare {
            AstExpr::Identifier(ident) => ident.quote_style != Some('"'),
            AstExpr::CompoundIdentifier(_) => true,
            _ => false,
        };
        match (name, self.sqlite()) {
            (Some(name), false) => name.key.clone(),
            (None, false) => Text::Held("?column?"),
            (Some(name), true) if column => name.text.clone(),
            (_, true) => match self.text.entry(select, at) {
                Some(written) => written.into(),
                None => expr.to_string().into(),
            },
        }
    }

    pub(super) fn order_by(&mut self, order_by: Option<&OrderBy>) -> Lowered<Vec<Expr>> {
        let Some(OrderBy { kind, interpolate }) = order_by else {
            return Ok(Vec::new());
        };
        absent(&[interpolate.is_none()])?;
        match kind {
            OrderByKind::Expressions(exprs) => self.sort_keys(exprs),
            OrderByKind::All(_) => Err(why::SYNTAX),
        }
    }

    pub(super) fn sort_keys(&mut self, keys: &[OrderByExpr]) -> Lowered<Vec<Expr>> {
        keys.iter().map(|key| self.sort_key(key)).collect()
    }

    fn sort_key(&mut self, key: &OrderByExpr) -> Lowered<Expr> {
        let OrderByExpr {
            expr,
            options:
                OrderByOptions {
                    sort,
                    nulls_first: _,
                },
            with_fill,
        } = key;
        absent(&[
            with_fill.is_none(),
            !matches!(sort, Some(OrderBySort::Using(_))),
        ])?;
        self.expr(expr)
    }

    fn limits(
        &mut self,
        clause: Option<&LimitClause>,
        fetch: Option<&Fetch>,
    ) -> Lowered<Vec<Expr>> {
        let mut limits = Vec::new();
        match clause {
            None => {}
            Some(LimitClause::LimitOffset {
                limit,
                offset,
                limit_by,
            }) => {
                absent(&[limit_by.is_empty()])?;
                limits.extend(self.optional(limit.as_ref())?);
                if let Some(Offset { value, rows: _ }) = offset {
                    limits.push(self.expr(value)?);
                }
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => {
                limits.push(self.expr(offset)?);
                limits.push(self.expr(limit)?);
            }
        }
        if let Some(Fetch {
            with_ties: _,
            percent,
            quantity,
        }) = fetch
        {
            absent(&[!percent])?;
            limits.extend(self.optional(quantity.as_ref())?);
        }
        Ok(limits)
    }

    fn group_by(&mut self, group_by: &GroupByExpr) -> Lowered<Vec<Expr>> {
        match group_by {
            GroupByExpr::All(_) => Err(why::SYNTAX),
            GroupByExpr::Expressions(exprs, modifiers) => {
                absent(&[modifiers.is_empty()])?;
                let mut keys = Vec::new();
                for expr in exprs {
                    self.group_key(expr, &mut keys)?;
                }
                Ok(keys)
            }
        }
    }

    fn group_key(&mut self, expr: &AstExpr, keys: &mut Vec<Expr>) -> Lowered<()> {
        match expr {
            AstExpr::GroupingSets(sets) | AstExpr::Cube(sets) | AstExpr::Rollup(sets) => {
                for set in sets {
                    keys.extend(self.exprs(set)?);
                }
            }
            expr => keys.push(self.expr(expr)?),
        }
        Ok(())
    }

    fn windows(&mut self, windows: &[NamedWindowDefinition]) -> Lowered<Vec<Expr>> {
        let mut keys = Vec::new();
        for NamedWindowDefinition(_, window) in windows {
            match window {
                NamedWindowExpr::NamedWindow(_) => {}
                NamedWindowExpr::WindowSpec(spec) => keys.extend(self.window(spec)?.keys),
            }
        }
        Ok(keys)
    }
}

fn token_number(token: &AttachedToken) -> Option<usize> {
    usize::try_from(token.0.span.start.column).ok()
}

/// A star without EXCEPT, REPLACE, RENAME and the like.
pub(super) fn plain_star(options: &WildcardAdditionalOptions) -> Lowered<()> {
    let WildcardAdditionalOptions {
        wildcard_token: _,
        opt_ilike,
        opt_exclude,
        opt_except,
        opt_replace,
        opt_rename,
        opt_alias,
    } = options;
    absent(&[
        opt_ilike.is_none(),
        opt_exclude.is_none(),
        opt_except.is_none(),
        opt_replace.is_none(),
        opt_rename.is_none(),
        opt_alias.is_none(),
    ])
}
