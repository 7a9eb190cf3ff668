//! Reads `[tool.NAME]`.
//! Knows nothing of arguments' kinds.

use std::collections::BTreeMap;

use serde_spanned::Spanned;

use super::{argument, name};
use crate::capability::{Capability, CapabilitySet};
use crate::json::{Json, Pointer};
use crate::manifest::{ArgumentKind, ResultShape, Tool};
use crate::source::Section;

const CAPABILITY: &str = "a capability such as `db:read`";
const POINTER: &str = "a JSON pointer such as `/structuredContent/rows`";

/// Tools by name.
pub(super) fn tools(root: &mut Section<'_>, server: &str) -> BTreeMap<String, Tool> {
    let mut tools = BTreeMap::<String, Tool>::new();
    for (key, mut section) in root.named("tool") {
        let twin = tools.keys().find(|n| n.eq_ignore_ascii_case(key.get_ref()));
        if let Some(twin) = twin {
            section.problem(
                key.span(),
                format!(
                    "`{}` differs from `{twin}` in letter case alone",
                    key.get_ref()
                ),
                "rename one of them at the downstream",
            );
        }
        if let Some(tool) = tool(server, &key, &mut section) {
            tools.insert(tool.name.clone(), tool);
        }
    }
    tools
}

fn tool(server: &str, key: &Spanned<String>, section: &mut Section<'_>) -> Option<Tool> {
    let name = name::given(section, key, "the tool");
    let description = section.need_text("description");
    section.require("capabilities");
    let capabilities = set(section, "capabilities");
    let limited = section.has("at_most");
    let at_most = set(section, "at_most");
    let internal = section.flag("internal").unwrap_or(false);
    let wall = section.flag("wall").unwrap_or(false);
    let elicits = |word: &str| (word == "elicitation").then_some(());
    let input = section.parsed_list("input", "`elicitation`: nothing else is passed on", elicits);
    let asks = input.is_some_and(|kinds| !kinds.is_empty());
    let result = section.section("result").map(result).unwrap_or_default();
    let success = section.section("success").and_then(success);
    let arguments = argument::arguments(section);
    let capabilities = capabilities?;
    if limited && at_most.is_none() {
        return None; // unreadable is not unlimited
    }
    check_limit(section, &capabilities, at_most.as_ref());
    check_sql(key, section, &arguments);
    let name = name?;
    Some(Tool {
        server: server.to_owned(),
        full_name: format!("{server}__{name}"),
        name,
        description: description?.into_inner(),
        capabilities,
        at_most,
        arguments,
        result,
        internal,
        wall,
        asks,
        success,
    })
}

fn set(section: &mut Section<'_>, key: &'static str) -> Option<CapabilitySet> {
    let list = section.parsed_list(key, CAPABILITY, Capability::parse)?;
    Some(list.into_iter().map(Spanned::into_inner).collect())
}

fn check_limit(section: &Section<'_>, declared: &CapabilitySet, limit: Option<&CapabilitySet>) {
    let Some(limit) = limit else { return };
    for capability in declared.difference(limit) {
        section.problem(
            section.span(),
            format!(
                "{} declares `{capability}` beyond its own `at_most`",
                section.place()
            ),
            format!("add `{capability}` to `at_most`, or do not declare it"),
        );
    }
}

/// One statement a call: two SQL arguments would leave the columns of the result in doubt.
fn check_sql(
    key: &Spanned<String>,
    section: &Section<'_>,
    arguments: &[crate::manifest::Argument],
) {
    let count =
        |want: fn(&ArgumentKind) -> bool| arguments.iter().filter(|a| want(&a.kind)).count();
    let sql = count(|kind| matches!(kind, ArgumentKind::Sql(_)));
    let params = count(|kind| matches!(kind, ArgumentKind::SqlParams));
    if sql > 1 || params > 1 {
        section.problem(
            key.span(),
            "a tool takes at most one `sql` and one `sql-params` argument",
            "split the tool",
        );
    }
    if params > 0 && sql == 0 {
        section.problem(
            key.span(),
            "`sql-params` without a `sql` argument",
            "declare the argument that holds the statement as `kind = \"sql\"`",
        );
    }
}

fn result(mut section: Section<'_>) -> ResultShape {
    let mut pointer = |key| {
        section
            .parsed(key, POINTER, Pointer::parse)
            .map(Spanned::into_inner)
    };
    let (rows, columns) = (pointer("rows"), pointer("columns"));
    let binary = section.parsed("binary", "`withhold` or `pass`", |word| match word {
        "withhold" => Some(false),
        "pass" => Some(true),
        _ => None,
    });
    let text = section.parsed("text", "`plain` or `json`", |word| match word {
        "plain" => Some(false),
        "json" => Some(true),
        _ => None,
    });
    let unchecked = section.parsed("schema", "`pinned` or `unchecked`", |word| match word {
        "pinned" => Some(false),
        "unchecked" => Some(true),
        _ => None,
    });
    ResultShape {
        rows,
        columns,
        json: text.is_some_and(Spanned::into_inner),
        binary: binary.is_some_and(Spanned::into_inner),
        unchecked: unchecked.is_some_and(Spanned::into_inner),
    }
}

fn success(mut section: Section<'_>) -> Option<(Pointer, Json)> {
    section.require("pointer");
    section.require("equals");
    let pointer = section.parsed("pointer", POINTER, Pointer::parse);
    let equals = section.any("equals");
    Some((pointer?.into_inner(), equals?.into_inner()))
}
