//! The one way out for progress: in order, in bounded number and rate, masked as the answer will be.
//! Knows nothing of who listens, nor of the clock: the time is told.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Masks, Progress, Sealed, SealedProgress, release};
use crate::json::{Json, Number, Object};
use crate::limits::{PROGRESS_BURST, PROGRESS_COUNT_MAX, PROGRESS_PAUSE_MS};
use crate::manifest::Tool;
use crate::policy::{Detect, Obligations, Permit};

/// The progress of one permitted call.
///
/// What a downstream says in the middle of a call is an answer too, and no cap on bytes counts it. Masks by
/// lineage, counts of groups and an analyser's word are for rows and cannot be had for a number or a sentence:
/// where the permit owes one of them, or caps bytes, the notifications are counted, and nothing of what they
/// say leaves.
#[must_use]
pub struct Gauge {
    tool: Arc<Tool>,
    principal: String,
    run: String,
    /// What the detectors look for; `None` where nothing that is said may leave.
    detect: Option<Vec<Detect>>,
    last: Option<f64>,
    released: u64,
    credit: u64,
    credited_ms: u64,
}

impl Gauge {
    /// The gauge of a call that is about to be made.
    pub fn of(permit: &Permit, now_ms: u64) -> Self {
        let owed = permit.obligations();
        Self {
            tool: Arc::clone(permit.tool()),
            principal: permit.principal().id().to_owned(),
            run: permit.run().to_owned(),
            detect: (owed.are_of_words() && owed.byte_max.is_none()).then(|| owed.detect.clone()),
            last: None,
            released: 0,
            credit: PROGRESS_BURST,
            credited_ms: now_ms,
        }
    }

    /// What may leave of one notification; `None` where it is dropped: it does not go forward, there are too many,
    /// or a number is what a detector looks for. `sent` are values that went south in place of their tokens.
    pub fn release(
        &mut self,
        said: SealedProgress,
        masks: &Masks,
        sent: Vec<Zeroizing<String>>,
        now_ms: u64,
    ) -> Option<Progress> {
        let at = said.progress.as_f64()?;
        let forward = self.last.is_none_or(|last| at > last);
        if !forward || self.released >= PROGRESS_COUNT_MAX || !self.admit(now_ms) {
            return None;
        }
        let said = match &self.detect {
            None => Object::from_iter([("progress".to_owned(), Json::from(self.released + 1))]),
            Some(detect) => self.masked(said, detect.clone(), masks, sent)?,
        };
        self.last = Some(at);
        self.released += 1;
        Some(Progress(said))
    }

    /// Takes one of the notifications that may leave now: at first a burst, then so many in a time.
    fn admit(&mut self, now_ms: u64) -> bool {
        let earned = now_ms.saturating_sub(self.credited_ms) / PROGRESS_PAUSE_MS;
        self.credited_ms += earned * PROGRESS_PAUSE_MS;
        self.credit = self.credit.saturating_add(earned).min(PROGRESS_BURST);
        let left = self.credit.checked_sub(1);
        self.credit = left.unwrap_or(0);
        left.is_some()
    }

    /// Goes the way of an answer that says this and nothing else. A number that is masked is none any more.
    fn masked(
        &self,
        said: SealedProgress,
        detect: Vec<Detect>,
        masks: &Masks,
        sent: Vec<Zeroizing<String>>,
    ) -> Option<Object> {
        let mut body = Object::new();
        body.insert("progress", Json::Number(said.progress.clone()));
        if let Some(total) = &said.total {
            body.insert("total", Json::Number(total.clone()));
        }
        if let Some(message) = said.message {
            body.insert("message", Json::from(message));
        }
        let sealed = Sealed {
            tool: Arc::clone(&self.tool),
            outputs: None,
            obligations: Box::new(Obligations {
                detect,
                ..Obligations::default()
            }),
            raw: Json::object([("structuredContent", Json::Object(body))]),
            evidence: None,
            asked: [0; 32],
            principal: self.principal.clone(),
            run: self.run.clone(),
            revealed: super::Pairs::default(),
            restored: sent,
            asking: None,
        };
        let egress = release(sealed, masks).ok()?;
        let said_now = egress.result().get("structuredContent")?;
        let whole = |key: &str, number: Option<&Number>| {
            said_now.get(key).and_then(Json::as_number) == number
        };
        let kept = whole("progress", Some(&said.progress)) && whole("total", said.total.as_ref());
        kept.then(|| said_now.as_object().cloned()).flatten()
    }
}
