//! Whether a write is proven to touch only rows named by key.
//! Knows nothing of tautologies: what is not proven is unscoped.

use crate::inspect::sql::Dialect;
use crate::inspect::sql::form::{Expr, Path};
use crate::manifest::Table;

/// The table whose rows change.
pub(super) struct Target<'a> {
    pub(super) table: &'a Table,
    /// The folded name that qualifies its columns.
    pub(super) alias: &'a str,
    /// Whether other relations stand beside it; then the key column must be qualified.
    pub(super) joined: bool,
    pub(super) dialect: Dialect,
}

impl Target<'_> {
    /// Whether some top-level conjunct is `key column = constant` or `key column IN (constants)`.
    pub(super) fn is_scoped(&self, filter: Option<&Expr>) -> bool {
        match filter {
            Some(Expr::And(conjuncts)) => conjuncts
                .iter()
                .any(|conjunct| self.is_scoped(Some(conjunct))),
            Some(Expr::Equal(left, right)) => {
                (self.is_key(left) && right.is_constant())
                    || (self.is_key(right) && left.is_constant())
            }
            Some(Expr::InList(probe, list)) => {
                self.is_key(probe) && list.iter().all(Expr::is_constant)
            }
            _ => false,
        }
    }

    fn is_key(&self, expr: &Expr) -> bool {
        let Expr::Column(Path(names)) = expr else {
            return false;
        };
        let name = match names.as_slice() {
            [name] if !self.joined => name,
            [table, name] if table.key == self.alias => name,
            _ => return false,
        };
        let knows_keys = self.table.columns.iter().any(|column| column.key);
        self.table.columns.iter().any(|column| {
            let is_key = if knows_keys {
                column.key
            } else {
                column.name.eq_ignore_ascii_case("id")
            };
            is_key && self.dialect.same(&name.key, &column.name)
        })
    }
}
