//! Detectors that operators add: a pattern, a validator, and words that must stand beside the value.
//! Knows nothing of files and profiles.

use regex::{Regex, RegexBuilder};

use super::{Text, checksum};
use crate::egress::fold;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::limits;

/// How far before a value its words may stand, in bytes.
const REACH_BYTES: usize = 64;

/// What a value's check digits must satisfy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::egress) enum Validator {
    /// Nothing.
    None,
    /// ISO/IEC 7812-1 Annex B.
    Luhn,
    /// ISO 7064 MOD 97-10, as in IBAN: the first four characters count last.
    Mod97,
    /// Weights 2 to 7 from the right, the last character the check, `X` for ten.
    Mod11,
    /// ISO 7064 MOD 11,10.
    Mod11And10,
    /// Verhoeff.
    Verhoeff,
}

impl Validator {
    pub(in crate::egress) const WORDS: &'static str =
        "one of `none`, `luhn`, `mod97`, `mod11`, `mod11-10`, `verhoeff`";

    pub(in crate::egress) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "none" => Self::None,
            "luhn" => Self::Luhn,
            "mod97" => Self::Mod97,
            "mod11" => Self::Mod11,
            "mod11-10" => Self::Mod11And10,
            "verhoeff" => Self::Verhoeff,
            _ => return None,
        })
    }

    fn holds(self, value: &str) -> bool {
        let compact: Vec<u8> = value
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| byte.to_ascii_uppercase())
            .collect();
        let digits: Vec<u8> = compact.iter().copied().filter(u8::is_ascii_digit).collect();
        match self {
            Self::None => true,
            Self::Luhn => digits.len() > 1 && checksum::luhn(&digits),
            Self::Mod97 => {
                let (head, tail) = compact.split_at(compact.len().min(4));
                compact.len() > 4 && checksum::mod97(tail.iter().chain(head).copied()) == 1
            }
            Self::Mod11 => mod11(&compact),
            Self::Mod11And10 => digits.len() > 1 && checksum::mod11_10(&digits),
            Self::Verhoeff => digits.len() > 1 && checksum::verhoeff(&digits),
        }
    }
}

fn mod11(compact: &[u8]) -> bool {
    let Some((check, rest)) = compact.split_last() else {
        return false;
    };
    let digits = rest.iter().rev().filter(|byte| byte.is_ascii_digit());
    let check = match check {
        b'X' => 10,
        digit if digit.is_ascii_digit() => checksum::value(*digit),
        _ => return false,
    };
    let weights = (2..=7_u32).cycle();
    let sum: u32 = digits
        .zip(weights)
        .map(|(digit, weight)| checksum::value(*digit) * weight)
        .sum();
    !rest.is_empty() && (sum + check).is_multiple_of(11)
}

/// When a detector speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::egress) enum Tier {
    /// Wherever the pattern matches.
    Pattern,
    /// Only where one of its words stands in the key, the heading or before the value.
    Context,
    /// Only where a rule turns it on.
    Off,
}

impl Tier {
    pub(in crate::egress) const WORDS: &'static str = "one of `pattern`, `context`, `off`";

    pub(in crate::egress) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "pattern" => Self::Pattern,
            "context" => Self::Context,
            "off" => Self::Off,
            _ => return None,
        })
    }
}

/// One added detector.
#[derive(Debug)]
pub(in crate::egress) struct OwnDetector {
    name: String,
    pattern: Regex,
    validator: Validator,
    tier: Tier,
    /// Each phrase as its words in lower case.
    phrases: Vec<Vec<String>>,
}

impl OwnDetector {
    /// Compiles a detector.
    ///
    /// # Errors
    /// What is wrong with the pattern, in one line.
    pub(in crate::egress) fn new(
        name: &str,
        pattern: &str,
        validator: Validator,
        tier: Tier,
        words: impl Iterator<Item = String>,
    ) -> Result<Self, String> {
        let compiled = RegexBuilder::new(pattern)
            .size_limit(limits::PATTERN_BYTES_MAX)
            .build()
            .map_err(|fault| match fault {
                regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
                fault => {
                    let text = fault.to_string();
                    let last = text.lines().last().unwrap_or("it cannot be read");
                    last.trim_start_matches("error: ").to_owned()
                }
            })?;
        if compiled.is_match("") {
            return Err("it matches the empty text".to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            pattern: compiled,
            validator,
            tier,
            phrases: words.map(|phrase| fold::words(&phrase)).collect(),
        })
    }

    pub(in crate::egress) fn name(&self) -> &str {
        &self.name
    }

    /// Whether a key, heading or label names the type.
    pub(in crate::egress) fn is_named_by(&self, words: &[String]) -> bool {
        self.phrases.iter().any(|phrase| {
            let length = phrase.len().max(1);
            words
                .windows(length)
                .any(|window| window == phrase.as_slice())
        })
    }

    /// Adds what is found in a text.
    pub(in crate::egress) fn find(&self, text: &Text<'_>, kind: Kind, hits: &mut Vec<Hit>) {
        let named = self.tier != Tier::Context || text.context.kinds.has(kind);
        for (start, end) in self.spans(text.text) {
            if named || self.is_named_before(text.text, start) {
                hits.push(Hit::new(kind, start, end));
            }
        }
    }

    /// Whether the whole text is a value, words aside.
    pub(in crate::egress) fn matches_whole(&self, text: &str) -> bool {
        self.spans(text).any(|span| span == (0, text.len()))
    }

    /// Whether a value stands anywhere in the text, words aside.
    pub(in crate::egress) fn matches_anywhere(&self, text: &str) -> bool {
        self.spans(text).next().is_some()
    }

    /// Matches that are words of their own and hold their check digits.
    fn spans<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
        self.pattern
            .find_iter(text)
            .filter(|found| !found.is_empty() && self.validator.holds(found.as_str()))
            .map(|found| (found.start(), found.end()))
            .filter(|(start, end)| is_word(text, *start, *end))
    }

    fn is_named_before(&self, text: &str, start: usize) -> bool {
        let from =
            (start.saturating_sub(REACH_BYTES)..=start).find(|at| text.is_char_boundary(*at));
        let before = from
            .and_then(|from| text.get(from..start))
            .unwrap_or_default();
        self.is_named_by(&fold::words(before))
    }
}

/// Whether no letter or digit goes on where the span begins or ends with one.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let inside = text.get(start..end).unwrap_or_default();
    let glued = |inner: Option<char>, outer: Option<char>| {
        inner.is_some_and(char::is_alphanumeric) && outer.is_some_and(char::is_alphanumeric)
    };
    let before = text
        .get(..start)
        .and_then(|before| before.chars().next_back());
    let after = text.get(end..).and_then(|after| after.chars().next());
    !glued(inside.chars().next(), before) && !glued(inside.chars().next_back(), after)
}
