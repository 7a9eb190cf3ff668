//! `detect` of a transform: which profile the detectors use, and how it differs.
//! Knows nothing of profiles' contents; the vocabulary holds names and types against them.

use serde_spanned::Spanned;

use crate::policy::{Detect, Operator};
use crate::source::{Section, did_you_mean};

/// What one rule has the detectors look for.
///
/// ```toml
/// detect = "standard"
/// detect = { profile = "standard", CREDIT_CARD = "keep-last-4", PHONE_NUMBER = "off" }
/// ```
#[derive(Clone, Debug)]
pub struct DetectRule {
    /// The profile.
    pub profile: Spanned<String>,
    /// Types that are masked otherwise; `None` is not at all.
    pub by_type: Vec<(Spanned<String>, Option<Operator>)>,
}

impl DetectRule {
    /// Reads the key `detect`, a profile's name or a table.
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        if !section.is_table("detect") {
            return Some(Self {
                profile: section.text("detect")?,
                by_type: Vec::new(),
            });
        }
        let mut profile = None;
        let mut by_type = Vec::new();
        for (key, word) in section.pairs("detect") {
            if key.get_ref() == "profile" {
                profile = Some(word);
                continue;
            }
            match Operator::parse(word.get_ref()) {
                Some(operator) => by_type.push((key, Some(operator))),
                None if word.get_ref() == "off" => by_type.push((key, None)),
                None => {
                    let message = format!("`{}` is no mask", word.get_ref().escape_debug());
                    let fix = did_you_mean(word.get_ref(), Operator::WORDS);
                    section.problem(word.span(), message, fix);
                }
            }
        }
        if profile.is_none() {
            section.problem(
                section.span(),
                "`detect` lacks `profile`",
                "add `profile = \"standard\"`",
            );
        }
        Some(Self {
            profile: profile?,
            by_type,
        })
    }

    /// What the answer owes for it.
    pub(in crate::policy) fn owed(&self) -> Detect {
        let by_type = self.by_type.iter();
        Detect {
            profile: self.profile.get_ref().clone(),
            by_type: by_type
                .map(|(name, operator)| (name.get_ref().clone(), *operator))
                .collect(),
        }
    }
}
