//! The file of accepted definitions beside a manifest.
//! Knows nothing of where it lies.

use std::collections::BTreeMap;

use super::Definition;
use super::pretty::pretty;
use crate::json::{Json, JsonRules, parse};
use crate::limits;

/// What the file says it is.
const FORMAT: &str = "aegis-pins/1";

/// How the file is read: what a downstream may say, it may hold.
const RULES: JsonRules = JsonRules {
    bytes_max: limits::CONFIG_BYTES_MAX,
    ..limits::RESPONSE_RULES
};

/// The accepted definitions of one server's tools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PinFile {
    /// The server.
    pub server: String,
    /// Its tools by name, each with its whole definition.
    pub tools: BTreeMap<String, Definition>,
}

impl PinFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn read(text: &str) -> Result<Self, String> {
        let json = parse(text.as_bytes(), &RULES).map_err(|fault| format!("no JSON: {fault}"))?;
        let root = closed(&json, &["format", "server", "tools"])?;
        if root.get("format").and_then(Json::as_str) != Some(FORMAT) {
            return Err(format!("`format` is not `{FORMAT}`"));
        }
        let server = root.get("server").and_then(Json::as_str);
        let server = server.ok_or("`server` is no text")?.to_owned();
        let listed = root.get("tools").and_then(Json::as_object);
        let mut tools = BTreeMap::new();
        for (name, entry) in listed.ok_or("`tools` is no object")?.iter() {
            let entry = closed(entry, &["sha256", "definition"])?;
            let definition = entry.get("definition").and_then(Definition::read);
            let definition = definition.filter(|definition| definition.name() == name);
            let shown = super::visible(name);
            let definition =
                definition.ok_or(format!("`{shown}` holds no definition of this name"))?;
            if entry.get("sha256").and_then(Json::as_str) != Some(definition.digest().as_str()) {
                return Err(format!(
                    "the `sha256` of `{shown}` is not that of its definition"
                ));
            }
            tools.insert(name.to_owned(), definition);
        }
        Ok(Self { server, tools })
    }

    /// The text of the file; the same tools always give the same text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let tools = self.tools.iter().map(|(name, definition)| {
            let entry = [
                ("sha256", Json::from(definition.digest())),
                ("definition", definition.to_json()),
            ];
            (name.clone(), Json::object(entry))
        });
        let root = Json::object([
            ("format", Json::from(FORMAT)),
            ("server", Json::from(self.server.as_str())),
            ("tools", Json::object(tools)),
        ]);
        let mut text = pretty(&root);
        text.push('\n');
        text
    }
}

/// An object of these keys and no others.
fn closed<'a>(json: &'a Json, keys: &[&str]) -> Result<&'a crate::json::Object, String> {
    let object = json.as_object().ok_or("an object is missing")?;
    match object.keys().find(|key| !keys.contains(key)) {
        Some(key) => Err(format!("unknown key `{}`", super::visible(key))),
        None => Ok(object),
    }
}
