//! Names of columns and what they mean.
//! Knows nothing of where the relations come from.

use super::flow::Flow;
use super::relation::{Field, Hidden, Noted, Relation, Scope};
use super::{Analyst, Context, why};
use crate::inspect::sql::ColumnRef;
use crate::inspect::sql::form::{Name, Path};

/// SQLite's names of a row's id.
pub(super) const ROW_IDS: &[&str] = &["rowid", "oid", "_rowid_"];
/// PostgreSQL's system columns; none holds a value of a column.
const SYSTEM_COLUMNS: &[&str] = &["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

impl<'c> Analyst<'c> {
    /// Notes that a column is read and gives what it is computed from.
    pub(super) fn take(&mut self, field: &Field<'c>) -> Flow<'c> {
        match field.noted {
            Noted::No => {}
            Noted::Base(origin) => {
                self.seen.insert(origin);
            }
            Noted::View(view, at) => {
                let fields = self.views.get(view);
                let own = fields.and_then(|fields| fields.get(at)).unwrap_or(field);
                self.reading.read_columns.insert(ColumnRef {
                    table: view.to_owned(),
                    column: own.shown.to_string(),
                });
            }
        }
        // What it is computed from is copied, and most often added to something.
        match self.spend(1 + field.flow.len() / 4) {
            true => field.flow.clone(),
            false => Flow::default(),
        }
    }

    /// Everything in a relation, all of it read.
    pub(super) fn take_all(&mut self, relation: &Relation<'c>) -> Flow<'c> {
        let mut flow = Flow::default();
        if !self.spend(relation.fields.len() * 2) {
            return flow;
        }
        for field in &relation.fields {
            flow.add(&self.take(field));
        }
        flow.mixed()
    }

    pub(super) fn column(&mut self, path: &Path, context: Context<'_, 'c>) -> Flow<'c> {
        let fields = levels(context.scope)
            .flat_map(|level| level.relations)
            .map(|relation| relation.fields.len());
        if !self.spend(1 + fields.sum::<usize>() / 8) {
            return Flow::default();
        }
        match path.0.as_slice() {
            [name] => self.unqualified(name, context.scope),
            [table, name] => self.qualified(None, table, Some(name), context.scope),
            [schema, table, name] => self.qualified(Some(schema), table, Some(name), context.scope),
            _ => self.unknown(context.scope),
        }
    }

    /// All columns of the relation of this name: `count(c.*)`.
    pub(super) fn row(&mut self, path: &Path, context: Context<'_, 'c>) -> Flow<'c> {
        match path.0.as_slice() {
            [table] => self.qualified(None, table, None, context.scope),
            [schema, table] => self.qualified(Some(schema), table, None, context.scope),
            _ => self.unknown(context.scope),
        }
    }

    fn unqualified(&mut self, name: &Name, scope: Option<&Scope<'_, 'c>>) -> Flow<'c> {
        let mut maybe = Flow::default();
        let mut cursor = scope;
        while let Some(level) = cursor {
            let mut hit = self.in_level(name, level);
            // PostgreSQL refuses twins, SQLite renames them: there a certain match is not the only one.
            if hit.is_none() || self.sqlite() {
                maybe.add(&self.uncertain(name, level));
            }
            if hit.is_none() {
                for relation in level.relations.iter().filter(|relation| !relation.exact) {
                    maybe.add(&self.take_all(relation));
                }
            }
            if let Some(flow) = &mut hit {
                self.local |= scope.is_some_and(|scope| std::ptr::eq(scope, level));
                if !maybe.is_empty() {
                    flow.add(&maybe);
                }
                return std::mem::take(flow);
            }
            cursor = level.parent;
        }
        if let Some(mut flow) = self.whole_row(name, scope) {
            flow.add(&maybe);
            return flow.mixed();
        }
        self.leaked = true;
        self.refuse_hidden(name, scope);
        self.unknown(scope)
    }

    /// What a name certainly means at one level; all matches, should there be several.
    fn in_level(&mut self, name: &Name, level: &Scope<'_, 'c>) -> Option<Flow<'c>> {
        let mut hit: Option<Flow<'c>> = None;
        let mut join = |flow: Flow<'c>| match &mut hit {
            None => hit = Some(flow),
            Some(known) => known.add(&flow),
        };
        for relation in level.relations {
            for field in named(&relation.fields, &name.key) {
                join(self.take(field));
            }
        }
        for field in named(level.aliases, &name.key) {
            join(field.flow.clone());
        }
        if hit.is_none() {
            for relation in level.relations {
                if let Some(flow) = self.hidden(name, relation) {
                    match &mut hit {
                        None => hit = Some(flow),
                        Some(known) => known.add(&flow),
                    }
                }
            }
        }
        hit
    }

    /// Row ids and system columns of a base table.
    fn hidden(&mut self, name: &Name, relation: &Relation<'c>) -> Option<Flow<'c>> {
        if relation.hidden != Hidden::Table {
            return None;
        }
        if !self.sqlite() {
            return SYSTEM_COLUMNS
                .contains(&name.key.as_str())
                .then(Flow::default);
        }
        if !ROW_IDS.contains(&name.key.as_str()) {
            return None;
        }
        // The row id is the integer primary key, if there is one: some key column, or without
        // knowledge of keys any column.
        let keys: Vec<&Field<'c>> = relation
            .fields
            .iter()
            .filter(|field| matches!(field.noted, Noted::Base(origin) if origin.column.key))
            .collect();
        if keys.is_empty() {
            return Some(self.take_all(relation));
        }
        let mut flow = Flow::default();
        for field in keys {
            flow.add(&self.take(field));
        }
        Some(flow.mixed())
    }

    /// Columns that may answer to a name that they are not known by.
    fn uncertain(&mut self, name: &Name, level: &Scope<'_, 'c>) -> Flow<'c> {
        let mut flow = Flow::default();
        let row_id = self.sqlite() && ROW_IDS.contains(&name.key.as_str());
        let plain = is_plain(&name.text);
        for relation in level.relations {
            // Some versions give a derived table the row id of what it stands on.
            let mut derived = row_id && relation.hidden != Hidden::Table;
            // PostgreSQL spreads a row that a function gives into its columns: `unnest(ARRAY[c])`.
            derived |= !self.sqlite() && relation.hidden == Hidden::Function;
            for field in &relation.fields {
                if derived || self.may_be_called(field, name, plain) {
                    flow.add(&self.take(field));
                }
            }
        }
        flow.mixed()
    }

    /// Whether a column that is not certainly called this may be. PostgreSQL names a computed column
    /// after its type or function, and tells names apart by case. SQLite names it after its own text,
    /// which never looks like a plain name, the later of two twins `name:1`, and a row id after the key.
    fn may_be_called(&self, field: &Field<'_>, name: &Name, plain: bool) -> bool {
        let known = field.name.as_deref();
        match (self.sqlite(), plain) {
            (true, true) => known.is_some_and(|known| ROW_IDS.contains(&known)),
            (true, false) => known.is_none() || name.text.contains(':'),
            (false, _) => {
                known.is_none_or(|known| name.key != known && known.eq_ignore_ascii_case(&name.key))
            }
        }
    }

    /// PostgreSQL: a relation's name alone is its whole row.
    fn whole_row(&mut self, name: &Name, scope: Option<&Scope<'_, 'c>>) -> Option<Flow<'c>> {
        if self.sqlite() {
            return None;
        }
        let relation = relations_called(&name.key, scope).next()?;
        Some(self.take_all(relation))
    }

    /// SQLite: `json_each.json = x` feeds the function from outside its parentheses.
    fn refuse_hidden(&mut self, name: &Name, scope: Option<&Scope<'_, 'c>>) {
        let feeds = levels(scope)
            .flat_map(|level| level.relations)
            .any(|relation| relation.hidden == Hidden::Function);
        if self.sqlite() && feeds && is_plain(&name.text) {
            self.refuse(why::UNKNOWN_COLUMN);
        }
    }

    fn qualified(
        &mut self,
        schema: Option<&Name>,
        table: &Name,
        column: Option<&Name>,
        scope: Option<&Scope<'_, 'c>>,
    ) -> Flow<'c> {
        if schema.is_some_and(|schema| schema.key != self.dialect.schema()) {
            self.refuse(why::SCHEMA);
            return self.unknown(scope);
        }
        let innermost = scope.map(|scope| scope.relations).unwrap_or_default();
        self.local |= innermost
            .iter()
            .any(|relation| relation.alias.as_deref() == Some(table.key.as_str()));
        let mut flow: Option<Flow<'c>> = None;
        for relation in relations_called(&table.key, scope) {
            if schema.is_some() && !relation.own_name {
                continue;
            }
            let here = match column {
                None => self.take_all(relation),
                Some(name) => self.in_relation(name, relation, scope),
            };
            match &mut flow {
                None => flow = Some(here),
                Some(flow) => flow.add(&here),
            }
        }
        match flow {
            Some(flow) => flow,
            None => {
                self.refuse(why::UNKNOWN_COLUMN);
                self.unknown(scope)
            }
        }
    }

    fn in_relation(
        &mut self,
        name: &Name,
        relation: &Relation<'c>,
        scope: Option<&Scope<'_, 'c>>,
    ) -> Flow<'c> {
        let mut hit: Option<Flow<'c>> = None;
        for field in named(&relation.fields, &name.key) {
            let flow = self.take(field);
            match &mut hit {
                None => hit = Some(flow),
                Some(known) => known.add(&flow),
            }
        }
        let mut flow = match hit.or_else(|| self.hidden(name, relation)) {
            Some(flow) => flow,
            None => {
                // In PostgreSQL `c.f` may also call the function f on the row. In SQLite the name may
                // belong to a relation of the same alias further out.
                let nameless = relation.fields.iter().any(|field| field.name.is_none());
                let uncertain = !relation.exact || nameless;
                if !uncertain || (self.sqlite() && is_plain(&name.text)) {
                    self.refuse(why::UNKNOWN_COLUMN);
                }
                self.unknown(scope)
            }
        };
        let plain = is_plain(&name.text);
        for field in &relation.fields {
            if self.sqlite() && self.may_be_called(field, name, plain) {
                flow.add(&self.take(field));
            }
        }
        flow
    }

    /// Whether some column in scope is called this, or may be.
    pub(super) fn may_be_column(&self, path: &Path, context: Context<'_, 'c>) -> bool {
        let [name] = path.0.as_slice() else {
            return false;
        };
        levels(context.scope)
            .flat_map(|level| level.relations)
            .any(|relation| {
                let called = |known: &str| known.eq_ignore_ascii_case(&name.key);
                let mut fields = relation.fields.iter();
                !relation.exact || fields.any(|field| field.name.as_deref().is_none_or(called))
            })
    }

    /// Everything in scope.
    pub(super) fn unknown(&mut self, scope: Option<&Scope<'_, 'c>>) -> Flow<'c> {
        let mut flow = Flow::default();
        for level in levels(scope) {
            for relation in level.relations {
                flow.add(&self.take_all(relation));
            }
            for field in level.aliases {
                flow.add(&field.flow);
            }
        }
        flow.mixed()
    }
}

pub(super) fn levels<'a, 'e: 'a, 'c: 'a>(
    scope: Option<&'a Scope<'e, 'c>>,
) -> impl Iterator<Item = &'a Scope<'e, 'c>> {
    std::iter::successors(scope, |level| level.parent)
}

/// The relations of this name at the innermost level that has one.
pub(super) fn relations_called<'a, 'e: 'a, 'c: 'a>(
    key: &'a str,
    scope: Option<&'a Scope<'e, 'c>>,
) -> impl Iterator<Item = &'a Relation<'c>> {
    let called = move |relation: &&'a Relation<'c>| relation.alias.as_deref() == Some(key);
    levels(scope)
        .find(|level| {
            level
                .relations
                .iter()
                .any(|relation| relation.alias.as_deref() == Some(key))
        })
        .map(|level| level.relations)
        .unwrap_or_default()
        .iter()
        .filter(called)
}

pub(super) fn named<'a, 'c>(
    fields: &'a [Field<'c>],
    key: &'a str,
) -> impl Iterator<Item = &'a Field<'c>> {
    fields
        .iter()
        .filter(move |field| field.name.as_deref() == Some(key))
}

/// A name that needs no quotes.
fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
