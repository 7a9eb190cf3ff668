//! What was captured of a call beside its record: believed only where the record commits to it.
//! Knows nothing of how it was kept or encrypted.

use std::collections::BTreeMap;

use crate::audit::{Record, commit};
use crate::json::{self, Json, JsonRules, Object};
use crate::limits;

/// The values of one decision, each of them shown to be what its record commits to.
#[derive(Clone, Debug)]
pub struct Captured {
    arguments: Object,
    facts: BTreeMap<usize, String>,
}

impl Captured {
    /// The text that is kept: the arguments, and of the facts those that the record commits to instead of quoting
    /// them, by their place in its list.
    #[must_use]
    pub fn text(arguments: &Object, facts: &BTreeMap<usize, String>) -> String {
        let hidden = facts
            .iter()
            .map(|(at, subject)| (at.to_string(), Json::from(subject.as_str())));
        let members = [
            ("args", Json::Object(arguments.clone())),
            ("facts", Json::object(hidden)),
        ];
        Json::object(members).to_string()
    }

    /// Reads such a text; `None` where it is none, or says anything that the record does not commit to. `salt` gives
    /// the salt of a pointer of this call.
    #[must_use]
    pub fn shown(
        text: &[u8],
        record: &Record<'_>,
        salt: impl Fn(&str) -> [u8; 32],
    ) -> Option<Self> {
        let rules = JsonRules {
            bytes_max: limits::CAPTURE_TEXT_BYTES_MAX,
            depth_max: limits::ARGUMENT_DEPTH_MAX + 1,
            ..limits::MESSAGE_RULES
        };
        let read = json::parse(text, &rules).ok()?;
        let members = read.as_object().filter(|members| members.len() == 2)?;
        let arguments = members.get("args")?.as_object()?;
        let bytes = Json::Object(arguments.clone()).to_string();
        if record.args.as_ref()?.commit != commit(&salt("/args"), bytes.as_bytes()) {
            return None;
        }
        let lines = record.facts.as_deref().unwrap_or_default();
        let mut facts = BTreeMap::new();
        for (place, subject) in members.get("facts")?.as_object()?.iter() {
            let (at, subject) = (place.parse::<usize>().ok()?, subject.as_str()?);
            // What was cut from the record so that it fits is committed to nowhere.
            let Some(line) = lines.get(at) else { continue };
            let kept = commit(&salt(&format!("/facts/{at}")), subject.as_bytes());
            if line.commit != Some(kept) {
                return None;
            }
            facts.insert(at, subject.to_owned());
        }
        Some(Self {
            arguments: arguments.clone(),
            facts,
        })
    }

    /// The arguments as they were judged.
    #[must_use]
    pub fn arguments(&self) -> &Object {
        &self.arguments
    }

    /// What the fact at this place of the record is about, where the record does not quote it.
    #[must_use]
    pub fn subject(&self, at: usize) -> Option<&str> {
        self.facts.get(&at).map(String::as_str)
    }
}
