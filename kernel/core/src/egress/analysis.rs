//! What of an answer an external analyser is asked about, and its findings put in place.
//! Knows nothing of how it is reached. What the kernel has masked stands masked in every question.

use std::collections::HashMap;
use std::sync::Arc;

use super::analyser::Analyser;
use super::analyser_fault::AnalyserFault;
use super::apply::{self, Nulls};
use super::examiner::Examiner;
use super::hit::Hit;
use super::mask::BARRIER;
use super::release::Prepared;
use super::report;
use super::scan::Scan;
use super::splice;
use super::tape::Tape;
use super::walk::Found;
use super::{Secrets, mask_json};
use crate::json::{Json, Object};
use crate::limits;
use crate::refusal::Refusal;

/// An answer whose texts are being analysed; what is left of it may leave once all of them are answered.
#[must_use]
pub struct Analysis {
    prepared: Prepared,
    analyser: Option<Arc<Analyser>>,
    /// Different texts, in the order of their first place.
    texts: Vec<String>,
    /// Where they stand: the nth text of the answer, and which of the different ones it is.
    places: Vec<(usize, usize)>,
}

impl Analysis {
    /// Nobody is asked.
    pub(super) fn nothing(prepared: Prepared) -> Self {
        Self {
            prepared,
            analyser: None,
            texts: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Gathers the texts of an answer, each once.
    pub(super) fn of(prepared: Prepared, analyser: Arc<Analyser>) -> Result<Self, AnalyserFault> {
        let mut gathered = Gathered::default();
        gathered.body(&prepared.body);
        if gathered.bytes > limits::ANALYSER_BYTES_MAX
            || gathered.texts.len() > limits::ANALYSER_TEXTS_MAX
        {
            return Err(AnalyserFault::TooMuch);
        }
        let texts = gathered.texts.into_iter().map(str::to_owned).collect();
        let places = gathered.places;
        Ok(Self {
            prepared,
            analyser: Some(analyser),
            texts,
            places,
        })
    }

    /// The bodies of the questions, one for each text.
    #[must_use]
    pub fn questions(&self) -> Vec<String> {
        let asked = self.analyser.iter();
        asked
            .flat_map(|analyser| self.texts.iter().map(|text| analyser.question(text)))
            .collect()
    }

    /// Masks what the answers find, one for each question and in their order, and lets the rest go on.
    ///
    /// # Errors
    /// [`Refusal::Withheld`] where an answer is missing, is not to be believed, or its mask cannot be applied.
    pub fn answered(self, answers: &[Vec<u8>]) -> Result<Prepared, Refusal> {
        let Self {
            mut prepared,
            analyser,
            texts,
            places,
        } = self;
        let Some(analyser) = analyser else {
            return Ok(prepared);
        };
        if answers.len() != texts.len() {
            return Err(AnalyserFault::Partial.into());
        }
        let read = texts.iter().zip(answers);
        let read: Result<Vec<_>, AnalyserFault> = read
            .map(|(text, answer)| analyser.read(text, answer))
            .collect();
        let read = read?;
        if read.iter().any(|hits| !hits.is_empty()) {
            let (key, profile) = (prepared.key, prepared.profile.clone());
            let secrets = Secrets::none();
            let scan = Scan {
                profile: &profile,
                secrets: &secrets,
                scope_key: &key,
            };
            let examiner = Examiner::minting(&scan);
            let mut found: Vec<Found> = Vec::new();
            for (ordinal, at) in places {
                let text = texts.get(at).map_or("", String::as_str);
                for hit in read.get(at).into_iter().flatten() {
                    let parts = beside_masks(&examiner, text, hit);
                    found.extend(parts.into_iter().map(|part| (ordinal, part)));
                }
            }
            let mut body = std::mem::replace(&mut prepared.body, Json::Null);
            let applied = apply::apply(&examiner, &Tape::of(&body), found, Nulls::AsProfile);
            let (splices, more) =
                applied.map_err(|cannot| prepared.withheld(cannot.to_string()))?;
            splice::tree(&mut body, &splices);
            for (token, value) in examiner.into_minted() {
                prepared.minted.add(token, value);
            }
            prepared.analysed.extend(more);
            // What is left is read again: a mask can uncover what stood beside it.
            let (body, more) =
                mask_json(&scan, body).map_err(|cannot| prepared.withheld(cannot.to_string()))?;
            prepared.findings.extend(more);
            prepared.body = body;
        }
        prepared.owes_analysis = false;
        Ok(prepared)
    }
}

/// The parts of a hit that are no mask of ours, without blanks around them: masks are fixed points, whatever
/// an analyser takes them for.
fn beside_masks(examiner: &Examiner<'_>, text: &str, hit: &Hit) -> Vec<Hit> {
    let unmasked = examiner.unmasked(text);
    let shown = unmasked.get(hit.start..hit.end).unwrap_or_default();
    let mut parts = Vec::new();
    let mut at = hit.start;
    for part in shown.split(char::from(BARRIER)) {
        let end = at + part.len();
        let start = end - part.trim_start().len();
        let last = start + part.trim().len();
        if part.chars().any(char::is_alphanumeric) {
            parts.push(Hit::new(hit.kind, start, last));
        }
        at = end + 1;
    }
    parts
}

/// The texts of a value, in the order in which masks are applied.
#[derive(Default)]
struct Gathered<'j> {
    ordinal: usize,
    bytes: usize,
    /// What stands here is passed unread.
    unread: bool,
    texts: Vec<&'j str>,
    known: HashMap<&'j str, usize>,
    places: Vec<(usize, usize)>,
}

impl<'j> Gathered<'j> {
    /// Of a block only its text is one: blocks that the manifest lets pass unread have none.
    fn body(&mut self, body: &'j Json) {
        let Some(blocks) = body.get("content").and_then(Json::as_array) else {
            return self.value(body);
        };
        self.ordinal += 1; // the key
        for block in blocks {
            let members = block.as_object().map(Object::iter);
            let is_text = block.get("type").and_then(Json::as_str) == Some("text");
            for (key, member) in members.into_iter().flatten() {
                self.ordinal += 1; // the key
                self.unread = !(is_text && key == "text");
                self.value(member);
            }
        }
    }

    fn value(&mut self, value: &'j Json) {
        match value {
            Json::Null | Json::Bool(_) => {}
            // A number has no language.
            Json::Number(_) => self.ordinal += 1,
            Json::String(text) => self.text(text),
            Json::Array(items) => {
                for item in items {
                    self.value(item);
                }
            }
            Json::Object(object) => {
                for (key, member) in object.iter() {
                    match report::is_field(key) {
                        true => self.ordinal += 1,
                        false => self.text(key),
                    }
                    self.value(member);
                }
            }
        }
    }

    fn text(&mut self, text: &'j str) {
        let ordinal = self.ordinal;
        self.ordinal += 1;
        if self.unread || !text.chars().any(char::is_alphabetic) {
            return;
        }
        let next = self.texts.len();
        let at = *self.known.entry(text).or_insert(next);
        if at == next {
            self.texts.push(text);
            self.bytes = self.bytes.saturating_add(text.len());
        }
        self.places.push((ordinal, at));
    }
}
