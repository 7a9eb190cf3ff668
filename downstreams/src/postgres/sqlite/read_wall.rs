//! The engine's gatekeeper for `query`: what is not granted is denied, at every step of a statement.
//! Knows nothing of SQL text.

use std::sync::Arc;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::functions;
use super::seen::{Known, Notebook, Relation, Seen};
use super::tags::Tags;
use super::veil::refusal;
use crate::postgres::grant::Grant;

/// Pragmas that tell of one table's schema and of nothing else.
const DESCRIBING: [&str; 4] = [
    "table_info",
    "table_xinfo",
    "index_list",
    "foreign_key_list",
];

/// The rules of one call.
pub(super) struct ReadWall {
    pub(super) grant: Arc<Grant>,
    /// Name of the database on this handle: `main`, or one that nobody can say.
    pub(super) place: String,
    /// The relations of the database.
    pub(super) known: Known,
    /// Masked columns; each of these relations stands behind a temporary view of its own name.
    pub(super) tags: Tags,
    /// Relations behind temporary views, folded.
    pub(super) veiled: Vec<String>,
    /// How the names of the masking functions begin; nobody can guess it.
    pub(super) mask_prefix: String,
    pub(super) notebook: Notebook,
}

impl ReadWall {
    /// The callback of `sqlite3_set_authorizer`.
    pub(super) fn judge(&self, context: &AuthContext<'_>) -> Authorization {
        let mut seen = self.notebook.open();
        if self.permits(context, &mut seen) {
            Authorization::Allow
        } else {
            seen.deny();
            Authorization::Deny
        }
    }

    fn permits(&self, context: &AuthContext<'_>, seen: &mut Seen) -> bool {
        match context.action {
            AuthAction::Select | AuthAction::Recursive => true,
            AuthAction::Function { function_name } => {
                self.permits_function(function_name, context.accessor, seen)
            }
            AuthAction::Read {
                table_name,
                column_name,
            } => self.permits_read(table_name, column_name, context, seen),
            AuthAction::Pragma {
                pragma_name,
                pragma_value: Some(table),
            } => self.permits_pragma(pragma_name, table, seen),
            _ => false,
        }
    }

    /// Only what describes the schema of a table that may be read; behind the veil that is its view.
    fn permits_pragma(&self, pragma: &str, table: &str, seen: &mut Seen) -> bool {
        let known = match self.known.get(&table.to_ascii_lowercase()) {
            Some(Relation::Served(name)) => name,
            _ => return false,
        };
        let pragma = pragma.to_ascii_lowercase();
        let permitted = DESCRIBING.contains(&pragma.as_str())
            && self.grant.pragmas.has(&pragma)
            && self.grant.reads.has(table);
        if permitted {
            seen.read(known, "");
        }
        permitted
    }

    fn permits_function(&self, name: &str, accessor: Option<&str>, seen: &mut Seen) -> bool {
        if name.starts_with(&self.mask_prefix) {
            // Called by hand it would tell which token belongs to a guessed value.
            return name != refusal(&self.mask_prefix)
                && accessor.is_some_and(|view| self.tags.of(view).is_some());
        }
        let permitted = functions::operator(name)
            || (functions::allowed(name) && self.grant.functions.has(name));
        if permitted {
            seen.call(name);
        }
        permitted
    }

    fn permits_read(
        &self,
        table: &str,
        column: &str,
        context: &AuthContext<'_>,
        seen: &mut Seen,
    ) -> bool {
        let folded = table.to_ascii_lowercase();
        if functions::table(&folded) {
            return self.grant.functions.has(&folded);
        }
        if folded.starts_with("sqlite_") {
            return self.grant.open && context.database_name == Some("main");
        }
        let name = match self.known.get(&folded) {
            Some(Relation::Served(name)) => name,
            Some(Relation::Unserved) => return false,
            // A CTE or subquery that is used without any column of it; real ones are known.
            None => return column.is_empty(),
        };
        if !self.grant.reads.has(&folded) {
            return false;
        }
        match context.database_name {
            Some("temp") if self.veiled.contains(&folded) => seen.read(name, column),
            Some(place) if place == self.place => match self.tags.of(&folded) {
                Some(_) if column.is_empty() => seen.read(name, ""),
                // Behind the view: only the view itself gets here, for nobody else can name it.
                Some(_) => {
                    return context
                        .accessor
                        .is_some_and(|view| view.eq_ignore_ascii_case(table));
                }
                None => seen.read(name, column),
            },
            // Reported without a database where no column is used.
            None if column.is_empty() => seen.read(name, ""),
            _ => return false,
        }
        true
    }
}
