//! Reads `[south.NAME]`: one downstream, how it is started and with which secrets.
//! Knows nothing of its manifest's content.

use std::collections::BTreeMap;
use std::path::Path;

use aegis_core::limits::{
    CALL_TIMEOUT_MS, CALL_TIMEOUT_MS_MAX, RESPONSE_BYTES_MAX, RESPONSE_BYTES_MIN, SERVER_CALLS,
    SERVER_CALLS_MAX,
};
use aegis_core::source::Section;

use super::config::Manifest;
use super::files::Place;
use super::queue;
use super::remote;
use super::sandbox;
use super::secret;
use crate::config::{PeerConfig, ProgramConfig, SouthConfig};

pub(super) fn read(
    name: &str,
    section: &mut Section<'_>,
    file: &str,
    base: &Path,
) -> Option<(SouthConfig, Manifest)> {
    let manifest = section.need_text("manifest");
    let timeout = section.count("timeout_ms");
    let peer = peer(section, base);
    let queue = queue::read(name, section);
    if let Some(bound) = &timeout
        && !(1..=CALL_TIMEOUT_MS_MAX).contains(bound.get_ref())
    {
        let message = format!("`timeout_ms` is not within 1 to {CALL_TIMEOUT_MS_MAX}");
        section.problem(bound.span(), message, "give a time in milliseconds");
    }
    let in_flight = within(
        section,
        "in_flight",
        1,
        SERVER_CALLS_MAX,
        "a number of calls",
    );
    let response_bytes = within(
        section,
        "response_bytes",
        RESPONSE_BYTES_MIN,
        RESPONSE_BYTES_MAX,
        "a size in bytes",
    );
    let manifest = manifest?;
    let named = Manifest {
        path: base.join(manifest.get_ref()),
        at: Place {
            file: file.to_owned(),
            span: manifest.span(),
        },
        south: Some(name.to_owned()),
    };
    let config = SouthConfig {
        manifest: named.path.clone(),
        peer: peer?,
        timeout_ms: timeout.map_or(CALL_TIMEOUT_MS, |bound| *bound.get_ref()),
        in_flight: in_flight.unwrap_or(SERVER_CALLS),
        response_bytes: response_bytes.unwrap_or(RESPONSE_BYTES_MAX),
        queue,
    };
    Some((config, named))
}

/// A number within bounds; `what` says what it is.
fn within(
    section: &mut Section<'_>,
    key: &'static str,
    least: usize,
    most: usize,
    what: &str,
) -> Option<usize> {
    let given = section.count(key)?;
    let found = usize::try_from(*given.get_ref()).ok();
    let found = found.filter(|found| (least..=most).contains(found));
    if found.is_none() {
        let message = format!("`{key}` is not within {least} to {most}");
        let fix = format!("give {what} within these bounds");
        section.problem(given.span(), message, fix);
    }
    found
}

/// Who answers: a program, or a server elsewhere; what is said of one says nothing of the other.
fn peer(section: &mut Section<'_>, base: &Path) -> Option<PeerConfig> {
    let far = section.has("url");
    if !far {
        section.require("command");
    }
    let idle: &[&str] = match far {
        true => &["command", "env", "secrets", "sandbox", "reach"],
        false => &remote::KEYS,
    };
    for key in idle.iter().filter(|key| section.has(key)) {
        let (message, fix) = match far {
            true => (
                format!("`{key}` is for a program, and `url` names a server"),
                "keep one of `command` and `url`, and what belongs to it",
            ),
            false => (
                format!("`{key}` is for a server with a `url`"),
                "give a `url` in place of `command`, or take it out",
            ),
        };
        section.problem(section.key_span(key), message, fix);
    }
    let remote = remote::read(section, base);
    let command = section.words("command");
    let secrets = secrets(section, base);
    let env = environment(section, &secrets);
    let strict = sandbox::read(section, base);
    if far {
        return remote.map(PeerConfig::Remote);
    }
    Some(PeerConfig::Program(ProgramConfig {
        command: command?,
        secrets,
        env,
        strict,
    }))
}

fn secrets(section: &mut Section<'_>, base: &Path) -> BTreeMap<String, crate::config::SecretRef> {
    let mut secrets = BTreeMap::new();
    for (name, text) in section.pairs("secrets") {
        match secret::reference(text.get_ref(), base) {
            Some(reference) if secret::is_variable(name.get_ref()) => {
                secrets.insert(name.into_inner(), reference);
            }
            _ => secret::refuse(section, &name.get_ref().escape_debug().to_string()),
        }
    }
    secrets
}

fn environment<T>(
    section: &mut Section<'_>,
    secrets: &BTreeMap<String, T>,
) -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    for (name, value) in section.pairs("env") {
        if !secret::is_variable(name.get_ref()) {
            let message = format!("`{}` is no variable's name", name.get_ref().escape_debug());
            section.problem(name.span(), message, "use letters, digits and `_`");
        }
        if secrets.contains_key(name.get_ref()) {
            let message = format!("`{}` is both a secret and plain", name.get_ref());
            section.problem(name.span(), message, "keep it under `secrets` alone");
        }
        env.insert(name.into_inner(), value.into_inner());
    }
    env
}
