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

impl Policy {
    /// Principals that grants name; `*` stands for anyone else.
    #[must_use]
    pub fn principals(&self) -> BTreeSet<String> {
        self.grants()
            .flat_map(|grant| &grant.principals)
            .map(|principal| principal.get_ref().clone())
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
                    self.limits(system, tool)
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
