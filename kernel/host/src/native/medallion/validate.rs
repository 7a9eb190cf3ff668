//! Evaluates a dataset's suite on content that the kernel reads itself.
//! Knows nothing of minting: it hands on what it observed.

use aegis_core::denial::{Denial, Phase};
use aegis_core::egress::Sealed;
use aegis_core::manifest::Manifests;
use aegis_core::now::Now;
use aegis_core::receipt::Evidence;
use aegis_core::refusal::Refusal;

use super::content::{self, Missing};
use super::{VALIDATION, named, result};
use crate::journal::Warrant;
use crate::native::Fetch;

/// `{dataset, passed, rows, digest, checks}`. The evidence goes along whatever it says: only evidence in
/// which every check passed becomes a receipt.
pub(super) async fn run(
    fetch: &(impl Fetch + Sync),
    manifests: &Manifests,
    now: Now,
    warrant: Warrant,
) -> Result<Sealed, Refusal> {
    let dataset = named(manifests, &warrant)?;
    let content = content::read(fetch, &warrant, &dataset.source)
        .await
        .map_err(refusal)?;
    let outcome = content::judge(fetch, &warrant, manifests, now, dataset, content.bytes)
        .await
        .map_err(Refusal::Failed)?;
    let evidence = Evidence {
        kind: VALIDATION.to_owned(),
        dataset: dataset.name.clone(),
        subject: dataset.source.subject(),
        digest: outcome.digest.clone(),
        suite: dataset.suite.digest.clone(),
        counts: outcome.counts,
        rows: outcome.rows,
    };
    Ok(warrant.seal(result(outcome.to_json()), Some(evidence)))
}

/// Why there is nothing to judge.
pub(super) fn refusal(missing: Missing) -> Refusal {
    match missing {
        Missing::Failed(failure) => Refusal::Failed(failure),
        Missing::Refused => Refusal::Denied(Denial::kernel(
            "medallion.no-content",
            Phase::Precondition,
            "the dataset's source holds no content that may be read",
            "write the dataset's source first",
        )),
    }
}
