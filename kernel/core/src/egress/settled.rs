//! A value searched until nothing more is found beside the masks that it gets.
//! Knows nothing of how a value is walked.

use super::apply::{self, Nulls};
use super::cannot_mask::CannotMask;
use super::context::Context;
use super::examiner::Examiner;
use super::finding::Finding;
use super::remap;
use super::splice::{self, Splices};
use super::tape::Tape;
use super::trail;
use super::walk::{self, Found};

/// How often a value is searched again where what is left may be more than it seemed.
const ROUNDS_MAX: usize = 8;

/// Finds and masks.
pub(super) fn mask(
    examiner: &mut Examiner<'_>,
    tape: &Tape<'_>,
    nulls: Nulls,
) -> Result<(Splices, Vec<Finding>), CannotMask> {
    let found = find(examiner, tape)?;
    apply::apply(examiner, tape, found, nulls)
}

/// Finds until nothing more is found beside the masks.
pub(super) fn find(examiner: &mut Examiner<'_>, tape: &Tape<'_>) -> Result<Vec<Found>, CannotMask> {
    let mut found = all(examiner, tape)?;
    if !std::mem::take(&mut examiner.again) {
        return Ok(found);
    }
    // What goes over a seam was found after the texts beside it were searched, what breaks a structure may be found, and a
    // mask may be longer than what it hides: what is left may be more than it seemed. It is searched beside masks that keep
    // nothing, and then as it will be written.
    let mut searched = None;
    examiner.opaque = true;
    for _ in 0..ROUNDS_MAX {
        let (splices, _) = apply::apply(examiner, tape, found.clone(), Nulls::Never)?;
        let mut ends = searched.as_ref() == Some(&splices);
        if !ends {
            let more = all(examiner, &splice::tape(tape, &splices))?;
            examiner.again = false;
            ends = more.is_empty();
            found = remap::add(examiner, tape, found, more)?;
            searched = Some(splices);
        }
        if ends && !std::mem::take(&mut examiner.opaque) {
            return Ok(found);
        }
    }
    Err(CannotMask::Unsettled)
}

fn all(examiner: &mut Examiner<'_>, tape: &Tape<'_>) -> Result<Vec<Found>, CannotMask> {
    let split = match examiner.secrets().is_empty() {
        true => Vec::new(),
        false => trail::find(examiner.secrets(), tape),
    };
    // A text that holds one alone is among all of them.
    examiner.secretless = split.is_empty();
    let found = walk::find(examiner, tape.root(), Context::default(), 0);
    examiner.secretless = false;
    let mut found = found?;
    examiner.again |= !split.is_empty();
    found.extend(split);
    Ok(found)
}
