//! Reads `[masking.analyser]`: where an external analyser is, what it is asked, what its types mean.
//! Knows nothing of which tools it is for; rules say that.

use std::collections::BTreeMap;
use std::path::Path;

use aegis_core::egress::{self, Kind};
use aegis_core::limits;
use aegis_core::source::{Problem, Section, Source, did_you_mean};

use super::files;
use crate::config::AnalyserConfig;
use crate::dial::{Address, AddressFault};

/// The analyser that a configuration names, and nothing else of it.
///
/// # Errors
/// What is wrong with it, or that there is none.
pub fn alone(path: &Path) -> Result<AnalyserConfig, Vec<Problem>> {
    let text = files::root(path)?;
    let base = path.parent().unwrap_or(Path::new(""));
    Source::read(&files::display(path), &text, |root| {
        root.require("masking");
        let mut masking = root.section("masking")?;
        root.skip_others();
        masking.require("analyser");
        let found = read(&mut masking, base);
        masking.skip_others();
        found
    })
}

pub(super) fn read(masking: &mut Section<'_>, base: &Path) -> Option<AnalyserConfig> {
    let mut section = masking.section("analyser")?;
    section.require("url");
    let url = section.text("url");
    let ca = section.text("ca");
    let timeout = section.count("timeout_ms");
    let score = section.number("score_min");
    let language = section.parsed("language", "a language such as `en`", language);
    let form = "a type such as `PERSON`";
    let entities = section.parsed_list("entities", form, |text| {
        is_type(text).then(|| text.to_owned())
    });
    let types = types(&mut section);
    if let Some(bound) = &timeout
        && !(1..=limits::ANALYSER_TIMEOUT_MS_MAX).contains(bound.get_ref())
    {
        let most = limits::ANALYSER_TIMEOUT_MS_MAX;
        let message = format!("`timeout_ms` is not within 1 to {most}");
        section.problem(bound.span(), message, "give a time in milliseconds");
    }
    if let Some(bound) = &score
        && !(0.0..=1.0).contains(bound.get_ref())
    {
        let message = "`score_min` is not within 0 to 1";
        section.problem(bound.span(), message, "give a score such as 0.5");
    }
    let url = url?;
    let address = match Address::parse(url.get_ref(), "/analyze", false) {
        Ok(address) => address,
        Err(fault) => {
            let fix = match fault {
                AddressFault::Form => "give `http://HOST:PORT/analyze` without user or fragment",
                AddressFault::Elsewhere => {
                    "use https, or run the analyser on this machine: 127.0.0.1, [::1] or localhost"
                }
            };
            section.problem(url.span(), fault.to_string(), fix);
            return None;
        }
    };
    if let Some(ca) = ca.as_ref().filter(|_| !address.is_proven()) {
        let message = "`ca` says nothing of an analyser without `https`";
        section.problem(ca.span(), message, "take it out, or use https");
    }
    let entities = entities.unwrap_or_default().into_iter();
    Some(AnalyserConfig {
        address,
        ca: ca.map(|path| base.join(path.get_ref())),
        timeout_ms: timeout.map_or(limits::ANALYSER_TIMEOUT_MS, |bound| *bound.get_ref()),
        terms: egress::Analyser {
            language: language.map_or_else(|| "en".to_owned(), |word| word.into_inner()),
            score_min: score.map_or(0.0, |bound| *bound.get_ref()),
            entities: entities.map(|name| name.into_inner()).collect(),
            types,
        },
    })
}

fn types(section: &mut Section<'_>) -> BTreeMap<String, Option<Kind>> {
    let mut types = BTreeMap::new();
    for (name, word) in section.pairs("types") {
        if !is_type(name.get_ref()) || types.len() >= limits::ANALYSER_TYPES_MAX {
            let message = format!(
                "`{}` is no type of an analyser",
                name.get_ref().escape_debug()
            );
            section.problem(name.span(), message, "use a name such as `PERSON`");
            continue;
        }
        let kind = Kind::named(word.get_ref()).filter(|kind| *kind != Kind::SECRET);
        match (kind, word.get_ref().as_str()) {
            (Some(kind), _) => types.insert(name.into_inner(), Some(kind)),
            (None, "off") => types.insert(name.into_inner(), None),
            (None, given) => {
                let message = format!("`{}` is no type that can be masked", given.escape_debug());
                let fix = did_you_mean(given, Kind::names().chain(["off"]));
                section.problem(word.span(), message, fix);
                continue;
            }
        };
    }
    types
}

fn is_type(text: &str) -> bool {
    (1..=limits::NAME_BYTES_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn language(text: &str) -> Option<String> {
    let fits = (2..=16).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    fits.then(|| text.to_owned())
}
