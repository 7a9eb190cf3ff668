//! What the engine's own plan says that a statement touches: relations, columns, functions.
//! Knows nothing of grants.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::fault::Fault;
use super::wire::Wire;
use crate::postgres::code::PostgresCode;

/// A plan, as far as it is looked at. Views are gone from it: these are the relations behind them.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// Schema and name of each relation that is read.
    pub(super) reads: BTreeSet<(String, String)>,
    /// Those that are written.
    pub(super) writes: BTreeSet<(String, String)>,
    /// `relation.column` of what is put out or decides on rows.
    pub(super) columns: BTreeSet<String>,
    /// Names of functions, as far as the planner left them.
    pub(super) functions: BTreeSet<String>,
}

/// Where a plan's expressions stand. What a scan puts out is left aside: it holds whole rows, needed or not.
const CONDITIONS: &[&str] = &[
    "Filter",
    "Join Filter",
    "Index Cond",
    "Recheck Cond",
    "Order By",
    "Hash Cond",
    "Merge Cond",
    "TID Cond",
    "One-Time Filter",
    "Sort Key",
    "Presorted Key",
    "Group Key",
    "Conflict Filter",
    "Function Call",
    "Table Function Call",
    "Cache Key",
];

/// Asks the engine how it would run the statement. Only a statement that has a plan gets one: a utility command
/// is a syntax error here. It does not run, but the engine checks all privileges.
pub(super) fn of(wire: &mut Wire, sql: &str, params: &[Option<String>]) -> Result<Plan, Fault> {
    let text = wire.ask_with(&format!("EXPLAIN (VERBOSE, FORMAT JSON) {sql}"), params)?;
    let text = text
        .into_iter()
        .flatten()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n");
    let internal = || Fault::from(PostgresCode::Internal);
    let whole: Value = serde_json::from_str(&text).map_err(|_| internal())?;
    let top = whole
        .pointer("/0/Plan")
        .and_then(Value::as_object)
        .ok_or_else(internal)?;
    let mut aliases = BTreeMap::new();
    let mut plan = Plan::default();
    relations(top, &mut plan, &mut aliases);
    let mut texts = Vec::new();
    expressions(top, true, &mut texts, &mut plan);
    for text in texts {
        names(&text, &aliases, &mut plan);
    }
    Ok(plan)
}

fn word<'a>(node: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Value::as_str)
}

fn children(node: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let plans = node.get("Plans").and_then(Value::as_array);
    plans.into_iter().flatten().filter_map(Value::as_object)
}

fn relations(node: &Map<String, Value>, plan: &mut Plan, aliases: &mut BTreeMap<String, String>) {
    let mut note = |of: &Map<String, Value>, written: bool| {
        if let Some(name) = word(of, "Relation Name") {
            let place = (
                word(of, "Schema").unwrap_or_default().to_owned(),
                name.to_owned(),
            );
            if let Some(alias) = word(of, "Alias") {
                aliases.insert(alias.to_owned(), name.to_owned());
            }
            match written {
                true => plan.writes.insert(place),
                false => plan.reads.insert(place),
            };
        }
    };
    note(node, word(node, "Node Type") == Some("ModifyTable"));
    let targets = node.get("Target Tables").and_then(Value::as_array);
    for target in targets.into_iter().flatten().filter_map(Value::as_object) {
        note(target, true);
    }
    if let Some(function) = word(node, "Function Name") {
        plan.functions.insert(function.to_ascii_lowercase());
    }
    for child in children(node) {
        relations(child, plan, aliases);
    }
}

fn expressions(node: &Map<String, Value>, is_top: bool, texts: &mut Vec<String>, plan: &mut Plan) {
    let mut add = |value: &Value| match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => {
            texts.extend(items.iter().filter_map(Value::as_str).map(str::to_owned))
        }
        _ => {}
    };
    for key in CONDITIONS {
        node.get(*key).into_iter().for_each(&mut add);
    }
    if is_top {
        node.get("Output").into_iter().for_each(&mut add);
    } else if let Some(output) = node.get("Output").and_then(Value::as_array) {
        for text in output.iter().filter_map(Value::as_str) {
            names(text, &BTreeMap::new(), plan);
        }
    }
    for child in children(node) {
        expressions(child, false, texts, plan);
    }
}

/// Finds `alias.column` and `function(` in an expression as the engine prints it: keywords in capitals, names that
/// need it in quotes, types behind `::`.
fn names(text: &str, aliases: &BTreeMap<String, String>, plan: &mut Plan) {
    let mut rest = text;
    let mut path: Vec<String> = Vec::new();
    let mut in_type = false;
    while let Some(first) = rest.chars().next() {
        let (token, after) = token(rest, first);
        rest = after;
        match token {
            Token::Name(name) => path.push(name),
            Token::Dot => continue,
            Token::Open => {
                if let Some(function) = path.last().filter(|_| !in_type) {
                    plan.functions.insert(function.to_ascii_lowercase());
                }
                path.clear();
                in_type = false;
                continue;
            }
            Token::Space => continue,
            Token::Other => {
                path.clear();
                in_type = first == ':';
                continue;
            }
        }
        if rest.starts_with('.') || rest.starts_with('(') {
            continue;
        }
        if let [alias, column] = path.as_slice()
            && let Some(relation) = aliases.get(alias)
        {
            plan.columns.insert(format!("{relation}.{column}"));
        }
        path.clear();
    }
}

enum Token {
    Name(String),
    Dot,
    Open,
    Space,
    Other,
}

fn token(text: &str, first: char) -> (Token, &str) {
    let tail = |bytes: usize| text.get(bytes..).unwrap_or_default();
    match first {
        '.' => (Token::Dot, tail(1)),
        '(' => (Token::Open, tail(1)),
        ' ' | '\n' => (Token::Space, tail(1)),
        '"' | '\'' => {
            let mut name = String::new();
            let mut rest = tail(1);
            loop {
                let Some((before, after)) = rest.split_once(first) else {
                    return (Token::Other, "");
                };
                name.push_str(before);
                match after.strip_prefix(first) {
                    Some(doubled) => {
                        name.push(first);
                        rest = doubled;
                    }
                    None if first == '"' => return (Token::Name(name), after),
                    None => return (Token::Other, after),
                }
            }
        }
        c if is_letter(c) => {
            let end = text.find(|c: char| !is_letter(c) && !c.is_ascii_digit());
            let name = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
            // Names are printed in lower case, or in quotes.
            match name.bytes().any(|b| b.is_ascii_uppercase()) {
                true => (Token::Other, tail(name.len())),
                false => (Token::Name(name.to_owned()), tail(name.len())),
            }
        }
        c if c.is_ascii_digit() => {
            let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
            (Token::Other, tail(end.unwrap_or(text.len())))
        }
        c => (Token::Other, tail(c.len_utf8())),
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || c == '$' || !c.is_ascii()
}
