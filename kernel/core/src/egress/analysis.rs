//! An answer whose texts an external analyser is asked about before it leaves.
//! Knows nothing of how it is reached. What the kernel has masked stands masked in every question.

use std::sync::Arc;

use super::analyser::Analyser;
use super::analyser_fault::AnalyserFault;
use super::apply::{self, Nulls};
use super::asked::Asked;
use super::examiner::Examiner;
use super::release::Prepared;
use super::scan::Scan;
use super::splice;
use super::tape::Tape;
use super::{Secrets, mask_json};
use crate::json::Json;
use crate::refusal::Refusal;

/// An answer whose texts are being analysed; what is left of it may leave once all of them are answered.
#[must_use]
pub struct Analysis {
    prepared: Prepared,
    analyser: Option<Arc<Analyser>>,
    asked: Asked,
}

impl Analysis {
    /// Nobody is asked.
    pub(super) fn nothing(prepared: Prepared) -> Self {
        Self {
            prepared,
            analyser: None,
            asked: Asked::nothing(),
        }
    }

    /// Gathers the texts of an answer, each once.
    pub(super) fn of(prepared: Prepared, analyser: Arc<Analyser>) -> Result<Self, AnalyserFault> {
        let asked = Asked::of_body(&Tape::of(&prepared.body));
        if asked.is_too_much() {
            return Err(AnalyserFault::TooMuch);
        }
        Ok(Self {
            prepared,
            analyser: Some(analyser),
            asked,
        })
    }

    /// The bodies of the questions, one for each text.
    #[must_use]
    pub fn questions(&self) -> Vec<String> {
        let questions = |analyser: &Arc<Analyser>| self.asked.questions(analyser);
        self.analyser.as_ref().map_or_else(Vec::new, questions)
    }

    /// Masks what the answers find, one for each question and in their order, and lets the rest go on.
    ///
    /// # Errors
    /// [`Refusal::Withheld`] where an answer is missing, is not to be believed, or its mask cannot be applied.
    pub fn answered(self, answers: &[Vec<u8>]) -> Result<Prepared, Refusal> {
        let Self {
            mut prepared,
            analyser,
            asked,
        } = self;
        let Some(analyser) = analyser else {
            return Ok(prepared);
        };
        let (key, profile) = (Arc::clone(&prepared.key), prepared.profile.clone());
        let secrets = Secrets::none();
        let scan = Scan {
            profile: &profile,
            secrets: &secrets,
            scope_key: &key,
        };
        let examiner = Examiner::minting(&scan);
        let found = asked.found(&examiner, &analyser, answers)?;
        if !found.is_empty() {
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
