//! `aegis check`: loads everything, reports every problem, and says who may do what.
//! Knows nothing of how files are read.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use aegis_core::json::{Json, Number};
use aegis_core::policy::Authority;
use aegis_core::source::Problem;

use super::pinned;
use super::problems::{self, Severity};
use super::sandboxed;
use crate::exposed::exposed;
use crate::journal::SigningKeys;
use crate::load::{self, Loaded, missing_secrets};

/// Runs the command. Problems go to standard error; the summary, or everything as one JSON object, to
/// standard output. The exit code is 0 where all is well and 2 where the configuration is not.
#[must_use]
pub(super) fn run(config: &Path, json: bool) -> u8 {
    let outcome = load::load(config).and_then(|mut loaded| {
        let mut found = exposed(&loaded, None);
        let (missing, elsewhere) = missing_secrets(&loaded.config);
        found.extend(missing);
        loaded.warnings.extend(elsewhere);
        if found.is_empty() {
            Ok(loaded)
        } else {
            Err(found)
        }
    });
    let text = match (&outcome, json) {
        (Ok(loaded), true) => format!("{}\n", to_json(loaded)),
        (Err(found), true) => format!("{}\n", failed(found)),
        (Ok(loaded), false) => {
            problems::show(&loaded.warnings, Severity::Warning);
            summary(loaded)
        }
        (Err(found), false) => {
            problems::show(found, Severity::Error);
            String::new()
        }
    };
    if let Err(found) = &outcome
        && !json
    {
        let _ = writeln!(
            std::io::stderr(),
            "{} in {}",
            count(found.len()),
            config.display()
        );
    }
    let written = std::io::stdout().write_all(text.as_bytes());
    match (outcome, written) {
        (Ok(_), Ok(())) => 0,
        _ => 2,
    }
}

fn count(problems: usize) -> String {
    match problems {
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    }
}

/// What is loaded and who may do what.
#[must_use]
pub(super) fn summary(loaded: &Loaded) -> String {
    let systems = loaded.manifests.systems().count();
    let rules = loaded.policy.rules().count();
    let datasets = loaded.manifests.datasets().count();
    let epoch: String = loaded.policy.epoch().chars().take(12).collect();
    let mut text =
        format!("ok: {systems} systems, {datasets} datasets, {rules} rules, policy {epoch}\n");
    text.push_str(&signed(loaded).text());
    text.push_str(&anchors(loaded));
    text.push_str(&sandboxed::text(loaded));
    if let Some(capture) = &loaded.config.audit.capture {
        let place = capture.dir.display();
        text.push_str(&format!(
            "captures: values of calls in {place}, for whoever holds the private half of {}\n",
            capture.key
        ));
    }
    text.push_str(&pinned::text(&loaded.manifests));
    text.push('\n');
    text.push_str(&Authority::to_text(&authority(loaded)));
    text
}

/// Whether the log is signed.
enum Signed {
    By { key: String, epoch: u64 },
    Not { required: bool },
    Unknown(String),
}

fn signed(loaded: &Loaded) -> Signed {
    let audit = &loaded.config.audit;
    let keys = loaded.config.state.with_file_name("keys");
    let current = SigningKeys::of(&keys, &audit.dir).and_then(|keys| keys.current());
    match current {
        Ok(Some(epoch)) => Signed::By {
            key: epoch.certificate.key.to_string(),
            epoch: epoch.certificate.epoch,
        },
        Ok(None) => Signed::Not {
            required: audit.checkpoints.required,
        },
        Err(fault) => Signed::Unknown(fault.to_string()),
    }
}

/// Who is shown checkpoints.
fn anchors(loaded: &Loaded) -> String {
    let checkpoints = &loaded.config.audit.checkpoints;
    let names: Vec<&str> = checkpoints
        .anchors
        .iter()
        .map(|anchor| anchor.name.as_str())
        .collect();
    match (names.is_empty(), checkpoints.required_within_ms) {
        (true, _) => "anchors: none (whoever has the key may sign another past)\n".to_owned(),
        (false, None) => format!("anchors: {}, none of them required\n", names.join(", ")),
        (false, Some(ms)) => format!(
            "anchors: {}, one of them within {} s or calls are refused\n",
            names.join(", "),
            ms / 1_000
        ),
    }
}

impl Signed {
    fn text(&self) -> String {
        match self {
            Self::By { key, epoch } => format!("log: signed by {key} (epoch {epoch})\n"),
            Self::Not { required: false } => {
                "log: not signed (`aegis audit keys init` makes a key)\n".to_owned()
            }
            Self::Not { required: true } => {
                "log: to be signed, and there is no key: no kernel starts before `aegis audit keys init`\n"
                    .to_owned()
            }
            Self::Unknown(why) => format!("log: its keys cannot be read: {why}\n"),
        }
    }

    fn to_json(&self, loaded: &Loaded) -> Json {
        let checkpoints = &loaded.config.audit.checkpoints;
        let named = checkpoints.anchors.iter();
        let names = named.map(|anchor| Json::from(anchor.name.as_str()));
        let within = checkpoints.required_within_ms;
        let within = within.map(|ms| Number::from(ms / 1_000));
        let capture = loaded.config.audit.capture.as_ref();
        let captured_for = capture.map(|capture| Json::from(capture.key.to_string().as_str()));
        let key = match self {
            Self::By { key, .. } => Json::from(key.as_str()),
            Self::Not { .. } | Self::Unknown(_) => Json::Null,
        };
        Json::object([
            ("signed", Json::from(matches!(self, Self::By { .. }))),
            ("vkey", key),
            ("required", Json::from(checkpoints.required)),
            ("anchors", Json::Array(names.collect())),
            ("required_within_s", within.map_or(Json::Null, Json::Number)),
            ("captured_for", captured_for.unwrap_or(Json::Null)),
        ])
    }
}

fn authority(loaded: &Loaded) -> Vec<Authority> {
    loaded
        .policy
        .authority(&principals(loaded), &loaded.manifests)
}

/// Whoever rules or the configuration name; `*` is anyone else, where a grant means anyone.
pub(super) fn principals(loaded: &Loaded) -> BTreeSet<String> {
    let mut principals = loaded.policy.principals();
    principals.insert(loaded.config.principal.clone());
    principals.extend(loaded.config.others.iter().cloned());
    let over_http = loaded
        .config
        .http
        .iter()
        .flat_map(|http| http.principals.keys());
    principals.extend(over_http.cloned());
    principals
}

fn failed(found: &[Problem]) -> Json {
    Json::object([
        ("ok", Json::from(false)),
        ("problems", problems::to_json(found)),
    ])
}

fn to_json(loaded: &Loaded) -> Json {
    let rows = authority(loaded).into_iter().map(|row| {
        Json::object([
            ("principal", Json::from(row.principal)),
            ("tool", Json::from(row.tool)),
            ("allowed", Json::from(row.allowed)),
            ("notes", Json::from(row.notes)),
        ])
    });
    Json::object([
        ("ok", Json::from(true)),
        ("problems", Json::Array(Vec::new())),
        ("warnings", problems::to_json(&loaded.warnings)),
        ("epoch", Json::from(loaded.policy.epoch())),
        ("log", signed(loaded).to_json(loaded)),
        ("pins", pinned::json(&loaded.manifests)),
        ("south", sandboxed::to_json(loaded)),
        ("authority", Json::Array(rows.collect())),
    ])
}
