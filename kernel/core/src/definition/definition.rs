//! One tool as its downstream lists it, whole.
//! Knows nothing of what any member means.

use crate::json::{Json, Object};
use crate::source::digest;

/// One tool as its downstream lists it: every member, also those that no protocol knows yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    name: String,
    whole: Object,
}

/// Counted as `null` where they are missing, so that a pin does not depend on which of the two a server writes.
const ALWAYS: [&str; 5] = [
    "name",
    "description",
    "inputSchema",
    "outputSchema",
    "annotations",
];

impl Definition {
    /// Reads one item of `tools/list`; `None` where it has no name.
    #[must_use]
    pub fn read(tool: &Json) -> Option<Self> {
        let whole = tool.as_object()?;
        let name = whole.get("name")?.as_str()?;
        Some(Self {
            name: name.to_owned(),
            whole: whole.clone(),
        })
    }

    /// The downstream's own name of the tool.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One member.
    #[must_use]
    pub fn get(&self, member: &str) -> Option<&Json> {
        self.whole.get(member)
    }

    /// The whole of it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        Json::Object(self.whole.clone())
    }

    /// Its JSON text's length, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.to_json().written_len()
    }

    /// Never: a definition has a name at least.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// SHA-256, in lower-case hex, of the canonical JSON of all members: name, description, both schemas and
    /// annotations always, others (`title`, `icons`, `_meta`, `execution`, …) where they are there.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut all = self.whole.clone();
        for member in ALWAYS {
            if all.get(member).is_none() {
                all.insert(member, Json::Null);
            }
        }
        digest(&Json::Object(all))
    }
}
