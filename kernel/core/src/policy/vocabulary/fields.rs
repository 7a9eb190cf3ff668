//! Holds fields that transforms drop and rename against tools, and against each other.
//! Knows nothing of answers.

use serde_spanned::Spanned;

use super::Vocabulary;
use crate::limits;
use crate::policy::field::fold;
use crate::policy::parse::problem;
use crate::policy::phase::Transform;
use crate::policy::{Declared, Field, Rule};
use crate::source::Problem;

impl Vocabulary {
    /// The tools are there, and give names to their fields that the agent does not choose.
    pub(super) fn fields(
        &self,
        declared: &Declared,
        rule: &Transform,
        problems: &mut Vec<Problem>,
    ) {
        let Some(fields) = &rule.fields else { return };
        self.tools(declared, &fields.tools, problems);
        if fields.drop.is_empty() {
            return;
        }
        for pattern in &fields.tools {
            let mut met = self.tools.iter().filter(|tool| {
                pattern.get_ref().covers(tool.full_name()) && tool.reads_statements()
            });
            if let Some(tool) = met.next() {
                let message = format!(
                    "`{}` takes statements, which name their columns as they like",
                    tool.full_name()
                );
                let fix = "label the column in the manifest, and mask the label with `drop`";
                problems.push(problem(declared, pattern, message, fix.to_owned()));
            }
        }
    }
}

/// New names are named by no rule, so that doing all of it twice changes nothing; and there are not too many.
pub(in crate::policy) fn among(sorted: &[&Declared], problems: &mut Vec<Problem>) {
    let rules = || {
        sorted.iter().filter_map(|one| match &one.rule {
            Rule::Transform(rule) => Some((*one, rule.fields.as_ref()?)),
            _ => None,
        })
    };
    let named: Vec<(&Declared, &Spanned<Field>)> = rules()
        .flat_map(|(one, rule)| {
            let sources = rule.rename.iter().map(|(field, _)| field);
            rule.drop
                .iter()
                .chain(sources)
                .map(move |field| (one, field))
        })
        .collect();
    for (one, rule) in rules() {
        for (field, to) in &rule.rename {
            let taken = named.iter().find(|(_, other)| {
                let mut steps = other.get_ref().steps();
                steps.any(|step| fold(step) == fold(to))
            });
            if let Some((other, _)) = taken {
                let message = format!(
                    "`{to}` is a new name, and rule `{}` of {} speaks of it as an old one",
                    other.rule.id(),
                    other.file
                );
                let fix = "give another name: what is renamed is not renamed or dropped again";
                problems.push(problem(one, field, message, fix.to_owned()));
            }
        }
    }
    if let Some((one, field)) = named.get(limits::FIELDS_MAX) {
        let message = format!(
            "more than {} fields are dropped or renamed",
            limits::FIELDS_MAX
        );
        let fix = "name the objects that they stand in, by their paths";
        problems.push(problem(one, *field, message, fix.to_owned()));
    }
}
