//! The shape of a `CallToolResult`: what of it may leave at all.
//! Knows nothing of masks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::{self, Json, Key, Number, Object};
use crate::limits;
use crate::policy::Obligations;

/// Codes of failure that may leave as they are: the closed sets of our downstreams. Any other becomes
/// `downstream-error`, since a downstream's words can quote data.
const CODES: &[&str] = &[
    "bad-statement",
    "not-permitted",
    "no-such-table",
    "constraint",
    "too-many-rows",
    "small-groups",
    "timeout",
    "too-large",
    "busy",
    "content-changed",
    "grant-required",
    "bad-argument",
    "not-on-this-engine",
    "unreachable",
    "internal",
    "no-such-key",
    "bad-key",
    "precondition-failed",
    "not-a-regular-file",
    "already-exists",
    "access-denied",
    "untrusted",
    "not-on-this-store",
    "bad-answer",
];

/// Whether the downstream says that the tool failed.
pub(super) fn is_error(result: &Json) -> bool {
    result
        .get("isError")
        .and_then(Json::as_bool)
        .unwrap_or(false)
}

/// The failure as a code, and for a write that was too large by how much, where that may be told.
pub(super) fn coded_error(result: &Json, owed: &Obligations) -> Json {
    let said = result
        .get("structuredContent")
        .and_then(|content| content.get("code"))
        .and_then(Json::as_str);
    let code = said
        .filter(|code| CODES.contains(code))
        .unwrap_or("downstream-error");
    if code == TOO_MANY_ROWS {
        return too_many_rows(result, owed);
    }
    Json::object([
        ("decision", Json::from("error")),
        ("code", Json::from(code)),
        (
            "fix",
            Json::from(
                "the call was permitted, but the downstream refused it: look at the code and at the arguments",
            ),
        ),
    ])
}

const TOO_MANY_ROWS: &str = "too-many-rows";

/// A write that was undone. The number is the engine's; one that the limit would have let through is none.
fn too_many_rows(result: &Json, owed: &Obligations) -> Json {
    let said = result
        .get("structuredContent")
        .and_then(|content| content.get("rows"));
    let rows = said.and_then(Json::as_number).and_then(Number::as_u64);
    let over = |rows: &u64| owed.changes_told && owed.change_max.is_none_or(|most| *rows > most);
    let mut answer = Object::new();
    answer.insert("decision", Json::from("error"));
    answer.insert("code", Json::from(TOO_MANY_ROWS));
    let rows = rows.filter(over);
    let would = rows.map_or_else(
        || "more rows than allowed".to_owned(),
        |rows| format!("{rows} rows"),
    );
    let limit = owed.change_max;
    let most = limit.map_or_else(String::new, |most| format!("; the limit is {most}"));
    let reason = format!("it would have changed {would}{most}; nothing was changed");
    answer.insert("reason", Json::from(reason.as_str()));
    for (key, number) in [("rows", rows), ("limit", limit)] {
        if let Some(number) = number {
            answer.insert(key, Json::from(number));
        }
    }
    answer.insert(
        "fix",
        Json::from("name fewer rows by key, in several statements, or ask an operator for a higher `change_max`"),
    );
    Json::Object(answer)
}

/// The answer with the structure that its one text is, where the manifest says that it is JSON. What is no object
/// becomes the member `result` of one, as servers do that have structure.
pub(super) fn structured(result: Json, json: bool) -> Result<Json, &'static str> {
    if !json || result.get("structuredContent").is_some() {
        return Ok(result);
    }
    let block = match result.get("content").and_then(Json::as_array) {
        Some([block]) if block.get("type").and_then(Json::as_str) == Some("text") => block,
        _ => return Err("the answer is not the one text that the manifest says"),
    };
    let text = block.get("text").and_then(Json::as_str).unwrap_or_default();
    let read = json::parse(text.as_bytes(), &limits::RESPONSE_RULES);
    let read = read.map_err(|_| "the answer is not the JSON that the manifest says")?;
    let structure = match read {
        Json::Object(_) => read,
        other => Json::object([("result", other)]),
    };
    Ok(Json::object([("structuredContent", structure)]))
}

/// What is worth masking: the structured content, or the text where there is none. Every other member
/// (`_meta`, annotations, links) stays behind.
pub(super) fn body(result: Json, binary: bool) -> Json {
    let Json::Object(mut result) = result else {
        return Json::object([("content", Json::Array(Vec::new()))]);
    };
    let mut kept = Object::new();
    match (result.remove("structuredContent"), result.remove("content")) {
        (Some(structured), _) => {
            let structured = without_bytes(structured, binary);
            kept.insert("structuredContent", read_inside(structured, binary));
        }
        (None, Some(Json::Array(blocks))) => {
            kept.insert(
                "content",
                Json::Array(
                    blocks
                        .iter()
                        .map(|block| read_block(block, binary))
                        .collect(),
                ),
            );
        }
        _ => kept.insert("content", Json::Array(Vec::new())),
    }
    Json::Object(kept)
}

/// Blocks that are no text may stand in a structure as well, where a server repeats its content there.
fn read_inside(value: Json, binary: bool) -> Json {
    match value {
        Json::Array(items) => Json::Array(
            items
                .into_iter()
                .map(|item| read_inside(item, binary))
                .collect(),
        ),
        Json::Object(_) if carries_bytes(&value) => read_block(&value, binary),
        Json::Object(object) => {
            let inner = |(key, value): (Key, Json)| (key, read_inside(value, binary));
            Json::Object(object.into_iter().map(inner).collect())
        }
        scalar => scalar,
    }
}

/// A picture, a sound or a resource that is bytes, by its members.
fn carries_bytes(value: &Json) -> bool {
    let text = |value: &Json, key: &str| value.get(key).and_then(Json::as_str).is_some();
    match value.get("type").and_then(Json::as_str) {
        Some("image" | "audio") => text(value, "data") && text(value, "mimeType"),
        Some("resource") => value
            .get("resource")
            .is_some_and(|resource| text(resource, "blob") && text(resource, "uri")),
        _ => false,
    }
}

/// An object's content that says of itself that it is base64: no detector reads what is packed in there (a Parquet file,
/// an archive), so that it leaves only as text, or where the manifest lets it.
fn without_bytes(structured: Json, binary: bool) -> Json {
    let text = |key: &str| structured.get(key).and_then(Json::as_str);
    let opaque = text("encoding") == Some("base64")
        && text("body").is_some_and(|body| readable(body).is_none());
    match structured {
        Json::Object(mut object) if opaque && !binary => {
            object.insert("body", Json::from("<withheld: bytes that are no text>"));
            Json::Object(object)
        }
        other => other,
    }
}

/// Text stays, and an embedded resource that holds text becomes it; what cannot be read (pictures, sound,
/// other bytes) leaves only where the manifest lets it, with the members that carry it and no others. Links
/// never leave.
fn read_block(block: &Json, binary: bool) -> Json {
    let member = |key: &str| block.get(key).and_then(Json::as_str);
    let resource = block.get("resource");
    let inside = |key: &str| resource.and_then(|r| r.get(key)).and_then(Json::as_str);
    let withheld = || text_block("<withheld: a block that is not text>");
    match member("type") {
        Some("text") => member("text").map_or_else(withheld, text_block),
        Some("resource") => match (inside("text"), inside("blob")) {
            (Some(text), None) => text_block(text),
            (None, Some(blob)) => match readable(blob) {
                Some(text) => text_block(&text),
                None if binary => Json::object([
                    ("type", Json::from("resource")),
                    ("resource", carried(resource, &["uri", "mimeType", "blob"])),
                ]),
                None => withheld(),
            },
            _ => withheld(),
        },
        Some("image" | "audio") if binary => carried(Some(block), &["type", "data", "mimeType"]),
        _ => withheld(),
    }
}

fn text_block(text: &str) -> Json {
    Json::object([("type", Json::from("text")), ("text", Json::from(text))])
}

/// The text that a blob holds, if all of it is text.
fn readable(blob: &str) -> Option<String> {
    let bytes = STANDARD.decode(blob).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.chars().all(plain).then_some(text)
}

/// These members of a block, as far as they are texts.
fn carried(block: Option<&Json>, keys: &[&str]) -> Json {
    let text = |key: &&str| {
        let value = block?.get(key)?.as_str()?;
        Some(((*key).to_owned(), Json::from(value)))
    };
    Json::Object(keys.iter().filter_map(text).collect())
}

/// The answer as it leaves: where there is structure, the text is made from it, so that the two cannot differ.
pub(super) fn released(body: Json) -> Json {
    let Json::Object(mut object) = body else {
        return body;
    };
    if let Some(structured) = object.remove("structuredContent") {
        return result(structured, false);
    }
    object.insert("isError", Json::from(false));
    Json::Object(object)
}

/// A `CallToolResult` around one structure.
pub(super) fn result(structured: Json, error: bool) -> Json {
    let text = Json::object([
        ("type", Json::from("text")),
        ("text", Json::from(structured.to_text())),
    ]);
    Json::object([
        ("content", Json::Array(vec![text])),
        ("structuredContent", structured),
        ("isError", Json::from(error)),
    ])
}
