//! Masks by lineage: whole output columns, by position.
//! Knows nothing of detectors.

use super::kept::Kept;
use super::mask::{Masker, label_name};
use super::pairs::Pairs;
use super::scan::mask_cell;
use crate::inspect::Output;
use crate::json::{Json, Object};
use crate::manifest::ResultShape;
use crate::policy::{ColumnMask, Obligations, Operator};

/// What one masking works with.
pub(super) struct Terms<'a> {
    pub(super) outputs: &'a [Output],
    pub(super) obligations: &'a Obligations,
    pub(super) masker: &'a Masker<'a>,
    /// What the engine's wall says its tokens stand for.
    pub(super) revealed: &'a Pairs,
    /// Whether the engine's wall has confirmed which columns these are.
    pub(super) confirmed: bool,
}

/// Masks the columns that the obligations name. The result must have exactly the width that was
/// derived, else nothing of it is believed. Answers which columns now hold dates and classes that
/// detectors must leave alone.
///
/// # Errors
/// Why the masks cannot be applied.
pub(super) fn mask(
    result: &mut Json,
    shape: &ResultShape,
    terms: &Terms<'_>,
) -> Result<Kept, &'static str> {
    let (outputs, obligations) = (terms.outputs, terms.obligations);
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
            Ok(Kept::default())
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
        // Some servers' objects order their members anew: `1` before `a`, whatever the statement says.
        let named = |(key, output): (&str, &Output)| key == output.name;
        if !terms.confirmed && !row.keys().zip(outputs).all(named) {
            return Err("a row names other columns than the statement, or in another order");
        }
        let keys = || row.keys().map(str::to_owned).collect::<Vec<_>>();
        match &names {
            None => names = Some(keys()),
            Some(names) if !names.iter().map(String::as_str).eq(row.keys()) => {
                return Err("the rows differ in their columns");
            }
            Some(_) => {}
        }
        mask_row(row, terms)?;
    }
    columns(result, shape, outputs, obligations, names.as_deref())?;
    Ok(Kept::columns(pointer.clone(), outputs.len(), obligations))
}

fn mask_row(row: &mut Object, terms: &Terms<'_>) -> Result<(), &'static str> {
    let whole = std::mem::take(row);
    let subject = |mask: &ColumnMask| {
        let at = mask.subject?;
        whole.iter().nth(at).map(|(_, value)| match value {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    let mut kept = Object::new();
    for (at, ((name, value), output)) in whole.iter().zip(terms.outputs).enumerate() {
        match terms
            .obligations
            .columns
            .iter()
            .find(|mask| mask.index == at)
        {
            None => kept.insert(name, value.clone()),
            Some(mask) if mask.operator == Operator::Drop => {}
            Some(mask) => {
                let subject = subject(mask).unwrap_or_default();
                kept.insert(name, cell(mask, output, value, &subject, terms)?);
            }
        }
    }
    *row = kept;
    Ok(())
}

/// A computed cell becomes a constant whatever it holds: a `null`, or a text shaped like one of our own
/// masks, would each carry an answer. Where the engine's wall has masked already and said what for, the
/// operator is applied to that.
fn cell(
    mask: &ColumnMask,
    output: &Output,
    value: &Json,
    subject: &str,
    terms: &Terms<'_>,
) -> Result<Json, &'static str> {
    let label = mask.label.as_str();
    let constant = Json::from("computed");
    let revealed = || {
        let (_, form) = label_name(label);
        let value = terms.revealed.proven(terms.masker, form, value.as_str()?)?;
        Some(Json::from(value))
    };
    let masked = if output.bare {
        let original = revealed();
        let value = original.as_ref().unwrap_or(value);
        mask_cell(terms.masker, mask.operator, label, value, subject)
    } else {
        mask_cell(terms.masker, Operator::Redact, label, &constant, "")
    };
    masked.map_err(|_| "a labelled value cannot be masked")
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
