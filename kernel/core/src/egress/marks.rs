//! Our own masks in what an agent sends back: as they were given out, or in disguise.
//! Knows nothing of what may be done with them, nor which of them were ever made.

use std::collections::BTreeSet;

use super::fold;
use super::kind::Kind;
use super::mask::{next_mask, token_name};
use super::unwrap::{base, escape};
use crate::limits;

/// Letters of a token, and of a hash.
const BODIES: [usize; 2] = [16, 32];
/// Longest name of a type, in letters.
const NAME_MAX: usize = 64;

/// A token, as it was given out.
pub(crate) struct Token {
    /// Its text.
    pub(crate) text: String,
    /// The type that it names.
    pub(crate) kind: String,
}

/// What a text carries.
#[derive(Default)]
pub(crate) struct Carried {
    /// Tokens that stand in it as they were given out.
    pub(crate) tokens: Vec<Token>,
    /// Whether there is any other mask: a redaction, a hash, a part, or a token in disguise.
    pub(crate) others: bool,
}

impl Carried {
    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.tokens.is_empty() && !self.others
    }
}

/// Looks for masks in a text. `names` are those of redactions beside the built-in types. What cannot be
/// unwrapped within the bounds counts as a mask in disguise.
pub(crate) fn carried(text: &str, names: &BTreeSet<String>) -> Carried {
    let mut carried = Carried::default();
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    while let Some((start, end)) = next_mask(text, at) {
        let mask = text.get(start..end).unwrap_or_default();
        match token_name(mask) {
            Some(kind) => carried.tokens.push(Token {
                text: mask.to_owned(),
                kind: kind.to_owned(),
            }),
            None => carried.others = true,
        }
        rest.push_str(text.get(at..start).unwrap_or_default());
        rest.push('\n');
        at = end;
    }
    rest.push_str(text.get(at..).unwrap_or_default());
    carried.others |= disguised(&rest, names, 0);
    carried
}

/// Whether a mask stands in the text in other letters, or in what the text encodes.
fn disguised(text: &str, names: &BTreeSet<String>, depth: usize) -> bool {
    if depth > 0 && next_mask(text, 0).is_some() {
        return true;
    }
    let folded;
    let text = if text.is_ascii() {
        text
    } else {
        folded = brackets(fold::fold(&brackets(text)).text());
        if next_mask(&folded, 0).is_some() {
            return true;
        }
        folded.as_str()
    };
    if looks_like(text, names) {
        return true;
    }
    if depth >= limits::DECODE_DEPTH_MAX {
        return false;
    }
    let undone = escape::undo(text);
    if undone.is_some_and(|view| disguised(view.text(), names, depth + 1)) {
        return true;
    }
    match base::runs(text, limits::DECODE_BYTES_FREE) {
        Ok(runs) => runs
            .iter()
            .any(|run| disguised(run.plain.text(), names, depth + 1)),
        Err(_) => true,
    }
}

/// Brackets of other scripts as ours.
fn brackets(text: &str) -> String {
    let bracket = |c| match c {
        '‹' | '〈' | '⟨' | '❬' | '«' | '≺' | '˂' | 'ᐸ' => '<',
        '›' | '〉' | '⟩' | '❭' | '»' | '≻' | '˃' | 'ᐳ' => '>',
        '：' | '꞉' | '∶' | '˸' | 'ː' | 'ׄ' => ':',
        c => c,
    };
    text.chars().map(bracket).collect()
}

/// Masks in careless spelling: other case, spaces inside, brackets left off around a known type's token.
fn looks_like(text: &str, names: &BTreeSet<String>) -> bool {
    let mut words = text
        .char_indices()
        .filter(|(_, c)| matches!(c, ':' | '#' | '>'));
    words.any(|(at, mark)| {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let name: String = {
            let letters = before.chars().rev().take(NAME_MAX);
            let letters = letters.take_while(|c| c.is_ascii_alphanumeric() || *c == '_');
            letters.collect::<Vec<_>>().into_iter().rev().collect()
        };
        let opened = before
            .strip_suffix(name.as_str())
            .is_some_and(|head| head.trim_end().ends_with('<'));
        // In small letters a type is a word of the language, or an element of somebody's XML.
        let known = Kind::named(&name).is_some() || names.contains(&name);
        if mark == '>' {
            return opened && known;
        }
        let body: String = text
            .get(at + mark.len_utf8()..)
            .unwrap_or_default()
            .trim_start()
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(NAME_MAX)
            .collect();
        let keyed = BODIES.contains(&body.len())
            && body.bytes().any(|byte| byte.is_ascii_alphabetic())
            && (mark == '#'
                || body
                    .bytes()
                    .all(|byte| !matches!(byte, b'0' | b'1' | b'8' | b'9')));
        keyed && !name.is_empty() && (known || opened)
    })
}
