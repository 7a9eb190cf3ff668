//! Tables and views by name.
//! Knows nothing of the statement.

use std::rc::Rc;

use super::flow::{Flow, Origin};
use super::relation::{Field, Hidden, Noted, Relation};
use super::{Analyst, Context, why};
use crate::inspect::sql::form::{Alias, Body, Name, Path, Query, Statement, Text};
use crate::inspect::sql::{Dialect, gate, lower};
use crate::limits;
use crate::manifest::Table;

/// Beginnings of the engines' own names.
const SQLITE_OWN: &[&str] = &["sqlite_", "pragma_", "dbstat", "bytecode", "tables_used"];
const POSTGRES_OWN: &[&str] = &["pg_"];
const OWN_SCHEMAS: &[&str] = &["pg_catalog", "information_schema", "pg_toast"];

impl<'c> Analyst<'c> {
    /// The table that a path means; refuses and gives `None` where there is none.
    pub(super) fn table(&mut self, path: &Path) -> Option<&'c Table> {
        let name = self.base_name(path)?;
        let dialect = self.dialect;
        let found = self
            .catalog
            .table(&name.key)
            .filter(|table| dialect.same(&name.key, &table.name));
        if found.is_none() {
            let own = match dialect {
                Dialect::Sqlite => SQLITE_OWN,
                Dialect::Postgres => POSTGRES_OWN,
            };
            let own = own.iter().any(|prefix| name.key.starts_with(prefix));
            self.refuse(if own {
                why::SYSTEM_TABLE
            } else {
                why::UNKNOWN_TABLE
            });
        }
        found
    }

    /// The table's name, once its schema is known to be the engine's default one.
    pub(super) fn base_name<'p>(&mut self, path: &'p Path) -> Option<&'p Name> {
        match path.0.as_slice() {
            [name] => Some(name),
            [schema, name] if schema.key == self.dialect.schema() => Some(name),
            [schema, _] if OWN_SCHEMAS.contains(&schema.key.as_str()) => {
                self.refuse(why::SYSTEM_TABLE);
                None
            }
            _ => {
                self.refuse(why::SCHEMA);
                None
            }
        }
    }

    /// The catalogue's name of a table, else as written.
    pub(super) fn shown_name(&self, path: &Path) -> String {
        let Some(name) = path.0.last() else {
            return String::new();
        };
        match self.catalog.table(&name.key) {
            Some(table) => table.name.clone(),
            None => name.text.to_string(),
        }
    }

    /// A table or view as a relation.
    pub(super) fn table_relation(
        &mut self,
        table: &'c Table,
        alias: Option<&Text<'static>>,
    ) -> Relation<'c> {
        self.reading.reads.insert(table.name.clone());
        self.spend(table.columns.len());
        let (fields, exact, hidden) = if table.view.is_some() {
            let fields = self.view(table);
            self.spend(fields.len());
            (fields.to_vec(), true, Hidden::None)
        } else {
            (self.base_fields(table), true, Hidden::Table)
        };
        Relation {
            alias: Some(match alias {
                Some(alias) => alias.clone(),
                None => self.held(&table.name),
            }),
            own_name: alias.is_none(),
            fields,
            exact,
            hidden,
        }
    }

    pub(super) fn base_fields(&self, table: &'c Table) -> Vec<Field<'c>> {
        table
            .columns
            .iter()
            .map(|column| {
                let origin = Origin {
                    table: &table.name,
                    column,
                };
                Field {
                    name: Some(self.held(&column.name)),
                    shown: Text::Held(&column.name),
                    flow: Flow::column(origin),
                    noted: Noted::Base(origin),
                    aggregate: None,
                }
            })
            .collect()
    }

    /// A name that the engine holds, in the form that folded names are compared with.
    pub(super) fn held(&self, name: &'c str) -> Text<'c> {
        match self.sqlite() && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => name.to_ascii_lowercase().into(),
            false => Text::Held(name),
        }
    }

    /// A view's columns, read once a statement.
    fn view(&mut self, view: &'c Table) -> Rc<Vec<Field<'c>>> {
        if let Some(fields) = self.views.get(view.name.as_str()) {
            return Rc::clone(fields);
        }
        let nested = self.view_stack.len() >= limits::SQL_VIEW_DEPTH_MAX;
        let cyclic = self.view_stack.contains(&view.name.as_str());
        let fields = match (nested || cyclic, view_query(view, self.dialect)) {
            (false, Some((query, columns))) => self.view_fields(view, &query, &columns),
            _ => {
                self.refuse(why::VIEW);
                Vec::new()
            }
        };
        let fields = Rc::new(fields);
        self.views.insert(&view.name, Rc::clone(&fields));
        fields
    }

    fn view_fields(&mut self, view: &'c Table, query: &Query, columns: &[Name]) -> Vec<Field<'c>> {
        self.view_stack.push(&view.name);
        let leaked = std::mem::take(&mut self.leaked);
        let rows = self.query(query, Context::top());
        if self.leaked || !rows.exact {
            self.refuse(why::VIEW);
        }
        self.leaked = leaked;
        self.view_stack.pop();
        let mut fields = super::cte::renamed(&rows.fields, columns, self.sqlite());
        for (at, field) in fields.iter_mut().enumerate() {
            field.noted = Noted::View(&view.name, at);
        }
        self.labelled(view, &mut fields);
        fields
    }

    /// Columns that the catalogue declares for a view rename its own and add themselves as sources.
    fn labelled(&mut self, view: &'c Table, fields: &mut [Field<'c>]) {
        if !view.columns.is_empty() && view.columns.len() != fields.len() {
            self.refuse(why::VIEW);
        }
        for (field, column) in fields.iter_mut().zip(&view.columns) {
            field.name = Some(self.held(&column.name));
            field.shown = Text::Held(&column.name);
            if column.labels().next().is_some() {
                field.flow.add(&Flow::column(Origin {
                    table: &view.name,
                    column,
                }));
            }
        }
    }
}

/// A view's text: its SELECT, or the whole CREATE VIEW as the engine keeps it.
fn view_query(view: &Table, dialect: Dialect) -> Option<(Query, Vec<Name>)> {
    let gate::Admitted { statement, text } = gate::admit(view.view.as_deref()?, dialect).ok()?;
    match lower::statement(&statement, dialect, text).ok()?.statement {
        Statement::Query(query) if !writes(&query.body) => Some((query, Vec::new())),
        Statement::CreateView { query, columns, .. } => Some((query, columns)),
        _ => None,
    }
}

fn writes(body: &Body) -> bool {
    matches!(body, Body::Write(_))
}

/// New names for a relation's first columns.
pub(super) fn rename(relation: &mut Relation<'_>, alias: &Alias) -> bool {
    for (field, name) in relation.fields.iter_mut().zip(&alias.columns) {
        field.name = Some(name.key.clone());
        field.shown.clone_from(&name.text);
    }
    alias.columns.len() <= relation.fields.len()
}
