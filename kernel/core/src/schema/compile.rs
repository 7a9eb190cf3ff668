//! Reads a schema: every word of it is known, said to demand nothing, or refused.
//! Knows nothing of values.

use std::collections::{BTreeMap, BTreeSet};

use super::Unsupported;
use super::decimal::Decimal;
use super::pattern;
use super::rules::{At, Bound, Node, Rules, Size, Type, When};
use crate::json::{Json, Object, Pointer};
use crate::limits;

/// Words that only describe.
const SAYING: [&str; 16] = [
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
    "$schema",
    "$defs",
    "definitions",
    "$anchor",
    "then",
    "else",
    "minContains",
    "maxContains",
];
/// Words that demand something which is not judged here.
const BEYOND: [&str; 7] = [
    "unevaluatedProperties",
    "unevaluatedItems",
    "$dynamicRef",
    "$recursiveRef",
    "$vocabulary",
    "extends",
    "disallow",
];

/// A schema that is being read.
pub(super) struct Compiler<'s> {
    document: &'s Json,
    nodes: Vec<Node>,
    /// Places that references lead to.
    known: BTreeMap<String, At>,
    unsupported: Vec<Unsupported>,
    unchecked: BTreeSet<String>,
    depth: usize,
}

impl<'s> Compiler<'s> {
    pub(super) fn of(document: &'s Json) -> Self {
        Self {
            document,
            nodes: Vec::new(),
            known: BTreeMap::new(),
            unsupported: Vec::new(),
            unchecked: BTreeSet::new(),
            depth: 0,
        }
    }

    pub(super) fn root(&mut self) -> At {
        self.place(String::new(), self.document)
    }

    /// All places, and the words that demand nothing.
    pub(super) fn end(self) -> Result<(Vec<Node>, BTreeSet<String>), Vec<Unsupported>> {
        match self.unsupported.is_empty() {
            true => Ok((self.nodes, self.unchecked)),
            false => Err(self.unsupported),
        }
    }

    pub(super) fn refuse(&mut self, pointer: &str, why: impl Into<String>) {
        self.unsupported.push(Unsupported {
            pointer: pointer.to_owned(),
            why: why.into(),
        });
    }

    /// The place at a pointer, read once.
    fn place(&mut self, pointer: String, schema: &'s Json) -> At {
        if let Some(at) = self.known.get(&pointer) {
            return *at;
        }
        let at = self.nodes.len();
        self.nodes.push(Node::Open);
        self.known.insert(pointer.clone(), at);
        if at >= limits::SCHEMA_PLACES_MAX || self.depth >= limits::SCHEMA_DEPTH_MAX {
            if self.unsupported.is_empty() {
                self.refuse(&pointer, "the schema is too large");
            }
            return at;
        }
        self.depth = self.depth.saturating_add(1);
        let node = match schema {
            Json::Bool(always) => Node::Always(*always),
            Json::Object(words) => Node::Rules(Box::new(self.rules(&pointer, words))),
            _ => {
                self.refuse(&pointer, "a schema is an object, `true` or `false`");
                Node::Always(false)
            }
        };
        self.depth = self.depth.saturating_sub(1);
        if let Some(slot) = self.nodes.get_mut(at) {
            *slot = node;
        }
        at
    }

    fn rules(&mut self, pointer: &str, words: &'s Object) -> Rules {
        let mut rules = Rules::default();
        for (word, value) in words.iter() {
            let at = step(pointer, word);
            if SAYING.contains(&word) {
                continue; // read elsewhere, or it demands nothing
            }
            if BEYOND.contains(&word) {
                self.refuse(&at, format!("`{word}` is not supported"));
                continue;
            }
            let read = self
                .plain(&at, word, value, &mut rules)
                .or_else(|| self.inner(&at, word, value, words, &mut rules));
            if read.is_none() {
                self.strange(pointer, &at, word, value);
            }
        }
        rules
    }

    /// Words that hold no schemas. `None` where it is none of these.
    fn plain(&mut self, at: &str, word: &str, value: &Json, rules: &mut Rules) -> Option<()> {
        if let Some((word, bound)) = bound(word, value) {
            match bound {
                Some(bound) => rules.bounds.push((word, bound)),
                None => self.refuse(at, format!("`{word}` is no number that can be judged by")),
            }
            return Some(());
        }
        if let Some((word, size)) = size(word, value) {
            match size {
                Some(size) => rules.sizes.push((word, size)),
                None => self.refuse(at, format!("`{word}` is no count")),
            }
            return Some(());
        }
        let fits = match word {
            "type" => types(value)
                .map(|types| rules.types = Some(types))
                .is_some(),
            "enum" => value
                .as_array()
                .map(|all| rules.values.push(("enum", all.to_vec())))
                .is_some(),
            "const" => {
                rules.values.push(("const", vec![value.clone()]));
                true
            }
            "pattern" => {
                rules.pattern = value.as_str().and_then(pattern::read);
                rules.pattern.is_some()
            }
            "required" => {
                let names = texts(value);
                rules.object.required = names.clone().unwrap_or_default();
                names.is_some()
            }
            "uniqueItems" => {
                rules.array.unique = value.as_bool().unwrap_or_default();
                value.as_bool().is_some()
            }
            "dependentRequired" => {
                let pairs = value.as_object().into_iter().flat_map(Object::iter);
                let pairs = pairs.map(|(name, names)| Some((name.to_owned(), texts(names)?)));
                let pairs: Option<Vec<_>> = pairs.collect();
                rules.object.dependent = pairs.clone().unwrap_or_default();
                pairs.is_some() && value.as_object().is_some()
            }
            _ => return None,
        };
        if !fits {
            let why = match word {
                "pattern" => "the pattern cannot be matched in linear time",
                _ => "it is not written as the word demands",
            };
            self.refuse(at, why);
        }
        Some(())
    }

    /// Words that hold schemas.
    fn inner(
        &mut self,
        at: &str,
        word: &str,
        value: &'s Json,
        words: &'s Object,
        rules: &mut Rules,
    ) -> Option<()> {
        match word {
            "$ref" => rules.reference = self.reference(at, value),
            "properties" => rules.object.named = self.named(at, value),
            "patternProperties" => {
                for (name, place) in self.named(at, value) {
                    match pattern::read(&name) {
                        Some(pattern) => rules.object.matching.push((pattern, place)),
                        None => self.refuse(at, "a pattern cannot be matched in linear time"),
                    }
                }
            }
            "additionalProperties" => rules.object.others = Some(self.place(at.to_owned(), value)),
            "propertyNames" => rules.object.names = Some(self.place(at.to_owned(), value)),
            "dependentSchemas" => rules.object.implied = self.named(at, value),
            "dependencies" => self.dependencies(at, value, rules),
            "items" if value.as_array().is_some() => {
                rules.array.first = self.list(at, value);
                rules.array.rest = words
                    .get("additionalItems")
                    .map(|rest| self.place(sibling(at, "additionalItems"), rest));
            }
            "items" => rules.array.rest = Some(self.place(at.to_owned(), value)),
            "additionalItems" => {}
            "prefixItems" => rules.array.first = self.list(at, value),
            "contains" => {
                rules.array.contains = Some(self.place(at.to_owned(), value));
                rules.array.contains_min = self.count(at, words, "minContains");
                rules.array.contains_max = self.count(at, words, "maxContains");
            }
            "allOf" => rules.all_of = self.list(at, value),
            "anyOf" => rules.any_of = Some(self.list(at, value)),
            "oneOf" => rules.one_of = Some(self.list(at, value)),
            "not" => rules.not = Some(self.place(at.to_owned(), value)),
            "if" => {
                let mut branch = |word| {
                    let schema = words.get(word)?;
                    Some(self.place(sibling(at, word), schema))
                };
                let (then, otherwise) = (branch("then"), branch("else"));
                rules.when = Some(When {
                    condition: self.place(at.to_owned(), value),
                    then,
                    otherwise,
                });
            }
            _ => return None,
        }
        Some(())
    }

    /// A word that is none of JSON Schema's, or one that renames places.
    fn strange(&mut self, pointer: &str, at: &str, word: &str, value: &Json) {
        let renames = matches!(word, "$id" | "id") && value.as_str().is_some();
        match renames && !pointer.is_empty() && word == "$id" {
            true => self.refuse(at, "a schema within the schema has an address of its own"),
            false => {
                self.unchecked.insert(word.to_owned());
            }
        }
    }

    fn dependencies(&mut self, at: &str, value: &'s Json, rules: &mut Rules) {
        let Some(pairs) = value.as_object() else {
            return self.refuse(at, "it is not written as the word demands");
        };
        for (name, what) in pairs.iter() {
            match texts(what) {
                Some(names) => rules.object.dependent.push((name.to_owned(), names)),
                None => {
                    let place = self.place(step(at, name), what);
                    rules.object.implied.push((name.to_owned(), place));
                }
            }
        }
    }

    fn count(&mut self, at: &str, words: &Object, word: &str) -> Option<u64> {
        let value = words.get(word)?;
        let count = value.as_number().and_then(whole);
        if count.is_none() {
            self.refuse(&sibling(at, word), "it is no count");
        }
        count
    }

    fn named(&mut self, at: &str, value: &'s Json) -> Vec<(String, At)> {
        let Some(all) = value.as_object() else {
            self.refuse(at, "it is not written as the word demands");
            return Vec::new();
        };
        let one = |(name, schema): (&str, &'s Json)| {
            (name.to_owned(), self.place(step(at, name), schema))
        };
        all.iter().map(one).collect()
    }

    fn list(&mut self, at: &str, value: &'s Json) -> Vec<At> {
        let Some(all) = value.as_array() else {
            self.refuse(at, "it is not written as the word demands");
            return Vec::new();
        };
        let all = all.iter().enumerate();
        all.map(|(index, schema)| self.place(step(at, &index.to_string()), schema))
            .collect()
    }

    /// A reference leads to a place of this document, by pointer.
    fn reference(&mut self, at: &str, value: &Json) -> Option<At> {
        let target = value
            .as_str()
            .and_then(|text| text.strip_prefix('#'))
            .and_then(decoded);
        let found = target.and_then(|pointer| {
            let schema = match pointer.is_empty() {
                true => self.document,
                false => self.document.at(&Pointer::parse(&pointer)?)?,
            };
            Some((pointer, schema))
        });
        match found {
            Some((pointer, schema)) => Some(self.place(pointer, schema)),
            None => {
                self.refuse(at, "a reference leads to no place of this document");
                None
            }
        }
    }
}

fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn sibling(at: &str, word: &str) -> String {
    let parent = at.rsplit_once('/').map_or("", |(parent, _)| parent);
    step(parent, word)
}

/// The pointer of a URI fragment.
fn decoded(fragment: &str) -> Option<String> {
    if !fragment.is_empty() && !fragment.starts_with('/') {
        return None; // an anchor
    }
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let value = digit()?.checked_mul(16)?.checked_add(digit()?)?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

fn texts(value: &Json) -> Option<Vec<String>> {
    let all = value.as_array()?.iter();
    all.map(|one| one.as_str().map(str::to_owned)).collect()
}

fn types(value: &Json) -> Option<Vec<Type>> {
    match value {
        Json::String(word) => Some(vec![Type::parse(word)?]),
        Json::Array(words) => {
            let words = words.iter();
            words.map(|word| Type::parse(word.as_str()?)).collect()
        }
        _ => None,
    }
}

fn whole(number: &crate::json::Number) -> Option<u64> {
    let exact = number.as_u64();
    // JSON Schema takes `2.0` for a count as well.
    exact.or_else(|| number.lexeme().strip_suffix(".0")?.parse().ok())
}

/// A word that bounds numbers; the bound where it can be judged by.
fn bound(word: &str, value: &Json) -> Option<(&'static str, Option<Bound>)> {
    let number = || value.as_number().and_then(Decimal::of);
    Some(match word {
        "minimum" => ("minimum", number().map(Bound::Min)),
        "maximum" => ("maximum", number().map(Bound::Max)),
        "exclusiveMinimum" => ("exclusiveMinimum", number().map(Bound::Above)),
        "exclusiveMaximum" => ("exclusiveMaximum", number().map(Bound::Below)),
        "multipleOf" => {
            let divisor = number().filter(|one| one.is_positive() && one.can_divide());
            ("multipleOf", divisor.map(Bound::MultipleOf))
        }
        _ => return None,
    })
}

/// A word that bounds lengths and counts.
fn size(word: &str, value: &Json) -> Option<(&'static str, Option<Size>)> {
    let count = value.as_number().and_then(whole);
    Some(match word {
        "minLength" => ("minLength", count.map(Size::CharsMin)),
        "maxLength" => ("maxLength", count.map(Size::CharsMax)),
        "minItems" => ("minItems", count.map(Size::ItemsMin)),
        "maxItems" => ("maxItems", count.map(Size::ItemsMax)),
        "minProperties" => ("minProperties", count.map(Size::MembersMin)),
        "maxProperties" => ("maxProperties", count.map(Size::MembersMax)),
        _ => return None,
    })
}
