//! `[[grant]]`: who may use which capabilities, on which tools.
//! Knows nothing of arguments.

use serde_spanned::Spanned;

use super::{Block, lookup};
use crate::capability::{Capability, CapabilityPattern, CapabilitySet};
use crate::denial::{Objection, Phase};
use crate::inspect::Finding;
use crate::manifest::Tool;
use crate::policy::engine::{Case, Opinion};
use crate::policy::index::{Found, Has};
use crate::policy::people::Who;
use crate::policy::when::{Scene, Truth};
use crate::policy::{Head, Policy, Resource, ToolPattern};
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
/// resources = ["postgres:orders", "postgres:silver_*"]      # optional: only these tables and objects
/// ```
///
/// `role` or `roles` in place of `principal` means whoever has one of them. A grant with `resources` covers what each
/// statement or key turns out to touch, one by one; it speaks only of tools whose arguments tell that (a `sql` or
/// `table`, or a required `path`), and of `db:` and `object:` capabilities.
///
/// The agent is told `kernel.not-granted` and the capability that is missing, or `kernel.beyond-tool` where
/// the tool is not made for it. A capability that a block forbids is left to the block, whose fix is the
/// one that helps.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its id, and when it speaks.
    pub head: Head,
    /// Who.
    pub who: Who,
    /// What.
    pub capabilities: Vec<Spanned<CapabilityPattern>>,
    /// Where; `None` is every tool.
    pub tools: Option<Vec<Spanned<ToolPattern>>>,
    /// On what; `None` is everything.
    pub resources: Option<Vec<Spanned<Resource>>>,
}

const RESOURCE: &str =
    "a table or object such as `postgres:orders`, `postgres:silver_*` or `s3:silver/*`";

impl Grant {
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

    /// Whether what was found lies within its resources; what a record does not tell is unknown.
    fn reaches(&self, case: &Case<'_>, finding: &Finding) -> Truth {
        let Some(resources) = &self.resources else {
            return Truth::Yes;
        };
        let subject = finding.fact.subject();
        if subject.is_empty() && case.hides_facts_of(&finding.argument) {
            return Truth::Unknown;
        }
        let tool = case.asked.tool;
        let mut within = resources.iter();
        Truth::of(within.any(|resource| resource.get_ref().covers(tool, &finding.fact)))
    }

    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Option<Self> {
        let who = Who::read(section);
        section.require("capabilities");
        let capabilities = section.parsed_list(
            "capabilities",
            super::block::CAPABILITY,
            CapabilityPattern::parse,
        );
        let limited = section.has("tools");
        let tools = section.parsed_list("tools", super::argument::TOOL, ToolPattern::parse);
        let narrow = section.has("resources");
        let resources = section.parsed_list("resources", RESOURCE, Resource::parse);
        if (limited && tools.is_none()) || (narrow && resources.is_none()) {
            return None; // unreadable is not "every tool"
        }
        Some(Self {
            head,
            who: who?,
            capabilities: capabilities?,
            tools,
            resources,
        })
    }
}

/// The name of one principal, where that alone is meant.
pub(in crate::policy) fn one(text: &str) -> Option<String> {
    Principal::is_name(text).then(|| text.to_owned())
}

impl Policy {
    /// Whether the grants of the scene's principal cover the capability on its tool, and of a call all that it touches
    /// by it: each by some grant.
    fn grants_cover(
        &self,
        scene: &Scene<'_>,
        found: &Found,
        capability: &Capability,
        tool: &Tool,
    ) -> Truth {
        let meant = |grant: &&Grant| {
            grant.who.means(scene.principal, scene.people)
                && grant.covers(capability, scene.tool)
                && (grant.resources.is_none() || Resource::is_told(tool, capability))
        };
        let grants: Vec<(&Grant, Truth)> = self
            .among::<Grant>(found)
            .filter(meant)
            .map(|grant| (grant, scene.worth(&grant.head)))
            .filter(|(_, worth)| *worth != Truth::No)
            .collect();
        let among = |covers: &dyn Fn(&Grant) -> Truth| {
            let each = grants.iter().map(|(grant, worth)| worth.and(covers(grant)));
            each.fold(Truth::No, Truth::or)
        };
        let any = among(&|_| Truth::Yes);
        let free = grants
            .iter()
            .any(|(grant, worth)| grant.resources.is_none() && *worth == Truth::Yes);
        let Some(case) = scene.call.filter(|_| !free) else {
            return any;
        };
        let touched = case
            .asked
            .findings
            .iter()
            .filter(|finding| finding.fact.capability().as_ref() == Some(capability));
        touched.fold(any, |all, finding| {
            all.and(among(&|grant| grant.reaches(case, finding)))
        })
    }
    /// Whether the principal may know of the tool: its grants cover everything that the tool declares, at some time
    /// and with some arguments at least.
    #[must_use]
    pub fn may_know(&self, principal: &Principal, tool: &Tool) -> bool {
        self.shows(principal.id(), tool)
    }

    /// The same of a principal that nobody has identified: for summaries alone.
    pub(in crate::policy) fn shows(&self, principal: &str, tool: &Tool) -> bool {
        let full_name = tool.full_name();
        let found = self.find(&Has {
            principal,
            people: self.people(),
            tool: full_name,
            server: &tool.server,
            capabilities: &tool.capabilities,
            asked: None,
        });
        let scene = Scene {
            principal,
            tool: full_name,
            people: self.people(),
            call: None,
        };
        tool.capabilities.iter().all(|capability| {
            matches!(
                self.grants_cover(&scene, &found, capability, tool),
                Truth::Yes | Truth::Unknown
            )
        })
    }
}

/// A tool that is made for filters is made for look-ups.
fn within(most: &CapabilitySet, capability: &Capability) -> bool {
    let filters = capability.swap(Capability::LOOKUP, Capability::FILTER);
    most.contains(capability) || filters.is_some_and(|filters| most.contains(&filters))
}

/// Admission: each capability is the tool's to use and the principal's to ask for.
pub(in crate::policy) fn admit(case: &Case<'_>, opinion: &mut Opinion) {
    for capability in case.needs() {
        // Who may filter may look up; and what no look-up rule speaks of is judged as the filter that it is.
        let filters = capability.swap(Capability::LOOKUP, Capability::FILTER);
        let judged_as_filter = filters
            .as_ref()
            .is_some_and(|filters| case.is_unruled(filters));
        let blocks = case.among::<Block>();
        let blocked = blocks
            .filter(|block| block.covers(capability))
            .map(|block| case.worth(&block.head))
            .fold(Truth::No, Truth::or);
        if judged_as_filter || matches!(blocked, Truth::Yes | Truth::Unreadable) {
            continue;
        }
        let mut objections = Vec::new();
        let most = case.asked.tool.at_most.as_ref();
        if most.is_some_and(|most| !within(most, capability)) {
            objections.push(beyond(capability));
        }
        match covered(case, capability, filters.as_ref()) {
            Truth::Yes => {}
            Truth::Unknown => opinion.leave_open(NOT_GRANTED),
            Truth::No | Truth::Unreadable => objections.push(not_granted(case, capability)),
        }
        for objection in objections {
            match blocked {
                // Left to a block, if that speaks.
                Truth::Unknown => opinion.leave_open(&objection.rule),
                _ => opinion.object(objection),
            }
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

const NOT_GRANTED: &str = "kernel.not-granted";

/// Whether the principal has the capability here, or the broader one, or a look-up for it.
fn covered(case: &Case<'_>, capability: &Capability, filters: Option<&Capability>) -> Truth {
    let scene = case.scene();
    let granted = |c: &Capability| {
        let policy = case.policy;
        policy.grants_cover(&scene, case.found(), c, case.asked.tool)
    };
    granted(capability)
        .or(filters.map_or(Truth::No, granted))
        .or(Truth::of(lookup::grants(case, capability)))
}

fn beyond(capability: &Capability) -> Objection {
    Objection {
        rule: "kernel.beyond-tool".into(),
        phase: Phase::Argument, // it is the arguments that ask too much of the tool
        reason: format!("this tool is not made for `{capability}`").into(),
        fix: format!("use a tool that is made for `{capability}`, see tools/list").into(),
    }
}

fn not_granted(case: &Case<'_>, capability: &Capability) -> Objection {
    Objection {
        rule: NOT_GRANTED.into(),
        phase: Phase::Admission,
        reason: format!("this principal has no grant for `{capability}` here").into(),
        fix: format!(
            "do it without `{capability}`, or ask an operator to grant it{}",
            lookup::instead(case, capability)
        )
        .into(),
    }
}
