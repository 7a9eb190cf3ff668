//! Tables within a table: one, a list of them, or one for each name.
//! Knows nothing of what they hold.

use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::DeValue;

use super::super::shape::Form;
use super::super::value::{Entry, type_name};
use super::Section;

impl<'s> Section<'s> {
    /// A table.
    pub fn section(&mut self, key: &'static str) -> Option<Section<'s>> {
        self.table(key, Form::Table)
    }

    /// A list of tables, `[[key]]`.
    pub fn sections(&mut self, key: &'static str) -> Vec<Section<'s>> {
        let path = self.below(key);
        match self.ask(key, Form::Tables) {
            None => Vec::new(),
            Some((DeValue::Array(items), _)) => items
                .into_iter()
                .filter_map(|item| {
                    let span = item.span();
                    self.as_section(
                        (key, Some(key)),
                        item.into_inner(),
                        span.clone(),
                        span,
                        path.clone(),
                    )
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
        let Some(mut outer) = self.table(key, Form::Named) else {
            return Vec::new();
        };
        outer
            .drain()
            .filter_map(|(name, at, value, span)| {
                let path = format!("{}.{name}", self.below(key));
                let section = self.as_section((&name, Some(key)), value, span, at.clone(), path)?;
                Some((Spanned::new(at, name), section))
            })
            .collect()
    }

    /// All pairs of a table of strings whose keys the operator chose.
    pub fn pairs(&mut self, key: &'static str) -> Vec<(Spanned<String>, Spanned<String>)> {
        let Some(mut outer) = self.table(key, Form::Pairs) else {
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
        let Some(mut outer) = self.table(key, Form::Lists) else {
            return Vec::new();
        };
        let mut lists = Vec::new();
        for (name, at, value, span) in outer.drain() {
            let texts = self.as_texts(&name, value, span);
            lists.extend(texts.map(|texts| (Spanned::new(at, name), texts)));
        }
        lists
    }

    fn table(&mut self, key: &'static str, form: Form) -> Option<Section<'s>> {
        let at = self.key_span(key);
        let (value, span) = self.ask(key, form)?;
        let path = self.below(key);
        // Under names that the operator chose stand the tables that are read.
        let listed = matches!(form, Form::Named | Form::Pairs | Form::Lists);
        self.as_section((key, (!listed).then_some(key)), value, span, at, path)
    }

    fn drain(&mut self) -> impl Iterator<Item = Entry<'s>> + use<'s> {
        std::mem::take(&mut self.entries).into_iter()
    }

    fn as_section(
        &self,
        (key, asked): (&str, Option<&str>),
        value: DeValue<'s>,
        span: Range<usize>,
        at: Range<usize>,
        path: String,
    ) -> Option<Section<'s>> {
        match value {
            DeValue::Table(table) => {
                let recorded = self.shape.as_ref().zip(asked);
                let shape = recorded.map(|(at, asked)| at.below(asked));
                Some(Section::new(self.source, table, at, path, shape))
            }
            other => self.mistyped(key, "a table", &other, span),
        }
    }
}
