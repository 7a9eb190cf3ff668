//! Holds a value against a schema, within bounds of steps and depth.
//! Knows nothing of how the schema was written.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::decimal::Decimal;
use super::rules::{At, Bound, Node, Rules, Size, Type};
use super::{Misfit, Schema};
use crate::json::{Json, Object};
use crate::limits;

/// One judgement.
pub(super) struct Checker<'s> {
    schema: &'s Schema,
    steps: usize,
    depth: usize,
}

type Fit = Result<(), Misfit>;

impl<'s> Checker<'s> {
    pub(super) fn of(schema: &'s Schema) -> Self {
        Self {
            schema,
            steps: 0,
            depth: 0,
        }
    }

    /// Takes so many steps more.
    fn work(&mut self, steps: usize) -> Fit {
        self.steps = self.steps.saturating_add(steps);
        match self.steps > limits::SCHEMA_STEPS_MAX {
            true => Err(Misfit::Work),
            false => Ok(()),
        }
    }

    /// Holds a value against one place.
    pub(super) fn check(&mut self, at: At, value: &Json) -> Fit {
        self.work(1)?;
        match self.schema.nodes.get(at) {
            Some(Node::Always(true)) => Ok(()),
            Some(Node::Rules(rules)) if self.depth < limits::SCHEMA_NESTING_MAX => {
                self.depth = self.depth.saturating_add(1);
                let fit = self.all(rules, value);
                self.depth = self.depth.saturating_sub(1);
                fit
            }
            Some(Node::Rules(_)) => Err(Misfit::Work),
            Some(Node::Always(false)) => Err(Misfit::Word("false")),
            Some(Node::Open) | None => Err(Misfit::Work),
        }
    }

    /// Whether it fits, for words that count how many do.
    fn fits(&mut self, at: At, value: &Json) -> Result<bool, Misfit> {
        match self.check(at, value) {
            Ok(()) => Ok(true),
            Err(Misfit::Word(_)) => Ok(false),
            Err(Misfit::Work) => Err(Misfit::Work),
        }
    }

    fn all(&mut self, rules: &Rules, value: &Json) -> Fit {
        if let Some(types) = &rules.types {
            let fits = types.iter().any(|one| is_of(*one, value));
            demand(fits, "type")?;
        }
        for (word, values) in &rules.values {
            self.work(values.len())?;
            let own = equal_text(value);
            self.work(own.len() / 16)?;
            let fits = values.iter().any(|one| equal_text(one) == own);
            demand(fits, word)?;
        }
        match value {
            Json::Number(number) if !rules.bounds.is_empty() => {
                let number = Decimal::of(number).ok_or(Misfit::Work)?;
                rules.bounds.iter().try_for_each(|(word, bound)| {
                    demand(within(&number, bound).ok_or(Misfit::Work)?, word)
                })?;
            }
            Json::String(text) => self.text(rules, text)?,
            Json::Array(items) => self.items(rules, items)?,
            Json::Object(object) => self.members(rules, object)?,
            _ => {}
        }
        self.combined(rules, value)
    }

    fn text(&mut self, rules: &Rules, text: &str) -> Fit {
        self.work(text.len() / 16)?;
        let count = || count(text.chars().count());
        for (word, size) in &rules.sizes {
            let fits = match size {
                Size::CharsMin(min) => count() >= *min,
                Size::CharsMax(max) => count() <= *max,
                _ => true,
            };
            demand(fits, word)?;
        }
        let found = |pattern: &regex::Regex| pattern.is_match(text);
        demand(rules.pattern.as_ref().is_none_or(found), "pattern")
    }

    fn items(&mut self, rules: &Rules, items: &[Json]) -> Fit {
        let array = &rules.array;
        for (word, size) in &rules.sizes {
            let fits = match size {
                Size::ItemsMin(min) => count(items.len()) >= *min,
                Size::ItemsMax(max) => count(items.len()) <= *max,
                _ => true,
            };
            demand(fits, word)?;
        }
        for (item, at) in items.iter().zip(&array.first) {
            self.check(*at, item)?;
        }
        if let Some(rest) = array.rest {
            for item in items.iter().skip(array.first.len()) {
                self.check(rest, item)?;
            }
        }
        if array.unique {
            let mut seen = BTreeSet::new();
            for item in items {
                let text = equal_text(item);
                self.work(1 + text.len() / 16)?;
                demand(seen.insert(text), "uniqueItems")?;
            }
        }
        let Some(contains) = array.contains else {
            return Ok(());
        };
        let mut found = 0_u64;
        for item in items {
            found = found.saturating_add(u64::from(self.fits(contains, item)?));
        }
        demand(found >= array.contains_min.unwrap_or(1), "contains")?;
        demand(
            array.contains_max.is_none_or(|max| found <= max),
            "maxContains",
        )
    }

    fn members(&mut self, rules: &Rules, object: &Object) -> Fit {
        let members = &rules.object;
        for (word, size) in &rules.sizes {
            let fits = match size {
                Size::MembersMin(min) => count(object.len()) >= *min,
                Size::MembersMax(max) => count(object.len()) <= *max,
                _ => true,
            };
            demand(fits, word)?;
        }
        let has = |name: &String| object.get(name).is_some();
        self.work(members.required.len())?;
        demand(members.required.iter().all(has), "required")?;
        for (name, names) in &members.dependent {
            self.work(1 + names.len())?;
            demand(!has(name) || names.iter().all(has), "dependentRequired")?;
        }
        for (name, at) in &members.implied {
            if has(name) {
                self.check(*at, &Json::Object(object.clone()))?;
            }
        }
        for (name, value) in object.iter() {
            self.member(rules, name, value)?;
        }
        Ok(())
    }

    fn member(&mut self, rules: &Rules, name: &str, value: &Json) -> Fit {
        let members = &rules.object;
        if let Some(names) = members.names {
            self.check(names, &Json::from(name))?;
        }
        self.work(1 + members.named.len() / 8)?;
        let own = members.named.iter().find(|(own, _)| own == name);
        if let Some((_, at)) = own {
            self.check(*at, value)?;
        }
        let mut known = own.is_some();
        for (pattern, at) in &members.matching {
            self.work(1 + name.len() / 16)?;
            if pattern.is_match(name) {
                known = true;
                self.check(*at, value)?;
            }
        }
        match members.others {
            Some(others) if !known => match self.fits(others, value)? {
                true => Ok(()),
                false => Err(Misfit::Word("additionalProperties")),
            },
            _ => Ok(()),
        }
    }

    fn combined(&mut self, rules: &Rules, value: &Json) -> Fit {
        for at in rules.reference.iter().chain(&rules.all_of) {
            self.check(*at, value)?;
        }
        if let Some(any) = &rules.any_of {
            let mut fits = false;
            for at in any {
                fits = fits || self.fits(*at, value)?;
            }
            demand(fits, "anyOf")?;
        }
        if let Some(one) = &rules.one_of {
            let mut found = 0_usize;
            for at in one {
                found = found.saturating_add(usize::from(self.fits(*at, value)?));
            }
            demand(found == 1, "oneOf")?;
        }
        if let Some(not) = rules.not {
            demand(!self.fits(not, value)?, "not")?;
        }
        if let Some(when) = &rules.when {
            let branch = match self.fits(when.condition, value)? {
                true => when.then,
                false => when.otherwise,
            };
            if let Some(at) = branch {
                self.check(at, value)?;
            }
        }
        Ok(())
    }
}

fn demand(fits: bool, word: &'static str) -> Fit {
    fits.then_some(()).ok_or(Misfit::Word(word))
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn is_of(one: Type, value: &Json) -> bool {
    match (one, value) {
        (Type::Null, Json::Null)
        | (Type::Boolean, Json::Bool(_))
        | (Type::Number, Json::Number(_))
        | (Type::String, Json::String(_))
        | (Type::Array, Json::Array(_))
        | (Type::Object, Json::Object(_)) => true,
        (Type::Integer, Json::Number(number)) => {
            Decimal::of(number).is_some_and(|number| number.is_integer())
        }
        _ => false,
    }
}

fn within(number: &Decimal, bound: &Bound) -> Option<bool> {
    Some(match bound {
        Bound::Min(min) => number.order(min) != Ordering::Less,
        Bound::Above(min) => number.order(min) == Ordering::Greater,
        Bound::Max(max) => number.order(max) != Ordering::Greater,
        Bound::Below(max) => number.order(max) == Ordering::Less,
        Bound::MultipleOf(divisor) => return number.is_multiple_of(divisor),
    })
}

/// One text for values that are equal: keys in order, numbers by their value.
fn equal_text(value: &Json) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Json, out: &mut String) {
    match value {
        Json::Number(number) => match Decimal::of(number) {
            Some(exact) => exact.write_to(out),
            None => out.push_str(number.lexeme()),
        },
        Json::Array(items) => {
            out.push('[');
            for item in items {
                write(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Json::Object(object) => {
            let mut pairs: Vec<_> = object.iter().collect();
            pairs.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in pairs {
                Json::from(key).write_to(out);
                out.push(':');
                write(value, out);
                out.push(',');
            }
            out.push('}');
        }
        other => other.write_to(out),
    }
}
