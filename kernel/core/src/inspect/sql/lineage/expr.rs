//! What an expression is computed from.
//! Knows nothing of the select around it but its scope.

use super::flow::Flow;
use super::{Analyst, Context};
use crate::inspect::sql::form::{Call, Expr, Shape};
use crate::inspect::sql::functions;

impl<'c> Analyst<'c> {
    pub(super) fn expr(&mut self, expr: &Expr, context: Context<'_, 'c>) -> Flow<'c> {
        let flow = self.flow_of(expr, context);
        if self.writing && computes(expr) {
            self.computed.add(&flow);
        }
        flow
    }

    fn flow_of(&mut self, expr: &Expr, context: Context<'_, 'c>) -> Flow<'c> {
        match expr {
            Expr::Column(path) => self.column(path, context),
            Expr::Row(path) => self.row(path, context),
            Expr::Constant(_) | Expr::Text(_) | Expr::Parameter(_) => Flow::default(),
            Expr::Mix(parts) | Expr::And(parts) => self.mix(parts, context),
            Expr::Equal(left, right) => self.mix([&**left, &**right], context),
            Expr::InList(probe, list) => self.mix(std::iter::once(&**probe).chain(list), context),
            Expr::Case {
                conditions,
                results,
            } => {
                let mut flow = self.mix(results, context);
                flow.add(&self.mix(conditions, context).control());
                flow
            }
            Expr::Call(call) => self.call(call, context),
            Expr::Subquery(query) => self.query(query, context).scalar(),
            Expr::Exists(query) => self.query(query, context).control.control(),
            Expr::InQuery(probe, query) => {
                let mut flow = self.expr(probe, context).mixed();
                flow.add(&self.query(query, context).scalar().control());
                flow
            }
        }
    }

    /// Computed from all parts by value.
    pub(super) fn mix<'q>(
        &mut self,
        parts: impl IntoIterator<Item = &'q Expr>,
        context: Context<'_, 'c>,
    ) -> Flow<'c> {
        let mut flow = Flow::default();
        for part in parts {
            flow.add(&self.expr(part, context));
        }
        flow.mixed()
    }

    fn call(&mut self, call: &Call, context: Context<'_, 'c>) -> Flow<'c> {
        let mut flow = Flow::default();
        let around = std::mem::take(&mut self.local);
        let whole = call.over.is_none() && call.filter.is_none() && !call.distinct;
        for arg in &call.args {
            let arg = self.expr(arg, context);
            flow.add(&match call.shape {
                // How many values are different is a comparison of them: with one of one's own among
                // them it says whether that one is there.
                Shape::Count if !call.distinct => arg.counted(),
                Shape::Sum if whole => arg.summed(),
                _ => arg.mixed(),
            });
        }
        let local = std::mem::replace(&mut self.local, around);
        self.local |= local;
        let mut flow = flow.mixed();
        if functions::returns_rows(&call.name, self.dialect) {
            // How many rows come out depends on the arguments.
            self.predicates.add(&flow);
        }
        if call.shape == Shape::Extreme && call.over.is_none() {
            self.extreme(&flow, local);
        }
        self.chosen(call, &mut flow, context);
        flow
    }

    /// Notes the argument of a min or max. One over columns from around the select alone is an
    /// aggregate of a select around it, though it stands in this one.
    fn extreme(&mut self, flow: &Flow<'c>, local: bool) {
        let open = self.extremes.len();
        let from = if local { open.saturating_sub(1) } else { 0 };
        for extremes in self.extremes.iter_mut().skip(from) {
            extremes.add(flow);
        }
    }

    /// What decides over which rows, and in which order, a call works.
    fn chosen(&mut self, call: &Call, flow: &mut Flow<'c>, context: Context<'_, 'c>) {
        let mut choice = self.mix(&call.order_by, context);
        if let Some(filter) = &call.filter {
            choice.add(&self.expr(filter, context));
        }
        if let Some(over) = &call.over {
            choice.add(&self.mix(&over.keys, context));
            if over.named {
                for window in &self.windows {
                    choice.add(window);
                }
            }
        }
        self.predicates.add(&choice);
        flow.add(&choice.control());
    }
}

/// Whether an expression does more with its parts than to take them as they are. It may fail, or spare a part from being
/// computed at all, by what they hold. These functions take every value and leave none out.
fn computes(expr: &Expr) -> bool {
    const HARMLESS: [&str; 5] = ["lower", "upper", "ltrim", "rtrim", "length"];
    match expr {
        Expr::Call(call) => !HARMLESS.contains(&call.name.as_str()),
        Expr::Mix(_)
        | Expr::And(_)
        | Expr::Equal(..)
        | Expr::InList(..)
        | Expr::InQuery(..)
        | Expr::Case { .. } => true,
        _ => false,
    }
}
