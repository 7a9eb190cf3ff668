//! The texts of a value that an external analyser is asked about, and its findings put in their places.
//! Knows nothing of what becomes of them.

use std::collections::HashMap;

use super::analyser::Analyser;
use super::analyser_fault::AnalyserFault;
use super::examiner::Examiner;
use super::hit::Hit;
use super::mask::BARRIER;
use super::report;
use super::tape::{Shape, Tape, Value};
use super::walk::Found;
use crate::limits;

/// Texts, each once, and where they stand.
pub(super) struct Asked {
    /// Different texts, in the order of their first place.
    texts: Vec<String>,
    /// Where they stand: the nth text of the value, and which of the different ones it is.
    places: Vec<(usize, usize)>,
    bytes: usize,
}

impl Asked {
    /// Nobody is asked.
    pub(super) fn nothing() -> Self {
        Self {
            texts: Vec::new(),
            places: Vec::new(),
            bytes: 0,
        }
    }

    /// The texts of a value, and names that are more than a field's.
    pub(super) fn of_value(value: Value<'_, '_>) -> Self {
        let mut gathered = Gathered::default();
        gathered.value(value);
        gathered.asked()
    }

    /// The texts of an answer. Of a block only its text is one: blocks that the manifest lets pass unread have none.
    pub(super) fn of_body(tape: &Tape<'_>) -> Self {
        let mut gathered = Gathered::default();
        let mut members = tape.root().members();
        let blocks =
            members.find(|(key, value)| *key == "content" && value.shape() == Shape::Array);
        let Some((_, blocks)) = blocks else {
            gathered.value(tape.root());
            return gathered.asked();
        };
        for block in blocks.items() {
            let mut kind = block.members().filter(|(key, _)| *key == "type");
            let is_text = kind.any(|(_, kind)| kind.as_str() == Some("text"));
            for (key, member) in block.members() {
                if is_text && key == "text" {
                    gathered.value(member);
                }
            }
        }
        gathered.asked()
    }

    /// Whether it is more than one answer may be.
    pub(super) fn is_too_much(&self) -> bool {
        self.bytes > limits::ANALYSER_BYTES_MAX || self.texts.len() > limits::ANALYSER_TEXTS_MAX
    }

    /// The bodies of the questions, one for each text.
    pub(super) fn questions(&self, analyser: &Analyser) -> Vec<String> {
        let one = |text: &String| analyser.question(text);
        self.texts.iter().map(one).collect()
    }

    /// What the answers find beside our own masks, in every place of each text.
    ///
    /// # Errors
    /// [`AnalyserFault`] where an answer is missing or not to be believed.
    pub(super) fn found(
        &self,
        examiner: &Examiner<'_>,
        analyser: &Analyser,
        answers: &[Vec<u8>],
    ) -> Result<Vec<Found>, AnalyserFault> {
        if answers.len() != self.texts.len() {
            return Err(AnalyserFault::Partial);
        }
        let mut read = Vec::with_capacity(answers.len());
        for (text, answer) in self.texts.iter().zip(answers) {
            let hits = analyser.read(text, answer)?;
            let beside = hits
                .iter()
                .flat_map(|hit| beside_masks(examiner, text, hit));
            read.push(beside.collect::<Vec<_>>());
        }
        let mut found = Vec::new();
        for (ordinal, at) in &self.places {
            let hits = read.get(*at).into_iter().flatten();
            found.extend(hits.map(|hit| (*ordinal, hit.clone())));
        }
        Ok(found)
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

#[derive(Default)]
struct Gathered<'t> {
    bytes: usize,
    texts: Vec<&'t str>,
    known: HashMap<&'t str, usize>,
    places: Vec<(usize, usize)>,
}

impl<'t> Gathered<'t> {
    fn asked(self) -> Asked {
        Asked {
            texts: self.texts.into_iter().map(str::to_owned).collect(),
            places: self.places,
            bytes: self.bytes,
        }
    }

    fn value(&mut self, value: Value<'t, '_>) {
        match value.shape() {
            Shape::Word => {}
            // A number has no language.
            Shape::Text => {
                if let Some(text) = value.as_str() {
                    self.text(value.ordinal(), text);
                }
            }
            Shape::Array => value.items().for_each(|item| self.value(item)),
            Shape::Object => {
                for (key, member) in value.members() {
                    if !report::is_field(key) {
                        self.text(member.ordinal().saturating_sub(1), key);
                    }
                    self.value(member);
                }
            }
        }
    }

    fn text(&mut self, ordinal: usize, text: &'t str) {
        if !text.chars().any(char::is_alphabetic) {
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
