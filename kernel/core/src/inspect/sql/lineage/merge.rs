//! MERGE: what each of its branches writes from what, and which rows it may touch.
//! Knows nothing of whether the write is permitted.

use super::relation::{Relation, Rows, Scope};
use super::{Analyst, Context, why};
use crate::inspect::sql::Unscoped;
use crate::inspect::sql::form::{Expr, Merge, MergeAction};

impl<'c> Analyst<'c> {
    pub(super) fn merge_into(&mut self, merge: &Merge, context: Context<'_, 'c>) -> Rows<'c> {
        let table = self.target(&merge.target);
        let sheet = self.from(std::slice::from_ref(&merge.source), context);
        let relation = self.target_relation(table, &merge.target, merge.alias.as_ref());
        let shown = self.shown_name(&merge.target);
        let relations: Vec<Relation<'c>> = std::iter::once(relation.clone())
            .chain(sheet.relations.clone())
            .collect();
        let scope = Scope {
            relations: &relations,
            aliases: &[],
            parent: context.scope,
        };
        let inner = Context {
            scope: Some(&scope),
            env: context.env,
        };
        self.filter(Some(&merge.on), &sheet, inner);
        for branch in &merge.branches {
            self.filter(branch.filter.as_ref(), &sheet, inner);
            let verb = match &branch.action {
                MergeAction::Nothing => continue,
                MergeAction::Insert { columns, values } => {
                    let columns = self.insert_columns(columns, &relation);
                    if values.len() > columns.len() && relation.exact {
                        self.refuse(why::COLUMN_COUNT);
                    }
                    for (column, value) in columns.iter().zip(values) {
                        let flow = self.expr(value, inner).settled();
                        self.launder(&flow, &shown, column);
                    }
                    continue;
                }
                MergeAction::Update(assignments) => {
                    self.assigned(assignments, &relation, &shown, inner);
                    Unscoped::Update
                }
                MergeAction::Delete => Unscoped::Delete,
            };
            // Rows that did not match are not those that ON names.
            let on = branch.matched.then_some(&merge.on);
            let conditions: Vec<Expr> = on.into_iter().chain(&branch.filter).cloned().collect();
            let filter = Expr::And(conditions);
            self.scope_of(verb, table, &relation, &sheet, Some(&filter), shown.clone());
        }
        Rows {
            exact: true,
            ..Rows::default()
        }
    }
}
