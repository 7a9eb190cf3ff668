//! What a `[[budget]]` rule may speak of: tools, capabilities, servers and arguments that there are.
//! Knows nothing of amounts.

use std::collections::BTreeSet;

use super::Vocabulary;
use crate::policy::Declared;
use crate::policy::parse::problem;
use crate::policy::phase::BudgetRule;
use crate::receipt::Unit;
use crate::source::{Problem, did_you_mean};

impl Vocabulary {
    pub(super) fn budget(
        &self,
        declared: &Declared,
        rule: &BudgetRule,
        problems: &mut Vec<Problem>,
    ) {
        let before = problems.len();
        self.tools(
            declared,
            rule.tools.as_deref().unwrap_or_default(),
            problems,
        );
        if let Some(capabilities) = &rule.capabilities {
            self.capabilities(declared, capabilities, problems);
        }
        let servers: BTreeSet<&str> = self.tools.iter().map(|tool| tool.server.as_str()).collect();
        for named in rule.downstreams.iter().flatten() {
            if !servers.contains(named.get_ref().as_str()) {
                let message = format!("no server `{}`", named.get_ref());
                let fix = did_you_mean(named.get_ref(), servers.iter().copied());
                problems.push(problem(declared, named, message, fix));
            }
        }
        for named in rule
            .tools
            .iter()
            .flatten()
            .filter(|tool| tool.get_ref().is_exact())
        {
            let meant = |name: &str| named.get_ref().covers(name);
            let tool = self.tools.iter().find(|tool| meant(tool.full_name()));
            if let Some(tool) = tool.filter(|tool| !rule.allowance.can_count(tool)) {
                let (what, fix) = uncounted(rule, tool.arguments.iter().map(|a| a.name.as_str()));
                let message = format!("{what} of `{}` cannot be counted", tool.full_name());
                problems.push(problem(declared, named, message, fix));
            }
        }
        if problems.len() == before && !self.tools.iter().any(|tool| rule.is_about(tool)) {
            let all = self.tools.iter().flat_map(|tool| &tool.arguments);
            let (what, fix) = uncounted(rule, all.map(|a| a.name.as_str()));
            problems.push(Problem {
                file: declared.file.to_string(),
                span: declared.span.clone(),
                message: format!(
                    "rule `{}` can never match: {what} cannot be counted of any tool that it names",
                    rule.head.id
                ),
                fix,
            });
        }
    }
}

fn uncounted<'a>(
    rule: &BudgetRule,
    arguments: impl Iterator<Item = &'a str>,
) -> (&'static str, String) {
    match (rule.allowance.unit, rule.allowance.spanned_of()) {
        (Unit::Values, Some(of)) => {
            let known: BTreeSet<&str> = arguments.collect();
            ("such values", did_you_mean(of.get_ref(), known))
        }
        (unit, _) => (
            unit.as_str(),
            "say in the manifest where rows are (`result.rows`), or name other tools".to_owned(),
        ),
    }
}
