//! What a call to a tool could turn out to be, by what its arguments can hold.
//! Knows nothing of rules.

use std::collections::BTreeSet;

use crate::capability::{Capability, CapabilitySet};
use crate::manifest::{Access, ArgumentKind, System, Tool};
use crate::policy::when::{TABLE_FACTS, path_word};

/// All that a call to the tool could turn out to need, by the facts that its arguments can hold.
pub(in crate::policy) fn needs(system: &System, tool: &Tool) -> CapabilitySet {
    let mut set = tool.capabilities.clone();
    let mut domain = |verb: &str, tables: bool| {
        for domain in &system.domains {
            let here = if tables {
                &domain.tables
            } else {
                &domain.paths
            };
            if !here.is_empty() {
                set.insert(Capability::known(&domain.name, verb));
            }
        }
    };
    let mut more = Vec::new();
    for argument in &tool.arguments {
        if !argument.masked.restores.is_empty() {
            more.push(Capability::known("mask", "restore"));
        }
        if argument.masked.passes {
            more.push(Capability::known("mask", "pass"));
        }
        let families = argument.families.iter();
        more.extend(families.map(|family| Capability::known("sql", family.as_str())));
        match &argument.kind {
            ArgumentKind::Sql(_) => {
                domain("read", true);
                domain("write", true);
                more.extend(Capability::OF_SQL.map(|verb| Capability::known("db", verb)));
                for (label, _) in system.labels.values() {
                    more.push(Capability::known(label.area(), Capability::FILTER));
                    more.push(Capability::known(label.area(), Capability::LOOKUP));
                    more.push(Capability::known(label.area(), "launder"));
                }
            }
            ArgumentKind::Table => {
                domain("read", true);
                more.push(Capability::known("db", "read"));
            }
            ArgumentKind::Path(access) | ArgumentKind::Paths(access) => {
                let effect = match access {
                    Access::List | Access::Read => "read",
                    Access::Write | Access::Delete => "write",
                };
                domain(effect, false);
                more.push(Capability::known("object", access.as_str()));
            }
            ArgumentKind::Url => more.push(Capability::known("net", "contact")),
            ArgumentKind::SqlParams | ArgumentKind::Dataset | ArgumentKind::Plain(_) => {}
        }
    }
    set.extend(more);
    set
}

/// The facts that could be found in a call to the tool, by the words that conditions use.
pub(super) fn fact_words(system: &System, tool: &Tool) -> BTreeSet<&'static str> {
    let mut words = BTreeSet::new();
    for argument in &tool.arguments {
        if !argument.masked.restores.is_empty() {
            words.insert("restores");
        }
        if argument.masked.passes {
            words.insert("passes-mask");
        }
        if !argument.families.is_empty() {
            words.insert("opens");
        }
        match &argument.kind {
            ArgumentKind::Sql(_) => {
                words.extend(TABLE_FACTS);
                words.insert("calls");
                if !system.labels.is_empty() {
                    words.extend(["filters", "looks-up", "constrains", "launders"]);
                }
            }
            ArgumentKind::Table => words.extend(["reads"]),
            ArgumentKind::Path(access) | ArgumentKind::Paths(access) => {
                words.extend([path_word(*access)]);
            }
            ArgumentKind::Url => words.extend(["contacts"]),
            ArgumentKind::Dataset => words.extend(["names"]),
            ArgumentKind::SqlParams | ArgumentKind::Plain(_) => {}
        }
    }
    let capabilities = needs(system, tool);
    for domain in &system.domains {
        for (verb, word) in [("read", "domain-read"), ("write", "domain-write")] {
            if capabilities.contains(&Capability::known(&domain.name, verb)) {
                words.insert(word);
            }
        }
    }
    words
}
