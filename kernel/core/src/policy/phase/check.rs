//! The checks of an argument rule.
//! Knows nothing of which tools they are for.

use regex::Regex;
use serde_spanned::Spanned;

use crate::inspect::{Fact, Finding};
use crate::json::{Json, Number};
use crate::manifest::{ArgumentKind, PlainType};
use crate::source::{Section, anchored};

/// One check of a value. What it cannot read, it does not pass.
#[derive(Clone, Debug)]
pub enum Check {
    /// Exactly this value.
    Equals(Json),
    /// One of these values.
    OneOf(Vec<Json>),
    /// A number of at least this.
    Min(f64),
    /// A number of at most this.
    Max(f64),
    /// At least so many characters or items.
    LengthMin(u64),
    /// At most so many characters or items.
    LengthMax(u64),
    /// The whole text matches.
    Matches(Regex),
    /// The path lies in one of these, component by component.
    Prefix(Vec<String>),
}

impl Check {
    /// What is wrong with the value, in words that do not quote it; `Err` where it cannot be told.
    pub(super) fn objection(
        &self,
        argument: &str,
        value: &Json,
        findings: &[Finding],
    ) -> Result<Option<&'static str>, &'static str> {
        let holds = self.holds(argument, value, findings)?;
        Ok((!holds).then_some(self.complaint()))
    }

    /// Whether the value is so.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub(in crate::policy) fn holds(
        &self,
        argument: &str,
        value: &Json,
        findings: &[Finding],
    ) -> Result<bool, &'static str> {
        Ok(match self {
            Self::Equals(wanted) => value == wanted,
            Self::OneOf(wanted) => wanted.contains(value),
            Self::Min(min) => finite(value)? >= *min,
            Self::Max(max) => finite(value)? <= *max,
            Self::LengthMin(min) => length(value)? >= *min,
            Self::LengthMax(max) => length(value)? <= *max,
            Self::Matches(pattern) => {
                pattern.is_match(value.as_str().ok_or("the argument is no text")?)
            }
            Self::Prefix(prefixes) => within(argument, prefixes, findings)?,
        })
    }

    fn complaint(&self) -> &'static str {
        match self {
            Self::Equals(_) => "is not the one value allowed",
            Self::OneOf(_) => "is none of the values allowed",
            Self::Min(_) => "is below the minimum",
            Self::Max(_) => "is above the maximum",
            Self::LengthMin(_) => "is too short",
            Self::LengthMax(_) => "is too long",
            Self::Matches(_) => "does not have the form allowed",
            Self::Prefix(_) => "lies outside the paths allowed",
        }
    }

    /// Whether the check can ever hold for an argument of this kind.
    pub(in crate::policy) fn suits(&self, kind: &ArgumentKind) -> bool {
        let plain = match kind {
            ArgumentKind::SqlParams => PlainType::Array,
            ArgumentKind::Plain(schema) => schema.kind,
            ArgumentKind::Sql(_)
            | ArgumentKind::Table
            | ArgumentKind::Path(_)
            | ArgumentKind::Url
            | ArgumentKind::Dataset => PlainType::String,
        };
        let number = matches!(plain, PlainType::Integer | PlainType::Number);
        let typed = |value: &Json| match plain {
            PlainType::String => value.as_str().is_some(),
            PlainType::Integer => value.as_number().is_some_and(|n| n.as_i64().is_some()),
            PlainType::Number => value.as_number().is_some(),
            PlainType::Boolean => value.as_bool().is_some(),
            PlainType::Array => value.as_array().is_some(),
        };
        match self {
            Self::Equals(value) => typed(value),
            Self::OneOf(values) => values.iter().all(typed),
            Self::Min(_) | Self::Max(_) => number,
            Self::LengthMin(_) | Self::LengthMax(_) => {
                matches!(plain, PlainType::String | PlainType::Array)
            }
            Self::Matches(_) => plain == PlainType::String,
            Self::Prefix(_) => matches!(kind, ArgumentKind::Path(_)),
        }
    }

    /// All checks that a rule states; `None` where one cannot be read.
    pub(in crate::policy) fn read_all(section: &mut Section<'_>) -> Option<Vec<Spanned<Self>>> {
        let mut checks = Vec::new();
        let mut stated = 0_usize;
        for key in ["equals", "one_of", "min", "max", "matches", "prefix"] {
            stated = stated.saturating_add(usize::from(section.has(key)));
        }
        let mut add = |check: Option<Spanned<Self>>| checks.extend(check);
        add(section.any("equals").map(|v| map(v, Self::Equals)));
        add(section.any_list("one_of").map(|v| map(v, Self::OneOf)));
        add(section.number("min").map(|v| map(v, Self::Min)));
        add(section.number("max").map(|v| map(v, Self::Max)));
        add(pattern(section));
        let prefixes = section.parsed_list("prefix", PREFIX, prefix);
        add(prefixes.and_then(|list| {
            let at = list.first()?.span();
            let list = list.into_iter().map(Spanned::into_inner).collect();
            Some(Spanned::new(at, Self::Prefix(list)))
        }));
        let sound = checks.len() == stated;
        let length = lengths(section, &mut checks);
        (sound && length).then_some(checks)
    }
}

const PREFIX: &str = "a path of components such as `silver` or `silver/eu`, without `.` or `..`";

fn prefix(text: &str) -> Option<String> {
    let fits = text
        .split('/')
        .all(|part| !part.is_empty() && part != "." && part != "..");
    fits.then(|| text.to_owned())
}

fn pattern(section: &mut Section<'_>) -> Option<Spanned<Check>> {
    let text = section.text("matches")?;
    match anchored(text.get_ref()) {
        Ok(pattern) => Some(Spanned::new(text.span(), Check::Matches(pattern))),
        Err(fault) => {
            section.problem(
                text.span(),
                format!("not a pattern: {fault}"),
                "write a regular expression without look-around or back-references",
            );
            None
        }
    }
}

fn lengths(section: &mut Section<'_>, checks: &mut Vec<Spanned<Check>>) -> bool {
    let stated = section.has("length");
    let Some(mut length) = section.section("length") else {
        return !stated;
    };
    let (min, max) = (length.count("min"), length.count("max"));
    if min.is_none() && max.is_none() {
        length.problem(
            length.span(),
            "a length without bounds",
            "give `min` or `max`",
        );
        return false;
    }
    checks.extend(min.map(|v| map(v, Check::LengthMin)));
    checks.extend(max.map(|v| map(v, Check::LengthMax)));
    true
}

fn map<T, U>(value: Spanned<T>, make: impl FnOnce(T) -> U) -> Spanned<U> {
    Spanned::new(value.span(), make(value.into_inner()))
}

fn finite(value: &Json) -> Result<f64, &'static str> {
    value
        .as_number()
        .and_then(Number::as_f64)
        .filter(|n| n.is_finite())
        .ok_or("the argument is no number")
}

fn length(value: &Json) -> Result<u64, &'static str> {
    let length = match value {
        Json::String(text) => text.chars().count(),
        Json::Array(items) => items.len(),
        _ => return Err("the argument has no length"),
    };
    Ok(u64::try_from(length).unwrap_or(u64::MAX))
}

/// Judges the path that the interceptor normalised, never the agent's spelling of it.
fn within(argument: &str, prefixes: &[String], findings: &[Finding]) -> Result<bool, &'static str> {
    let mut paths = findings
        .iter()
        .filter(|finding| finding.argument == argument)
        .filter_map(|finding| match &finding.fact {
            Fact::Touches { path, .. } => Some(path.as_str()),
            _ => None,
        })
        .peekable();
    if paths.peek().is_none() {
        return Err("the argument was not read as a path");
    }
    Ok(paths.all(|path| prefixes.iter().any(|prefix| contains(prefix, path))))
}

fn contains(prefix: &str, path: &str) -> bool {
    let mut components = path.split('/');
    prefix
        .split('/')
        .all(|part| components.next() == Some(part))
}
