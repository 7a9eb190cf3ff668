//! Flags, numbers and values of any type of a table.
//! Knows nothing of what they mean.

use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::DeValue;

use super::super::shape::Form;
use super::super::value::{integer, to_json};
use super::Section;
use crate::json::Json;

impl<'s> Section<'s> {
    /// `true` or `false`.
    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        let (value, span) = self.ask(key, Form::Flag)?;
        match value {
            DeValue::Boolean(flag) => Some(flag),
            other => self.mistyped(key, "a boolean", &other, span),
        }
    }

    /// An integer of 64 bits.
    pub fn integer(&mut self, key: &'static str) -> Option<Spanned<i64>> {
        let (value, span) = self.ask(key, Form::Integer)?;
        self.as_integer(key, &value, span)
    }

    fn as_integer(
        &self,
        key: &str,
        value: &DeValue<'s>,
        span: Range<usize>,
    ) -> Option<Spanned<i64>> {
        match value {
            DeValue::Integer(number) => match integer(number.as_str(), number.radix()) {
                Some(number) => Some(Spanned::new(span, number)),
                None => self.mistyped(key, "an integer of 64 bits", value, span),
            },
            _ => self.mistyped(key, "an integer", value, span),
        }
    }

    /// An integer that is not negative.
    pub fn count(&mut self, key: &'static str) -> Option<Spanned<u64>> {
        let (value, span) = self.ask(key, Form::Count)?;
        let number = self.as_integer(key, &value, span)?;
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
        let (value, span) = self.ask(key, Form::Number)?;
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
        let (value, span) = self.ask(key, Form::Any)?;
        Some(Spanned::new(span, to_json(&value)))
    }

    /// A list of any values, not empty, as JSON.
    pub fn any_list(&mut self, key: &'static str) -> Option<Spanned<Vec<Json>>> {
        let (value, span) = self.ask(key, Form::AnyList)?;
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
}
