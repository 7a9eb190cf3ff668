//! A named part of a schema, as its author gives it.
//! Knows nothing of what it holds.

use super::text::described;
use crate::json::{Json, Object};
use crate::limits::NAME_BYTES_MAX;

/// A part with a name that a manifest can hold.
#[derive(Clone, Debug)]
pub(super) struct Given<T> {
    pub(super) name: String,
    pub(super) required: bool,
    /// What an agent may read of it; `None` where the author's words are not for agents, or there are none.
    pub(super) description: Option<String>,
    /// Whether the author's words are not for agents.
    pub(super) withheld: bool,
    pub(super) what: T,
}

/// A part as it stands in the schema.
pub(super) struct Member<'s> {
    pub(super) name: &'s str,
    pub(super) required: bool,
    pub(super) schema: &'s Json,
}

/// The members of an object's schema.
pub(super) fn all(words: &Object) -> Vec<Member<'_>> {
    let required = words.get("required").and_then(Json::as_array);
    let is_required = |name: &str| {
        let mut all = required.into_iter().flatten();
        all.any(|one| one.as_str() == Some(name))
    };
    let members = words.get("properties").and_then(Json::as_object);
    let member = |(name, schema)| Member {
        name,
        required: is_required(name),
        schema,
    };
    members
        .into_iter()
        .flat_map(Object::iter)
        .map(member)
        .collect()
}

impl Member<'_> {
    /// The part under its name.
    pub(super) fn named<T>(&self, what: T) -> Result<Given<T>, String> {
        if !is_name(self.name) {
            return Err("its name is none that a manifest can hold".to_owned());
        }
        let said = self.schema.get("description").and_then(Json::as_str);
        let description = said.and_then(described);
        Ok(Given {
            name: self.name.to_owned(),
            required: self.required,
            withheld: said.is_some_and(|said| !said.trim().is_empty()) && description.is_none(),
            description,
            what,
        })
    }
}

/// Whether a manifest can hold a name.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !name.is_empty()
        && name.len() <= NAME_BYTES_MAX
        && name.chars().all(fits)
        && !name.contains("__")
        && !name.starts_with('_')
        && !name.ends_with('_')
}
