//! TOML values as JSON, for digests and for comparison with arguments.
//! Knows nothing of keys that are allowed.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::json::{Json, JsonRules};

/// The value as JSON; dates and what JSON has no word for become strings.
pub(super) fn to_json(value: &DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => Json::from(text.as_ref()),
        DeValue::Integer(number) => integer(number.as_str(), number.radix())
            .map_or_else(|| Json::from(number.as_str()), Json::from),
        DeValue::Float(number) => float(number.as_str()),
        DeValue::Boolean(flag) => Json::from(*flag),
        DeValue::Datetime(moment) => Json::from(moment.to_string()),
        DeValue::Array(items) => {
            Json::Array(items.iter().map(|item| to_json(item.get_ref())).collect())
        }
        DeValue::Table(table) => table_to_json(table),
    }
}

pub(super) fn table_to_json(table: &DeTable<'_>) -> Json {
    Json::object(
        table
            .iter()
            .map(|(key, value)| (key.get_ref().to_string(), to_json(value.get_ref()))),
    )
}

/// What TOML calls the value's type.
pub(super) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

pub(super) fn integer(digits: &str, radix: u32) -> Option<i64> {
    i64::from_str_radix(digits, radix).ok()
}

fn float(text: &str) -> Json {
    let rules = JsonRules {
        bytes_max: 512,
        depth_max: 1,
        values_max: 512,
        case_variants: false,
        nul: false,
    };
    let finite = text.parse::<f64>().ok().filter(|n| n.is_finite());
    finite
        .and_then(|n| crate::json::parse(format!("{n:?}").as_bytes(), &rules).ok())
        .unwrap_or_else(|| Json::from(text))
}

/// A value with the bytes that it stands at.
pub(super) type Entry<'i> = (String, Range<usize>, DeValue<'i>, Range<usize>);
