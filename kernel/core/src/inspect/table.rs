//! Reads the name of one table.
//! Knows nothing of SQL.

use super::{Fact, Finding, Interceptor, Readings, Scope};
use crate::denial::{Denial, Phase};
use crate::json::Json;
use crate::manifest::{Argument, ArgumentKind};

/// The interceptor of `kind = "table"`.
#[derive(Debug)]
pub(super) struct TableName;

impl Interceptor for TableName {
    fn reads(&self, kind: &ArgumentKind) -> bool {
        matches!(kind, ArgumentKind::Table)
    }

    fn read(
        &self,
        argument: &Argument,
        value: &Json,
        scope: &Scope<'_>,
    ) -> Result<Readings, Denial> {
        let Some(table) = value.as_str().and_then(|name| scope.catalog.table(name)) else {
            return Err(Denial::kernel(
                "sql.unknown-table",
                Phase::Examination,
                "no table of this name is in the catalogue",
                format!("call {}__list_tables for the names", scope.system.server),
            ));
        };
        let fact = Fact::Reads(table.name.clone());
        Ok(Readings {
            findings: vec![Finding {
                fact,
                argument: argument.name.clone(),
                span: None,
            }],
            ..Readings::default()
        })
    }
}
