//! Reads `[[dataset.NAME.check]]`: the suite that a dataset's content must satisfy.
//! Knows nothing of evaluation.

use std::ops::Range;

use serde_spanned::Spanned;

use crate::json::Json;
use crate::manifest::{Check, Suite};
use crate::source::{Section, did_you_mean, digest};

const KINDS: [&str; 9] = [
    "schema", "not-null", "unique", "accepted", "range", "rows", "refers", "fresh", "clean",
];
const TYPES: [&str; 5] = ["string", "integer", "number", "boolean", "date"];

/// A column that a check names, and where.
type Named = (String, Range<usize>);

pub(super) fn suite(key: &Spanned<String>, dataset: &mut Section<'_>) -> Option<Suite> {
    let sections = dataset.sections("check");
    if sections.is_empty() {
        dataset.problem(
            key.span(),
            format!(
                "dataset `{}` has no check, so anything would pass",
                key.get_ref()
            ),
            "add a `[[dataset.NAME.check]]`, a schema and a row count at least",
        );
        return None;
    }
    let canonical = Json::Array(sections.iter().map(|s| s.json().clone()).collect());
    let mut checks = Vec::new();
    let mut named: Vec<Named> = Vec::new();
    for mut section in sections {
        checks.extend(check(&mut section, &mut named));
    }
    check_columns(dataset, &checks, named);
    Some(Suite {
        checks,
        digest: digest(&canonical),
    })
}

fn check(section: &mut Section<'_>, named: &mut Vec<Named>) -> Option<Check> {
    section.require("kind");
    let kind = section.text("kind")?;
    match kind.get_ref().as_str() {
        "schema" => schema(section),
        "not-null" => columns(section, named).map(Check::NotNull),
        "unique" => columns(section, named).map(Check::Unique),
        "clean" => columns(section, named).map(Check::Clean),
        "accepted" => accepted(section, named),
        "range" => range(section, named),
        "rows" => rows(section),
        "refers" => refers(section, named),
        "fresh" => fresh(section, named),
        other => {
            let message = format!("unknown check `{}`", other.escape_debug());
            section.problem(kind.span(), message, did_you_mean(other, KINDS));
            section.skip(&[
                "column",
                "columns",
                "values",
                "min",
                "max",
                "dataset",
                "to",
                "max_age_s",
            ]);
            None
        }
    }
}

fn schema(section: &mut Section<'_>) -> Option<Check> {
    section.require("columns");
    let pairs = section.pairs("columns");
    let mut columns = Vec::new();
    for (name, kind) in pairs {
        if TYPES.contains(&kind.get_ref().as_str()) {
            columns.push((name.into_inner(), kind.into_inner()));
        } else {
            let message = format!("unknown type `{}`", kind.get_ref().escape_debug());
            section.problem(kind.span(), message, did_you_mean(kind.get_ref(), TYPES));
        }
    }
    (!columns.is_empty()).then_some(Check::Schema(columns))
}

fn columns(section: &mut Section<'_>, named: &mut Vec<Named>) -> Option<Vec<String>> {
    section.require("columns");
    let columns = section.texts("columns")?;
    named.extend(columns.iter().map(|c| (c.get_ref().clone(), c.span())));
    Some(columns.into_iter().map(Spanned::into_inner).collect())
}

fn column(section: &mut Section<'_>, named: &mut Vec<Named>) -> Option<String> {
    let column = section.need_text("column")?;
    named.push((column.get_ref().clone(), column.span()));
    Some(column.into_inner())
}

fn accepted(section: &mut Section<'_>, named: &mut Vec<Named>) -> Option<Check> {
    let column = column(section, named);
    section.require("values");
    let values = section.any_list("values");
    let as_text = |value: &Json| match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.lexeme().to_owned()),
        Json::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    let values = values?;
    let texts: Option<Vec<String>> = values.get_ref().iter().map(as_text).collect();
    if texts.is_none() {
        section.problem(
            values.span(),
            "`values` holds more than scalars",
            "list scalars",
        );
    }
    Some(Check::Accepted {
        column: column?,
        values: texts?,
    })
}

fn range(section: &mut Section<'_>, named: &mut Vec<Named>) -> Option<Check> {
    let column = column(section, named);
    let (min, max) = (section.number("min"), section.number("max"));
    if min.is_none() && max.is_none() {
        section.problem(
            section.span(),
            "a range without bounds",
            "give `min`, `max` or both",
        );
    }
    if let (Some(min), Some(max)) = (&min, &max)
        && min.get_ref() > max.get_ref()
    {
        section.problem(max.span(), "`max` is below `min`", "correct the bound");
    }
    Some(Check::Range {
        column: column?,
        min: min.map(Spanned::into_inner),
        max: max.map(Spanned::into_inner),
    })
}

/// An empty batch passes every other check (attack G5), so `min` is one at least.
fn rows(section: &mut Section<'_>) -> Option<Check> {
    let min = section.count("min");
    let max = section.count("max");
    if let Some(min) = &min
        && *min.get_ref() == 0
    {
        section.problem(
            min.span(),
            "`min` is zero, but zero rows never pass",
            "use one or more",
        );
    }
    let min = min.map_or(1, Spanned::into_inner);
    if let Some(max) = &max
        && *max.get_ref() < min
    {
        section.problem(max.span(), "`max` is below `min`", "correct the bound");
    }
    Some(Check::Rows {
        min,
        max: max.map(Spanned::into_inner),
    })
}

fn refers(section: &mut Section<'_>, named: &mut Vec<Named>) -> Option<Check> {
    let column = column(section, named);
    let dataset = section.need_text("dataset");
    let to = section.need_text("to");
    Some(Check::Refers {
        column: column?,
        dataset: dataset?.into_inner(),
        to: to?.into_inner(),
    })
}

fn fresh(section: &mut Section<'_>, named: &mut Vec<Named>) -> Option<Check> {
    let column = column(section, named);
    section.require("max_age_s");
    let age = section.count("max_age_s");
    if let Some(age) = &age
        && *age.get_ref() == 0
    {
        section.problem(
            age.span(),
            "nothing is ever zero seconds old",
            "give the age in seconds",
        );
    }
    Some(Check::Fresh {
        column: column?,
        max_age_s: age?.into_inner(),
    })
}

/// Where the suite states the schema, every other check speaks of its columns.
fn check_columns(dataset: &Section<'_>, checks: &[Check], named: Vec<Named>) {
    let mut schemas = checks.iter().filter_map(|check| match check {
        Check::Schema(columns) => Some(columns),
        _ => None,
    });
    let Some(schema) = schemas.next() else { return };
    if schemas.next().is_some() {
        dataset.problem(
            dataset.span(),
            "two `schema` checks",
            "state the schema once",
        );
    }
    for (name, at) in named {
        if schema.iter().all(|(known, _)| *known != name) {
            let message = format!("the schema has no column `{}`", name.escape_debug());
            let fix = did_you_mean(&name, schema.iter().map(|(known, _)| known.as_str()));
            dataset.problem(at, message, fix);
        }
    }
}
