//! Strings and lists of strings of a table.
//! Knows nothing of what they mean.

use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::DeValue;

use super::super::shape::Form;
use super::Section;

impl<'s> Section<'s> {
    /// A string.
    pub fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let (value, span) = self.ask(key, Form::Text)?;
        self.as_text(key, value, span)
    }

    /// A string that must be there and say something.
    pub fn need_text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.require(key);
        self.said(key)
    }

    /// A string that says something where it is given.
    pub fn said(&mut self, key: &'static str) -> Option<Spanned<String>> {
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
        self.told(key, what);
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
        self.told(key, what);
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
        let (value, span) = self.ask(key, Form::Words)?;
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
        let (value, span) = self.ask(key, Form::Texts)?;
        self.as_texts(key, value, span)
    }

    pub(super) fn as_texts(
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

    pub(super) fn as_text(
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
}
