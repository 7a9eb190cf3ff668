//! What the matrix says of what is paid for and of what leaves: look-ups, sums, budgets, masks, detectors, caps.
//! Knows nothing of capabilities.

use std::collections::BTreeSet;

use super::Line;
use super::capabilities::{at_times, speaks};
use crate::manifest::{Label, System, Tool};
use crate::policy::phase::{Caps, DetectRule, Transform};
use crate::policy::when::{Scene, list};
use crate::policy::{Budget, Operator, Policy};

/// One of the bounds.
type Cap = fn(&Caps) -> Option<u64>;

impl Policy {
    /// Look-ups, sums and budgets.
    pub(super) fn priced_lines(
        &self,
        scene: &Scene<'_>,
        system: &System,
        tool: &Tool,
    ) -> Vec<Line> {
        let mut lines = Vec::new();
        let of = |budget: Budget| format!("{} calls in {} s", budget.calls, budget.window_s);
        let who = (scene.principal, scene.people);
        for label in labels(system)
            .into_iter()
            .filter(|_| tool.reads_statements() && tool.wall)
        {
            for rule in self.lookups() {
                if rule.is_for(who, label, system) && speaks(scene, &rule.head) != Some(false) {
                    let when = at_times(scene, &rule.head);
                    let how = format!("{} by {}{when}", of(rule.budget), rule.head.id);
                    lines.push(Line::new(format!("look up {label}"), how));
                }
            }
            for rule in self.measures() {
                let meant = rule.is_for(scene.principal, scene.people, label);
                if meant && speaks(scene, &rule.head) != Some(false) {
                    let when = at_times(scene, &rule.head);
                    let how = format!(
                        "over {} rows at least, none above {} %, {} by {}{when}",
                        rule.rows_min,
                        rule.share_max,
                        of(rule.budget),
                        rule.head.id
                    );
                    lines.push(Line::new(format!("sum {label}"), how));
                }
            }
        }
        lines.extend(self.budget_lines(scene, tool));
        lines.sort_by(|a, b| (&a.about, &a.how).cmp(&(&b.about, &b.how)));
        lines.dedup();
        lines
    }

    fn budget_lines(&self, scene: &Scene<'_>, tool: &Tool) -> Vec<Line> {
        let meant = self.budgets().filter(|rule| {
            rule.is_for(scene.principal, scene.people)
                && rule.is_about(tool)
                && speaks(scene, &rule.head) != Some(false)
        });
        let one = |rule: &crate::policy::phase::BudgetRule| {
            let some = rule.capabilities.as_ref().map(|some| {
                let names = some.iter().map(|c| c.get_ref().as_str().to_owned());
                format!(" for {}", list(names))
            });
            let whose = match rule.per.principal {
                true => "",
                false => ", all principals together",
            };
            let when = at_times(scene, &rule.head);
            let words = rule.allowance.words();
            let some = some.unwrap_or_default();
            Line::new(
                "budget",
                format!("{words}{some}{whose} by {}{when}", rule.head.id),
            )
        };
        meant.map(one).collect()
    }

    /// Masks, detectors, small groups and caps.
    pub(super) fn leaving_lines(
        &self,
        scene: &Scene<'_>,
        system: &System,
        tool: &Tool,
    ) -> Vec<Line> {
        let mut lines = Vec::new();
        if tool.reads_statements() {
            let labels = labels(system).into_iter();
            lines
                .extend(labels.map(|label| {
                    Line::new(format!("mask {label}"), self.masked_how(scene, label))
                }));
        }
        for rule in self.small_groups() {
            if rule.covers(scene.tool) && speaks(scene, &rule.head) != Some(false) {
                let (by, when) = (rule.terms.by.join(", "), at_times(scene, &rule.head));
                let how = format!(
                    "of {} at least, by {by}, by {}{when}",
                    rule.terms.k, rule.head.id
                );
                lines.push(Line::new("groups", how));
            }
        }
        for rule in self.spoken_transforms(scene) {
            let when = at_times(scene, &rule.head);
            if let Some(detect) = &rule.detect {
                let how = format!("{} by {}{when}", profile(detect), rule.head.id);
                lines.push(Line::new("detect", how));
            }
            let fields = rule.fields.as_ref();
            if let Some(fields) = fields.filter(|fields| fields.covers(scene.tool)) {
                let by = format!("by {}{when}", rule.head.id);
                let drop = fields.drop.iter().map(|field| field.get_ref().as_str());
                lines.extend(drop.map(|field| Line::new(format!("drop {field}"), by.clone())));
                for (field, name) in &fields.rename {
                    let about = format!("rename {}", field.get_ref().as_str());
                    lines.push(Line::new(about, format!("to {name} {by}")));
                }
            }
            if rule.analyse.iter().any(|p| p.get_ref().covers(scene.tool)) {
                lines.push(Line::new("analyse", format!("by {}{when}", rule.head.id)));
            }
        }
        self.cap_lines(scene, tool, &mut lines);
        lines
    }

    fn spoken_transforms<'a>(&'a self, scene: &Scene<'_>) -> Vec<&'a Transform> {
        let spoken = |rule: &&Transform| speaks(scene, &rule.head) != Some(false);
        let mut rules: Vec<&Transform> = self.transforms().filter(spoken).collect();
        rules.sort_by(|a, b| a.head.id.cmp(&b.head.id));
        rules
    }

    /// The strictest mask that always holds, and those that are stricter at times.
    fn masked_how(&self, scene: &Scene<'_>, label: &Label) -> String {
        let mut always: Option<(Operator, &str)> = None;
        let mut times: Vec<(Operator, String)> = Vec::new();
        for rule in self.spoken_transforms(scene) {
            let mask = rule.mask.as_ref();
            let Some(operator) = mask.and_then(|mask| mask.operator(label)) else {
                continue;
            };
            let stricter = |other: &(Operator, &str)| operator.strictness() > other.0.strictness();
            match speaks(scene, &rule.head) {
                Some(true) if always.as_ref().is_none_or(stricter) => {
                    always = Some((operator, rule.head.id.as_str()));
                }
                None => {
                    let when = at_times(scene, &rule.head);
                    times.push((operator, format!("{operator} by {}{when}", rule.head.id)));
                }
                Some(_) => {}
            }
        }
        times.retain(|(operator, _)| {
            always.is_none_or(|(held, _)| operator.strictness() > held.strictness())
        });
        times.sort();
        let otherwise = match (always, self.masks()) {
            (Some((operator, rule)), _) => format!("{operator} by {rule}"),
            (None, true) => format!("{} by kernel.unlisted-label", Operator::Redact),
            (None, false) => "none: it leaves as it is".to_owned(),
        };
        let mut words: Vec<String> = times.into_iter().map(|(_, words)| words).collect();
        if words.is_empty() {
            return otherwise;
        }
        words.push(format!("else {otherwise}"));
        words.join("; ")
    }

    fn cap_lines(&self, scene: &Scene<'_>, tool: &Tool, lines: &mut Vec<Line>) {
        let caps: [(&str, bool, Cap); 4] = [
            ("rows of a query", tool.reads_statements(), |caps| {
                caps.limit
            }),
            ("rows leave", tool.result.rows.is_some(), |caps| {
                caps.row_max
            }),
            ("bytes leave", true, |caps| caps.byte_max),
            ("rows change", tool.reads_statements(), |caps| {
                caps.change_max
            }),
        ];
        for (what, meant, cap) in caps {
            let rules = self.spoken_transforms(scene).into_iter();
            let spoken: Vec<(u64, &Transform)> = rules
                .filter_map(|rule| Some((cap(&rule.caps)?, rule)))
                .filter(|_| meant)
                .collect();
            let certain = |(_, rule): &&(u64, &Transform)| speaks(scene, &rule.head) == Some(true);
            let least = spoken.iter().filter(certain).min_by_key(|(cap, _)| *cap);
            for (cap, rule) in &spoken {
                let at_times_less = speaks(scene, &rule.head).is_none()
                    && least.is_none_or(|(least, _)| cap < least);
                let is_least = least.is_some_and(|(_, other)| other.head.id == rule.head.id);
                if at_times_less || is_least {
                    let when = at_times(scene, &rule.head);
                    let how = format!("at most {cap} by {}{when}", rule.head.id);
                    lines.push(Line::new(what, how));
                }
            }
        }
    }
}

fn labels(system: &System) -> BTreeSet<&Label> {
    system.labels.values().map(|(label, _)| label).collect()
}

/// The profile, and how it differs.
fn profile(detect: &DetectRule) -> String {
    let others = detect
        .by_type
        .iter()
        .map(|(name, operator)| match operator {
            Some(operator) => format!("{} {operator}", name.get_ref()),
            None => format!("{} off", name.get_ref()),
        });
    let others = list(others);
    match others.is_empty() {
        true => detect.profile.get_ref().clone(),
        false => format!("{} with {others}", detect.profile.get_ref()),
    }
}
