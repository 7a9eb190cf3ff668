//! MERGE: what each of its branches writes from what, and which rows it may touch.
//! Knows nothing of whether the write is permitted.

use super::constraint::Change;
use super::relation::Rows;
use super::{Analyst, Context, why};
use crate::inspect::sql::form::{Expr, Merge, MergeAction};
use crate::inspect::sql::{Deed, Unscoped};

impl<'c> Analyst<'c> {
    pub(super) fn merge_into(&mut self, merge: &Merge, context: Context<'_, 'c>) -> Rows<'c> {
        let aim = self.aim(
            &merge.target,
            merge.alias.as_ref(),
            std::slice::from_ref(&merge.source),
            context,
        );
        let scope = aim.scope(context);
        let inner = context.inside(&scope);
        self.conditions(aim.sheet.ons.iter().copied().chain([&merge.on]), inner);
        for branch in &merge.branches {
            self.conditions(&branch.filter, inner);
            let verb = match &branch.action {
                MergeAction::Nothing => continue,
                MergeAction::Insert { columns, values } => {
                    self.does(Deed::Insert, &aim.shown);
                    let columns = self.insert_columns(columns, &aim.relation);
                    if values.len() > columns.len() && aim.relation.exact {
                        self.refuse(why::COLUMN_COUNT);
                    }
                    for (column, value) in columns.iter().zip(values) {
                        let flow = self.expr(value, inner).settled();
                        self.launder(&flow, &aim.shown, column);
                        self.demanded(&flow, aim.table, column);
                    }
                    if let Some(table) = aim.table {
                        self.constrained(&Change::merged(table), false);
                    }
                    continue;
                }
                MergeAction::Update(assignments) => {
                    self.does(Deed::Update, &aim.shown);
                    self.assigned(assignments, &aim.relation, &aim.shown, inner);
                    if let Some(table) = aim.table {
                        self.constrained(&Change::updated(table, assignments), false);
                    }
                    Unscoped::Update
                }
                MergeAction::Delete => {
                    self.does(Deed::Delete, &aim.shown);
                    if let Some(table) = aim.table {
                        self.removed(table);
                    }
                    Unscoped::Delete
                }
            };
            // Rows that did not match are not those that ON names.
            let on = branch.matched.then_some(&merge.on);
            let conditions: Vec<Expr> = on.into_iter().chain(&branch.filter).cloned().collect();
            let filter = Expr::And(conditions);
            self.scope_of(verb, &aim, Some(&filter));
        }
        Rows {
            exact: true,
            ..Rows::default()
        }
    }
}
