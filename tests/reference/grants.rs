//! Admission, look-ups and sums of the second engine.
//! Shares no judgement with core.

use std::collections::BTreeSet;

use aegis_core::capability::Capability;
use aegis_core::inspect::sql::Dialect;
use aegis_core::inspect::{Fact, Finding};
use aegis_core::manifest::{Access, ArgumentKind, Label, Tool};
use aegis_core::policy::phase::{Grant, Lookup, Measure};
use aegis_core::policy::{Measured, Resource, Rule};
use aegis_core::receipt::Back;

use super::engine::{Asked, Verdict, capability, matches, pay};
use super::when::{self, Truth, label_is};

/// The labels that the call looks up by.
pub fn sought<'a>(asked: &'a Asked<'_>) -> BTreeSet<&'a Label> {
    asked
        .facts()
        .filter_map(|finding| match &finding.fact {
            Fact::LooksUp(label) => Some(label),
            _ => None,
        })
        .collect()
}

/// Whether a rule lets the principal look up by the label here.
fn lets(asked: &Asked<'_>, rule: &Lookup, label: &Label) -> bool {
    let measure = asked
        .call
        .system
        .labels
        .values()
        .any(|(known, measure)| *measure && known == label);
    asked.call.tool.wall
        && asked.is_for(&rule.who)
        && rule
            .labels
            .iter()
            .any(|p| label_is(p.get_ref().as_str(), label))
        && !measure
        && asked.when(&rule.head) == Truth::Yes
}

pub fn lookups<'a>(asked: &Asked<'a>, label: &Label) -> Vec<&'a Lookup> {
    let mut found = Vec::new();
    for rule in &asked.rules {
        if let Rule::Lookup(rule) = rule
            && lets(asked, rule, label)
        {
            found.push(rule);
        }
    }
    found
}

pub fn look_up(asked: &Asked<'_>, rule: &Lookup, verdict: &mut Verdict) {
    for label in sought(asked) {
        if lets(asked, rule, label) {
            let budget = (rule.budget.calls, rule.budget.window_s);
            pay(asked, (&rule.head.id, label), budget, Back::Never, verdict);
            verdict.obligations.lookups.insert(label.clone());
        }
    }
}

pub fn measure(asked: &Asked<'_>, rule: &Measure, verdict: &mut Verdict) {
    let mut summed: BTreeSet<&Label> = BTreeSet::new();
    for output in asked.call.outputs.unwrap_or_default() {
        summed.extend(&output.summed);
    }
    if !asked.call.tool.wall || !asked.is_for(&rule.who) || asked.when(&rule.head) != Truth::Yes {
        return;
    }
    for label in summed {
        if !rule
            .labels
            .iter()
            .any(|p| label_is(p.get_ref().as_str(), label))
        {
            continue;
        }
        let budget = (rule.budget.calls, rule.budget.window_s);
        pay(asked, (&rule.head.id, label), budget, Back::Unsent, verdict);
        let known = verdict.obligations.measured.take();
        let mut terms = known.unwrap_or(Measured {
            rows_min: 0,
            share_max: 100,
            columns: BTreeSet::new(),
            labels: BTreeSet::new(),
        });
        terms.rows_min = terms.rows_min.max(rule.rows_min);
        terms.share_max = terms.share_max.min(rule.share_max);
        terms.labels.insert(label.clone());
        for ((table, column), (known, measure)) in &asked.call.system.labels {
            if *measure && known == label {
                terms.columns.insert(format!("{table}.{column}"));
            }
        }
        verdict.obligations.measured = Some(terms);
    }
}

fn area_of(c: &Capability, verb: &str) -> Option<String> {
    let (area, given) = c.as_str().split_once(':')?;
    (given == verb).then(|| area.to_owned())
}

/// Each capability is granted, and within what the tool is made for.
pub fn admit(asked: &Asked<'_>, verdict: &mut Verdict) {
    if asked.call.capabilities.is_empty() {
        verdict.object("admission", "kernel.no-capability");
    }
    for c in asked.needs() {
        let filter = area_of(&c, "lookup").map(|area| capability(&area, "filter"));
        let unruled = sought(asked).iter().any(|label| {
            lookups(asked, label).is_empty()
                && filter.as_ref() == Some(&capability(label.area(), "filter"))
        });
        let blocked = asked.rules.iter().any(|rule| match rule {
            Rule::Block(block) => {
                asked.speaks(&block.head)
                    && block
                        .capabilities
                        .iter()
                        .any(|p| matches(p.get_ref().as_str(), c.as_str()))
            }
            _ => false,
        });
        if unruled || blocked {
            continue;
        }
        if let Some(most) = &asked.call.tool.at_most {
            let made =
                most.contains(&c) || filter.as_ref().is_some_and(|filter| most.contains(filter));
            if !made {
                verdict.object("argument", "kernel.beyond-tool");
            }
        }
        let mut ways = vec![granted(asked, &c), when::of(sold(asked, &c))];
        ways.extend(filter.as_ref().map(|filter| granted(asked, filter)));
        if when::any(ways) != Truth::Yes {
            verdict.object("admission", "kernel.not-granted");
        }
    }
}

/// Whether look-up rules give the capability: every look-up of its area has one.
fn sold(asked: &Asked<'_>, c: &Capability) -> bool {
    let of_area: Vec<&Label> = sought(asked)
        .into_iter()
        .filter(|label| area_of(c, "lookup").as_deref() == Some(label.area()))
        .collect();
    !of_area.is_empty()
        && of_area
            .iter()
            .all(|label| !lookups(asked, label).is_empty())
        && !asked.call.tool.capabilities.contains(c)
}

/// Whether grants give the capability here, and all that the call touches by it.
fn granted(asked: &Asked<'_>, c: &Capability) -> Truth {
    let mut grants: Vec<(&Grant, Truth)> = Vec::new();
    for rule in &asked.rules {
        let Rule::Grant(grant) = rule else { continue };
        let here = grant.tools.as_ref().is_none_or(|tools| {
            tools
                .iter()
                .any(|t| matches(t.get_ref().as_str(), &asked.tool()))
        });
        let told = grant.resources.is_none() || tells(asked.call.tool, c);
        let covers = grant
            .capabilities
            .iter()
            .any(|p| matches(p.get_ref().as_str(), c.as_str()));
        if asked.is_for(&grant.who) && here && told && covers {
            grants.push((grant, asked.when(&grant.head)));
        }
    }
    let mut all = vec![when::any(grants.iter().map(|(_, worth)| *worth).collect())];
    for finding in asked
        .facts()
        .filter(|finding| finding.fact.capability().as_ref() == Some(c))
    {
        let each = grants.iter().map(|(grant, worth)| {
            let reaches = match &grant.resources {
                None => true,
                Some(list) => list
                    .iter()
                    .any(|one| covers(one.get_ref(), asked.call.tool, finding)),
            };
            when::all(vec![*worth, when::of(reaches)])
        });
        all.push(when::any(each.collect()));
    }
    when::all(all)
}

/// Whether each use that the tool makes of the capability is told by a fact.
fn tells(tool: &Tool, c: &Capability) -> bool {
    const SQL: [&str; 8] = [
        "read",
        "write",
        "create",
        "drop",
        "truncate",
        "alter",
        "delete-unscoped",
        "update-unscoped",
    ];
    tool.arguments
        .iter()
        .filter(|argument| argument.required)
        .any(|argument| match &argument.kind {
            ArgumentKind::Sql(_) => SQL.iter().any(|verb| c.as_str() == format!("db:{verb}")),
            ArgumentKind::Table => c.as_str() == "db:read",
            ArgumentKind::Path(access) | ArgumentKind::Paths(access) => {
                let verb = match access {
                    Access::List => "list",
                    Access::Read => "read",
                    Access::Write => "write",
                    Access::Delete => "delete",
                };
                c.as_str() == format!("object:{verb}")
            }
            _ => false,
        })
}

fn covers(resource: &Resource, tool: &Tool, finding: &Finding) -> bool {
    let folds = tool
        .arguments
        .iter()
        .any(|a| matches!(a.kind, ArgumentKind::Sql(Dialect::Sqlite)));
    let (pattern, subject) = (resource.pattern.as_str(), finding.fact.subject());
    resource.server == tool.server
        && match &finding.fact {
            Fact::Touches { .. } => when::path_is(pattern, subject),
            _ if folds => matches(&pattern.to_ascii_lowercase(), &subject.to_ascii_lowercase()),
            _ => matches(pattern, subject),
        }
}
