//! Publishes exactly the bytes that were validated, or nothing.
//! Knows nothing of why a receipt counts: the permit stands on it.

use aegis_core::denial::{Denial, Phase};
use aegis_core::egress::Sealed;
use aegis_core::json::{Json, Object};
use aegis_core::manifest::{Dataset, Location, Manifests};
use aegis_core::now::Now;
use aegis_core::receipt::{Receipt, suite};
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};

use super::content::{self, Answered, Content, Missing};
use super::validate::refusal;
use super::{VALIDATION, named, result};
use crate::journal::Warrant;
use crate::native::Fetch;

/// `{dataset, promoted: true, digest, rows, receipt}`.
///
/// The content is read again and must have the receipt's digest. What a receipt cannot hold still — the
/// datasets referred to, and time — is judged again on it. Then it is published by compare-and-set, and
/// what stands at the target afterwards is read back.
pub(super) async fn run(
    fetch: &(impl Fetch + Sync),
    manifests: &Manifests,
    now: Now,
    warrant: Warrant,
) -> Result<Sealed, Refusal> {
    let dataset = named(manifests, &warrant)?;
    let receipt = standing(dataset, &warrant)?;
    let content = content::read(fetch, &warrant, &dataset.source)
        .await
        .map_err(refusal)?;
    let Content { bytes, etag } = content;
    let outcome = content::judge(fetch, &warrant, manifests, now, dataset, bytes)
        .await
        .map_err(Refusal::Failed)?;
    if outcome.digest != receipt.digest {
        return Err(changed());
    }
    if !outcome.passed() {
        return Err(denied(
            "a check that passed at validation does not hold any more: what it is measured by has moved on",
        ));
    }
    publish(fetch, &warrant, dataset, etag.as_ref(), &receipt.digest).await?;
    confirm(fetch, &warrant, dataset, &receipt.digest).await?;
    let structured = Json::object([
        ("dataset", Json::from(dataset.name.as_str())),
        ("promoted", Json::from(true)),
        ("digest", Json::from(receipt.digest.as_str())),
        ("rows", Json::from(outcome.rows)),
        ("receipt", Json::from(receipt.id.as_str())),
    ]);
    Ok(warrant.seal(result(structured), None))
}

/// The one receipt that the permit stands on, for this dataset, its place and its present suite.
fn standing(dataset: &Dataset, warrant: &Warrant) -> Result<Receipt, Refusal> {
    match warrant.permit().spends() {
        [receipt]
            if receipt.kind == VALIDATION
                && receipt.dataset == dataset.name
                && receipt.subject == dataset.source.subject()
                && receipt.suite == dataset.suite.digest
                && receipt.counts.all_passed() =>
        {
            Ok(receipt.clone())
        }
        _ => Err(denied(
            "the promotion does not stand on exactly one validation of this dataset",
        )),
    }
}

/// Makes the validated bytes the target's, on condition that they still are the source's.
async fn publish(
    fetch: &(impl Fetch + Sync),
    warrant: &Warrant,
    dataset: &Dataset,
    etag: Option<&String>,
    digest: &str,
) -> Result<(), Refusal> {
    let digest = digest.to_owned();
    let (server, tool, arguments) = match (&dataset.source, &dataset.target, etag) {
        (
            Location::Object {
                server,
                key: source,
            },
            Location::Object { server: to, key },
            Some(etag),
        ) if server == to => {
            // The store's tag may be an MD5, which two contents can share; the digest is the kernel's own.
            let arguments = [
                ("source", source),
                ("key", key),
                ("source_if_match", etag),
                ("source_sha256", &digest),
            ];
            (server, "copy_object", content::object(arguments))
        }
        (
            Location::Table {
                server,
                table: source,
            },
            Location::Table {
                server: to,
                table: target,
            },
            _,
        ) if server == to => {
            let arguments = [("source", source), ("target", target), ("sha256", &digest)];
            (server, "publish_table", content::object(arguments))
        }
        _ => return Err(unpublishable()),
    };
    match ask(fetch, warrant, server, tool, arguments).await? {
        Word::Done => Ok(()),
        Word::Changed => Err(changed()),
        Word::No => Err(not_published(fetch, warrant, dataset, &digest).await),
    }
}

/// What the store says of a publication.
enum Word {
    Done,
    Changed,
    No,
}

async fn ask(
    fetch: &(impl Fetch + Sync),
    warrant: &Warrant,
    server: &str,
    tool: &str,
    arguments: Object,
) -> Result<Word, Refusal> {
    let answer = fetch.fetch(warrant, server, tool, arguments).await;
    match content::statement(answer) {
        Ok(_) => Ok(Word::Done),
        Err(Answered::Failed(failure)) => Err(Refusal::Failed(failure)),
        Err(Answered::Refused(code)) => Ok(match code.as_str() {
            "precondition-failed" | "content-changed" => Word::Changed,
            _ => Word::No,
        }),
    }
}

/// The store says no, which is no proof: only a target that does not hold the content is one.
async fn not_published(
    fetch: &(impl Fetch + Sync),
    warrant: &Warrant,
    dataset: &Dataset,
    digest: &str,
) -> Refusal {
    match content::read(fetch, warrant, &dataset.target).await {
        Ok(content) if suite::digest(&content.bytes) == digest => unconfirmed(),
        Ok(_) | Err(Missing::Refused) => Refusal::Denied(Denial::kernel(
            "medallion.not-published",
            Phase::Precondition,
            "the store refused to publish the content, and the target does not hold it",
            "ask an operator whether the target can take this content; then validate again and promote",
        )),
        Err(Missing::Failed(failure)) => maybe(failure),
    }
}

/// What stands at the target now is what was validated, by the kernel's own reading.
async fn confirm(
    fetch: &(impl Fetch + Sync),
    warrant: &Warrant,
    dataset: &Dataset,
    digest: &str,
) -> Result<(), Refusal> {
    match content::read(fetch, warrant, &dataset.target).await {
        Ok(content) if suite::digest(&content.bytes) == digest => Ok(()),
        Ok(_) | Err(Missing::Refused) => Err(unconfirmed()),
        Err(Missing::Failed(failure)) => Err(maybe(failure)),
    }
}

/// The reading failed, but the publication before it may have happened.
fn maybe(failure: Failure) -> Refusal {
    Refusal::Failed(Failure {
        sent: Sent::Maybe,
        ..failure
    })
}

fn unconfirmed() -> Refusal {
    Refusal::Failed(Failure {
        sent: Sent::Maybe,
        code: FailureCode::Unreadable,
    })
}

fn changed() -> Refusal {
    denied("the content changed after it was validated")
}

/// Nothing was published: a denial, not a withheld result.
fn denied(reason: &'static str) -> Refusal {
    Refusal::Denied(Denial::kernel(
        "gold-needs-validation",
        Phase::Precondition,
        reason,
        "validate again, then promote",
    ))
}

fn unpublishable() -> Refusal {
    Refusal::Denied(Denial::kernel(
        "medallion.no-publisher",
        Phase::Precondition,
        "the dataset's source and target are not of one kind in one system, so nothing can publish it whole",
        "ask an operator to declare a target beside the source",
    ))
}
