//! Common table expressions: which name means which, evaluated once, recursion to a fixpoint.
//! Knows nothing of what their bodies hold.

use std::cell::RefCell;

use super::relation::{Field, Scope, tell_apart};
use super::{Analyst, Context, why};
use crate::inspect::sql::Dialect;
use crate::inspect::sql::form::{Cte, Name};
use crate::limits;

/// The expressions of one WITH.
pub(super) struct Frame<'e, 'c> {
    ctes: &'e [Cte],
    states: RefCell<Vec<State<'c>>>,
    /// PostgreSQL without RECURSIVE: each sees only those before it. SQLite ignores the word.
    lexical: bool,
    sqlite: bool,
}

enum State<'c> {
    Pending,
    Busy {
        known: Option<Vec<Field<'c>>>,
        touched: bool,
    },
    Done {
        fields: Vec<Field<'c>>,
        exact: bool,
        leaky: bool,
    },
}

impl<'e, 'c> Frame<'e, 'c> {
    pub(super) fn new(ctes: &'e [Cte], recursive: bool, dialect: Dialect) -> Self {
        let states = RefCell::new(ctes.iter().map(|_| State::Pending).collect());
        let sqlite = dialect == Dialect::Sqlite;
        Self {
            ctes,
            states,
            lexical: !sqlite && !recursive,
            sqlite,
        }
    }

    fn set(&self, at: usize, state: State<'c>) {
        if let Some(slot) = self.states.borrow_mut().get_mut(at) {
            *slot = state;
        }
    }
}

/// A WITH and what surrounds it.
pub(super) struct Env<'e, 'c> {
    pub(super) frame: &'e Frame<'e, 'c>,
    pub(super) scope: Option<&'e Scope<'e, 'c>>,
    pub(super) parent: Option<&'e Env<'e, 'c>>,
}

/// The expression whose body is being evaluated and may refer to itself.
#[derive(Clone, Copy)]
pub(super) struct Published<'e, 'c> {
    env: &'e Env<'e, 'c>,
    at: usize,
}

impl<'c> Published<'_, 'c> {
    /// Makes the first arm's columns known to the arms after it.
    pub(super) fn publish(self, fields: &[Field<'c>]) {
        let Some(cte) = self.env.frame.ctes.get(self.at) else {
            return;
        };
        if let Some(State::Busy { known, .. }) = self.env.frame.states.borrow_mut().get_mut(self.at)
        {
            known.get_or_insert_with(|| renamed(fields, &cte.columns, self.env.frame.sqlite));
        }
    }
}

/// What a reference to an expression gives.
pub(super) struct Referred<'c> {
    pub(super) fields: Vec<Field<'c>>,
    pub(super) exact: bool,
}

impl<'c> Analyst<'c> {
    /// The expression that a bare table name means, if it means one.
    pub(super) fn referred(
        &mut self,
        name: &Name,
        context: Context<'_, 'c>,
    ) -> Option<Referred<'c>> {
        let mut cursor = context.env;
        while let Some(env) = cursor {
            if !self.spend(env.frame.ctes.len() / 8) {
                return None;
            }
            let found = env
                .frame
                .ctes
                .iter()
                .position(|cte| cte.name.key == name.key);
            if let Some(at) = found {
                let visible = !env.frame.lexical
                    || matches!(env.frame.states.borrow().get(at), Some(State::Done { .. }));
                if visible {
                    self.evaluate(env, at);
                    return Some(self.reference(env, at, context));
                }
            }
            cursor = env.parent;
        }
        None
    }

    fn reference(
        &mut self,
        env: &Env<'_, 'c>,
        at: usize,
        context: Context<'_, 'c>,
    ) -> Referred<'c> {
        let mut states = env.frame.states.borrow_mut();
        match states.get_mut(at) {
            Some(State::Done {
                fields,
                exact,
                leaky,
            }) => {
                self.spend(fields.len() * 3);
                let referred = Referred {
                    fields: fields.clone(),
                    exact: *exact,
                };
                // SQLite resolves a body's unknown names where it is referred to, not where it stands.
                let captures = *leaky && self.sqlite() && context.scope.is_some();
                drop(states);
                if captures {
                    self.refuse(why::CORRELATED_CTE);
                }
                referred
            }
            Some(State::Busy {
                known: Some(known),
                touched,
            }) => {
                *touched = true;
                Referred {
                    fields: known.clone(),
                    exact: true,
                }
            }
            Some(State::Busy { known: None, .. } | State::Pending) | None => {
                drop(states);
                self.refuse(why::RECURSION);
                Referred {
                    fields: Vec::new(),
                    exact: false,
                }
            }
        }
    }

    /// Evaluates an expression that is still pending; recursive ones until nothing is added.
    pub(super) fn evaluate(&mut self, env: &Env<'_, 'c>, at: usize) {
        let pending = matches!(env.frame.states.borrow().get(at), Some(State::Pending));
        let Some(cte) = env.frame.ctes.get(at).filter(|_| pending) else {
            return;
        };
        let scope = match self.dialect {
            Dialect::Postgres => env.scope,
            Dialect::Sqlite => None,
        };
        let context = Context {
            scope,
            env: Some(env),
        };
        let leaked_before = std::mem::take(&mut self.leaked);
        env.frame.set(
            at,
            State::Busy {
                known: None,
                touched: false,
            },
        );
        let mut exact = true;
        let mut fields = Vec::new();
        for round in 0..=limits::SQL_ROUNDS_MAX {
            let rows = self.query_of(&cte.query, context, Some(Published { env, at }));
            exact = rows.exact;
            if !cte.columns.is_empty() && cte.columns.len() > rows.fields.len() {
                self.refuse(why::COLUMN_COUNT);
            }
            fields = renamed(&rows.fields, &cte.columns, self.sqlite());
            let Some((known, touched)) = busy(env, at) else {
                break;
            };
            let settled = !touched || !grow(&mut fields, known.as_deref());
            if settled {
                break;
            }
            if round == limits::SQL_ROUNDS_MAX {
                saturate(&mut fields);
            }
            env.frame.set(
                at,
                State::Busy {
                    known: Some(fields.clone()),
                    touched: false,
                },
            );
        }
        let leaky = self.leaked;
        self.leaked |= leaked_before;
        env.frame.set(
            at,
            State::Done {
                fields,
                exact,
                leaky,
            },
        );
    }
}

fn busy<'c>(env: &Env<'_, 'c>, at: usize) -> Option<(Option<Vec<Field<'c>>>, bool)> {
    match env.frame.states.borrow().get(at)? {
        State::Busy { known, touched } => Some((known.clone(), *touched)),
        _ => None,
    }
}

/// Adds what was known before; whether the result differs from it.
fn grow<'c>(fields: &mut [Field<'c>], known: Option<&[Field<'c>]>) -> bool {
    let known = known.unwrap_or_default();
    for (field, before) in fields.iter_mut().zip(known) {
        field.flow.add(&before.flow);
        field.flow = field.flow.clone().mixed();
    }
    fields.len() != known.len()
        || fields
            .iter()
            .zip(known)
            .any(|(field, before)| field.flow != before.flow.clone().mixed())
}

/// Every column from every source: more rounds could add nothing beyond this.
fn saturate(fields: &mut [Field<'_>]) {
    let mut all = super::flow::Flow::default();
    for field in fields.iter() {
        all.add(&field.flow);
    }
    for field in fields.iter_mut() {
        field.flow = all.saturated();
    }
}

/// Columns as they are seen from outside, the first ones under new names.
pub(super) fn renamed<'c>(fields: &[Field<'c>], names: &[Name], sqlite: bool) -> Vec<Field<'c>> {
    let mut renamed: Vec<Field<'c>> = fields.iter().cloned().map(Field::inward).collect();
    for (field, name) in renamed.iter_mut().zip(names) {
        field.name = Some(name.key.clone());
        field.shown.clone_from(&name.text);
    }
    if sqlite && names.is_empty() {
        tell_apart(&mut renamed);
    }
    renamed
}
