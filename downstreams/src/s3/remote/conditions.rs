//! Which conditions the store really keeps, found out once, on an object of our own.
//! Knows nothing of tools. A store that takes a condition and ignores it would turn compare-and-set into a race.

use hyper::Method;
use object_store::{ObjectStore, PutMode, PutOptions, PutPayload, UpdateVersion};
use tokio::sync::OnceCell;

use super::attempt::Attempt;
use super::fault::{self, Effect};
use super::store::Store;
use crate::s3::code::S3Code;
use crate::s3::key::UNFINISHED;

/// A tag that no object has: the length is none of a digest's.
const NO_TAG: &str = "\"00\"";

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// `If-None-Match: *` and `If-Match` when an object is written.
    pub(super) on_put: bool,
    /// `If-Match` when one is deleted.
    pub(super) on_delete: bool,
}

/// The answer, once there is one.
#[derive(Debug, Default)]
pub(super) struct Conditions(OnceCell<Kept>);

impl Conditions {
    /// What the store keeps; a failure on the way is no answer and is asked again next time.
    pub(super) async fn kept(&self, store: &Store) -> Result<Kept, S3Code> {
        self.0.get_or_try_init(|| find_out(store)).await.copied()
    }
}

async fn find_out(store: &Store) -> Result<Kept, S3Code> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| S3Code::Internal)?;
    let name = format!("{UNFINISHED}condition-{:016x}", u64::from_le_bytes(random));
    let found = try_conditions(store, &name).await;
    // It is gone already where all went well and deletion is conditional.
    let whole = format!("{}{name}", store.jail());
    let _best_effort = store
        .ask(&Method::DELETE, Some(&whole), &[], &[], &Attempt::default())
        .await;
    found
}

async fn try_conditions(store: &Store, name: &str) -> Result<Kept, S3Code> {
    let none = Kept {
        on_put: false,
        on_delete: false,
    };
    let Written::Done(etag) = write(store, name, PutMode::Create).await? else {
        return Ok(none);
    };
    let update = |etag: &str| {
        PutMode::Update(UpdateVersion {
            e_tag: Some(etag.to_owned()),
            version: None,
        })
    };
    let refuses = [
        write(store, name, PutMode::Create).await?,
        write(store, name, update(NO_TAG)).await?,
    ];
    if refuses.iter().any(|written| *written != Written::Refused) {
        return Ok(none);
    }
    let Written::Done(etag) = write(store, name, update(&etag)).await? else {
        return Ok(none);
    };
    let whole = format!("{}{name}", store.jail());
    let delete = async |tag: &str| {
        let attempt = Attempt::default();
        let headers = [("if-match", tag)];
        store
            .ask(&Method::DELETE, Some(&whole), &[], &headers, &attempt)
            .await
    };
    let on_delete = match delete(NO_TAG).await {
        Err(S3Code::PreconditionFailed) => delete(&etag).await.is_ok(),
        Ok(_) | Err(S3Code::NotOnThisStore | S3Code::BadAnswer | S3Code::NoSuchKey) => false,
        Err(code) => return Err(code),
    };
    Ok(Kept {
        on_put: true,
        on_delete,
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Written {
    Done(String),
    Refused,
    /// The store does not know the condition.
    Unknown,
}

async fn write(store: &Store, name: &str, mode: PutMode) -> Result<Written, S3Code> {
    let attempt = Attempt::default();
    let mut options = PutOptions::from(mode);
    options.extensions.insert(attempt.clone());
    let payload = PutPayload::from_static(b"aegis: does this store keep conditions");
    match store
        .patient
        .put_opts(&store.path(name)?, payload, options)
        .await
    {
        Ok(put) => Ok(Written::Done(put.e_tag.unwrap_or_default())),
        Err(_) => match (
            attempt.seen().status,
            fault::code(attempt.seen(), Effect::Writes),
        ) {
            (Some(412), _) => Ok(Written::Refused),
            (Some(400 | 404 | 501), _) => Ok(Written::Unknown),
            (_, code) => Err(code),
        },
    }
}
