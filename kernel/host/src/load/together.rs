//! What must hold between the files: names that meet, datasets whose systems are there.
//! Knows nothing of single files.

use std::collections::BTreeMap;

use aegis_core::manifest::{Location, System};
use aegis_core::source::{Problem, did_you_mean};

use super::config::{Manifest, Names};

pub(super) fn check(systems: &[(Manifest, System)], named: &Names, problems: &mut Vec<Problem>) {
    if systems.len() < named.manifests.len() {
        return; // what is missing was said; the rest would only repeat it
    }
    let mut servers: BTreeMap<&str, &System> = BTreeMap::new();
    for (manifest, system) in systems {
        home(manifest, system, problems);
        if servers.insert(&system.server, system).is_some() {
            let message = format!("a second manifest for server `{}`", system.server);
            problems.push(manifest.at.problem(message, "name one manifest a server"));
        }
    }
    let mut datasets: BTreeMap<&str, ()> = BTreeMap::new();
    for (manifest, system) in systems {
        for dataset in &system.datasets {
            if datasets.insert(&dataset.name, ()).is_some() {
                let message = format!("dataset `{}` is declared in two manifests", dataset.name);
                problems.push(manifest.at.problem(message, "declare it once"));
            }
            for location in [&dataset.source, &dataset.target] {
                place(manifest, &dataset.name, location, &servers, problems);
            }
        }
    }
}

/// A downstream's manifest is for that downstream; a native one for no process.
fn home(manifest: &Manifest, system: &System, problems: &mut Vec<Problem>) {
    let message = match (&manifest.south, system.native) {
        (Some(name), false) if *name != system.server => format!(
            "`[south.{name}]` names the manifest of server `{}`",
            system.server
        ),
        (Some(_), true) => format!(
            "server `{}` is native: the kernel serves it, no process does",
            system.server
        ),
        (None, false) => format!(
            "server `{}` is not native: it needs a process",
            system.server
        ),
        _ => return,
    };
    let fix = match system.native {
        true => "name it in `native` under `[kernel]`".to_owned(),
        false => format!("name it under `[south.{}]`", system.server),
    };
    problems.push(manifest.at.problem(message, fix));
}

/// A dataset's place is in a system that is there, and of the kind that publishing needs.
fn place(
    manifest: &Manifest,
    dataset: &str,
    location: &Location,
    servers: &BTreeMap<&str, &System>,
    problems: &mut Vec<Problem>,
) {
    let Some(system) = servers.get(location.server()) else {
        let message = format!(
            "dataset `{dataset}` lives in `{}`, which no manifest declares",
            location.server()
        );
        let fix = did_you_mean(location.server(), servers.keys().copied());
        problems.push(manifest.at.problem(message, fix));
        return;
    };
    let needed: &[&str] = match location {
        Location::Object { .. } => &["get_object", "copy_object"],
        Location::Table { .. } => &["export_table", "publish_table"],
    };
    for tool in needed {
        if !system.tools.contains_key(*tool) {
            let message = format!(
                "dataset `{dataset}` lives in `{}`, whose manifest has no tool `{tool}`",
                system.server
            );
            let fix = "declare the tool (`internal = true` hides it from agents)";
            problems.push(manifest.at.problem(message, fix));
        }
    }
}
