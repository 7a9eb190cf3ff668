//! Writing, copying and removing objects: conditions are the store's to keep, or nothing is written.
//! Knows nothing of MCP.

use bytes::Bytes;
use hyper::Method;
use object_store::{
    MultipartUpload, ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload,
    UpdateVersion,
};
use serde_json::{Value, json};

use super::attempt::Attempt;
use super::conditions::Conditions;
use super::fault::{self, Effect};
use super::store::{Store, pause};
use super::twins;
use crate::bounds::{OBJECT_BYTES_MAX, PART_BYTES, REMOTE_TRIES_MAX, SINGLE_PUT_BYTES_MAX};
use crate::s3::ask::Source;
use crate::s3::code::S3Code;
use crate::s3::etag::{Condition, Tags};
use crate::s3::key::Key;

/// What a write is carried out with.
pub(super) struct Pen<'a> {
    pub(super) store: &'a Store,
    pub(super) conditions: &'a Conditions,
    /// What became of the request that changes something.
    pub(super) effect: &'a Attempt,
}

impl Pen<'_> {
    /// Stores `bytes`: `{"key", "etag", "size", "created"}`.
    pub(super) async fn put(
        &self,
        key: &Key,
        bytes: Bytes,
        condition: &Condition,
    ) -> Result<Value, S3Code> {
        condition.check_form(Tags::Any)?;
        if bytes.len() as u64 > OBJECT_BYTES_MAX {
            return Err(S3Code::TooLarge);
        }
        let size = bytes.len();
        twins::check(self.store, key).await?;
        let present = self.store.head_if_any(key).await?.map(|found| found.etag);
        condition.check(present.as_deref())?;
        let created = present.is_none();
        let etag = match mode(condition, present) {
            PutMode::Overwrite if size > SINGLE_PUT_BYTES_MAX => self.in_parts(key, bytes).await?,
            PutMode::Overwrite => self.whole(key, bytes, PutMode::Overwrite).await?,
            mode => {
                if !self.conditions.kept(self.store).await?.on_put {
                    return Err(S3Code::NotOnThisStore);
                }
                self.whole(key, bytes, mode).await?
            }
        };
        let etag = match etag {
            Some(etag) => etag,
            None => {
                self.store
                    .head(key)
                    .await
                    .map_err(|_| S3Code::ConnectionLost)?
                    .etag
            }
        };
        Ok(json!({ "key": key.as_str(), "etag": etag, "size": size, "created": created }))
    }

    /// Stores the bytes of `source` under `key`: as `put`, with `{"source", "source_etag"}`.
    ///
    /// They are read and written by this process, never copied by the store: what is written are the very bytes that
    /// the conditions were held against, whatever happens to the source meanwhile. A store's tag would not do for
    /// that: it is an MD5 with most, and two contents can be made to share one.
    pub(super) async fn copy(
        &self,
        source: &Source,
        from: &Key,
        key: &Key,
        condition: &Condition,
    ) -> Result<Value, S3Code> {
        source.check_form(Tags::Any)?;
        condition.check_form(Tags::Any)?;
        let (bytes, found) = self.store.get(from).await?;
        source.check(&found.etag, &bytes)?;
        let mut done = self.put(key, bytes, condition).await?;
        if let Some(done) = done.as_object_mut() {
            done.insert("source".to_owned(), from.as_str().into());
            done.insert("source_etag".to_owned(), found.etag.into());
        }
        Ok(done)
    }

    /// Removes an object: `{"key", "etag"}` with the tag that it had when it was looked at.
    pub(super) async fn delete(&self, key: &Key, condition: &Condition) -> Result<Value, S3Code> {
        condition.check_form(Tags::Any)?;
        let present = self.store.head_if_any(key).await?.map(|found| found.etag);
        condition.check(present.as_deref())?;
        let etag = present.ok_or(S3Code::NoSuchKey)?;
        let whole = format!("{}{}", self.store.jail(), key.as_str());
        let mut headers = Vec::new();
        if condition.if_match.is_some() {
            if !self.conditions.kept(self.store).await?.on_delete {
                return Err(S3Code::NotOnThisStore);
            }
            headers.push(("if-match", etag.as_str()));
        }
        let asked = self
            .store
            .ask(&Method::DELETE, Some(&whole), &[], &headers, self.effect);
        match asked.await {
            Ok(_) => Ok(json!({ "key": key.as_str(), "etag": etag })),
            Err(S3Code::NoSuchKey) if !headers.is_empty() => Err(S3Code::PreconditionFailed),
            Err(code) => Err(code),
        }
    }

    /// One request. Where a try may have arrived unanswered, a later refusal of its condition is no proof that
    /// nothing was written.
    async fn whole(
        &self,
        key: &Key,
        bytes: Bytes,
        mode: PutMode,
    ) -> Result<Option<String>, S3Code> {
        let path = self.store.path(key.as_str())?;
        let payload = PutPayload::from_bytes(bytes);
        let conditional = mode != PutMode::Overwrite;
        let mut tries = 1;
        loop {
            let mut options = PutOptions::from(mode.clone());
            options.extensions.insert(self.effect.clone());
            if let Ok(put) = self
                .store
                .once
                .put_opts(&path, payload.clone(), options)
                .await
            {
                return Ok(put.e_tag.filter(|etag| crate::s3::etag::is_tag(etag)));
            }
            let seen = self.effect.seen();
            if tries >= REMOTE_TRIES_MAX || !fault::passes(seen) {
                return Err(match fault::code(seen, Effect::Writes) {
                    // The object that the condition is about has gone.
                    S3Code::NoSuchKey if conditional => S3Code::PreconditionFailed,
                    // An upload has no key that could be missing.
                    S3Code::NoSuchKey => S3Code::BadAnswer,
                    code => code,
                });
            }
            pause(tries).await;
            tries += 1;
        }
    }

    /// Many requests; nothing is there before the last, and what is left of a failure is removed.
    async fn in_parts(&self, key: &Key, bytes: Bytes) -> Result<Option<String>, S3Code> {
        let path = self.store.path(key.as_str())?;
        let begun = Attempt::default();
        let mut options = PutMultipartOptions::default();
        options.extensions.insert(begun.clone());
        let upload = self.store.patient.put_multipart_opts(&path, options).await;
        let mut upload = upload.map_err(|_| fault::code(begun.seen(), Effect::Reads))?;
        if let Err(code) = send_parts(upload.as_mut(), bytes).await {
            let _best_effort = upload.abort().await;
            return Err(code);
        }
        self.effect.sent();
        match upload.complete().await {
            Ok(put) => Ok(put.e_tag.filter(|etag| crate::s3::etag::is_tag(etag))),
            Err(_) => {
                let _best_effort = upload.abort().await;
                Err(S3Code::ConnectionLost)
            }
        }
    }
}

async fn send_parts(upload: &mut dyn MultipartUpload, mut rest: Bytes) -> Result<(), S3Code> {
    while !rest.is_empty() {
        let part = rest.split_to(PART_BYTES.min(rest.len()));
        let sent = upload.put_part(PutPayload::from_bytes(part)).await;
        sent.map_err(|_| S3Code::Unreachable)?;
    }
    Ok(())
}

/// How the store is to write, given what it has.
fn mode(condition: &Condition, present: Option<String>) -> PutMode {
    if condition.if_none_match.is_some() {
        PutMode::Create
    } else if condition.if_match.is_some() {
        PutMode::Update(UpdateVersion {
            e_tag: present,
            version: None,
        })
    } else {
        PutMode::Overwrite
    }
}
