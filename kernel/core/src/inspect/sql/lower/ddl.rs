//! Definitions into our form: tables, views, indexes, what is dropped or altered.
//! Knows nothing of what exists.

use sqlparser::ast::helpers::stmt_create_table::CreateTableBuilder;
use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation as Op, CheckConstraint, ColumnDef,
    ColumnOption, ColumnOptionDef, CreateIndex, CreateTable as AstCreateTable, CreateTableLikeKind,
    CreateTableOptions, CreateView, ForeignKeyConstraint, Ident, IndexColumn, ObjectType,
    RenameTableNameKind, Statement as Ast, TableConstraint, ViewColumnDef,
};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::{Lower, Lowered, absent, why};
use crate::inspect::sql::form::{Alter, Assignment, CreateTable, Expr, Path, Reference, Statement};
use crate::inspect::sql::survey::keeps_data;

/// What a table definition leaves to be resolved.
#[derive(Default)]
struct Parts {
    exprs: Vec<Expr>,
    stored: Vec<Assignment>,
    references: Vec<Reference>,
}

impl Lower<'_> {
    pub(super) fn create_table(&mut self, table: &AstCreateTable) -> Lowered<Statement> {
        // Every other field must be at its default, those that a later parser adds included.
        let plain = AstCreateTable {
            temporary: table.temporary,
            unlogged: table.unlogged,
            if_not_exists: table.if_not_exists,
            columns: table.columns.clone(),
            constraints: table.constraints.clone(),
            query: table.query.clone(),
            without_rowid: table.without_rowid,
            like: table.like.clone(),
            on_commit: table.on_commit,
            strict: table.strict,
            with_data: table.with_data,
            hive_distribution: table.hive_distribution.clone(),
            hive_formats: table.hive_formats.clone(),
            ..CreateTableBuilder::new(table.name.clone()).build()
        };
        absent(&[plain == *table])?;
        let mut parts = Parts::default();
        for column in &table.columns {
            self.column(column, &mut parts)?;
        }
        for constraint in &table.constraints {
            self.constraint(constraint, &mut parts)?;
        }
        let idents: Vec<Ident> = table
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let shapes = match &table.like {
            None => Vec::new(),
            Some(CreateTableLikeKind::Parenthesized(like) | CreateTableLikeKind::Plain(like)) => {
                vec![self.path(&like.name)?]
            }
        };
        Ok(Statement::CreateTable(CreateTable {
            name: self.path(&table.name)?,
            temporary: table.temporary,
            columns: self.names(&idents)?,
            query: table
                .query
                .as_ref()
                .map(|query| self.query(query))
                .transpose()?,
            exprs: parts
                .exprs
                .into_iter()
                .chain(parts.stored.into_iter().map(|stored| stored.value))
                .collect(),
            references: parts.references,
            shapes,
        }))
    }

    fn column(&mut self, column: &ColumnDef, parts: &mut Parts) -> Lowered<()> {
        let ColumnDef {
            name,
            data_type,
            options,
        } = column;
        let column = name;
        self.name(column)?;
        self.data_type(data_type)?;
        for ColumnOptionDef { name: _, option } in options {
            match option {
                ColumnOption::Null
                | ColumnOption::NotNull
                | ColumnOption::PrimaryKey(_)
                | ColumnOption::Unique(_)
                | ColumnOption::OnConflict(_) => {}
                ColumnOption::Collation(name) => drop(self.path(name)?),
                ColumnOption::Default(expr) => parts.exprs.push(self.expr(expr)?),
                ColumnOption::Check(check) => self.check(check, parts)?,
                ColumnOption::ForeignKey(key) => self.foreign_key(key, parts)?,
                ColumnOption::Generated {
                    generation_expr,
                    sequence_options,
                    ..
                } => {
                    // `AS IDENTITY` numbers rows and computes nothing.
                    absent(&[sequence_options.is_none() || !self.sqlite()])?;
                    parts
                        .stored
                        .extend(self.stored(column, generation_expr.as_ref())?);
                }
                ColumnOption::DialectSpecific(tokens) => {
                    let autoincrement = |token: &Token| matches!(token, Token::Word(word) if word.keyword == Keyword::AUTOINCREMENT);
                    absent(&[self.sqlite(), tokens.iter().all(autoincrement)])?;
                }
                _ => return Err(why::SYNTAX),
            }
        }
        Ok(())
    }

    /// A column computed from others.
    fn stored(
        &mut self,
        column: &Ident,
        value: Option<&sqlparser::ast::Expr>,
    ) -> Lowered<Option<Assignment>> {
        let Some(value) = self.optional(value)? else {
            return Ok(None);
        };
        Ok(Some(Assignment {
            targets: vec![self.name(column)?],
            value,
        }))
    }

    fn constraint(&mut self, constraint: &TableConstraint, parts: &mut Parts) -> Lowered<()> {
        match constraint {
            TableConstraint::Unique(_) | TableConstraint::PrimaryKey(_) => Ok(()),
            TableConstraint::ForeignKey(key) => self.foreign_key(key, parts),
            TableConstraint::Check(check) => self.check(check, parts),
            _ => Err(why::SYNTAX),
        }
    }

    /// The columns of a unique key that rows which are there must keep to.
    fn told_apart(&mut self, constraint: &TableConstraint, parts: &mut Parts) -> Lowered<()> {
        let columns = match constraint {
            TableConstraint::Unique(unique) => &unique.columns,
            TableConstraint::PrimaryKey(key) => &key.columns,
            _ => return Ok(()),
        };
        for IndexColumn { column, .. } in columns {
            parts
                .exprs
                .extend(self.sort_keys(std::slice::from_ref(column))?);
        }
        Ok(())
    }

    fn check(&mut self, check: &CheckConstraint, parts: &mut Parts) -> Lowered<()> {
        parts.exprs.push(self.expr(&check.expr)?);
        Ok(())
    }

    fn foreign_key(&mut self, key: &ForeignKeyConstraint, parts: &mut Parts) -> Lowered<()> {
        parts.references.push(Reference {
            table: self.path(&key.foreign_table)?,
            columns: self.names(&key.referred_columns)?,
        });
        Ok(())
    }

    pub(super) fn create_view(&mut self, view: &CreateView) -> Lowered<Statement> {
        let CreateView {
            or_alter,
            or_replace: _,
            materialized,
            secure,
            name,
            name_before_not_exists: _,
            columns,
            query,
            options,
            cluster_by,
            comment,
            with_no_schema_binding,
            if_not_exists: _,
            temporary,
            copy_grants,
            to,
            params,
        } = view;
        absent(&[
            !or_alter,
            !secure,
            *options == CreateTableOptions::None,
            cluster_by.is_empty(),
            comment.is_none(),
            !with_no_schema_binding,
            !copy_grants,
            to.is_none(),
            params.is_none(),
        ])?;
        let columns: Vec<Ident> = columns
            .iter()
            .map(
                |ViewColumnDef {
                     name,
                     data_type,
                     options,
                 }| {
                    absent(&[data_type.is_none(), options.is_none()])?;
                    Ok(name.clone())
                },
            )
            .collect::<Lowered<_>>()?;
        Ok(Statement::CreateView {
            name: self.path(name)?,
            columns: self.names(&columns)?,
            query: self.query(query)?,
            temporary: *temporary,
            stored: *materialized,
        })
    }

    pub(super) fn create_index(&mut self, index: &CreateIndex) -> Lowered<Statement> {
        let CreateIndex {
            name,
            table_name,
            using: _,
            columns,
            unique,
            concurrently: _,
            r#async,
            if_not_exists: _,
            include,
            nulls_distinct: _,
            with,
            predicate,
            index_options,
            alter_options,
        } = index;
        absent(&[
            !r#async,
            with.is_empty(),
            index_options.is_empty(),
            alter_options.is_empty(),
        ])?;
        if let Some(name) = name {
            self.path(name)?;
        }
        let mut exprs = Vec::new();
        for IndexColumn {
            column,
            operator_class,
        } in columns
        {
            absent(&[operator_class.is_none()])?;
            exprs.extend(self.sort_keys(std::slice::from_ref(column))?);
        }
        for ident in include {
            exprs.push(self.expr(&sqlparser::ast::Expr::Identifier(ident.clone()))?);
        }
        exprs.extend(self.optional(predicate.as_ref())?);
        Ok(Statement::CreateIndex {
            table: self.path(table_name)?,
            exprs,
            unique: *unique,
        })
    }

    pub(super) fn alter_table(&mut self, alter: &AlterTable) -> Lowered<Statement> {
        let AlterTable {
            name,
            if_exists: _,
            only: _,
            operations,
            location,
            on_cluster,
            table_type,
            end_token: _,
        } = alter;
        absent(&[
            location.is_none(),
            on_cluster.is_none(),
            table_type.is_none(),
        ])?;
        let mut parts = Parts::default();
        let mut renamed_to = None;
        let mut renamed_columns = Vec::new();
        for operation in operations {
            match operation {
                Op::AddColumn {
                    column_position,
                    column_def,
                    ..
                } => {
                    absent(&[column_position.is_none()])?;
                    self.column(column_def, &mut parts)?;
                }
                Op::AddConstraint { constraint, .. } => {
                    self.constraint(constraint, &mut parts)?;
                    self.told_apart(constraint, &mut parts)?;
                }
                Op::AlterColumn { column_name, op } => {
                    self.alter_column(column_name, op, &mut parts)?
                }
                Op::RenameTable { table_name } => {
                    let (RenameTableNameKind::As(to) | RenameTableNameKind::To(to)) = table_name;
                    renamed_to = Some(self.single(to)?);
                }
                Op::RenameColumn {
                    old_column_name,
                    new_column_name,
                } => {
                    renamed_columns.push((self.name(old_column_name)?, self.name(new_column_name)?))
                }
                Op::DropColumn { .. }
                | Op::DropConstraint { .. }
                | Op::RenameConstraint { .. }
                | Op::ValidateConstraint { .. } => {}
                _ => return Err(why::KIND),
            }
        }
        Ok(Statement::Alter(Alter {
            table: self.path(name)?,
            losing: !operations.iter().all(keeps_data),
            renamed_to,
            renamed_columns,
            stored: parts.stored,
            exprs: parts.exprs,
            references: parts.references,
        }))
    }

    fn alter_column(
        &mut self,
        column: &Ident,
        op: &AlterColumnOperation,
        parts: &mut Parts,
    ) -> Lowered<()> {
        match op {
            AlterColumnOperation::SetNotNull
            | AlterColumnOperation::DropNotNull
            | AlterColumnOperation::DropDefault => {}
            AlterColumnOperation::SetDefault { value } => parts.exprs.push(self.expr(value)?),
            AlterColumnOperation::SetDataType {
                data_type,
                using,
                had_set: _,
            } => {
                self.data_type(data_type)?;
                parts
                    .exprs
                    .push(Expr::Column(Path(vec![self.name(column)?])));
                parts.stored.extend(self.stored(column, using.as_ref())?);
            }
            AlterColumnOperation::AddGenerated { .. } => return Err(why::SYNTAX),
        }
        Ok(())
    }

    pub(super) fn drop(&mut self, statement: &Ast) -> Lowered<Statement> {
        let Ast::Drop {
            object_type,
            if_exists: _,
            names,
            cascade: _,
            restrict: _,
            purge,
            temporary,
            table,
        } = statement
        else {
            return Err(why::KIND);
        };
        absent(&[!purge, !temporary, table.is_none()])?;
        let relations = match object_type {
            ObjectType::Table | ObjectType::View | ObjectType::MaterializedView => true,
            ObjectType::Index => false,
            _ => return Err(why::KIND),
        };
        Ok(Statement::Drop {
            names: names
                .iter()
                .map(|name| self.path(name))
                .collect::<Lowered<_>>()?,
            relations,
        })
    }
}
