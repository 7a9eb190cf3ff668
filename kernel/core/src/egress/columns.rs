//! Masks by lineage: whole output columns, by position.
//! Knows nothing of detectors.

use super::{Masks, mask_value};
use crate::inspect::Output;
use crate::json::{Json, Object};
use crate::manifest::ResultShape;
use crate::policy::{ColumnMask, Obligations, Operator};

/// Masks the columns that the obligations name. The result must have exactly the width that was
/// derived, else nothing of it is believed.
///
/// # Errors
/// Why the masks cannot be applied.
pub(super) fn mask(
    result: &mut Json,
    shape: &ResultShape,
    outputs: &[Output],
    obligations: &Obligations,
    masks: &Masks,
) -> Result<(), &'static str> {
    if obligations
        .columns
        .iter()
        .any(|mask| mask.operator == Operator::Withhold)
    {
        return Err("a rule withholds results that hold this column");
    }
    let Some(pointer) = &shape.rows else {
        return Err("the manifest does not say where the rows are");
    };
    let Some(rows) = result.at_mut(pointer) else {
        return if outputs.is_empty() {
            Ok(())
        } else {
            Err("the result holds no rows where the manifest says")
        };
    };
    let Json::Array(rows) = rows else {
        return Err("the rows are no array");
    };
    let mut names: Option<Vec<String>> = None;
    for row in rows.iter_mut() {
        let Json::Object(row) = row else {
            return Err("a row is no object");
        };
        if row.len() != outputs.len() {
            return Err("a row is wider or narrower than the statement");
        }
        let keys = || row.keys().map(str::to_owned).collect::<Vec<_>>();
        match &names {
            None => names = Some(keys()),
            Some(names) if !names.iter().map(String::as_str).eq(row.keys()) => {
                return Err("the rows differ in their columns");
            }
            Some(_) => {}
        }
        mask_row(row, outputs, obligations, masks)?;
    }
    columns(result, shape, outputs, obligations, names.as_deref())
}

fn mask_row(
    row: &mut Object,
    outputs: &[Output],
    obligations: &Obligations,
    masks: &Masks,
) -> Result<(), &'static str> {
    let mut kept = Object::new();
    for (at, ((name, value), output)) in std::mem::take(row).into_iter().zip(outputs).enumerate() {
        match obligations.columns.iter().find(|mask| mask.index == at) {
            None => kept.insert(name, value),
            Some(mask) if mask.operator == Operator::Drop => {}
            Some(mask) => kept.insert(name, cell(mask, output, &value, masks)?),
        }
    }
    *row = kept;
    Ok(())
}

/// A computed cell becomes a constant whatever it holds: a `null`, or a text shaped like one of our own
/// masks, would each carry an answer.
fn cell(
    mask: &ColumnMask,
    output: &Output,
    value: &Json,
    masks: &Masks,
) -> Result<Json, &'static str> {
    let constant = Json::from("computed");
    let (operator, value) = if output.bare {
        (mask.operator, value)
    } else {
        (Operator::Redact, &constant)
    };
    mask_value(operator, mask.label.as_str(), value, masks.key())
        .map_err(|_| "a labelled value cannot be masked")
}

/// The list of column names must tell the same story as the rows; dropped columns go from it too.
fn columns(
    result: &mut Json,
    shape: &ResultShape,
    outputs: &[Output],
    obligations: &Obligations,
    names: Option<&[String]>,
) -> Result<(), &'static str> {
    let Some(listed) = shape
        .columns
        .as_ref()
        .and_then(|pointer| result.at_mut(pointer))
    else {
        return Ok(());
    };
    let Json::Array(items) = listed else {
        return Err("the column names are no array");
    };
    let same = names.is_none_or(|names| {
        items
            .iter()
            .map(Json::as_str)
            .eq(names.iter().map(|name| Some(name.as_str())))
    });
    if items.len() != outputs.len() || !same {
        return Err("the column names differ from the rows");
    }
    let mut at = 0;
    items.retain(|_| {
        let dropped = obligations
            .columns
            .iter()
            .any(|mask| mask.index == at && mask.operator == Operator::Drop);
        at += 1;
        !dropped
    });
    Ok(())
}
