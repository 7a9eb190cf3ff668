//! How a labelled column leaves.
//! Knows nothing of which rules say so.

use crate::inspect::Output;
use crate::manifest::Label;
use crate::policy::Obligations;

/// What becomes of a labelled column of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaving {
    /// No mask is owed: it leaves as it is.
    Unmasked,
    /// A mask keeps a part of it readable, or searches it alone (`search`, `keep-last-4`, dates, classes).
    InPart,
    /// It leaves within sums over several rows, on the terms of a `[[measure]]`.
    Summed,
    /// Nothing of it stays readable.
    Masked,
}

impl Leaving {
    /// The word that questions use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unmasked => "unmasked",
            Self::InPart => "in-part",
            Self::Summed => "summed",
            Self::Masked => "masked",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Self::Unmasked, Self::InPart, Self::Summed, Self::Masked];
        all.into_iter().find(|one| one.word() == word)
    }

    /// What becomes of this label in the output at this place, by what the permit owes.
    pub(super) fn of(owed: &Obligations, (index, output): (usize, &Output), label: &Label) -> Self {
        let mask = owed.columns.iter().find(|mask| mask.index == index);
        let terms = owed.measured.as_ref();
        let guarded = output.summed.contains(label)
            && terms.is_some_and(|terms| terms.labels.contains(label));
        match mask {
            Some(mask) if mask.operator.keeps_a_part() => Self::InPart,
            Some(_) => Self::Masked,
            None if guarded => Self::Summed,
            None => Self::Unmasked,
        }
    }
}
