//! What a child says its tools are, as digests to compare with the manifest's pins.
//! Knows nothing of descriptions as text: they are never shown to anyone.

use std::collections::BTreeMap;

use aegis_core::denial::{Denial, Phase};
use aegis_core::json::Json;
use aegis_core::limits;
use aegis_core::manifest::System;
use sha2::{Digest, Sha256};

/// The tools of one child: name → digest of the definition.
#[derive(Debug, Default)]
pub(super) struct Tools(BTreeMap<String, String>);

impl Tools {
    /// Adds one page of `tools/list` and returns the cursor of the next. `None` where the page is not
    /// what the protocol says, names a tool twice, or is one tool too many.
    pub(super) fn read(&mut self, page: &Json) -> Option<Option<String>> {
        for tool in page.get("tools")?.as_array()? {
            let name = tool.get("name")?.as_str()?;
            if self.0.insert(name.to_owned(), digest(tool)).is_some()
                || self.0.len() > limits::TOOLS_MAX
            {
                return None;
            }
        }
        match page.get("nextCursor") {
            None | Some(Json::Null) => Some(None),
            Some(Json::String(cursor)) => Some(Some(cursor.clone())),
            Some(_) => None,
        }
    }

    /// Whether the child lists the tool at all.
    pub(super) fn lists(&self, tool: &str) -> bool {
        self.0.contains_key(tool)
    }

    /// Whether the tool may be called: it is there, and it is what it was when it was pinned.
    pub(super) fn admit(&self, system: &System, tool: &str) -> Result<(), Denial> {
        let Some(found) = self.0.get(tool) else {
            return Err(Denial::kernel(
                "kernel.tool-missing",
                Phase::Kernel,
                "the downstream does not offer this tool",
                "ask an operator to compare the manifest with the downstream's own tools",
            ));
        };
        match system.pins.get(tool) {
            Some(pinned) if !pinned.eq_ignore_ascii_case(found) => Err(Denial::kernel(
                "kernel.pin-drift",
                Phase::Kernel,
                "the downstream's definition of this tool is not the one that was approved",
                "ask an operator to review the change and to accept the new pin",
            )),
            _ => Ok(()),
        }
    }

    /// Every tool and its digest, by name.
    pub(super) fn digests(&self) -> BTreeMap<String, String> {
        self.0.clone()
    }
}

/// SHA-256, in lower-case hex, over the canonical JSON of all that a definition can steer an agent with.
fn digest(tool: &Json) -> String {
    let member = |key: &'static str| (key, tool.get(key).cloned().unwrap_or(Json::Null));
    let keys = [
        "name",
        "description",
        "inputSchema",
        "outputSchema",
        "annotations",
    ];
    let canonical = Json::object(keys.map(member)).to_canonical();
    let digest = Sha256::digest(canonical.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
