//! Fields that a rule drops or renames: members of objects, and columns of rows that are lists.
//! Knows nothing of labels or detectors: what a text says that is no JSON has no fields.

use std::collections::BTreeSet;

use crate::json::{Json, Object, Pointer, parse};
use crate::limits;
use crate::manifest::ResultShape;
use crate::policy::{Fields, fold_name};

/// Why it cannot be done: the rule, and in words.
pub(super) struct Unmet {
    pub(super) rule: String,
    pub(super) why: String,
}

/// What is done in one walk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Drop,
    Rename,
}

/// Drops or renames in all of an answer's body.
///
/// # Errors
/// The first rule that cannot be kept.
pub(super) fn apply(
    body: &mut Json,
    shape: &ResultShape,
    fields: &Fields,
    act: Act,
) -> Result<(), Unmet> {
    let idle = match act {
        Act::Drop => fields.drop.is_empty(),
        Act::Rename => fields.rename.is_empty(),
    };
    if idle {
        return Ok(());
    }
    let walk = Walk { fields, act };
    walk.lists(body, shape)?;
    let Json::Object(members) = body else {
        return Ok(());
    };
    if let Some(structured) = members.get_mut("structuredContent") {
        return walk.value(structured, &mut Vec::new(), 0);
    }
    // Members of the blocks themselves are no fields.
    if let Some(Json::Array(blocks)) = members.get_mut("content") {
        for block in blocks {
            if let Some(Json::String(text)) = match block {
                Json::Object(block) => block.get_mut("text"),
                _ => None,
            } {
                walk.block(text)?;
            }
        }
    }
    Ok(())
}

struct Walk<'a> {
    fields: &'a Fields,
    act: Act,
}

impl Walk<'_> {
    fn value(&self, value: &mut Json, path: &mut Vec<String>, depth: usize) -> Result<(), Unmet> {
        match value {
            Json::Object(object) => self.object(object, path, depth),
            Json::Array(items) => {
                for item in items {
                    self.value(item, path, depth)?;
                }
                Ok(())
            }
            Json::String(text) => self.embedded(text, depth).map(|_| ()),
            Json::Null | Json::Bool(_) | Json::Number(_) => Ok(()),
        }
    }

    fn object(
        &self,
        object: &mut Object,
        path: &mut Vec<String>,
        depth: usize,
    ) -> Result<(), Unmet> {
        let mut names = BTreeSet::new();
        let mut kept = Vec::with_capacity(object.len());
        for (name, mut value) in std::mem::take(object) {
            path.push(name.to_string());
            let fate = self.fate(path);
            if !matches!(fate, Fate::Gone) {
                self.value(&mut value, path, depth)?;
            }
            let name = path.pop().unwrap_or_default();
            let name = match fate {
                Fate::Gone => continue,
                Fate::Stays => name,
                Fate::Becomes(to) => to,
            };
            if !names.insert(name.clone()) {
                return Err(self.collision(&name));
            }
            kept.push((name, value));
        }
        *object = kept.into_iter().collect();
        Ok(())
    }

    fn fate(&self, path: &[String]) -> Fate {
        match self.act {
            Act::Drop => {
                let gone = self.fields.drop.keys().any(|field| field.means(path, true));
                if gone { Fate::Gone } else { Fate::Stays }
            }
            Act::Rename => {
                let mut all = self.fields.rename.iter();
                let found = all.find(|(field, _)| field.means(path, false));
                found.map_or(Fate::Stays, |(_, new)| Fate::Becomes(new.to.clone()))
            }
        }
    }

    /// A new name that another field of the same object has.
    fn collision(&self, name: &str) -> Unmet {
        let rule = self.fields.rename.values().find(|new| new.to == name);
        Unmet {
            rule: rule.map_or(String::new(), |new| new.rule.clone()),
            why: "a field's new name is that of another field beside it".to_owned(),
        }
    }

    /// A text that is JSON as a whole has fields like what stands around it. Answers whether it is.
    fn embedded(&self, text: &mut String, depth: usize) -> Result<bool, Unmet> {
        let may_be = text.trim_start().starts_with(['{', '[']);
        if !may_be || depth >= limits::DECODE_DEPTH_MAX {
            return Ok(false);
        }
        let Ok(mut inner) = parse(text.trim().as_bytes(), &limits::RESPONSE_RULES) else {
            return Ok(false);
        };
        let before = inner.clone();
        self.value(&mut inner, &mut Vec::new(), depth + 1)?;
        if inner != before {
            *text = inner.to_text();
        }
        Ok(true)
    }

    /// A text in the place of a structure: JSON, or one value a line; any other has no fields, and where it holds the
    /// name of one that must not leave, it does not leave.
    fn block(&self, text: &mut String) -> Result<(), Unmet> {
        if self.embedded(text, 0)? {
            return Ok(());
        }
        let mut lines = Vec::new();
        let mut all = true;
        for line in text.lines() {
            let mut line = line.to_owned();
            all &= line.trim().is_empty() || self.embedded(&mut line, 0)?;
            lines.push(line);
        }
        if all && !lines.is_empty() {
            *text = lines.join("\n");
            return Ok(());
        }
        if self.act == Act::Rename {
            return Ok(());
        }
        let folded = fold_name(text);
        let held = |name: &str| folded.contains(&fold_name(name));
        match self
            .fields
            .drop
            .iter()
            .find(|(field, _)| held(field.name()))
        {
            None => Ok(()),
            Some((_, rule)) => Err(Unmet {
                rule: rule.clone(),
                why: "a field that must not leave is named in a text that is no JSON".to_owned(),
            }),
        }
    }

    /// The list of column names, and with it rows that are lists.
    fn lists(&self, body: &mut Json, shape: &ResultShape) -> Result<(), Unmet> {
        let (Some(rows), Some(columns)) = (&shape.rows, &shape.columns) else {
            return Ok(());
        };
        let mut top: Vec<String> = rows.steps().skip(1).map(|step| step.into_owned()).collect();
        let mut named = Vec::new();
        if let Some(Json::Array(names)) = body.at(columns) {
            for name in names.iter().map_while(Json::as_str) {
                top.push(name.to_owned());
                named.push(self.fate(&top));
                top.pop();
            }
            if named.len() < names.len() {
                named.clear(); // what is no name tells of no column
            }
        }
        self.rows(body, rows, &named)?;
        let Some(Json::Array(names)) = body.at_mut(columns) else {
            return Ok(());
        };
        if named.is_empty() {
            return Ok(());
        }
        let mut fates = named.iter();
        names.retain(|_| !matches!(fates.next(), Some(Fate::Gone)));
        let left = named.iter().filter(|fate| !matches!(fate, Fate::Gone));
        for (name, fate) in names.iter_mut().zip(left) {
            if let Fate::Becomes(to) = fate {
                *name = Json::from(to.as_str());
            }
        }
        let mut seen = BTreeSet::new();
        let mut texts = names.iter().filter_map(Json::as_str);
        match texts.find(|name| self.act == Act::Rename && !seen.insert(*name)) {
            Some(twice) => Err(self.collision(twice)),
            None => Ok(()),
        }
    }

    /// Cells of rows that are lists go by their place in the list of names.
    fn rows(&self, body: &mut Json, rows: &Pointer, named: &[Fate]) -> Result<(), Unmet> {
        if self.act == Act::Rename {
            return Ok(());
        }
        let Some(Json::Array(rows)) = body.at_mut(rows) else {
            return Ok(());
        };
        for row in rows {
            let Json::Array(cells) = row else { continue };
            if cells.len() != named.len() {
                let rule = self.fields.drop.values().next();
                return Err(Unmet {
                    rule: rule.cloned().unwrap_or_default(),
                    why: "rows that are lists have another width than their list of names"
                        .to_owned(),
                });
            }
            let mut fates = named.iter();
            cells.retain(|_| !matches!(fates.next(), Some(Fate::Gone)));
        }
        Ok(())
    }
}

/// What becomes of a field.
enum Fate {
    Stays,
    Gone,
    Becomes(String),
}
