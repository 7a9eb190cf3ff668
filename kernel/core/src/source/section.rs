//! One TOML table in reading: keys are taken out by name, and what is left over is a problem.
//! Knows nothing of what the keys mean.

use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use super::value::{Entry, integer, table_to_json, to_json, type_name};
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
    json: Json,
}

impl<'s> Section<'s> {
    pub(super) fn root(source: &'s Source<'s>, table: DeTable<'s>) -> Self {
        Self::new(source, table, 0..0, String::new())
    }

    fn new(source: &'s Source<'s>, table: DeTable<'s>, span: Range<usize>, path: String) -> Self {
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
    pub fn require(&self, key: &str) {
        if !self.has(key) {
            let place = self.place();
            self.problem(
                self.span(),
                format!("{place} lacks `{key}`"),
                format!("add `{key}`"),
            );
        }
    }

    /// A string.
    pub fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let (value, span) = self.take(key)?;
        self.as_text(key, value, span)
    }

    /// Takes keys whose meaning depends on one that could not be read: what is wrong was said already.
    pub fn skip(&mut self, keys: &[&'static str]) {
        for key in keys {
            let _ = self.take(key);
        }
    }

    /// Passes over every key that was not taken: another reader's affair.
    pub fn skip_others(&mut self) {
        self.entries.clear();
    }

    /// A string that must be there and say something.
    pub fn need_text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.require(key);
        let text = self.text(key)?;
        if text.get_ref().trim().is_empty() {
            self.problem(text.span(), format!("`{key}` is empty"), "say it in words");
            return None;
        }
        Some(text)
    }

    /// A string that `read` understands; `what` names the form it must have.
    pub fn parsed<T>(
        &mut self,
        key: &'static str,
        what: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Spanned<T>> {
        let text = self.text(key)?;
        self.understand(text, what, &read)
    }

    /// A string or a list of strings, not empty, none twice, each understood by `read`.
    pub fn parsed_list<T>(
        &mut self,
        key: &'static str,
        what: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<Spanned<T>>> {
        let texts = self.texts(key)?;
        let count = texts.len();
        let read: Vec<_> = texts
            .into_iter()
            .filter_map(|text| self.understand(text, what, &read))
            .collect();
        (read.len() == count).then_some(read)
    }

    /// A list of strings in which one may stand twice, such as a command line; the first says something.
    pub fn words(&mut self, key: &'static str) -> Option<Vec<String>> {
        let (value, span) = self.take(key)?;
        let DeValue::Array(items) = value else {
            return self.mistyped(key, "a list of strings", &value, span);
        };
        let mut words = Vec::new();
        for item in items {
            let at = item.span();
            words.push(self.as_text(key, item.into_inner(), at)?.into_inner());
        }
        if words.first().is_none_or(|word| word.trim().is_empty()) {
            self.problem(span, format!("`{key}` is empty"), "say what is meant");
            return None;
        }
        Some(words)
    }

    /// A string or a list of strings: not empty (an empty list must never come to mean "all"), none twice.
    pub fn texts(&mut self, key: &'static str) -> Option<Vec<Spanned<String>>> {
        let (value, span) = self.take(key)?;
        self.as_texts(key, value, span)
    }

    fn as_texts(
        &self,
        key: &str,
        value: DeValue<'s>,
        span: Range<usize>,
    ) -> Option<Vec<Spanned<String>>> {
        let DeValue::Array(items) = value else {
            return self.as_text(key, value, span).map(|text| vec![text]);
        };
        if items.is_empty() {
            self.problem(
                span,
                format!("`{key}` is an empty list"),
                "name what is meant, or leave the key out",
            );
            return None;
        }
        let mut texts: Vec<Spanned<String>> = Vec::new();
        let mut sound = true;
        for item in items {
            let at = item.span();
            match self.as_text(key, item.into_inner(), at) {
                Some(text) if texts.iter().any(|t| t.get_ref() == text.get_ref()) => {
                    let twice = format!("`{}` stands twice in `{key}`", text.get_ref());
                    self.problem(text.span(), twice, "give it once");
                    sound = false;
                }
                Some(text) => texts.push(text),
                None => sound = false,
            }
        }
        sound.then_some(texts)
    }

    /// `true` or `false`.
    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        let (value, span) = self.take(key)?;
        match value {
            DeValue::Boolean(flag) => Some(flag),
            other => self.mistyped(key, "a boolean", &other, span),
        }
    }

    /// An integer of 64 bits.
    pub fn integer(&mut self, key: &'static str) -> Option<Spanned<i64>> {
        let (value, span) = self.take(key)?;
        match &value {
            DeValue::Integer(number) => match integer(number.as_str(), number.radix()) {
                Some(number) => Some(Spanned::new(span, number)),
                None => self.mistyped(key, "an integer of 64 bits", &value, span),
            },
            _ => self.mistyped(key, "an integer", &value, span),
        }
    }

    /// An integer that is not negative.
    pub fn count(&mut self, key: &'static str) -> Option<Spanned<u64>> {
        let number = self.integer(key)?;
        match u64::try_from(*number.get_ref()) {
            Ok(count) => Some(Spanned::new(number.span(), count)),
            Err(_) => {
                self.problem(
                    number.span(),
                    format!("`{key}` is negative"),
                    "use zero or more",
                );
                None
            }
        }
    }

    /// A finite number, written with or without a fraction.
    pub fn number(&mut self, key: &'static str) -> Option<Spanned<f64>> {
        let (value, span) = self.take(key)?;
        let number = to_json(&value)
            .as_number()
            .and_then(crate::json::Number::as_f64);
        match number.filter(|n| n.is_finite()) {
            Some(number) => Some(Spanned::new(span, number)),
            None => self.mistyped(key, "a number", &value, span),
        }
    }

    /// Any value, as JSON.
    pub fn any(&mut self, key: &'static str) -> Option<Spanned<Json>> {
        let (value, span) = self.take(key)?;
        Some(Spanned::new(span, to_json(&value)))
    }

    /// A list of any values, not empty, as JSON.
    pub fn any_list(&mut self, key: &'static str) -> Option<Spanned<Vec<Json>>> {
        let (value, span) = self.take(key)?;
        match &value {
            DeValue::Array(items) if items.is_empty() => {
                self.problem(
                    span,
                    format!("`{key}` is an empty list"),
                    "name what is meant, or leave the key out",
                );
                None
            }
            DeValue::Array(items) => {
                let items = items.iter().map(|item| to_json(item.get_ref())).collect();
                Some(Spanned::new(span, items))
            }
            other => self.mistyped(key, "a list", other, span),
        }
    }

    /// A table.
    pub fn section(&mut self, key: &'static str) -> Option<Section<'s>> {
        let at = self.key_span(key);
        let (value, span) = self.take(key)?;
        let path = self.below(key);
        self.as_section(key, value, span, at, path)
    }

    /// A list of tables, `[[key]]`.
    pub fn sections(&mut self, key: &'static str) -> Vec<Section<'s>> {
        let path = self.below(key);
        match self.take(key) {
            None => Vec::new(),
            Some((DeValue::Array(items), _)) => items
                .into_iter()
                .filter_map(|item| {
                    let span = item.span();
                    self.as_section(key, item.into_inner(), span.clone(), span, path.clone())
                })
                .collect(),
            Some((other, span)) => {
                let fix = format!("write it as `[[{path}]]`");
                let message = format!("`{path}` is {}, not a list of tables", type_name(&other));
                self.problem(span, message, fix);
                Vec::new()
            }
        }
    }

    /// A table of tables whose keys the operator chose, `[key.NAME]`, in the order of the file.
    pub fn named(&mut self, key: &'static str) -> Vec<(Spanned<String>, Section<'s>)> {
        let Some(mut outer) = self.section(key) else {
            return Vec::new();
        };
        outer
            .drain()
            .filter_map(|(name, at, value, span)| {
                let path = format!("{}.{name}", self.below(key));
                let section = self.as_section(&name, value, span, at.clone(), path)?;
                Some((Spanned::new(at, name), section))
            })
            .collect()
    }

    /// All pairs of a table of strings whose keys the operator chose.
    pub fn pairs(&mut self, key: &'static str) -> Vec<(Spanned<String>, Spanned<String>)> {
        let Some(mut outer) = self.section(key) else {
            return Vec::new();
        };
        outer
            .drain()
            .filter_map(|(name, at, value, span)| {
                let text = self.as_text(&name, value, span)?;
                Some((Spanned::new(at, name), text))
            })
            .collect()
    }

    /// All pairs of a table of strings, or lists of them, whose keys the operator chose.
    pub fn lists(&mut self, key: &'static str) -> Vec<(Spanned<String>, Vec<Spanned<String>>)> {
        let Some(mut outer) = self.section(key) else {
            return Vec::new();
        };
        let mut lists = Vec::new();
        for (name, at, value, span) in outer.drain() {
            let texts = self.as_texts(&name, value, span);
            lists.extend(texts.map(|texts| (Spanned::new(at, name), texts)));
        }
        lists
    }

    /// What this section is called in messages.
    #[must_use]
    pub fn place(&self) -> String {
        match self.path.as_str() {
            "" => "the file".to_owned(),
            path => format!("`{path}`"),
        }
    }

    fn drain(&mut self) -> impl Iterator<Item = Entry<'s>> + use<'s> {
        std::mem::take(&mut self.entries).into_iter()
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

    fn understand<T>(
        &self,
        text: Spanned<String>,
        what: &str,
        read: &impl Fn(&str) -> Option<T>,
    ) -> Option<Spanned<T>> {
        let found = read(text.get_ref());
        if found.is_none() {
            self.problem(
                text.span(),
                format!("`{}` is not {what}", text.get_ref().escape_debug()),
                format!("write {what}"),
            );
        }
        Some(Spanned::new(text.span(), found?))
    }

    fn as_text(
        &self,
        key: &str,
        value: DeValue<'s>,
        span: Range<usize>,
    ) -> Option<Spanned<String>> {
        match value {
            DeValue::String(text) => Some(Spanned::new(span, text.into_owned())),
            other => self.mistyped(key, "a string", &other, span),
        }
    }

    fn as_section(
        &self,
        key: &str,
        value: DeValue<'s>,
        span: Range<usize>,
        at: Range<usize>,
        path: String,
    ) -> Option<Section<'s>> {
        match value {
            DeValue::Table(table) => Some(Section::new(self.source, table, at, path)),
            other => self.mistyped(key, "a table", &other, span),
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
