//! Definitions: what is created, altered, dropped, truncated.
//! Knows nothing of rows but those that CREATE TABLE AS copies.

use std::collections::BTreeSet;

use super::flow::Flow;
use super::relation::{Field, Hidden, Relation, Rows, Scope, tell_apart};
use super::write::stored_names;
use super::{Analyst, Context, reference, why};
use crate::inspect::sql::form::{
    Alter, Assignment, CreateTable, Expr, Name, Path, Query, Reference, Statement,
};
use crate::inspect::sql::{ColumnRef, Deed};

impl<'c> Analyst<'c> {
    pub(super) fn define(&mut self, statement: &Statement, context: Context<'_, 'c>) {
        match statement {
            Statement::CreateTable(table) => self.create_table(table, context),
            Statement::CreateView {
                name,
                columns,
                query,
                temporary,
                stored,
            } => {
                self.created(name, *temporary);
                let rows = self.query(query, context);
                if *stored {
                    self.stored(name, columns, &rows);
                }
            }
            Statement::CreateIndex {
                table,
                exprs,
                unique,
            } => self.create_index(table, exprs, *unique, context),
            Statement::Alter(alter) => self.alter(alter, context),
            Statement::Drop { names, relations } => {
                for path in names {
                    // What does not exist cannot be dropped; the engine's own tables must not be.
                    if let Some(name) = self.base_name(path) {
                        let own = name.key.starts_with("sqlite_") || name.key.starts_with("pg_");
                        if *relations && own && self.catalog.table(&name.key).is_none() {
                            self.refuse(why::SYSTEM_TABLE);
                        }
                    }
                    let name = self.shown_name(path);
                    self.reading.writes.insert(name.clone());
                    self.reading.drops.insert(name);
                    if let (true, Some(last)) = (*relations, path.0.last())
                        && let Some(table) = self.catalog.table(&last.key)
                    {
                        self.removed(table);
                    }
                }
            }
            Statement::Truncate(names) => {
                for path in names {
                    if let Some(table) = self.table(path) {
                        self.removed(table);
                    }
                    let name = self.shown_name(path);
                    self.reading.writes.insert(name.clone());
                    self.does(Deed::Delete, &name);
                    self.reading.truncates.insert(name);
                }
            }
            Statement::Query(_)
            | Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::Merge(_)
            | Statement::Explain { .. } => {
                self.statement(statement, context);
            }
        }
    }

    /// A name that comes to be. A temporary object of a known name would hide the real one.
    fn created(&mut self, path: &Path, temporary: bool) {
        if self
            .base_name(path)
            .is_some_and(|name| name.key.starts_with("sqlite_") || name.key.starts_with("pg_"))
        {
            self.refuse(why::SYSTEM_TABLE);
        }
        let known = path
            .0
            .last()
            .is_some_and(|name| self.catalog.table(&name.key).is_some());
        if temporary && known {
            self.refuse(why::TEMPORARY);
        }
        let name = self.shown_name(path);
        self.reading.writes.insert(name);
    }

    pub(super) fn select_into(&mut self, path: &Path, rows: &Rows<'c>) {
        if !self.reading.kinds.iter().any(|kind| kind == "create") {
            self.reading.kinds.push("create".to_owned());
        }
        self.created(path, false);
        self.does(Deed::Insert, &self.shown_name(path));
        self.stored(path, &[], rows);
    }

    /// Rows that a new table keeps, without labels.
    fn stored(&mut self, path: &Path, names: &[Name], rows: &Rows<'c>) {
        let table = self.shown_name(path);
        let mut fields = rows.fields.clone();
        if self.sqlite() && names.is_empty() {
            tell_apart(&mut fields);
        }
        let names = stored_names(&fields, names);
        let folded: BTreeSet<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        if folded.len() < names.len() || !rows.exact {
            self.reading.unsure.insert(table.clone());
        }
        for (field, column) in rows.fields.iter().zip(names) {
            self.launder(&field.flow, &table, &column);
        }
    }

    fn create_table(&mut self, table: &CreateTable, context: Context<'_, 'c>) {
        self.created(&table.name, table.temporary);
        self.mix(&table.exprs, context);
        for shape in &table.shapes {
            self.table(shape);
        }
        for reference in &table.references {
            self.refers(reference, &table.name);
        }
        if let Some(query) = &table.query {
            let query: &Query = query;
            let rows = self.query(query, context);
            self.does(Deed::Insert, &self.shown_name(&table.name));
            self.stored(&table.name, &table.columns, &rows);
        }
    }

    /// A foreign key asks, at every insert, whether a value exists in the other table.
    fn refers(&mut self, reference: &Reference, own: &Path) {
        let to_itself =
            reference.table.0.last().map(|name| &name.key) == own.0.last().map(|name| &name.key);
        if to_itself
            && reference
                .table
                .0
                .last()
                .is_some_and(|name| self.catalog.table(&name.key).is_none())
        {
            return;
        }
        let Some(table) = self.table(&reference.table) else {
            return;
        };
        let mut flow = Flow::default();
        for field in self.base_fields(table) {
            let named = reference
                .columns
                .iter()
                .any(|name| field.name.as_deref() == Some(&name.key));
            let key = reference.columns.is_empty()
                && table.column(&field.shown).is_some_and(|column| column.key);
            if named || key {
                flow.add(&self.take(&field));
            }
        }
        self.predicates.add(&flow);
    }

    fn relation_of(&mut self, path: &Path) -> Relation<'c> {
        let table = self.table(path);
        Relation {
            alias: path.0.last().map(|name| name.key.clone()),
            own_name: true,
            fields: table
                .map(|table| self.base_fields(table))
                .unwrap_or_default(),
            exact: table.is_some(),
            hidden: Hidden::Table,
        }
    }

    fn create_index(
        &mut self,
        path: &Path,
        exprs: &[Expr],
        unique: bool,
        context: Context<'_, 'c>,
    ) {
        let name = self.shown_name(path);
        self.reading.writes.insert(name);
        let relations = [self.relation_of(path)];
        let scope = Scope {
            relations: &relations,
            aliases: &[],
            parent: context.scope,
        };
        let flow = self.mix(exprs, context.inside(&scope));
        if unique {
            // It fails where two rows agree.
            self.predicates.add(&flow);
        }
    }

    fn alter(&mut self, alter: &Alter, context: Context<'_, 'c>) {
        let name = self.shown_name(&alter.table);
        self.reading.writes.insert(name.clone());
        if alter.losing {
            self.reading.alters.insert(name);
        }
        if let Some(to) = &alter.renamed_to {
            let to = Path(vec![to.clone()]);
            self.created(&to, false);
        }
        let relations = [self.relation_of(&alter.table)];
        self.renamed(alter, &relations);
        let scope = Scope {
            relations: &relations,
            aliases: &[],
            parent: context.scope,
        };
        let inner = context.inside(&scope);
        let table = self.shown_name(&alter.table);
        for Assignment { targets, value } in &alter.stored {
            let flow = self.expr(value, inner);
            for target in targets {
                self.launder(&flow, &table, &target.text);
            }
        }
        // A check, a unique key or a type that rows do not fit fails.
        let flow = self.mix(&alter.exprs, context.inside(&scope));
        self.predicates.add(&flow);
        for reference in &alter.references {
            self.refers(reference, &alter.table);
        }
    }

    /// Under another name a column or table is without its labels until the catalogue is read again.
    fn renamed(&mut self, alter: &Alter, relations: &[Relation<'c>]) {
        let table = self.shown_name(&alter.table);
        let fields = || relations.iter().flat_map(|relation| &relation.fields);
        for (from, to) in &alter.renamed_columns {
            for field in fields().filter(|field| field.name.as_deref() == Some(&from.key)) {
                self.launder(&field.flow, &table, &to.text);
                self.moved(field, &table, &to.text);
            }
        }
        if let Some(to) = &alter.renamed_to {
            for field in fields() {
                self.launder(&field.flow, &to.text, &field.shown);
                self.moved(field, &to.text, &field.shown);
            }
        }
    }

    fn moved(&mut self, field: &Field<'c>, table: &str, column: &str) {
        let to = ColumnRef {
            table: table.to_owned(),
            column: column.to_owned(),
        };
        let origins = field.flow.parts().map(|(origin, _)| reference(origin));
        let moves = origins.map(|from| (from, to.clone()));
        self.reading.moves.extend(moves);
    }
}
