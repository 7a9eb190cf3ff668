//! Who may import whom, who may read the clock and the environment, who names rmcp.
//! Knows nothing of style.

use super::source::Source;

/// Inside `core`, a room may name only the rooms on its right.
const CORE: &[(&str, &[&str])] = &[
    ("json", &["json"]),
    ("limits", &["json"]),
    ("now", &[]),
    ("principal", &["limits"]),
    ("capability", &["limits"]),
    ("denial", &["json"]),
    ("refusal", &["denial", "json"]),
    ("definition", &["definition", "json", "limits", "source"]),
    (
        "draft",
        &[
            "draft",
            "definition",
            "manifest",
            "json",
            "limits",
            "source",
        ],
    ),
    ("schema", &["schema", "json", "limits"]),
    (
        "round",
        &["round", "denial", "json", "limits", "rfc3339", "schema"],
    ),
    ("call", &["json", "limits", "principal", "round"]),
    (
        "manifest",
        &[
            "manifest",
            "call",
            "capability",
            "denial",
            "json",
            "limits",
            "principal",
            "inspect::sql::Dialect",
            "inspect::sql::Family",
            "inspect::sql::NEVER",
            "source",
        ],
    ),
    (
        "inspect",
        &[
            "inspect",
            "manifest",
            "call",
            "capability",
            "denial",
            "json",
            "limits",
            // How our masks are written, and in which disguise they come back, egress alone knows.
            "egress::{carried, type_of_label, types_of}",
        ],
    ),
    (
        "receipt",
        &["receipt", "manifest", "json", "limits", "now", "rfc3339"],
    ),
    ("rfc3339", &[]),
    (
        "policy",
        &[
            "policy",
            "receipt",
            "inspect",
            "manifest",
            "call",
            "capability",
            "denial",
            "json",
            "limits",
            "now",
            "principal",
            "source",
        ],
    ),
    (
        "egress",
        &[
            "egress", "policy", "receipt", "inspect", "manifest", "denial", "refusal", "round",
            "json", "limits", "source",
        ],
    ),
    ("audit", &["audit", "json", "limits"]),
    (
        "replay",
        &[
            "replay",
            "audit",
            "policy",
            "receipt",
            "inspect",
            "manifest",
            "capability",
            "denial",
            "json",
            "limits",
            "now",
            "principal",
        ],
    ),
    ("source", &["json", "limits"]),
];

/// What only some files may name.
const ONLY: &[(&str, &[&str], &str)] = &[
    (
        "SystemTime::now",
        &["kernel/host/src/clock.rs", "downstreams/", "tests/"],
        "read the clock in clock.rs",
    ),
    (
        "Instant::now",
        &[
            "kernel/host/src/clock.rs",
            "kernel/host/src/cli/",
            "downstreams/",
            "tests/",
        ],
        "read the clock in clock.rs",
    ),
    (
        "env::var",
        &["kernel/host/src/environment.rs", "downstreams/", "tests/"],
        "read the environment in environment.rs",
    ),
    (
        "RoleServer",
        &[
            "kernel/host/src/north/",
            "kernel/host/src/wire/",
            "downstreams/",
            "tests/",
        ],
        "only north names rmcp's server types",
    ),
    (
        "RoleClient",
        &[
            "kernel/host/src/south/",
            "kernel/host/src/wire/",
            "kernel/host/src/cli/demo/",
            "tests/",
        ],
        "only south names rmcp's client types",
    ),
    (
        "hyper::",
        &[
            "kernel/host/src/analyser/",
            "kernel/host/src/dial/",
            "kernel/host/src/north/http/",
            "kernel/host/src/south/remote/",
            "downstreams/src/s3/remote/",
            "tests/",
        ],
        "only north's, south's, the analyser's and the object server's rooms speak HTTP",
    ),
    (
        "secrecy::",
        &["kernel/host/src/south/", "tests/"],
        "only south holds secrets",
    ),
    (
        "Principal::assertion",
        &[
            "kernel/host/src/cli/serve.rs",
            "kernel/host/src/cli/serve_http.rs",
            "kernel/host/src/cli/explain.rs",
            "kernel/core/src/principal.rs",
            "kernel/core/src/replay/case.rs",
            "kernel/core/src/policy/prove/",
            "tests/",
        ],
        "one call site a way of proving",
    ),
    (
        "getrandom::",
        &["kernel/host/src/random.rs", "downstreams/", "tests/"],
        "randomness comes from random.rs",
    ),
];

/// What `core` must never name.
const IMPURE: &[&str] = &[
    "tokio",
    "std::fs",
    "std::net::Tcp",
    "std::process",
    "std::env",
    "std::thread",
    "std::time",
    "rand::",
    "rmcp",
    "rusqlite",
];

/// Edges that are not drawn.
pub fn judge(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources {
        for (at, line) in source
            .lines()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            let place = format!("{}:{at}", source.path);
            for (what, places, advice) in ONLY {
                if line.contains(what) && !places.iter().any(|p| source.path.starts_with(p)) {
                    problems.push(format!("{place}: `{what}` is not for this file: {advice}"));
                }
            }
            if let Some(path) = source.path.strip_prefix("kernel/core/src/") {
                core(&place, path, line, &mut problems);
            }
            if source.path.starts_with("downstreams/")
                && (line.contains("aegis_core") || line.contains("aegis_host"))
            {
                problems.push(format!("{place}: downstreams know nothing of the kernel"));
            }
            host(&place, &source.path, line, &mut problems);
        }
    }
    problems
}

fn core(place: &str, path: &str, line: &str, problems: &mut Vec<String>) {
    for word in IMPURE {
        if line.contains(word) && !line.contains("std::net::{Ipv4Addr") {
            problems.push(format!("{place}: core is pure and never names `{word}`"));
        }
    }
    let room = path
        .split('/')
        .next()
        .unwrap_or(path)
        .trim_end_matches(".rs");
    let Some((_, allowed)) = CORE.iter().find(|(name, _)| *name == room) else {
        if room != "lib" {
            problems.push(format!(
                "{place}: the room `{room}` is not drawn in tests/tidy/edges.rs"
            ));
        }
        return;
    };
    for (_, target) in line
        .match_indices("crate::")
        .map(|(at, _)| (at, &line[at + "crate::".len()..]))
    {
        let fits =
            |name: &&str| target.starts_with(*name) || target.starts_with(&format!("{{{name}"));
        if !target.starts_with(room) && !allowed.iter().any(fits) {
            problems.push(format!(
                "{place}: `{room}` may not import `{}`",
                target.trim_end_matches(';')
            ));
        }
    }
}

/// Inside `host`, `north`, `journal`, `state`, `south` and `analyser` never import each other, save the gate types.
fn host(place: &str, path: &str, line: &str, problems: &mut Vec<String>) {
    const ROOMS: &[&str] = &["north", "journal", "state", "south", "analyser"];
    let Some(path) = path.strip_prefix("kernel/host/src/") else {
        return;
    };
    let room = path.split('/').next().unwrap_or(path);
    if !ROOMS.contains(&room) {
        return;
    }
    for other in ROOMS.iter().filter(|other| **other != room) {
        let gate = *other == "journal"
            && ["Warrant", "Reply", "Errand", "Entry"]
                .iter()
                .any(|gate| line.contains(gate));
        if line.contains(&format!("crate::{other}::")) && !gate {
            problems.push(format!(
                "{place}: `{room}` may not import `{other}`: only lifecycle joins them"
            ));
        }
    }
}
