//! One select: its list, filters, groups and order.
//! Knows nothing of set operations.

use super::flow::Flow;
use super::from::Sheet;
use super::names::{ROW_IDS, named};
use super::query::{everything, nth};
use super::relation::{Field, Noted, Rows, Scope};
use super::{Analyst, Context, why};
use crate::inspect::sql::form::{Call, Distinct, Expr, Item, Path, Select, Shape, Text};
use crate::limits;

impl<'c> Analyst<'c> {
    pub(super) fn select(
        &mut self,
        select: &Select,
        order_by: &[Expr],
        context: Context<'_, 'c>,
    ) -> Rows<'c> {
        let sheet = self.from(&select.from, context);
        self.windows.push(Flow::default());
        self.extremes.push(Flow::default());
        let rows = self.select_over(select, order_by, &sheet, context);
        self.windows.pop();
        self.extremes.pop();
        if let Some(into) = &select.into {
            self.select_into(into, &rows);
            // The rows go into the table; none come back.
            return Rows {
                exact: true,
                ..Rows::default()
            };
        }
        rows
    }

    fn select_over(
        &mut self,
        select: &Select,
        order_by: &[Expr],
        sheet: &Sheet<'_, 'c>,
        context: Context<'_, 'c>,
    ) -> Rows<'c> {
        let scope = Scope {
            relations: &sheet.relations,
            aliases: &[],
            parent: context.scope,
        };
        let bare = context.inside(&scope);
        let mut control = sheet.control.clone();
        let windows = self.mix(&select.windows, bare);
        self.predicate(&windows, &mut control);
        if let Some(open) = self.windows.last_mut() {
            open.add(&windows);
        }
        let mut rows = self.items(&select.items, sheet, bare);
        if !self.spend(rows.fields.len() * select.items.len() / 16) {
            return rows;
        }
        // SQLite: aliases of the select list are names in every clause but the list itself.
        let aliases = match self.sqlite() {
            true => aliases(&select.items, &rows),
            false => Vec::new(),
        };
        let scope = Scope {
            aliases: &aliases,
            ..scope
        };
        let inner = context.inside(&scope);
        let ons = sheet.ons.iter().copied();
        for on in ons.chain(&select.filter).chain(&select.having) {
            let flow = self.expr(on, inner);
            self.predicate(&flow, &mut control);
        }
        for key in select.group_by.iter().chain(order_by) {
            let flow = self.key(key, &rows, sheet, inner);
            self.predicate(&flow, &mut control);
        }
        match &select.distinct {
            Distinct::No => {}
            Distinct::Rows => {
                let flow = everything(&rows);
                self.predicate(&flow, &mut control);
            }
            Distinct::On(keys) => {
                for key in keys {
                    let flow = self.key(key, &rows, sheet, inner);
                    self.predicate(&flow, &mut control);
                }
            }
        }
        if self.sqlite() {
            let chosen = self.bare_columns(select, &mut rows, sheet);
            if let Some(extreme) = chosen.filter(|_| !order_by.is_empty()) {
                self.predicate(&extreme, &mut control);
            }
        }
        Rows { control, ..rows }
    }

    /// The columns of a select list or RETURNING.
    pub(super) fn items(
        &mut self,
        items: &[Item],
        sheet: &Sheet<'_, 'c>,
        context: Context<'_, 'c>,
    ) -> Rows<'c> {
        let mut rows = Rows {
            exact: true,
            ..Rows::default()
        };
        for item in items {
            match item {
                Item::Expr {
                    expr,
                    name,
                    aliased,
                    shown,
                } => {
                    let flow = self.expr(expr, context);
                    rows.fields.push(Field {
                        name: name.as_ref().map(|name| name.key.clone()),
                        shown: match (expr, aliased) {
                            (Expr::Column(path), false) => self.declared(path, shown, context),
                            _ => shown.clone(),
                        },
                        flow,
                        noted: Noted::No,
                        aggregate: aggregate(expr),
                    });
                }
                Item::Star => {
                    rows.exact &= sheet.exact();
                    for column in &sheet.star {
                        rows.fields.extend(self.star_field(sheet, column));
                    }
                }
                Item::TableStar(path) => self.table_star(path, &mut rows, context),
                Item::RowStar(path) => {
                    if self.may_be_column(path, context) {
                        self.refuse(why::STAR_WIDTH);
                    }
                    self.table_star(path, &mut rows, context);
                }
            }
            if rows.fields.len() > limits::SQL_COLUMNS_MAX || !self.spend(rows.fields.len() / 8) {
                self.refuse(why::TOO_COMPLEX);
                rows.exact = false;
                break;
            }
        }
        if !rows.exact {
            self.refuse(why::STAR_WIDTH);
        }
        rows
    }

    /// SQLite shows a column under the name that it was declared with, however it is written; a quoted
    /// name that is no column is a text, shown with its quotes.
    fn declared(&self, path: &Path, written: &Text<'static>, context: Context<'_, 'c>) -> Text<'c> {
        let Some(name) = path.0.last().filter(|_| self.sqlite()) else {
            return written.clone();
        };
        let mut cursor = context.scope;
        while let Some(level) = cursor {
            let mut relations = level.relations.iter();
            let field = relations.find_map(|relation| named(&relation.fields, &name.key).next());
            if let Some(field) = field {
                let plain = field.shown.eq_ignore_ascii_case(&name.key);
                return if plain { &field.shown } else { &name.text }.clone();
            }
            cursor = level.parent;
        }
        let nameless = super::names::levels(context.scope)
            .flat_map(|level| level.relations)
            .flat_map(|relation| &relation.fields)
            .any(|field| field.name.is_none());
        let column = nameless || name.text.contains(':') || ROW_IDS.contains(&name.key.as_str());
        match column {
            true => name.text.clone(),
            false => written.clone(),
        }
    }

    fn table_star(&mut self, path: &Path, rows: &mut Rows<'c>, context: Context<'_, 'c>) {
        let (schema, table) = match path.0.as_slice() {
            [table] => (None, table),
            [schema, table] => (Some(schema), table),
            _ => return self.refuse(why::SCHEMA),
        };
        if schema.is_some_and(|schema| schema.key != self.dialect.schema()) {
            return self.refuse(why::SCHEMA);
        }
        let found: Vec<_> = super::names::relations_called(&table.key, context.scope)
            .filter(|relation| schema.is_none() || relation.own_name)
            .cloned()
            .collect();
        if found.is_empty() {
            self.refuse(why::STAR_WIDTH);
        }
        for relation in found {
            rows.exact &= relation.exact;
            for field in &relation.fields {
                let flow = self.take(field);
                rows.fields.push(Field {
                    flow,
                    noted: Noted::No,
                    ..field.clone()
                });
            }
        }
    }

    /// A group or sort key: an output's number or name, else an expression.
    fn key(
        &mut self,
        key: &Expr,
        rows: &Rows<'c>,
        sheet: &Sheet<'_, 'c>,
        context: Context<'_, 'c>,
    ) -> Flow<'c> {
        if !self.spend(rows.fields.len() / 8) {
            return Flow::default();
        }
        match key {
            Expr::Constant(Some(at)) => nth(&rows.fields, *at),
            // SQLite reads `+2` as the number too.
            key if key.is_constant() && matches!(key, Expr::Mix(_)) => everything(rows),
            Expr::Column(path) if !self.sqlite() => match path.0.as_slice() {
                [name] => {
                    let mut flow = Flow::default();
                    let mut outputs = named(&rows.fields, &name.key).peekable();
                    let is_output = outputs.peek().is_some();
                    for field in outputs {
                        flow.add(&field.flow);
                    }
                    let is_local = sheet
                        .relations
                        .iter()
                        .any(|relation| named(&relation.fields, &name.key).next().is_some());
                    if is_local || !is_output {
                        flow.add(&self.expr(key, context));
                    }
                    flow
                }
                _ => self.expr(key, context),
            },
            key => self.expr(key, context),
        }
    }

    /// SQLite: beside `max(email)` a bare column comes from the row that holds the maximum, so the
    /// maximum chose it. Gives the maximum's sources where it chose anything.
    fn bare_columns(
        &mut self,
        select: &Select,
        rows: &mut Rows<'c>,
        sheet: &Sheet<'_, 'c>,
    ) -> Option<Flow<'c>> {
        let extreme = self
            .extremes
            .last()
            .filter(|extreme| !extreme.is_empty())?
            .control();
        let width: usize = sheet
            .relations
            .iter()
            .map(|relation| relation.fields.len())
            .sum();
        if !self.spend(rows.fields.len() * (width + select.group_by.len()) / 8) {
            return None;
        }
        let columns_called = |name: &str| {
            let fields = sheet.relations.iter().flat_map(|relation| &relation.fields);
            fields
                .filter(|field| field.name.as_deref() == Some(name))
                .count()
        };
        let starred = select.items.len() != rows.fields.len()
            || select
                .items
                .iter()
                .any(|item| !matches!(item, Item::Expr { .. }));
        let mut chosen = false;
        for (at, field) in rows.fields.iter_mut().enumerate() {
            let bare = match select.items.get(at) {
                Some(Item::Expr { expr, name, .. }) if !starred => {
                    // In GROUP BY a column goes before an alias of its name; one that is alone in its
                    // name is itself, qualified or not.
                    let alias = name.as_ref().map(|name| &*name.key).filter(|name| {
                        match columns_called(name) {
                            0 => true,
                            1 => last_name(expr) == Some(*name),
                            _ => false,
                        }
                    });
                    let keyed = select
                        .group_by
                        .iter()
                        .any(|key| is_key(key, at, expr, alias));
                    !keyed && has_bare_column(expr, &select.group_by)
                }
                _ => true,
            };
            if bare {
                field.flow.add(&extreme);
                chosen = true;
            }
        }
        chosen.then_some(extreme)
    }
}

/// Outputs that were named with AS.
fn aliases<'c>(items: &[Item], rows: &Rows<'c>) -> Vec<Field<'c>> {
    let aliased: Vec<&str> = items
        .iter()
        .filter_map(|item| match item {
            Item::Expr {
                name: Some(name),
                aliased: true,
                ..
            } => Some(name.key.as_str()),
            _ => None,
        })
        .collect();
    rows.fields
        .iter()
        .filter(|field| {
            field
                .name
                .as_deref()
                .is_some_and(|name| aliased.contains(&name))
        })
        .cloned()
        .collect()
}

/// The aggregate that an expression is, if it is just that.
fn aggregate(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Call(call) if is_aggregate(call) => Some(call.name.clone()),
        _ => None,
    }
}

fn is_aggregate(call: &Call) -> bool {
    call.over.is_none() && call.shape != Shape::Scalar
}

/// Whether a group key is this output, by number, name or text.
fn is_key(key: &Expr, at: usize, expr: &Expr, alias: Option<&str>) -> bool {
    match key {
        Expr::Constant(Some(number)) => *number == at + 1,
        Expr::Column(path) if path.0.len() == 1 => {
            key == expr || alias.is_some() && last_name(key) == alias
        }
        key => key == expr,
    }
}

/// The last part of a column's name.
fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Column(path) => path.0.last().map(|name| name.key.as_str()),
        _ => None,
    }
}

/// Whether a column stands outside every aggregate and is no group key.
fn has_bare_column(expr: &Expr, keys: &[Expr]) -> bool {
    if keys.contains(expr) {
        return false;
    }
    let any = |exprs: &[Expr]| exprs.iter().any(|expr| has_bare_column(expr, keys));
    match expr {
        Expr::Column(_)
        | Expr::Row(_)
        | Expr::Subquery(_)
        | Expr::Exists(_)
        | Expr::InQuery(..) => true,
        Expr::Constant(_) | Expr::Text(_) | Expr::Parameter(_) => false,
        Expr::Mix(parts) | Expr::And(parts) => any(parts),
        Expr::Equal(left, right) => has_bare_column(left, keys) || has_bare_column(right, keys),
        Expr::InList(probe, list) => has_bare_column(probe, keys) || any(list),
        Expr::Case {
            conditions,
            results,
        } => any(conditions) || any(results),
        Expr::Call(call) if is_aggregate(call) => false,
        Expr::Call(call) => any(&call.args) || call.over.is_some(),
    }
}
