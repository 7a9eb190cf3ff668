//! What a call must have for a rule to have a word in it.
//! Knows nothing of single calls.
//!
//! A need is a list of keys of which a call has one at least, or else the rule certainly stays silent. A rule may have
//! several needs, and each of them alone is reason enough; what cannot be said so is no need at all.

use serde_spanned::Spanned;

use super::key::{Key, Sort};
use crate::capability::CapabilityPattern;
use crate::policy::people::Who;
use crate::policy::phase::{Caps, Transform};
use crate::policy::when::{Condition, Matcher};
use crate::policy::{LabelPattern, Rule, ToolPattern};

type Need<'r> = Vec<Key<'r>>;

/// The needs of a rule. One that is watched has a word wherever it would oblige, whatever that comes to.
pub(super) fn needs(rule: &Rule, watched: bool) -> Vec<Need<'_>> {
    let mut needs = match (rule, &rule.head().when) {
        // The store is asked for what a budget had given, whatever its `when` says.
        (Rule::Budget(_), _) | (_, None) => Vec::new(),
        (_, Some(when)) => condition(when),
    };
    match rule {
        Rule::Grant(rule) => {
            needs.extend(who(&rule.who));
            needs.extend(capabilities(&rule.capabilities));
            needs.extend(rule.tools.as_ref().and_then(|some| tools(some)));
        }
        Rule::Block(rule) => needs.extend(capabilities(&rule.capabilities)),
        Rule::Budget(rule) => {
            needs.extend(who(&rule.who));
            needs.extend(
                rule.capabilities
                    .as_ref()
                    .and_then(|some| capabilities(some)),
            );
            needs.extend(rule.tools.as_ref().and_then(|some| tools(some)));
            let servers = rule.downstreams.as_ref();
            needs.extend(servers.map(|servers| each(servers, |name| server(name))));
        }
        Rule::Argument(rule) => needs.extend(tools(&rule.tools)),
        // Which labels are looked up by is told in hints too, of others than the call's.
        Rule::Lookup(rule) => needs.extend(who(&rule.who)),
        Rule::Measure(rule) => {
            needs.extend(who(&rule.who));
            needs.extend(labels(&rule.labels, Sort::Label));
        }
        Rule::Require(rule) => needs.extend(capabilities(&rule.capabilities)),
        Rule::SmallGroups(rule) => needs.extend(tools(&rule.tools)),
        Rule::Transform(rule) if !watched => needs.extend(transform(rule)),
        Rule::Transform(_) | Rule::Role(_) | Rule::Principal(_) => {}
    }
    needs.retain(|need| !need.is_empty());
    needs
}

/// A rule that only masks, whatever happens, is about its labels alone; one that only changes fields or has answers
/// analysed, about its tools. One with a `when` may be left open by what a record does not tell, whatever it is about.
fn transform(rule: &Transform) -> Option<Need<'_>> {
    let always = rule.head.when.is_none() && rule.detect.is_none() && rule.caps == Caps::default();
    let shaped = rule.fields.is_some() || !rule.analyse.is_empty();
    match &rule.mask {
        Some(mask) if always && !shaped => labels(&mask.labels, Sort::Masked),
        None if always => {
            let named = rule.fields.iter().flat_map(|fields| &fields.tools);
            let all = named.chain(&rule.analyse);
            some(
                all.map(|one| Key::pattern(Sort::Tool, one.get_ref().as_str()))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// What certainly makes a condition not hold, where it is missing. Under `not` nothing does.
fn condition(when: &Condition) -> Vec<Need<'_>> {
    match when {
        Condition::All(parts) => parts.iter().flat_map(condition).collect(),
        Condition::Any(parts) => {
            let narrowest = |part| {
                let needs: Vec<Need<'_>> = condition(part);
                needs
                    .into_iter()
                    .min_by_key(|need| (need.iter().map(|key| key.sort).max(), need.len()))
            };
            let each: Option<Vec<Need<'_>>> = parts.iter().map(narrowest).collect();
            each.map(|needs| needs.concat()).into_iter().collect()
        }
        Condition::Not(_) => Vec::new(),
        Condition::Is(matcher) => question(matcher.get_ref()).into_iter().collect(),
    }
}

fn question(matcher: &Matcher) -> Option<Need<'_>> {
    match matcher {
        Matcher::Principal(names) => Some(each(names, |name| Key::new(Sort::Principal, name))),
        Matcher::Role(names) => Some(each(names, |name| Key::new(Sort::Role, name))),
        Matcher::Attribute(key, values) => {
            let key = key.get_ref().as_str();
            let values = values.iter().map(|value| Key::attribute(key, value));
            // Of whom it is not known, that is no "no".
            let lacks = Key::new(Sort::Lacks, key);
            Some(values.chain([lacks]).collect())
        }
        Matcher::Tool(patterns) => tools(patterns),
        Matcher::Capability(patterns) => capabilities(patterns),
        Matcher::Fact(pattern) => Some(vec![Key::new(Sort::Fact, pattern.kind)]),
        Matcher::Label(patterns) => labels(patterns, Sort::Label),
        Matcher::Argument(_) | Matcher::Time(_) => None,
    }
}

fn who(who: &Who) -> Option<Need<'_>> {
    let named = each(&who.principals, |name| Key::new(Sort::Principal, name));
    let anyone = named.iter().any(|key| key.word == "*");
    let roles = each(&who.roles, |name| Key::new(Sort::Role, name));
    (!anyone).then(|| [named, roles].concat())
}

fn capabilities(patterns: &[Spanned<CapabilityPattern>]) -> Option<Need<'_>> {
    some(each(patterns, |pattern| {
        Key::pattern(Sort::Capability, pattern.as_str())
    }))
}

fn tools(patterns: &[Spanned<ToolPattern>]) -> Option<Need<'_>> {
    some(each(patterns, |pattern| {
        Key::pattern(Sort::Tool, pattern.as_str())
    }))
}

fn labels(patterns: &[Spanned<LabelPattern>], sort: Sort) -> Option<Need<'_>> {
    Some(each(patterns, |pattern| {
        Key::pattern(sort, pattern.as_str())
    }))
}

/// Every tool and every capability is no need: each call has some.
fn some(need: Need<'_>) -> Option<Need<'_>> {
    let every = need.iter().any(|key| key.word.is_empty());
    (!every).then_some(need)
}

fn server(name: &str) -> Key<'_> {
    Key::new(Sort::Tool, format!("{name}__"))
}

fn each<'r, T>(list: &'r [Spanned<T>], key: impl Fn(&'r T) -> Key<'r>) -> Need<'r> {
    list.iter().map(|one| key(one.get_ref())).collect()
}
