//! One server's tools as they are offered against what was accepted of them.
//! Knows nothing of who accepts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use aegis_core::definition::{Change, Definition, changes, visible};
use aegis_core::json::Json;
use aegis_core::schema::Schema;

use crate::load;

/// Definitions by the names of their tools.
pub(super) type Definitions = BTreeMap<String, Definition>;

/// What is known of one server's tools.
pub(super) struct Compared {
    pub(super) server: String,
    pub(super) manifest: PathBuf,
    /// Where accepted definitions lie.
    pub(super) file: PathBuf,
    /// What the server says now.
    pub(super) offered: Definitions,
    /// What the file holds.
    pub(super) accepted: Definitions,
    /// Digests that stand in the manifest.
    pub(super) by_hand: BTreeMap<String, String>,
    /// Tools that the manifest declares.
    pub(super) declared: BTreeSet<String>,
}

/// How a tool stands to what was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is what was accepted.
    Accepted,
    /// It is another one in these places.
    Changed(Vec<Change>),
    /// It is another one; of the accepted one only a digest is kept.
    Unknown,
    /// Nobody has accepted it.
    New,
    /// It was accepted and is not offered.
    Gone,
}

impl Standing {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Changed(_) | Self::Unknown => "changed",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

impl Compared {
    /// Every tool that is offered or was accepted.
    pub(super) fn tools(&self) -> Vec<(&str, Standing)> {
        let names = self.offered.keys().chain(self.accepted.keys());
        let names: BTreeSet<&String> = names.chain(self.by_hand.keys()).collect();
        let one = |name: &'_ String| self.standing(name);
        names
            .into_iter()
            .map(|name| (name.as_str(), one(name)))
            .collect()
    }

    fn standing(&self, name: &str) -> Standing {
        let by_hand = self.by_hand.get(name);
        match (self.offered.get(name), self.accepted.get(name)) {
            (None, _) => Standing::Gone,
            (Some(now), Some(then)) => match changes(then, now) {
                // A member that is `null` and one that is missing are one to a pin.
                _ if now.digest() == then.digest() => Standing::Accepted,
                changes => Standing::Changed(changes),
            },
            (Some(now), None) => match by_hand {
                Some(digest) if *digest == now.digest() => Standing::Accepted,
                Some(_) => Standing::Unknown,
                None => Standing::New,
            },
        }
    }

    /// Whether anything is other than it was accepted.
    pub(super) fn differs(&self) -> bool {
        let tools = self.tools();
        tools
            .iter()
            .any(|(_, standing)| *standing != Standing::Accepted)
    }

    /// For people: what is other, and all of it.
    pub(super) fn to_text(&self) -> String {
        let server = &self.server;
        let tools = self.tools();
        let other = tools
            .iter()
            .filter(|(_, standing)| *standing != Standing::Accepted);
        let other: Vec<_> = other.collect();
        if other.is_empty() {
            return format!("{server}: {} tools, all as accepted\n", tools.len());
        }
        let mut out = format!(
            "{server}: {} of {} tools are not as accepted in {}\n",
            other.len(),
            tools.len(),
            self.file.display()
        );
        for (name, standing) in other {
            let undeclared = match self.declared.contains(*name) {
                true => "",
                false => " (not declared: no agent has it)",
            };
            let name_shown = visible(name);
            let _ = writeln!(out, "  {name_shown}: {}{undeclared}", standing.word());
            out.push_str(&self.body(name, standing));
            for note in self.notes(name) {
                let _ = writeln!(out, "    note: {note}");
            }
        }
        out
    }

    /// What is not judged of the output schema of a tool that is offered.
    fn notes(&self, name: &str) -> Vec<String> {
        let Some(definition) = self.offered.get(name) else {
            return Vec::new();
        };
        let mut notes = load::unjudged(definition);
        let schema = definition.get("outputSchema").map(Schema::read);
        if let Some(Ok(schema)) = schema
            && !schema.unchecked().is_empty()
        {
            let words = schema.unchecked().iter().map(|word| visible(word));
            let words: Vec<String> = words.collect();
            notes.push(format!(
                "words of its output schema that demand nothing here: {}",
                words.join(", ")
            ));
        }
        notes
    }

    fn body(&self, name: &str, standing: &Standing) -> String {
        let whole = || self.offered.get(name).map(whole).unwrap_or_default();
        match standing {
            Standing::Changed(changes) => changes.iter().map(|one| one.to_text("    ")).collect(),
            Standing::Unknown => format!(
                "    of the accepted one only the digest in `[pins]` is kept; this is the one that is offered:\n{}",
                whole()
            ),
            Standing::New => whole(),
            Standing::Gone | Standing::Accepted => String::new(),
        }
    }
}

/// A definition, member by member, for people.
pub(super) fn whole(definition: &Definition) -> String {
    let Json::Object(members) = definition.to_json() else {
        return String::new();
    };
    let member = |(key, value): (&str, &Json)| {
        Change {
            pointer: format!("/{key}"),
            before: None,
            after: Some(value.clone()),
        }
        .to_text("    ")
    };
    let members = members.iter().filter(|(key, _)| *key != "name");
    members.map(member).collect()
}

/// For programs.
pub(super) fn json(all: &[Compared]) -> Json {
    let servers = all.iter().map(|one| {
        let tools = one.tools().into_iter().map(|(name, standing)| {
            Json::object([
                ("name", Json::from(name)),
                ("standing", Json::from(standing.word())),
                ("declared", Json::from(one.declared.contains(name))),
                ("changes", changed(&standing)),
            ])
        });
        Json::object([
            ("server", Json::from(one.server.as_str())),
            ("differs", Json::from(one.differs())),
            ("tools", Json::Array(tools.collect())),
        ])
    });
    Json::object([("servers", Json::Array(servers.collect()))])
}

fn changed(standing: &Standing) -> Json {
    let Standing::Changed(changes) = standing else {
        return Json::Array(Vec::new());
    };
    let one = |change: &Change| {
        let mut members = vec![("pointer", Json::from(change.pointer.as_str()))];
        members.extend(change.before.clone().map(|value| ("before", value)));
        members.extend(change.after.clone().map(|value| ("after", value)));
        Json::object(members)
    };
    Json::Array(changes.iter().map(one).collect())
}
