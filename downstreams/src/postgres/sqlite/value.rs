//! Values between JSON and SQLite, exactly.
//! Knows nothing of tables.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::{Value as Bound, ValueRef};
use serde_json::{Number, Value, json};

use crate::arguments::BadArgument;
use crate::bounds::PARAMS_MAX;

/// The parameters of a statement: scalars alone. `true` and `false` are 1 and 0, as in SQLite.
pub(super) fn bound(params: Vec<Value>) -> Result<Vec<Bound>, BadArgument> {
    if params.len() > PARAMS_MAX {
        return Err(BadArgument);
    }
    params.into_iter().map(scalar).collect()
}

fn scalar(param: Value) -> Result<Bound, BadArgument> {
    match param {
        Value::Null => Ok(Bound::Null),
        Value::Bool(flag) => Ok(Bound::Integer(i64::from(flag))),
        Value::String(text) => Ok(Bound::Text(text)),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(integer), _, _) => Ok(Bound::Integer(integer)),
            // Beyond i64 there is no exact value to bind.
            (None, Some(_), _) => Err(BadArgument),
            (None, None, Some(real)) if real.is_finite() => Ok(Bound::Real(real)),
            _ => Err(BadArgument),
        },
        Value::Array(_) | Value::Object(_) => Err(BadArgument),
    }
}

/// A value as JSON: integers exactly, reals in their shortest exact form, BLOBs and text that is
/// not UTF-8 as `{"base64": "…"}`, infinities as `{"real": "inf"}` or `{"real": "-inf"}`.
pub(super) fn to_json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::from(integer),
        ValueRef::Real(real) => match Number::from_f64(real) {
            Some(number) => Value::Number(number),
            None => json!({ "real": if real > 0.0 { "inf" } else { "-inf" } }),
        },
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::from(text),
            Err(_) => base64(bytes),
        },
        ValueRef::Blob(bytes) => base64(bytes),
    }
}

fn base64(bytes: &[u8]) -> Value {
    json!({ "base64": STANDARD.encode(bytes) })
}

/// The bytes that a mask works on; `None` is NULL.
pub(super) fn to_bytes(value: ValueRef<'_>) -> Option<Vec<u8>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(integer) => Some(integer.to_string().into_bytes()),
        ValueRef::Real(real) => Some(real.to_string().into_bytes()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes.to_vec()),
    }
}
