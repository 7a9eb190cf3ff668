//! Relations in FROM into our form.
//! Knows nothing of their columns.

use sqlparser::ast::{
    FunctionArg, Ident, Join, JoinConstraint, JoinOperator, ObjectName, Query, TableAlias,
    TableAliasColumnDef, TableFactor, TableFunctionArgs, TableSample, TableSampleKind,
    TableSampleModifier, TableWithJoins,
};

use super::{Lower, Lowered, absent, why};
use crate::inspect::sql::form::{Alias, Joined, On, Source, TableFunction};
use crate::inspect::sql::{FunctionUse, functions};

impl Lower<'_> {
    /// SQLite has one flat list: a comma is a join like any other, so `USING` looks left across it.
    pub(super) fn relations(&mut self, from: &[TableWithJoins]) -> Lowered<Vec<Source>> {
        if !self.sqlite() {
            return from
                .iter()
                .map(|table| self.table_with_joins(table, None))
                .collect();
        }
        let mut first = None;
        let mut rest = Vec::new();
        for TableWithJoins { relation, joins } in from {
            let source = self.factor(relation)?;
            match first {
                None => first = Some(source),
                Some(_) => rest.push(Joined {
                    on: On::Nothing,
                    source,
                }),
            }
            rest.extend(self.joins(joins)?);
        }
        Ok(first
            .into_iter()
            .map(|first| joined(first, std::mem::take(&mut rest), None))
            .collect())
    }

    pub(super) fn table_with_joins(
        &mut self,
        table: &TableWithJoins,
        alias: Option<Alias>,
    ) -> Lowered<Source> {
        let TableWithJoins { relation, joins } = table;
        let first = self.factor(relation)?;
        let rest = self.joins(joins)?;
        Ok(joined(first, rest, alias))
    }

    fn joins(&mut self, joins: &[Join]) -> Lowered<Vec<Joined>> {
        joins.iter().map(|join| self.join(join)).collect()
    }

    fn join(&mut self, join: &Join) -> Lowered<Joined> {
        let Join {
            relation,
            global,
            join_operator,
        } = join;
        absent(&[!global])?;
        let constraint = match join_operator {
            JoinOperator::Join(constraint)
            | JoinOperator::Inner(constraint)
            | JoinOperator::Left(constraint)
            | JoinOperator::LeftOuter(constraint)
            | JoinOperator::Right(constraint)
            | JoinOperator::RightOuter(constraint)
            | JoinOperator::FullOuter(constraint)
            | JoinOperator::CrossJoin(constraint) => constraint,
            JoinOperator::Semi(_)
            | JoinOperator::LeftSemi(_)
            | JoinOperator::RightSemi(_)
            | JoinOperator::Anti(_)
            | JoinOperator::LeftAnti(_)
            | JoinOperator::RightAnti(_)
            | JoinOperator::CrossApply
            | JoinOperator::OuterApply
            | JoinOperator::AsOf { .. }
            | JoinOperator::StraightJoin(_)
            | JoinOperator::ArrayJoin
            | JoinOperator::LeftArrayJoin
            | JoinOperator::InnerArrayJoin => return Err(why::SYNTAX),
        };
        let source = self.factor(relation)?;
        let on = match constraint {
            JoinConstraint::On(expr) => On::Expr(self.expr(expr)?),
            JoinConstraint::Using(names) => On::Using(
                names
                    .iter()
                    .map(|name| self.single(name))
                    .collect::<Lowered<_>>()?,
            ),
            JoinConstraint::Natural => On::Natural,
            JoinConstraint::None => On::Nothing,
        };
        Ok(Joined { on, source })
    }

    pub(super) fn factor(&mut self, factor: &TableFactor) -> Lowered<Source> {
        match factor {
            TableFactor::Table { .. } => self.table_factor(factor),
            TableFactor::Derived {
                lateral,
                subquery,
                alias,
                sample,
            } => {
                absent(&[sample.is_none()])?;
                self.derived(*lateral, subquery, alias.as_ref())
            }
            TableFactor::Function {
                lateral: _,
                name,
                args,
                with_ordinality,
                alias,
            } => self.table_function(name, args, *with_ordinality, alias.as_ref()),
            TableFactor::UNNEST {
                alias,
                array_exprs,
                with_offset,
                with_offset_alias,
                with_ordinality,
            } => {
                absent(&[!self.sqlite(), !with_offset, with_offset_alias.is_none()])?;
                self.functions.insert(FunctionUse {
                    name: "unnest".to_owned(),
                    allowed: true,
                });
                Ok(Source::Function(TableFunction {
                    name: "unnest".to_owned(),
                    args: self.exprs(array_exprs)?,
                    ordinality: *with_ordinality,
                    alias: self.optional_alias(alias.as_ref())?,
                }))
            }
            TableFactor::NestedJoin {
                table_with_joins,
                alias,
            } => {
                let alias = self.optional_alias(alias.as_ref())?;
                self.table_with_joins(table_with_joins, alias)
            }
            TableFactor::TableFunction { .. }
            | TableFactor::JsonTable { .. }
            | TableFactor::OpenJsonTable { .. }
            | TableFactor::Pivot { .. }
            | TableFactor::Unpivot { .. }
            | TableFactor::UnpivotExpr { .. }
            | TableFactor::MatchRecognize { .. }
            | TableFactor::XmlTable { .. }
            | TableFactor::SemanticView { .. } => Err(why::SYNTAX),
        }
    }

    /// A name, or in SQLite's and PostgreSQL's way a call.
    fn table_factor(&mut self, factor: &TableFactor) -> Lowered<Source> {
        let TableFactor::Table {
            name,
            alias,
            args,
            with_hints,
            version,
            with_ordinality,
            partitions,
            json_path,
            sample,
            index_hints,
        } = factor
        else {
            return Err(why::SYNTAX);
        };
        absent(&[
            with_hints.is_empty(),
            version.is_none(),
            partitions.is_empty(),
            json_path.is_none(),
            index_hints.is_empty(),
        ])?;
        if let Some(TableSampleKind::AfterTableAlias(sample)) = sample {
            self.sample(sample)?;
        }
        absent(&[!matches!(
            sample,
            Some(TableSampleKind::BeforeTableAlias(_))
        )])?;
        match args {
            None => {
                absent(&[!with_ordinality])?;
                let alias = self.optional_alias(alias.as_ref())?;
                Ok(Source::Table {
                    path: self.path(name)?,
                    alias,
                })
            }
            Some(TableFunctionArgs { args, settings }) => {
                absent(&[settings.is_none()])?;
                self.table_function(name, args, *with_ordinality, alias.as_ref())
            }
        }
    }

    /// `TABLESAMPLE method (constant) [REPEATABLE (n)]`: fewer rows of the same table.
    fn sample(&mut self, sample: &TableSample) -> Lowered<()> {
        let TableSample {
            modifier,
            name,
            quantity,
            seed: _,
            bucket,
            offset,
        } = sample;
        absent(&[
            !self.sqlite(),
            *modifier == TableSampleModifier::TableSample,
            name.is_some(),
            bucket.is_none(),
            offset.is_none(),
        ])?;
        match quantity {
            Some(quantity) if self.expr(&quantity.value)?.is_constant() => Ok(()),
            _ => Err(why::SYNTAX),
        }
    }

    fn derived(
        &mut self,
        lateral: bool,
        query: &Query,
        alias: Option<&TableAlias>,
    ) -> Lowered<Source> {
        absent(&[!(lateral && self.sqlite())])?;
        Ok(Source::Derived {
            lateral,
            query: Box::new(self.query(query)?),
            alias: self.optional_alias(alias)?,
        })
    }

    fn table_function(
        &mut self,
        name: &ObjectName,
        args: &[FunctionArg],
        ordinality: bool,
        alias: Option<&TableAlias>,
    ) -> Lowered<Source> {
        let (name, allowed) = self.function_name(name, functions::is_table_function)?;
        self.functions.insert(FunctionUse {
            name: name.clone(),
            allowed,
        });
        Ok(Source::Function(TableFunction {
            name,
            args: self.arguments(args)?,
            ordinality,
            alias: self.optional_alias(alias)?,
        }))
    }

    pub(super) fn optional_alias(&self, alias: Option<&TableAlias>) -> Lowered<Option<Alias>> {
        alias.map(|alias| self.alias(alias)).transpose()
    }

    pub(super) fn alias(&self, alias: &TableAlias) -> Lowered<Alias> {
        let TableAlias {
            explicit: _,
            name,
            columns,
            at,
        } = alias;
        absent(&[at.is_none()])?;
        // Types stand behind functions that return rows of a shape of the caller's.
        let columns: Vec<Ident> = columns
            .iter()
            .map(|TableAliasColumnDef { name, data_type }| {
                if let Some(data_type) = data_type {
                    absent(&[!self.sqlite()])?;
                    self.data_type(data_type)?;
                }
                Ok(name.clone())
            })
            .collect::<Lowered<_>>()?;
        Ok(Alias {
            name: self.name(name)?,
            columns: self.names(&columns)?,
        })
    }
}

fn joined(first: Source, rest: Vec<Joined>, alias: Option<Alias>) -> Source {
    if rest.is_empty() && alias.is_none() {
        return first;
    }
    Source::Joins {
        first: Box::new(first),
        rest,
        alias,
    }
}
