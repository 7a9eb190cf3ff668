//! The limits that a principal should know of before it calls a tool.
//! Knows nothing of single calls.

use std::collections::BTreeMap;

use super::vocabulary::needs;
use super::{Operator, Policy};
use crate::capability::Capability;
use crate::manifest::{ArgumentKind, System, Tool};
use crate::principal::Principal;

impl Policy {
    /// What limits a tool for a principal, in words for `tools/list` and summaries, in a fixed order:
    /// what is never done, what needs evidence, what is masked, what is capped.
    #[must_use]
    pub fn notes(&self, principal: &Principal, system: &System, tool: &Tool) -> Vec<String> {
        if self.may_know(principal, tool) {
            self.limits(system, tool)
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
            .filter(|rule| rule.is_for(principal) && rule.is_about(tool));
        let note = |rule: &super::phase::BudgetRule| {
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
            Some(format!("{}{some}{whose}", rule.allowance.note()))
        };
        spoken.filter_map(note).collect()
    }

    /// What limits the tool for anyone who may know of it.
    pub(super) fn limits(&self, system: &System, tool: &Tool) -> Vec<String> {
        let mut notes = Vec::new();
        let needs = needs(system, tool);
        let within = |c: &&_| tool.at_most.as_ref().is_none_or(|most| most.contains(*c));
        let never: Vec<&str> = needs
            .iter()
            .filter(within)
            .filter(|c| self.blocks().any(|block| block.covers(c)))
            .map(Capability::as_str)
            .collect();
        if !never.is_empty() {
            notes.push(format!("never: {}", never.join(", ")));
        }
        for rule in self.requires() {
            if tool.capabilities.iter().any(|c| rule.covers(c)) {
                notes.push(format!("needs {}", rule.receipt.kind.get_ref()));
            }
        }
        let reads_sql = tool
            .arguments
            .iter()
            .any(|a| matches!(a.kind, ArgumentKind::Sql(_)));
        if reads_sql {
            notes.extend(self.masks_note(system));
        }
        notes.extend(self.caps_notes(reads_sql));
        notes
    }

    fn masks_note(&self, system: &System) -> Option<String> {
        let mut masks: BTreeMap<&str, Operator> = BTreeMap::new();
        for (label, _) in system.labels.values() {
            if let Some(operator) = self.mask_of(label) {
                masks.insert(label.as_str(), operator);
            }
        }
        let words: Vec<String> = masks
            .iter()
            .map(|(label, operator)| format!("{label} ({operator})"))
            .collect();
        (!words.is_empty()).then(|| format!("masked: {}", words.join(", ")))
    }

    fn caps_notes(&self, reads_sql: bool) -> Vec<String> {
        let least = |cap: fn(&super::phase::Caps) -> Option<u64>| {
            self.transforms().filter_map(|rule| cap(&rule.caps)).min()
        };
        let mut notes = Vec::new();
        if let (true, Some(rows)) = (reads_sql, least(|caps| caps.row_max)) {
            notes.push(format!("at most {rows} rows leave"));
        }
        if let Some(bytes) = least(|caps| caps.byte_max) {
            notes.push(format!("at most {bytes} bytes leave"));
        }
        if let (true, Some(rows)) = (reads_sql, least(|caps| caps.change_max)) {
            notes.push(format!("at most {rows} rows change"));
        }
        notes
    }
}
