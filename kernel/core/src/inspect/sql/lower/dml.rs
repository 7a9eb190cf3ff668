//! Statements that run on rows into our form, and the hand-over to definitions.
//! Knows nothing of which rows.

use sqlparser::ast::{
    Assignment as AstAssignment, AssignmentTarget, ConflictTarget, Delete as AstDelete,
    DescribeAlias, DoUpdate, Expr as AstExpr, FromTable, Insert as AstInsert, ObjectName,
    OnConflict, OnConflictAction, OnInsert, Query as AstQuery, SetExpr, SqliteOnConflict,
    Statement as Ast, TableObject, TableWithJoins, Truncate, TruncateTableTarget,
    Update as AstUpdate, UpdateTableFromKind, UtilityOption,
};

use super::{Lower, Lowered, absent, kinds, why};
use crate::inspect::sql::form::{
    Assignment, Delete, Expr, Insert, Name, Path, Query, Source, Statement, Update, Upsert,
};

impl Lower<'_> {
    pub(super) fn statement(&mut self, statement: &Ast) -> Lowered<Statement> {
        match statement {
            Ast::Query(query) => Ok(Statement::Query(self.query(query)?)),
            Ast::Insert(insert) => Ok(Statement::Insert(self.insert(insert)?)),
            Ast::Update(update) => Ok(Statement::Update(self.update(update)?)),
            Ast::Delete(delete) => Ok(Statement::Delete(self.delete(delete)?)),
            Ast::Merge(merge) => Ok(Statement::Merge(self.merge(merge)?)),
            Ast::CreateTable(table) => self.create_table(table),
            Ast::CreateView(view) => self.create_view(view),
            Ast::CreateIndex(index) => self.create_index(index),
            Ast::AlterTable(alter) => self.alter_table(alter),
            Ast::Drop { .. } => self.drop(statement),
            Ast::Truncate(truncate) => self.truncate(truncate),
            Ast::Explain { .. } => self.explain(statement),
            other => Err(kinds::refusal(other)),
        }
    }

    fn insert(&mut self, insert: &AstInsert) -> Lowered<Insert> {
        let AstInsert {
            insert_token: _,
            optimizer_hints,
            or,
            ignore,
            into: _,
            table,
            table_alias,
            columns,
            overwrite,
            source,
            assignments,
            partitioned,
            after_columns,
            has_table_keyword,
            on,
            returning,
            output,
            replace_into,
            priority,
            insert_alias,
            settings,
            format_clause,
            multi_table_insert_type,
            multi_table_into_clauses,
            multi_table_when_clauses,
            multi_table_else_clause,
        } = insert;
        absent(&[
            optimizer_hints.is_empty(),
            !ignore,
            !overwrite,
            assignments.is_empty(),
            partitioned.is_none(),
            after_columns.is_empty(),
            !has_table_keyword,
            output.is_none(),
            priority.is_none(),
            insert_alias.is_none(),
            settings.is_none(),
            format_clause.is_none(),
            multi_table_insert_type.is_none(),
            multi_table_into_clauses.is_empty(),
            multi_table_when_clauses.is_empty(),
            multi_table_else_clause.is_none(),
            self.sqlite() || (or.is_none() && !replace_into),
            *or != Some(SqliteOnConflict::Rollback),
        ])?;
        let TableObject::TableName(name) = table else {
            return Err(why::SYNTAX);
        };
        Ok(Insert {
            target: self.path(name)?,
            alias: table_alias
                .as_ref()
                .map(|given| self.name(&given.alias))
                .transpose()?,
            columns: self.singles(columns)?,
            source: source
                .as_ref()
                .map(|source| self.inserted(source))
                .transpose()?,
            replaces: *replace_into || *or == Some(SqliteOnConflict::Replace),
            upsert: on.as_ref().map(|on| self.upsert(on)).transpose()?,
            returning: self.items(returning.as_deref().unwrap_or_default(), None)?,
        })
    }

    /// The rows of an insert. Only here, and in what is set, may DEFAULT stand for a value.
    fn inserted(&mut self, source: &AstQuery) -> Lowered<Query> {
        self.defaults = !self.sqlite() && matches!(*source.body, SetExpr::Values(_));
        let query = self.query(source);
        self.defaults = false;
        query
    }

    /// A value, or PostgreSQL's DEFAULT: what the table's definition says, and so no column.
    pub(super) fn value_or_default(&mut self, value: &AstExpr) -> Lowered<Expr> {
        match value {
            AstExpr::Identifier(ident)
                if !self.sqlite()
                    && ident.quote_style.is_none()
                    && ident.value.eq_ignore_ascii_case("default") =>
            {
                Ok(Expr::Constant(None))
            }
            value => self.expr(value),
        }
    }

    pub(super) fn singles(&mut self, names: &[ObjectName]) -> Lowered<Vec<Name>> {
        names.iter().map(|name| self.single(name)).collect()
    }

    fn upsert(&mut self, on: &OnInsert) -> Lowered<Upsert> {
        let OnInsert::OnConflict(OnConflict {
            conflict_target,
            action,
        }) = on
        else {
            return Err(why::SYNTAX);
        };
        let target = match conflict_target {
            Some(ConflictTarget::Columns(columns)) => self.names(columns)?,
            Some(ConflictTarget::OnConstraint(_)) | None => Vec::new(),
        };
        let (assignments, filter) = match action {
            OnConflictAction::DoNothing => (Vec::new(), None),
            OnConflictAction::DoUpdate(DoUpdate {
                assignments,
                selection,
            }) => (
                self.assignments(assignments)?,
                self.optional(selection.as_ref())?,
            ),
        };
        Ok(Upsert {
            target,
            assignments,
            filter,
        })
    }

    pub(super) fn assignments(
        &mut self,
        assignments: &[AstAssignment],
    ) -> Lowered<Vec<Assignment>> {
        assignments
            .iter()
            .map(|AstAssignment { target, value }| {
                let targets = match target {
                    AssignmentTarget::ColumnName(name) => vec![self.single(name)?],
                    AssignmentTarget::Tuple(names) => self.singles(names)?,
                };
                Ok(Assignment {
                    targets,
                    value: self.value_or_default(value)?,
                })
            })
            .collect()
    }

    fn update(&mut self, update: &AstUpdate) -> Lowered<Update> {
        let AstUpdate {
            update_token: _,
            optimizer_hints,
            table,
            assignments,
            from,
            selection,
            returning,
            output,
            or,
            order_by,
            limit,
        } = update;
        absent(&[
            optimizer_hints.is_empty(),
            output.is_none(),
            order_by.is_empty(),
            limit.is_none(),
            self.sqlite() || or.is_none(),
            *or != Some(SqliteOnConflict::Rollback),
        ])?;
        let (target, alias) = self.target(table)?;
        let from = match from {
            None => Vec::new(),
            Some(UpdateTableFromKind::AfterSet(from)) => self.relations(from)?,
            Some(UpdateTableFromKind::BeforeSet(_)) => return Err(why::SYNTAX),
        };
        Ok(Update {
            target,
            alias,
            assignments: self.assignments(assignments)?,
            replaces: *or == Some(SqliteOnConflict::Replace),
            from,
            filter: self.optional(selection.as_ref())?,
            returning: self.items(returning.as_deref().unwrap_or_default(), None)?,
        })
    }

    fn delete(&mut self, delete: &AstDelete) -> Lowered<Delete> {
        let AstDelete {
            delete_token: _,
            optimizer_hints,
            tables,
            from,
            using,
            selection,
            returning,
            output,
            order_by,
            limit,
        } = delete;
        absent(&[
            optimizer_hints.is_empty(),
            tables.is_empty(),
            output.is_none(),
            order_by.is_empty(),
            limit.is_none(),
            self.dialect == crate::inspect::sql::Dialect::Postgres || using.is_none(),
        ])?;
        let FromTable::WithFromKeyword(from) = from else {
            return Err(why::SYNTAX);
        };
        let [table] = from.as_slice() else {
            return Err(why::SYNTAX);
        };
        let (target, alias) = self.target(table)?;
        let using: Vec<Source> = self.relations(using.as_deref().unwrap_or_default())?;
        Ok(Delete {
            target,
            alias,
            using,
            filter: self.optional(selection.as_ref())?,
            returning: self.items(returning.as_deref().unwrap_or_default(), None)?,
        })
    }

    /// The one table that an UPDATE or DELETE changes.
    fn target(&mut self, table: &TableWithJoins) -> Lowered<(Path, Option<Name>)> {
        match self.table_with_joins(table, None)? {
            Source::Table { path, alias: None } => Ok((path, None)),
            Source::Table {
                path,
                alias: Some(alias),
            } if alias.columns.is_empty() => Ok((path, Some(alias.name))),
            _ => Err(why::SYNTAX),
        }
    }

    fn truncate(&mut self, truncate: &Truncate) -> Lowered<Statement> {
        let Truncate {
            table_names,
            partitions,
            table: _,
            if_exists,
            identity: _,
            cascade: _,
            on_cluster,
        } = truncate;
        absent(&[
            !self.sqlite(),
            partitions.is_none(),
            !if_exists,
            on_cluster.is_none(),
        ])?;
        let names = table_names
            .iter()
            .map(
                |TruncateTableTarget {
                     name,
                     only: _,
                     has_asterisk: _,
                 }| self.path(name),
            )
            .collect::<Lowered<_>>()?;
        Ok(Statement::Truncate(names))
    }

    fn explain(&mut self, statement: &Ast) -> Lowered<Statement> {
        let Ast::Explain {
            describe_alias,
            analyze,
            verbose: _,
            query_plan,
            estimate,
            statement,
            format,
            options,
        } = statement
        else {
            return Err(why::KIND);
        };
        let sqlite = self.sqlite();
        absent(&[
            *describe_alias == DescribeAlias::Explain,
            !estimate,
            format.is_none(),
            !sqlite || (!analyze && options.is_none()),
            sqlite || !query_plan,
        ])?;
        for UtilityOption { name, arg: _ } in options.iter().flatten() {
            let known = [
                "analyze",
                "verbose",
                "costs",
                "settings",
                "buffers",
                "wal",
                "timing",
                "summary",
                "format",
                "generic_plan",
            ];
            absent(&[known
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&name.value))])?;
        }
        let columns: &'static [&'static str] = match (sqlite, query_plan) {
            (true, true) => &["id", "parent", "notused", "detail"],
            (true, false) => &["addr", "opcode", "p1", "p2", "p3", "p4", "p5", "comment"],
            (false, _) => &["QUERY PLAN"],
        };
        Ok(Statement::Explain {
            statement: Box::new(self.statement(statement)?),
            columns,
        })
    }
}
