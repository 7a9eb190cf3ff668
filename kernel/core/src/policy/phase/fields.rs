//! `drop` and `rename` of a transform: fields of answers that do not leave, or leave under another name.
//! Knows nothing of how that is done.

use std::collections::BTreeMap;

use serde_spanned::Spanned;

use super::{Caps, Transform, argument};
use crate::denial::Phase;
use crate::policy::engine::{Case, Opinion};
use crate::policy::field::{fold, is_name};
use crate::policy::{Field, Fields, Head, Renamed, ToolPattern};
use crate::source::Section;

/// Drops and renames fields in the answers of some tools.
///
/// ```toml
/// [[transform]]
/// id = "crm-without-notes"
/// tool = ["crm__*"]                      # whose answers; needed with `drop` and `rename`
/// drop = ["notes", "/customer/tax_id"]   # every member of the name, or the one at the path
/// rename = { "cust_nm" = "name" }        # the same, and its new name
/// ```
///
/// What is dropped is absent: the member with all that is in it, the column of the name with its cells. A name is dropped
/// whatever the case of its letters. A field that one rule drops and another renames is dropped. Two rules that
/// give one field different names have the call denied; a new name that stands beside another field of that
/// name has the answer withheld. New names are never renamed or dropped themselves, so that doing it twice changes nothing.
#[derive(Clone, Debug)]
pub struct FieldRule {
    /// Whose answers.
    pub tools: Vec<Spanned<ToolPattern>>,
    /// What does not leave.
    pub drop: Vec<Spanned<Field>>,
    /// What leaves under another name.
    pub rename: Vec<(Spanned<Field>, String)>,
}

/// What the kernel itself says in an answer: no rule may unsay it or say it in a downstream's name.
const OWN: [&str; 3] = ["receipt", "suppressed", "truncated"];
const FIELD: &str = "a field's name such as `notes`, or its path such as `/customer/notes`";

impl FieldRule {
    /// Reads the keys `tool`, `drop` and `rename`, where one of them is there.
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let stated = section.has("drop") || section.has("rename");
        if !stated && !section.has("tool") {
            return None;
        }
        if !stated {
            section.problem(
                section.key_span("tool"),
                "`tool` of a transform says whose fields `drop` and `rename` mean",
                "give one of them; to mask or cap some tools alone write `when = { tool = … }`",
            );
            section.skip(&["tool"]);
            return None;
        }
        section.require("tool");
        let tools = section.parsed_list("tool", argument::TOOL, ToolPattern::parse);
        let drop = section.parsed_list("drop", FIELD, Field::parse);
        let rename = renames(section);
        let this = Self {
            tools: tools?,
            drop: drop.unwrap_or_default(),
            rename,
        };
        this.check(section);
        Some(this)
    }

    /// Whether it speaks of this tool.
    #[must_use]
    pub fn covers(&self, tool: &str) -> bool {
        self.tools.iter().any(|one| one.get_ref().covers(tool))
    }

    /// Adds what the rule demands, and says what of it another rule demands otherwise.
    pub(in crate::policy) fn add_to(&self, owed: &mut Fields, id: &str) -> Vec<String> {
        for field in &self.drop {
            let field = field.get_ref().clone();
            owed.drop.entry(field).or_insert_with(|| id.to_owned());
        }
        let mut disputed = Vec::new();
        for (field, to) in &self.rename {
            let field = field.get_ref();
            if let Some(other) = disputes(&owed.rename, field, to) {
                disputed.push(format!("`{other}` renames `{}` otherwise", field.as_str()));
                continue;
            }
            let new = || Renamed {
                to: to.clone(),
                rule: id.to_owned(),
            };
            owed.rename.entry(field.clone()).or_insert_with(new);
        }
        disputed
    }

    /// What within the rule contradicts itself.
    fn check(&self, section: &Section<'_>) {
        let own = |name: &str| OWN.contains(&fold(name).as_str());
        let sources = self.rename.iter().map(|(field, _)| field);
        for field in self.drop.iter().chain(sources) {
            if own(field.get_ref().name()) {
                let message = format!("`{}` is the kernel's own word", field.get_ref().as_str());
                section.problem(field.span(), message, "leave it as it is");
            }
        }
        for (at, (field, to)) in self.rename.iter().enumerate() {
            let before = self.rename.iter().take(at);
            let otherwise = |(other, name): &(Spanned<Field>, String)| {
                other.get_ref().meets(field.get_ref()) && name != to
            };
            let message = match () {
                () if before.clone().any(otherwise) => {
                    format!("`{}` gets two names", field.get_ref().as_str())
                }
                () if own(to) => format!("`{to}` is the kernel's own word"),
                () if self.drop.iter().any(|one| one.get_ref() == field.get_ref()) => {
                    format!("`{}` is dropped by the same rule", field.get_ref().as_str())
                }
                () if before.clone().any(|(_, other)| other == to) => {
                    format!("two fields cannot both become `{to}`")
                }
                () => continue,
            };
            section.problem(
                field.span(),
                message,
                "give another name, or drop one of them",
            );
        }
    }
}

fn renames(section: &mut Section<'_>) -> Vec<(Spanned<Field>, String)> {
    let mut all = Vec::new();
    for (key, to) in section.pairs("rename") {
        let field = Field::parse(key.get_ref()).filter(|_| is_name(to.get_ref()));
        match field {
            Some(field) => all.push((Spanned::new(key.span(), field), to.into_inner())),
            None => section.problem(
                key.span(),
                "`rename` names a field and what it is to be called",
                "give pairs such as `{ \"cust_nm\" = \"name\" }`",
            ),
        }
    }
    all
}

impl Transform {
    /// Whether it could oblige the answers of this tool.
    pub(in crate::policy) fn is_about(&self, tool: &str) -> bool {
        let everywhere = self.mask.is_some() || self.detect.is_some();
        let named = self.fields.as_ref().is_some_and(|one| one.covers(tool))
            || self.analyse.iter().any(|one| one.get_ref().covers(tool));
        everywhere || named || self.caps != Caps::default()
    }
}

/// Notes what the answer owes for one rule; of two names for one field neither is right.
pub(super) fn oblige(rule: &FieldRule, head: &Head, case: &Case<'_>, opinion: &mut Opinion) {
    if !rule.covers(case.tool) {
        return;
    }
    let owed = &mut opinion.terms.obligations.fields;
    let disputed: Vec<String> = rule.add_to(owed, &head.id);
    for why in disputed {
        opinion.rule_error(Phase::Transform, &head.id, &why);
    }
}

/// The rule that gives a field that could be this one another name.
fn disputes<'a>(known: &'a BTreeMap<Field, Renamed>, field: &Field, to: &str) -> Option<&'a str> {
    let other = known
        .iter()
        .find(|(one, new)| one.meets(field) && new.to != to);
    other.map(|(_, new)| new.rule.as_str())
}
