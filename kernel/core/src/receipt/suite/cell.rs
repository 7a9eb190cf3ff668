//! One value of a row, as its format typed it.
//! Knows nothing of columns.

use std::borrow::Cow;

use crate::json::{self, Json, JsonRules, Number};
use crate::manifest::Format;
use crate::rfc3339;

/// One value. CSV knows only text and emptiness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Null, absent, or text in which nothing can be seen.
    Empty,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(Number),
    /// Text.
    Text(String),
    /// An array or object, as compact JSON: no type of a schema admits it, detectors read it whole.
    Nested(String),
}

impl Cell {
    /// A value of CSV.
    pub(super) fn from_text(text: String) -> Self {
        if text.chars().all(is_blank) {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }

    /// A value of JSON.
    pub(super) fn from_json(value: Json) -> Self {
        match value {
            Json::Null => Self::Empty,
            Json::Bool(flag) => Self::Bool(flag),
            Json::Number(number) => Self::Number(number),
            Json::String(text) => Self::from_text(text),
            nested @ (Json::Array(_) | Json::Object(_)) => Self::Nested(nested.to_string()),
        }
    }

    /// The value as text; `None` where it is empty.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Empty => None,
            Self::Bool(true) => Some("true".into()),
            Self::Bool(false) => Some("false".into()),
            Self::Number(number) => Some(number.lexeme().into()),
            Self::Text(text) | Self::Nested(text) => Some(text.as_str().into()),
        }
    }

    /// The value as a finite number; text counts only where it is one JSON number and nothing else.
    pub(super) fn number(&self) -> Option<f64> {
        let number = match self {
            Self::Number(number) => Some(number.clone()),
            Self::Text(text) => number(text),
            Self::Empty | Self::Bool(_) | Self::Nested(_) => None,
        };
        number?.as_f64().filter(|value| value.is_finite())
    }

    /// The value as a moment, in milliseconds since 1970 UTC.
    pub(super) fn moment(&self) -> Option<i64> {
        match self {
            Self::Text(text) => rfc3339::unix_ms(text),
            _ => None,
        }
    }

    /// Whether the value is of a schema's type. Emptiness is of every type: `not-null` judges it.
    pub(super) fn is_a(&self, kind: &str, format: Format) -> bool {
        let as_number = || match self {
            Self::Number(number) => Some(number.clone()),
            // Only CSV has to say numbers in text; in JSON `"5"` is a string.
            Self::Text(text) if format == Format::Csv => number(text),
            _ => None,
        };
        match (kind, self) {
            (_, Self::Empty) => true,
            ("string", Self::Text(_)) => true,
            ("integer", _) => as_number().is_some_and(|n| is_integer(n.lexeme())),
            ("number", _) => as_number()
                .and_then(|n| n.as_f64())
                .is_some_and(f64::is_finite),
            ("boolean", Self::Bool(_)) => true,
            ("boolean", Self::Text(text)) => {
                format == Format::Csv && matches!(text.as_str(), "true" | "false")
            }
            // SQLite has no boolean: https://www.sqlite.org/datatype3.html#boolean_datatype
            ("boolean", Self::Number(number)) => {
                format == Format::Table && matches!(number.lexeme(), "0" | "1")
            }
            ("date", _) => self.moment().is_some(),
            _ => false,
        }
    }
}

fn number(text: &str) -> Option<Number> {
    const RULES: JsonRules = JsonRules {
        bytes_max: 64,
        depth_max: 1,
        values_max: 64,
        case_variants: false,
        nul: false,
    };
    match json::parse(text.as_bytes(), &RULES) {
        Ok(Json::Number(number)) if number.lexeme() == text => Some(number),
        _ => None,
    }
}

fn is_integer(lexeme: &str) -> bool {
    lexeme.bytes().all(|b| b == b'-' || b.is_ascii_digit())
}

/// Characters that show nothing: a "value" made of them alone is no value.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
}
