//! One text of a value: searched, or known by what was learnt of others of its column.
//! Knows nothing of where the text stands.

use super::alike::{Cells, Known, Verdict};
use super::cannot_mask::CannotMask;
use super::context::Context;
use super::hit::Hit;
use super::look::Look;
use super::summary::Summary;
use super::walk::Walk;
use super::whole::AtOnce;

impl Walk<'_, '_, '_> {
    /// Searches one text, if what was learnt of others of its column does not say what is found in it.
    pub(super) fn cell(
        &mut self,
        ordinal: usize,
        text: &str,
        context: Context,
        cells: Option<&Cells>,
    ) -> Result<Look, CannotMask> {
        let alike = cells.and_then(|cells| cells.look(text));
        let known = cells.zip(alike.as_ref());
        if let Some(known) = known.and_then(|(cells, alike)| cells.get(alike)) {
            self.known(ordinal, text, context, &known)?;
            return Ok(known.look);
        }
        let summary = Summary::ahead(text, &mut self.examiner.lexed);
        let verdict = self.text(ordinal, text, &summary, context)?;
        let look = Look::at(text, &summary);
        if let Some((cells, alike)) = cells.zip(alike) {
            cells.add(alike, Known::new(summary, look, verdict));
        }
        Ok(look)
    }

    /// Takes what is known of a text, or searches it.
    fn known(
        &mut self,
        ordinal: usize,
        text: &str,
        context: Context,
        known: &Known,
    ) -> Result<(), CannotMask> {
        let hit = match known.verdict() {
            Verdict::Ask => None,
            Verdict::Nothing => Some(None),
            Verdict::Whole(kind) => Some(Some(Hit::new(kind, 0, text.len()))),
        };
        match hit.filter(|_| !self.examiner.has_secret(text, self.layer)) {
            Some(hit) => {
                self.allow(text);
                self.examiner.went_over_all(text);
                self.found.extend(hit.map(|hit| (ordinal, hit)));
                Ok(())
            }
            None => self.text(ordinal, text, &known.summary, context).map(drop),
        }
    }

    /// What a text as it was given may unfold to.
    fn allow(&mut self, text: &str) {
        if self.layer == 0 {
            self.examiner.allow(text.len());
        }
    }

    /// Searches one text: what may be said of others that look like it.
    pub(super) fn text(
        &mut self,
        ordinal: usize,
        text: &str,
        summary: &Summary,
        context: Context,
    ) -> Result<Verdict, CannotMask> {
        self.allow(text);
        let layer = self.layer;
        match self.examiner.at_once(text, summary, context, layer)? {
            AtOnce::Nothing => Ok(Verdict::Nothing),
            AtOnce::Found(kind) => {
                let whole = kind.map(|kind| (ordinal, Hit::new(kind, 0, text.len())));
                self.found.extend(whole);
                Ok(match kind {
                    _ if summary.digits() > 0 => Verdict::Ask,
                    None => Verdict::Nothing,
                    Some(kind) => Verdict::Whole(kind),
                })
            }
            AtOnce::Unsaid => {
                let hits = self.examiner.at_length(text, summary, context, layer)?;
                self.found
                    .extend(hits.into_iter().map(|hit| (ordinal, hit)));
                Ok(Verdict::Ask)
            }
        }
    }
}
