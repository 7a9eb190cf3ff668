//! Values between JSON and PostgreSQL's own text form, exactly.
//! Knows nothing of tables.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Number, Value, json};

use crate::arguments::BadArgument;
use crate::bounds::PARAMS_MAX;

/// The parameters of a statement in text form; the engine infers their types. Scalars alone.
pub(super) fn bound(params: Vec<Value>) -> Result<Vec<Option<String>>, BadArgument> {
    if params.len() > PARAMS_MAX {
        return Err(BadArgument);
    }
    params.into_iter().map(scalar).collect()
}

fn scalar(param: Value) -> Result<Option<String>, BadArgument> {
    match param {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag.to_string())),
        // No text of PostgreSQL's holds a NUL.
        Value::String(text) if text.contains('\0') => Err(BadArgument),
        Value::String(text) => Ok(Some(text)),
        // As on the other engine: beyond 64 bits there is no integer.
        Value::Number(number) if number.is_u64() && !number.is_i64() => Err(BadArgument),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Array(_) | Value::Object(_) => Err(BadArgument),
    }
}

/// A cell as JSON by the number of its type: integers and booleans as such, floats in their shortest exact form (what
/// no JSON number is as `{"real": "inf"}`), `bytea` as `{"base64": …}`. Everything else is the engine's own text, which
/// is exact: `numeric` with all its digits, times in ISO 8601 in UTC, `uuid`, `json`, arrays, and types unknown here.
pub(super) fn to_json(cell: Option<String>, kind: u32) -> Value {
    let Some(text) = cell else {
        return Value::Null;
    };
    match kind {
        BOOL => Value::Bool(text == "t"),
        INT8 | INT2 | INT4 | OID => text.parse::<i64>().map_or(Value::from(text), Value::from),
        FLOAT4 | FLOAT8 => real(text),
        BYTEA => unhexed(&text).map_or(
            Value::from(text),
            |bytes| json!({ "base64": STANDARD.encode(bytes) }),
        ),
        _ => Value::from(text),
    }
}

// Numbers of `pg_type`, fixed since they were made.
const BOOL: u32 = 16;
pub(super) const BYTEA: u32 = 17;
pub(super) const INT8: u32 = 20;
pub(super) const INT2: u32 = 21;
pub(super) const INT4: u32 = 23;
pub(super) const TEXT: u32 = 25;
const OID: u32 = 26;
pub(super) const FLOAT4: u32 = 700;
pub(super) const FLOAT8: u32 = 701;
pub(super) const VARCHAR: u32 = 1043;
pub(super) const NUMERIC: u32 = 1700;

fn real(text: String) -> Value {
    match text.as_str() {
        "Infinity" => json!({ "real": "inf" }),
        "-Infinity" => json!({ "real": "-inf" }),
        "NaN" => json!({ "real": "nan" }),
        _ => match text.parse().ok().and_then(Number::from_f64) {
            Some(number) => Value::Number(number),
            None => Value::from(text),
        },
    }
}

fn unhexed(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// Whether a type is one of numbers.
pub(super) fn is_number(kind: u32) -> bool {
    [INT2, INT4, INT8, NUMERIC, FLOAT4, FLOAT8].contains(&kind)
}
