//! `tools/list`: built from the manifests, for one principal, with the limits that apply.
//! Knows nothing of what downstreams say of themselves.

use aegis_core::json::Json;
use aegis_core::limits;
use aegis_core::manifest::{Argument, ArgumentKind, ObjectField, PlainSchema, PlainType, Tool};
use aegis_core::principal::Principal;

use crate::north::Listed;
use crate::rules::RuleSet;

/// The tools that a principal may know of in a run that began when rules had been exchanged so many times, in a fixed order.
#[must_use]
pub(crate) fn for_principal(rules: &RuleSet, principal: &Principal, since: u64) -> Vec<Listed> {
    let Ok(elders) = rules.elders(Some(since)) else {
        return Vec::new();
    };
    let known = |tool: &Tool| {
        let mut all = elders.iter().chain([&rules.policy]);
        all.all(|policy| policy.may_know(principal, tool))
    };
    let visible = rules.manifests.tools().filter(|(_, _, tool)| known(tool));
    visible
        .map(|(name, system, tool)| {
            let notes = rules.policy.notes(principal, system, tool);
            let budgets = rules.policy.budget_notes(principal.id(), system, tool);
            Listed {
                name,
                description: described(tool, &budgets, &notes),
                input_schema: input_schema(tool),
                read_only: tool.capabilities.iter().all(|c| is_reading(c.as_str())),
            }
        })
        .collect()
}

/// What there is so much of comes first: an agent plans with it.
fn described(tool: &Tool, budgets: &[String], notes: &[String]) -> String {
    let mut text = match budgets {
        [] => String::new(),
        budgets => format!("[{}] ", budgets.join("; ")),
    };
    text.push_str(&tool.description);
    if !notes.is_empty() {
        text.push_str(&format!(" [{}]", notes.join("; ")));
    }
    text
}

fn is_reading(capability: &str) -> bool {
    matches!(capability.split_once(':'), Some((_, "read" | "list")))
}

/// A closed JSON Schema: nothing that is not declared.
fn input_schema(tool: &Tool) -> Json {
    let properties = tool
        .arguments
        .iter()
        .map(|argument| (argument.name.clone(), property(argument)));
    let required = tool
        .arguments
        .iter()
        .filter(|a| a.required)
        .map(|a| a.name.as_str());
    Json::object([
        ("type", Json::from("object")),
        ("properties", Json::object(properties)),
        ("required", Json::from(required.collect::<Vec<_>>())),
        ("additionalProperties", Json::from(false)),
    ])
}

fn property(argument: &Argument) -> Json {
    let mut members = match &argument.kind {
        ArgumentKind::Plain(schema) => plain(schema),
        ArgumentKind::SqlParams => {
            let scalars = Json::from(vec!["string", "number", "boolean", "null"]);
            vec![
                ("type", Json::from("array")),
                ("items", Json::object([("type", scalars)])),
            ]
        }
        ArgumentKind::Paths(_) => vec![
            ("type", Json::from("array")),
            ("items", Json::object([("type", Json::from("string"))])),
            ("minItems", Json::from(1_u64)),
            (
                "maxItems",
                Json::from(u64::try_from(limits::PATHS_MAX).unwrap_or(u64::MAX)),
            ),
        ],
        _ => vec![("type", Json::from("string"))],
    };
    if !argument.description.is_empty() {
        members.push(("description", Json::from(argument.description.as_str())));
    }
    Json::object(members)
}

fn plain(schema: &PlainSchema) -> Vec<(&'static str, Json)> {
    let mut members = vec![("type", Json::from(schema.kind.as_str()))];
    let (min, max) = match schema.kind {
        PlainType::String => ("minLength", "maxLength"),
        PlainType::Array => ("minItems", "maxItems"),
        PlainType::Object => return object(schema),
        PlainType::Integer | PlainType::Number | PlainType::Boolean => ("minimum", "maximum"),
    };
    members.extend(schema.min.map(|value| (min, Json::from(value))));
    members.extend(schema.max.map(|value| (max, Json::from(value))));
    if !schema.one_of.is_empty() {
        members.push(("enum", Json::Array(schema.one_of.clone())));
    }
    if let Some(item) = &schema.item {
        members.push(("items", Json::object(plain(item))));
    }
    if let Some(pattern) = &schema.pattern {
        members.push(("pattern", Json::from(pattern.as_str())));
    }
    members
}

/// An object is as closed inside as the arguments are.
fn object(schema: &PlainSchema) -> Vec<(&'static str, Json)> {
    let field = |field: &ObjectField| {
        let mut members = plain(&field.schema);
        members.push(("description", Json::from(field.description.as_str())));
        (field.name.clone(), Json::object(members))
    };
    let required = schema.fields.iter().filter(|field| field.required);
    let required: Vec<&str> = required.map(|field| field.name.as_str()).collect();
    vec![
        ("type", Json::from(schema.kind.as_str())),
        ("properties", Json::object(schema.fields.iter().map(field))),
        ("required", Json::from(required)),
        ("additionalProperties", Json::from(false)),
    ]
}
