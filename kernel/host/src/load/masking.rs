//! Reads `[masking]`: within what tokens join, and the operator's own detector profiles.
//! Knows nothing of what a profile holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aegis_core::egress::{Profile, Profiles, TokenScope};
use aegis_core::json::Json;
use aegis_core::source::{Problem, Section, digest};

use super::analyser;
use super::files::{self, Named, Place};
use crate::config::AnalyserConfig;
use crate::rules::{RuleText, RuleTextKind};

/// What the section says, and where it names files.
#[derive(Default)]
pub(super) struct Masking {
    pub(super) tokens: TokenScope,
    pub(super) profiles: BTreeMap<String, Named>,
    pub(super) analyser: Option<AnalyserConfig>,
}

const SCOPE: &str = "`run`, `principal` or `shared`";

pub(super) fn read(root: &mut Section<'_>, file: &str, base: &Path) -> Masking {
    let Some(mut section) = root.section("masking") else {
        return Masking::default();
    };
    let tokens = section.parsed("tokens", SCOPE, TokenScope::parse);
    let analyser = analyser::read(&mut section, base);
    let mut profiles = BTreeMap::new();
    for (name, path) in section.pairs("profiles") {
        if !is_name(name.get_ref()) {
            let message = format!("`{}` is no profile's name", name.get_ref().escape_debug());
            section.problem(
                name.span(),
                message,
                "use lower-case letters, digits and `-`",
            );
            continue;
        }
        let named = Named {
            path: base.join(path.get_ref()),
            at: Place {
                file: file.to_owned(),
                span: path.span(),
            },
        };
        profiles.insert(name.into_inner(), named);
    }
    Masking {
        tokens: tokens.map_or_else(TokenScope::default, |word| word.into_inner()),
        profiles,
        analyser,
    }
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// The built-in profiles and those that are named.
pub(super) fn profiles(
    named: &BTreeMap<String, Named>,
    texts: &mut Vec<RuleText>,
    problems: &mut Vec<Problem>,
) -> Profiles {
    let mut profiles = Profiles::built_in();
    for (name, file) in named {
        let shown = files::display(&file.path);
        let text = match files::text(&file.path, &file.at) {
            Ok(text) => text,
            Err(found) => {
                problems.extend(found);
                continue;
            }
        };
        match Profile::read(&text, &shown) {
            Ok(profile) => {
                let content = digest(&Json::from(text.as_str()));
                texts.push(RuleText {
                    kind: RuleTextKind::Profile,
                    name: name.clone(),
                    text,
                });
                if let Err(why) = profiles.add(name, profile, content) {
                    problems.push(file.at.problem(why, "rename it"));
                }
            }
            Err(found) => problems.extend(found),
        }
    }
    profiles
}

/// What counts of an analyser, as a text that the epoch is made of.
pub(super) fn terms(analyser: &AnalyserConfig) -> RuleText {
    RuleText {
        kind: RuleTextKind::Analyser,
        name: "analyser".to_owned(),
        text: analyser.terms.to_json().to_canonical(),
    }
}

/// The paths of profiles, for the configuration.
pub(super) fn paths(named: &BTreeMap<String, Named>) -> BTreeMap<String, PathBuf> {
    let path = |(name, file): (&String, &Named)| (name.clone(), file.path.clone());
    named.iter().map(path).collect()
}
