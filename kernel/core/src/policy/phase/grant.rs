//! `[[grant]]`: who may use which capabilities, on which tools.
//! Knows nothing of arguments.

use serde_spanned::Spanned;

use super::lookup;
use crate::capability::{Capability, CapabilityPattern, CapabilitySet};
use crate::denial::{Objection, Phase};
use crate::manifest::Tool;
use crate::policy::engine::{Case, Opinion};
use crate::policy::{Policy, ToolPattern};
use crate::principal::Principal;
use crate::source::Section;

/// Lets principals use capabilities. Beside sums (`[[measure]]`) and look-ups (`[[lookup]]`), the only kind of rule
/// that widens authority.
///
/// A call passes admission when each of its capabilities, those that its manifest declares and those that
/// its arguments turned out to need, is covered by a grant of the principal and stands within the tool's
/// own `at_most`. A principal sees a tool in `tools/list` when its grants cover all that the tool declares.
///
/// ```toml
/// [[grant]]
/// id = "analyst-reads"
/// principal = "analyst-agent"            # or a list: principals = ["a", "b"]; "*" is anyone
/// capabilities = ["db:read", "object:*"]
/// tools = ["postgres__*"]                # optional: only there
/// ```
///
/// The agent is told `kernel.not-granted` and the capability that is missing, or `kernel.beyond-tool` where
/// the tool is not made for it. A capability that a block forbids is left to the block, whose fix is the
/// one that helps.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The rule's id.
    pub id: String,
    /// Who; `*` is anyone.
    pub principals: Vec<Spanned<String>>,
    /// What.
    pub capabilities: Vec<Spanned<CapabilityPattern>>,
    /// Where; `None` is every tool.
    pub tools: Option<Vec<Spanned<ToolPattern>>>,
}

impl Grant {
    /// Whether it speaks of this principal.
    #[must_use]
    pub fn is_for(&self, principal: &str) -> bool {
        names(&self.principals, principal)
    }

    /// Whether it covers this capability on this tool.
    #[must_use]
    pub fn covers(&self, capability: &Capability, tool: &str) -> bool {
        let here = self
            .tools
            .as_ref()
            .is_none_or(|tools| tools.iter().any(|t| t.get_ref().covers(tool)));
        here && self
            .capabilities
            .iter()
            .any(|c| c.get_ref().covers(capability))
    }

    pub(in crate::policy) fn read(id: String, section: &mut Section<'_>) -> Option<Self> {
        let principals = principals(section);
        section.require("capabilities");
        let capabilities = section.parsed_list(
            "capabilities",
            super::block::CAPABILITY,
            CapabilityPattern::parse,
        );
        let limited = section.has("tools");
        let tools = section.parsed_list("tools", super::argument::TOOL, ToolPattern::parse);
        if limited && tools.is_none() {
            return None; // unreadable is not "every tool"
        }
        Some(Self {
            id,
            principals: principals?,
            capabilities: capabilities?,
            tools,
        })
    }
}

/// Whether a rule's principals name this one.
pub(in crate::policy) fn names(principals: &[Spanned<String>], principal: &str) -> bool {
    principals
        .iter()
        .any(|p| p.get_ref() == "*" || p.get_ref() == principal)
}

/// Whom a rule is for, by `principal` or `principals`.
pub(in crate::policy) fn principals(section: &mut Section<'_>) -> Option<Vec<Spanned<String>>> {
    let one = section.parsed_list("principal", PRINCIPAL, principal);
    let many = section.parsed_list("principals", PRINCIPAL, principal);
    match (one, many) {
        (Some(list), None) | (None, Some(list)) => Some(list),
        _ => {
            section.problem(
                section.span(),
                format!("{} names its principals once", section.place()),
                "give `principal` or `principals`",
            );
            None
        }
    }
}

const PRINCIPAL: &str = "a principal of 1 to 64 of `A-Z a-z 0-9 . _ @ -`, or `*`";

/// A principal's name, or `*`.
fn principal(text: &str) -> Option<String> {
    (text == "*" || Principal::is_name(text)).then(|| text.to_owned())
}

impl Policy {
    /// Whether the principal's grants cover the capability on the tool.
    fn grants_cover(&self, principal: &str, capability: &Capability, tool: &str) -> bool {
        self.grants()
            .any(|grant| grant.is_for(principal) && grant.covers(capability, tool))
    }

    /// Whether the principal may know of the tool: its grants cover everything that the tool declares.
    #[must_use]
    pub fn may_know(&self, principal: &Principal, tool: &Tool) -> bool {
        self.shows(principal.id(), tool)
    }

    /// The same of a principal that nobody has identified: for summaries alone.
    pub(in crate::policy) fn shows(&self, principal: &str, tool: &Tool) -> bool {
        let name = tool.full_name();
        tool.capabilities
            .iter()
            .all(|capability| self.grants_cover(principal, capability, &name))
    }
}

/// A tool that is made for filters is made for look-ups.
fn within(most: &CapabilitySet, capability: &Capability) -> bool {
    let filters = capability.swap(Capability::LOOKUP, Capability::FILTER);
    most.contains(capability) || filters.is_some_and(|filters| most.contains(&filters))
}

/// Admission: each capability is the tool's to use and the principal's to ask for.
pub(in crate::policy) fn admit(case: &Case<'_>, opinion: &mut Opinion) {
    let tool = case.asked.tool;
    let name = tool.full_name();
    for capability in case.needs() {
        // Who may filter may look up; and what no look-up rule speaks of is judged as the filter that it is.
        let filters = capability.swap(Capability::LOOKUP, Capability::FILTER);
        let judged_as_filter = filters
            .as_ref()
            .is_some_and(|filters| case.is_unruled(filters));
        if judged_as_filter || case.policy.blocks().any(|block| block.covers(capability)) {
            continue;
        }
        if tool
            .at_most
            .as_ref()
            .is_some_and(|most| !within(most, capability))
        {
            opinion.object(Objection {
                rule: "kernel.beyond-tool".into(),
                phase: Phase::Argument, // it is the arguments that ask too much of the tool
                reason: format!("this tool is not made for `{capability}`").into(),
                fix: format!("use a tool that is made for `{capability}`, see tools/list").into(),
            });
        }
        let granted = |c: &Capability| {
            let who = case.asked.principal.id();
            case.policy.grants_cover(who, c, &name)
        };
        let covered = granted(capability)
            || filters.as_ref().is_some_and(granted)
            || lookup::grants(case, capability);
        if !covered {
            opinion.object(Objection {
                rule: "kernel.not-granted".into(),
                phase: Phase::Admission,
                reason: format!("this principal has no grant for `{capability}` here").into(),
                fix: format!(
                    "do it without `{capability}`, or ask an operator to grant it{}",
                    lookup::instead(case, capability)
                )
                .into(),
            });
        }
    }
    if case.asked.capabilities.is_empty() {
        opinion.object(Objection {
            rule: "kernel.no-capability".into(),
            phase: Phase::Admission,
            reason: "the call has no capability that a grant could cover".into(),
            fix: "ask an operator to declare the tool's capabilities in its manifest".into(),
        });
    }
}
