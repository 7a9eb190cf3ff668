//! Relations of a FROM list and how they join.
//! Knows nothing of select lists.

use super::flow::Flow;
use super::relation::{Field, Hidden, Noted, Relation, Scope, tell_apart};
use super::table::rename;
use super::{Analyst, Context, why};
use crate::inspect::sql::form::{Alias, Expr, Joined, Name, On, Path, Source, TableFunction};
use crate::inspect::sql::functions;
use crate::limits;

/// What a FROM list comes to.
#[derive(Default)]
pub(super) struct Sheet<'q, 'c> {
    pub(super) relations: Vec<Relation<'c>>,
    /// The columns of `*` in order; those merged by USING name several.
    pub(super) star: Vec<Vec<(usize, usize)>>,
    /// SQLite: ON conditions, which see the whole list and the aliases.
    pub(super) ons: Vec<&'q Expr>,
    /// SQLite: table functions whose arguments see the whole list.
    functions: Vec<(usize, &'q TableFunction)>,
    /// What decided which rows join.
    pub(super) control: Flow<'c>,
}

impl<'q, 'c> Sheet<'q, 'c> {
    pub(super) fn of(relation: Relation<'c>) -> Self {
        let star = (0..relation.fields.len()).map(|at| vec![(0, at)]).collect();
        Self {
            relations: vec![relation],
            star,
            ..Self::default()
        }
    }

    /// Appends another list, its columns after these.
    pub(super) fn append(&mut self, other: Self) {
        let shift = self.relations.len();
        self.relations.extend(other.relations);
        self.star.extend(other.star.into_iter().map(|column| {
            column
                .into_iter()
                .map(|(relation, field)| (relation + shift, field))
                .collect()
        }));
        self.ons.extend(other.ons);
        self.functions.extend(
            other
                .functions
                .into_iter()
                .map(|(at, function)| (at + shift, function)),
        );
        self.control.add(&other.control);
    }

    pub(super) fn field(&self, at: (usize, usize)) -> Option<&Field<'c>> {
        self.relations.get(at.0)?.fields.get(at.1)
    }

    /// The name under which a column of `*` appears.
    fn name(&self, column: &[(usize, usize)]) -> Option<&str> {
        self.field(*column.first()?)?.name.as_deref()
    }

    pub(super) fn exact(&self) -> bool {
        self.relations.iter().all(|relation| relation.exact)
    }
}

impl<'c> Analyst<'c> {
    pub(super) fn from<'q>(
        &mut self,
        sources: &'q [Source],
        context: Context<'_, 'c>,
    ) -> Sheet<'q, 'c> {
        let mut sheet = Sheet::default();
        for source in sources {
            let next = self.beside(&sheet, source, context, context);
            sheet.append(next);
        }
        self.late_functions(&mut sheet, context);
        sheet
    }

    /// One source. Lateral ones see the relations to their left and those in `around`, others `context` alone.
    fn beside<'q>(
        &mut self,
        left: &Sheet<'q, 'c>,
        source: &'q Source,
        context: Context<'_, 'c>,
        around: Context<'_, 'c>,
    ) -> Sheet<'q, 'c> {
        if left.relations.len() >= limits::SQL_RELATIONS_MAX || !self.spend(8) {
            self.refuse(why::TOO_COMPLEX);
            return Sheet::default();
        }
        let scope = Scope {
            relations: &left.relations,
            aliases: &[],
            parent: around.scope,
        };
        let lateral = context.inside(&scope);
        match source {
            Source::Table { path, alias } => {
                Sheet::of(self.named_relation(path, alias.as_ref(), context))
            }
            Source::Derived {
                lateral: sees,
                query,
                alias,
            } => {
                let rows = self.query(query, if *sees { lateral } else { context });
                let mut fields: Vec<_> = rows.fields.into_iter().map(Field::inward).collect();
                if self.sqlite() {
                    tell_apart(&mut fields);
                }
                let relation = Relation {
                    alias: alias.as_ref().map(|alias| alias.name.key.clone()),
                    own_name: false,
                    fields,
                    exact: rows.exact,
                    hidden: Hidden::None,
                };
                let mut sheet = Sheet::of(self.aliased(relation, alias.as_ref()));
                sheet.control = rows.control;
                sheet
            }
            Source::Function(function) => self.function(function, lateral),
            Source::Joins { first, rest, alias } => {
                self.joins(first, rest, alias.as_ref(), lateral, context)
            }
        }
    }

    fn named_relation(
        &mut self,
        path: &Path,
        alias: Option<&Alias>,
        context: Context<'_, 'c>,
    ) -> Relation<'c> {
        let key = alias.map(|alias| &alias.name.key);
        let cte = match path.0.as_slice() {
            [name] => self
                .referred(name, context)
                .map(|referred| (name, referred)),
            _ => None,
        };
        let relation = match cte {
            Some((name, referred)) => Relation {
                alias: Some(key.unwrap_or(&name.key).clone()),
                own_name: false,
                fields: referred.fields,
                exact: referred.exact,
                hidden: Hidden::None,
            },
            None => match self.table(path) {
                Some(table) => self.table_relation(table, key),
                None => Relation {
                    alias: key.or(path.0.last().map(|name| &name.key)).cloned(),
                    own_name: false,
                    fields: Vec::new(),
                    exact: false,
                    hidden: Hidden::Table,
                },
            },
        };
        self.aliased(relation, alias)
    }

    fn aliased(&mut self, mut relation: Relation<'c>, alias: Option<&Alias>) -> Relation<'c> {
        if alias.is_some_and(|alias| !rename(&mut relation, alias)) {
            self.refuse(why::COLUMN_COUNT);
        }
        relation
    }

    /// A table function: every column from every argument. PostgreSQL's arguments see the left side.
    fn function<'q>(
        &mut self,
        function: &'q TableFunction,
        lateral: Context<'_, 'c>,
    ) -> Sheet<'q, 'c> {
        let sqlite = self.sqlite();
        let flow = if sqlite {
            Flow::default()
        } else {
            self.mix(&function.args, lateral)
        };
        let alias = function.alias.as_ref();
        // PostgreSQL calls it so.
        let name = match (sqlite, function.name.as_str()) {
            (false, "trim") => "btrim",
            (_, name) => name,
        };
        let key = alias.map_or(name, |alias| alias.name.key.as_str());
        let known = functions::columns(&function.name, self.dialect);
        let mut names: Vec<&str> = match known {
            Some(names) => names.to_vec(),
            None if sqlite => Vec::new(),
            None if functions::has_shape_of_caller(&function.name) => {
                vec![key; alias.map_or(0, |alias| alias.columns.len())]
            }
            None if function.name == "unnest" => vec![key; function.args.len().max(1)],
            None => vec![key],
        };
        if function.ordinality {
            names.push("ordinality");
        }
        let relation = Relation {
            alias: Some(key.into()),
            own_name: false,
            exact: known.is_some() || !sqlite,
            fields: names
                .iter()
                .map(|name| Field::computed(name, flow.clone()))
                .collect(),
            hidden: Hidden::Function,
        };
        let mut sheet = Sheet::of(self.aliased(relation, alias));
        // How many rows come out depends on the arguments.
        self.predicate(&flow, &mut sheet.control);
        if sqlite {
            sheet.functions.push((0, function));
        }
        sheet
    }

    /// SQLite resolves the arguments of table functions over the whole list; functions may feed each
    /// other, so the arguments are resolved until every column has come through.
    fn late_functions(&mut self, sheet: &mut Sheet<'_, 'c>, context: Context<'_, 'c>) {
        for _ in 0..sheet.functions.len() {
            for (at, function) in sheet.functions.clone() {
                let scope = Scope {
                    relations: &sheet.relations,
                    aliases: &[],
                    parent: context.scope,
                };
                let flow = self.mix(&function.args, context.inside(&scope));
                if let Some(relation) = sheet.relations.get_mut(at) {
                    for field in &mut relation.fields {
                        field.flow.add(&flow);
                        field.flow = std::mem::take(&mut field.flow).mixed();
                    }
                }
                self.predicate(&flow, &mut sheet.control);
            }
        }
    }

    fn joins<'q>(
        &mut self,
        first: &'q Source,
        rest: &'q [Joined],
        alias: Option<&Alias>,
        lateral: Context<'_, 'c>,
        context: Context<'_, 'c>,
    ) -> Sheet<'q, 'c> {
        let mut sheet = self.beside(&Sheet::default(), first, context, lateral);
        for Joined { on, source } in rest {
            let right = self.beside(&sheet, source, context, lateral);
            self.join(&mut sheet, right, on, context);
        }
        match alias {
            None => sheet,
            Some(alias) => self.collapsed(sheet, alias),
        }
    }

    fn join<'q>(
        &mut self,
        left: &mut Sheet<'q, 'c>,
        right: Sheet<'q, 'c>,
        on: &'q On,
        context: Context<'_, 'c>,
    ) {
        let split = left.star.len();
        left.append(right);
        match on {
            On::Nothing => {}
            On::Expr(expr) if self.sqlite() => left.ons.push(expr),
            On::Expr(expr) => {
                let scope = Scope {
                    relations: &left.relations,
                    aliases: &[],
                    parent: context.scope,
                };
                let flow = self.expr(expr, context.inside(&scope));
                self.predicate(&flow, &mut left.control);
            }
            On::Using(names) => {
                let keys: Vec<&str> = names.iter().map(|name: &Name| name.key.as_str()).collect();
                self.merge(left, split, &keys);
            }
            On::Natural => {
                let certain =
                    left.exact() && left.star.iter().all(|column| left.name(column).is_some());
                if !certain {
                    self.refuse(why::STAR_WIDTH);
                }
                let pairs = split * (left.star.len() - split.min(left.star.len()));
                if !self.spend(pairs / 4) {
                    return;
                }
                let common: Vec<String> = common(left, split);
                let keys: Vec<&str> = common.iter().map(String::as_str).collect();
                self.merge(left, split, &keys);
            }
        }
    }

    /// Merges the columns of these names: each is a comparison, and one column of `*`.
    fn merge(&mut self, sheet: &mut Sheet<'_, 'c>, split: usize, keys: &[&str]) {
        let mut merged = Vec::new();
        let mut gone = Vec::new();
        if !self.spend(sheet.star.len() * (keys.len() + 2) / 2) {
            return;
        }
        for key in keys {
            let at: Vec<usize> = (0..sheet.star.len())
                .filter(|at| sheet.star.get(*at).and_then(|column| sheet.name(column)) == Some(key))
                .collect();
            let (lefts, rights): (Vec<usize>, Vec<usize>) = at.iter().partition(|at| **at < split);
            let Some(first) = lefts.first().copied().filter(|_| !rights.is_empty()) else {
                self.refuse(why::UNKNOWN_COLUMN);
                continue;
            };
            let entries: Vec<(usize, usize)> = at
                .iter()
                .filter_map(|at| sheet.star.get(*at))
                .flatten()
                .copied()
                .collect();
            let mut flow = Flow::default();
            for entry in &entries {
                if let Some(field) = sheet.field(*entry).cloned() {
                    flow.add(&self.take(&field));
                }
            }
            self.predicate(&flow, &mut sheet.control);
            merged.push((first, entries));
            gone.extend(rights);
        }
        let sqlite = self.sqlite();
        rebuild(sheet, merged, &gone, sqlite);
    }

    /// `(a JOIN b) AS j`: one relation, whose inner names are gone.
    fn collapsed<'q>(&mut self, sheet: Sheet<'q, 'c>, alias: &Alias) -> Sheet<'q, 'c> {
        if !sheet.functions.is_empty() {
            self.refuse(why::SYNTAX);
        }
        let fields = sheet
            .star
            .iter()
            .filter_map(|column| self.star_field(&sheet, column))
            .collect();
        let relation = Relation {
            alias: Some(alias.name.key.clone()),
            own_name: false,
            fields,
            exact: sheet.exact(),
            hidden: Hidden::None,
        };
        let mut collapsed = Sheet::of(self.aliased(relation, Some(alias)));
        collapsed.ons = sheet.ons;
        collapsed.control = sheet.control;
        collapsed
    }

    /// One column of `*`.
    pub(super) fn star_field(
        &mut self,
        sheet: &Sheet<'_, 'c>,
        column: &[(usize, usize)],
    ) -> Option<Field<'c>> {
        let mut merged: Option<Field<'c>> = None;
        for at in column {
            let field = sheet.field(*at)?;
            let flow = self.take(field);
            match &mut merged {
                None => {
                    merged = Some(Field {
                        flow,
                        noted: Noted::No,
                        ..field.clone()
                    })
                }
                Some(merged) => merged.flow.add(&flow),
            }
        }
        merged
    }
}

/// Names that stand on both sides.
fn common(sheet: &Sheet<'_, '_>, split: usize) -> Vec<String> {
    let names = |columns: &[Vec<(usize, usize)>]| -> Vec<String> {
        columns
            .iter()
            .filter_map(|column| sheet.name(column))
            .map(str::to_owned)
            .collect()
    };
    let (left, right) = sheet
        .star
        .split_at_checked(split)
        .unwrap_or((&sheet.star, &[]));
    let right = names(right);
    let mut common: Vec<String> = names(left)
        .into_iter()
        .filter(|name| right.contains(name))
        .collect();
    common.dedup();
    common
}

/// SQLite leaves merged columns where the left one stood; PostgreSQL puts them first.
fn rebuild(
    sheet: &mut Sheet<'_, '_>,
    merged: Vec<(usize, Vec<(usize, usize)>)>,
    gone: &[usize],
    sqlite: bool,
) {
    let mut first = Vec::new();
    let mut rest = Vec::new();
    if !sqlite {
        first.extend(merged.iter().map(|(_, entries)| entries.clone()));
    }
    for (at, column) in std::mem::take(&mut sheet.star).into_iter().enumerate() {
        if gone.contains(&at) {
            continue;
        }
        match merged.iter().find(|(left, _)| *left == at) {
            Some((_, entries)) if sqlite => rest.push(entries.clone()),
            Some(_) => {}
            None => rest.push(column),
        }
    }
    first.extend(rest);
    sheet.star = first;
}
