//! Queries: set operations, values, sort keys over them.
//! Knows nothing of select lists.

use super::cte::{Env, Frame, Published};
use super::flow::Flow;
use super::names::named;
use super::relation::{Field, Hidden, Relation, Rows, Scope};
use super::{Analyst, Context, why};
use crate::inspect::sql::form::{Body, Expr, Name, Query};

impl<'c> Analyst<'c> {
    pub(super) fn query(&mut self, query: &Query, context: Context<'_, 'c>) -> Rows<'c> {
        // What a subquery's own relations answer to is not local to the select around it.
        let local = self.local;
        let rows = self.query_of(query, context, None);
        self.local = local;
        rows
    }

    /// A query that may be the body of a common table expression, which then learns of its first arm.
    pub(super) fn query_of(
        &mut self,
        query: &Query,
        context: Context<'_, 'c>,
        published: Option<Published<'_, 'c>>,
    ) -> Rows<'c> {
        if !self.spend(4) {
            return Rows::default();
        }
        if query.ctes.is_empty() {
            return self.ordered(query, context, published);
        }
        let frame = Frame::new(&query.ctes, query.recursive, self.dialect);
        let env = Env {
            frame: &frame,
            scope: context.scope,
            parent: context.env,
        };
        for at in 0..query.ctes.len() {
            self.evaluate(&env, at);
        }
        let context = Context {
            scope: context.scope,
            env: Some(&env),
        };
        self.ordered(query, context, published)
    }

    fn ordered(
        &mut self,
        query: &Query,
        context: Context<'_, 'c>,
        published: Option<Published<'_, 'c>>,
    ) -> Rows<'c> {
        let mut rows = match &query.body {
            Body::Select(select) => self.select(select, &query.order_by, context),
            body => {
                let mut rows = self.body(body, context, published);
                self.sort_rows(&mut rows, &query.order_by, context);
                rows
            }
        };
        let limits = self.mix(&query.limits, context);
        self.predicate(&limits, &mut rows.control);
        rows
    }

    fn body(
        &mut self,
        body: &Body,
        context: Context<'_, 'c>,
        published: Option<Published<'_, 'c>>,
    ) -> Rows<'c> {
        match body {
            Body::Select(select) => self.select(select, &[], context),
            Body::Values { rows, names } => self.values(rows, names, context),
            Body::Nested(query) => self.query_of(query, context, published),
            Body::Set { arms, compares } => self.set(arms, *compares, context, published),
            Body::Write(statement) => self.statement(statement, context),
        }
    }

    fn values(
        &mut self,
        rows: &[Vec<Expr>],
        names: &[Option<Name>],
        context: Context<'_, 'c>,
    ) -> Rows<'c> {
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        let mut fields: Vec<Field<'c>> = (1..=width)
            .map(|at| Field::computed(&format!("column{at}"), Flow::default()))
            .collect();
        for (field, name) in fields.iter_mut().zip(names) {
            if let Some(name) = name {
                field.name = Some(name.key.clone());
            }
        }
        for row in rows {
            if row.len() != width {
                self.refuse(why::COLUMN_COUNT);
            }
            for (field, value) in fields.iter_mut().zip(row) {
                let flow = self.expr(value, context).mixed();
                field.flow.add(&flow);
            }
        }
        Rows {
            fields,
            exact: true,
            control: Flow::default(),
        }
    }

    /// Columns by position, names from the first arm; every arm adds its sources.
    fn set(
        &mut self,
        arms: &[Body],
        compares: bool,
        context: Context<'_, 'c>,
        mut published: Option<Published<'_, 'c>>,
    ) -> Rows<'c> {
        let mut rows: Option<Rows<'c>> = None;
        for arm in arms {
            let next = self.body(arm, context, None);
            match &mut rows {
                None => {
                    if let Some(published) = published.take() {
                        published.publish(&next.fields);
                    }
                    rows = Some(next);
                }
                Some(rows) => self.unite(rows, &next),
            }
        }
        let mut rows = rows.unwrap_or_default();
        for field in &mut rows.fields {
            field.flow = field.flow.settled();
            field.aggregate = None;
            field.noted = super::relation::Noted::No;
        }
        if compares {
            let compared = everything(&rows);
            self.predicate(&compared, &mut rows.control);
        }
        rows
    }

    fn unite(&mut self, rows: &mut Rows<'c>, next: &Rows<'c>) {
        if rows.fields.len() != next.fields.len() {
            self.refuse(why::COLUMN_COUNT);
        }
        for (field, other) in rows.fields.iter_mut().zip(&next.fields) {
            field.flow.add(&other.flow);
        }
        for other in next.fields.iter().skip(rows.fields.len()) {
            rows.fields.push(other.clone());
        }
        rows.exact &= next.exact;
        rows.control.add(&next.control);
    }

    /// Sort keys over rows without a select of their own: a name or number of an output, else anything.
    fn sort_rows(&mut self, rows: &mut Rows<'c>, keys: &[Expr], context: Context<'_, 'c>) {
        for key in keys {
            let flow = match key {
                Expr::Constant(Some(at)) => nth(&rows.fields, *at),
                Expr::Column(path) => match path.0.as_slice() {
                    [name] if named(&rows.fields, &name.key).next().is_some() => {
                        let mut flow = Flow::default();
                        for field in named(&rows.fields, &name.key) {
                            flow.add(&field.flow);
                        }
                        flow
                    }
                    _ => everything(rows),
                },
                key => {
                    let relation = [Relation {
                        alias: None,
                        own_name: false,
                        fields: rows.fields.clone(),
                        exact: true,
                        hidden: Hidden::None,
                    }];
                    let scope = Scope {
                        relations: &relation,
                        aliases: &[],
                        parent: context.scope,
                    };
                    let mut flow = self.expr(key, context.inside(&scope));
                    flow.add(&everything(rows));
                    flow
                }
            };
            self.predicate(&flow, &mut rows.control);
        }
    }
}

pub(super) fn everything<'c>(rows: &Rows<'c>) -> Flow<'c> {
    let mut flow = Flow::default();
    for field in &rows.fields {
        flow.add(&field.flow);
    }
    flow.mixed()
}

/// The output that a number in ORDER BY or GROUP BY means.
pub(super) fn nth<'c>(fields: &[Field<'c>], at: usize) -> Flow<'c> {
    at.checked_sub(1)
        .and_then(|at| fields.get(at))
        .map(|field| field.flow.clone())
        .unwrap_or_default()
}
