//! What a call asks for, out of its arguments.
//! Knows nothing of where objects are kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::code::S3Code;
use super::etag::{Condition, Tags, sha256};
use super::key::Key;
use super::list::Range;
use crate::arguments::{Arguments, BadArgument};

/// One call.
#[derive(Debug)]
pub(super) enum Ask {
    List(Range),
    Head(Key),
    Get(Key),
    Put(Key, Vec<u8>, Condition),
    /// What must hold of the source, the source, the target, what must hold of the target.
    Copy(Source, Key, Key, Condition),
    Delete(Key, Condition),
}

/// What must hold of an object before its content is written elsewhere.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// It has this tag.
    pub(super) if_match: Option<String>,
    /// Its bytes have this SHA-256, in lower-case hex.
    pub(super) sha256: Option<String>,
}

impl Source {
    /// Checks the form.
    pub(super) fn check_form(&self, tags: Tags) -> Result<(), S3Code> {
        let condition = Condition {
            if_match: self.if_match.clone(),
            if_none_match: None,
        };
        condition.check_form(tags)?;
        let hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        let fits = |text: &String| text.len() == 64 && text.bytes().all(hex);
        let fits = self.sha256.as_ref().is_none_or(fits);
        fits.then_some(()).ok_or(S3Code::BadArgument)
    }

    /// Holds what was read against it.
    pub(super) fn check(&self, etag: &str, bytes: &[u8]) -> Result<(), S3Code> {
        let tagged = self
            .if_match
            .as_deref()
            .is_none_or(|tag| tag == "*" || tag == etag);
        let digest = |wanted: &String| sha256(bytes) == *wanted;
        let same = tagged && self.sha256.as_ref().is_none_or(digest);
        same.then_some(()).ok_or(S3Code::PreconditionFailed)
    }
}

impl Ask {
    /// Reads the arguments of a call; keys are judged last, so that a wrong form of anything else speaks first.
    pub(super) fn read(name: &str, mut arguments: Arguments) -> Result<Self, S3Code> {
        if name == "list_objects" {
            let range = Range {
                prefix: arguments.text_if_any("prefix")?.unwrap_or_default(),
                after: arguments.text_if_any("after")?.unwrap_or_default(),
                limit: arguments.count_if_any("limit")?,
            };
            arguments.finish()?;
            if range.limit == Some(0) {
                return Err(S3Code::BadArgument);
            }
            return Ok(Self::List(range));
        }
        let key = arguments.text("key")?;
        match name {
            "head_object" => {
                arguments.finish()?;
                Ok(Self::Head(Key::parse(&key)?))
            }
            "get_object" => {
                arguments.finish()?;
                Ok(Self::Get(Key::parse(&key)?))
            }
            "put_object" => {
                let bytes = body(&mut arguments)?;
                let condition = condition(&mut arguments, true)?;
                arguments.finish()?;
                Ok(Self::Put(Key::parse(&key)?, bytes, condition))
            }
            "copy_object" => {
                let from = arguments.text("source")?;
                let source = Source {
                    if_match: arguments.text_if_any("source_if_match")?,
                    sha256: arguments.text_if_any("source_sha256")?,
                };
                let condition = condition(&mut arguments, true)?;
                arguments.finish()?;
                let from = Key::parse(&from)?;
                Ok(Self::Copy(source, from, Key::parse(&key)?, condition))
            }
            "delete_object" => {
                let condition = condition(&mut arguments, false)?;
                arguments.finish()?;
                Ok(Self::Delete(Key::parse(&key)?, condition))
            }
            _ => Err(S3Code::BadArgument),
        }
    }
}

/// `{"key", "etag", "size", "body", "encoding"}`; `encoding` is `utf-8`, or `base64` for bytes that are not.
pub(super) fn content(key: &Key, etag: &str, bytes: Vec<u8>) -> Value {
    let size = bytes.len();
    let (body, encoding) = match String::from_utf8(bytes) {
        Ok(text) => (text, "utf-8"),
        Err(error) => (STANDARD.encode(error.as_bytes()), "base64"),
    };
    json!({
        "key": key.as_str(), "etag": etag, "size": size, "body": body, "encoding": encoding,
    })
}

fn condition(arguments: &mut Arguments, with_none: bool) -> Result<Condition, BadArgument> {
    Ok(Condition {
        if_match: arguments.text_if_any("if_match")?,
        if_none_match: if with_none {
            arguments.text_if_any("if_none_match")?
        } else {
            None
        },
    })
}

fn body(arguments: &mut Arguments) -> Result<Vec<u8>, BadArgument> {
    let body = arguments.text("body")?;
    match arguments.text_if_any("encoding")?.as_deref() {
        None | Some("utf-8") => Ok(body.into_bytes()),
        Some("base64") => STANDARD.decode(body).map_err(|_| BadArgument),
        Some(_) => Err(BadArgument),
    }
}
