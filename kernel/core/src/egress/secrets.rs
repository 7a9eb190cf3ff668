//! The secrets that the kernel itself holds, found in every spelling that a downstream may echo.
//! Knows nothing of whose they are; never prints them.

use std::collections::HashSet;

use thiserror::Error;

use super::bare::Bare;
use super::needles::Needles;
use super::secret_forms::{forms, spellings, taken_apart};
use crate::limits::SECRET_BYTES_MIN;

/// Fewest letters and digits that are looked for with anything between them: fewer come together by chance.
const LETTERS_MIN: usize = 10;
/// Longest secret that is looked for in forms and taken apart, in bytes; longer ones in their plain spellings.
const FORMS_BYTES_MAX: usize = 8 * 1024;

/// Known secrets. Neither `Debug` nor `Clone`: nothing prints them or carries them on.
pub struct Secrets {
    exact: Option<Needles>,
    /// Those of them that are not looked for taken apart.
    pub(super) whole: Option<Needles>,
    /// Taken apart: letters and digits alone, and what has too few of them.
    letters: Option<Needles>,
    marks: Option<Needles>,
}

/// Why a set of secrets is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SecretsFault {
    /// Shorter than six bytes: it would be found everywhere, or protect nothing.
    #[error("a secret is shorter than {SECRET_BYTES_MIN} bytes")]
    TooShort,
    /// More than can be searched for.
    #[error("the secrets are too many or too long to be searched for")]
    TooLarge,
}

/// What is looked for.
#[derive(Default)]
struct Wanted {
    exact: HashSet<Vec<u8>>,
    whole: HashSet<Vec<u8>>,
    letters: HashSet<Vec<u8>>,
    marks: HashSet<Vec<u8>>,
}

impl Wanted {
    fn add(&mut self, spelled: Vec<u8>, apart: bool) {
        if spelled.len() < SECRET_BYTES_MIN {
            return;
        }
        let text = std::str::from_utf8(&spelled).ok().filter(|_| apart);
        if !text.is_some_and(|text| self.add_apart(text)) {
            self.whole.insert(spelled.clone());
        }
        self.exact.insert(spelled);
    }

    /// Adds what is left of a text that is taken apart; whether it is enough to be looked for. Wherever the text stands,
    /// what is left of it stands in what is left of the texts around.
    fn add_apart(&mut self, text: &str) -> bool {
        let letters = Bare::Letters.of(text);
        if letters.len() >= LETTERS_MIN {
            self.letters.insert(letters);
            return true;
        }
        let marks = Bare::Marks.of(text);
        let enough = marks.len() >= SECRET_BYTES_MIN;
        if enough {
            self.marks.insert(marks);
        }
        enough
    }
}

impl Secrets {
    /// No secrets.
    #[must_use]
    pub fn none() -> Self {
        Self {
            exact: None,
            whole: None,
            letters: None,
            marks: None,
        }
    }

    /// Takes the secrets as bytes.
    ///
    /// # Errors
    /// [`SecretsFault`] where one is too short or all are too large.
    pub fn new<B: AsRef<[u8]>>(secrets: impl IntoIterator<Item = B>) -> Result<Self, SecretsFault> {
        let mut wanted = Wanted::default();
        for secret in secrets {
            let secret = secret.as_ref();
            if secret.len() < SECRET_BYTES_MIN {
                return Err(SecretsFault::TooShort);
            }
            let apart = secret.len() <= FORMS_BYTES_MAX;
            let forms = if apart {
                forms(secret)
            } else {
                vec![secret.to_vec()]
            };
            for form in forms {
                for spelled in spellings(&form) {
                    wanted.add(spelled, apart);
                }
                for spelled in taken_apart(&form).into_iter().filter(|_| apart) {
                    let letters = Bare::Letters.of(&spelled);
                    if letters.len() >= LETTERS_MIN {
                        wanted.letters.insert(letters);
                    } else {
                        wanted.add(spelled.into_bytes(), apart);
                    }
                }
                wanted.add(form, apart);
            }
        }
        let needles = |wanted| Needles::new(wanted).map_err(|_| SecretsFault::TooLarge);
        Ok(Self {
            exact: needles(wanted.exact)?,
            whole: needles(wanted.whole)?,
            letters: needles(wanted.letters)?,
            marks: needles(wanted.marks)?,
        })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exact.is_none()
    }

    /// Whether a text holds one in one piece.
    pub(super) fn is_plainly_in(&self, text: &str) -> bool {
        let exact = self.exact.as_ref();
        exact.is_some_and(|exact| exact.are_in(text.as_bytes()))
    }

    /// Spans of secrets in a text, in one piece or taken apart; they may overlap.
    pub(super) fn find(&self, text: &str) -> Vec<(usize, usize)> {
        let exact = self.exact.iter();
        let mut found: Vec<_> = exact.flat_map(|one| one.find(text.as_bytes())).collect();
        for (bare, needles) in self.apart() {
            let left = bare.of(text);
            let apart: Vec<_> = needles.find(&left).collect();
            found.extend(bare.places(text, &apart));
        }
        found
    }

    /// What is looked for taken apart, each with what it is looked for in.
    pub(super) fn apart(&self) -> impl Iterator<Item = (Bare, &Needles)> {
        let letters = self.letters.iter().map(|needles| (Bare::Letters, needles));
        letters.chain(self.marks.iter().map(|needles| (Bare::Marks, needles)))
    }
}
