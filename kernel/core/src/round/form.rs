//! What one question may ask for: a flat form of plain values, and nothing secret.
//! Knows nothing of who fills it in.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::json::{Json, Object};
use crate::limits::ROUND_FIELDS_MAX;
use crate::rfc3339;
use crate::schema::Schema;

/// Words of what nobody is asked for in a form.
const SECRET: &[&str] = &[
    "password",
    "passwort",
    "passcode",
    "passphrase",
    "kennwort",
    "secret",
    "credential",
    "apikey",
    "accesskey",
    "privatekey",
    "token",
    "cardnumber",
    "creditcard",
    "cvv",
    "cvc",
];

/// The fields of one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    fields: BTreeMap<String, Field>,
    required: BTreeSet<String>,
}

/// Words by which a field bounds its values, of those that a form may use.
const BOUNDS: [&str; 6] = [
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
];

#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    kind: Kind,
    /// A schema of nothing but [`BOUNDS`], which can be judged.
    bounds: Json,
    /// What a text is to be, of the forms that the protocol knows.
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Email,
    Uri,
    Date,
    DateTime,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Integer,
    Boolean,
    OneOf(Vec<String>),
    SomeOf(Vec<String>),
}

impl Form {
    /// Reads the schema of a form; `None` where it is no flat form of plain values, or asks for a secret.
    #[must_use]
    pub fn read(schema: &Json) -> Option<Self> {
        if schema.get("type").and_then(Json::as_str) != Some("object") {
            return None;
        }
        let properties = schema.get("properties")?.as_object()?;
        if properties.len() > ROUND_FIELDS_MAX {
            return None;
        }
        let mut fields = BTreeMap::new();
        for (name, field) in properties.iter() {
            let texts = ["title", "description"].map(|key| field.get(key).and_then(Json::as_str));
            if is_secret(name) || texts.into_iter().flatten().any(is_secret) {
                return None;
            }
            fields.insert(name.to_owned(), Field::read(field)?);
        }
        let required = match schema.get("required") {
            None => BTreeSet::new(),
            Some(names) => words(names)?.into_iter().collect(),
        };
        required
            .iter()
            .all(|name| fields.contains_key(name))
            .then_some(Self { fields, required })
    }

    /// Whether this fills the form in.
    #[must_use]
    pub fn fits(&self, content: &Object) -> bool {
        let whole = self.required.iter().all(|name| content.get(name).is_some());
        let fits = |(name, value): (&str, &Json)| {
            self.fields.get(name).is_some_and(|field| field.fits(value))
        };
        whole && content.iter().all(fits)
    }
}

impl Field {
    fn read(field: &Json) -> Option<Self> {
        let stated = BOUNDS.iter().filter_map(|word| {
            let bound = field.get(word)?;
            Some((*word, bound.clone()))
        });
        let bounds = Json::object(stated);
        Schema::read(&bounds).ok()?;
        Some(Self {
            kind: Kind::read(field)?,
            bounds,
            format: match field.get("format") {
                None => None,
                Some(format) => Format::parse(format.as_str()?),
            },
        })
    }

    fn fits(&self, value: &Json) -> bool {
        let is_formed = |text| self.format.is_none_or(|format| format.fits(text));
        self.kind.fits(value)
            && value.as_str().is_none_or(is_formed)
            && Schema::read(&self.bounds).is_ok_and(|bounds| bounds.check(value).is_ok())
    }
}

impl Format {
    /// `None` for one that says nothing here.
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "email" => Self::Email,
            "uri" => Self::Uri,
            "date" => Self::Date,
            "date-time" => Self::DateTime,
            _ => return None,
        })
    }

    fn fits(self, text: &str) -> bool {
        let date = || text.len() == 10;
        match self {
            Self::Email => is_address(text),
            Self::Uri => is_plain(text) && Url::parse(text).is_ok(),
            Self::Date => date() && rfc3339::unix_ms(text).is_some(),
            Self::DateTime => !date() && rfc3339::unix_ms(text).is_some(),
        }
    }
}

/// Without anything that is not seen.
fn is_plain(text: &str) -> bool {
    !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Somebody at some host, and no more is asked of it.
fn is_address(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.contains(['@', '<', '>', ',', ';']);
    let halves = text.rsplit_once('@');
    is_plain(text) && halves.is_some_and(|(who, host)| part(who) && part(host))
}

impl Kind {
    fn read(field: &Json) -> Option<Self> {
        let choices = |of: &Json| match (of.get("enum"), of.get("oneOf").or(of.get("anyOf"))) {
            (Some(names), None) => words(names).map(Some),
            (None, Some(Json::Array(items))) => {
                let names = items
                    .iter()
                    .map(|item| Some(item.get("const")?.as_str()?.to_owned()));
                names.collect::<Option<Vec<_>>>().map(Some)
            }
            (None, None) => Some(None),
            _ => None,
        };
        match field.get("type")?.as_str()? {
            "string" => Some(match choices(field)? {
                Some(names) => Self::OneOf(names),
                None => Self::Text,
            }),
            "number" => Some(Self::Number),
            "integer" => Some(Self::Integer),
            "boolean" => Some(Self::Boolean),
            "array" => Some(Self::SomeOf(choices(field.get("items")?)??)),
            _ => None,
        }
    }

    fn fits(&self, value: &Json) -> bool {
        match (self, value) {
            (Self::Text, Json::String(_)) | (Self::Boolean, Json::Bool(_)) => true,
            (Self::Number, Json::Number(number)) => number.as_f64().is_some_and(f64::is_finite),
            (Self::Integer, Json::Number(number)) => number.as_i64().is_some(),
            (Self::OneOf(names), Json::String(text)) => names.contains(text),
            (Self::SomeOf(names), Json::Array(items)) => items.iter().all(|item| {
                item.as_str()
                    .is_some_and(|text| names.iter().any(|n| n == text))
            }),
            _ => false,
        }
    }
}

/// Whether a text asks for what is nobody's to ask for in a form. Words are found in any spelling of theirs,
/// not by their meaning: a second net behind who lets a tool ask at all.
pub(super) fn is_secret(text: &str) -> bool {
    let letters: String = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    SECRET.iter().any(|word| letters.contains(word))
}

fn words(list: &Json) -> Option<Vec<String>> {
    let words = list.as_array()?.iter();
    words.map(|word| word.as_str().map(str::to_owned)).collect()
}
