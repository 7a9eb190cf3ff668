//! Who may do what, before any argument is known: what a reviewer reads.
//! Knows nothing of single calls.

use std::collections::BTreeSet;

use super::Policy;
use crate::manifest::Manifests;

/// What one principal may do with one tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Who.
    pub principal: String,
    /// `server__tool`.
    pub tool: String,
    /// Whether the tool exists for the principal at all.
    pub allowed: bool,
    /// The limits that apply, as in `tools/list`.
    pub notes: Vec<String>,
}

impl Authority {
    /// The table as text: one line each, `+` allowed, `-` not.
    #[must_use]
    pub fn to_text(table: &[Self]) -> String {
        let width =
            |field: fn(&Self) -> &str| table.iter().map(|row| field(row).len()).max().unwrap_or(0);
        let (who, what) = (width(|row| &row.principal), width(|row| &row.tool));
        table.iter().fold(String::new(), |mut text, row| {
            let sign = if row.allowed { '+' } else { '-' };
            let notes = match (row.allowed, row.notes.is_empty()) {
                (false, _) => "not granted".to_owned(),
                (true, true) => "allowed".to_owned(),
                (true, false) => format!("allowed; {}", row.notes.join("; ")),
            };
            let line = format!("{sign} {:who$}  {:what$}  {notes}", row.principal, row.tool);
            text.push_str(line.trim_end());
            text.push('\n');
            text
        })
    }
}

impl Policy {
    /// Principals that grants name or files declare; `*` stands for anyone else.
    #[must_use]
    pub fn principals(&self) -> BTreeSet<String> {
        let named = self.grants().flat_map(|grant| &grant.who.principals);
        named
            .map(|principal| principal.get_ref().clone())
            .chain(self.people().principals().map(str::to_owned))
            .collect()
    }

    /// The table of principals and tools, by principal and tool.
    #[must_use]
    pub fn authority(
        &self,
        principals: &BTreeSet<String>,
        manifests: &Manifests,
    ) -> Vec<Authority> {
        let mut table = Vec::new();
        for name in principals {
            for (tool_name, system, tool) in manifests.tools() {
                let allowed = self.shows(name, tool);
                let notes = if allowed {
                    let mut notes = self.budget_notes(name, system, tool);
                    notes.extend(self.limits(name, system, tool));
                    notes
                } else {
                    Vec::new()
                };
                table.push(Authority {
                    principal: name.clone(),
                    tool: tool_name,
                    allowed,
                    notes,
                });
            }
        }
        table
    }
}
