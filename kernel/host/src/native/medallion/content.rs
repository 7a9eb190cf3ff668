//! A dataset's content as the kernel reads it: its own call, its own digest.
//! Knows nothing of suites or receipts.

use std::collections::{BTreeMap, BTreeSet};

use aegis_core::json::{Json, Object};
use aegis_core::limits;
use aegis_core::manifest::{Check, Dataset, Format, Location, Manifests};
use aegis_core::now::Now;
use aegis_core::receipt::suite::{self, Outcome, Rows, Surroundings};
use aegis_core::refusal::{Failure, FailureCode, Sent};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::journal::Warrant;
use crate::native::Fetch;

/// Content at one moment.
pub(super) struct Content {
    /// The exact bytes.
    pub(super) bytes: Vec<u8>,
    /// The store's own version of them, for a compare-and-set; tables have none.
    pub(super) etag: Option<String>,
}

/// Why there is no content.
pub(super) enum Missing {
    /// The downstream says no, by code: there is nothing there, or it may not be read.
    Refused,
    /// The world failed.
    Failed(Failure),
}

/// Reads what stands at a place now.
pub(super) async fn read(
    fetch: &(impl Fetch + Sync),
    warrant: &Warrant,
    at: &Location,
) -> Result<Content, Missing> {
    let (tool, argument, name) = match at {
        Location::Object { key, .. } => ("get_object", "key", key),
        Location::Table { table, .. } => ("export_table", "table", table),
    };
    let arguments = object([(argument, name)]);
    let answer = fetch.fetch(warrant, at.server(), tool, arguments).await;
    let structured = match statement(answer) {
        Ok(structured) => structured,
        Err(Answered::Refused(code)) => return Err(refused(&code)),
        Err(Answered::Failed(failure)) => return Err(failed(failure.code)),
    };
    decode(at, &structured).ok_or(failed(FailureCode::Unreadable))
}

/// A downstream's no: for a while, for this size, or for good.
fn refused(code: &str) -> Missing {
    match code {
        "busy" | "timeout" => failed(FailureCode::Timeout),
        "too-large" => failed(FailureCode::TooLarge),
        "internal" | "unreachable" | "untrusted" => failed(FailureCode::Unavailable),
        "bad-answer" => failed(FailureCode::Unreadable),
        _ => Missing::Refused,
    }
}

/// A read has no effect, so the call that it is part of may be repeated.
fn failed(code: FailureCode) -> Missing {
    Missing::Failed(Failure {
        sent: Sent::No,
        code,
    })
}

/// What a downstream answered instead of a result.
pub(super) enum Answered {
    /// A tool error, with its code.
    Refused(String),
    /// No answer, or one that cannot be read.
    Failed(Failure),
}

/// The structured content of a tool result.
pub(super) fn statement(answer: Result<Json, Failure>) -> Result<Json, Answered> {
    let answer = answer.map_err(Answered::Failed)?;
    let structured = answer.get("structuredContent");
    if answer.get("isError").and_then(Json::as_bool) == Some(true) {
        let code = structured
            .and_then(|s| s.get("code"))
            .and_then(Json::as_str);
        return Err(Answered::Refused(code.unwrap_or_default().to_owned()));
    }
    structured
        .filter(|structured| structured.as_object().is_some())
        .cloned()
        .ok_or(Answered::Failed(Failure {
            sent: Sent::Maybe,
            code: FailureCode::Unreadable,
        }))
}

/// Arguments of a call.
pub(super) fn object<'a>(pairs: impl IntoIterator<Item = (&'static str, &'a String)>) -> Object {
    let pair = |(key, value): (&str, &String)| (key.to_owned(), Json::from(value.as_str()));
    pairs.into_iter().map(pair).collect()
}

/// Evaluates the dataset's suite on these bytes, with the content of the datasets that it refers to as
/// that stands now.
pub(super) async fn judge(
    fetch: &(impl Fetch + Sync),
    warrant: &Warrant,
    manifests: &Manifests,
    now: Now,
    dataset: &Dataset,
    bytes: Vec<u8>,
) -> Result<Outcome, Failure> {
    let mut others = BTreeMap::new();
    for check in &dataset.suite.checks {
        let Check::Refers { dataset: name, .. } = check else {
            continue;
        };
        let named = manifests.dataset(name);
        let Some(other) = named.filter(|other| other.name != dataset.name) else {
            continue;
        };
        if others.contains_key(name) {
            continue;
        }
        // What cannot be read skips the check, and skipped is not passed.
        match read(fetch, warrant, &other.source).await {
            Ok(content) => {
                others.insert(name.clone(), (other.format, content.bytes));
            }
            Err(Missing::Refused) => {}
            Err(Missing::Failed(failure)) => return Err(failure),
        }
    }
    let labelled = labelled(manifests, dataset);
    let dataset = dataset.clone();
    // Megabytes take tenths of a second, in which other calls must go on.
    let judged = tokio::task::spawn_blocking(move || {
        let read = |(name, (format, bytes)): (String, (Format, Vec<u8>))| {
            Some((name, Rows::read(format, &bytes).ok()?))
        };
        let around = Surroundings {
            others: &others.into_iter().filter_map(read).collect(),
            now,
            clean: &aegis_core::egress::is_clean,
            labelled: &|column| labelled.contains(&column.to_ascii_lowercase()),
        };
        suite::evaluate(&dataset, &bytes, &around)
    });
    judged.await.map_err(|_| Failure {
        sent: Sent::No,
        code: FailureCode::Internal,
    })
}

/// The columns of a dataset that its system's manifest labels, under the table's or the dataset's name.
fn labelled(manifests: &Manifests, dataset: &Dataset) -> BTreeSet<String> {
    let name = match &dataset.source {
        Location::Table { table, .. } => table.to_ascii_lowercase(),
        Location::Object { .. } => dataset.name.to_ascii_lowercase(),
    };
    let system = manifests.system(dataset.source.server());
    let labels = system.into_iter().flat_map(|system| system.labels.keys());
    labels
        .filter(|(table, _)| *table == name)
        .map(|(_, column)| column.clone())
        .collect()
}

fn decode(at: &Location, structured: &Json) -> Option<Content> {
    let text = |key: &str| structured.get(key).and_then(Json::as_str);
    let content = match at {
        Location::Table { .. } => Content {
            bytes: text("content")?.as_bytes().to_vec(),
            etag: None,
        },
        Location::Object { .. } => Content {
            bytes: match text("encoding")? {
                "utf-8" => text("body")?.as_bytes().to_vec(),
                "base64" => STANDARD.decode(text("body")?).ok()?,
                _ => return None,
            },
            etag: Some(text("etag")?.to_owned()),
        },
    };
    (content.bytes.len() <= limits::DATASET_BYTES_MAX).then_some(content)
}
