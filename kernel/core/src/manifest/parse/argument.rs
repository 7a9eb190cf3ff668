//! Reads `[tool.NAME.argument.ARG]`.
//! Knows nothing of how the interceptors read values.

use std::ops::Range;

use serde_spanned::Spanned;

use super::{name, object};
use crate::inspect::sql::Dialect;
use crate::inspect::sql::Family;
use crate::inspect::sql::NEVER;
use crate::json::Json;
use crate::manifest::{Access, Argument, ArgumentKind, Label, Masked, PlainSchema, PlainType};
use crate::source::{Section, anchored, did_you_mean};

/// The words for an argument's kind.
const KINDS: [&str; 11] = [
    "sql",
    "sql-params",
    "table",
    "path",
    "paths",
    "url",
    "dataset",
    "string",
    "integer",
    "number",
    "boolean",
];
const ARRAY: &str = "array";
const OBJECT: &str = "object";

pub(super) fn arguments(tool: &mut Section<'_>) -> Vec<Argument> {
    let mut arguments: Vec<Argument> = Vec::new();
    for (key, mut section) in tool.named("argument") {
        let twin = arguments
            .iter()
            .find(|a| a.name.eq_ignore_ascii_case(key.get_ref()));
        if let Some(twin) = twin {
            section.problem(
                key.span(),
                format!(
                    "`{}` differs from `{}` in letter case alone",
                    key.get_ref(),
                    twin.name
                ),
                "rename one of them",
            );
        }
        if let Some(argument) = argument(&key, &mut section) {
            arguments.push(argument);
        }
    }
    arguments
}

fn argument(key: &Spanned<String>, section: &mut Section<'_>) -> Option<Argument> {
    let name = name::given(section, key, "the argument");
    let required = section.flag("required").unwrap_or(true);
    let description = section.need_text("description");
    section.require("kind");
    let word = section.text("kind");
    let kind = word.as_ref().and_then(|word| kind(section, word));
    if kind.is_none() {
        section.skip(&[
            "dialect", "access", "one_of", "min", "max", "pattern", "field", "item",
        ]);
    }
    let masked = kind
        .as_ref()
        .map_or_else(Masked::default, |kind| masked(section, kind));
    let families = match kind {
        Some(ArgumentKind::Sql(_)) => families(section),
        _ => Vec::new(),
    };
    Some(Argument {
        families,
        name: name?,
        required,
        description: description?.into_inner(),
        kind: kind?,
        masked,
    })
}

/// The families of statements that are turned into a capability in place of a refusal.
fn families(section: &mut Section<'_>) -> Vec<Family> {
    let mut families = Vec::new();
    for word in section.texts("families").into_iter().flatten() {
        let never = NEVER.iter().find(|(name, _)| name == word.get_ref());
        match (Family::parse(word.get_ref()), never) {
            (Some(family), _) => families.push(family),
            (None, Some((name, why))) => section.problem(
                word.span(),
                format!("`{name}` cannot be opened: {why}"),
                "leave it out; such statements stay refused",
            ),
            (None, None) => section.problem(
                word.span(),
                format!(
                    "`{}` is no family of statements",
                    word.get_ref().escape_debug()
                ),
                did_you_mean(word.get_ref(), ["sql:pragma"]),
            ),
        }
    }
    families
}

/// Only texts of the agent's own and bound values can take masked values.
fn masked(section: &mut Section<'_>, kind: &ArgumentKind) -> Masked {
    let plain = matches!(
        kind,
        ArgumentKind::Plain(schema) if matches!(schema.kind, PlainType::String | PlainType::Array)
    );
    let mut masked = Masked::default();
    if plain || matches!(kind, ArgumentKind::SqlParams) {
        let words = section.parsed_list("restores", RESTORES, restores);
        let words = words.into_iter().flatten();
        masked.restores = words.map(Spanned::into_inner).collect();
    }
    if plain {
        masked.passes = section.flag("passes_masked").unwrap_or(false);
    }
    masked
}

const RESTORES: &str = "a label such as `pii.email`, or a type such as `EMAIL_ADDRESS`";

fn restores(word: &str) -> Option<String> {
    let is_type = word.starts_with(|c: char| c.is_ascii_uppercase())
        && word
            .bytes()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'));
    (is_type || Label::parse(word).is_some()).then(|| word.to_owned())
}

/// Only the keys of this kind are asked for, so that `dialect` on a path is an unknown key.
fn kind(section: &mut Section<'_>, word: &Spanned<String>) -> Option<ArgumentKind> {
    Some(match word.get_ref().as_str() {
        "sql" => {
            section.require("dialect");
            let dialect = section.parsed("dialect", "`sqlite` or `postgres`", dialect)?;
            ArgumentKind::Sql(dialect.into_inner())
        }
        "sql-params" => ArgumentKind::SqlParams,
        "table" => ArgumentKind::Table,
        "path" => ArgumentKind::Path(access(section)?),
        "paths" => ArgumentKind::Paths(access(section)?),
        "url" => ArgumentKind::Url,
        "dataset" => ArgumentKind::Dataset,
        "string" => plain(section, PlainType::String)?,
        "integer" => plain(section, PlainType::Integer)?,
        "number" => plain(section, PlainType::Number)?,
        "boolean" => plain(section, PlainType::Boolean)?,
        ARRAY => plain(section, PlainType::Array)?,
        OBJECT => ArgumentKind::Plain(object::read(section, 1)?),
        other => {
            section.problem(
                word.span(),
                format!("unknown kind `{}`", other.escape_debug()),
                did_you_mean(other, KINDS.into_iter().chain([ARRAY, OBJECT])),
            );
            return None;
        }
    })
}

fn access(section: &mut Section<'_>) -> Option<Access> {
    section.require("access");
    let words = "`list`, `read`, `write` or `delete`";
    let access = section.parsed("access", words, Access::parse)?;
    Some(access.into_inner())
}

fn dialect(word: &str) -> Option<Dialect> {
    match word {
        "sqlite" => Some(Dialect::Sqlite),
        "postgres" => Some(Dialect::Postgres),
        _ => None,
    }
}

fn plain(section: &mut Section<'_>, kind: PlainType) -> Option<ArgumentKind> {
    schema(section, kind, 0).map(ArgumentKind::Plain)
}

/// A closed schema of what is no object, within so many objects.
pub(super) fn schema(
    section: &mut Section<'_>,
    kind: PlainType,
    depth: usize,
) -> Option<PlainSchema> {
    let item = match kind {
        PlainType::Array => object::item(section, depth)?,
        _ => None,
    };
    let one_of = match kind {
        PlainType::Boolean | PlainType::Array => None,
        _ => section.any_list("one_of"),
    };
    let (min, max) = match kind {
        PlainType::Boolean => (None, None),
        _ => (section.integer("min"), section.integer("max")),
    };
    let pattern = match kind {
        PlainType::String => section.text("pattern"),
        _ => None,
    };
    if let Some(values) = &one_of {
        check_values(section, kind, values);
    }
    check_bounds(section, kind, min.as_ref(), max.as_ref());
    let pattern = pattern.map(|text| {
        anchored(text.get_ref()).map_err(|fault| {
            section.problem(
                text.span(),
                format!("not a pattern: {fault}"),
                "write a regular expression without look-around or back-references",
            );
        })
    });
    Some(PlainSchema {
        kind,
        fields: Vec::new(),
        item: item.map(Box::new),
        one_of: one_of.map(Spanned::into_inner).unwrap_or_default(),
        min: min.map(Spanned::into_inner),
        max: max.map(Spanned::into_inner),
        pattern: pattern.transpose().ok()?,
    })
}

fn check_values(section: &Section<'_>, kind: PlainType, values: &Spanned<Vec<Json>>) {
    let fits = |value: &Json| match kind {
        PlainType::String => value.as_str().is_some(),
        PlainType::Integer => value.as_number().is_some_and(|n| n.as_i64().is_some()),
        PlainType::Number => value.as_number().is_some(),
        PlainType::Boolean | PlainType::Array | PlainType::Object => false,
    };
    if !values.get_ref().iter().all(fits) {
        let message = format!("`one_of` holds a value that is no {}", kind.as_str());
        section.problem(values.span(), message, "list values of the argument's kind");
    }
}

fn check_bounds(
    section: &Section<'_>,
    kind: PlainType,
    min: Option<&Spanned<i64>>,
    max: Option<&Spanned<i64>>,
) {
    let size = matches!(kind, PlainType::String | PlainType::Array);
    let note = |at: Range<usize>, message: &str| {
        section.problem(at, message, "correct the bound");
    };
    if let (Some(min), Some(max)) = (min, max)
        && min.get_ref() > max.get_ref()
    {
        note(max.span(), "`max` is below `min`, so nothing can fit");
    }
    for bound in [min, max].into_iter().flatten() {
        if size && *bound.get_ref() < 0 {
            note(bound.span(), "a length is never negative");
        }
    }
}
