//! Reads the file of accepted definitions beside a manifest, and gives its pins to the system.
//! Knows nothing of what downstreams say now.

use std::path::{Path, PathBuf};

use aegis_core::definition::{Definition, PinFile, visible};
use aegis_core::json::Json;
use aegis_core::manifest::System;
use aegis_core::schema::{Schema, Unsupported};
use aegis_core::source::Problem;

use super::config::Manifest;
use super::files::{self, Place};
use crate::rules::{RuleText, RuleTextKind};

/// Where the accepted definitions of a manifest's tools lie: `git.toml` has `git.pins.json` beside it.
#[must_use]
pub fn place(manifest: &Path) -> PathBuf {
    manifest.with_extension("pins.json")
}

/// What the output schema of a tool demands that is not judged, a line each.
#[must_use]
pub fn unjudged(definition: &Definition) -> Vec<String> {
    let schema = definition.get("outputSchema");
    let read = schema.filter(|schema| **schema != Json::Null);
    let beyond = read.map(Schema::read).and_then(Result::err);
    let line = |one: Unsupported| {
        let (name, place) = (visible(definition.name()), visible(&one.pointer));
        let why = visible(&one.why);
        format!("the output schema of `{name}` cannot be judged at `{place}`: {why}")
    };
    beyond.into_iter().flatten().map(line).collect()
}

/// The pins of the file, where there is one, into the system; its text among those of the rules.
pub(super) fn take(
    manifest: &Manifest,
    system: &mut System,
    texts: &mut Vec<RuleText>,
    (warnings, problems): (&mut Vec<Problem>, &mut Vec<Problem>),
) {
    let path = place(&manifest.path);
    if system.native || !path.exists() {
        return;
    }
    let at = Place {
        file: files::display(&path),
        span: 0..0,
    };
    let text = match files::text(&path, &at) {
        Ok(text) => text,
        Err(found) => return problems.extend(found),
    };
    let file = match PinFile::read(&text) {
        Ok(file) => file,
        Err(why) => {
            let fix = "restore it from version control; or move it away, and `aegis pins accept` writes it anew";
            return problems.push(at.problem(why, fix));
        }
    };
    if file.server != system.server {
        let message = format!(
            "it holds the definitions of `{}`, and the manifest beside it is that of `{}`",
            file.server.escape_debug(),
            system.server
        );
        return problems.push(at.problem(message, "move it to its own manifest"));
    }
    for (name, definition) in &file.tools {
        let Some(tool) = system.tools.get(name) else {
            continue; // known to whoever accepted it; no agent's to call
        };
        if !tool.result.unchecked {
            let beyond = unjudged(definition).into_iter();
            warnings.extend(beyond.map(|why| {
                let message = format!("{why}: its results are withheld");
                let fix = "give the tool `result = { schema = \"unchecked\" }` to let them leave without this judgement";
                at.problem(message, fix)
            }));
        }
        let digest = definition.digest();
        if system.pins.get(name).is_some_and(|pin| *pin != digest) {
            let message = format!("`{name}` has another pin in `[pins]` of the manifest");
            let fix =
                format!("take `{name}` out of `[pins]`: the accepted definition lies in this file");
            problems.push(at.problem(message, fix));
        }
        system.pins.insert(name.clone(), digest);
    }
    system.pinned.get_or_insert(true);
    texts.push(RuleText {
        kind: RuleTextKind::Pins,
        name: system.server.clone(),
        text,
    });
}
