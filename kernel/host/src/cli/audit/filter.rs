//! The filter language of `--where`: comparisons of a row's fields, joined by `&&`, `||` and `!`.
//! Knows nothing of logs. Closed and total: a text that is accepted has an answer for every row.
//!
//! ```text
//! decision == "deny" && tool ~ "postgres__*" && (dur_us > 1000 || !(rule ~ "kernel.*"))
//! ```
//! `~` and `!~` compare with a pattern in which `*` stands for anything. A field that a row does not have equals
//! nothing; of several rules or labels one is enough.

use std::fmt;

use super::calls::Row;

const TEXT_BYTES_MAX: usize = 4_096;
const DEPTH_MAX: usize = 32;
const TERMS_MAX: usize = 256;

/// Fields that hold text, and those that hold numbers.
const TEXTS: [&str; 13] = [
    "call",
    "decision",
    "effect",
    "kind",
    "label",
    "note",
    "principal",
    "rule",
    "severity",
    "shadow",
    "status",
    "tool",
    "ts",
];
const NUMBERS: [&str; 2] = ["dur_us", "seq"];

/// A filter that was read.
#[derive(Clone, Debug)]
pub(super) enum Where {
    All(Vec<Where>),
    Any(Vec<Where>),
    Not(Box<Where>),
    Text(&'static str, Op, String),
    Number(&'static str, Op, u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Is,
    IsNot,
    Below,
    UpTo,
    Above,
    From,
    Like,
    Unlike,
}

/// Longer words first, so that `<=` is not read as `<`.
const OPS: [(&str, Op); 8] = [
    ("==", Op::Is),
    ("!=", Op::IsNot),
    ("<=", Op::UpTo),
    (">=", Op::From),
    ("!~", Op::Unlike),
    ("<", Op::Below),
    (">", Op::Above),
    ("~", Op::Like),
];

/// What is wrong with a filter, and where.
#[derive(Debug)]
pub(super) struct Fault {
    text: String,
    at: usize,
    what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = super::paint::plain(&self.text);
        let before = self.text.get(..self.at).unwrap_or_default();
        let column = super::paint::plain(before).chars().count();
        writeln!(f, "--where, character {}: {}", column + 1, self.what)?;
        writeln!(f, "  {shown}")?;
        write!(f, "  {}^", " ".repeat(column))
    }
}

impl Where {
    /// Reads a filter.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let mut reader = Reader {
            text,
            at: 0,
            terms: 0,
        };
        if text.len() > TEXT_BYTES_MAX {
            return Err(reader.fault(format!("longer than {TEXT_BYTES_MAX} bytes")));
        }
        let filter = reader.any(0)?;
        reader.space();
        match reader.rest().is_empty() {
            true => Ok(filter),
            false => Err(reader.fault("expected `&&`, `||` or the end".to_owned())),
        }
    }

    /// Whether a row is meant.
    pub(super) fn takes(&self, row: &Row) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.takes(row)),
            Self::Any(parts) => parts.iter().any(|part| part.takes(row)),
            Self::Not(part) => !part.takes(row),
            Self::Text(field, Op::IsNot, word) => !has(row, field, Op::Is, word),
            Self::Text(field, Op::Unlike, word) => !has(row, field, Op::Like, word),
            Self::Text(field, op, word) => has(row, field, *op, word),
            Self::Number(field, op, number) => {
                let there = match *field {
                    "seq" => Some(row.seq),
                    _ => row.dur_us,
                };
                match (there, op) {
                    (Some(there), op) => compares(*op, &there, number),
                    (None, op) => *op == Op::IsNot,
                }
            }
        }
    }
}

fn has(row: &Row, field: &str, op: Op, word: &str) -> bool {
    let holds = |text: &str| match op {
        Op::Like => glob(word, text),
        op => compares(op, text, word),
    };
    let one = |text: &Option<String>| text.as_deref().is_some_and(holds);
    match field {
        "call" => one(&row.call),
        "decision" => one(&row.decision),
        "effect" => one(&row.effect),
        "kind" => holds(&row.kind),
        "label" => row.labels.iter().any(|label| holds(label)),
        "note" => holds(&row.note),
        "principal" => one(&row.principal),
        "rule" => row.rules.iter().any(|rule| holds(rule)),
        "severity" => one(&row.severity),
        "shadow" => row.shadows.iter().any(|rule| holds(rule)),
        "status" => one(&row.status),
        "tool" => one(&row.tool),
        _ => holds(&row.ts),
    }
}

fn compares<T: PartialOrd + ?Sized>(op: Op, one: &T, other: &T) -> bool {
    match op {
        Op::Is | Op::Like => one == other,
        Op::IsNot | Op::Unlike => one != other,
        Op::Below => one < other,
        Op::UpTo => one <= other,
        Op::Above => one > other,
        Op::From => one >= other,
    }
}

/// Whether a text has the form of a pattern in which `*` stands for anything. Only the last star is ever
/// tried again, so the time is at most the product of the lengths.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    terms: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fault(&self, what: String) -> Fault {
        Fault {
            text: self.text.to_owned(),
            at: self.at,
            what,
        }
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, word: &str) -> bool {
        self.space();
        let is = self.rest().starts_with(word);
        if is {
            self.at += word.len();
        }
        is
    }

    fn any(&mut self, depth: usize) -> Result<Where, Fault> {
        let mut parts = vec![self.all(depth)?];
        while self.eat("||") {
            parts.push(self.all(depth)?);
        }
        Ok(Where::Any(parts))
    }

    fn all(&mut self, depth: usize) -> Result<Where, Fault> {
        let mut parts = vec![self.one(depth)?];
        while self.eat("&&") {
            parts.push(self.one(depth)?);
        }
        Ok(Where::All(parts))
    }

    fn one(&mut self, depth: usize) -> Result<Where, Fault> {
        self.terms += 1;
        if depth > DEPTH_MAX || self.terms > TERMS_MAX {
            return Err(self.fault("too deep or too long".to_owned()));
        }
        if self.eat("(") {
            let inner = self.any(depth + 1)?;
            return match self.eat(")") {
                true => Ok(inner),
                false => Err(self.fault("expected `)`".to_owned())),
            };
        }
        if self.eat("!") {
            return Ok(Where::Not(Box::new(self.one(depth + 1)?)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Where, Fault> {
        self.space();
        let word: String = self
            .rest()
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        let text = TEXTS.iter().find(|name| **name == word);
        let number = NUMBERS.iter().find(|name| **name == word);
        if text.is_none() && number.is_none() {
            let names = [&TEXTS[..], &NUMBERS[..]].concat().join(", ");
            return Err(self.fault(format!("expected a field: {names}")));
        }
        self.at += word.len();
        self.space();
        let begin = self.at;
        let Some((sign, op)) = OPS.iter().find(|(sign, _)| self.rest().starts_with(sign)) else {
            return Err(
                self.fault("expected `==`, `!=`, `<`, `<=`, `>`, `>=`, `~` or `!~`".to_owned())
            );
        };
        self.at += sign.len();
        match (text, number) {
            (Some(field), _) => Ok(Where::Text(field, *op, self.string()?)),
            (None, Some(field)) if !matches!(op, Op::Like | Op::Unlike) => {
                Ok(Where::Number(field, *op, self.number()?))
            }
            _ => {
                self.at = begin;
                Err(self.fault("a number has no pattern".to_owned()))
            }
        }
    }

    fn number(&mut self) -> Result<u64, Fault> {
        self.space();
        let digits: String = self
            .rest()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        let number = digits
            .parse()
            .map_err(|_| self.fault("expected a whole number".to_owned()))?;
        self.at += digits.len();
        Ok(number)
    }

    fn string(&mut self) -> Result<String, Fault> {
        if !self.eat("\"") {
            return Err(self.fault("expected a text in `\"`".to_owned()));
        }
        let begin = self.at;
        let mut text = String::new();
        let mut chars = self.rest().chars();
        while let Some(c) = chars.next() {
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(text),
                '\\' => match chars.next() {
                    Some(c @ ('"' | '\\')) => {
                        self.at += 1;
                        text.push(c);
                    }
                    _ => return Err(self.fault("expected `\\\"` or `\\\\`".to_owned())),
                },
                c => text.push(c),
            }
        }
        self.at = begin;
        Err(self.fault("the text has no end".to_owned()))
    }
}
