//! Where the rules stand that could have a word in a call, so that the others are not asked.
//! Knows nothing of what they say: whoever finds a rule here still asks whether it is meant.

use std::collections::BTreeMap;

use super::{Mode, Rule};

/// Places of rules that count, by kind and by what they name.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    kinds: BTreeMap<&'static str, Vec<usize>>,
    grants: Keyed,
    blocks: Keyed,
    arguments: Keyed,
}

/// Places by a name that a call must have, and those of rules that name none.
#[derive(Clone, Debug, Default)]
struct Keyed {
    by: BTreeMap<String, Vec<usize>>,
    rest: Vec<usize>,
}

impl Keyed {
    /// With a pattern among the names, the rule may mean any call.
    fn add<'a>(&mut self, at: usize, names: impl Iterator<Item = &'a str> + Clone) {
        if names.clone().any(|name| name.ends_with('*')) || names.clone().next().is_none() {
            self.rest.push(at);
            return;
        }
        for name in names {
            self.by.entry(name.to_owned()).or_default().push(at);
        }
    }

    fn of(&self, name: &str) -> impl Iterator<Item = usize> {
        let named = self.by.get(name).into_iter().flatten();
        named.chain(&self.rest).copied()
    }
}

impl Index {
    pub(super) fn of(rules: &[Rule]) -> Self {
        let mut index = Self::default();
        for (at, rule) in rules.iter().enumerate() {
            if rule.head().mode != Mode::Enforce {
                continue;
            }
            index.kinds.entry(rule.kind()).or_default().push(at);
            match rule {
                // Whom a role means is not looked up here.
                Rule::Grant(rule) if !rule.who.roles.is_empty() => index.grants.rest.push(at),
                Rule::Grant(rule) => {
                    let names = rule
                        .who
                        .principals
                        .iter()
                        .map(|name| name.get_ref().as_str());
                    index.grants.add(at, names);
                }
                Rule::Block(rule) => {
                    let names = rule.capabilities.iter().map(|c| c.get_ref().as_str());
                    index.blocks.add(at, names);
                }
                Rule::Argument(rule) => {
                    let names = rule.tools.iter().map(|tool| tool.get_ref().as_str());
                    index.arguments.add(at, names);
                }
                _ => {}
            }
        }
        index
    }

    /// Every rule of a kind.
    pub(super) fn kind(&self, kind: &str) -> impl Iterator<Item = usize> {
        self.kinds.get(kind).into_iter().flatten().copied()
    }

    /// Grants that could be for this principal.
    pub(super) fn grants(&self, principal: &str) -> impl Iterator<Item = usize> {
        self.grants.of(principal)
    }

    /// Blocks that could cover this capability.
    pub(super) fn blocks(&self, capability: &str) -> impl Iterator<Item = usize> {
        self.blocks.of(capability)
    }

    /// Argument rules that could be about this tool.
    pub(super) fn arguments(&self, tool: &str) -> impl Iterator<Item = usize> {
        self.arguments.of(tool)
    }
}
