//! What the matrix says of capabilities and of arguments: who grants, who forbids, what is asked for.
//! Knows nothing of what leaves.

use super::Line;
use crate::capability::{Capability, CapabilitySet};
use crate::manifest::{System, Tool};
use crate::policy::phase::{ArgumentRule, Check, Grant, Presence, Require, Scope};
use crate::policy::vocabulary::needs;
use crate::policy::when::{Scene, Truth, list};
use crate::policy::{Head, Policy, Resource};

/// ` when …`, where the rule speaks at times.
pub(super) fn at_times(scene: &Scene<'_>, head: &Head) -> String {
    match (&head.when, scene.worth(head)) {
        (Some(when), Truth::Unknown) => format!(" when {}", when.words()),
        _ => String::new(),
    }
}

/// Whether a rule that objects or obliges speaks always, at times (`None`) or never.
pub(super) fn speaks(scene: &Scene<'_>, head: &Head) -> Option<bool> {
    match scene.worth(head) {
        Truth::Yes | Truth::Unreadable => Some(true),
        Truth::No => Some(false),
        Truth::Unknown => None,
    }
}

impl Policy {
    /// The declared capabilities that no grant covers.
    pub(super) fn ungranted(&self, scene: &Scene<'_>, tool: &Tool) -> Option<String> {
        let missing: Vec<&str> = tool
            .capabilities
            .iter()
            .filter(|capability| self.granting(scene, capability, tool).is_empty())
            .map(Capability::as_str)
            .collect();
        (!missing.is_empty()).then(|| format!("not granted {}", missing.join(", ")))
    }

    /// The declared capability that is always forbidden.
    pub(super) fn blocked(&self, scene: &Scene<'_>, tool: &Tool) -> Option<String> {
        tool.capabilities.iter().find_map(|capability| {
            let mut blocks = self.blocks_of(capability);
            let block = blocks.find(|block| speaks(scene, &block.head) == Some(true))?;
            Some(format!("denied by {} ({capability})", block.head.id))
        })
    }

    /// The grants that cover the capability at some time, in the order of their ids.
    fn granting<'a>(
        &'a self,
        scene: &Scene<'_>,
        capability: &Capability,
        tool: &Tool,
    ) -> Vec<&'a Grant> {
        let mut grants: Vec<&Grant> = self
            .grants()
            .filter(|grant| {
                grant.who.means(scene.principal, scene.people)
                    && grant.covers(capability, scene.tool)
                    && (grant.resources.is_none() || Resource::is_told(tool, capability))
                    && matches!(scene.worth(&grant.head), Truth::Yes | Truth::Unknown)
            })
            .collect();
        grants.sort_by(|a, b| a.head.id.cmp(&b.head.id));
        grants
    }

    /// Each capability that a call could turn out to need and that the tool is made for.
    pub(super) fn capability_lines(
        &self,
        scene: &Scene<'_>,
        system: &System,
        tool: &Tool,
    ) -> Vec<Line> {
        let within = |c: &&Capability| tool.at_most.as_ref().is_none_or(|most| most.contains(*c));
        let needs: CapabilitySet = needs(system, tool);
        let lookup = |c: &Capability| c.swap(Capability::LOOKUP, Capability::FILTER).is_some();
        needs
            .iter()
            .filter(within)
            // A look-up that no rule speaks of is judged as the filter that it is; those that rules speak of stand below.
            .filter(|c| !lookup(c) || tool.capabilities.contains(*c))
            .map(|capability| Line::new(capability.as_str(), self.how(scene, capability, tool)))
            .collect()
    }

    fn how(&self, scene: &Scene<'_>, capability: &Capability, tool: &Tool) -> String {
        let mut blocks: Vec<_> = self.blocks_of(capability).collect();
        blocks.sort_by(|a, b| a.head.id.cmp(&b.head.id));
        let always = blocks.iter().map(|block| &block.head);
        let always = always.filter(|head| speaks(scene, head) == Some(true));
        let always: Vec<&str> = always.map(|head| head.id.as_str()).collect();
        if !always.is_empty() {
            return format!("denied by {}", always.join(", "));
        }
        let granting = self.granting(scene, capability, tool);
        if granting.is_empty() {
            return "not granted".to_owned();
        }
        let grants = granting.iter().map(|grant| {
            let on = grant.resources.as_ref().map(|resources| {
                let words = resources.iter().map(|r| {
                    let resource = r.get_ref();
                    format!("{}:{}", resource.server, resource.pattern)
                });
                format!(" on {}", list(words))
            });
            let on = on.unwrap_or_default();
            format!("{}{on}{}", grant.head.id, at_times(scene, &grant.head))
        });
        let mut words = format!("granted by {}", grants.collect::<Vec<_>>().join(", "));
        for block in blocks {
            if speaks(scene, &block.head).is_none() {
                let when = at_times(scene, &block.head);
                words.push_str(&format!("; denied by {}{when}", block.head.id));
            }
        }
        for rule in self.requires().filter(|rule| rule.covers(capability)) {
            if speaks(scene, &rule.head) != Some(false) {
                let when = at_times(scene, &rule.head);
                words.push_str(&format!("; needs {}{when}", receipt(rule)));
            }
        }
        words
    }

    /// What is asked of arguments, by argument.
    pub(super) fn argument_lines(&self, scene: &Scene<'_>, tool: &Tool) -> Vec<Line> {
        let rules = self.argument_rules(scene.tool);
        let mut lines: Vec<Line> = rules
            .filter(|rule| rule.is_about(tool) && speaks(scene, &rule.head) != Some(false))
            .map(|rule| {
                let about = format!("argument {}", rule.argument.get_ref().as_str());
                let when = at_times(scene, &rule.head);
                Line::new(about, format!("{} by {}{when}", asked(rule), rule.head.id))
            })
            .collect();
        lines.sort_by(|a, b| (&a.about, &a.how).cmp(&(&b.about, &b.how)));
        lines
    }
}

fn asked(rule: &ArgumentRule) -> String {
    let checks = Check::all_words(rule.checks.iter().map(|check| check.get_ref()));
    let presence = match rule.presence {
        Presence::Required => "given",
        Presence::Optional => "left out, or",
        Presence::Forbidden => return "left out".to_owned(),
    };
    match checks.is_empty() {
        true => presence.to_owned(),
        false => format!("{presence} {checks}"),
    }
}

fn receipt(rule: &Require) -> String {
    let receipt = &rule.receipt;
    let whose = match receipt.scope {
        Scope::Run => "of the same run",
        Scope::Principal => "its own",
        Scope::Shared => "anyone's",
    };
    let once = if receipt.single_use {
        ", for one call"
    } else {
        ""
    };
    format!(
        "{} of {}, {whose}, at most {} s old{once} by {}",
        receipt.kind.get_ref(),
        receipt.of.get_ref(),
        receipt.fresh_s,
        rule.head.id
    )
}
