//! Where in a JSON text a find stands, as a shape.
//! Knows nothing of values; a name that is more than a field's name is not shown.

use std::collections::HashMap;

use aegis_core::egress::{Replacement, shape_of};
use aegis_core::json::Pointer;

/// Whether a name may be shown: the name of a field, not somebody's.
pub(super) fn is_field(name: &str) -> bool {
    shape_of(&Pointer::root().child(name)) == format!("/{name}")
}

/// The shape of the place of each find, by its first byte; `above` stands before each. Empty where the text
/// is no JSON.
pub(super) fn shapes(text: &str, found: &[Replacement], above: &str) -> HashMap<usize, String> {
    let mut shapes = HashMap::new();
    if found.is_empty() || !super::is_json(text.trim()) {
        return shapes;
    }
    let mut wanted = found.iter().map(|one| one.start).peekable();
    let mut path: Vec<Option<String>> = Vec::new();
    let mut key = String::new();
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        let end = match byte {
            b'"' => string_end(bytes, at),
            _ => at + 1,
        };
        while let Some(start) = wanted.next_if(|start| *start < end) {
            let pointer = path
                .iter()
                .flatten()
                .fold(Pointer::root(), |pointer, step| {
                    pointer.child(step.as_str())
                });
            shapes.insert(start, format!("{above}{}", shape_of(&pointer)));
        }
        match byte {
            b'"' => {
                key = text
                    .get(at + 1..end.saturating_sub(1))
                    .unwrap_or_default()
                    .to_owned();
            }
            b'{' => path.push(None),
            b'[' => path.push(Some("*".to_owned())),
            b'}' | b']' => {
                path.pop();
            }
            b':' => {
                if let Some(last) = path.last_mut() {
                    *last = Some(std::mem::take(&mut key));
                }
            }
            b',' => {
                if let Some(last) = path.last_mut().filter(|last| last.as_deref() != Some("*")) {
                    *last = None;
                }
            }
            _ => {}
        }
        at = end;
    }
    shapes
}

/// One past the closing quote.
fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(byte) = bytes.get(at).filter(|byte| **byte != b'"') {
        at += if *byte == b'\\' { 2 } else { 1 };
    }
    at + 1
}
