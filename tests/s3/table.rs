//! One table of calls, held by both: a directory, and a store over HTTP.
//! Knows nothing of how the server keeps its promises.

use std::path::Path;

use md5::Md5;
use rmcp::model::CallToolResult;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::kit::{Backend, World, call, code};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The tag of a text: its SHA-256 in a directory, and what a store makes of it.
fn etag(backend: Backend, text: &str) -> String {
    let hex = match backend {
        Backend::Directory { .. } => hex(&Sha256::digest(text.as_bytes())),
        Backend::Store => hex(&Md5::digest(text.as_bytes())),
    };
    format!("\"{hex}\"")
}

/// Puts in what `ETAG:text` and `SHA256:text` stand for.
fn with_tags(backend: Backend, value: Value) -> Value {
    match value {
        Value::String(text) => match text.split_once(':') {
            Some(("ETAG", of)) => Value::String(etag(backend, of)),
            Some(("SHA256", of)) => Value::String(hex(&Sha256::digest(of.as_bytes()))),
            _ => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(|i| with_tags(backend, i)).collect(),
        Value::Object(fields) => {
            let tagged = fields.into_iter().map(|(k, v)| (k, with_tags(backend, v)));
            Value::Object(tagged.collect())
        }
        other => other,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    #[serde(default)]
    plant: Vec<(String, String, String)>,
    call: Vec<Call>,
    long: Option<usize>,
    /// About files themselves, which a store has none of.
    #[serde(default)]
    directory: bool,
    /// All files of the bucket afterwards.
    left: Option<Vec<String>>,
    /// All files outside of it.
    outside: Option<Vec<String>>,
    #[serde(default)]
    lacks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    tool: String,
    arguments: String,
    code: Option<String>,
    answer: Option<String>,
    keys: Option<Vec<String>>,
}

impl Call {
    fn complaints(&self, backend: Backend, result: &CallToolResult) -> Vec<String> {
        let mut complaints = Vec::new();
        let got = result.structured_content.clone().unwrap_or_default();
        if code(result) != self.code {
            complaints.push(format!("unexpected outcome {got}"));
        }
        if let Some(wanted) = &self.answer {
            let wanted = with_tags(backend, serde_json::from_str(wanted).unwrap());
            for (name, wanted) in wanted.as_object().unwrap() {
                if got.get(name) != Some(wanted) {
                    complaints.push(format!("`{name}` is not {wanted} in {got}"));
                }
            }
        }
        if let Some(wanted) = &self.keys {
            let objects = got["objects"].as_array().cloned().unwrap_or_default();
            let keys: Vec<_> = objects.iter().filter_map(|o| o["key"].as_str()).collect();
            if keys != *wanted {
                complaints.push(format!("listed {keys:?}"));
            }
        }
        complaints
    }
}

/// Kinds of files that a store cannot have.
const FILES_ONLY: &[&str] = &["symlink", "hardlink", "fifo", "socket"];

/// Runs every case that makes sense there; each one in a world of its own.
pub async fn hold(backend: Backend, cases_min: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/downstreams/s3.toml");
    let suite: Suite = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut complaints = Vec::new();
    let fits = |case: &&Case| {
        let is_file = |kind: &str| FILES_ONLY.contains(&kind);
        backend != Backend::Store
            || !(case.directory || case.plant.iter().any(|(kind, _, _)| is_file(kind)))
    };
    let cases: Vec<_> = suite.case.iter().filter(fits).collect();
    for case in &cases {
        let world = World::new(backend);
        for (kind, path, content) in &case.plant {
            world.plant(kind, path, content);
        }
        let client = world.client().await;
        for (place, step) in case.call.iter().enumerate() {
            let long = "x".repeat(case.long.unwrap_or(0));
            let arguments = step.arguments.replace("LONG", &long);
            let arguments = with_tags(backend, serde_json::from_str(&arguments).unwrap());
            let result = call(&client, &step.tool, arguments).await;
            let mut found = step.complaints(backend, &result);
            let all = serde_json::to_string(&result).unwrap();
            let leaked = case.lacks.iter().filter(|word| all.contains(word.as_str()));
            found.extend(leaked.map(|word| format!("`{word}` left")));
            let place = format!("{} ({backend:?}), call {place}", case.id);
            complaints.extend(found.into_iter().map(|found| format!("{place}: {found}")));
        }
        let outside = case.outside.as_ref().map(|files| {
            let bucket = World::files(&world.bucket());
            let bucket = bucket.iter().map(|file| format!("bucket/{file}"));
            let mut all: Vec<_> = files.iter().cloned().chain(bucket).collect();
            all.sort();
            all
        });
        for (wanted, root) in [
            (&case.left, world.bucket()),
            (&outside, world.root().to_owned()),
        ] {
            if let Some(wanted) = wanted
                && *wanted != World::files(&root)
            {
                complaints.push(format!("{}: left {:?}", case.id, World::files(&root)));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    assert!(
        cases.len() >= cases_min,
        "only {} cases were read",
        cases.len()
    );
}
