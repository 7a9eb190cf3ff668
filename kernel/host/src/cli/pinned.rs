//! What `aegis check` says of pins: which tools are called whatever their downstream makes of them.
//! Knows nothing of definitions.

use aegis_core::json::Json;
use aegis_core::manifest::{Manifests, System};

/// The tools that agents may have, without a pin.
fn unpinned(system: &System) -> Vec<&str> {
    let tools = system.tools.values().filter(|tool| !tool.internal);
    let names = tools.map(|tool| tool.name.as_str());
    names
        .filter(|name| !system.pins.contains_key(*name))
        .collect()
}

/// A line for each system that is a process.
pub(super) fn text(manifests: &Manifests) -> String {
    let systems = manifests.systems().filter(|system| !system.native);
    systems.map(|system| line(system)).collect()
}

fn line(system: &System) -> String {
    let server = &system.server;
    let without = unpinned(system);
    let words = match (system.wants_pins(), without.is_empty()) {
        (true, true) => "every tool is pinned, and has to be".to_owned(),
        (true, false) => format!(
            "every tool has to be pinned; not called for want of a pin: {} (`aegis pins accept {server}`)",
            without.join(", ")
        ),
        (false, true) => "every tool is pinned".to_owned(),
        (false, false) if system.pins.is_empty() => format!(
            "none: a tool is called even where its definition has changed (`aegis pins accept {server}`)"
        ),
        (false, false) => format!(
            "called even where their definitions have changed: {}",
            without.join(", ")
        ),
    };
    format!("pins of {server}: {words}\n")
}

/// The same for programs.
pub(super) fn json(manifests: &Manifests) -> Json {
    let systems = manifests.systems().filter(|system| !system.native);
    let one = |system: &std::sync::Arc<System>| {
        Json::object([
            ("server", Json::from(system.server.as_str())),
            ("required", Json::from(system.wants_pins())),
            ("unpinned", Json::from(unpinned(system))),
        ])
    };
    Json::Array(systems.map(one).collect())
}
