//! Holds roles, attributes and resources against who and what there is.
//! Knows nothing of calls.

use serde_spanned::Spanned;

use super::Vocabulary;
use crate::manifest::ArgumentKind;
use crate::policy::parse::problem;
use crate::policy::people::Who;
use crate::policy::phase::Grant;
use crate::policy::when::Subjects;
use crate::policy::{Declared, Resource};
use crate::source::{Problem, did_you_mean};

impl Vocabulary {
    /// Each role that a rule is for is there, and somebody has one of them.
    pub(super) fn who(&self, declared: &Declared, who: &Who, problems: &mut Vec<Problem>) {
        let before = problems.len();
        self.known_roles(declared, &who.roles, problems);
        let had = |role: &Spanned<String>| {
            let mut all = self.people.principals();
            all.any(|name| self.people.has_role(name, role.get_ref()))
        };
        let idle = who.principals.is_empty() && !who.roles.iter().any(had);
        if let (true, true, Some(first)) = (idle, problems.len() == before, who.roles.first()) {
            let message = format!("no principal has the role `{}`", first.get_ref());
            let fix = "give it to a `[[principal]]`, or drop the rule".to_owned();
            problems.push(problem(declared, first, message, fix));
        }
    }

    pub(super) fn known_roles(
        &self,
        declared: &Declared,
        roles: &[Spanned<String>],
        problems: &mut Vec<Problem>,
    ) {
        for role in roles {
            if !self.people.roles().any(|known| known == role.get_ref()) {
                let message = format!("no role `{}`", role.get_ref());
                let fix = did_you_mean(role.get_ref(), self.people.roles());
                problems.push(problem(declared, role, message, fix));
            }
        }
    }

    /// Somebody has the attribute, with one of the values.
    pub(super) fn known_attribute(
        &self,
        declared: &Declared,
        key: &Spanned<String>,
        values: &[String],
        problems: &mut Vec<Problem>,
    ) {
        let name = key.get_ref().as_str();
        let known = self.people.attributes();
        let there: Vec<&str> = known
            .filter(|(known, _)| *known == name)
            .map(|(_, value)| value)
            .collect();
        if there.is_empty() {
            let message = format!("no principal has an attribute `{name}`");
            let fix = did_you_mean(name, self.people.attributes().map(|(known, _)| known));
            problems.push(problem(declared, key, message, fix));
            return;
        }
        for value in values
            .iter()
            .filter(|value| !there.contains(&value.as_str()))
        {
            let message = format!("no principal has `{name}` = `{}`", value.escape_debug());
            let fix = did_you_mean(value, there.iter().copied());
            problems.push(problem(declared, key, message, fix));
        }
    }

    /// Each resource lies in a system, in the spelling of its tools, and some call to a tool of the grant tells of it.
    pub(super) fn resources(&self, declared: &Declared, rule: &Grant, problems: &mut Vec<Problem>) {
        for resource in rule.resources.iter().flatten() {
            let Resource { server, pattern } = resource.get_ref();
            let here = || self.tools.iter().filter(|tool| tool.server == *server);
            if here().next().is_none() {
                let message = format!("no system `{server}`");
                let fix = did_you_mean(server, self.tools.iter().map(|t| t.server.as_str()));
                problems.push(problem(declared, resource, message, fix));
                continue;
            }
            let arguments = || here().flat_map(|tool| &tool.arguments);
            let paths = arguments()
                .any(|a| matches!(a.kind, ArgumentKind::Path(_) | ArgumentKind::Paths(_)));
            let names =
                arguments().any(|a| matches!(a.kind, ArgumentKind::Sql(_) | ArgumentKind::Table));
            if paths && !names && !Subjects::is_pattern(pattern, true) {
                let message = format!("`{pattern}` is no object nor folder of `{server}`");
                let fix = "write `folder/*` or a whole key, without `.` or `..`".to_owned();
                problems.push(problem(declared, resource, message, fix));
                continue;
            }
            let told = here().any(|tool| {
                let name = tool.full_name();
                let mut needs = self.needs_of(name).into_iter().flatten();
                needs.any(|c| rule.covers(c, name) && Resource::is_told(tool, c))
            });
            if !told {
                let message =
                    format!("the grant gives nothing on `{server}` that tells what it touches");
                let fix = "name `db:` or `object:` capabilities of tools with a `sql`, `table` or required `path` argument";
                problems.push(problem(declared, resource, message, fix.to_owned()));
            }
        }
    }
}
