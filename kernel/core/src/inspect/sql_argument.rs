//! Reads SQL arguments: hands the text to [`super::sql`] and turns its reading into facts.
//! Knows nothing of how SQL is parsed.

use super::{Interceptor, Readings, Scope};
use crate::denial::{Denial, Phase};
use crate::json::Json;
use crate::manifest::{Argument, ArgumentKind};

/// The interceptor of `kind = "sql"`.
#[derive(Debug)]
pub(super) struct SqlArgument;

impl Interceptor for SqlArgument {
    fn reads(&self, kind: &ArgumentKind) -> bool {
        matches!(kind, ArgumentKind::Sql(_))
    }

    fn read(&self, argument: &Argument, _: &Json, _: &Scope<'_>) -> Result<Readings, Denial> {
        Err(Denial::kernel(
            "sql.unreadable",
            Phase::Examination,
            format!("the statement in `{}` cannot be read", argument.name),
            "",
        ))
    }
}
