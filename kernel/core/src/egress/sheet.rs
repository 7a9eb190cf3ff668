//! A text or a JSON source that the kernel has searched, and to which an external analyser may add before it is written.
//! Knows nothing of how an analyser is reached.

use super::analyser::Analyser;
use super::analyser_fault::AnalyserFault;
use super::apply::{self, Nulls};
use super::asked::Asked;
use super::cannot_mask::CannotMask;
use super::examiner::Examiner;
use super::finding::Finding;
use super::replacement::{Replacement, replacements};
use super::scan::{Scan, mask_source, mask_text};
use super::settled;
use super::splice;
use super::tape::Tape;
use super::walk::Found;

/// What was searched, with what was found so far. What an analyser is asked about holds masks in its place.
#[must_use]
pub struct Sheet<'s> {
    source: &'s str,
    /// A JSON source, and no text.
    json: bool,
    tape: Tape<'s>,
    found: Vec<Found>,
    analysed: Vec<Found>,
}

/// What is written of a sheet.
pub struct Written {
    /// The text or the source with its masks.
    pub masked: String,
    /// What the kernel found.
    pub findings: Vec<Finding>,
    /// What the analyser found.
    pub analysed: Vec<Finding>,
}

impl<'s> Sheet<'s> {
    /// Searches a text.
    ///
    /// # Errors
    /// As [`mask_text`].
    pub fn text(scan: &Scan<'_>, text: &'s str) -> Result<Self, CannotMask> {
        Self::of(scan, text, false, Tape::of_text(text))
    }

    /// Searches the text of a JSON value.
    ///
    /// # Errors
    /// As [`mask_source`].
    pub fn json(scan: &Scan<'_>, source: &'s str) -> Result<Self, CannotMask> {
        let tape = Tape::read(source).map_err(CannotMask::NotJson)?;
        Self::of(scan, source, true, tape)
    }

    fn of(
        scan: &Scan<'_>,
        source: &'s str,
        json: bool,
        tape: Tape<'s>,
    ) -> Result<Self, CannotMask> {
        let found = settled::find(&mut Examiner::new(scan), &tape)?;
        Ok(Self {
            source,
            json,
            tape,
            found,
            analysed: Vec::new(),
        })
    }

    /// The questions about it, each text with the kernel's masks in it.
    ///
    /// # Errors
    /// [`CannotMask`] where a mask cannot be applied.
    pub fn questions(
        &self,
        scan: &Scan<'_>,
        analyser: &Analyser,
    ) -> Result<Vec<String>, CannotMask> {
        let (asked, _) = self.asked(scan)?;
        Ok(asked.questions(analyser))
    }

    fn asked(&self, scan: &Scan<'_>) -> Result<(Asked, splice::Splices), CannotMask> {
        let examiner = Examiner::new(scan);
        let (splices, _) = apply::apply(&examiner, &self.tape, self.found.clone(), Nulls::Never)?;
        let masked = splice::tape(&self.tape, &splices);
        Ok((Asked::of_value(masked.root()), splices))
    }

    /// Adds what the answers find, one for each question and in their order.
    ///
    /// # Errors
    /// [`AnalyserFault`] where an answer is missing or not to be believed: nothing of the sheet may be written.
    pub fn answered(
        &mut self,
        scan: &Scan<'_>,
        analyser: &Analyser,
        answers: &[Vec<u8>],
    ) -> Result<(), AnalyserFault> {
        let (asked, splices) = self.asked(scan).map_err(|_| AnalyserFault::Partial)?;
        let found = asked.found(&Examiner::new(scan), analyser, answers)?;
        self.analysed = found;
        for (ordinal, hit) in &mut self.analysed {
            let own = splices.list.iter().filter(|one| one.ordinal == *ordinal);
            // What is beside the masks stood in the source as it stands in the question.
            let (mut gained, mut lost) = (0, 0);
            for splice in own {
                if splice.start + gained >= hit.start + lost {
                    break;
                }
                gained += splices.mask(splice).map_or(0, str::len);
                lost += splice.end - splice.start;
            }
            let back = |at: usize| (at + lost).saturating_sub(gained);
            hit.span((back(hit.start), back(hit.end)));
        }
        Ok(())
    }

    /// What stands where, for who writes a text in pieces.
    ///
    /// # Errors
    /// [`CannotMask::Withheld`] where the profile says so.
    pub fn spans(&self, scan: &Scan<'_>) -> Result<Vec<Replacement>, CannotMask> {
        let examiner = Examiner::new(scan);
        let all = self.found.iter().chain(&self.analysed);
        let hits = all.map(|(_, hit)| hit.clone()).collect();
        replacements(&examiner, self.source, hits)
    }

    /// Writes the masks. Where an analyser added some, what is left is searched once more: a mask can uncover
    /// what stood beside it.
    ///
    /// # Errors
    /// As [`mask_source`].
    pub fn write(self, scan: &Scan<'_>) -> Result<Written, CannotMask> {
        let examiner = Examiner::new(scan);
        let nulls = match self.json {
            true => Nulls::AsProfile,
            false => Nulls::Never,
        };
        let (_, findings) = apply::apply(&examiner, &self.tape, self.found.clone(), nulls)?;
        let (_, analysed) = apply::apply(&examiner, &self.tape, self.analysed.clone(), nulls)?;
        let more = !self.analysed.is_empty();
        let all = [self.found, self.analysed].concat();
        let (splices, _) = apply::apply(&examiner, &self.tape, all, nulls)?;
        let masked = match self.json {
            true => splice::source(self.source, &splices),
            false => splices.text(self.source),
        };
        let masked = match (more, self.json) {
            (false, _) => masked,
            (true, true) => mask_source(scan, &masked)?.0,
            (true, false) => mask_text(scan, &masked)?.0,
        };
        Ok(Written {
            masked,
            findings,
            analysed,
        })
    }
}
