//! Binds a call to the tool that it names, or says by name why not.
//! Knows nothing of grants beyond one question: may this principal know of the tool.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ArgumentKind, Bound, Dataset, PlainSchema, PlainType, System, Tool};
use crate::call::Call;
use crate::denial::{Denial, Phase};
use crate::json::{Json, Object};
use crate::limits;
use crate::principal::Principal;

/// All systems behind the kernel.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    systems: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    system: Arc<System>,
    tools: BTreeMap<String, Arc<Tool>>,
}

impl Manifests {
    /// Gathers systems; a later one of the same name replaces an earlier one (the loader refuses that).
    #[must_use]
    pub fn new(systems: Vec<System>) -> Self {
        let entry = |system: System| {
            let tools = system
                .tools
                .iter()
                .map(|(name, tool)| (name.clone(), Arc::new(tool.clone())))
                .collect();
            (
                system.server.clone(),
                Entry {
                    system: Arc::new(system),
                    tools,
                },
            )
        };
        Self {
            systems: systems.into_iter().map(entry).collect(),
        }
    }

    /// All systems, by name.
    pub fn systems(&self) -> impl Iterator<Item = &Arc<System>> {
        self.systems.values().map(|entry| &entry.system)
    }

    /// The system of this name.
    #[must_use]
    pub fn system(&self, server: &str) -> Option<&Arc<System>> {
        self.systems.get(server).map(|entry| &entry.system)
    }

    /// All datasets of all systems.
    pub fn datasets(&self) -> impl Iterator<Item = &Dataset> {
        self.systems().flat_map(|system| &system.datasets)
    }

    /// The dataset of this name.
    #[must_use]
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets().find(|dataset| dataset.name == name)
    }

    /// Every tool that a north side may see, as `server__tool`, in a fixed order.
    pub fn tools(&self) -> impl Iterator<Item = (String, &Arc<System>, &Arc<Tool>)> {
        self.systems.iter().flat_map(|(server, entry)| {
            entry
                .tools
                .iter()
                .filter(|(_, tool)| !tool.internal)
                .map(move |(name, tool)| (format!("{server}__{name}"), &entry.system, tool))
        })
    }

    /// Gate one: the call names a tool that exists for this principal, with arguments that are declared.
    ///
    /// # Errors
    /// A denial by the kernel's own rules; a tool that `may_know` hides is answered as an unknown one.
    pub fn bind(
        &self,
        call: Call,
        may_know: impl Fn(&Principal, &Tool) -> bool,
    ) -> Result<Bound, Denial> {
        let found = call.tool().split_once("__").and_then(|(server, name)| {
            let entry = self.systems.get(server)?;
            let tool = entry.tools.get(name)?;
            (!tool.internal && may_know(call.principal(), tool)).then_some((entry, tool))
        });
        let Some((entry, tool)) = found else {
            return Err(unknown_tool());
        };
        check_arguments(&call, tool)?;
        Ok(Bound::new(
            call,
            Arc::clone(&entry.system),
            Arc::clone(tool),
        ))
    }
}

/// The one answer for tools that do not exist, are internal, or are not this principal's to know.
fn unknown_tool() -> Denial {
    Denial::kernel(
        "kernel.unknown-tool",
        Phase::Examination,
        "no tool of this name is declared for this principal",
        "call tools/list and use one of the names given there",
    )
}

fn check_arguments(call: &Call, tool: &Tool) -> Result<(), Denial> {
    let declared = || {
        tool.arguments
            .iter()
            .map(|a| a.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if call
        .arguments()
        .keys()
        .any(|key| tool.arguments.iter().all(|a| a.name != key))
    {
        return Err(Denial::kernel(
            "kernel.undeclared-argument",
            Phase::Examination,
            "the call holds an argument that the manifest does not declare",
            format!("use only these arguments: {}", declared()),
        ));
    }
    for argument in &tool.arguments {
        match call.arguments().get(&argument.name) {
            None if argument.required => {
                return Err(Denial::kernel(
                    "kernel.missing-argument",
                    Phase::Examination,
                    format!("the argument `{}` is missing", argument.name),
                    format!("give `{}`", argument.name),
                ));
            }
            None => {}
            Some(value) => check_value(&argument.name, &argument.kind, value)?,
        }
    }
    Ok(())
}

fn check_value(name: &str, kind: &ArgumentKind, value: &Json) -> Result<(), Denial> {
    let problem = match kind {
        ArgumentKind::Sql(_)
        | ArgumentKind::Table
        | ArgumentKind::Path(_)
        | ArgumentKind::Url
        | ArgumentKind::Dataset => value
            .as_str()
            .is_none()
            .then(|| "must be a string".to_owned()),
        ArgumentKind::SqlParams => {
            let scalars = value
                .as_array()
                .is_some_and(|items| items.iter().all(is_scalar));
            (!scalars).then(|| "must be an array of scalars".to_owned())
        }
        ArgumentKind::Paths(_) => {
            let fits = value.as_array().is_some_and(|items| {
                (1..=limits::PATHS_MAX).contains(&items.len())
                    && items.iter().all(|item| item.as_str().is_some())
            });
            let most = limits::PATHS_MAX;
            (!fits).then(|| format!("must be an array of 1 to {most} strings"))
        }
        ArgumentKind::Plain(schema) => check_plain(schema, value),
    };
    match problem {
        None => Ok(()),
        Some(problem) => Err(Denial::kernel(
            "kernel.bad-argument",
            Phase::Examination,
            format!("the argument `{name}` {problem}"),
            "see the tool's input schema in tools/list",
        )),
    }
}

fn is_scalar(value: &Json) -> bool {
    !matches!(value, Json::Array(_) | Json::Object(_))
}

/// What is wrong with a plain value, if anything; never quotes the value.
fn check_plain(schema: &PlainSchema, value: &Json) -> Option<String> {
    if let (PlainType::Object, Json::Object(object)) = (schema.kind, value) {
        return check_object(schema, object);
    }
    let size = match (schema.kind, value) {
        (PlainType::String, Json::String(text)) => i64::try_from(text.chars().count()).ok(),
        (PlainType::Array, Json::Array(items)) => {
            if let Some(problem) = check_items(schema.item.as_deref(), items) {
                return Some(problem);
            }
            i64::try_from(items.len()).ok()
        }
        (PlainType::Integer, Json::Number(number)) => match number.as_i64() {
            Some(value) => Some(value),
            None => return Some("must be a 64-bit integer".to_owned()),
        },
        (PlainType::Number, Json::Number(_)) | (PlainType::Boolean, Json::Bool(_)) => None,
        _ => return Some(format!("must be of type {}", schema.kind.as_str())),
    };
    if let (PlainType::Number, Some(number)) = (schema.kind, value.as_number()) {
        let Some(n) = number.as_f64().filter(|n| n.is_finite()) else {
            return Some("must be a number".to_owned());
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "bounds of manifests are small integers"
        )]
        let outside = schema.min.is_some_and(|min| n < min as f64)
            || schema.max.is_some_and(|max| n > max as f64);
        if outside {
            return Some("is outside its bounds".to_owned());
        }
    }
    if let Some(size) = size
        && (schema.min.is_some_and(|min| size < min) || schema.max.is_some_and(|max| size > max))
    {
        return Some("is outside its bounds".to_owned());
    }
    if !schema.one_of.is_empty() && !schema.one_of.contains(value) {
        return Some("is none of the accepted values".to_owned());
    }
    match (&schema.pattern, value.as_str()) {
        (Some(pattern), Some(text)) if !whole_match(pattern, text) => {
            Some("does not match its pattern".to_owned())
        }
        _ => None,
    }
}

/// What is wrong with the items of a list: each is what is declared, or any scalar.
fn check_items(item: Option<&PlainSchema>, items: &[Json]) -> Option<String> {
    match item {
        None if items.iter().all(is_scalar) => None,
        None => Some("must be an array of scalars".to_owned()),
        Some(schema) => {
            let problem = items.iter().find_map(|item| check_plain(schema, item))?;
            Some(format!("has an item that {problem}"))
        }
    }
}

/// What is wrong with an object: undeclared fields, missing ones, one that does not fit.
fn check_object(schema: &PlainSchema, object: &Object) -> Option<String> {
    let declared = |key: &str| schema.fields.iter().any(|field| field.name == key);
    if object.keys().any(|key| !declared(key)) {
        let names: Vec<&str> = schema
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        let names = names.join(", ");
        return Some(format!(
            "holds a field that the manifest does not declare: its fields are {names}"
        ));
    }
    schema
        .fields
        .iter()
        .find_map(|field| match object.get(&field.name) {
            None if field.required => Some(format!("lacks its field `{}`", field.name)),
            None => None,
            Some(value) => {
                let problem = check_plain(&field.schema, value)?;
                Some(format!("has a field `{}` that {problem}", field.name))
            }
        })
}

fn whole_match(pattern: &regex::Regex, text: &str) -> bool {
    pattern
        .find(text)
        .is_some_and(|found| found.start() == 0 && found.end() == text.len())
}

impl PlainType {
    /// The JSON Schema word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}
