//! The parser's tree into our form. What is not named here is refused: the allow-list of nodes.
//! Knows nothing of the catalogue.
//!
//! Every struct of the parser is taken apart field by field, without `..`, so that a field added by
//! a later version of the parser does not compile until someone has decided about it.

mod call;
mod ddl;
mod dml;
mod expr;
mod from;
mod inferred;
mod kinds;
mod merge;
mod operators;
mod query;
mod types;

use std::cell::RefCell;
use std::collections::BTreeSet;

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart, Statement as Ast};

pub(super) use kinds::{kind_name, refusal_of};

use super::form::{Marker, Name, Path, Statement, Text};
use super::refusal::{self as why, SqlRefusal};
use super::source_text::SourceText;
use super::{Dialect, FunctionUse, reserved};

type Lowered<T> = Result<T, SqlRefusal>;

/// A statement in our form and what was counted on the way.
pub(super) struct Translation {
    /// The statement.
    pub(super) statement: Statement,
    /// Functions called.
    pub(super) functions: BTreeSet<FunctionUse>,
    /// Bound parameters asked for.
    pub(super) parameters: usize,
    /// Whether all of them are a bare `?`, so that they count in the order of the text.
    pub(super) anonymous: bool,
    /// The token that each bare `?` is, in no order.
    pub(super) bare: Vec<u64>,
    /// How often a number stands, e.g. `$1`; none where anything else does, too.
    pub(super) numbered: Option<usize>,
}

/// Translates one statement.
pub(super) fn statement(
    statement: &Ast,
    dialect: Dialect,
    text: SourceText<'_>,
) -> Lowered<Translation> {
    let mut lower = Lower {
        dialect,
        functions: BTreeSet::new(),
        bare: Vec::new(),
        numbered: 0,
        highest: 0,
        named: BTreeSet::new(),
        text,
        defaults: false,
        names: RefCell::default(),
    };
    let statement = lower.statement(statement)?;
    Ok(Translation {
        statement,
        functions: lower.functions,
        anonymous: lower.highest == 0 && lower.named.is_empty(),
        numbered: (lower.bare.is_empty() && lower.named.is_empty()).then_some(lower.numbered),
        parameters: lower.bare.len().max(lower.highest) + lower.named.len(),
        bare: lower.bare,
    })
}

struct Lower<'s> {
    dialect: Dialect,
    functions: BTreeSet<FunctionUse>,
    /// The token that each bare `?` is.
    bare: Vec<u64>,
    numbered: usize,
    highest: usize,
    named: BTreeSet<String>,
    text: SourceText<'s>,
    /// Whether the next VALUES is that of an INSERT.
    defaults: bool,
    /// The first names of the text, which most often are all of them.
    names: RefCell<Vec<Text<'static>>>,
}

/// As many names are held once; what comes after them is held anew each time.
const NAMES_HELD_ONCE: usize = 16;

impl Lower<'_> {
    fn sqlite(&self) -> bool {
        self.dialect == Dialect::Sqlite
    }

    /// A name that refers to something.
    fn name(&self, ident: &Ident) -> Lowered<Name> {
        if ident.quote_style.is_none() && reserved::is_reserved(&ident.value, self.dialect) {
            return Err(why::RESERVED_WORD);
        }
        self.unreserved(ident)
    }

    /// A name that is given, where PostgreSQL takes any word after AS.
    fn label(&self, ident: &Ident) -> Lowered<Name> {
        if self.sqlite()
            && ident.quote_style.is_none()
            && reserved::is_reserved(&ident.value, self.dialect)
        {
            return Err(why::RESERVED_WORD);
        }
        self.unreserved(ident)
    }

    fn unreserved(&self, ident: &Ident) -> Lowered<Name> {
        // SQLite reads 'x' as a name where a name must stand; PostgreSQL reads a typed literal.
        if ident.quote_style == Some('\'') && !self.sqlite() {
            return Err(why::ODD_LITERAL);
        }
        let text = self.held_once(&ident.value);
        let key = match self.dialect.folded(ident) {
            true => text.clone(),
            false => self.dialect.fold(ident).into(),
        };
        Ok(Name { text, key })
    }

    fn held_once(&self, name: &str) -> Text<'static> {
        let mut names = self.names.borrow_mut();
        if let Some(known) = names.iter().find(|known| known.as_str() == name) {
            return known.clone();
        }
        let text = Text::from(name);
        if names.len() < NAMES_HELD_ONCE {
            names.push(text.clone());
        }
        text
    }

    fn names(&self, idents: &[Ident]) -> Lowered<Vec<Name>> {
        idents.iter().map(|ident| self.name(ident)).collect()
    }

    fn path(&self, name: &ObjectName) -> Lowered<Path> {
        let names: Vec<Name> = name
            .0
            .iter()
            .map(|part| match part {
                ObjectNamePart::Identifier(ident) => self.name(ident),
                ObjectNamePart::Function(_) => Err(why::SYNTAX),
            })
            .collect::<Lowered<_>>()?;
        if names.is_empty() || names.len() > 3 {
            return Err(why::SCHEMA);
        }
        Ok(Path(names))
    }

    /// The one name that an unqualified path is.
    fn single(&self, name: &ObjectName) -> Lowered<Name> {
        let mut path = self.path(name)?;
        match (path.0.pop(), path.0.is_empty()) {
            (Some(name), true) => Ok(name),
            _ => Err(why::SYNTAX),
        }
    }

    fn placeholder(&mut self, text: &str, at: u64) -> Lowered<Marker> {
        let digits = text.get(1..).unwrap_or_default();
        match (text.chars().next(), digits.parse::<usize>()) {
            (Some('?'), _) if self.sqlite() && digits.is_empty() => {
                self.bare.push(at);
                Ok(Marker::Bare(at))
            }
            (Some('?'), Ok(at)) if self.sqlite() => Ok(self.numbered(at)),
            (Some('$'), Ok(at)) if !self.sqlite() => Ok(self.numbered(at)),
            (Some(':' | '@' | '$'), _) if self.sqlite() && !digits.is_empty() => {
                self.named.insert(text.to_owned());
                Ok(Marker::Named)
            }
            _ => Err(why::ODD_LITERAL),
        }
    }

    fn numbered(&mut self, at: usize) -> Marker {
        self.numbered += 1;
        self.highest = self.highest.max(at);
        Marker::Numbered(at)
    }
}

/// The last identifier of a name, as written.
pub(super) fn last_part(name: &ObjectName) -> Option<String> {
    match name.0.last()? {
        ObjectNamePart::Identifier(ident) => Some(ident.value.clone()),
        ObjectNamePart::Function(function) => Some(function.name.value.clone()),
    }
}

/// Refuses unless every listed field is at its empty value.
fn absent(conditions: &[bool]) -> Lowered<()> {
    match conditions.iter().all(|absent| *absent) {
        true => Ok(()),
        false => Err(why::SYNTAX),
    }
}
