//! Reads `[tool.NAME.argument.ARG.field.FIELD]` and `[….item]`: the fields of what is an object, the items of what is a list.
//! Knows nothing of values.

use serde_spanned::Spanned;

use super::argument::schema;
use super::name;
use crate::limits;
use crate::manifest::{ObjectField, PlainSchema, PlainType};
use crate::source::{Section, did_you_mean};

const KINDS: [&str; 6] = ["string", "integer", "number", "boolean", "array", "object"];

/// An object with its declared fields; `depth` objects deep.
pub(super) fn read(section: &mut Section<'_>, depth: usize) -> Option<PlainSchema> {
    if depth > limits::OBJECT_DEPTH_MAX {
        let message = format!("more than {} objects deep", limits::OBJECT_DEPTH_MAX);
        section.skip(&["field"]);
        section.problem(
            section.span(),
            message,
            "declare the inner fields further out",
        );
        return None;
    }
    let mut fields: Vec<ObjectField> = Vec::new();
    let (mut stated, mut sound) = (0_usize, true);
    for (key, mut inner) in section.named("field") {
        inner.is_a("field");
        stated = stated.saturating_add(1);
        let twin = fields
            .iter()
            .find(|f| f.name.eq_ignore_ascii_case(key.get_ref()));
        if let Some(twin) = twin {
            let (this, that) = (key.get_ref(), &twin.name);
            let message = format!("`{this}` differs from `{that}` in letter case alone");
            inner.problem(key.span(), message, "rename one of them");
        }
        match field(&key, &mut inner, depth) {
            Some(field) => fields.push(field),
            None => sound = false,
        }
    }
    if stated == 0 {
        let fix = "add `[….field.NAME]` with `kind` and `description`";
        section.problem(section.span(), "an object declares its fields", fix);
    }
    (sound && stated > 0).then(|| PlainSchema {
        kind: PlainType::Object,
        fields,
        ..PlainSchema::default()
    })
}

fn field(key: &Spanned<String>, section: &mut Section<'_>, depth: usize) -> Option<ObjectField> {
    let name = name::given(section, key, "the field");
    let required = section.flag("required").unwrap_or(true);
    let description = section.need_text("description");
    section.require("kind");
    let word = section.text("kind");
    let schema = word.as_ref().and_then(|word| inner(section, word, depth));
    if schema.is_none() {
        section.skip(&["one_of", "min", "max", "pattern", "field", "item"]);
    }
    Some(ObjectField {
        name: name?,
        required,
        description: description?.into_inner(),
        schema: schema?,
    })
}

fn inner(section: &mut Section<'_>, word: &Spanned<String>, depth: usize) -> Option<PlainSchema> {
    let kind = match word.get_ref().as_str() {
        "string" => PlainType::String,
        "integer" => PlainType::Integer,
        "number" => PlainType::Number,
        "boolean" => PlainType::Boolean,
        "array" => PlainType::Array,
        "object" => return read(section, depth.saturating_add(1)),
        other => {
            let message = format!("`{}` is no kind of a field", other.escape_debug());
            section.problem(word.span(), message, did_you_mean(other, KINDS));
            return None;
        }
    };
    schema(section, kind, depth)
}

/// `[….item]`: what each item of a list is. `Some(None)` where that is not said, so that any scalar is one.
#[expect(clippy::option_option, reason = "not said is not unreadable")]
pub(super) fn item(list: &mut Section<'_>, depth: usize) -> Option<Option<PlainSchema>> {
    if !list.has("item") {
        list.section("item");
        return Some(None);
    }
    let mut section = list.section("item")?;
    section.is_a("item");
    section.require("kind");
    let word = section.text("kind");
    let listed = word.as_ref().filter(|word| word.get_ref() == "array");
    if let Some(word) = listed {
        let fix = "put the inner list into a field of an object";
        section.problem(word.span(), "a list holds no lists", fix);
    }
    let schema = word
        .as_ref()
        .filter(|word| word.get_ref() != "array")
        .and_then(|word| inner(&mut section, word, depth));
    if schema.is_none() {
        section.skip(&["one_of", "min", "max", "pattern", "field", "item"]);
    }
    schema.map(Some)
}
