//! Configurations and XML inside a text: each value searched under the names above it.
//! Knows nothing of how they are read.

use super::cannot_mask::CannotMask;
use super::context::Context;
use super::examiner::Examiner;
use super::hit::Hit;
use super::tape::Tape;
use super::unwrap::{markup, outline};
use super::walk;
use crate::limits;

impl Examiner<'_> {
    /// What the names of a configuration say of its values. At the last layer it stays a text, which is searched all the same.
    pub(super) fn outlined(
        &mut self,
        text: &str,
        context: Context,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        if depth >= limits::DECODE_DEPTH_MAX {
            return Ok(());
        }
        let outline = outline::read(text);
        for tape in outline.into_iter().chain(markup::read(text)) {
            self.under_names(&tape, context, depth, hits)?;
        }
        Ok(())
    }

    fn under_names(
        &mut self,
        tape: &Tape<'_>,
        context: Context,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        for (ordinal, mut hit) in walk::find(self, tape.root(), context, depth + 1)? {
            let at = tape.texts().get(ordinal).map_or(0, |leaf| leaf.place().at);
            hit.start += at;
            hit.end += at;
            hits.push(hit);
        }
        Ok(())
    }
}
