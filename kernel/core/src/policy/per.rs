//! For each of what there is a budget of its own.
//! Knows nothing of amounts.

use crate::manifest::Tool;
use crate::source::Section;

/// `per = ["principal", "tool"]`: one budget for each combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Per {
    /// For each principal; without it all principals together have one.
    pub principal: bool,
    /// For each tool.
    pub tool: bool,
    /// For each capability of the call that the rule speaks of.
    pub capability: bool,
    /// For each server.
    pub downstream: bool,
}

/// What stands in an account for all principals together: no principal's name, rule's id or tool's name.
const EVERYONE: &str = "*";

impl Per {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        if !section.has("per") {
            return Some(Self {
                principal: true,
                tool: false,
                capability: false,
                downstream: false,
            });
        }
        let form = "`principal` or `everyone`, and beside it `tool`, `capability` or `downstream`";
        let known = ["principal", "everyone", "tool", "capability", "downstream"];
        let words = section.parsed_list("per", form, |word| {
            known.contains(&word).then(|| word.to_owned())
        })?;
        let has = |word: &str| words.iter().any(|given| given.get_ref() == word);
        if has("principal") == has("everyone") {
            let first = words.first()?;
            section.problem(
                first.span(),
                "it is not clear whose budget it is",
                "name either `principal` or `everyone` in `per`",
            );
            return None;
        }
        Some(Self {
            principal: has("principal"),
            tool: has("tool"),
            capability: has("capability"),
            downstream: has("downstream"),
        })
    }

    /// The accounts of a rule that a call with these capabilities is charged to.
    pub(super) fn accounts(self, rule: &str, tool: &Tool, capabilities: &[&str]) -> Vec<String> {
        let mut parts = vec![rule.to_owned()];
        if !self.principal {
            parts.push(EVERYONE.to_owned());
        }
        if self.downstream {
            parts.push(tool.server.clone());
        }
        if self.tool {
            parts.push(tool.full_name().to_owned());
        }
        let account = parts.join("/");
        match self.capability {
            false => vec![account],
            true => capabilities
                .iter()
                .map(|capability| format!("{account}/{capability}"))
                .collect(),
        }
    }
}
