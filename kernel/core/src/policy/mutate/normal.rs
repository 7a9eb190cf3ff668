//! What a rule says of all that there is, in one spelling: two rules with the same normal form say the same of
//! every call that can be made under the manifests.
//! Knows nothing of how rules came to differ.
//!
//! Patterns are written out as what they mean of the manifests' tools, capabilities and labels, of which there are no
//! others: a call to any other tool is unknown before rules are asked. Names of principals, tables and paths stay as
//! they are, since there can be any; roles and attributes are who has them, since nobody else can.
//!
//! Rules stand among others, which a change leaves as they are. To a rule that grants nothing, tools that no grant shows
//! to anybody are as unknown as others that there are not, and whoever is shown no tool is as good as nobody. A grant makes no difference for what a block without `when`
//! forbids, nor for what another grant gives to the same people always.

use serde_spanned::Spanned;

use super::normal_when::{ALWAYS, Texts, checks_of, condition};
use super::universe::{ANYBODY, Universe};
use crate::capability::{Capability, CapabilityPattern};
use crate::manifest::Tool;
use crate::policy::people::Who;
use crate::policy::phase::{
    ArgumentRule, Block, BudgetRule, DetectRule, FieldRule, Grant, Lookup, Mask, Measure, Presence,
    ReceiptRule, Require, SmallGroups, Transform,
};
use crate::policy::{Head, LabelPattern, Mode, Resource, Rule, ToolPattern};

/// The normal form.
pub(super) fn normal(rule: &Rule, u: &Universe) -> String {
    let said = match rule {
        Rule::Grant(rule) => grant(rule, u),
        Rule::Block(rule) => block(rule, u),
        Rule::Budget(rule) => budget(rule, u),
        Rule::Argument(rule) => argument(rule, u),
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
        Rule::Require(rule) => require(rule, u),
        Rule::SmallGroups(rule) => {
            let SmallGroups {
                head: _,
                tools,
                terms,
            } = rule;
            format!("{:?} {terms:?}", u.tools_of(|tool| covers(tools, tool)))
        }
        Rule::Transform(rule) => transform(rule, u),
        // Who there is is compared by what rules say of it.
        Rule::Role(_) | Rule::Principal(_) => return format!("{rule:?}"),
    };
    format!("{} {said}", head(rule.head(), u))
}

fn block(rule: &Block, u: &Universe) -> String {
    let Block {
        head: _,
        capabilities,
        because,
        fix,
    } = rule;
    let mut covered = capabilities_of(capabilities, u);
    if rule.head.mode == Mode::Shadow && u.filters_alone {
        // That it speaks is all that it says, and a look-up is a filter too.
        let filters = covered.clone();
        let filtered = |c: &str| Capability::parse(c)?.swap(Capability::LOOKUP, Capability::FILTER);
        covered.retain(|c| !filtered(c).is_some_and(|c| filters.contains(c.as_str())));
    }
    format!("{covered:?} {because:?} {fix:?}")
}

fn argument(rule: &ArgumentRule, u: &Universe) -> String {
    let ArgumentRule {
        head: _,
        tools: _,
        argument,
        presence,
        checks,
        because,
        fix,
    } = rule;
    let path = argument.get_ref();
    let about: Vec<&Tool> = u
        .tools
        .iter()
        .map(|(tool, _)| &**tool)
        .filter(|tool| rule.is_about(tool))
        .collect();
    // A call that leaves out what the manifest requires is refused before any rule.
    let required = |tool: &&Tool| {
        tool.arguments
            .iter()
            .any(|a| a.required && a.name == path.name())
    };
    let presence = match presence {
        Presence::Optional if !path.is_inner() && about.iter().all(required) => Presence::Required,
        other => *other,
    };
    let tools: Texts = about
        .iter()
        .map(|tool| tool.full_name().to_owned())
        .collect();
    format!(
        "{tools:?} {:?} {presence:?} {:?} {because:?} {fix:?}",
        path.as_str(),
        checks_of(checks)
    )
}

fn require(rule: &Require, u: &Universe) -> String {
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
    format!("{needs:?} {kind:?} {of:?} {fresh_s} {single_use} {scope:?} {because:?} {fix:?}")
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
        .map_or(ALWAYS.to_owned(), |when| condition(when, u));
    format!("{id} {mode:?} {when}")
}

pub(super) fn covers(tools: &[Spanned<ToolPattern>], tool: &str) -> bool {
    tools.iter().any(|pattern| pattern.get_ref().covers(tool))
}

pub(super) fn capabilities_of(list: &[Spanned<CapabilityPattern>], u: &Universe) -> Texts {
    u.capabilities_of(|c| list.iter().any(|pattern| pattern.get_ref().covers(c)))
}

pub(super) fn labels_of(list: &[Spanned<LabelPattern>], u: &Universe) -> Texts {
    u.labels_of(|label| list.iter().any(|pattern| pattern.get_ref().covers(label)))
}

/// Everybody who is meant of those who are shown some tool; somebody of whom nobody else knows is shown what anybody is.
fn who_of(who: &Who, u: &Universe) -> Texts {
    let Who {
        principals,
        roles: _,
    } = who;
    let unknown = principals.iter().map(|name| name.get_ref());
    let unknown =
        unknown.filter(|name| u.shown.contains(ANYBODY) && !u.known_people.contains(*name));
    let persons = u.shown.iter().chain(unknown);
    persons
        .filter(|person| who.means(person, &u.people))
        .cloned()
        .collect()
}

/// To whom which capability on which tool, of those that a call to it can need and for which this grant makes a
/// difference: to whom the tool is shown at all, where no block settles it, and where no other grant gives it always.
fn grant(rule: &Grant, u: &Universe) -> String {
    let Grant {
        head: _,
        who,
        capabilities: _,
        tools: _,
        resources,
    } = rule;
    let mut triples = Texts::new();
    for person in u
        .persons(rule)
        .iter()
        .filter(|person| who.means(person, &u.people))
    {
        for (tool, needs) in u
            .tools
            .iter()
            .filter(|(tool, _)| u.shows(tool, person, rule))
        {
            let name = tool.full_name();
            let told = |c: &_| resources.is_none() || Resource::is_told(tool, c);
            let granted = needs.iter().filter(|c| rule.covers(c, name) && told(c));
            let differs = granted
                .filter(|c| !u.is_settled(tool, c) && !is_beside(rule, person, (tool, c), u));
            triples.extend(differs.map(|capability| format!("{person} {name} {capability}")));
        }
    }
    let resources = resources.as_ref().map(|list| {
        let each = list.iter().map(Spanned::get_ref);
        each.map(|one| format!("{}:{}", one.server, one.pattern))
            .collect::<Texts>()
    });
    format!("{triples:?} {resources:?}")
}

/// Whether this grant adds nothing for somebody there: another one without limits always gives it. Where this one has
/// no resource of the tool's server it covers no table or object there: it adds nothing to what facts ask for, and
/// to what the tool declares no more than another one with limits.
fn is_beside(rule: &Grant, person: &str, (tool, c): (&Tool, &Capability), u: &Universe) -> bool {
    let here = |one: &Spanned<Resource>| one.get_ref().server == tool.server;
    let foreign = rule
        .resources
        .as_ref()
        .is_some_and(|list| !list.iter().any(here));
    if foreign && !tool.capabilities.contains(c) {
        return true;
    }
    let always = |other: &&Grant| other.head.id != rule.head.id && other.head.when.is_none();
    u.grants.iter().filter(always).any(|other| {
        let told = other.resources.is_none() || (foreign && Resource::is_told(tool, c));
        told && other.who.means(person, &u.people) && other.covers(c, tool.full_name())
    })
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
        // What the tool declares is needed by every call to it.
        let always = !per.capability && tool.capabilities.iter().any(|c| rule.covers(c));
        match capabilities {
            _ if always => drop(pairs.insert(name.to_owned())),
            None => drop(pairs.insert(name.to_owned())),
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
        fields,
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
    let fields = fields.as_ref().map(|fields| {
        let FieldRule {
            tools,
            drop,
            rename,
        } = fields;
        let tools = u.tools_of(|tool| covers(tools, tool));
        let drop: Texts = drop
            .iter()
            .map(|one| one.get_ref().as_str().to_owned())
            .collect();
        let each = rename
            .iter()
            .map(|(one, to)| format!("{} {to}", one.get_ref().as_str()));
        (tools, drop, each.collect::<Texts>())
    });
    format!("{mask:?} {detect:?} {analyse:?} {fields:?} {caps:?}")
}
