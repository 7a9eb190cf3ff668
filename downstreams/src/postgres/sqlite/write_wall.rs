//! The engine's gatekeeper for `execute`: grants of tables, of schema words, and no masked column.
//! Knows nothing of SQL text.
//!
//! A write must reach the table itself, so no view can stand before it. Instead every READ of a
//! masked column is denied that the grant does not let be copied, wherever it stands: `WHERE`, `SET x = email`, `RETURNING`, `excluded`,
//! a trigger's `old` and `new`. A masked column may only be assigned to, which the engine reports as
//! UPDATE or INSERT, never as READ. Joins by name, which it does not report, are refused by
//! [`text::may_join_by_name`](super::text::may_join_by_name).

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::functions;
use super::seen::{Known, Notebook, Relation, Seen};
use super::tags::{TableTags, Tags};
use crate::postgres::grant::Grant;

/// The rules of one call.
pub(super) struct WriteWall {
    pub(super) grant: Arc<Grant>,
    pub(super) known: Known,
    pub(super) tags: Tags,
    /// Folded `table.column` of every foreign key, both ends: the engine reads them to check a
    /// write. Empty while the statement's own reads are judged, with foreign keys switched off.
    pub(super) referential: BTreeSet<String>,
    pub(super) notebook: Notebook,
}

impl WriteWall {
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
        use AuthAction as Action;
        match context.action {
            Action::Select | Action::Recursive => true,
            Action::Function { function_name } => self.permits_function(function_name, seen),
            Action::Read {
                table_name,
                column_name,
            } => self.permits_read(table_name, column_name, context, seen),
            Action::Insert { table_name }
            | Action::Delete { table_name }
            | Action::Update { table_name, .. } => self.permits_write(table_name, context, seen),
            // `main` alone: temporary objects would be views and triggers in front of the data.
            Action::CreateTable { table_name }
            | Action::CreateView {
                view_name: table_name,
            } => {
                let permitted = self.permits_ddl("create", table_name, context, seen);
                if permitted {
                    seen.make(table_name);
                }
                permitted
            }

            Action::CreateIndex { table_name, .. } => {
                self.permits_ddl("create", table_name, context, seen)
            }
            Action::Reindex { .. } => self.grant.ddl.has("create"),
            Action::DropTable { table_name }
            | Action::DropView {
                view_name: table_name,
            } => self.permits_ddl("drop", table_name, context, seen),
            Action::DropIndex { table_name, .. } | Action::DropTrigger { table_name, .. } => {
                self.permits_ddl("drop", table_name, context, seen)
            }
            Action::AlterTable {
                database_name,
                table_name,
            } => database_name == "main" && self.permits_ddl_of("alter", table_name, seen),
            // Triggers (their bodies raise no READ when they are made), virtual tables, temporary
            // objects, ATTACH, DETACH, PRAGMA, ANALYZE, transactions, savepoints, the unknown.
            _ => false,
        }
    }

    fn permits_function(&self, name: &str, seen: &mut Seen) -> bool {
        let permitted = functions::operator(name)
            || (functions::allowed(name) && self.grant.functions.has(name));
        if permitted {
            seen.call(name);
        }
        permitted || (functions::of_alter(name) && self.grant.ddl.has("alter"))
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
            return self.permits_bookkeeping(context);
        }
        if context.accessor.is_none() && self.is_referential(&folded, column) {
            return true;
        }
        let name = match self.known.get(&folded) {
            Some(Relation::Served(name)) => name,
            Some(Relation::Unserved) => return false,
            // A CTE of which no column is used, or a new table whose keys get their index.
            None => return column.is_empty() || seen.made(&folded),
        };
        let permitted = matches!(context.database_name, None | Some("main"))
            && self.grant.reads.has(&folded)
            && (column.is_empty()
                || !self.tags.hides(&folded, column)
                || self.is_copied(&folded, column));
        if permitted {
            seen.read(name, column);
        }
        permitted
    }

    /// Whether the label of this column goes with what the statement makes of it.
    fn is_copied(&self, folded: &str, column: &str) -> bool {
        let sound = self.tags.of(folded).is_none_or(TableTags::sound);
        let key = format!("{folded}.{}", column.to_ascii_lowercase());
        sound && self.grant.copied.has(&key)
    }

    fn is_referential(&self, folded: &str, column: &str) -> bool {
        let key = format!("{folded}.{}", column.to_ascii_lowercase());
        self.referential.contains(&key)
    }

    fn permits_write(&self, table: &str, context: &AuthContext<'_>, seen: &mut Seen) -> bool {
        let folded = table.to_ascii_lowercase();
        if folded.starts_with("sqlite_") {
            return self.permits_bookkeeping(context);
        }
        context.database_name == Some("main")
            && self.grant.writes.has(&folded)
            && self.note_write(table, &folded, seen)
    }

    /// Schema changes are writes to SQLite's own tables. A statement cannot name those (the text
    /// check), and defensive mode keeps them from being written otherwise.
    fn permits_bookkeeping(&self, context: &AuthContext<'_>) -> bool {
        match context.database_name {
            Some("main") => !self.grant.ddl.is_none(),
            // `ALTER TABLE` looks for dependants among temporary objects.
            Some("temp") => self.grant.ddl.has("alter"),
            _ => false,
        }
    }

    fn permits_ddl(
        &self,
        word: &str,
        table: &str,
        context: &AuthContext<'_>,
        seen: &mut Seen,
    ) -> bool {
        context.database_name == Some("main") && self.permits_ddl_of(word, table, seen)
    }

    /// Never on a masked table: a renamed column, an index or a copy would leave its mask behind, unless the grant
    /// says that masks follow. Dropping it shows nothing.
    fn permits_ddl_of(&self, word: &str, table: &str, seen: &mut Seen) -> bool {
        let folded = table.to_ascii_lowercase();
        self.grant.ddl.has(word)
            && self.grant.writes.has(&folded)
            && (word == "drop"
                || self.tags.of(&folded).is_none()
                || (word == "alter" && self.grant.renamed.has(&folded)))
            && self.note_write(table, &folded, seen)
    }

    /// False for what is not served at all.
    fn note_write(&self, table: &str, folded: &str, seen: &mut Seen) -> bool {
        match self.known.get(folded) {
            Some(Relation::Unserved) => return false,
            Some(Relation::Served(name)) => seen.write(name),
            None => seen.write(table),
        }
        true
    }
}
