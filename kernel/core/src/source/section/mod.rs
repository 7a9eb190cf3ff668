//! One TOML table in reading: keys are taken out by name, and what is left over is a problem.
//! Knows nothing of what the keys mean.

mod tables;
mod texts;
mod values;

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::shape::{Form, Place, Shape};
use super::value::{Entry, table_to_json, type_name};
use super::{Source, did_you_mean};
use crate::json::Json;

/// One table in reading. Every accessor takes its key out and notes what is wrong with it; keys that
/// nobody asked for are noted when the section is dropped, so that no reader can forget to look.
pub struct Section<'s> {
    source: &'s Source<'s>,
    entries: Vec<Entry<'s>>,
    asked: Vec<&'static str>,
    span: Range<usize>,
    path: String,
    /// Where it stands in the shape of all files of its kind.
    shape: Option<Place>,
    json: Json,
}

impl<'s> Section<'s> {
    pub(super) fn root(source: &'s Source<'s>, table: DeTable<'s>) -> Self {
        Self::new(source, table, 0..0, String::new(), Some(String::new()))
    }

    fn new(
        source: &'s Source<'s>,
        table: DeTable<'s>,
        span: Range<usize>,
        path: String,
        shape: Option<String>,
    ) -> Self {
        let all = source.shape.as_ref().zip(shape);
        let shape = all.map(|(all, path)| all.borrow_mut().enter(path));
        let json = table_to_json(&table);
        let mut entries: Vec<Entry<'s>> = table
            .into_iter()
            .map(|(key, value)| {
                let (at, span) = (key.span(), value.span());
                (key.into_inner().into_owned(), at, value.into_inner(), span)
            })
            .collect();
        entries.sort_by_key(|(_, at, _, _)| at.start);
        Self {
            source,
            entries,
            asked: Vec::new(),
            span,
            path,
            shape,
            json,
        }
    }

    /// Where the section's key stands.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The section as it was written, as JSON: what digests are made of.
    #[must_use]
    pub fn json(&self) -> &Json {
        &self.json
    }

    /// Notes a problem.
    pub fn problem(&self, at: Range<usize>, message: impl Into<String>, fix: impl Into<String>) {
        self.source.note(at, message, fix);
    }

    /// Whether the key is there and not yet taken.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, ..)| name == key)
    }

    /// Whether the key is there, not yet taken, and a table.
    #[must_use]
    pub fn is_table(&self, key: &str) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|(name, _, value, _)| name == key && matches!(value, DeValue::Table(_)))
    }

    /// Notes that the key is missing, if it is.
    pub fn require(&self, key: &'static str) {
        self.note(|shape, at| shape.require(at, key));
        if !self.has(key) {
            let place = self.place();
            self.problem(
                self.span(),
                format!("{place} lacks `{key}`"),
                format!("add `{key}`"),
            );
        }
    }

    /// Takes keys whose meaning depends on one that could not be read: what is wrong was said already.
    pub fn skip(&mut self, keys: &[&'static str]) {
        for key in keys {
            let _ = self.take(key);
            self.note(|shape, at| shape.skip(at, key));
        }
    }

    /// Passes over every key that was not taken: another reader's affair.
    pub fn skip_others(&mut self) {
        self.entries.clear();
    }

    /// What this section is called in messages.
    #[must_use]
    pub fn place(&self) -> String {
        match self.path.as_str() {
            "" => "the file".to_owned(),
            path => format!("`{path}`"),
        }
    }

    /// Takes a key that must be of this form.
    fn ask(&mut self, key: &'static str, form: Form) -> Option<(DeValue<'s>, Range<usize>)> {
        self.note(|shape, at| shape.ask(at, key, form));
        self.take(key)
    }

    /// Notes the form of a text in words.
    fn told(&self, key: &'static str, what: &str) {
        self.note(|shape, at| shape.tell(at, key, what));
    }

    /// Says that the table is one of a sort that stands in many places, in itself perhaps.
    pub fn is_a(&mut self, sort: &'static str) {
        if let (Some(all), Some(at)) = (&self.source.shape, &mut self.shape) {
            all.borrow_mut().name(at, sort);
        }
    }

    /// Notes what a reader asks for, where that is what is asked.
    fn note(&self, what: impl FnOnce(&mut Shape, &Place)) {
        if let (Some(all), Some(at)) = (&self.source.shape, &self.shape) {
            what(&mut all.borrow_mut(), at);
        }
    }

    fn take(&mut self, key: &'static str) -> Option<(DeValue<'s>, Range<usize>)> {
        self.asked.push(key);
        let at = self.entries.iter().position(|(name, ..)| name == key)?;
        let (_, _, value, span) = self.entries.remove(at);
        Some((value, span))
    }

    /// Where the key stands, or the section's where it does not.
    #[must_use]
    pub fn key_span(&self, key: &str) -> Range<usize> {
        let entry = self.entries.iter().find(|(name, ..)| name == key);
        entry.map_or_else(|| self.span(), |(_, at, _, _)| at.clone())
    }

    fn below(&self, key: &str) -> String {
        match self.path.as_str() {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }

    fn mistyped<T>(
        &self,
        key: &str,
        want: &str,
        got: &DeValue<'_>,
        span: Range<usize>,
    ) -> Option<T> {
        let message = format!("`{key}` is {}, not {want}", type_name(got));
        self.problem(span, message, format!("write {want}"));
        None
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        for (name, at, _, _) in std::mem::take(&mut self.entries) {
            let message = format!("unknown key `{}` in {}", name.escape_debug(), self.place());
            let fix = did_you_mean(&name, self.asked.iter().copied());
            self.problem(at, message, fix);
        }
    }
}
