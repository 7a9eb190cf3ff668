//! Holds argument rules against the arguments that tools have.
//! Knows nothing of values.

use std::sync::Arc;

use serde_spanned::Spanned;

use super::Vocabulary;
use crate::manifest::{ArgumentKind, PlainType, Tool};
use crate::policy::parse::problem;
use crate::policy::phase::{ArgumentRule, Check};
use crate::policy::{ArgumentPath, Declared};
use crate::source::{Problem, did_you_mean};

impl Vocabulary {
    pub(super) fn argument(
        &self,
        declared: &Declared,
        rule: &ArgumentRule,
        problems: &mut Vec<Problem>,
    ) {
        self.tools(declared, &rule.tools, problems);
        let path = rule.argument.get_ref();
        let wanted = path.name();
        let mut meant = false;
        for pattern in &rule.tools {
            let covered = |tool: &&Arc<Tool>| pattern.get_ref().covers(tool.full_name());
            for tool in self.tools.iter().filter(covered) {
                let Some(argument) = tool.arguments.iter().find(|a| a.name == wanted) else {
                    if pattern.get_ref().is_exact() {
                        problems.push(undeclared(
                            declared,
                            (&rule.argument, wanted),
                            [tool].into_iter(),
                        ));
                        meant = true;
                    }
                    continue;
                };
                meant = true;
                if path.is_inner() && !holds_more(&argument.kind) {
                    let message =
                        format!("`{wanted}` of `{}` has nothing inside", tool.full_name());
                    let fix = format!("name the argument itself, `{wanted}`");
                    problems.push(problem(declared, &rule.argument, message, fix));
                }
                let kind = leaf(path, &argument.kind).unwrap_or_else(|step| {
                    if holds_more(&argument.kind) {
                        let message =
                            format!("`{wanted}` of `{}` has no field `{step}`", tool.full_name());
                        let fix = "name a field that the manifest declares".to_owned();
                        problems.push(problem(declared, &rule.argument, message, fix));
                    }
                    None
                });
                for check in &rule.checks {
                    self.compared(declared, check, tool, problems);
                    if kind
                        .as_ref()
                        .is_some_and(|kind| !check.get_ref().suits(kind))
                    {
                        let message = format!(
                            "this check can never hold for `{wanted}` of `{}`",
                            tool.full_name()
                        );
                        let fix = "use a check that fits the argument's kind".to_owned();
                        problems.push(problem(declared, check, message, fix));
                    }
                }
            }
        }
        let covered = |tool: &&Arc<Tool>| {
            let name = tool.full_name();
            rule.tools.iter().any(|p| p.get_ref().covers(name))
        };
        if !meant && self.tools.iter().any(|tool| covered(&tool)) {
            let tools = self.tools.iter().filter(covered);
            problems.push(undeclared(declared, (&rule.argument, wanted), tools));
        }
    }

    /// What an argument is held against is there as well.
    fn compared(
        &self,
        declared: &Declared,
        check: &Spanned<Check>,
        tool: &Tool,
        problems: &mut Vec<Problem>,
    ) {
        let Some(other) = check.get_ref().other() else {
            return;
        };
        if tool.arguments.iter().all(|a| a.name != other.name()) {
            let message = format!("`{}` has no argument `{}`", tool.full_name(), other.name());
            let names = tool.arguments.iter().map(|a| a.name.as_str());
            let fix = did_you_mean(other.name(), names);
            problems.push(problem(declared, check, message, fix));
        }
    }
}

/// Whether an argument of the kind can hold values of its own.
pub(super) fn holds_more(kind: &ArgumentKind) -> bool {
    match kind {
        ArgumentKind::SqlParams | ArgumentKind::Paths(_) => true,
        ArgumentKind::Plain(schema) => {
            matches!(schema.kind, PlainType::Array | PlainType::Object)
        }
        _ => false,
    }
}

/// Of which kind the value is that a path means, where that is declared; `None` where it may be any. `Err` where nothing
/// is declared there.
pub(super) fn leaf(
    path: &ArgumentPath,
    kind: &ArgumentKind,
) -> Result<Option<ArgumentKind>, String> {
    let steps: Vec<_> = path.inner_steps().collect();
    let steps: Vec<&str> = steps.iter().map(|step| step.as_ref()).collect();
    match kind {
        _ if steps.is_empty() => Ok(Some(kind.clone())),
        ArgumentKind::Plain(schema) => {
            let found = schema.inside(&steps).map_err(str::to_owned)?;
            Ok(found.cloned().map(ArgumentKind::Plain))
        }
        _ => Ok(None),
    }
}

fn undeclared<'t>(
    declared: &Declared,
    (at, argument): (&Spanned<ArgumentPath>, &str),
    tools: impl Iterator<Item = &'t Arc<Tool>>,
) -> Problem {
    let tools: Vec<_> = tools.collect();
    let names = tools.iter().flat_map(|tool| &tool.arguments);
    let fix = did_you_mean(argument, names.map(|a| a.name.as_str()));
    let message = match tools.as_slice() {
        [tool] => format!("`{}` has no argument `{}`", tool.full_name(), argument),
        _ => format!("none of these tools has an argument `{}`", argument),
    };
    problem(declared, at, message, fix)
}
