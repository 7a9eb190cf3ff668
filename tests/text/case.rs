//! One line of a corpus: a text or a JSON value, and what must be found in it.
//! Knows nothing of tests.

use std::sync::LazyLock;

use aegis_core::egress::{Finding, Profile, Scan, ScopeKey, Secrets, mask_json};
use aegis_core::json::{Json, Pointer, parse};
use aegis_core::limits::RESPONSE_RULES;

/// The key under which all tests make tokens.
pub static SCOPE: LazyLock<ScopeKey> = LazyLock::new(|| ScopeKey::new(&[7; 32]));

/// One line.
pub struct Case {
    pub id: String,
    pub value: Json,
    /// Pointer (`key` for a key) and the part of the leaf that must be covered.
    pub find: Vec<(String, String)>,
    /// What the parts are.
    pub kinds: Vec<String>,
}

/// Masks under the standard profile.
pub fn mask(value: Json) -> (Json, Vec<Finding>) {
    let profile = Profile::standard();
    let scan = Scan {
        profile: &profile,
        secrets: &Secrets::none(),
        scope_key: &SCOPE,
    };
    mask_json(&scan, value).unwrap()
}

/// The text of a leaf as findings count it.
pub fn leaf(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Case {
    /// All lines of `tests/corpus/text/NAME.jsonl`.
    pub fn read(name: &str) -> Vec<Self> {
        let path = aegis_tests::root().join(format!("tests/corpus/text/{name}.jsonl"));
        let lines = std::fs::read_to_string(path).unwrap();
        lines.lines().map(Self::of).collect()
    }

    fn of(line: &str) -> Self {
        let line = parse(line.as_bytes(), &RESPONSE_RULES).unwrap();
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        let find = line.get("find").and_then(Json::as_array).unwrap();
        Self {
            id: text(line.get("id").unwrap()),
            value: line.get("text").or(line.get("json")).unwrap().clone(),
            kinds: find
                .iter()
                .map(|one| text(&one.as_array().unwrap()[0]))
                .collect(),
            find: find
                .iter()
                .map(|one| {
                    let one = one.as_array().unwrap();
                    (text(&one[1]), text(&one[2]))
                })
                .collect(),
        }
    }

    pub fn mask(&self) -> (Json, Vec<Finding>) {
        mask(self.value.clone())
    }

    /// What should have been found and was not.
    pub fn missed(&self) -> Option<String> {
        let (_, findings) = self.mask();
        let missed: Vec<_> = self
            .find
            .iter()
            .filter(|(pointer, part)| !self.covers(&findings, pointer, part))
            .collect();
        (!missed.is_empty()).then(|| format!("{}: {missed:?} in {}", self.id, self.value))
    }

    fn covers(&self, findings: &[Finding], pointer: &str, part: &str) -> bool {
        if pointer == "key" {
            return findings.iter().any(|finding| finding.in_key);
        }
        let pointer = Pointer::parse(pointer).unwrap();
        let leaf = leaf(self.value.at(&pointer).unwrap());
        let start = leaf.find(part).unwrap();
        (start..start + part.len()).all(|at| {
            findings.iter().any(|finding| {
                finding.pointer == pointer && (finding.start..finding.end).contains(&at)
            })
        })
    }

    /// What was found although nothing is there.
    pub fn touched(&self) -> Option<String> {
        let (masked, findings) = self.mask();
        let wrong = !findings.is_empty() || masked != self.value;
        wrong.then(|| format!("{}: {findings:?} in {}", self.id, self.value))
    }

    /// Every part that was to be found is gone from the leaf.
    pub fn assert_hides(&self, masked: &Json) {
        for (pointer, part) in &self.find {
            let gone = match Pointer::parse(pointer).and_then(|at| masked.at(&at).cloned()) {
                Some(now) if part.len() > 3 => !leaf(&now).contains(part.as_str()),
                _ => true,
            };
            assert!(gone, "{}: {part} is still in {masked}", self.id);
        }
    }
}
