//! What a child says its tools are, to compare with what was approved.
//! Knows nothing of descriptions as text: they are never shown to an agent.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use aegis_core::definition::Definition;
use aegis_core::denial::{Denial, Phase};
use aegis_core::json::Json;
use aegis_core::limits;
use aegis_core::manifest::System;

use super::shape::Shape;

/// The tools of one child, by name.
#[derive(Default)]
pub(super) struct Tools {
    listed: BTreeMap<String, Listed>,
    bytes: usize,
}

struct Listed {
    definition: Definition,
    digest: String,
    shape: OnceLock<Arc<Shape>>,
}

impl Tools {
    /// Adds one page of `tools/list` and returns the cursor of the next. `None` where the page is not
    /// what the protocol says, names a tool twice, or is more than is kept.
    pub(super) fn read(&mut self, page: &Json) -> Option<Option<String>> {
        for tool in page.get("tools")?.as_array()? {
            let definition = Definition::read(tool)?;
            self.bytes = self.bytes.saturating_add(definition.len());
            let name = definition.name().to_owned();
            let digest = definition.digest();
            let listed = Listed {
                definition,
                digest,
                shape: OnceLock::new(),
            };
            let twin = self.listed.insert(name, listed);
            if twin.is_some()
                || self.listed.len() > limits::TOOLS_MAX
                || self.bytes > limits::DEFINITIONS_BYTES_MAX
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
        self.listed.contains_key(tool)
    }

    /// Whether the tool may be called: it is there, and it is what it was when it was pinned.
    pub(super) fn admit(&self, system: &System, tool: &str) -> Result<(), Denial> {
        let Some(found) = self.listed.get(tool) else {
            return Err(Denial::kernel(
                "kernel.tool-missing",
                Phase::Kernel,
                "the downstream does not offer this tool",
                "ask an operator to compare the manifest with the downstream's own tools",
            ));
        };
        match system.pins.get(tool) {
            Some(pinned) if *pinned != found.digest => Err(Denial::kernel(
                "kernel.pin-drift",
                Phase::Kernel,
                "the downstream's definition of this tool is not the one that was approved",
                "ask an operator to review the change with `aegis pins diff`, and to accept it where it is sound",
            )),
            None if system.wants_pins() && system.tools.contains_key(tool) => Err(Denial::kernel(
                "kernel.not-pinned",
                Phase::Kernel,
                "nobody has approved the downstream's definition of this tool, and this system's tools have to be pinned",
                "ask an operator to review it with `aegis pins show`, and to accept it where it is sound",
            )),
            _ => Ok(()),
        }
    }

    /// What results of a tool may be that was admitted: as its definition says where it is pinned, and anything else
    /// where it is not.
    pub(super) fn shape(&self, system: &System, tool: &str) -> Option<Arc<Shape>> {
        let listed = self.listed.get(tool)?;
        let declared = system.tools.get(tool);
        if !system.pins.contains_key(tool) || declared.is_some_and(|one| one.result.unchecked) {
            return None;
        }
        let read = || Arc::new(Shape::of(listed.definition.get("outputSchema")));
        Some(Arc::clone(listed.shape.get_or_init(read)))
    }

    /// Every tool's definition, by name.
    pub(super) fn definitions(&self) -> BTreeMap<String, Definition> {
        let one = |(name, listed): (&String, &Listed)| (name.clone(), listed.definition.clone());
        self.listed.iter().map(one).collect()
    }
}
