//! The limits that a principal should know of before it calls a tool.
//! Knows nothing of single calls.

use std::collections::BTreeMap;

use super::phase::Caps;
use super::vocabulary::needs;
use super::when::{Scene, Truth};
use super::{Fields, Operator, Policy};
use crate::capability::Capability;
use crate::manifest::{System, Tool};
use crate::principal::Principal;

impl Policy {
    /// What limits a tool for a principal, in words for `tools/list` and summaries, in a fixed order:
    /// what is never done, what needs evidence, what is masked, what is capped. What depends on a rule's `when`
    /// says so.
    #[must_use]
    pub fn notes(&self, principal: &Principal, system: &System, tool: &Tool) -> Vec<String> {
        if self.may_know(principal, tool) {
            self.limits(principal.id(), system, tool)
        } else {
            Vec::new()
        }
    }

    /// How much of what a principal may have of a tool, in words for `tools/list` and summaries: `3 per day`. Rules
    /// that speak of some calls of the tool alone say so.
    #[must_use]
    pub fn budget_notes(&self, principal: &str, system: &System, tool: &Tool) -> Vec<String> {
        let needs = needs(system, tool);
        let within = |c: &Capability| tool.at_most.as_ref().is_none_or(|most| most.contains(c));
        let spoken = self
            .budgets()
            .filter(|rule| rule.is_for(principal, self.people()) && rule.is_about(tool));
        let full_name = tool.full_name();
        let scene = Scene {
            principal,
            people: self.people(),
            tool: full_name,
            call: None,
        };
        let note = |rule: &super::phase::BudgetRule| {
            let at_times = match scene.worth(&rule.head) {
                Truth::No => return None,
                Truth::Unknown => "at times ",
                Truth::Yes | Truth::Unreadable => "",
            };
            let some = match &rule.capabilities {
                None => String::new(),
                Some(_) if tool.capabilities.iter().any(|c| rule.covers(c)) => String::new(),
                Some(_) => {
                    let met: Vec<&str> = needs
                        .iter()
                        .filter(|capability| within(capability) && rule.covers(capability))
                        .map(Capability::as_str)
                        .collect();
                    if met.is_empty() {
                        return None;
                    }
                    format!(" for {}", met.join(", "))
                }
            };
            let whose = if rule.per.principal {
                ""
            } else {
                " for everyone together"
            };
            Some(format!("{at_times}{}{some}{whose}", rule.allowance.note()))
        };
        spoken.filter_map(note).collect()
    }

    /// What limits the tool for a principal who may know of it.
    pub(super) fn limits(&self, principal: &str, system: &System, tool: &Tool) -> Vec<String> {
        let scene = Scene {
            principal,
            people: self.people(),
            tool: tool.full_name(),
            call: None,
        };
        let mut notes = self.never_notes(&scene, system, tool);
        for rule in self.requires() {
            if tool.capabilities.iter().any(|c| rule.covers(c)) {
                let kind = rule.receipt.kind.get_ref();
                match scene.worth(&rule.head) {
                    Truth::No => {}
                    Truth::Unknown => notes.push(format!("at times needs {kind}")),
                    Truth::Yes | Truth::Unreadable => notes.push(format!("needs {kind}")),
                }
            }
        }
        let reads_sql = tool.reads_statements();
        if reads_sql {
            notes.extend(self.masks_note(&scene, system));
        }
        notes.extend(self.caps_notes(&scene, reads_sql));
        notes.extend(self.fields_notes(&scene));
        notes
    }

    fn never_notes(&self, scene: &Scene<'_>, system: &System, tool: &Tool) -> Vec<String> {
        let needs = needs(system, tool);
        let within = |c: &&_| tool.at_most.as_ref().is_none_or(|most| most.contains(*c));
        let (mut never, mut at_times) = (Vec::new(), Vec::new());
        for capability in needs.iter().filter(within) {
            let blocks = self.blocks_of(capability);
            let worth = blocks
                .map(|block| scene.worth(&block.head))
                .fold(Truth::No, Truth::or);
            match worth {
                Truth::No => {}
                Truth::Unknown => at_times.push(Capability::as_str(capability)),
                Truth::Yes | Truth::Unreadable => never.push(Capability::as_str(capability)),
            }
        }
        [("never", never), ("at times not", at_times)]
            .into_iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(word, list)| format!("{word}: {}", list.join(", ")))
            .collect()
    }

    fn masks_note(&self, scene: &Scene<'_>, system: &System) -> Option<String> {
        let mut masks: BTreeMap<&str, Option<Operator>> = BTreeMap::new();
        for (label, _) in system.labels.values() {
            if let Some(operator) = self.mask_of(label, scene) {
                masks.insert(label.as_str(), operator);
            }
        }
        let words: Vec<String> = masks
            .iter()
            .map(|(label, operator)| match operator {
                Some(operator) => format!("{label} ({operator})"),
                None => format!("{label} (depends on the call)"),
            })
            .collect();
        (!words.is_empty()).then(|| format!("masked: {}", words.join(", ")))
    }

    /// What is left out and what is called otherwise, so that an agent asks for no field in vain.
    fn fields_notes(&self, scene: &Scene<'_>) -> Vec<String> {
        let (mut notes, mut at_times) = (Fields::default(), Fields::default());
        for rule in self.transforms() {
            let Some(fields) = rule.fields.as_ref().filter(|one| one.covers(scene.tool)) else {
                continue;
            };
            let into = match scene.worth(&rule.head) {
                Truth::No => continue,
                Truth::Unknown => &mut at_times,
                Truth::Yes | Truth::Unreadable => &mut notes,
            };
            fields.add_to(into, &rule.head.id);
        }
        let mut words = Vec::new();
        for (fields, when) in [(&notes, ""), (&at_times, "at times ")] {
            let dropped: Vec<&str> = fields.dropped().collect();
            let renamed: Vec<String> = fields.renamed().collect();
            if !dropped.is_empty() {
                words.push(format!("{when}left out: {}", dropped.join(", ")));
            }
            if !renamed.is_empty() {
                words.push(format!("{when}renamed: {}", renamed.join(", ")));
            }
        }
        words
    }

    fn caps_notes(&self, scene: &Scene<'_>, reads_sql: bool) -> Vec<String> {
        let least = |cap: fn(&Caps) -> Option<u64>, counts: fn(Truth) -> bool| {
            self.transforms()
                .filter(|rule| counts(scene.worth(&rule.head)))
                .filter_map(|rule| cap(&rule.caps))
                .min()
        };
        let mut notes = Vec::new();
        let mut note = |meant: bool, cap: fn(&Caps) -> Option<u64>, what: &str| {
            let always = least(cap, |worth| matches!(worth, Truth::Yes | Truth::Unreadable));
            let at_times = least(cap, |worth| worth == Truth::Unknown);
            let at_times = at_times.filter(|cap| always.is_none_or(|always| *cap < always));
            if meant {
                notes.extend(always.map(|cap| format!("at most {cap} {what}")));
                notes.extend(at_times.map(|cap| format!("at times at most {cap} {what}")));
            }
        };
        note(reads_sql, |caps| caps.limit, "rows of a query");
        note(reads_sql, |caps| caps.row_max, "rows leave");
        note(true, |caps| caps.byte_max, "bytes leave");
        note(reads_sql, |caps| caps.change_max, "rows change");
        notes
    }
}
