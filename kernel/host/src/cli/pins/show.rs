//! Whole definitions, for people and for programs.
//! Knows nothing of differences.

use std::fmt::Write as _;

use aegis_core::definition::visible;
use aegis_core::json::Json;

use super::compare::{Compared, whole};

/// For people: nothing is left out, and nothing in a definition can hide or pass for a line of ours.
pub(super) fn text(all: &[Compared]) -> String {
    let mut out = String::new();
    for one in all {
        let _ = writeln!(out, "{}: {} tools", one.server, one.offered.len());
        for (name, standing) in one.tools() {
            let Some(definition) = one.offered.get(name) else {
                let _ = writeln!(out, "  {}  (accepted, and not offered)", visible(name));
                continue;
            };
            let declared = match one.declared.contains(name) {
                true => "declared",
                false => "not declared: no agent has it",
            };
            let _ = writeln!(
                out,
                "  {}  ({}, {declared})\n    sha256 {}",
                visible(name),
                standing.word(),
                definition.digest()
            );
            out.push_str(&whole(definition));
        }
    }
    out
}

/// For programs.
pub(super) fn json(all: &[Compared]) -> Json {
    let servers = all.iter().map(|one| {
        let tools = one.tools().into_iter().filter_map(|(name, standing)| {
            let definition = one.offered.get(name)?;
            Some(Json::object([
                ("name", Json::from(name)),
                ("sha256", Json::from(definition.digest())),
                ("standing", Json::from(standing.word())),
                ("declared", Json::from(one.declared.contains(name))),
                ("definition", definition.to_json()),
            ]))
        });
        Json::object([
            ("server", Json::from(one.server.as_str())),
            ("manifest", path(&one.manifest)),
            ("file", path(&one.file)),
            ("tools", Json::Array(tools.collect())),
        ])
    });
    Json::object([("servers", Json::Array(servers.collect()))])
}

fn path(path: &std::path::Path) -> Json {
    Json::from(path.display().to_string())
}
