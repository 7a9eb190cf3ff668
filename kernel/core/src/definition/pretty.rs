//! JSON laid out for people and for comparing by lines, with every hidden character escaped.
//! Knows nothing of what it says.

use super::visible::hides;
use crate::json::Json;

/// The value over many lines, keys as they stand.
pub(super) fn pretty(value: &Json) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out
}

/// The value on one line, with every hidden character escaped.
#[must_use]
pub fn escaped(value: &Json) -> String {
    let mut out = String::new();
    text(&value.to_text(), &mut out);
    out
}

fn write(value: &Json, depth: usize, out: &mut String) {
    match value {
        Json::Array(items) if !items.is_empty() => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                line(at, depth + 1, out);
                write(item, depth + 1, out);
            }
            end(depth, ']', out);
        }
        Json::Object(object) if !object.is_empty() => {
            out.push('{');
            for (at, (key, value)) in object.iter().enumerate() {
                line(at, depth + 1, out);
                text(&Json::from(key).to_text(), out);
                out.push_str(": ");
                write(value, depth + 1, out);
            }
            end(depth, '}', out);
        }
        other => text(&other.to_text(), out),
    }
}

fn line(at: usize, depth: usize, out: &mut String) {
    out.push_str(if at > 0 { ",\n" } else { "\n" });
    out.push_str(&"  ".repeat(depth));
}

fn end(depth: usize, bracket: char, out: &mut String) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(bracket);
}

/// A JSON text in which what nobody sees is written as JSON escapes.
fn text(json: &str, out: &mut String) {
    for c in json.chars() {
        if c.is_ascii() || !hides(c) {
            out.push(c);
            continue;
        }
        let mut units = [0_u16; 2];
        for unit in c.encode_utf16(&mut units) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
}
