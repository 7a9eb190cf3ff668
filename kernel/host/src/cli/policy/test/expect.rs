//! What a case says must come out. What it does not say is not looked at.
//! Knows nothing of how decisions are made.

use std::collections::BTreeSet;

use aegis_core::denial::Phase;
use aegis_core::source::Section;
use toml::Spanned;

use super::told::{LISTS, Told};

/// What must come out.
pub(super) struct Expect {
    pub(super) permit: bool,
    /// Texts that must be the same, by their key.
    texts: Vec<(&'static str, String)>,
    /// Lists that must be the same, by their key.
    lists: Vec<(&'static str, Vec<String>)>,
    /// A part of the reason, and of the fix.
    parts: Vec<(&'static str, String)>,
    /// Every rule that is named, with its place.
    pub(super) rules: Vec<Spanned<String>>,
}

/// What is said of permits alone.
const OF_PERMITS: [&str; 14] = [
    "masks",
    "mask_rules",
    "drop",
    "rename",
    "caps",
    "limit",
    "statement",
    "detect",
    "charges",
    "lookups",
    "measured",
    "small_groups",
    "analysed",
    "spends",
];

impl Expect {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        section.require("expect");
        let expect = section.parsed("expect", "`permit` or `deny`", |word| match word {
            "permit" => Some(true),
            "deny" => Some(false),
            _ => None,
        });
        let permit = expect.map(Spanned::into_inner);
        let mut this = Self {
            permit: permit.unwrap_or(true),
            texts: Vec::new(),
            lists: Vec::new(),
            parts: Vec::new(),
            rules: Vec::new(),
        };
        if permit == Some(false) {
            section.require("rule");
        }
        let misplaced = |section: &Section<'_>, key: &'static str, of: bool| {
            if section.has(key) && permit.is_some_and(|permit| permit != of) {
                let (what, fix) = match of {
                    true => ("a permit", "leave it out, or expect `permit`"),
                    false => ("a denial", "leave it out, or expect `deny`"),
                };
                let message = format!("`{key}` is said of {what}");
                section.problem(section.key_span(key), message, fix);
            }
        };
        for key in ["rule", "phase", "reason", "says", "fix", "objections"] {
            misplaced(section, key, false);
        }
        for key in OF_PERMITS {
            misplaced(section, key, true);
        }
        let rule = section.text("rule");
        this.texts
            .extend(rule.iter().map(|rule| ("rule", rule.get_ref().clone())));
        this.rules.extend(rule);
        let words = "a phase such as `admission`, `block`, `argument` or `precondition`";
        let phase = section.parsed("phase", words, Phase::parse);
        let phase = phase.map(|phase| ("phase", phase.get_ref().as_str().to_owned()));
        this.texts.extend(phase);
        for key in ["reason", "caps", "limit", "statement", "measured"] {
            let text = section.text(key).map(Spanned::into_inner);
            this.texts.extend(text.map(|text| (key, text)));
        }
        let analysed = section.flag("analysed");
        this.texts
            .extend(analysed.map(|flag| ("analysed", flag.to_string())));
        for (key, of) in [("says", "reason"), ("fix", "fix")] {
            let text = section.need_part(key);
            this.parts.extend(text.map(|text| (of, text)));
        }
        this.read_lists(section);
        permit.map(|_| this)
    }

    fn read_lists(&mut self, section: &mut Section<'_>) {
        for key in LISTS {
            let Some(texts) = list(section, key) else {
                continue;
            };
            if matches!(key, "objections" | "shadows") {
                self.rules.extend(texts.iter().cloned());
            }
            let texts = texts.into_iter().map(Spanned::into_inner);
            self.lists.push((key, texts.collect()));
        }
    }

    /// Whether the case names the rule.
    pub(super) fn names(&self, rule: &str) -> bool {
        self.rules.iter().any(|one| one.get_ref() == rule)
    }

    /// Every difference, in words.
    pub(super) fn differences(&self, told: &Told) -> Vec<String> {
        let decision = if self.permit { "permit" } else { "deny" };
        let got = told.text("decision");
        if got != decision {
            return vec![format!("expected {decision}, got {got}")];
        }
        let mut found = Vec::new();
        for (key, wanted) in &self.texts {
            let got = told.text(key);
            if got != wanted {
                found.push(format!("{key}: expected `{wanted}`, got `{got}`"));
            }
        }
        for (key, wanted) in &self.parts {
            let got = told.text(key);
            if !got.contains(wanted.as_str()) {
                found.push(format!("{key}: expected `… {wanted} …`, got `{got}`"));
            }
        }
        for (key, wanted) in &self.lists {
            let got = told.list(key);
            // In which order a list is written says nothing.
            let same =
                wanted.iter().collect::<BTreeSet<_>>() == got.iter().collect::<BTreeSet<_>>();
            if !same {
                found.push(format!("{key}: expected {wanted:?}, got {got:?}"));
            }
        }
        found
    }
}

trait NeedPart {
    fn need_part(&mut self, key: &'static str) -> Option<String>;
}

impl NeedPart for Section<'_> {
    /// A part of a text; an empty one would be a part of every text.
    fn need_part(&mut self, key: &'static str) -> Option<String> {
        self.has(key)
            .then(|| self.need_text(key).map(Spanned::into_inner))
            .flatten()
    }
}

/// A list of texts that may be empty: nothing of the kind must come out.
fn list(section: &mut Section<'_>, key: &'static str) -> Option<Vec<Spanned<String>>> {
    let empty = section.json().get(key).and_then(|given| given.as_array());
    if empty.is_some_and(<[_]>::is_empty) {
        let _ = section.any(key);
        return Some(Vec::new());
    }
    section.texts(key)
}
