//! What a rule says of all that there is, in one spelling: two rules with the same normal form say the same of
//! every call that can be made under the manifests.
//! Knows nothing of how rules came to differ.
//!
//! Patterns are written out as what they mean of the manifests' tools, capabilities and labels, of which there are no
//! others: a call to any other tool is unknown before rules are asked. Names of principals, tables and paths stay as
//! they are, since there can be any; roles and attributes are who has them, since nobody else can.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_spanned::Spanned;

use super::universe::Universe;
use crate::capability::CapabilityPattern;
use crate::policy::people::Who;
use crate::policy::phase::{
    ArgumentRule, Block, BudgetRule, Check, Comparison, DetectRule, Grant, Lookup, Mask, Measure,
    ReceiptRule, Require, SmallGroups, Transform,
};
use crate::policy::when::{ArgumentTest, Condition, FactPattern, Hours, Matcher, Subjects};
use crate::policy::{Head, LabelPattern, Resource, Rule, ToolPattern};

type Texts = BTreeSet<String>;

/// The normal form.
pub(super) fn normal(rule: &Rule, universe: &Universe) -> String {
    let u = universe;
    let head = head(rule.head(), u);
    let said = match rule {
        Rule::Grant(rule) => grant(rule, u),
        Rule::Block(rule) => {
            let Block {
                head: _,
                capabilities,
                because,
                fix,
            } = rule;
            format!("{:?} {because:?} {fix:?}", capabilities_of(capabilities, u))
        }
        Rule::Budget(rule) => budget(rule, u),
        Rule::Argument(rule) => {
            let ArgumentRule {
                head: _,
                tools,
                argument,
                presence,
                checks,
                because,
                fix,
            } = rule;
            let tools = u.tools_of(|tool| covers(tools, tool));
            let path = argument.get_ref().as_str();
            format!(
                "{tools:?} {path:?} {presence:?} {:?} {because:?} {fix:?}",
                checks_of(checks)
            )
        }
        Rule::Lookup(rule) => {
            let Lookup {
                head: _,
                who,
                labels,
                budget,
            } = rule;
            format!("{:?} {:?} {budget:?}", who_of(who, u), labels_of(labels, u))
        }
        Rule::Measure(rule) => {
            let Measure {
                head: _,
                who,
                labels,
                rows_min,
                share_max,
                budget,
            } = rule;
            let labels = labels_of(labels, u);
            format!(
                "{:?} {labels:?} {rows_min} {share_max} {budget:?}",
                who_of(who, u)
            )
        }
        Rule::Require(rule) => {
            let Require {
                head: _,
                capabilities,
                receipt,
                because,
                fix,
            } = rule;
            let ReceiptRule {
                kind,
                of,
                fresh_s,
                single_use,
                scope,
            } = receipt;
            let (kind, of) = (kind.get_ref(), of.get_ref());
            let needs = capabilities_of(capabilities, u);
            format!(
                "{needs:?} {kind:?} {of:?} {fresh_s} {single_use} {scope:?} {because:?} {fix:?}"
            )
        }
        Rule::SmallGroups(rule) => {
            let SmallGroups {
                head: _,
                tools,
                terms,
            } = rule;
            format!("{:?} {terms:?}", u.tools_of(|tool| covers(tools, tool)))
        }
        Rule::Transform(rule) => transform(rule, u),
        // Who there is is compared as a whole.
        Rule::Role(_) | Rule::Principal(_) => return format!("{rule:?}"),
    };
    format!("{head} {said}")
}

fn head(head: &Head, u: &Universe) -> String {
    let Head {
        id,
        when,
        mode,
        severity: _,
    } = head;
    let when = when
        .as_ref()
        .map_or("always".to_owned(), |when| condition(when, u));
    format!("{id} {mode:?} {when}")
}

fn covers(tools: &[Spanned<ToolPattern>], tool: &str) -> bool {
    tools.iter().any(|pattern| pattern.get_ref().covers(tool))
}

fn capabilities_of(list: &[Spanned<CapabilityPattern>], u: &Universe) -> Texts {
    u.capabilities_of(|c| list.iter().any(|pattern| pattern.get_ref().covers(c)))
}

fn labels_of(list: &[Spanned<LabelPattern>], u: &Universe) -> Texts {
    u.labels_of(|label| list.iter().any(|pattern| pattern.get_ref().covers(label)))
}

/// `*`, or names and whoever has the roles.
fn who_of(who: &Who, u: &Universe) -> Texts {
    let Who { principals, roles } = who;
    if principals.iter().any(|name| name.get_ref() == "*") {
        return Texts::from(["*".to_owned()]);
    }
    let named = principals.iter().map(|name| name.get_ref().clone());
    named.chain(having(roles, u)).collect()
}

fn having(roles: &[Spanned<String>], u: &Universe) -> Texts {
    let has = |name: &&str| {
        roles
            .iter()
            .any(|role| u.people.has_role(name, role.get_ref()))
    };
    u.people
        .principals()
        .filter(has)
        .map(str::to_owned)
        .collect()
}

/// Which capability on which tool, of those that a call to it can need.
fn grant(rule: &Grant, u: &Universe) -> String {
    let Grant {
        head: _,
        who,
        capabilities: _,
        tools: _,
        resources,
    } = rule;
    let mut pairs = Texts::new();
    for (tool, needs) in &u.tools {
        let name = tool.full_name();
        let told = |c: &_| resources.is_none() || Resource::is_told(tool, c);
        let granted = needs.iter().filter(|c| rule.covers(c, &name) && told(c));
        pairs.extend(granted.map(|capability| format!("{name} {capability}")));
    }
    let resources = resources.as_ref().map(|list| {
        let each = list.iter().map(Spanned::get_ref);
        each.map(|one| format!("{}:{}", one.server, one.pattern))
            .collect::<Texts>()
    });
    format!("{:?} {pairs:?} {resources:?}", who_of(who, u))
}

fn budget(rule: &BudgetRule, u: &Universe) -> String {
    let BudgetRule {
        head: _,
        who,
        tools: _,
        capabilities,
        downstreams: _,
        per,
        allowance,
        returns_failed,
        because,
    } = rule;
    let mut pairs = Texts::new();
    for (tool, needs) in u.tools.iter().filter(|(tool, _)| rule.is_about(tool)) {
        let name = tool.full_name();
        match capabilities {
            None => drop(pairs.insert(name)),
            Some(_) => {
                let meant = needs.iter().filter(|capability| rule.covers(capability));
                pairs.extend(meant.map(|capability| format!("{name} {capability}")));
            }
        }
    }
    let (amount, of) = (&allowance.limit, allowance.of());
    let (unit, over) = (allowance.unit, allowance.over);
    let who = who_of(who, u);
    format!(
        "{who:?} {pairs:?} {per:?} {unit:?} {amount} {of:?} {over:?} {returns_failed} {because:?}"
    )
}

fn transform(rule: &Transform, u: &Universe) -> String {
    let Transform {
        head: _,
        mask,
        detect,
        analyse,
        caps,
    } = rule;
    let mask = mask.as_ref().map(|mask| {
        let Mask {
            labels: _,
            default: _,
            by_label: _,
            listed: _,
            subject,
        } = mask;
        let each = u
            .labels
            .iter()
            .filter_map(|label| Some((label, mask.operator(label)?)));
        let each: Texts = each
            .map(|(label, operator)| format!("{label} {operator}"))
            .collect();
        (each, subject.as_ref().map(|at| at.get_ref().clone()))
    });
    let detect = detect.as_ref().map(|detect| {
        let DetectRule { profile, by_type } = detect;
        let each = by_type
            .iter()
            .map(|(name, operator)| format!("{} {operator:?}", name.get_ref()));
        (profile.get_ref().clone(), each.collect::<Texts>())
    });
    let analyse = u.tools_of(|tool| covers(analyse, tool));
    format!("{mask:?} {detect:?} {analyse:?} {caps:?}")
}

/// One condition; joints of joints of one kind are one, and what stands twice stands once.
fn condition(when: &Condition, u: &Universe) -> String {
    match when {
        Condition::All(_) => joined(when, "all", u),
        Condition::Any(_) => joined(when, "any", u),
        Condition::Not(part) => match &**part {
            Condition::Not(inner) => condition(inner, u),
            part => format!("not({})", condition(part, u)),
        },
        Condition::Is(matcher) => question(matcher.get_ref(), u),
    }
}

fn joined(when: &Condition, word: &str, u: &Universe) -> String {
    let mut parts = Texts::new();
    let mut open = vec![when];
    while let Some(one) = open.pop() {
        match (one, word) {
            (Condition::All(inner), "all") | (Condition::Any(inner), "any") => open.extend(inner),
            (Condition::All(inner) | Condition::Any(inner), _) if inner.len() == 1 => {
                open.extend(inner)
            }
            (other, _) => drop(parts.insert(condition(other, u))),
        }
    }
    match parts.len() {
        1 => parts.into_iter().collect(),
        _ => format!("{word}{parts:?}"),
    }
}

fn question(matcher: &Matcher, u: &Universe) -> String {
    match matcher {
        Matcher::Principal(names) => {
            let names: Texts = names.iter().map(|name| name.get_ref().clone()).collect();
            format!("who{names:?}")
        }
        Matcher::Role(roles) => format!("who{:?}", having(roles, u)),
        Matcher::Attribute(key, values) => {
            let value = |name: &&str| u.people.attribute(name, key.get_ref());
            let known = u.people.principals().filter(|name| value(name).is_some());
            let each = known.map(|name| {
                let meant = value(&name).is_some_and(|known| values.iter().any(|v| v == known));
                format!("{name} {meant}")
            });
            format!("attribute{:?}", each.collect::<Texts>())
        }
        Matcher::Tool(tools) => format!("tool{:?}", u.tools_of(|tool| covers(tools, tool))),
        Matcher::Capability(list) => format!("capability{:?}", capabilities_of(list, u)),
        Matcher::Label(list) => format!("label{:?}", labels_of(list, u)),
        Matcher::Fact(pattern) => {
            let FactPattern { kind, subjects } = pattern;
            let Subjects {
                patterns,
                except,
                paths,
            } = subjects;
            let patterns: Texts = patterns.iter().cloned().collect();
            format!("fact {kind} {patterns:?} {except} {paths}")
        }
        Matcher::Argument(test) => {
            let ArgumentTest {
                name,
                given,
                checks,
            } = test;
            format!(
                "argument {:?} {given:?} {:?}",
                name.get_ref().as_str(),
                checks_of(checks)
            )
        }
        Matcher::Time(hours) => week(*hours),
    }
}

/// The minutes of the week, in UTC, that are meant: where they begin and end.
fn week(hours: Hours) -> String {
    const MINUTES: i64 = 7 * 24 * 60;
    let meant = |minute: i64| {
        hours.holds(crate::now::Now {
            unix_ms: minute.saturating_mul(60_000),
        })
    };
    let mut text = format!("time {}", meant(0));
    for minute in 1..MINUTES {
        if meant(minute) != meant(minute.saturating_sub(1)) {
            // Writing into a String cannot fail.
            let _ = write!(text, " {minute}");
        }
    }
    text
}

fn checks_of(checks: &[Spanned<Check>]) -> Texts {
    let one = |check: &Spanned<Check>| match check.get_ref() {
        Check::Equals(value) => format!("one of {:?}", Texts::from([value.to_string()])),
        Check::OneOf(values) => {
            let values: Texts = values.iter().map(ToString::to_string).collect();
            format!("one of {values:?}")
        }
        Check::Min(number) => format!("min {number:?}"),
        Check::Max(number) => format!("max {number:?}"),
        Check::LengthMin(number) => format!("length min {number}"),
        Check::LengthMax(number) => format!("length max {number}"),
        Check::Matches(pattern) => format!("matches {:?}", pattern.as_str()),
        Check::Prefix(prefixes) => format!("prefix {:?}", prefixes.iter().collect::<BTreeSet<_>>()),
        Check::Glob(globs) => {
            let globs: Texts = globs.iter().map(|glob| glob.as_str().to_owned()).collect();
            format!("glob {globs:?}")
        }
        Check::Type(word) => format!("type {word}"),
        Check::Versus(Comparison { relation, other }) => {
            format!("{relation:?} {:?}", other.as_str())
        }
    };
    checks.iter().map(one).collect()
}
