//! Takes out of an answer what nobody sees: invisible and direction characters, controls, terminal escapes.
//! Knows nothing of masks.

use std::collections::BTreeSet;

use crate::json::{Json, Object};

/// Two names of one object that differ in what nobody sees alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TwinNames;

/// The value without them, in texts and names alike; `None` where there is nothing to take out.
pub(super) fn only(value: &Json) -> Result<Option<Json>, TwinNames> {
    if !hides(value) {
        return Ok(None);
    }
    cleared(value).map(Some)
}

fn hides(value: &Json) -> bool {
    match value {
        Json::String(text) => clear(text).is_some(),
        Json::Array(items) => items.iter().any(hides),
        Json::Object(object) => object
            .iter()
            .any(|(key, value)| clear(key).is_some() || hides(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn cleared(value: &Json) -> Result<Json, TwinNames> {
    Ok(match value {
        Json::String(text) => Json::string(clear(text).unwrap_or_else(|| text.clone())),
        Json::Array(items) => Json::Array(items.iter().map(cleared).collect::<Result<_, _>>()?),
        Json::Object(object) => Json::Object(names(object)?),
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    })
}

fn names(object: &Object) -> Result<Object, TwinNames> {
    let mut seen = BTreeSet::new();
    let mut pairs = Vec::with_capacity(object.len());
    for (key, value) in object.iter() {
        let key = clear(key).unwrap_or_else(|| key.to_owned());
        if !seen.insert(key.clone()) {
            return Err(TwinNames);
        }
        pairs.push((key, cleared(value)?));
    }
    Ok(pairs.into_iter().collect())
}

/// The text without what nobody sees; `None` where all of it is seen.
fn clear(text: &str) -> Option<String> {
    // Most texts are plain, and bytes are looked at faster than characters.
    let (blocks, rest) = text.as_bytes().as_chunks::<8>();
    let shown = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    if blocks
        .iter()
        .all(|block| all_shown(*block) || block.iter().all(shown))
        && rest.iter().all(shown)
    {
        return None;
    }
    // Without neighbours every character is hidden that ever is.
    if !text.chars().any(|c| is_hidden(c, None, None)) {
        return None;
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars();
    let mut last = None;
    while let Some(c) = rest.next() {
        if matches!(c, '\u{1B}' | '\u{9B}') {
            rest = after_escape(c, rest);
            continue;
        }
        if is_hidden(c, last, rest.clone().next()) {
            continue;
        }
        kept.push(c);
        last = Some(c);
    }
    (kept.len() != text.len()).then_some(kept)
}

/// Whether all of eight bytes are from the blank to the tilde: one after the other has its highest bit set by the sum
/// where it is more, by the difference where it is less.
fn all_shown(block: [u8; 8]) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = LOW << 7;
    let block = u64::from_le_bytes(block);
    let less = block.wrapping_sub(LOW * 0x20);
    let more = (block & !HIGH).wrapping_add(LOW);
    (block | less | more) & HIGH == 0
}

/// What follows a control sequence (ECMA-48, 5.4): parameters, then one final byte. Of any other escape
/// only the first character goes, so that nothing that can be read is lost.
fn after_escape(start: char, rest: std::str::Chars<'_>) -> std::str::Chars<'_> {
    let mut sequence = rest.clone();
    if start == '\u{1B}' && sequence.next() != Some('[') {
        return rest;
    }
    while let Some(c) = sequence.next() {
        match c {
            ' '..='?' => {}
            '@'..='~' => return sequence,
            _ => break,
        }
    }
    rest
}

/// Joiners and selectors shape the writing of many languages and of pictographs: they stay between letters that
/// are not ASCII.
fn is_hidden(c: char, last: Option<char>, next: Option<char>) -> bool {
    let foreign = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
    match c {
        '\n' | '\r' | '\t' => false,
        '\u{200C}' | '\u{200D}' => !(foreign(last) && foreign(next)),
        '\u{FE00}'..='\u{FE0F}' => !foreign(last) && next != Some('\u{20E3}'),
        '\u{00AD}'
        | '\u{034F}'
        | '\u{061C}'
        | '\u{180E}'
        | '\u{200B}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => true,
        c => c.is_control(),
    }
}
