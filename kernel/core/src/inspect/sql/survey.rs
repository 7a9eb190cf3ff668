//! Coarse facts of texts that could not be read whole: kinds, targets, what might be destroyed.
//! Knows nothing of lineage; where it errs, it errs towards destruction.

use std::ops::ControlFlow;

use sqlparser::ast::{
    AlterTableOperation, Delete, FromTable, Merge, MergeAction, ObjectName, Query, SetExpr,
    SqliteOnConflict, Statement, TableFactor, TableObject, TableWithJoins, Visit, Visitor,
};
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::gate::Rejected;
use super::lower;
use super::reading::{Reading, Unscoped};
use super::refusal as why;
use crate::manifest::Catalog;

/// What can be said of a text that the gate rejected.
pub(super) fn of_rejected(rejected: &Rejected, catalog: &Catalog) -> Reading {
    let mut survey = Survey::new(catalog);
    for statement in &rejected.statements {
        for kind in kinds_of(statement) {
            survey.kind(&kind);
        }
        let _ = statement.visit(&mut survey);
    }
    survey.words(&rejected.tokens);
    survey.bodies(&rejected.tokens);
    // What the parser has no grammar for is still refused by its own name.
    let named = survey
        .reading
        .kinds
        .first()
        .and_then(|kind| lower::refusal_of(kind));
    survey.reading.refusal = Some(match named {
        Some(named) if rejected.refusal == why::UNREADABLE => named,
        _ => rejected.refusal,
    });
    survey.reading
}

/// What can be said of one statement without reading its parts.
pub(super) fn of_statement(statement: &Statement, catalog: &Catalog) -> Reading {
    let mut survey = Survey::new(catalog);
    survey.reading.kinds = kinds_of(statement);
    let _ = statement.visit(&mut survey);
    survey.reading
}

/// The kind of every statement inside, the outermost first: a walk through the parser's whole tree that
/// does not depend on what becomes of it.
pub(super) fn kinds_of(statement: &Statement) -> Vec<String> {
    let mut kinds = Kinds(Vec::new());
    let _ = statement.visit(&mut kinds);
    kinds.0
}

struct Kinds(Vec<String>);

impl Visitor for Kinds {
    type Break = ();

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        self.statement(statement);
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if selects(&query.body) {
            self.add("select");
        }
        ControlFlow::Continue(())
    }
}

impl Kinds {
    fn add(&mut self, kind: &str) {
        if !kind.is_empty() && !self.0.iter().any(|known| known == kind) {
            self.0.push(kind.to_owned());
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Query(query) => match written(&query.body) {
                Some(inner) => self.statement(inner),
                None => self.add("select"),
            },
            Statement::Explain { statement, .. } => {
                self.add("explain");
                self.statement(statement);
            }
            other => {
                self.add(lower::kind_name(other));
                if replaces(other) {
                    self.add("replace");
                }
            }
        }
    }
}

/// Whether rows that conflict are deleted.
fn replaces(statement: &Statement) -> bool {
    match statement {
        Statement::Insert(insert) => {
            insert.replace_into || insert.or == Some(SqliteOnConflict::Replace)
        }
        Statement::Update(update) => update.or == Some(SqliteOnConflict::Replace),
        _ => false,
    }
}

struct Survey<'c> {
    catalog: &'c Catalog,
    reading: Reading,
}

impl Visitor for Survey<'_> {
    type Break = ();

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        self.statement(statement);
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let name = self.name(relation);
        if self.catalog.table(&name).is_some() {
            self.reading.reads.insert(name);
        }
        ControlFlow::Continue(())
    }
}

impl<'c> Survey<'c> {
    fn new(catalog: &'c Catalog) -> Self {
        Self {
            catalog,
            reading: Reading::default(),
        }
    }

    fn kind(&mut self, kind: &str) {
        if !kind.is_empty() && !self.reading.kinds.iter().any(|known| known == kind) {
            self.reading.kinds.push(kind.to_owned());
        }
    }

    /// The catalogue's name of a table, else as written.
    fn name(&self, name: &ObjectName) -> String {
        let last = lower::last_part(name).unwrap_or_default();
        match self.catalog.table(&last) {
            Some(table) => table.name.clone(),
            None => last,
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Query(query) => {
                if let Some(inner) = written(&query.body) {
                    self.statement(inner);
                }
            }
            Statement::Insert(insert) => {
                if let TableObject::TableName(name) = &insert.table {
                    self.write(name);
                }
            }
            Statement::Update(update) => {
                self.unscoped(Unscoped::Update, std::slice::from_ref(&update.table));
            }
            Statement::Delete(delete) => self.delete(delete),
            Statement::Merge(merge) => self.merge(merge),
            Statement::Explain { statement, .. } => self.statement(statement),
            other => self.definition(other),
        }
    }

    fn delete(&mut self, delete: &Delete) {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        self.unscoped(Unscoped::Delete, from);
    }

    fn merge(&mut self, merge: &Merge) {
        let destroys = |action: &MergeAction| {
            matches!(action, MergeAction::Update(_) | MergeAction::Delete { .. })
        };
        if let TableFactor::Table { name, .. } = &merge.table {
            self.write(name);
            if merge.clauses.iter().any(|clause| destroys(&clause.action)) {
                let name = self.name(name);
                self.reading.unscoped.insert((Unscoped::Update, name));
            }
        }
    }

    fn definition(&mut self, statement: &Statement) {
        match statement {
            Statement::Drop { names, .. } => {
                for name in names {
                    self.write(name);
                    let name = self.name(name);
                    self.reading.drops.insert(name);
                }
                self.reading.destroys_unnamed |= names.is_empty();
            }
            Statement::Truncate(truncate) => {
                for target in &truncate.table_names {
                    self.write(&target.name);
                    let name = self.name(&target.name);
                    self.reading.truncates.insert(name);
                }
            }
            Statement::AlterTable(alter) => {
                self.write(&alter.name);
                if !alter.operations.iter().all(keeps_data) {
                    let name = self.name(&alter.name);
                    self.reading.alters.insert(name);
                }
            }
            Statement::CreateTable(table) => self.write(&table.name),
            Statement::CreateView(view) => self.write(&view.name),
            Statement::CreateIndex(index) => self.write(&index.table_name),
            Statement::CreateVirtualTable { name, .. } => self.write(name),
            other => self.reading.destroys_unnamed |= lower::kind_name(other) == "drop",
        }
    }

    fn write(&mut self, name: &ObjectName) {
        let name = self.name(name);
        self.reading.writes.insert(name);
    }

    fn unscoped(&mut self, verb: Unscoped, from: &[TableWithJoins]) {
        for table in from {
            match &table.relation {
                TableFactor::Table { name, .. } => {
                    self.write(name);
                    let name = self.name(name);
                    self.reading.unscoped.insert((verb, name));
                }
                _ => self.reading.destroys_unnamed = true,
            }
        }
    }

    /// The words of a text that the parser did not understand to its end.
    fn words(&mut self, tokens: &[TokenWithSpan]) {
        let mut first = true;
        for TokenWithSpan { token, span: _ } in tokens {
            match token {
                Token::Word(word) if word.quote_style.is_none() => {
                    let word = word.value.to_ascii_lowercase();
                    let destroys = DESTROYERS.contains(&word.as_str());
                    if destroys || (first && STATEMENT_WORDS.contains(&word.as_str())) {
                        self.kind(&word);
                    }
                    self.reading.destroys_unnamed |= destroys;
                    first = false;
                }
                Token::SemiColon => first = true,
                _ => {}
            }
        }
    }
}

impl Survey<'_> {
    /// Code in a string: what DO runs, and what PREPARE and the like would.
    fn bodies(&mut self, tokens: &[TokenWithSpan]) {
        if !self.reading.kinds.iter().any(|kind| kind == "do") {
            return;
        }
        for token in tokens {
            let body = match &token.token {
                Token::DollarQuotedString(body) => &body.value,
                Token::SingleQuotedString(body) | Token::EscapedStringLiteral(body) => body,
                _ => continue,
            };
            let body = body.to_ascii_lowercase();
            self.reading.destroys_unnamed |= body
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .any(|word| DESTROYERS.contains(&word));
        }
    }
}

fn selects(body: &SetExpr) -> bool {
    match body {
        SetExpr::Select(_) | SetExpr::SetOperation { .. } | SetExpr::Table(_) => true,
        SetExpr::Query(query) => selects(&query.body),
        _ => false,
    }
}

/// The write that a query is in truth: `WITH x AS (…) DELETE …` is a Query to the parser.
fn written(body: &SetExpr) -> Option<&Statement> {
    match body {
        SetExpr::Insert(statement)
        | SetExpr::Update(statement)
        | SetExpr::Delete(statement)
        | SetExpr::Merge(statement) => Some(statement),
        SetExpr::Query(query) => written(&query.body),
        _ => None,
    }
}

/// Whether an alteration keeps every value, under the name that it is protected by.
pub(super) fn keeps_data(operation: &AlterTableOperation) -> bool {
    use sqlparser::ast::AlterColumnOperation as Column;
    match operation {
        AlterTableOperation::AddConstraint { .. }
        | AlterTableOperation::AddColumn { .. }
        | AlterTableOperation::DropConstraint { .. }
        | AlterTableOperation::RenameConstraint { .. }
        | AlterTableOperation::ValidateConstraint { .. } => true,
        AlterTableOperation::AlterColumn { op, .. } => !matches!(op, Column::SetDataType { .. }),
        _ => false,
    }
}

/// Words that begin a destruction, wherever they stand in a text that was not understood.
const DESTROYERS: &[&str] = &["drop", "truncate", "delete", "update", "alter"];

/// Words that begin a statement.
const STATEMENT_WORDS: &[&str] = &[
    "abort",
    "alter",
    "analyze",
    "attach",
    "begin",
    "call",
    "checkpoint",
    "close",
    "cluster",
    "comment",
    "commit",
    "copy",
    "create",
    "deallocate",
    "declare",
    "delete",
    "detach",
    "discard",
    "do",
    "drop",
    "end",
    "execute",
    "explain",
    "fetch",
    "grant",
    "import",
    "insert",
    "listen",
    "load",
    "lock",
    "merge",
    "move",
    "notify",
    "pragma",
    "prepare",
    "reassign",
    "refresh",
    "reindex",
    "release",
    "replace",
    "reset",
    "revoke",
    "rollback",
    "savepoint",
    "security",
    "select",
    "set",
    "show",
    "start",
    "table",
    "truncate",
    "unlisten",
    "update",
    "vacuum",
    "values",
    "with",
];
