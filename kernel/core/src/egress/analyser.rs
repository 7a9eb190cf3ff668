//! An external analyser: what it is asked about a text, and what its answer is worth. The form is that of
//! Presidio's `POST /analyze`.
//! Knows nothing of how it is reached; the host carries bytes.

use std::collections::BTreeMap;

use super::analyser_fault::AnalyserFault;
use super::hit::Hit;
use super::kind::Kind;
use crate::json::{Json, JsonRules, parse};
use crate::limits;

/// How an answer is read.
const ANSWER_RULES: JsonRules = JsonRules {
    bytes_max: limits::ANALYSER_ANSWER_BYTES_MAX,
    depth_max: 16,
    values_max: limits::ANALYSER_ANSWER_BYTES_MAX,
    case_variants: true,
    nul: true,
};

/// What an analyser is asked, and which of its types mean which of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Analyser {
    /// The language of the texts, as the analyser names it.
    pub language: String,
    /// The least score that counts, from 0 to 1.
    pub score_min: f64,
    /// The types that it is asked for; all that it knows where there are none. What it answers beyond them
    /// counts as well.
    pub entities: Vec<String>,
    /// Its types by name: ours, or `None` for one that is not masked. A type that is not listed is the one
    /// that we have under its name, else [`Kind::PERSONAL_DATA`].
    pub types: BTreeMap<String, Option<Kind>>,
}

impl Analyser {
    /// What counts of it, in one spelling: part of the policy's epoch.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let entities = self.entities.iter().map(|name| Json::from(name.as_str()));
        let types = self.types.iter().map(|(name, kind)| {
            let word = kind.map_or(Some("off"), Kind::name).unwrap_or("off");
            (name.as_str(), Json::from(word))
        });
        Json::object([
            ("entities", Json::Array(entities.collect())),
            ("language", Json::from(self.language.as_str())),
            ("score_min", Json::from(self.score_min.to_string())),
            ("types", Json::object(types)),
        ])
    }

    /// The body of the question about one text.
    pub(super) fn question(&self, text: &str) -> String {
        let mut pairs = vec![
            ("text", Json::from(text)),
            ("language", Json::from(self.language.as_str())),
        ];
        let entities = self.entities.iter().map(|name| Json::from(name.as_str()));
        if !self.entities.is_empty() {
            pairs.push(("entities", Json::Array(entities.collect())));
        }
        let mut body = Json::object(pairs).to_string();
        // A number of a configuration is finite, so its shortest spelling is JSON.
        let score = format!(",\"score_threshold\":{}}}", self.score_min);
        body.truncate(body.len().saturating_sub(1));
        body.push_str(&score);
        body
    }

    /// What the answer finds in `text`. Nothing in it is taken on trust: one wrong member and all of it is void.
    pub(super) fn read(&self, text: &str, answer: &[u8]) -> Result<Vec<Hit>, AnalyserFault> {
        let answer = parse(answer, &ANSWER_RULES).map_err(|_| AnalyserFault::Unreadable)?;
        let said = answer.as_array().ok_or(AnalyserFault::Unreadable)?;
        if said.len() > limits::ANALYSER_FINDINGS_MAX {
            return Err(AnalyserFault::TooLong);
        }
        // Its offsets count code points, ours bytes; one place more than there are characters is the end.
        let mut places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        places.push(text.len());
        let mut hits = Vec::new();
        for one in said {
            let (name, start, end, score) = Self::member(one).ok_or(AnalyserFault::Unreadable)?;
            let place = |at: u64| {
                let at = usize::try_from(at).ok()?;
                places.get(at).copied()
            };
            let (Some(start), Some(end)) = (place(start), place(end)) else {
                return Err(AnalyserFault::Outside);
            };
            if start >= end {
                return Err(AnalyserFault::Outside);
            }
            let kind = match self.types.get(name) {
                Some(kind) => *kind,
                None => Some(Kind::named(name).unwrap_or(Kind::PERSONAL_DATA)),
            };
            if let Some(kind) = kind
                && score >= self.score_min
            {
                hits.push(Hit::new(kind, start, end));
            }
        }
        Ok(hits)
    }

    /// Type, first and last place, score.
    fn member(one: &Json) -> Option<(&str, u64, u64, f64)> {
        let number = |key: &str| one.get(key).and_then(Json::as_number);
        let name = one.get("entity_type").and_then(Json::as_str)?;
        let (start, end) = (number("start")?.as_u64()?, number("end")?.as_u64()?);
        let score = number("score")?.as_f64()?;
        (0.0..=1.0)
            .contains(&score)
            .then_some((name, start, end, score))
    }
}
