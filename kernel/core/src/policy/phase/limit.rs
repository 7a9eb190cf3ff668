//! `limit` of a transform: a query gives no more rows than that, since its own text says so.
//! Knows nothing of how a text is read.

use crate::denial::{Objection, Phase};
use crate::inspect::sql::{Limited, limited};
use crate::manifest::ArgumentKind;
use crate::policy::Statement;
use crate::policy::engine::{Case, Opinion};

/// Sets the limit into the statement that goes to the engine, or objects where none is certain to hold.
/// Whether it is a query is read from the text alone: whatever else was found makes no difference.
pub(super) fn oblige(most: u64, rule: &str, case: &Case<'_>, opinion: &mut Opinion) {
    let statements = case.asked.tool.arguments.iter();
    for argument in statements {
        let ArgumentKind::Sql(dialect) = argument.kind else {
            continue;
        };
        if case.hides(&argument.name) {
            opinion.leave_open(rule);
            continue;
        }
        let given = case.asked.arguments.get(&argument.name);
        let Some(text) = given.and_then(|value| value.as_str()) else {
            continue;
        };
        match limited(text, dialect, most) {
            Ok(Limited::AsItIs) => {}
            Ok(Limited::Other(text)) => {
                opinion.terms.statement = Some(Statement {
                    argument: argument.name.clone(),
                    text,
                });
            }
            Err(refusal) => opinion.object(Objection {
                rule: rule.to_owned().into(),
                phase: Phase::Transform,
                reason: format!("of this query no limit of {most} rows can be made certain: {}", refusal.reason)
                    .into(),
                fix: format!("end the query with `LIMIT {most}`, or a smaller number, without a parameter or expression").into(),
            }),
        }
    }
}
