//! Reads a profile from TOML: bases, families, types, and detectors of the operator's own.
//! Knows nothing of what is searched with it.

use std::sync::Arc;

use serde_spanned::Spanned;

use super::detect::{OwnDetector, Tier, Validator};
use super::kind::{Family, Kind};
use super::profile::Profile;
use crate::limits;
use crate::policy::Operator;
use crate::source::{Problem, Section, Source, did_you_mean};

const FAMILIES: [(&str, Family); 6] = [
    ("personal", Family::Personal),
    ("national", Family::National),
    ("financial", Family::Financial),
    ("health", Family::Health),
    ("network", Family::Network),
    ("secret", Family::Secret),
];
/// The base in which nothing is on.
const NOTHING: &str = "nothing";

pub(super) fn read(text: &str, file: &str) -> Result<Profile, Vec<Problem>> {
    Source::read(file, text, |root| {
        let mut profile = base(root)?;
        if let Some(operator) = operator(root, "default") {
            profile.set_all_on(operator);
        }
        for (name, word) in root.pairs("family") {
            let Some((_, family)) = FAMILIES.iter().find(|(known, _)| known == name.get_ref())
            else {
                let message = format!("no family `{}`", name.get_ref().escape_debug());
                let fix = did_you_mean(name.get_ref(), FAMILIES.map(|(name, _)| name));
                root.problem(name.span(), message, fix);
                continue;
            };
            if let Some(operator) = operator_or_off(root, &word) {
                profile.set_family(*family, operator);
            }
        }
        for mut section in root.sections("detector") {
            detector(&mut section, &mut profile);
        }
        for (name, word) in root.pairs("mask") {
            // Known secrets never leave; there is nothing to choose.
            let kind = profile
                .kind(name.get_ref())
                .filter(|kind| *kind != Kind::SECRET);
            match (kind, operator_or_off(root, &word)) {
                (Some(kind), Some(operator)) => profile.set(kind, operator),
                (None, _) => {
                    let message = format!(
                        "`{}` is no type that can be found",
                        name.get_ref().escape_debug()
                    );
                    let fix = did_you_mean(name.get_ref(), profile.types());
                    root.problem(name.span(), message, fix);
                }
                (Some(_), None) => {}
            }
        }
        Some(profile)
    })
}

fn base(root: &mut Section<'_>) -> Option<Profile> {
    if !root.has("base") {
        return Some(Profile::standard());
    }
    let name = root.text("base")?;
    let found = match name.get_ref().as_str() {
        NOTHING => Some(Profile::nothing()),
        name => Profile::named(name),
    };
    if found.is_none() {
        let message = format!("no profile `{}`", name.get_ref().escape_debug());
        let names = Profile::names().chain([NOTHING]);
        root.problem(name.span(), message, did_you_mean(name.get_ref(), names));
    }
    found
}

fn operator(section: &mut Section<'_>, key: &'static str) -> Option<Operator> {
    let word = section.text(key)?;
    operator_or_off(section, &word).flatten()
}

/// The operator that a word names, `Some(None)` for `off`; notes any other word.
fn operator_or_off(section: &Section<'_>, word: &Spanned<String>) -> Option<Option<Operator>> {
    let text = word.get_ref().as_str();
    if text == "off" {
        return Some(None);
    }
    let operator = Operator::parse(text);
    if operator.is_none() {
        let message = format!("`{}` is no mask", text.escape_debug());
        section.problem(word.span(), message, did_you_mean(text, Operator::WORDS));
    }
    operator.map(Some)
}

const NAME: &str = "a type's name of 2 to 48 of `A-Z 0-9 _`, with at most 4 digits";

fn type_name(text: &str) -> Option<String> {
    let fits = (2..=48).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .bytes()
            .all(|b| matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
        && text.bytes().filter(u8::is_ascii_digit).count() <= super::mask::NAME_DIGITS_MAX;
    fits.then(|| text.to_owned())
}

fn detector(section: &mut Section<'_>, profile: &mut Profile) {
    section.require("type");
    section.require("pattern");
    section.require("matches");
    section.require("rejects");
    let name = section.parsed("type", NAME, type_name);
    let pattern = section.text("pattern");
    let validator = section.parsed("validator", Validator::WORDS, Validator::parse);
    let tier = section.parsed("tier", Tier::WORDS, Tier::parse);
    let words = section.texts("words").unwrap_or_default();
    let mask = operator(section, "mask").unwrap_or(Operator::Token);
    let matches = section.texts("matches");
    let rejects = section.texts("rejects");
    let tier = tier.map_or(Tier::Pattern, Spanned::into_inner);
    if tier == Tier::Context && words.is_empty() {
        let fix = "add `words` that stand in keys, headings or before the value";
        section.problem(section.span(), "tier `context` without `words`", fix);
    }
    let (Some(name), Some(pattern)) = (name, pattern) else {
        return;
    };
    if profile.kind(name.get_ref()).is_some() {
        let message = format!("the type `{}` is there already", name.get_ref());
        section.problem(name.span(), message, "give the detector a name of its own");
        return;
    }
    let words = words.into_iter().map(Spanned::into_inner);
    let validator = validator.map_or(Validator::None, Spanned::into_inner);
    let made = OwnDetector::new(name.get_ref(), pattern.get_ref(), validator, tier, words);
    let detector = match made {
        Ok(detector) => detector,
        Err(fault) => {
            let fix = "write a linear-time pattern that matches at least one character";
            section.problem(pattern.span(), format!("not a pattern: {fault}"), fix);
            return;
        }
    };
    for example in matches.iter().flatten() {
        if !detector.matches_whole(example.get_ref()) {
            let message = "the example is not matched";
            let fix = "correct the pattern, the validator or the example";
            section.problem(example.span(), message, fix);
        }
    }
    for example in rejects.iter().flatten() {
        if detector.matches_anywhere(example.get_ref()) {
            let message = "the example is matched, though it must not be";
            let fix = "narrow the pattern, add a validator, or drop the example";
            section.problem(example.span(), message, fix);
        }
    }
    let operator = (tier != Tier::Off).then_some(mask);
    if profile.add(Arc::new(detector), operator).is_none() {
        let message = format!(
            "more than {} detectors of your own",
            limits::OWN_DETECTORS_MAX
        );
        section.problem(name.span(), message, "join patterns that are masked alike");
    }
}
