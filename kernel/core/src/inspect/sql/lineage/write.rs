//! Inserts, updates, deletes: what is written from what, and what comes back.
//! Knows nothing of whether the write is permitted.

use super::constraint::Change;
use super::flow::Flow;
use super::from::Sheet;
use super::relation::{Field, Hidden, Noted, Relation, Rows, Scope};
use super::scoped::Target;
use super::{Analyst, Context, reference, why};
use crate::inspect::sql::form::{
    Assignment, Body, Delete, Expr, Insert, Item, Name, Path, Source, Text, Update, Upsert,
};
use crate::inspect::sql::{ColumnRef, Deed, Unscoped};
use crate::manifest::Table;

/// Where a statement writes, and what its conditions see.
pub(super) struct Aim<'q, 'c> {
    pub(super) table: Option<&'c Table>,
    /// The table's name as findings have it.
    pub(super) shown: String,
    /// The target.
    pub(super) relation: Relation<'c>,
    /// What stands beside it (FROM, USING).
    pub(super) sheet: Sheet<'q, 'c>,
    /// The target and what stands beside it.
    relations: Vec<Relation<'c>>,
}

impl<'c> Aim<'_, 'c> {
    /// The names that its conditions see.
    pub(super) fn scope<'s>(&'s self, context: Context<'s, 'c>) -> Scope<'s, 'c> {
        Scope {
            relations: &self.relations,
            aliases: &[],
            parent: context.scope,
        }
    }
}

impl<'c> Analyst<'c> {
    /// The table that a write changes. A view is refused: what lies behind it would change unseen.
    pub(super) fn target(&mut self, path: &Path) -> Option<&'c Table> {
        let name = self.shown_name(path);
        self.reading.writes.insert(name);
        let table = self.table(path)?;
        if table.view.is_some() {
            self.refuse(why::VIEW_WRITE);
        }
        Some(table)
    }

    /// The target as a relation; reading its columns counts as reading it, naming it does not.
    pub(super) fn target_relation(
        &mut self,
        table: Option<&'c Table>,
        path: &Path,
        alias: Option<&Name>,
    ) -> Relation<'c> {
        let own = path.0.last().map(|name| name.key.clone());
        Relation {
            alias: alias.map(|alias| alias.key.clone()).or(own),
            own_name: alias.is_none(),
            fields: table
                .map(|table| self.base_fields(table))
                .unwrap_or_default(),
            exact: table.is_some_and(|table| table.view.is_none()),
            hidden: Hidden::Table,
        }
    }

    /// The target of an UPDATE, DELETE or MERGE, and what stands beside it.
    pub(super) fn aim<'q>(
        &mut self,
        path: &Path,
        alias: Option<&Name>,
        beside: &'q [Source],
        context: Context<'_, 'c>,
    ) -> Aim<'q, 'c> {
        let table = self.target(path);
        let sheet = self.from(beside, context);
        let relation = self.target_relation(table, path, alias);
        let relations = std::iter::once(relation.clone())
            .chain(sheet.relations.clone())
            .collect();
        Aim {
            table,
            shown: self.shown_name(path),
            relation,
            sheet,
            relations,
        }
    }

    /// Notes labelled sources that land in a column without their label. Only a count is no copy.
    pub(super) fn launder(&mut self, flow: &Flow<'c>, table: &str, column: &str) {
        let known = self
            .catalog
            .table(table)
            .and_then(|table| table.column(column));
        let holds = |label| known.is_some_and(|column| column.labels().any(|own| own == label));
        for (origin, ways) in flow.settled().parts() {
            if ways.is_open() && origin.column.labels().any(|label| !holds(label)) {
                let to = ColumnRef {
                    table: table.to_owned(),
                    column: column.to_owned(),
                };
                self.reading.launders.insert((reference(origin), to));
            }
        }
    }

    pub(super) fn insert(&mut self, insert: &Insert, context: Context<'_, 'c>) -> Rows<'c> {
        let table = self.target(&insert.target);
        let rows = insert
            .source
            .as_ref()
            .map(|source| self.query(source, context))
            .unwrap_or_default();
        let mut relation = self.target_relation(table, &insert.target, insert.alias.as_ref());
        let columns = self.insert_columns(&insert.columns, &relation);
        if rows.fields.len() > columns.len() && relation.exact {
            self.refuse(why::COLUMN_COUNT);
        }
        if insert.source.is_some() && !rows.exact {
            self.refuse(why::STAR_WIDTH);
        }
        let shown = self.shown_name(&insert.target);
        self.inserts(insert, &shown);
        self.overwrites(insert, &shown);
        self.insert_constrained(insert, table, &columns);
        let mut written: Vec<(String, Flow<'c>)> = Vec::new();
        for (column, field) in columns.into_iter().zip(&rows.fields) {
            self.launder(&field.flow, &shown, &column);
            self.demanded(&field.flow.settled(), table, &column);
            written.push((column, field.flow.settled()));
        }
        if let Some(upsert) = &insert.upsert {
            self.upsert(upsert, &mut relation, &mut written, &shown, context);
        }
        absorb(&mut relation, &written);
        self.returning(&insert.returning, relation, Sheet::default(), context)
    }

    /// An insert that takes the place of rows deletes them, and one that sets what it conflicts with updates.
    fn inserts(&mut self, insert: &Insert, shown: &str) {
        let upsert = insert.upsert.as_ref();
        let updates = upsert.is_some_and(|upsert| !upsert.assignments.is_empty());
        let deeds = [
            (true, Deed::Insert),
            (updates, Deed::Update),
            (insert.replaces, Deed::Delete),
        ];
        for (_, deed) in deeds.into_iter().filter(|(done, _)| *done) {
            self.does(deed, shown);
        }
    }

    /// Notes what is done to rows of a table.
    pub(super) fn does(&mut self, deed: Deed, table: &str) {
        self.reading.deeds.insert((deed, table.to_owned()));
    }

    /// What the rules of the table compare for the new rows, and for those that they take the place of.
    fn insert_constrained(
        &mut self,
        insert: &Insert,
        table: Option<&'c Table>,
        columns: &[String],
    ) {
        let Some(table) = table else {
            return;
        };
        let upsert = insert.upsert.as_ref();
        let updates = upsert.is_some_and(|upsert| !upsert.assignments.is_empty());
        let change = Change::inserted(table, insert, columns);
        self.constrained(&change, !insert.replaces && !updates);
        if insert.replaces {
            self.removed(table);
        }
        if let Some(upsert) = upsert.filter(|_| updates) {
            self.constrained(&Change::updated(table, &upsert.assignments), false);
        }
    }

    /// An insert that overwrites what it conflicts with touches as many rows as its source gives: only
    /// VALUES spells them out, a query over the table itself would overwrite all of it.
    fn overwrites(&mut self, insert: &Insert, shown: &str) {
        let spelled_out = insert
            .source
            .as_ref()
            .is_none_or(|source| matches!(source.body, Body::Values { .. }));
        if spelled_out {
            return;
        }
        if insert.replaces {
            self.reading
                .unscoped
                .insert((Unscoped::Delete, shown.to_owned()));
        }
        if let Some(upsert) = &insert.upsert
            && !upsert.assignments.is_empty()
        {
            self.reading
                .unscoped
                .insert((Unscoped::Update, shown.to_owned()));
        }
    }

    pub(super) fn insert_columns(
        &mut self,
        names: &[Name],
        relation: &Relation<'c>,
    ) -> Vec<String> {
        if names.is_empty() {
            return relation
                .fields
                .iter()
                .map(|field| field.shown.to_string())
                .collect();
        }
        names
            .iter()
            .map(
                |name| match super::names::named(&relation.fields, &name.key).next() {
                    Some(field) => field.shown.to_string(),
                    None => {
                        self.unknown_target_column(name, relation);
                        name.text.to_string()
                    }
                },
            )
            .collect()
    }

    fn unknown_target_column(&mut self, name: &Name, relation: &Relation<'c>) {
        let row_id = self.sqlite() && matches!(name.key.as_str(), "rowid" | "oid" | "_rowid_");
        if relation.exact && !row_id {
            self.refuse(why::UNKNOWN_COLUMN);
        }
    }

    fn upsert(
        &mut self,
        upsert: &Upsert,
        relation: &mut Relation<'c>,
        written: &mut Vec<(String, Flow<'c>)>,
        shown: &str,
        context: Context<'_, 'c>,
    ) {
        let mut excluded = Relation {
            alias: Some(Text::Held("excluded")),
            own_name: false,
            exact: relation.exact,
            hidden: Hidden::None,
            fields: relation.fields.clone(),
        };
        for field in &mut excluded.fields {
            field.noted = Noted::No;
        }
        absorb(&mut excluded, written);
        let relations = [relation.clone(), excluded];
        let scope = Scope {
            relations: &relations,
            aliases: &[],
            parent: context.scope,
        };
        let inner = context.inside(&scope);
        let mut control = Flow::default();
        for name in &upsert.target {
            let [table, _] = &relations;
            for field in super::names::named(&table.fields, &name.key) {
                let flow = self.take(field);
                self.predicate(&flow, &mut control);
            }
        }
        if let Some(filter) = &upsert.filter {
            let flow = self.expr(filter, inner);
            self.predicate(&flow, &mut control);
        }
        written.extend(self.assigned(&upsert.assignments, relation, shown, inner));
    }

    /// What each assignment writes, each checked for laundering.
    pub(super) fn assigned(
        &mut self,
        assignments: &[Assignment],
        relation: &Relation<'c>,
        shown: &str,
        context: Context<'_, 'c>,
    ) -> Vec<(String, Flow<'c>)> {
        let mut written = Vec::new();
        for Assignment { targets, value } in assignments {
            let flow = self.expr(value, context).settled();
            let table = self.catalog.table(shown);
            for column in self.insert_columns(targets, relation) {
                self.launder(&flow, shown, &column);
                self.demanded(&flow, table, &column);
                written.push((column, flow.clone()));
            }
        }
        written
    }

    pub(super) fn update(&mut self, update: &Update, context: Context<'_, 'c>) -> Rows<'c> {
        let aim = self.aim(&update.target, update.alias.as_ref(), &update.from, context);
        let scope = aim.scope(context);
        let inner = context.inside(&scope);
        let written = self.assigned(&update.assignments, &aim.relation, &aim.shown, inner);
        self.does(Deed::Update, &aim.shown);
        if let Some(table) = aim.table {
            let change = Change::updated(table, &update.assignments);
            self.constrained(&change, !update.replaces && update.from.is_empty());
        }
        if update.replaces {
            if let Some(table) = aim.table {
                self.removed(table);
            }
            self.does(Deed::Delete, &aim.shown);
            // The rows that it deletes are those that the new keys hit, not those that WHERE names.
            self.reading
                .unscoped
                .insert((Unscoped::Delete, aim.shown.clone()));
        }
        self.conditions(aim.sheet.ons.iter().copied().chain(&update.filter), inner);
        self.scope_of(Unscoped::Update, &aim, update.filter.as_ref());
        let Aim {
            mut relation,
            sheet,
            ..
        } = aim;
        absorb(&mut relation, &written);
        self.returning(&update.returning, relation, sheet, context)
    }

    pub(super) fn delete(&mut self, delete: &Delete, context: Context<'_, 'c>) -> Rows<'c> {
        let aim = self.aim(
            &delete.target,
            delete.alias.as_ref(),
            &delete.using,
            context,
        );
        let scope = aim.scope(context);
        let inner = context.inside(&scope);
        self.conditions(aim.sheet.ons.iter().copied().chain(&delete.filter), inner);
        self.does(Deed::Delete, &aim.shown);
        self.scope_of(Unscoped::Delete, &aim, delete.filter.as_ref());
        if let Some(table) = aim.table {
            self.removed(table);
        }
        self.returning(&delete.returning, aim.relation, aim.sheet, context)
    }

    /// What decides which rows are written, or join those that are.
    pub(super) fn conditions<'q>(
        &mut self,
        conditions: impl IntoIterator<Item = &'q Expr>,
        context: Context<'_, 'c>,
    ) {
        for condition in conditions {
            let flow = self.expr(condition, context);
            self.predicates.add(&flow);
        }
    }

    pub(super) fn scope_of(&mut self, verb: Unscoped, aim: &Aim<'_, 'c>, filter: Option<&Expr>) {
        let scoped = aim.table.is_some_and(|table| {
            Target {
                table,
                alias: aim.relation.alias.as_deref().unwrap_or_default(),
                joined: !aim.sheet.relations.is_empty(),
                dialect: self.dialect,
            }
            .is_scoped(filter)
        });
        if !scoped {
            self.reading.unscoped.insert((verb, aim.shown.clone()));
        }
    }

    /// RETURNING sees the target first, then what stood beside it.
    fn returning(
        &mut self,
        items: &[Item],
        relation: Relation<'c>,
        beside: Sheet<'_, 'c>,
        context: Context<'_, 'c>,
    ) -> Rows<'c> {
        if items.is_empty() {
            return Rows {
                exact: true,
                ..Rows::default()
            };
        }
        let mut sheet = Sheet::of(relation);
        // SQLite lets RETURNING see the target alone.
        if !self.sqlite() {
            sheet.append(beside);
        }
        let relations = sheet.relations.clone();
        let scope = Scope {
            relations: &relations,
            aliases: &[],
            parent: context.scope,
        };
        self.items(items, &sheet, context.inside(&scope))
    }
}

/// What was written is added to what the columns hold.
fn absorb<'c>(relation: &mut Relation<'c>, written: &[(String, Flow<'c>)]) {
    for (column, flow) in written {
        for field in relation
            .fields
            .iter_mut()
            .filter(|field| *field.shown == **column)
        {
            field.flow.add(flow);
        }
    }
}

/// Fields as a written table holds them.
pub(super) fn stored_names(fields: &[Field<'_>], names: &[Name]) -> Vec<String> {
    fields
        .iter()
        .enumerate()
        .map(|(at, field)| {
            names
                .get(at)
                .map_or_else(|| field.shown.to_string(), |name| name.text.to_string())
        })
        .collect()
}
