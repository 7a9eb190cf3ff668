//! The shape of all files of one kind: what their readers ask for, as a JSON Schema.
//! Knows nothing of what is read: it is told by the very calls that read, so that it cannot say otherwise.
//!
//! It uses words that draft-07 (which TOML editors read) and 2020-12 have in common.

use std::collections::{BTreeMap, BTreeSet};

use crate::json::Json;

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Text,
    /// A string, or a list of them in which none stands twice.
    Texts,
    /// A list of strings.
    Words,
    Flag,
    Integer,
    Count,
    Number,
    Any,
    AnyList,
    Table,
    Tables,
    /// Tables by names that the operator chose.
    Named,
    /// Strings by such names.
    Pairs,
    /// Strings or lists of them by such names.
    Lists,
}

/// One table that is read.
pub(super) struct Place {
    path: String,
    visit: usize,
}

impl Place {
    /// The path of a table under a key.
    pub(super) fn below(&self, key: &str) -> String {
        match self.path.as_str() {
            "" => key.to_owned(),
            path => format!("{path}/{key}"),
        }
    }
}

/// All tables by their path.
#[derive(Default)]
pub(super) struct Shape {
    visits: usize,
    tables: BTreeMap<String, Table>,
    /// The sort of tables that stand in many places, by path.
    sorts: BTreeMap<String, &'static str>,
}

#[derive(Default)]
struct Table {
    visits: BTreeSet<usize>,
    keys: BTreeMap<&'static str, Key>,
}

#[derive(Default)]
struct Key {
    forms: BTreeSet<Form>,
    told: BTreeSet<String>,
    required: BTreeSet<usize>,
}

impl Shape {
    pub(super) fn enter(&mut self, path: String) -> Place {
        self.visits = self.visits.saturating_add(1);
        let visit = self.visits;
        let table = self.tables.entry(path.clone()).or_default();
        table.visits.insert(visit);
        Place { path, visit }
    }

    pub(super) fn name(&mut self, at: &mut Place, sort: &'static str) {
        if at.path != sort {
            self.tables.remove(&at.path);
            let path = std::mem::replace(&mut at.path, sort.to_owned());
            self.sorts.insert(path, sort);
        }
        let table = self.tables.entry(sort.to_owned()).or_default();
        table.visits.insert(at.visit);
    }

    pub(super) fn ask(&mut self, at: &Place, key: &'static str, form: Form) {
        self.key(at, key).forms.insert(form);
    }

    pub(super) fn skip(&mut self, at: &Place, key: &'static str) {
        self.key(at, key);
    }

    pub(super) fn tell(&mut self, at: &Place, key: &'static str, what: &str) {
        self.key(at, key).told.insert(what.to_owned());
    }

    pub(super) fn require(&mut self, at: &Place, key: &'static str) {
        self.key(at, key).required.insert(at.visit);
    }

    fn key(&mut self, at: &Place, key: &'static str) -> &mut Key {
        let table = self.tables.entry(at.path.clone()).or_default();
        table.keys.entry(key).or_default()
    }

    /// The schema of a file.
    pub(super) fn schema(&self, kind: &str) -> Json {
        let root = Place {
            path: String::new(),
            visit: 0,
        };
        let sorts: BTreeSet<&str> = self.sorts.values().copied().collect();
        let named = sorts.into_iter().map(|sort| {
            let path = sort.to_owned();
            (sort, self.table(&Place { path, visit: 0 }))
        });
        let mut parts = vec![
            (
                "$schema",
                Json::from("http://json-schema.org/draft-07/schema#"),
            ),
            ("title", Json::from(kind)),
            ("$defs", Json::object(named)),
        ];
        parts.extend(self.members(&root));
        Json::object(parts)
    }

    /// A table at a place, or what it is one of.
    fn at(&self, path: String) -> Json {
        match self.sorts.get(&path) {
            Some(sort) => Json::object([("$ref", Json::from(format!("#/$defs/{sort}")))]),
            None => self.table(&Place { path, visit: 0 }),
        }
    }

    fn table(&self, place: &Place) -> Json {
        Json::object(self.members(place))
    }

    fn members(&self, place: &Place) -> Vec<(&'static str, Json)> {
        let Some(table) = self.tables.get(&place.path) else {
            // No example has such a table, so nothing is known of it but that it is one.
            return vec![("type", Json::from("object"))];
        };
        let keys = table.keys.iter();
        let properties = keys.map(|(key, asked)| (*key, self.value(place, key, asked)));
        let mut members = vec![
            ("type", Json::from("object")),
            ("properties", Json::object(properties)),
            ("additionalProperties", Json::from(false)),
        ];
        let always = |asked: &Key| asked.required == table.visits;
        let required = table.keys.iter().filter(|(_, asked)| always(asked));
        let required: Vec<Json> = required.map(|(key, _)| Json::from(*key)).collect();
        if !required.is_empty() {
            members.push(("required", Json::Array(required)));
        }
        members
    }

    fn value(&self, place: &Place, key: &str, asked: &Key) -> Json {
        let one = |form: &Form| self.form(*form, place.below(key), asked);
        let mut forms: Vec<Json> = asked.forms.iter().map(one).collect();
        let forms = match forms.len() {
            0 | 1 => forms.pop(),
            _ => Some(Json::object([("anyOf", Json::Array(forms))])),
        };
        let told: Vec<&str> = asked.told.iter().map(String::as_str).collect();
        match forms {
            Some(Json::Object(object)) if !told.is_empty() => {
                let said = ("description".to_owned(), Json::from(told.join("; or ")));
                let parts = object
                    .iter()
                    .map(|(key, value)| (key.to_owned(), value.clone()));
                Json::Object([said].into_iter().chain(parts).collect())
            }
            Some(forms) => forms,
            None => Json::from(true),
        }
    }

    fn form(&self, form: Form, path: String, asked: &Key) -> Json {
        let typed = |word: &str| Json::object([("type", Json::from(word))]);
        let list = |item: Json, unique: bool| {
            Json::object([
                ("type", Json::from("array")),
                ("items", item),
                ("minItems", Json::from(1_u64)),
                ("uniqueItems", Json::from(unique)),
            ])
        };
        let either = |item: Json| {
            Json::object([("anyOf", Json::from(vec![item.clone(), list(item, true)]))])
        };
        let by_name = |value: Json| {
            let any = ("additionalProperties", value);
            Json::object([("type", Json::from("object")), any])
        };
        match form {
            Form::Text => text(asked),
            Form::Texts => either(text(asked)),
            Form::Words => list(typed("string"), false),
            Form::Flag => typed("boolean"),
            Form::Integer => typed("integer"),
            Form::Count => Json::object([
                ("type", Json::from("integer")),
                ("minimum", Json::from(0_u64)),
            ]),
            Form::Number => typed("number"),
            Form::Any => Json::object::<&str>([]),
            Form::AnyList => list(Json::object::<&str>([]), false),
            Form::Table => self.at(path),
            Form::Tables => Json::object([("type", Json::from("array")), ("items", self.at(path))]),
            Form::Named => by_name(self.at(path)),
            Form::Pairs => by_name(typed("string")),
            Form::Lists => by_name(either(typed("string"))),
        }
    }
}

/// A string; one of few words, where all that is said of it is which.
fn text(asked: &Key) -> Json {
    let words: Option<Vec<Vec<&str>>> = asked.told.iter().map(|told| words(told)).collect();
    let words: BTreeSet<&str> = words.into_iter().flatten().flatten().collect();
    let mut parts = vec![("type", Json::from("string"))];
    if !words.is_empty() {
        let words = words.into_iter().map(Json::from).collect();
        parts.push(("enum", Json::Array(words)));
    }
    Json::object(parts)
}

/// The words of "`a`, `b` or `c`", where that is all there is.
fn words(told: &str) -> Option<Vec<&str>> {
    let mut parts = told.split('`');
    if parts.next() != Some("") {
        return None;
    }
    let mut words = Vec::new();
    while let Some(word) = parts.next() {
        words.push(word);
        match parts.next()? {
            "" => return parts.next().is_none().then_some(words),
            ", " | " or " => {}
            _ => return None,
        }
    }
    None
}
