//! The medallion tools: what may be promoted, whether it is fit, and its promotion.
//! Knows nothing of receipts' lives: a permit brings the one to stand on, evidence becomes the next.

mod content;
mod datasets;
mod promote;
mod validate;

use aegis_core::denial::{Denial, Phase};
use aegis_core::egress::Sealed;
use aegis_core::json::Json;
use aegis_core::manifest::{Dataset, Manifests};
use aegis_core::now::Now;
use aegis_core::refusal::Refusal;

use super::Fetch;
use crate::journal::Warrant;

/// The kind of receipt that a validation can become.
pub const VALIDATION: &str = aegis_core::receipt::SILVER_VALIDATION;

/// Carries out one warrant of a medallion tool.
///
/// # Errors
/// A denial where a precondition does not hold (nothing was published then), or an honest failure.
pub async fn run(
    fetch: &(impl Fetch + Sync),
    manifests: &Manifests,
    now: Now,
    warrant: Warrant,
) -> Result<Sealed, Refusal> {
    match warrant.permit().tool().name.as_str() {
        "datasets" => Ok(datasets::list(manifests, warrant)),
        "validate" => validate::run(fetch, manifests, now, warrant).await,
        "promote" => promote::run(fetch, manifests, now, warrant).await,
        _ => Err(Denial::kernel(
            "medallion.unknown-tool",
            Phase::Examination,
            "the kernel serves no medallion tool of this name",
            "use medallion__datasets, medallion__validate or medallion__promote",
        )
        .into()),
    }
}

/// The dataset that the call names.
fn named<'a>(manifests: &'a Manifests, warrant: &Warrant) -> Result<&'a Dataset, Refusal> {
    let name = warrant.permit().arguments().get("dataset");
    let dataset = name
        .and_then(Json::as_str)
        .and_then(|name| manifests.dataset(name));
    dataset.ok_or_else(|| {
        Refusal::Denied(Denial::kernel(
            "medallion.unknown-dataset",
            Phase::Examination,
            "no dataset of this name is declared",
            "call medallion__datasets and use one of the names given there",
        ))
    })
}

/// An MCP tool result around the kernel's own statement.
fn result(structured: Json) -> Json {
    let text = Json::object([
        ("type", Json::from("text")),
        ("text", Json::from(structured.to_string())),
    ]);
    Json::object([
        ("content", Json::Array(vec![text])),
        ("structuredContent", structured),
        ("isError", Json::from(false)),
    ])
}
