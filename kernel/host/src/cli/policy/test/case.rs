//! One case: a call, what else its decision depends on, and what must come out.
//! Knows nothing of policies; `check.rs` holds names against them.

use std::ops::Range;
use std::sync::Arc;

use aegis_core::inspect::{Fact, Finding};
use aegis_core::json::{Json, Object};
use aegis_core::manifest::{Access, Label};
use aegis_core::now::Now;
use aegis_core::source::{Problem, Section, Source};
use toml::Spanned;

use super::expect::Expect;
use super::moment;
use crate::cli::explain::request::{RECEIPT_KEYS, Request};

/// One case of a file.
pub(super) struct Case {
    pub(super) file: Arc<str>,
    /// Where its name stands.
    pub(super) span: Range<usize>,
    /// The line of that, from 1.
    pub(super) line: usize,
    pub(super) name: String,
    /// When it is decided; it must hold at each of them.
    pub(super) moments: Vec<Now>,
    /// The call, as `aegis explain` reads it.
    pub(super) request: Request,
    /// The datasets of its receipts.
    pub(super) datasets: Vec<Spanned<String>>,
    /// Datasets that were written after they were validated.
    pub(super) written: Vec<Spanned<String>>,
    /// Given facts stand in for the examination of the arguments, each with the argument that it is of.
    pub(super) facts: Option<Vec<Finding>>,
    pub(super) clock_went_back: bool,
    pub(super) used: Vec<Used>,
    /// Tables that are there beside the manifests', `server:table`, with their columns.
    pub(super) tables: Vec<(Spanned<String>, Vec<Spanned<String>>)>,
    /// Labels that were copied into a column, `server:table.column`.
    pub(super) carried: Vec<(Spanned<String>, Label)>,
    pub(super) expect: Expect,
}

/// What was taken from a budget before the call.
pub(super) struct Used {
    /// The account, `rule` or `rule/label` and so on.
    pub(super) budget: Spanned<String>,
    pub(super) amount: u64,
    /// A value, where different ones are counted.
    pub(super) value: Option<Json>,
    pub(super) ago_s: u64,
}

/// Reads a file of cases.
///
/// # Errors
/// Every problem of the file.
pub(super) fn read(text: &str, file: &str) -> Result<Vec<Case>, Vec<Problem>> {
    let name: Arc<str> = Arc::from(file);
    let cases = Source::read(file, text, |root| {
        let sections = root.sections("case");
        if sections.is_empty() {
            root.problem(0..0, "no case in the file", "add a `[[case]]`");
        }
        let cases = sections
            .into_iter()
            .filter_map(|mut section| one(&name, &mut section));
        Some(cases.collect::<Vec<Case>>())
    })?;
    let mut taken: Vec<Problem> = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        if cases.iter().take(at).any(|other| other.name == case.name) {
            taken.push(Problem {
                file: file.to_owned(),
                span: case.span.clone(),
                message: format!("there is a case `{}` already", case.name),
                fix: "give each case a name of its own".to_owned(),
            });
        }
    }
    if !taken.is_empty() {
        return Err(taken);
    }
    let line = |case: &Case| {
        let before = text.get(..case.span.start).unwrap_or_default();
        before.matches('\n').count().saturating_add(1)
    };
    let lined = cases.into_iter().map(|case| Case {
        line: line(&case),
        ..case
    });
    Ok(lined.collect())
}

fn one(file: &Arc<str>, section: &mut Section<'_>) -> Option<Case> {
    let name = section.need_text("name");
    section.require("tool");
    let mut call = Object::new();
    for key in ["principal", "tool"] {
        if let Some(text) = section.text(key) {
            call.insert(key, Json::from(text.into_inner()));
        }
    }
    let at = section.key_span("arguments");
    if let Some(arguments) = section.any("arguments") {
        call.insert("arguments", arguments.into_inner());
    }
    let given = section.json().get("receipts").cloned();
    let (datasets, sound) = receipts(section);
    if let (true, Some(given)) = (sound, given) {
        call.insert("receipts", given);
    }
    let has_tool = call.get("tool").is_some();
    let request = Request::from_object(&call, Json::Null);
    let request = match request {
        Ok(request) => Some(request),
        Err(why) if has_tool && sound => {
            section.problem(at, why, "give a call as `aegis explain` takes it");
            None
        }
        Err(_) => None, // said already
    };
    let moments = moments(section);
    let written = section.texts("written").unwrap_or_default();
    let facts = section.parsed_list("facts", FACT, fact);
    let facts = facts.map(|list| list.into_iter().map(Spanned::into_inner).collect());
    let clock_went_back = section.flag("clock_went_back").unwrap_or(false);
    let used = section
        .sections("used")
        .into_iter()
        .filter_map(used)
        .collect();
    let tables = section.lists("tables");
    let carried = carried(section);
    let expect = Expect::read(section);
    let name = name?;
    Some(Case {
        file: Arc::clone(file),
        span: name.span(),
        line: 0,
        name: name.into_inner(),
        moments: moments?,
        request: request?,
        datasets,
        written,
        facts,
        clock_went_back,
        used,
        tables,
        carried,
        expect: expect?,
    })
}

/// Takes the receipts apart to see that each key is one and of its type; the call is made of the whole.
fn receipts(section: &mut Section<'_>) -> (Vec<Spanned<String>>, bool) {
    let given = section.json().get("receipts").and_then(Json::as_array);
    let given = given.map_or(0, <[Json]>::len);
    let mut datasets = Vec::new();
    let all = section.sections("receipts");
    let mut sound = all.len() == given;
    for mut one in all {
        one.require("dataset");
        for key in RECEIPT_KEYS {
            let stated = one.has(key);
            let read = match key {
                "dataset" => {
                    let dataset = one.text(key);
                    let there = dataset.is_some();
                    datasets.extend(dataset);
                    there
                }
                "seq" | "failed" | "skipped" | "age_s" => one.count(key).is_some(),
                "minted_s" | "expires_s" | "left_s" => one.integer(key).is_some(),
                "spent" => one.flag(key).is_some(),
                _ => one.text(key).is_some(),
            };
            sound &= read == stated;
        }
    }
    let sound = sound && datasets.len() == given;
    (datasets, sound)
}

/// One moment or a list of them.
fn moments(section: &mut Section<'_>) -> Option<Vec<Now>> {
    if !section.has("at") {
        return Some(vec![moment::USUAL]);
    }
    let given = section.any("at")?;
    let at = given.span();
    let list = match given.into_inner() {
        Json::Array(list) => list,
        one => vec![one],
    };
    let read: Option<Vec<Now>> = list
        .iter()
        .map(|one| one.as_str().and_then(moment::parse))
        .collect();
    if read.as_ref().is_none_or(Vec::is_empty) {
        let fix = format!("write {}, or a list of them", moment::FORM);
        section.problem(at, "`at` is no moment", fix);
        return None;
    }
    read
}

fn used(mut section: Section<'_>) -> Option<Used> {
    section.require("budget");
    let budget = section.text("budget");
    let amount = section.count("amount").map_or(1, Spanned::into_inner);
    let value = section.any("value").map(Spanned::into_inner);
    let ago_s = section.count("ago_s").map_or(0, Spanned::into_inner);
    Some(Used {
        budget: budget?,
        amount,
        value,
        ago_s,
    })
}

fn carried(section: &mut Section<'_>) -> Vec<(Spanned<String>, Label)> {
    let mut found = Vec::new();
    for (place, label) in section.pairs("carried") {
        match Label::parse(label.get_ref()) {
            Some(label) => found.push((place, label)),
            None => {
                let message = format!("`{}` is no label", label.get_ref().escape_debug());
                section.problem(label.span(), message, "write a label such as `pii.email`");
            }
        }
    }
    found
}

const FACT: &str =
    "an argument, a kind of fact and what it is about, such as `sql truncates orders`";

/// A fact in the words of conditions: paths with what is done there.
fn fact(words: &str) -> Option<Finding> {
    let (argument, words) = words.split_once(' ')?;
    let (kind, subject) = words.split_once(' ')?;
    let access = match kind {
        "lists-path" => Some(Access::List),
        "reads-path" => Some(Access::Read),
        "writes-path" => Some(Access::Write),
        "deletes-path" => Some(Access::Delete),
        _ => None,
    };
    let kind = if access.is_some() { "touches" } else { kind };
    Some(Finding {
        fact: Fact::from_words(kind, subject, access)?,
        argument: argument.to_owned(),
        span: None,
    })
}
