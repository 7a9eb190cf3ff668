//! The checks of an argument rule.
//! Knows nothing of which tools they are for.

use regex::Regex;
use serde_spanned::Spanned;

use super::compare::RELATIONS;
use super::{Comparison, Glob, Said};
use crate::inspect::{Fact, Finding};
use crate::json::{Json, Number};
use crate::manifest::{ArgumentKind, PlainType};
use crate::policy::ArgumentPath;
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
    /// The whole path or text is meant by one of these.
    Glob(Vec<Glob>),
    /// The value is of this JSON type.
    Type(&'static str),
    /// It relates so to another argument.
    Versus(Comparison),
}

impl Check {
    /// What is wrong with the value, in words that do not quote it; `Err` where it cannot be told.
    pub(super) fn objection(&self, said: &Said<'_>) -> Result<Option<&'static str>, &'static str> {
        let holds = self.holds(said)?;
        Ok((!holds).then_some(self.complaint()))
    }

    /// Whether the value is so.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub(in crate::policy) fn holds(&self, said: &Said<'_>) -> Result<bool, &'static str> {
        let value = said.value;
        Ok(match self {
            Self::Equals(wanted) => value == wanted,
            Self::OneOf(wanted) => wanted.contains(value),
            Self::Min(min) => finite(value)? >= *min,
            Self::Max(max) => finite(value)? <= *max,
            Self::LengthMin(min) => !is_shorter(said, *min)?,
            Self::LengthMax(max) => is_shorter(said, max.saturating_add(1))?,
            Self::Matches(pattern) => {
                pattern.is_match(value.as_str().ok_or("the argument is no text")?)
            }
            Self::Prefix(prefixes) => within(said.argument, prefixes, said.findings)?,
            Self::Glob(globs) => matched(globs, said)?,
            Self::Type(word) => is_type(word, value),
            Self::Versus(comparison) => {
                let other = comparison.other.find(said.arguments);
                let other = other.ok_or("the argument that it is held against is missing")?;
                comparison.relation.holds(value, other)?
            }
        })
    }

    /// The other argument that it looks at.
    pub(in crate::policy) fn other(&self) -> Option<&ArgumentPath> {
        match self {
            Self::Versus(comparison) => Some(&comparison.other),
            _ => None,
        }
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
            Self::Glob(_) => "is none of the names allowed",
            Self::Type(_) => "is not of the type allowed",
            Self::Versus(comparison) => comparison.relation.complaint(),
        }
    }

    /// Whether the check can ever hold for an argument of this kind.
    pub(in crate::policy) fn suits(&self, kind: &ArgumentKind) -> bool {
        let plain = match kind {
            ArgumentKind::SqlParams | ArgumentKind::Paths(_) => PlainType::Array,
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
            PlainType::Object => value.as_object().is_some(),
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
            Self::Glob(_) => plain == PlainType::String,
            Self::Type(word) => {
                *word == plain.as_str()
                    || (*word == "integer" && plain == PlainType::Number)
                    || (*word == "number" && plain == PlainType::Integer)
            }
            Self::Versus(_) => true,
        }
    }

    /// All checks that a rule states; `None` where one cannot be read.
    pub(in crate::policy) fn read_all(section: &mut Section<'_>) -> Option<Vec<Spanned<Self>>> {
        let mut checks = Vec::new();
        let mut stated = 0_usize;
        const KEYS: [&str; 12] = [
            "equals",
            "one_of",
            "min",
            "max",
            "matches",
            "prefix",
            "glob",
            "type",
            "same_as",
            "differs_from",
            "less_than",
            "at_most",
        ];
        for key in KEYS {
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
        let globs = section.parsed_list("glob", GLOB, Glob::parse);
        add(globs.and_then(|list| {
            let at = list.first()?.span();
            let list = list.into_iter().map(Spanned::into_inner).collect();
            Some(Spanned::new(at, Self::Glob(list)))
        }));
        add(section
            .parsed("type", TYPE, known_type)
            .map(|v| map(v, Self::Type)));
        for (key, relation) in RELATIONS {
            let other = section.parsed(key, super::argument::ARGUMENT, ArgumentPath::parse);
            let versus = |other| Self::Versus(Comparison { relation, other });
            add(other.map(|v| map(v, versus)));
        }
        let sound = checks.len() == stated;
        let length = lengths(section, &mut checks);
        (sound && length).then_some(checks)
    }
}

const PREFIX: &str = "a path of components such as `silver` or `silver/eu`, without `.` or `..`";

const GLOB: &str = "a glob such as `silver/*.csv` or `reports/**`";
const TYPE: &str = "a JSON type: `string`, `integer`, `number`, `boolean`, `array` or `null`";

fn known_type(word: &str) -> Option<&'static str> {
    ["string", "integer", "number", "boolean", "array", "null"]
        .into_iter()
        .find(|known| *known == word)
}

/// A whole number is a number too.
fn is_type(word: &str, value: &Json) -> bool {
    match (word, value) {
        ("string", Json::String(_)) | ("array", Json::Array(_)) | ("number", Json::Number(_)) => {
            true
        }
        ("boolean", value) => value.as_bool().is_some(),
        ("integer", Json::Number(number)) => number.as_i64().is_some(),
        ("null", Json::Null) => true,
        _ => false,
    }
}

/// A path as the interceptor normalised it, any other text as it is.
fn matched(globs: &[Glob], said: &Said<'_>) -> Result<bool, &'static str> {
    let mut paths = paths(said.argument, said.findings).peekable();
    let meant = |text: &str| globs.iter().any(|glob| glob.covers(text));
    if paths.peek().is_some() {
        return Ok(paths.all(meant));
    }
    said.value
        .as_str()
        .map(meant)
        .ok_or("the argument is no text")
}

fn paths<'a>(argument: &'a str, findings: &'a [Finding]) -> impl Iterator<Item = &'a str> {
    findings
        .iter()
        .filter(move |finding| finding.argument == argument)
        .filter_map(|finding| match &finding.fact {
            Fact::Touches { path, .. } => Some(path.as_str()),
            _ => None,
        })
}

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

fn is_shorter(said: &Said<'_>, than: u64) -> Result<bool, &'static str> {
    let than = usize::try_from(than).unwrap_or(usize::MAX);
    match said.value {
        // A character is one to four bytes: mostly they tell, and a long text is not counted by each rule.
        Json::String(text) if text.len() < than => Ok(true),
        Json::String(text) if text.len() / 4 >= than => Ok(false),
        Json::String(text) => Ok(said.lengths.of(text) < than),
        Json::Array(items) => Ok(items.len() < than),
        _ => Err("the argument has no length"),
    }
}

/// Judges the path that the interceptor normalised, never the agent's spelling of it.
fn within(argument: &str, prefixes: &[String], findings: &[Finding]) -> Result<bool, &'static str> {
    let mut paths = paths(argument, findings).peekable();
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
